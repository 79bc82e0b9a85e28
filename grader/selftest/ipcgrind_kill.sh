#!/usr/bin/env bash
# What does ipcgrind do when a traced process is killed or stopped at any moment?
#
#   ipcgrind_kill.sh [N [SEED]]   N times SIGKILL, N times SIGSTOP and SIGCONT (3; the time of day)
#
# Each time a crowd of tests/hammer.c runs, and after a random delay, drawn from SEED, a random
# process of it (the first one too) gets the signal. Every second run has a session with a name.
# Wanted each time: ipcgrind ends, with 0, 1 or 75; its --json is whole; and nothing is left: no
# process, so no session in memory either, and no file.
# Exit: 0 all well; 1 not, the run is kept in build/soak/ipcgrind; 2 usage; 77 no ipcgrind here.
set -u
cd "$(dirname "$0")/../.." || exit 2
times=${1:-3} seed=${2:-$((EPOCHSECONDS % 1000000))}
[[ $times =~ ^[0-9]{1,5}$ && $seed =~ ^[0-9]{1,9}$ ]] || {
    echo 'usage: ipcgrind_kill.sh [N [SEED]]' >&2
    exit 2
}
ig=build/bin/ipcgrind
hammer=build/selftest/ipcgrind/hammer.race
json=build/selftest/ipcgrind_json
crowd=(3 1 "${HAMMER_ROUNDS:-1500}")
longest=${KILL_SECONDS:-120} # a hang; far more than any run needs
[ -x $ig ] || { echo 'ipcgrind is not built here: make build says why'; exit 77; }
make -s ipcgrind-tests || exit 1
out=$(mktemp -d) || exit 2
IPCGRIND_CROWD=$out # who carries it is ours
export IPCGRIND_CROWD
trap 'rm -rf "$out"' EXIT

# Who carries the name; of these the traced processes run the tool.
ours() { grep -lzx "IPCGRIND_CROWD=$out" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
traced() {
    local pid
    for pid in $(ours); do
        case $(readlink "/proc/$pid/exe" 2>/dev/null) in */ipcgrind-amd64-linux) echo "$pid" ;; esac
    done
}

fail() {
    local at=build/soak/ipcgrind/kill-$seed-$2
    rm -rf "${at:?}" && mkdir -p "$at" && cp -r "$out/." "$at/"
    echo "FAILED $3 number $2: $1; the seed is $seed, the run is kept in $at"
    sed 's/^/    | /' "$out/report"
    for pid in $(left); do
        ps -o pid=,args= -p "$pid" | sed 's/^/    | left: /'
    done
    exit 1
}

# left: whoever of the crowd still lives; this script and its helpers do not carry the name when
# they began before it was exported
left() {
    local pid
    for pid in $(ours); do
        case $(readlink "/proc/$pid/exe" 2>/dev/null) in */ipcgrind* | */hammer* | *valgrind*) echo "$pid" ;; esac
    done
}

# A crowd that nobody disturbs: how long it takes, in ms.
undisturbed() {
    local begun=$EPOCHREALTIME
    TMPDIR=$out/tmp timeout "$longest" $ig --seed=0 $hammer "${crowd[@]}" >"$out/report" 2>&1
    echo $(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
}

declare -A ended=()
hit=0
# one SIGNAL NUMBER: a crowd, and the signal to one of it
one() {
    local status=0 victim pids session=() delay=$((RANDOM % (span + 1)))
    rm -rf "$out/tmp" "$out/json" && mkdir "$out/tmp"
    if [ $(($2 % 2)) -eq 1 ]; then session=("--session=$out/tmp/session"); fi
    TMPDIR=$out/tmp timeout "$longest" $ig --seed="$2" --grace=60 --json="$out/json" "${session[@]}" \
        $hammer "${crowd[@]}" >"$out/report" 2>&1 &
    local job=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    mapfile -t pids < <(traced)
    if [ ${#pids[@]} -gt 0 ]; then
        victim=${pids[RANDOM % ${#pids[@]}]}
        if kill "-$1" "$victim" 2>/dev/null; then hit=$((hit + 1)); fi
        if [ "$1" = STOP ]; then
            sleep "0.$(printf '%03d' $((RANDOM % 400)))"
            kill -CONT "$victim" 2>/dev/null
        fi
    fi
    wait $job || status=$?
    case $status in
    0 | 1 | 75) ;;
    124) fail "still running after $longest s" "$2" "$1" ;;
    *) fail "exit $status" "$2" "$1" ;;
    esac
    $json result "$out/json" >>"$out/report" 2>&1 || fail 'the result is not whole' "$2" "$1"
    [ -z "$(left)" ] || fail 'processes are left' "$2" "$1"
    [ -z "$(ls -A "$out/tmp")" ] || fail "files are left: $(ls -A "$out/tmp")" "$2" "$1"
    ended[$status]=$((${ended[$status]:-0} + 1))
}

RANDOM=$((seed % 32768))
mkdir "$out/tmp"
span=$(undisturbed)
for ((i = 1; i <= times; i++)); do
    one KILL $i
    one STOP $i
done
summary=
for status in "${!ended[@]}"; do summary+=", ${ended[$status]} exits $status"; done
echo "ok     $times killed and $times stopped at random in $span ms: $hit hit, 0 hangs, 0 left$summary (seed $seed)"
