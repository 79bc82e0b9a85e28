#!/usr/bin/env bash
# The race that opens lab 05: what lostupdate shows is a lost update, or it says that it saw none.
set -u
cd "$(dirname "$0")/../.." || exit 1
tool=build/tools/lostupdate
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
no() {
    echo "not ok: $1"
    sed 's/^/    /' "$tmp/out"
    failed=1
}

"$tool" many >"$tmp/out" 2>&1
[ $? -eq 2 ] || no 'a word for a number is usage, exit 2'

lost=0
for _ in 1 2 3 4 5; do
    "$tool" >"$tmp/out" 2>&1
    case $? in
    1)
        grep -q 'That is luck' "$tmp/out" || no 'exit 1 says that it saw nothing'
        continue
        ;;
    0) lost=$((lost + 1)) ;;
    *) no 'exit is 0 or 1' ;;
    esac
    # Four steps in the order of the clock: both load n before the second of them stores n + 1.
    awk '/ ns / { n++; does[n] = $3; value[n] = $4; if ($1 < last) bad = 1; last = $1
                  if ($3 == "loads") { loads++; from[loads] = $4 } else { stores++; to[stores] = $4 } }
        END { exit !(n == 4 && !bad && loads == 2 && stores == 2 && from[1] == from[2] &&
            to[1] == to[2] && to[1] == from[1] + 1 && does[4] == "stores" && does[1] == "loads") }' \
        "$tmp/out" || no 'the four steps are those of a lost update'
done
[ "$lost" -gt 0 ] || no 'not one of five runs lost an update, although they give the processor away'
[ $failed -eq 0 ] && echo "t_lostupdate.sh: $lost of 5 runs showed a lost update"
exit $failed
