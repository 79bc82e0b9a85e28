#!/usr/bin/env bash
# Sees every lint gate red: a gate that never rejected anything gates nothing.
#
# For each gate a small tree is made with the gates' own files and one sound file of each sort. The
# gate must pass it, then reject it once a fault is planted, and name the planted file.
set -euo pipefail
cd "$(dirname "$0")/../.."
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
spdx='/* SPDX-License-Identifier: MIT */'

# new_tree: a fresh tree in $tree, clean for every gate.
new_tree() {
    local dir
    tree=$work/tree
    rm -rf "$tree"
    mkdir -p "$tree"/grader/{lib,suites,selftest,ipclab} "$tree"/{labs,solutions,skeletons}/01-pipes
    cp "$top"/.clang-format "$top"/.clang-tidy "$tree"
    cp "$top"/.gitignore "$tree"
    cp "$top"/grader/selftest/{files.sh,lint.sh,house.sh,house.allow,cppcheck.supp} \
        "$tree/grader/selftest"
    for dir in labs skeletons solutions; do cp "$top/$dir/.clang-format" "$tree/$dir"; done
    printf '%s\n\nint gr_twice(int n);\n\nint gr_twice(int n)\n{\n    return 2 * n;\n}\n' "$spdx" |
        tee "$tree/grader/lib/gr_sound.c" "$tree/solutions/01-pipes/sound.c" \
            "$tree/grader/suites/01_pipes.c" >"$tree/skeletons/01-pipes/sound.c"
    git -C "$tree" init -q
    git -C "$tree" add -A
}

gate() { (cd "$tree" && GR_LINT_CACHE=$work/cache bash grader/selftest/lint.sh "$1") >"$work/out" 2>&1; }

say() {
    printf '%-6s %s\n' "$1" "$2"
    if [ "$1" = FAILED ]; then
        sed 's/^/    | /' "$work/out"
        failures=$((failures + 1))
    fi
}

# passes GATE: the tree as it is now.
passes() {
    local status=0
    gate "$1" || status=$?
    if [ $status -eq 77 ]; then
        say skip "$1: $(tail -n 1 "$work/out")"
        return 1
    fi
    if [ $status -eq 0 ]; then say ok "$1 passes sound files"; else say FAILED "$1 rejects sound files"; fi
}

# rejects GATE FILE TEXT: after FILE (on stdin) was added, with FILE and TEXT in what is said.
rejects() {
    local status=0
    new_tree
    mkdir -p "$tree/$(dirname "$2")"
    cat >"$tree/$2"
    git -C "$tree" add -f -A
    gate "$1" || status=$?
    # 123: xargs passes on that a tool it ran has failed
    if [[ $status =~ ^(1|123)$ ]] && grep -F -- "$2" "$work/out" | grep -qF -- "$3"; then
        say ok "$1 rejects $2: $3"
    else
        say FAILED "$1 should reject $2 with '$3' (exit $status)"
    fi
}

# function_of LINES: a C function that long.
function_of() {
    local i
    printf '%s\n\nint gr_long(void);\n\nint gr_long(void)\n{\n    int n = 0;\n' "$spdx"
    for ((i = 4; i < $1; i++)); do printf '    n += %d;\n' "$i"; done
    printf '    return n;\n}\n'
}

format_gate() {
    rejects format grader/lib/gr_bad.c 'house format' <<<"$spdx"$'\nint  gr_x;'
    rejects format grader/lib/gr_bad.h 'house format' <<<"$spdx"$'\nint  gr_x;'
    # 90 columns: fine in grader/, too long for what students read
    local line
    line=$(printf 'extern const int a_name_that_is_long_enough, %s;' "$(printf 'x%.0s' {1..44})")
    rejects format solutions/01-pipes/wide.c 'house format' <<<"$spdx"$'\n'"$line"
}

tidy_gate() {
    rejects tidy grader/lib/gr_bad.c bugprone-integer-division <<EOT
$spdx
double gr_share(int part, int whole);

double gr_share(int part, int whole)
{
    return part / whole;
}
EOT
    rejects tidy solutions/01-pipes/bad.c clang-analyzer-core.NullDereference <<EOT
$spdx
int first(int n);

int first(int n)
{
    int *p = 0;
    return n ? *p : 0;
}
EOT
    rejects tidy grader/lib/gr_bad.c readability-function-size < <(function_of 70)
}

cppcheck_gate() {
    rejects cppcheck grader/lib/gr_bad.c arrayIndexOutOfBounds <<EOT
$spdx
int gr_last(void);

int gr_last(void)
{
    int a[4] = {0};
    return a[4];
}
EOT
}

shell_gate() {
    # shellcheck disable=SC2016 # the fault is planted unexpanded
    rejects shell grader/selftest/bad.sh SC2086 <<<$'#!/bin/sh\nrm $1'
    rejects shell .ci/run SC2164 <<<$'#!/usr/bin/env bash\ncd /nowhere'
}

house_gate() {
    local dir f
    for dir in solutions/01-pipes skeletons/01-pipes grader/suites; do
        for f in sleep usleep nanosleep; do
            rejects house "$dir/bad.c" 'wait for the event' <<<"$spdx"$'\n'"int gr_x = $f(1);"
        done
    done
    rejects house labs/01-pipes/sieve.c 'do not belong upstream' <<<"$spdx"
    rejects house grader/lib/gr_bad.o 'not tracked' <<<x
    rejects house build/bin/tool 'not tracked' <<<x
    rejects house grader/lib/gr_bad.h 'first line' <<<'int gr_x;'
    rejects house labs/01-pipes/io.h 'first line' <<<'int io_x;'
    for dir in home work; do
        rejects house grader/notes.md 'one machine' <<<"see /$dir/me/kit"
    done
    rejects house grader/lib/gr_bad.c 'unfinished' <<<"$spdx"$'\n/* TODO: later */'
    rejects house grader/notes.md 'unfinished' <<<'TODO: later'
    rejects house grader/lib/gr_bad.c '60 are allowed' < <(function_of 61)
    rejects house grader/lib/gr_bad.c '400 are allowed' < <(printf '%s\n' "$spdx" && seq 400)
    rejects house solutions/01-pipes/bad.c '150 are allowed' < <(printf '%s\n' "$spdx" && seq 150)
}

# What is right must stay allowed, too.
house_allows() {
    new_tree
    echo "$spdx"$'\n/* TODO(01.3): write it */' >"$tree/skeletons/01-pipes/bad.c"
    echo 'Look for TODO(01.3).' >"$tree/labs/01-pipes/README.md"
    function_of 60 >"$tree/grader/lib/gr_long.c"
    { echo "$spdx" && seq 399; } >"$tree/grader/lib/gr_file.c"
    git -C "$tree" add -A
    if gate house; then say ok 'house allows the limits'; else say FAILED 'house allows the limits'; fi
}

for name in format tidy cppcheck shell house; do
    new_tree
    passes "$name" || continue
    "${name}_gate"
done
house_allows

echo "$failures wrong"
[ "$failures" -eq 0 ]
