#!/usr/bin/env bash
# lab_steps.sh for the first lab (`make steps` is for all), and the gate itself seen red.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
checks=0 failed=0

say() { # say OK TEXT
    checks=$((checks + 1))
    [ "$1" = 0 ] && return
    failed=$((failed + 1))
    echo "not ok: $2"
    sed 's/^/    /' "$tmp/out"
}

bash grader/selftest/lab_steps.sh 01-pipes >"$tmp/out" 2>&1
say $? "every step of 01-pipes keeps its promise"

# claims LINE WORDS: step 01.1 with its lines at the head replaced by LINE must be refused so.
claims() {
    mkdir -p "$tmp/steps/01-pipes"
    { echo "$1" && sed '/^green: /d; /^red: /d' grader/selftest/steps/01-pipes/01.1.patch; } \
        >"$tmp/steps/01-pipes/01.1.patch"
    LAB_STEPS=$tmp/steps bash grader/selftest/lab_steps.sh 01-pipes >"$tmp/out" 2>&1
    [ $? -eq 1 ] && grep -qF -- "$2" "$tmp/out"
    say $? "\"$1\" is refused: $2"
}
claims 'green: 1A.1 1A.4' 'step 01.1: 1A.4 is not green'
claims 'green: 1A.1 1A.4' 'step 01.1 of the walkthrough does not name 1A.4'
claims $'green: 1A.1\nred: 1A.1' 'step 01.1: 1A.1 is green already'
bash grader/selftest/lab_steps.sh 00-none >"$tmp/out" 2>&1
[ $? -eq 2 ]
say $? 'a lab that keeps no steps is wrong usage'

echo "t_lab_steps.sh: $checks checks, $failed failed"
[ $failed -eq 0 ]
