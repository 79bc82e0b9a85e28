#!/usr/bin/env bash
# Does a right answer score full marks on every run? Grades the reference of a lab and its other
# right answers in turns, each time with another seed, every second time with a busy loop on every
# processor, and stops at the first verdict that is not PASS.
#
#   soak.sh LAB MINUTES [SEED]    begin at SEED; without it, at the time of day
#   soak.sh LAB 0 SEED            replay: that seed once for every answer, without and with load
#
# Prints what was run, the number of item verdicts, those that differ, and the 95 % upper bound on
# how often a verdict may differ (Clopper and Pearson 1934; for none in n it is 1 - 0.05^(1/n)).
# Exit: 0 none differs; 1 one did, and build/soak/ keeps the report and the line that replays it;
# 2 usage.
set -u
cd "$(dirname "$0")/../.." || exit 2
lab=${1:-} minutes=${2:-10} seed=${3:-}
ipclab=${SOAK_IPCLAB:-build/bin/ipclab}

usage() {
    echo "soak: $1; usage: make soak LAB=pipes MINUTES=10 (SEED=n begins there, MINUTES=0 replays it)" >&2
    exit 2
}

[ -n "$lab" ] || usage 'which lab?'
[[ $minutes =~ ^[0-9]{1,4}$ ]] || usage "MINUTES=$minutes is not a number of minutes"
[[ -z $seed || $seed =~ ^[0-9]{1,18}$ ]] || usage "SEED=$seed is not a number of at most 18 digits"
[ "$minutes" -gt 0 ] || [ -n "$seed" ] || usage 'MINUTES=0 replays one seed: say which, SEED=n'
slug=
for dir in labs/[0-9][0-9]-*/; do
    name=$(basename "$dir")
    case $lab in "$name" | "${name%%-*}" | "${name#*-}") slug=$name ;; esac
done
[ -n "$slug" ] || usage "there is no lab $lab"
keep=build/soak/$slug
tmp=$(mktemp -d) && chmod 755 "$tmp" || exit 2
hogs=()
calm() {
    [ ${#hogs[@]} -eq 0 ] || kill "${hogs[@]}" 2>/dev/null
    hogs=()
}
trap 'calm; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

load() {
    for _ in $(seq "$(nproc)"); do
        sh -c 'while :; do :; done' &
        hogs+=($!)
    done
}

# Every right answer, each a whole folder: the solution, and what lies over it. The unusual ones are
# where a verdict is likeliest to hang on an order nobody thought of.
answers=("$tmp/solution")
mkdir -m 755 "$tmp/solution" && cp solutions/"$slug"/* "$tmp/solution/" || exit 2
for dir in grader/mutants/alt/"$slug"/*/ grader/selftest/correct/"$slug"/*/; do
    [ -d "$dir" ] || continue
    name=$tmp/$(basename "$dir")
    mkdir -m 755 "$name" && cp solutions/"$slug"/* "$name/" && cp "$dir"*.[cht]* "$name/" || exit 2
    answers+=("$name")
done

runs=0 verdicts=0 differing=0 scored=0
# grade ANSWER SEED LOAD: 0 if every item passed
grade() {
    local status=0 n
    [ "$3" = calm ] || load
    "$ipclab" grade --lab "$slug" --src "$1" --seed "$2" --color never --json "$tmp/r.json" \
        >"$tmp/report" 2>&1 || status=$?
    calm
    runs=$((runs + 1))
    n=$(grep -o '"verdict": "[A-Z_]*"' "$tmp/r.json" 2>/dev/null | grep -c .)
    verdicts=$((verdicts + n))
    differing=$(grep -o '"verdict": "[A-Z_]*"' "$tmp/r.json" 2>/dev/null | grep -vc '"PASS"')
    scored=$(tail -n 1 "$tmp/report")
    [ $status -eq 0 ] && [ "$n" -gt 0 ] && [ "$differing" -eq 0 ]
}

# stop ANSWER SEED LOAD: keep what replays it
stop() {
    local name
    name=$(basename "$1")-$2
    rm -rf "${keep:?}/$name"
    mkdir -p "$keep/$name"
    cp -r "$1"/. "$keep/$name/source"
    cp "$tmp/report" "$tmp/r.json" "$keep/$name/" 2>/dev/null
    grep -E '^ *(FAIL|INFRA|NOT_JUDGED) ' "$tmp/report"
    echo "differs: $(basename "$1"), seed $2, $3 machine: $scored"
    echo "kept in $keep/$name; again: make soak LAB=${slug#*-} MINUTES=0 SEED=$2"
}

finish() {
    printf '%s: %d gradings of %d right answers, %d item verdicts, %d differing\n' \
        "$slug" "$runs" ${#answers[@]} "$verdicts" "$differing"
    awk -v n="$verdicts" -v k="$differing" 'BEGIN {
        if (k == 0 && n > 0)
            printf "95 %% upper bound on the rate of differing verdicts: %.6f\n", 1 - exp(log(0.05) / n)
    }'
}

if [ "$minutes" -eq 0 ]; then
    for answer in "${answers[@]}"; do
        for how in calm busy; do
            grade "$answer" "$seed" $how || {
                stop "$answer" "$seed" $how
                finish
                exit 1
            }
            printf '  %-28s seed %s  %s  %s\n' "$(basename "$answer")" "$seed" $how "$scored"
        done
    done
    finish
    exit 0
fi

[ -n "$seed" ] || seed=$EPOCHSECONDS
echo "soak: $slug for $minutes minutes, ${#answers[@]} right answers, seeds from $seed on"
end=$((SECONDS + minutes * 60))
while [ $SECONDS -lt $end ]; do
    for answer in "${answers[@]}"; do
        for how in calm busy; do
            [ $SECONDS -lt $end ] || break 2
            grade "$answer" "$seed" $how || {
                stop "$answer" "$seed" $how
                finish
                exit 1
            }
            seed=$((seed + 1))
        done
    done
    printf '  %4d gradings, %6d verdicts, 0 differing, %d s left\n' "$runs" "$verdicts" \
        $((end > SECONDS ? end - SECONDS : 0))
done
finish
