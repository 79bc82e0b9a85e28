#!/usr/bin/env bash
# Judges the judge: every seeded mistake must be caught by the item it names, with the verdict and
# the words it names. A mutant that fails for another reason counts as missed.
#
#   run.sh [--lab LAB] [--only GLOB] [--seed N] [--jobs N] [--tools all|none] [--root DIR]
#
# One line a mutant; then what was wrong with those that were missed. The column "output test" is
# what a test would say that runs the program as a user does (NN-topic/plain.sh) and compares what it
# prints and its exit status with the reference: it shows what such a test cannot see. So do the
# columns of Helgrind and DRD (tools.sh), when a lab is named that has races to be found.
# Exit: 0 each caught, and each mistake of NN-topic/mistakes.txt has a mutant; 1 not so; 2 usage;
# 75 something could not be judged here. What the grader said is kept in build/mutants/NN-topic/.
set -u
kit=$(cd "$(dirname "$0")/../.." && pwd)
here=$kit/grader/mutants
ipclab=$kit/build/bin/ipclab
# shellcheck source=grader/mutants/plain_build.sh
. "$here/plain_build.sh"
# shellcheck source=grader/mutants/tools.sh
. "$here/tools.sh"

usage() {
    echo "mutants: $1; usage: run.sh [--lab LAB] [--only GLOB] [--seed N] [--jobs N] [--tools all|none]" >&2
    exit 2
}

# head_of KEY PATCH: the values of that key in the head, a line each
head_of() {
    sed -n "/^--- /q; s/^$1: *//p" "$2"
}

# make_source PATCH DIR: the base with the mistake in it
make_source() {
    local base
    base=$(head_of base "$1")
    mkdir -m 755 "$2" && cp "$root/solutions/$slug"/* "$2/" || return 1
    case $base in
    '' | solutions/*) ;;
    *) cp "$root/grader/mutants/${base#grader/mutants/}"/* "$2/" || return 1 ;;
    esac
    (cd "$2" && patch -s -f -p1) <"$1"
}

# field NAME JSON: of the one item of a result
field() {
    sed -n "s/^{\"id\".*\"$1\": \"\{0,1\}\([^\",}]*\).*/\1/p" "$2" | head -n 1
}

# Why it does not count as caught, in words; nothing when it does.
complaint() { # PATCH ITEM EXPECT GOT REPORT
    local words
    if [ "$4" = PASS ]; then
        echo "survived: $2 passed"
        return
    fi
    if [ "$4" != "$3" ]; then
        echo "caught as $4, not as $3"
        return
    fi
    while IFS= read -r words; do
        grep -qF -- "$words" "$5" || echo "for another reason: the report does not say \"$words\""
    done < <(head_of finding "$1")
}

# others_say NAME PATCH: three words, of the plain output test, of Helgrind and of DRD
others_say() {
    local plain said='- -'
    build_programs "$work/$1" "$work/bin-$1"
    plain=$(plain_says "$1")
    if [ -n "$with_tools" ]; then said=$(tools_say "$1" "$2" "$plain"); fi
    echo "$plain $said"
    rm -rf "${work:?}/bin-$1"
}

# judge PATCH: one row in $out/NAME.row, complaints in $out/NAME.why
judge() {
    local patch=$1 name item expect got=- lens=- ms why said status=0 others=(- - -)
    name=$(basename "$patch" .patch)
    item=$(head_of item "$patch")
    expect=$(head_of expect "$patch")
    said=$out/$name.report
    why=$out/$name.why
    : >"$why"
    rm -f "$out/$name.json"
    if [ -z "$item" ] || [ -z "$expect" ] || [ -z "$(head_of finding "$patch")" ]; then
        echo "$patch: its head needs the lines item:, expect: and finding:" >>"$why"
    elif ! make_source "$patch" "$work/$name" >"$said" 2>&1; then
        echo "does not apply: $(tr '\n' ' ' <"$said")" >>"$why"
    else
        others_say "$name" "$patch" >"$work/$name.others" & # beside the grader, which mostly waits
        timeout 300 "$ipclab" --root "$root" grade --lab "$slug" --src "$work/$name" --test "$item" \
            --jobs 1 --color never --json "$out/$name.json" ${seed:+--seed "$seed"} \
            >"$said" 2>&1 || status=$?
        got=$(field verdict "$out/$name.json" 2>/dev/null)
        lens=$(field lens "$out/$name.json" 2>/dev/null)
        if [ -z "$got" ] || [ "$status" -gt 1 ]; then
            echo "not judged, exit $status: $(tail -n 1 "$said")" >>"$why"
            [ "$status" -ne 75 ] || touch "$out/unjudged"
        else
            complaint "$patch" "$item" "$expect" "$got" "$said" >>"$why"
        fi
        ms=$(field duration_ms "$out/$name.json" 2>/dev/null)
        wait
        read -ra others <"$work/$name.others"
    fi
    printf '  %-3s %-34s %-7s %-10s %-12s %-9s %4d.%d s  %-11s  %-8s  %s\n' \
        "$([ -s "$why" ] && echo '!!' || echo ok)" "$name" "${item:--}" "${expect:--}" \
        "${got:--}" "${lens:--}" $((${ms:-0} / 1000)) $((${ms:-0} / 100 % 10)) "${others[@]}" |
        tee "$out/$name.row"
    sed "s|^|      $name: |" "$why"
    rm -rf "${work:?}/$name" "$work/$name.others"
}

# What mistakes.txt lists and no patch carries.
missing() {
    local id words
    while read -r id words; do
        printf '%s\n' "$mutants"/*.patch |
            grep -qE "/${id%%[0-9]*}0*${id##*[!0-9]}-[^/]*\$" || echo "$id has no mutant: $words"
    done <"$mutants/mistakes.txt"
}

# one_lab SLUG
one_lab() {
    local patches=() p rows caught lost
    slug=$1
    mutants=$root/grader/mutants/$slug
    out=$kit/build/mutants/$slug
    for p in "$mutants"/*.patch; do
        # shellcheck disable=SC2053 # a pattern is meant
        if [ -e "$p" ] && [[ $(basename "$p" .patch) == $only ]]; then patches+=("$p"); fi
    done
    [ ${#patches[@]} -gt 0 ] || return 0
    with_tools=$(want_tools && echo yes)
    rm -rf "$out" && mkdir -p "$out" || exit 75
    plain_reference
    printf '%s\n' "$slug"
    printf '  %-3s %-34s %-7s %-10s %-12s %-9s %8s  %-11s  %-8s  %s\n' '' mutant item expected got \
        lens took 'output test' helgrind drd
    export slug mutants out only with_tools
    { [ -z "$with_tools" ] || for p in "${patches[@]}"; do base_of "$p"; done |
        sort -u | sed 's/.*/--correct\x00&/' | tr '\n' '\0'
      printf -- '--judge\0%s\0' "${patches[@]}"; } |
        xargs -0 -n 2 -P "$jobs" bash "$here/run.sh"
    rows=$(cat "$out"/*.row | wc -l)
    caught=$(grep -c '^  ok ' < <(cat "$out"/*.row))
    lost=$([ "$only" = '*' ] && [ -e "$mutants/mistakes.txt" ] && missing)
    printf '%s: %d of %d mutants caught for their own reason' "$slug" "$caught" "$rows"
    [ "$only" != '*' ] || [ ! -e "$mutants/mistakes.txt" ] ||
        printf ', %d of %d mistakes have one' \
            $(($(wc -l <"$mutants/mistakes.txt") - $(grep -c . <<<"$lost"))) \
            "$(wc -l <"$mutants/mistakes.txt")"
    printf '\n'
    [ -z "$with_tools" ] || tools_legend "${patches[@]}"
    printf '\n'
    [ -z "$lost" ] || printf '%s\n' "$lost"
    [ "$caught" -eq "$rows" ] && [ "$rows" -eq ${#patches[@]} ] && [ -z "$lost" ] || failed=1
    [ ! -e "$out/unjudged" ] || unjudged=1
    total=$((total + rows)) total_caught=$((total_caught + caught))
}

case ${1:-} in
--judge | --correct)
    if [ "$1" = --judge ]; then judge "$2"; else tools_correct "$2"; fi
    exit 0
    ;;
esac

lab='' only='*' seed='' jobs=$(nproc) tools='' root=$kit
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "$1 needs a value"
    case $1 in
    --lab) lab=$2 ;;
    --only) only=$2 ;;
    --seed) seed=$2 ;;
    --jobs) jobs=$2 ;;
    --tools) tools=$2 ;;
    --root) root=$2 ;;
    *) usage "there is no option $1" ;;
    esac
    shift 2
done
[[ $jobs =~ ^[1-9][0-9]?$ ]] || usage "--jobs $jobs is not a number from 1 to 99"
[[ -z $seed || $seed =~ ^[0-9]+$ ]] || usage "--seed $seed is not a number"
[[ $tools =~ ^(all|none|)$ ]] || usage "--tools $tools: say all or none"
work=$(mktemp -d) && chmod 755 "$work" || exit 75
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export work root seed
failed=0 unjudged=0 total=0 total_caught=0 labs=0
for dir in "$root"/labs/[0-9][0-9]-*/; do
    name=$(basename "$dir")
    case $lab in '' | "$name" | "${name%%-*}" | "${name#*-}") ;; *) continue ;; esac
    labs=$((labs + 1))
    one_lab "$name"
done
[ $labs -gt 0 ] || usage "there is no lab $lab"
[ $total -gt 0 ] || usage "no mutant matches ${only}"
echo "$total_caught of $total mutants caught, each by the item, the verdict and the words it names"
[ $failed -eq 0 ] || exit $((unjudged ? 75 : 1))
