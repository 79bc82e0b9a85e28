#!/usr/bin/env bash
# ipcgrind: each pair of grader/ipcgrind/tests must be silent when ordered and reported when not,
# with both lines; a killed or stopped process must not hang the others; bad input gets one line.
#
# Two programs run at a time. ONLY_PAIR='pipe_*' runs the pairs that match.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests=grader/ipcgrind/tests
bin=build/selftest/ipcgrind
export IG=build/bin/ipcgrind
if [ ! -x $IG ]; then
    echo 'ipcgrind is not built here: it needs the Valgrind version named in grader/ipcgrind/build.mk'
    exit 77
fi
unset MAKEFLAGS MAKELEVEL MFLAGS
say= # what `ends` looks for; set before each call
make -s ipcgrind-tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export work tests bin

bad() {
    printf 'FAILED %s\n' "$1"
    [ ! -f "${2-}" ] || sed 's/^/    | /' "$2"
    touch "$work/failed"
}

# line_of NAME MARK: the number of the line that carries [MARK]
line_of() { awk -v mark="[$2]" 'index($0, "/* ") && index($0, mark) && !/^ \*/ { print NR }' "$tests/$1.c"; }

ordered() {
    local status=0 out=$work/$1.ordered
    timeout 120 $IG --seed="${2:-1}" $bin/"$1".ordered >"$out" 2>&1 || status=$?
    if [ $status -eq 0 ] && [ "$(wc -l <"$out")" -eq 1 ]; then
        echo "ok     $1 is silent when ordered"
    else
        bad "$1 ordered: exit $status, wanted 0 and silence" "$out"
    fi
}

# Every [mark] of a line; `first` and `second` at least.
marks_of() { printf '%s\n' first second; grep -oE '/\* \[[a-z]+\] \*/' "$tests/$1.c" | tr -dc 'a-z\n'; }

# A race may hide in one schedule, not in three; what must not be said is not said in any of them.
race() {
    local status seed out=$work/$1.race mark lines text=$2 missing=
    for seed in 1 2 3; do
        status=0
        timeout 120 $IG --seed=$seed $bin/"$1".race >"$out" 2>&1 || status=$?
        if [[ $text == !* ]]; then
            ! grep -qF -- "${text#!}" "$out" || missing=" silence of '${text#!}'"
        elif [ $status -ne 0 ]; then
            break
        fi
    done
    for mark in $(marks_of "$1" | sort -u); do
        lines=$(line_of "$1" "$mark")
        grep -qE "/$1\.c:$lines\)" "$out" || missing="$missing line $lines [$mark]"
    done
    case $text in
    '' | !*) ;;
    *) grep -qF -- "$text" "$out" || missing="$missing '$text'" ;;
    esac
    [ "$(grep -oE 'by pid [0-9]+' "$out" | sort -u | wc -l)" -ge 2 ] || [[ $1 == thread* ]] ||
        missing="$missing two pids"
    if [ $status -eq 1 ] && [ -z "$missing" ]; then
        echo "ok     $1 is reported when not"
    else
        bad "$1 race: exit $status, missing:${missing:- nothing}" "$out"
    fi
}

pair() {
    ordered "$1"
    race "$1" "${2-}"
}

# ends TITLE STATUS ARG..: ends in time, with one of the statuses, saying what $say matches
ends() {
    local title=$1 want=$2 status=0 out=$work/${1//[ \/]/_}
    shift 2
    timeout 60 $IG "$@" >"$out" 2>&1 </dev/null || status=$?
    if [[ " $want " == *" $status "* ]] && grep -qE -- "$say" "$out"; then
        echo "ok     $title"
    else
        bad "$title: exit $status, wanted $want and '$say'" "$out"
    fi
}

# misuse NAME TITLE MARK..: the finding TITLE names the line of MARK; the lines of one title.
misuse() {
    local name=$1 out=$work/$1.race status=0 missing="" title mark
    shift
    ordered "$name"
    timeout 120 $IG $bin/"$name".race >"$out" 2>&1 || status=$?
    while [ $# -gt 0 ]; do
        title=$1 mark=$2
        shift 2
        awk -v title="$title" -v place="/$name.c:$(line_of "$name" "$mark"))" '
            /^ipcgrind: / { inside = index($0, "ipcgrind: " title) == 1 }
            inside && index($0, place) { found = 1 }
            END { exit !found }' "$out" || missing="$missing '$title' at [$mark]"
    done
    if [ $status -eq 1 ] && [ -z "$missing" ]; then
        echo "ok     $name: each fault is found"
    else
        bad "$name: exit $status, missing:${missing:- nothing}" "$out"
    fi
}

misuses() {
    # shellcheck disable=SC2053 # a pattern is meant
    [[ misuse == ${ONLY_PAIR:-misuse} ]] || return 0
    misuse misuse_sem 'not process-shared' shared 'one copy in each process' copy \
        'initialised twice' again 'destroyed while waited on' destroyed
    misuse misuse_mutex 'not process-shared' plain 'unlocked by another' owner \
        'condition wait without the mutex' wait
    misuse misuse_rwlock 'not process-shared' reader 'not process-shared' writer \
        'not process-shared' cond 'not process-shared' barrier 'initialised twice' twice \
        'initialised twice' again
    misuse misuse_msgsize 'message size that counts the type' send \
        'message size that counts the type' last 'message size that counts the type' receive
    misuse misuse_handler 'call that is not async-signal-safe' printf \
        'call that is not async-signal-safe' malloc
}

killed_and_stopped() {
    local n
    for n in 1 70 1000; do
        say=' 1 records taken over' ends "a child killed inside record $n is passed by" '0 1' \
            -v --fault=9:$n $bin/hammer.race
        say='partial view: a stopped' ends "a child stopped inside record $n is not waited for" '1 75' \
            --fault=19:$n $bin/hammer.race
    done
}

bad_input() {
    local f=$work/input
    mkdir -p "$f"
    say='unknown option' ends 'an unknown option' 2 --what true
    say='--seed wants a number' ends 'a seed that is no number' 2 --seed=x true
    say='usage:' ends 'no program' 2
    say='No such file' ends 'a missing program' 2 "$f/none"
    echo text >"$f/text" && chmod +x "$f/text"
    say='is not an ELF program' ends 'a text file' 2 "$f/text"
    echo 'int main(void) { return 0; }' >"$f/s.c"
    gcc -static -o "$f/static" "$f/s.c"
    say='is statically linked' ends 'a static program' 2 "$f/static"
    gcc -o "$f/setuid" "$f/s.c" && chmod u+s "$f/setuid"
    say='is setuid' ends 'a setuid program' 2 "$f/setuid"
    say='is not a session' ends 'a session that is something else' 75 --session="$f/text" true
    printf 'ipcgrind\x63\0\0\0\0\0\0\0' >"$f/old" && truncate -s 4096 "$f/old"
    say='another version' ends 'a session of another version' 75 --session="$f/old" true
    say='a folder you may write' ends 'a session in no folder' 75 --session="$f/no/where" true
    say='can be written' ends 'a result that cannot be written' 75 --json="$f/no/where" true
    say='clean: .* exited 3$' ends "the program's own exit status is said" 0 sh -c 'exit 3'
    say='SIGKILL' ends 'and its signal' '0 75' sh -c 'kill -9 $$'
    say='clean' ends 'a session with a name goes away' 0 --session="$f/named" true
    [ ! -e "$f/named" ] || bad 'the session file was left behind'
}

full_file_system() {
    local at=$work/full
    mkdir -p "$at"
    if ! mount -t tmpfs -o size=3m tmpfs "$at" 2>/dev/null; then
        echo 'skipped a full file system: mount is not allowed here'
        return
    fi
    say='no room left' ends 'a session that fills its file system' '1 75' --session="$at/s" $bin/big.race
    head -c 4M /dev/zero >"$at/filler" 2>/dev/null || true
    say='no room' ends 'a session that does not even begin' 75 --session="$at/t" true
    umount "$at"
}

# Another Valgrind: one sentence, and no tool.
left_out() {
    local out=$work/left_out
    if make -s B="$work/build" IG_FOUND=3.99.0 ipcgrind-left-out >"$out" 2>&1 &&
        [ "$(grep -c 'ipcgrind is left out: it needs Valgrind' "$out")" -eq 1 ] &&
        [ ! -e "$work/build/bin/ipcgrind" ]; then
        echo 'ok     an untested Valgrind is left alone, in one sentence'
    else
        bad 'an untested Valgrind' "$out"
    fi
}

# Whoever is left behind is named after the grace, and does not hold up the report.
left_behind() {
    export orphan=$work/orphan
    # shellcheck disable=SC2016 # expanded by the shell that is started
    say='partial view: processes were still running' ends 'a stopped orphan is not waited for' 75 --grace=1 \
        sh -c 'sh -c "echo \$\$ >$orphan; kill -STOP \$\$" & exit 0'
    if [ -s "$orphan" ]; then kill -KILL "$(cat "$orphan")"; fi
}

# What the thread checkers of Valgrind say of the same two programs, for comparison.
others() {
    local tool kind name
    for name in counter_mutex atomic_ring atomic_seqlock remap sizes text; do
        for tool in helgrind drd; do
            for kind in race ordered; do
                printf 'note   %s on %s.%s: %s\n' $tool $name $kind "$(
                    valgrind --tool=$tool --trace-children=yes $bin/$name.$kind 2>&1 |
                        awk '/ERROR SUMMARY/ { n += $4 } END { print n + 0, "errors" }')"
            done
        done
    done
}

# Without the help of the build an acquire load is a plain move: neither a race nor a pass.
unseen_atomics() {
    local kind
    for kind in '' -DRACE; do
        gcc $kind -std=gnu11 -D_GNU_SOURCE -g -O1 -o "$work/unseen" $tests/atomic_publish.c
        say='unsynchronised flag\? 1' ends "atomics that do not show${kind:+, wrong ones}" 75 "$work/unseen"
        say='link build/lib/ipcgrind/ig_atomics.o' ends "the way out is named${kind:+, too}" 75 "$work/unseen"
    done
}

# Signals at any moment; KILLS=200 is the long form.
random_kills() {
    local out=$work/kills
    if bash grader/selftest/ipcgrind_kill.sh "${KILLS:-3}" >"$out" 2>&1; then
        cat "$out"
    else
        bad 'killed and stopped at random' "$out"
    fi
}

crowds() {
    say=' 301 processes and threads' ends '300 processes' 1 -v $bin/hammer.race 300 0 20
    say=' 65 processes and threads' ends '64 threads in 8 processes' 1 -v $bin/hammer.race 8 7 20
}

# logged PROGRAM EVENT..: its event log is well-formed, tells no task more than another has told, and
# has these events.
logged() {
    local name=$1 log=$work/$1.log missing='' said
    shift
    timeout 60 $IG --trace="$log" "$bin/$name" >/dev/null 2>&1
    said=$(build/selftest/ipcgrind_json trace "$log") || missing=" $said"
    for event in "$@"; do
        grep -q "\"event\":\"$event\"" "$log" || missing+=" no event '$event'"
    done
    if [ -z "$missing" ]; then
        echo "ok     the event log of $name: $said"
    else
        bad "the event log of $name:$missing" "$log"
    fi
}

event_log() {
    logged spawn_exec.ordered start begin fork resume exec exit wait
    logged thread_join.race start thread join race
    logged pipe_many.ordered write written read
    logged pipe_end.ordered release acquire
    logged counter_mutex.ordered init lock unlock
    logged ring_sem.ordered put take
    logged wait_killed.race fork wait race
    say='give a file that can be written' ends 'an event log that cannot be written' 75 --trace="$work/no/where" true
    say='No space left' ends 'an event log on a full disk' 75 --trace=/dev/full true
    say='do not go together' ends 'an event log of several runs' 2 --trace="$work/log" --runs=2 true
    # the check itself: a line cut short, a number twice, a clock that knows too much
    local log=$work/ring_sem.ordered.log broken=$work/broken.log script
    for script in '3s/}$//' '4s/"n":3/"n":2/' '6s/"clock":{"0":[0-9]*/"clock":{"0":99999/' '6s/"event":"[a-z]*"/"event":"what"/'; do
        sed "$script" "$log" >"$broken"
        if build/selftest/ipcgrind_json trace "$broken" >/dev/null; then bad "ipcgrind_json let '$script' pass"; fi
    done
}

export -f logged event_log random_kills crowds
export -f bad line_of marks_of ordered race pair ends killed_and_stopped bad_input full_file_system
export -f left_out left_behind others misuse misuses unseen_atomics
for source in "$tests"/*.c; do
    name=$(basename "$source" .c)
    [ "$name" = hammer ] || [ "$name" = big ] || [[ $name == misuse_* ]] || grep -q "^$name " $tests/TABLE || bad "$name has no line in $tests/TABLE"
done
{
    grep -v '^#' $tests/TABLE | while read -r name _ text; do
        # shellcheck disable=SC2053 # a pattern is meant
        [[ $name == ${ONLY_PAIR:-*} ]] || continue
        printf '%s\0' "pair $name '$text'"
    done
    printf '%s\0' misuses
    [ -n "${ONLY_PAIR-}" ] ||
        printf '%s\0' killed_and_stopped bad_input full_file_system left_out left_behind others unseen_atomics random_kills crowds event_log
} | xargs -0 -P 2 -I '{}' bash -c '{}'
[ ! -e "$work/failed" ]
