#!/usr/bin/env bash
# The runner of all tests, tested: what it counts, what it says last, and that it is not content
# with nothing. A tree of stand-ins takes the place of the real tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
here=$work/grader/selftest
out=$work/out
unset ONLY GR_TEST_SECONDS GR_TEST_SLOW GR_TIDY_QUICK

# test_named NAME TEXT: an executable shell script.
test_named() {
    printf '#!/bin/sh\n%s\n' "$2" >"$here/$1"
    chmod +x "$here/$1"
}

tree() {
    rm -rf "$work/grader" "$work/build"
    mkdir -p "$here" "$work/build/selftest"
    cp grader/selftest/run_all.sh "$here"
    test_named lint.sh 'exit 0'
    test_named lint_gates.sh 'exit 0'
    test_named t_one.sh 'exit 0'
}

# expect TITLE MODE STATUS LAST-LINE [TEXT]
expect() {
    local status=0
    bash "$here/run_all.sh" "$2" >"$out" 2>&1 || status=$?
    if [ "$status" -eq "$3" ] && [ "$(tail -n 1 "$out")" = "$4" ] && grep -qF -- "${5-}" "$out"; then
        echo "ok     $1"
    else
        printf 'FAILED %s: exit %s, wanted %s and "%s" "%s"\n' "$1" "$status" "$3" "$4" "${5-}"
        sed 's/^/    | /' "$out"
        failures=$((failures + 1))
    fi
}

tree
expect 'check runs the five gates' check 0 '5 passed, 0 failed, 0 skipped'
expect 'test adds the long ones' test 0 '7 passed, 0 failed, 0 skipped' t_one

test_named t_bad.sh 'echo the reason; exit 3'
expect 'one failure fails the run, and its reason is shown' test 1 \
    '7 passed, 1 failed, 0 skipped' '| the reason'

tree
# shellcheck disable=SC2016 # the stand-ins expand these
test_named lint.sh 'echo seen; [ "$1" != cppcheck ]'
expect 'a gate beside the others counts, too' check 1 '4 passed, 1 failed, 0 skipped' '| seen'
# shellcheck disable=SC2016
test_named lint.sh 'kill -9 $(ps -o ppid= $PPID)'
expect 'a lane that vanishes is a failure' check 1 '0 passed, 5 failed, 0 skipped' '5 of the tests'
# shellcheck disable=SC2016
test_named lint.sh 'kill -9 $(ps -o ppid= $(ps -o ppid= $PPID))'
expect 'gates that vanish are a failure' check 1 '0 passed, 1 failed, 0 skipped' 'without a count'

tree
# shellcheck disable=SC2016
test_named lint.sh '[ "${GR_TIDY_QUICK-no}" = 1 ] || [ "$1" != tidy ]'
expect 'check leaves the analyzer out' check 0 '5 passed, 0 failed, 0 skipped'
expect 'test does not' test 1 '6 passed, 1 failed, 0 skipped' 'FAILED   lint tidy'

tree
export GR_TEST_SLOW=0.5
test_named t_slow.sh 'exec timeout 0.6 tail -f /dev/null'
expect 'the slow ones are named again' test 1 '7 passed, 1 failed, 0 skipped' 'slow: t_slow 0.'
unset GR_TEST_SLOW

tree
test_named t_elsewhere.sh 'echo no such kernel; exit 77'
expect 'skipped is not passed' test 0 '7 passed, 0 failed, 1 skipped' '(no such kernel)'

tree
chmod -x "$here/t_one.sh"
expect 'a test that cannot be started is no pass' test 1 '6 passed, 1 failed, 0 skipped' 'chmod +x'

tree
: >"$here/test_lib.c"
expect 'nor is a unit test that was not built' check 1 '5 passed, 1 failed, 0 skipped' test_lib
: >"$work/build/selftest/test_gone"
test_named ../../build/selftest/test_lib 'exit 0'
expect 'built, it counts; one without a source does not' check 0 '6 passed, 0 failed, 0 skipped'

tree
test_named cli.sh 'exit 0'
# shellcheck disable=SC2016 # the stand-in expands it
test_named reference.sh true
expect 'the quick scripts run where they exist' check 0 '7 passed, 0 failed, 0 skipped' 'reference'

export ONLY='nothing'
expect 'no test at all is no success' test 1 '0 passed, 1 failed, 0 skipped' 'No test ran'
unset ONLY

tree
test_named t_hang.sh 'exec tail -f /dev/null'
export GR_TEST_SECONDS=1
expect 'a hang ends, too' test 1 '7 passed, 1 failed, 0 skipped' 'no end within 1 s'
grep -q 'killed by run_all.sh: no end within 1 s' "$work/build/selftest/logs/t_hang.log" || {
    echo 'FAILED the log of what was killed says so'
    failures=$((failures + 1))
}

tree
# shellcheck disable=SC2016
test_named t_shot.sh 'kill -9 $PPID'
unset GR_TEST_SECONDS
expect 'killed early is not called late' test 1 '7 passed, 1 failed, 0 skipped' 'exit 137'

echo "$failures wrong"
[ "$failures" -eq 0 ]
