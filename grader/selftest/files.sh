# shellcheck shell=bash
# files PATHSPEC..: what the gates judge, one path a line: what git knows plus what is new and not
# ignored, so that a file is judged before it is committed. Sourced by lint.sh and house.sh.
files() {
    local f
    git ls-files -co --exclude-standard "$@" | LC_ALL=C sort -u | while read -r f; do
        if [ -f "$f" ]; then printf '%s\n' "$f"; fi
    done
}
