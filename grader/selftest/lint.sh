#!/usr/bin/env bash
# Static gates over the files of the tree. Each prints what it rejects and fails.
#
#   lint.sh format|tidy|cppcheck|shell|house   one gate
#   lint.sh all                                each of them, in this order
#   lint.sh reformat                           rewrite the C files as `format` wants them
#
# Exit: 0 clean, 1 something was rejected, 77 the tool here is not the one whose word counts.
# GR_TIDY_QUICK=1 leaves clang's static analyzer out of `tidy`.
# What a student keeps in labs/ is the student's and not judged. The cache is build/lint.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=grader/selftest
. grader/selftest/files.sh
cache=${GR_LINT_CACHE:-build/lint}
# Programs that are wrong on purpose keep the format; their faults are their job.
faulty="^$here/programs/|^$here/correct/|^grader/(mutants|hostile|ipcgrind/tests)/"
c_files() { files '*.c' '*.h' | grep -Ev '^labs/[^/]+/[^/]+\.c$' || true; }
sound_c() { c_files | grep '\.c$' | grep -Ev "$faulty" || true; }

# clang's tools change their minds with every version; 14 is the one of Debian 12.
clang_tool() {
    local tool
    for tool in "$1-14" "$1"; do
        if command -v "$tool" >/dev/null && "$tool" --version | grep -q 'version 14\.'; then
            echo "$tool"
            return 0
        fi
    done
    echo "lint: $1 14 is not installed, so nothing was judged" >&2
    return 77
}

lint_format() {
    local tool
    tool=$(clang_tool clang-format) || return
    c_files | xargs -r "$tool" --dry-run -Werror 2>&1 >/dev/null |
        awk -F: '/: error: / && !seen[$1]++ {
            printf "%s:%s: not in the house format; make format puts it right\n", $1, $2
        } END { exit NR > 0 }'
}

reformat() {
    local tool
    tool=$(clang_tool clang-format) || return
    c_files | xargs -r "$tool" -i
}

# flags FILE: what it is compiled with; a path with NN- or NN_ in it belongs to lab NN and sees the
# headers that lab gives.
flags() {
    local number lab
    printf '%s\n' -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Igrader/lib -Igrader/report
    # the Valgrind tool: its headers, which are no business of ours, hence -isystem
    case $1 in
    grader/ipcgrind/ig_*)
        printf '%s\n' -DVGA_amd64=1 -DVGO_linux=1 -DVGP_amd64_linux=1 -DVGPV_amd64_linux_vanilla=1 \
            -isystem"$(pkg-config --variable=includedir valgrind)" -fno-builtin \
            -Wno-unused-parameter
        ;;
    esac
    number=$(grep -oE '/[0-9]{2}[-_]' <<<"/$1" | head -n 1 | tr -dc 0-9) || true
    for lab in labs/"${number:-none}"-*/; do
        if [ -d "$lab" ]; then printf '%s\n' "-I$lab"; fi
    done
}

# tidy_one FILE: clang-tidy unless this very text, with these headers, was found clean before.
tidy_one() {
    local -a opts checks=()
    local key deps
    mapfile -t opts < <(flags "$1")
    deps=$(gcc -MM "${opts[@]}" "$1" | tr -d '\\\n' | sed 's/^[^:]*://')
    # shellcheck disable=SC2086 # a list of files without blanks
    key=$({ echo "$GR_TIDY ${opts[*]}"; "$GR_TIDY" --version; sha256sum .clang-tidy $deps; } |
        sha256sum | cut -d' ' -f1)
    [ ! -e "$cache/tidy/$key" ] || return 0
    if [ -n "${GR_TIDY_QUICK-}" ]; then
        key=$key.quick checks=('--checks=-clang-analyzer-*')
        [ ! -e "$cache/tidy/$key" ] || return 0
    fi
    "$GR_TIDY" --quiet "${checks[@]}" "$1" -- "${opts[@]}" 2>"$cache/tidy/$key.err" || {
        grep -v 'warnings\? generated' "$cache/tidy/$key.err" >&2
        return 1
    }
    rm -f "$cache/tidy/$key.err"
    : >"$cache/tidy/$key"
}

lint_tidy() {
    GR_TIDY=$(clang_tool clang-tidy) || return
    export GR_TIDY
    mkdir -p "$cache/tidy"
    sound_c | xargs -r -n 1 -P "$(nproc)" bash "$here/lint.sh" tidy-one
}

lint_cppcheck() {
    local -a sources
    local made
    mapfile -t sources < <(sound_c)
    [ ${#sources[@]} -gt 0 ] || return 0
    # Its own key leaves the options out: a finding would outlive the option that brought it.
    made=$cache/cppcheck-$(sha256sum "$here/lint.sh" "$here/cppcheck.supp" | sha256sum | cut -c1-12)
    mkdir -p "$made"
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
        --inline-suppr --suppressions-list="$here/cppcheck.supp" -j "$(nproc)" \
        --cppcheck-build-dir="$made" -D_GNU_SOURCE -Igrader/lib -Igrader/report \
        '-DVG_(name)=name' '-DVG_REGPARM(n)=' -D__NR_kill=0 \
        "${sources[@]}"
}

shell_files() {
    files '*.sh'
    { files ':!*.*' && files '.ci/*'; } | while read -r f; do
        if head -n 1 "$f" | grep -qE '^#!.*\b(ba|da)?sh\b'; then printf '%s\n' "$f"; fi
    done
}

lint_shell() { shell_files | sort -u | xargs -r shellcheck -x -f gcc; }

lint_house() { bash "$here/house.sh"; }

all() {
    local gate status worst=0
    for gate in format tidy cppcheck shell house; do
        status=0
        bash "$here/lint.sh" "$gate" || status=$?
        case $status in
        0) printf '  ok       lint %s\n' "$gate" ;;
        77) printf '  skipped  lint %s\n' "$gate" ;;
        *)
            printf '  FAILED   lint %s\n' "$gate"
            worst=1
            ;;
        esac
    done
    return $worst
}

case ${1-} in
format | tidy | cppcheck | shell | house) "lint_$1" ;;
all | reformat) "$1" ;;
tidy-one) tidy_one "$2" ;;
*)
    echo "usage: lint.sh format|tidy|cppcheck|shell|house|all|reformat" >&2
    exit 2
    ;;
esac
