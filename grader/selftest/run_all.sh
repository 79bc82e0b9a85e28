#!/usr/bin/env bash
# Runs the project's own tests one after the other: `run_all.sh check` the quick gates,
# `run_all.sh test` all of them. One line a test with its seconds, its output in
# build/selftest/logs/NAME.log, and as the very last line `N passed, N failed, N skipped`.
#
# A test is a program that exits 0 for passed, 77 for "cannot run here" (its last line says why),
# anything else for failed:
#   check: each gate of lint.sh; every Check program of grader/selftest/test_*.c; cli.sh and
#          reference.sh --plain where they exist
#   test:  the same, then lint_gates.sh and every grader/selftest/t_*.sh
# ONLY='t_s*' runs the tests whose name matches.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=grader/selftest
logs=build/selftest/logs
# A net for a test that hangs; no test may depend on it.
longest=${GR_TEST_SECONDS:-600}
mode=${1:-}
passed=0 failed=0 skipped=0

case ${1-} in
check | test) ;;
*)
    echo "usage: run_all.sh check|test" >&2
    exit 2
    ;;
esac
mkdir -p "$logs"
rm -f "$logs"/*.log

# run NAME COMMAND ARG..
run() {
    local name=$1 log=$logs/${1//[ \/]/_}.log status=0 begun=$EPOCHREALTIME word
    shift
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $name == ${ONLY:-*} ]] || return 0
    # --foreground: in a process group of its own it would not feel Ctrl-C.
    timeout --foreground --kill-after=10 "$longest" "$@" >"$log" 2>&1 </dev/null || status=$?
    case $status in
    0) word=ok passed=$((passed + 1)) ;;
    77) word=skipped skipped=$((skipped + 1)) ;;
    *) word=FAILED failed=$((failed + 1)) ;;
    esac
    printf '  %-8s %-32s %6s s%s\n' "$word" "$name" "$(seconds_since "$begun")" \
        "$(note $status "$log")"
    [ $word != FAILED ] || tail -n 30 "$log" | sed 's/^/    | /'
}

# Microseconds are the digits of EPOCHREALTIME, whatever stands between them.
seconds_since() {
    local us=$((${EPOCHREALTIME//[!0-9]/} - ${1//[!0-9]/}))
    printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}

# note STATUS LOG: the rest of the line.
note() {
    case $1 in
    0) ;;
    77) printf '  (%s)' "$(tail -n 1 "$2")" ;;
    124 | 137) printf '  no end within %s s, see %s' "$longest" "$2" ;;
    *) printf '  exit %d, see %s' "$1" "$2" ;;
    esac
}

# run_script NAME SCRIPT ARG..: a script that cannot be started is a failure, not an absence.
run_script() {
    local name=$1
    shift
    if [ -x "$1" ]; then
        run "$name" "$@"
    else
        # shellcheck disable=SC2016 # expanded by the shell that is started
        run "$name" sh -c 'echo "cannot start $0: chmod +x $0"; exit 1' "$1"
    fi
}

gates() {
    local gate
    for gate in format tidy cppcheck shell house; do
        run "lint $gate" bash "$here/lint.sh" "$gate"
    done
}

# By source, so that a program left over from another branch is not run and a missing one is seen.
unit_tests() {
    local source name
    for source in "$here"/test_*.c; do
        [ -e "$source" ] || continue
        name=$(basename "$source" .c)
        # Those that start many jails or Valgrinds belong to the issue, not to each commit.
        case $mode/$name in check/test_judge | check/test_scene | check/test_warden | check/test_vg_live) continue ;; esac
        run "$name" "build/selftest/$name"
    done
}

quick_scripts() {
    if [ -e "$here/cli.sh" ]; then run_script cli "$here/cli.sh"; fi
    if [ -e "$here/reference.sh" ]; then
        run_script reference "$here/reference.sh"
    fi
}

long_scripts() {
    local script
    run_script lint_gates "$here/lint_gates.sh"
    for script in "$here"/t_*.sh; do
        [ -e "$script" ] || continue
        run_script "$(basename "$script" .sh)" "$script"
    done
}

gates
unit_tests
quick_scripts
if [ "$1" = test ]; then long_scripts; fi

if [ $((passed + failed)) -eq 0 ]; then
    echo 'No test ran, and that is no success.'
    failed=1
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
