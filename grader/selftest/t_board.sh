#!/usr/bin/env bash
# `ipclab board`: a line for each lab, the points of all, and the worst exit status; on a small kit of
# two labs whose suites answer what they are told (fake/suite.sh).
set -u
here=$(cd "$(dirname "$0")" && pwd)
ipclab=$here/../../build/bin/ipclab
tmp=$(mktemp -d)
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
root=$tmp/kit
checks=0
failed=0

"$here/fake/make_root.sh" "$root" || exit 1
for dir in labs skeletons solutions grader/suites; do cp -r "$root/$dir/01-pipes" "$root/$dir/02-fifos"; done
sed -i 's/01-pipes/02-fifos/; s/Pipes/Named pipes/' "$root/labs/02-fifos/lab.ini"
cp -r "$root/build/suites/01-pipes.d" "$root/build/suites/02-fifos.d"
cp "$root/build/suites/01-pipes" "$root/build/suites/02-fifos"

# board STATUS ARG..: run it; its status must be that
board() {
    local want=$1
    shift
    timeout 100 "$ipclab" --root "$root" board --color never "$@" >"$tmp/out" 2>&1
    rc=$?
    checks=$((checks + 1))
    [ $rc -eq "$want" ] && return
    failed=$((failed + 1))
    echo "not ok: board $* exits $rc, not $want"
    sed 's/^/    /' "$tmp/out"
}
# has LINE: the board holds this very line
has() {
    checks=$((checks + 1))
    grep -qxF -- "$1" "$tmp/out" && return
    failed=$((failed + 1))
    echo "not ok: no line \"$1\" in"
    sed 's/^/    /' "$tmp/out"
}
# says SLUG ID VERDICT RC: what that lab's suite says of an item
says() {
    local d=$root/build/suites/$1.d
    sed -i "s/\"verdict\":\"[A-Z_]*\"/\"verdict\":\"$3\"/; s/\"points\":[0-9]*/\"points\":0/" "$d/$2.rec"
    echo "$4" >"$d/$2.rc"
}

board 1
has '  01 Pipes                  -  not started: make start LAB=pipes'
has '  02 Named pipes            -  not started: make start LAB=fifos'
has '  all labs              0/20'

cp "$root"/solutions/02-fifos/*.c "$root/labs/02-fifos/"
board 1
has '  01 Pipes                  -  not started: make start LAB=pipes'
has '  02 Named pipes        10/10  all right'
has '  all labs             10/20'

board 0 --src "$root/solutions" --seed 7
has '  01 Pipes              10/10  all right'
has '  all labs             20/20'
grep -q 'seed 7' "$root/build/results/01-pipes/report.txt" || {
    echo 'not ok: the report of a lab is kept, and the seed was passed on'
    failed=$((failed + 1))
}

# Another grading of the same lab saves what it has, again and again: that is not this board's.
others=$root/build/results/01-pipes
sed 's/"earned": [0-9]*/"earned": 3/; s/"judged": [0-9]*/"judged": 3/' "$others/result.json" >"$tmp/less"
while :; do cp "$tmp/less" "$others/less" && mv "$others/less" "$others/result.json"; done &
other=$!
board 0 --src "$root/solutions"
kill "$other"
wait "$other" 2>/dev/null
has '  01 Pipes              10/10  all right'
has '  all labs             20/20'
checks=$((checks + 1))
if compgen -G "$others/board-*" >/dev/null; then
    echo "not ok: a folder is left: $(ls "$others")"
    failed=$((failed + 1))
fi

id=$(sed -n 's/.*"id":"\([^"]*\)".*"kind":"behaviour".*/\1/p' "$root/build/suites/02-fifos.d/list" | tail -n 1)
says 02-fifos "$id" FAIL 1
board 1 --src "$root/solutions"
has '  01 Pipes              10/10  all right'
grep -qE "^  02 Named pipes +[0-9]/10  why: make grade LAB=fifos SRC=$root/solutions$" "$tmp/out" || {
    echo 'not ok: a lab below full marks says what to type'
    sed 's/^/    /' "$tmp/out"
    failed=$((failed + 1))
}
says 02-fifos "$id" NOT_JUDGED 1
board 75 --src "$root/solutions"
if ! grep -qE '^  02 Named pipes .* of 10 judged here; why: build/results/02-fifos/report.txt$' "$tmp/out" ||
    ! grep -qE '^  all labs .* of 20 judged here$' "$tmp/out" ||
    ! grep -qE "^       $id not judged: " "$tmp/out"; then
    echo 'not ok: what was not judged is said'
    sed 's/^/    /' "$tmp/out"
    failed=$((failed + 1))
fi

mkdir -p "$tmp/mine" && cp -r "$root/solutions/01-pipes" "$tmp/mine/"
board 1 --src "$tmp/mine"
has "  02 Named pipes            -  there is no folder $tmp/mine/02-fifos"
board 2 --test x
board 2 --color pink
board 2 --jobs 99

echo "t_board.sh: $checks checks, $failed failed"
[ $failed -eq 0 ]
