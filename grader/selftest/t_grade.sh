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

# The machine, a line a thing: IPC objects, shared memory, the jail's users' processes, run folders.
machine() {
    {
        cut -c1-22 /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm
        ls -A /dev/shm /dev/mqueue 2>/dev/null
        ls -d "${TMPDIR:-/tmp}"/ipclab.?????? 2>/dev/null
        ps -eo pid,uid,comm | awk '$2 >= 65520 && $2 < 65528'
    } | LC_ALL=C sort
}

# What is there now and was not before. Others may be grading on this machine, so a thing is left
# over only if it stays; ours would stay for ever.
left_over() {
    LC_ALL=C comm -13 "$tmp/before" <(machine)
}

# over NAME FOLDER: the solution with the files of FOLDER on top
over() {
    rm -rf "${tmp:?}/$1" && mkdir "$tmp/$1"
    cp solutions/01-pipes/*.c solutions/01-pipes/*.txt "$tmp/$1/"
    [ "$2" = solutions/01-pipes ] || find "$2" -name '*.[ct]*' -exec cp {} "$tmp/$1/" \;
}

machine >"$tmp/before"

grade 0 --src solutions
has '100/100'
grade 0 --src solutions --jail none
has 'not isolated'
has '100/100'
grade 1 --src skeletons
has '0/100'
has 'not written yet, 34 items'
[ "$(grep -c 'Start there: labs/01-pipes/README.md' "$tmp/out")" -ge 34 ]
say $? 'each item of the skeleton says what to do first'

for d in grader/mutants/alt/01-pipes/*/ grader/selftest/correct/01-pipes/*/; do
    over right "$d"
    grade 0 --src "$tmp/right"
    has '100/100'
done

# A wrong folder is the solution and a patch, which says what must come of it.
for patch in "$PWD"/grader/selftest/wrong/01-pipes/*.patch; do
    over wrong solutions/01-pipes
    (cd "$tmp/wrong" && git apply -p1 "$patch")
    say $? "$patch fits the solution"
    read -r item verdict < <(sed -n 's/^expect: //p' "$patch")
    grade 1 --src "$tmp/wrong" --test "$item"
    grep -qE "^ *FAIL +$item .*  $verdict\$" "$tmp/out"
    say $? "$patch: $item is $verdict"
    while read -r words; do
        has "$words"
    done < <(sed -n 's/^says: //p' "$patch")
done

left=$(left_over)
for _ in $(seq 20); do
    [ -n "$left" ] || break
    sleep 1
    left=$(LC_ALL=C comm -12 <(echo "$left") <(left_over))
done
[ -z "$left" ]
say $? "the machine is as before, but for: $left"

echo "t_grade.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
