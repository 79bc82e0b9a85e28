#!/usr/bin/env bash
# Runs the project's own tests: `run_all.sh check` the quick gates, `run_all.sh test` all of them.
# One line a test with its seconds, its output in build/selftest/logs/NAME.log, then the slow ones
# and the seconds of the whole, and as the very last line `N passed, N failed, N skipped`.
#
# The gates of lint.sh run beside the other tests and their lines follow; all else runs in lanes, one
# more than there are processors, since a test of hangs mostly waits: no test may depend on being
# alone. The longest begin first.
#
# A test is a program that exits 0 for passed, 77 for "cannot run here" (its last line says why),
# anything else for failed:
#   check: each gate of lint.sh, clang-tidy without its analyzer; the Check programs of
#          grader/selftest/test_*.c but those that start many jails or Valgrinds; cli.sh and
#          reference.sh where they exist; lab_docs.sh for each lab
#   test:  the same with nothing left out, then lint_gates.sh, every grader/selftest/t_*.sh, and lab_grade.sh for
#          each lab
#   gates: those of lint.sh alone; what the two above start beside themselves
# ONLY='t_s*' runs the tests whose name matches.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=grader/selftest
logs=build/selftest/logs
# A net for a test that hangs; no test may depend on it.
longest=${GR_TEST_SECONDS:-900}
slow=${GR_TEST_SLOW:-10} # seconds from which a test is named again at the end
mode=${1:-}
begun_all=$EPOCHREALTIME
passed=0 failed=0 skipped=0 started=0
lanes=${GR_TEST_LANES:-$(($(nproc) + 1))}

case $mode in
check | test | gates) ;;
*)
    echo "usage: run_all.sh check|test" >&2
    exit 2
    ;;
esac
if [ "$mode" != gates ]; then
    mkdir -p "$logs"
    rm -f "$logs"/*
else
    rm -f "$logs"/gates.*
    lanes=1 # beside the lanes of the tests; clang-tidy takes what is left
fi

# run NAME COMMAND ARG..: when a lane is free, beside the others.
run() {
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $1 == ${ONLY:-*} ]] || return 0
    while [ "$(jobs -rp | grep -cvx "${gates_pid:-none}")" -ge "$lanes" ]; do
        wait -n || true
    done
    run_one "$@" &
    started=$((started + 1))
}

# A lane: one test, its line, and its word for the count.
run_one() {
    local name=$1 log=$logs/${1//[ \/]/_}.log status=0 begun=$EPOCHREALTIME word took
    shift
    # --foreground: in a process group of its own it would not feel Ctrl-C, and a background job
    # would ignore it.
    env --default-signal=INT,QUIT timeout --foreground --kill-after=10 "$longest" "$@" \
        >"$log" 2>&1 </dev/null || status=$?
    case $status in
    0) word=ok ;;
    77) word=skipped ;;
    *) word=FAILED ;;
    esac
    took=$(seconds_since "$begun")
    # 137 is also what somebody else's SIGKILL looks like
    if [ $status -eq 137 ] && [ "${took%.*}" -ge "$longest" ]; then status=124; fi
    [ $status -ne 124 ] ||
        echo "killed by run_all.sh: no end within $longest s (GR_TEST_SECONDS)" >>"$log"
    {
        printf '  %-8s %-32s %6s s%s\n' "$word" "$name" "$took" "$(note $status "$log")"
        [ $word != FAILED ] || tail -n 30 "$log" | sed 's/^/    | /'
    } >"$log.said"
    cat "$log.said" # in one piece
    printf '%s\t%s s\n' "$name" "$took" >>"$logs/$mode.times"
    echo $word >>"$logs/$mode.words"
}

# The end of all lanes, and their words added to the counts.
finish_lanes() {
    local pid words
    while read -r pid; do
        wait "$pid" || true
    done < <(jobs -rp | grep -vx "${gates_pid:-none}")
    touch "$logs/$mode.words"
    words=$(wc -l <"$logs/$mode.words")
    if [ "$words" -lt $started ]; then
        echo "  FAILED   $((started - words)) of the tests were killed before they could say how they ended"
        failed=$((started - words))
    fi
    passed=$((passed + $(grep -cx ok "$logs/$mode.words" || true)))
    failed=$((failed + $(grep -cx FAILED "$logs/$mode.words" || true)))
    skipped=$((skipped + $(grep -cx skipped "$logs/$mode.words" || true)))
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
    124) printf '  no end within %s s, see %s' "$longest" "$2" ;;
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
        case $mode/$name in
        check/test_judge | check/test_scene | check/test_warden | check/test_vg_live) continue ;;
        check/test_hang | check/test_spin | check/test_inject | check/test_inject_scene) continue ;;
        esac
        run "$name" "build/selftest/$name"
    done
}

quick_scripts() {
    if [ -e "$here/cli.sh" ]; then run_script cli "$here/cli.sh"; fi
    if [ -e "$here/reference.sh" ]; then
        run_script reference "$here/reference.sh"
    fi
    lab_scripts lab_docs
}

long_scripts() {
    local script
    lab_scripts lab_grade
    run_script lint_gates "$here/lint_gates.sh"
    for script in "$here"/t_*.sh; do
        [ -e "$script" ] || continue
        run_script "$(basename "$script" .sh)" "$script"
    done
}

# lab_scripts NAME: that script once for each lab, which is its argument
lab_scripts() {
    local ini lab
    [ -e "$here/$1.sh" ] || return 0
    for ini in labs/[0-9][0-9]-*/lab.ini; do
        [ -e "$ini" ] || continue
        lab=$(basename "$(dirname "$ini")")
        run_script "$1 $lab" "$here/$1.sh" "$lab"
    done
}

# start_gates: as a process of its own, which Ctrl-C reaches; a background job would ignore it.
start_gates() {
    env --default-signal=INT,QUIT bash "$here/run_all.sh" gates >"$logs/gates" 2>&1 &
    gates_pid=$!
    trap 'kill "$gates_pid" 2>/dev/null || true' EXIT
}

# finish_gates: show what they said and add their counts to ours.
finish_gates() {
    local p f s
    wait "$gates_pid" || true
    trap - EXIT
    sed '$d' "$logs/gates"
    if ! read -r p _ f _ s _ < <(tail -n 1 "$logs/gates") || ! [[ $p$f$s =~ ^[0-9]+$ ]]; then
        echo '  FAILED   the gates ended without a count'
        p=0 f=1 s=0
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

slow_ones() {
    if [ -e "$logs/$mode.times" ]; then
        cat "$logs"/*.times | awk -F '\t' -v slow="$slow" '$2 + 0 >= slow' |
            sort -t "$(printf '\t')" -k 2 -rn |
            awk -F '\t' '{ printf "%s%s %s", (NR > 1 ? ", " : "slow: "), $1, $2 }
                END { if (NR) print "" }'
    fi
}

count() { printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"; }

if [ "$mode" = gates ]; then
    gates
    finish_lanes
    count
    exit 0
fi
# The analyzer is 90 % of clang-tidy's time; a commit need not wait for it, a push does.
if [ "$mode" = check ]; then export GR_TIDY_QUICK=1; fi
start_gates
if [ "$mode" = test ]; then long_scripts; fi
unit_tests
quick_scripts
finish_lanes
finish_gates

if [ $((passed + failed)) -eq 0 ]; then
    echo 'No test ran, and that is no success.'
    failed=1
fi
if [ "$mode" = test ]; then slow_ones; fi
echo "in $(seconds_since "$begun_all") s"
count
[ "$failed" -eq 0 ]
