#!/usr/bin/env bash
# What grading costs beside what is graded: the suite on the reference, and again --bare (the same
# scenarios without jail, census, watcher and judging), in turns, on this machine, now.
# Usage: bench.sh [LAB [ROUNDS]]
set -eu
cd "$(dirname "$0")/../.."
lab=${1:-pipes}
rounds=${2:-5}
ipclab=build/bin/ipclab

# one: run once with the given options, print the bench line's values
one() {
    "$ipclab" grade --lab "$lab" --src solutions --seed 1 --bench "$@" --color never |
        sed -n 's/^bench //p' | tr ' ' '\n' | sed 's/.*=//' | tr '\n' ' '
    echo
}

full=$(mktemp)
bare=$(mktemp)
trap 'rm -f "$full" "$bare"' EXIT
one >/dev/null # warm the page cache for both
for _ in $(seq "$rounds"); do
    one >>"$full"
    one --bare >>"$bare"
done

# median FILE COLUMN
median() {
    sort -n -k"$2,$2" "$1" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}

for c in 1 2 3 4 5 6; do
    f[c]=$(median "$full" "$c")
    b[c]=$(median "$bare" "$c")
done
awk -v lab="$lab" -v n="$rounds" -v w="${f[1]}" -v bw="${b[1]}" -v jobs="${f[2]}" -v cpu="${f[3]}" \
    -v cores="$(nproc)" -v st="${f[4]}" -v bcpu="${b[3]}" -v kib="${f[5]}" -v ikib="${f[6]}" 'BEGIN {
    printf "grading %s, medians of %d rounds, %d workers\n\n", lab, n, jobs
    printf "  %-44s %8s   wanted\n", "", "here"
    printf "  %-44s %6d ms\n", "wall, jailed and judged", w
    printf "  %-44s %6d ms\n", "wall, bare", bw
    printf "  %-44s %8.2f   <= 1.10\n", "ratio", w / bw
    printf "  %-44s %6d ms\n", "CPU of all", cpu
    printf "  %-44s %6d ms\n", "CPU of all, bare", bcpu
    printf "  %-44s %6.1f %%   <= 5 %%\n", "of it grader, warden and bwrap", 100 * (cpu - st) / cpu
    printf "  %-44s %6.1f %%   <= 10 %%\n", "idle share of the processors", 100 * (1 - cpu / (w * cores))
    printf "  %-44s %6.1f MB   <= 50 MB\n", "peak memory, ipclab", kib / 1024
    printf "  %-44s %6.1f MB   <= 50 MB\n", "peak memory, a suite process and its warden", ikib / 1024
}'
