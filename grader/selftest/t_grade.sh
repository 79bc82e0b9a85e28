#!/usr/bin/env bash
# Whole gradings, as a person sees them: the reference, other right answers and unusual ones at
# full marks, the skeleton at nothing, wrong and hostile ones found out for their own reason, the
# machine afterwards as before.
set -u
cd "$(dirname "$0")/../.." || exit 1
ipclab=$PWD/build/bin/ipclab
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
checks=0
failed=0

# say OK TEXT: one check; a failure shows the last grading
say() {
    checks=$((checks + 1))
    [ "$1" = 0 ] && return
    failed=$((failed + 1))
    echo "not ok: $2"
    tail -n 40 "$tmp/out" | sed 's/^/    /'
}

grade() { # STATUS LAB-OPTIONS..
    local want=$1
    shift
    timeout 200 "$ipclab" grade --lab pipes --color never --json "$tmp/r.json" "$@" >"$tmp/out" 2>&1
    rc=$?
    say $((rc != want)) "grade $* exits $rc, not $want"
}

has() { # TEXT: the last grading's output holds it
    grep -qF -- "$1" "$tmp/out"
    say $? "the output holds: $1"
}

# The machine: IPC objects, shared memory, processes of the jail's users, run folders.
machine() {
    cut -c1-22 /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm
    ls -A /dev/shm /dev/mqueue 2>/dev/null
    ls -d "${TMPDIR:-/tmp}"/ipclab.?????? 2>/dev/null
    ps -eo uid,comm | awk '$1 >= 65520 && $1 < 65528'
    pgrep -c "^(bwrap|gr-warden|sieve|io_driver)\$"
    true
}

# over NAME FOLDER: the solution with the files of FOLDER on top
over() {
    rm -rf "${tmp:?}/$1" && mkdir "$tmp/$1"
    cp solutions/01-pipes/*.c "$tmp/$1/" && cp "$2"/*.c "$tmp/$1/"
}

machine >"$tmp/before"

grade 0 --src solutions
has '65/65'
grade 0 --src solutions --jail none
has 'not isolated'
has '65/65'
grade 1 --src skeletons
has '0/65'
has 'not written yet, 24 items'
[ "$(grep -c 'Start there: labs/01-pipes/README.md' "$tmp/out")" -ge 24 ]
say $? 'each item of the skeleton says what to do first'

for d in grader/mutants/alt/01-pipes/*/ grader/selftest/correct/01-pipes/*/; do
    over right "$d"
    grade 0 --src "$tmp/right"
    has '65/65'
done

for d in grader/selftest/wrong/01-pipes/*/; do
    over wrong "$d"
    read -r item verdict <"$d/EXPECT"
    grade 1 --src "$tmp/wrong" --test "$item"
    grep -qE "^ *FAIL +$item .*  $verdict\$" "$tmp/out"
    say $? "$d: $item is $verdict"
    while read -r words; do
        has "$words"
    done < <(tail -n +2 "$d/EXPECT")
done

machine >"$tmp/after"
cmp -s "$tmp/before" "$tmp/after"
say $? "the machine is as before: $(diff "$tmp/before" "$tmp/after" | head -n 5 | tr '\n' ' ')"

echo "t_grade.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
