#!/usr/bin/env bash
# What a lab's pages promise is what its suite does: the table of points in the walkthrough, a
# heading and three hints for every step that an item names, every figure there, no line of the
# solution given away.
# Usage: lab_docs.sh NN-topic
set -u
cd "$(dirname "$0")/../.." || exit 1
slug=$1
readme=labs/$slug/README.md
hints=labs/$slug/hints.md
failed=0
no() {
    echo "$1"
    failed=$((failed + 1))
}

list=$(build/suites/"$slug" --list) || {
    echo "build/suites/$slug --list failed"
    exit 1
}

# sums: PART BEHAVIOUR MEMORY HYGIENE RACES TOTAL, from the suite; then the whole lab as "all"
sums() {
    sed -n 's/.*"part":"\([^"]*\)","kind":"\([^"]*\)".*"points":\([0-9]*\).*/\1 \2 \3/p' <<<"$list" |
        awk '{ p[$1] = 1; v[$1, $2] += $3; v["all", $2] += $3 }
            function row(x) { print x, v[x,"behaviour"]+0, v[x,"memory"]+0, v[x,"hygiene"]+0,
                v[x,"races"]+0, v[x,"behaviour"]+v[x,"memory"]+v[x,"hygiene"]+v[x,"races"] }
            END { for (x in p) row(x); row("all") }'
}

# told: the same from the table in the walkthrough
told() {
    sed -n '/<!-- graded:begin -->/,/<!-- graded:end -->/p' "$readme" | awk -F'|' '
        /Behaviour/ { for (i = 2; i <= NF; i++) {
            if ($i ~ /Behaviour/) b = i; if ($i ~ /Memory/) m = i
            if ($i ~ /Descriptors|Hygiene/) h = i; if ($i ~ /Races/) r = i; if ($i ~ /Points/) t = i } next }
        /^\| *-/ { next }
        /^\|/ { split($2, w, " "); print w[1], $b + 0, $m + 0, (h ? $h : 0) + 0, (r ? $r : 0) + 0, $t + 0 }'
}

diff <(sums | sort) <(told | sort) ||
    no "$readme: the table between the graded: marks is not what the suite gives (< suite, > table)"

while read -r step; do
    grep -qE "^### $step |^\*Step $step\.\*" "$readme" || no "$readme: no step $step, which an item names"
    levels=$(awk -v s="## $step " 'index($0, "## ") == 1 { inside = index($0, s) == 1 }
        inside && /^### [123]$/ { n++ } END { print n + 0 }' "$hints")
    [ "$levels" -eq 3 ] || no "$hints: step $step has $levels hints, not 3"
done < <(sed -n 's/.*"step":"\([^"]*\)".*/\1/p' <<<"$list" | sort -u)

for section in Goal 'What you will learn' 'Read first' Predict Contract Steps 'Run it' \
    'How it is graded' Traps 'Bug hunt' 'Further reading'; do
    grep -qx "## $section" "$readme" || no "$readme: the section \"$section\" is missing"
done

while read -r figure; do
    [ -e "labs/$slug/$figure" ] || no "$readme: $figure does not exist"
done < <(grep -o '](figures/[^)]*)' "$readme" | sed 's/^](//; s/)$//')

# A line of code of the solution that is no skeleton's or header's, word for word, in what students read.
while IFS= read -r line; do
    no "$readme or $hints gives away a line of the solution: $line"
done < <(cat solutions/"$slug"/*.c | sed 's/^ *//' | awk 'length >= 40 && /;$/' | sort -u |
    grep -vxFf <(cat skeletons/"$slug"/*.c labs/"$slug"/*.h 2>/dev/null | sed 's/^ *//') |
    while IFS= read -r line; do
        ! grep -qF -- "$line" "$readme" "$hints" || printf '%s\n' "$line"
    done)

[ $failed -eq 0 ] && echo "lab_docs.sh $slug: table, steps, hints, sections and figures are in order"
[ $failed -eq 0 ]
