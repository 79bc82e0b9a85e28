#!/usr/bin/env bash
# What a step of a walkthrough promises is kept by a program that goes just as far: the items it
# names are green, those that a later step is to bring are not. steps/NN-topic/NN.K.patch makes that
# program from the solution, and says so in lines at its head: `green: ITEM..` what the step
# brings, which the walkthrough must name there; `still: ITEM..` what an earlier one had brought;
# `red: ITEM..`.
# Usage: lab_steps.sh all | LAB [NN.K..], LAB as in `make list`
set -u
cd "$(dirname "$0")/../.." || exit 1
steps=${LAB_STEPS:-$PWD/grader/selftest/steps}
if [ "${1-}" = all ]; then
    status=0
    for dir in "$steps"/*/; do
        bash grader/selftest/lab_steps.sh "$(basename "$dir")" || status=1
    done
    exit $status
fi
slug=
for dir in "$steps"/*/; do
    name=$(basename "$dir")
    case ${1-} in "$name" | "${name#*-}" | "${name%%-*}") slug=$name ;; esac
done
[ -n "$slug" ] || {
    echo "lab_steps.sh: no steps of '${1-}' are kept here; there are those of" "$steps"/*/
    exit 2
}
shift
tmp=$(mktemp -d) && chmod 755 "$tmp" || exit 1
trap 'rm -rf "$tmp"' EXIT
checks=0 failed=0
no() {
    failed=$((failed + 1))
    echo "not ok: $1"
}

# The text of step $1 in the walkthrough.
step_text() {
    awk -v s="### $1 " '/^##/ { inside = index($0, s) == 1 } inside' "labs/$slug/README.md"
}

# ITEM's line of the last grading begins with the word WANTED.
item_is() {
    grep -qE "^ *$2 +$1 " "$tmp/out"
}

for patch in "$steps/$slug"/*.patch; do
    step=$(basename "$patch" .patch)
    [ $# -eq 0 ] || [[ " $* " == *" $step "* ]] || continue
    rm -rf "${tmp:?}/src" && mkdir "$tmp/src" && cp solutions/"$slug"/*.* "$tmp/src" || exit 1
    (cd "$tmp/src" && git apply -p1 "$patch") || no "$step: the patch does not fit the solution"
    green=$(sed -n 's/^green: //p' "$patch")
    red=$(sed -n 's/^red: //p' "$patch")
    part=${green%%.*}
    timeout 400 build/bin/ipclab grade --lab "$slug" --src "$tmp/src" --test "$part.*" --color never \
        >"$tmp/out" 2>&1
    for item in $green $(sed -n 's/^still: //p' "$patch"); do
        checks=$((checks + 1))
        item_is "$item" ok || item_is "$item" gated || no "step $step: $item is not green"
    done
    for item in $green; do
        step_text "$step" | grep -qwF "$item" || no "step $step of the walkthrough does not name $item"
    done
    for item in $red; do
        checks=$((checks + 1))
        item_is "$item" FAIL || no "step $step: $item is green already"
    done
done
echo "lab_steps.sh $slug: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
