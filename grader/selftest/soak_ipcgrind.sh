#!/usr/bin/env bash
# Are the verdicts of ipcgrind the same on every run? The ordered programs of grader/ipcgrind/tests
# must be silent with every seed, the racy ones reported, both lines named, within three seeds. Runs
# all of them in turns, stops at the first that differs, and keeps what replays it.
#
#   soak_ipcgrind.sh MINUTES [SEED]   begin at SEED; without it, at the time of day
#   soak_ipcgrind.sh 0 SEED           replay: each program once, beginning with that seed
#
# ONLY_PAIR='pipe_*' takes the pairs that match; KILLS=200 (0 = none) first has that many processes
# killed and as many stopped, see ipcgrind_kill.sh.
# Exit: 0 none differs; 1 one did, and build/soak/ipcgrind has its report and the line that replays
# it; 2 usage; 77 ipcgrind cannot be built here.
set -u
cd "$(dirname "$0")/../.." || exit 2
minutes=${1:-10} seed=${2:-}
tests=grader/ipcgrind/tests
bin=${SOAK_PROGRAMS:-build/selftest/ipcgrind}
ig=build/bin/ipcgrind
keep=build/soak/ipcgrind

usage() {
    echo "soak: $1; usage: make soak-ipcgrind MINUTES=10 (SEED=n begins there, MINUTES=0 replays it)" >&2
    exit 2
}
[[ $minutes =~ ^[0-9]{1,4}$ ]] || usage "MINUTES=$minutes is not a number of minutes"
[[ -z $seed || $seed =~ ^[1-9][0-9]{0,8}$ ]] || usage "SEED=$seed is not a number from 1 to 999999999"
[ "$minutes" -gt 0 ] || [ -n "$seed" ] || usage 'MINUTES=0 replays one seed: say which, SEED=n'
[ -x $ig ] || { echo 'ipcgrind is not built here: make build says why'; exit 77; }
if [ -z "$seed" ]; then seed=$((EPOCHSECONDS % 100000000 + 1)); fi
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM

pairs=()
while read -r name _; do
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $name == ${ONLY_PAIR:-*} ]] && pairs+=("$name")
done < <(grep -v '^#' $tests/TABLE)
[ ${#pairs[@]} -gt 0 ] || usage "no pair of $tests/TABLE matches ONLY_PAIR=$ONLY_PAIR"

line_of() { awk -v mark="[$2]" 'index($0, "/* ") && index($0, mark) && !/^ \*/ { print NR }' "$tests/$1.c"; }

silent=0 reported=0 second=0 third=0
finish() {
    printf 'ordered programs: %d runs, %d reports; racy programs: %d reported, of these %d with the second seed, %d with the third\n' \
        "$silent" "$1" "$reported" "$second" "$third"
    awk -v n="$silent" -v k="$1" 'BEGIN { if (k == 0 && n > 0)
        printf "95 %% upper bound on the rate of false reports: %.6f\n", 1 - exp(log(0.05) / n) }'
}

# differs PROGRAM SEED WHY FALSE-REPORTS
differs() {
    local at=$keep/$1-$2
    rm -rf "${at:?}" && mkdir -p "$at"
    cp "$out"/* "$bin/$1" "$at/"
    echo "$ig --seed=$2 $bin/$1" >"$at/replay"
    echo "differs: $1, seed $2: $3"
    sed 's/^/    | /' "$out/report"
    echo "kept in $at; again: make soak-ipcgrind MINUTES=0 SEED=$2"
    finish "$4"
    exit 1
}

run() {
    status=0
    timeout 120 $ig --seed="$2" --json="$out/json" "$bin/$1" >"$out/report" 2>&1 || status=$?
}

ordered() {
    run "$1.ordered" "$2"
    if [ $status -ne 0 ] || [ "$(wc -l <"$out/report")" -ne 1 ]; then
        differs "$1.ordered" "$2" "exit $status, wanted 0 and silence" $((status == 1))
    fi
    silent=$((silent + 1))
}

# both_lines NAME: is a race reported, with the marked lines of the source?
both_lines() {
    local mark
    for mark in first second; do
        grep -qE "/$1\.c:$(line_of "$1" $mark)\)" "$out/report" || return 1
    done
}

racy() {
    local tried
    for tried in 1 2 3; do
        run "$1.race" $(($2 + tried - 1))
        [ $status -ne 0 ] && break
    done
    if [ $status -ne 1 ] || ! both_lines "$1"; then
        differs "$1.race" "$2" "exit $status, wanted 1 and both lines" 0
    fi
    reported=$((reported + 1))
    if [ $tried -eq 2 ]; then second=$((second + 1)); fi
    if [ $tried -eq 3 ]; then third=$((third + 1)); fi
}

one_round() {
    local name
    for name in "${pairs[@]}"; do
        [ "$minutes" -eq 0 ] || [ $SECONDS -lt $end ] || return 0
        ordered "$name" "$seed"
        racy "$name" "$seed"
        if [ "$minutes" -gt 0 ]; then seed=$((seed + 1)); fi
    done
}

if [ "$minutes" -gt 0 ] && [ "${KILLS:-0}" -gt 0 ]; then
    bash grader/selftest/ipcgrind_kill.sh "$KILLS" "$seed" || exit 1
fi
echo "soak: ${#pairs[@]} pairs for $minutes minutes, seeds from $seed on"
end=$((SECONDS + minutes * 60))
while :; do
    one_round
    if [ "$minutes" -eq 0 ] || [ $SECONDS -ge $end ]; then break; fi
    printf '  %5d silent, %5d reported, 0 differing, %d s left\n' $silent $reported $((end - SECONDS))
done
finish 0
