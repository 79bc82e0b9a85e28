#!/usr/bin/env bash
# House rules that no compiler knows. Prints one line for each breach, `FILE:LINE: what, and the
# way out`, and exits 1 when there is one. Exceptions live in house.allow, each with its reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

. grader/selftest/files.sh
allow=grader/selftest/house.allow
breaches=0

breach() {
    printf '%s\n' "$1"
    breaches=$((breaches + 1))
}

# allowed RULE FILE
allowed() {
    local rule pattern _
    [ -f "$allow" ] || return 1
    while read -r rule pattern _; do
        # shellcheck disable=SC2053 # a pattern is meant
        if [ "$rule" = "$1" ] && [[ $2 == $pattern ]]; then return 0; fi
    done <"$allow"
    return 1
}

# report RULE TEXT: turn `FILE:LINE:match` lines on stdin into breaches.
report() {
    local file line _
    while IFS=: read -r file line _; do
        allowed "$1" "$file" || breach "$file:$line: $2"
    done
}

# hits REGEX PATHSPEC..: `FILE:LINE:text` in text files.
hits() {
    local regex=$1
    shift
    files "$@" | xargs -r -d '\n' grep -nHIE -- "$regex" || true
}

no_sleep() {
    report sleep 'sleeping is no ordering; wait for the event itself' < <(
        hits '\b(sleep|usleep|nanosleep|clock_nanosleep)[[:space:]]*\(' \
            'solutions/*.c' 'skeletons/*.c' 'grader/suites/*.c')
}

no_machine_paths() {
    report path "names a folder of one machine; say it relative to the tree" < <(
        hits '(^|[^A-Za-z0-9_.])/(work|farm|home)/[A-Za-z0-9_.]')
}

# Text for people may name a mark, TODO(01.3); nothing else outside the skeletons may have one.
no_marks() {
    report todo 'an unfinished mark outside skeletons/; finish it or open an issue' < <(
        hits '\b(TODO|FIXME|XXX)\b' | grep -v '^skeletons/' |
            grep -vE '^[^:]*\.md:[0-9]+:([^T]|T[^O]|TODO\()*$' || true)
}

no_strays() {
    local f
    for f in $(git ls-files 'labs/*.c' 'labs/*.txt'); do
        breach "$f: student files do not belong upstream; git rm --cached $f"
    done
    for f in $(git ls-files -ci --exclude-standard) \
        $(git ls-files | grep -E '\.(o|a|so|d)$|^build/|(^|/)(result\.json|core|vgcore\.[0-9]+)$'); do
        breach "$f: generated files are not tracked; git rm --cached $f"
    done
}

first_lines() {
    local f want='/* SPDX-License-Identifier: '
    while read -r f; do
        if [ "$(head -c ${#want} "$f")" != "$want" ]; then
            breach "$f:1: the first line of a C file is $want... */"
        fi
    done < <(files 'grader/*.[ch]' 'solutions/*.[ch]' 'skeletons/*.[ch]' 'labs/*.h')
}

# long_files MAX PATHSPEC..
long_files() {
    local max=$1 f n
    shift
    while read -r f; do
        n=$(wc -l <"$f")
        if [ "$n" -gt "$max" ] && ! allowed length "$f"; then
            breach "$f:$n: $n lines, $max are allowed; one idea per file"
        fi
    done < <(files "$@")
}

# In our format a function's braces, and only they, stand alone in the first column.
long_functions() {
    local hit
    while read -r hit; do
        breach "$hit"
    done < <(files '*.c' | grep -v '^labs/' | xargs -r -d '\n' awk -v max=60 '
        FNR == 1 { open = 0 }
        /^\{$/ { open = FNR }
        /^\}/ && open {
            if (FNR - open + 1 > max)
                printf "%s:%d: a function of %d lines, %d are allowed\n",
                       FILENAME, open, FNR - open + 1, max
            open = 0
        }')
}

no_sleep
no_machine_paths
no_marks
no_strays
first_lines
long_files 400 'grader/*.c' 'grader/*.h' 'grader/*.sh' 'labs/*.h'
long_files 150 'solutions/*.c' 'skeletons/*.c'
long_functions
if [ "$breaches" -gt 0 ]; then
    printf 'house rules: %d broken\n' "$breaches"
    exit 1
fi
