#!/usr/bin/env bash
# The judge of the mutants, seen red: a kit with one lab in which every kind of miss is planted, and
# the soak with a grader that is unsteady.
set -u
cd "$(dirname "$0")/../.." || exit 1
kit=$PWD
tmp=$(mktemp -d) && chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
root=$tmp/kit
mutants=$root/grader/mutants/01-pipes
checks=0
failed=0

check() { # STATUS-WANTED TEXT-WANTED: of the last run
    checks=$((checks + 1))
    if [ "$rc" -ne "$1" ] || ! grep -qF -- "$2" "$tmp/out"; then
        echo "not ok: exit $rc (wanted $1), and the output should hold: $2"
        sed 's/^/    /' "$tmp/out"
        failed=$((failed + 1))
    fi
}

run() {
    rc=0
    bash grader/mutants/run.sh --root "$root" --lab pipes --seed 7 "$@" >"$tmp/out" 2>&1 || rc=$?
}

# plant NAME ITEM VERDICT WORDS: the mistake P02 under another head
plant() {
    {
        printf 'id: %s\nprogram: sieve\nitem: %s\nexpect: %s\nfinding: %s\n\n' "${1%%-*}" "$2" "$3" "$4"
        sed -n '/^--- /,$p' grader/mutants/01-pipes/P02-*.patch
    } >"$mutants/$1.patch"
}

mkdir -p "$mutants" "$root/grader" "$root/labs"
ln -s "$kit/solutions" "$kit/skeletons" "$kit/build" "$root/"
ln -s "$kit/labs/01-pipes" "$root/labs/"
ln -s "$kit"/grader/{lib,suites} "$root/grader/"

reader='So the reader waits for itself'
plant P1-good 1B.1 DEADLOCK "$reader"
echo 'P1 reader keeps its own write end' >"$mutants/mistakes.txt"
run
check 0 '1 of 1 mutants caught'
check 0 '1 of 1 mistakes have one'
echo 'P2 nobody planted this' >>"$mutants/mistakes.txt"
run
check 1 'P2 has no mutant: nobody planted this'
rm "$mutants/mistakes.txt"

plant P3-survives 1B.4 DEADLOCK "$reader"
run --only 'P3*'
check 1 'survived: 1B.4 passed'
plant P4-verdict 1B.1 FAIL "$reader"
run --only 'P4*'
check 1 'caught as DEADLOCK, not as FAIL'
plant P5-reason 1B.1 DEADLOCK 'an invalid write of size 4'
run --only 'P5*'
check 1 'for another reason: the report does not say "an invalid write of size 4"'
plant P6-head 1B.1 '' "$reader"
run --only 'P6*'
check 1 'its head needs the lines item:, expect: and finding:'
plant P7-stale 1B.1 DEADLOCK "$reader"
sed -i 's/^ .*/ no line of the solution/' "$mutants/P7-stale.patch"
run --only 'P7*'
check 1 'does not apply'
plant P8-item 9Z.9 DEADLOCK "$reader"
run --only 'P8*'
check 1 'not judged, exit 2'
run
check 1 '1 of 7 mutants caught'
run --only 'nothing*'
check 2 'no mutant matches'
run --lab no-such-lab
check 2 'there is no lab no-such-lab'

# What Helgrind and DRD say: of an unlocked counter of processes nothing, of one of threads where it
# stands, and of programs that are right too much.
for lab in 04-semaphores 05-shared-memory; do
    mkdir "$root/grader/mutants/$lab"
    cp "grader/mutants/$lab/plain.sh" "$root/grader/mutants/$lab/"
    ln -s "$kit/labs/$lab" "$root/labs/"
done
mutants=$root/grader/mutants/04-semaphores
cp grader/mutants/05-shared-memory/H03-unlocked-counter.patch "$root/grader/mutants/05-shared-memory/"
cp grader/mutants/04-semaphores/S01-*.patch "$mutants/"
{
    printf '%s: %s\n' id S06 program bbuf_threads item 4T.1 expect RACE finding 'Possible data race'
    diff -u --label a/bbuf_threads.c --label b/bbuf_threads.c solutions/04-semaphores/bbuf_threads.c \
        <(sed '/^static void \*produce(/i static int begun;' solutions/04-semaphores/bbuf_threads.c |
            sed '/^    int last;$/a\    begun++;')
} >"$mutants/S06-counted.patch"

row() { # MUTANT WORDS: its row ends with them, whatever the number of blanks
    checks=$((checks + 1))
    if ! sed 's/  */ /g' "$tmp/out" | grep -qxE " ok $1 .* s $2"; then
        echo "not ok: the row of $1 should end with: $2"
        sed 's/^/    /' "$tmp/out"
        failed=$((failed + 1))
    fi
}

export GR_TOOL_SECONDS=100 # how long something takes is no matter here
run --lab shared-memory
check 0 '1 of 1 mutants caught'
row H03-unlocked-counter '[a-z]+ 0 0'
check 0 '      tally 0 0'
check 0 'more than on the correct program: helgrind of 0, drd of 0, of 1 mutants'
run --lab semaphores --only 'S0[16]*'
row S06-counted '[a-z]+ 2 2'
row S01-semaphores-in-private-memory 'hangs hangs hangs'
check 0 '      turns 1 1, bbuf_threads 0 0'
grep -qs ' drd, a thread error detector' build/mutants/04-semaphores/S06-counted.drd/bbuf_threads.*
rc=$?
check 0 'S06-counted'
rc=0
check 0 'more than on the correct program: helgrind of 1, drd of 1, of 2 mutants'
run --lab semaphores --only 'S06*' --tools none
row S06-counted '[a-z]+ - -'
run --tools some
check 2 '--tools some: say all or none'

# A grader that says PASS twice and then FAIL.
cat >"$tmp/unsteady" <<'X'
#!/bin/bash
while [ $# -gt 0 ]; do [ "$1" = --json ] && json=$2; shift; done
n=$(cat "$0.n" 2>/dev/null || echo 0)
echo $((n + 1)) >"$0.n"
verdict=PASS
[ "$n" -lt 2 ] || verdict=FAIL
echo "{\"id\": \"1A.1\", \"verdict\": \"$verdict\"}" >"$json"
echo "  $verdict  1A.1"
[ $verdict = PASS ]
X
chmod +x "$tmp/unsteady"
soak() {
    rc=0
    SOAK_IPCLAB=$tmp/unsteady bash grader/selftest/soak.sh "$@" >"$tmp/out" 2>&1 || rc=$?
}
soak pipes 1 41
check 1 'seed 43, calm machine'
check 1 'make soak LAB=pipes MINUTES=0 SEED=43'
check 1 '3 item verdicts, 1 differing'
[ -s build/soak/01-pipes/hub-spawn-43/report ] && [ -s build/soak/01-pipes/hub-spawn-43/source/io.c ]
rc=$?
check 0 'kept in build/soak/01-pipes/hub-spawn-43'
rm -rf build/soak/01-pipes/hub-spawn-43
soak no-such-lab 1
check 2 'there is no lab no-such-lab'
soak pipes 0
check 2 'MINUTES=0 replays one seed'
soak pipes ten
check 2 'not a number of minutes'

echo "t_mutants.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
