#!/usr/bin/env bash
# Whole gradings of one lab, as a person sees them: the reference, other right answers and unusual
# ones at full marks, the skeleton at nothing, wrong and hostile ones found out for their own reason,
# the machine afterwards as before.
# Usage: lab_grade.sh NN-topic
set -u
cd "$(dirname "$0")/../.." || exit 1
slug=$1
[ -e "labs/$slug/lab.ini" ] || {
    echo "lab_grade.sh: there is no lab $slug"
    exit 2
}
ipclab=$PWD/build/bin/ipclab
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/run"
chmod 755 "$tmp" "$tmp/run"
export TMPDIR=$tmp/run # what other gradings keep is not taken for ours
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
    timeout 500 "$ipclab" grade --lab "$slug" --color never --json "$tmp/r.json" "$@" >"$tmp/out" 2>&1
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
        ls -d "$TMPDIR"/ipclab.?????? 2>/dev/null
        ps -eo pid,uid,comm | awk '$2 >= 65504 && $2 < 65528'
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
    cp solutions/"$slug"/* "$tmp/$1/"
    rm -f "$tmp/$1/NOTES.md"
    [ "$2" = "solutions/$slug" ] || find "$2" -maxdepth 1 -name '*.[cht]*' -exec cp {} "$tmp/$1/" \;
}

machine >"$tmp/before"

grade 0 --src solutions
has '100/100'
# one lab is enough to see the other backend
if [ "$slug" = 01-pipes ]; then
    grade 0 --src solutions --jail none
    has 'not isolated'
    has '100/100'
fi
grade 1 --src skeletons
has ' 0/100'
# Predict and the Bug hunt have nothing to be written yet
to_write=$(grep -c '^{"id": "[0-9][A-G]' "$tmp/r.json")
[ "$to_write" -gt 0 ] &&
    [ "$(grep '^{"id": "[0-9][A-G]' "$tmp/r.json" | grep -c '"first": "[^"]*TODO(')" -eq "$to_write" ]
say $? "each of the $to_write items of the skeleton says what to do first"

for d in grader/mutants/alt/"$slug"/*/ grader/selftest/correct/"$slug"/*/; do
    [ -d "$d" ] || continue
    over right "$d"
    grade 0 --src "$tmp/right"
    has '100/100'
done

# A wrong folder is the solution and a patch, which says what must come of it.
for patch in "$PWD"/grader/selftest/wrong/"$slug"/*.patch; do
    [ -e "$patch" ] || continue
    over wrong "solutions/$slug"
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
for _ in $(seq 180); do
    [ -n "$left" ] || break
    sleep 1
    left=$(LC_ALL=C comm -12 <(echo "$left") <(left_over))
done
[ -z "$left" ]
say $? "the machine is as before, but for: $left"

echo "lab_grade.sh $slug: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
