#!/usr/bin/env bash
# What ipcgrind costs beside other race checkers: workloads of grader/ipcgrind/bench, natively and
# under each tool, in turns, on this machine, now. Processes and shared memory for ipcgrind, threads
# for the others. Times are processor time of all processes together, which other work on the
# machine disturbs least; memory is that of the largest process.
# Usage: bench_race.sh [ROUNDS]
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-5}
[[ $rounds =~ ^[1-9][0-9]?$ ]] || { echo 'usage: bench_race.sh [ROUNDS], 1 to 99' >&2; exit 2; }
bin=build/bench
[ -x build/bin/ipcgrind ] || { echo 'ipcgrind is not built here: make build says why'; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

works=(start private update locked pipe sem)
tools=(native none memcheck helgrind drd tsan ipcgrind)

# measure WORK TOOL: one line "cpu wall kib" to its file
measure() {
    local command line
    case $2 in
    native) command=("$bin/$1.threads") ;;
    processes) command=("$bin/$1.processes") ;;
    tsan) command=("$bin/$1.tsan") ;;
    ipcgrind) command=(build/bin/ipcgrind -v --seed=0 "$bin/$1.processes") ;;
    *) command=(valgrind -q --vgdb=no "--tool=$2" "$bin/$1.threads") ;;
    esac
    line=$($bin/measure "$out/said" "${command[@]}")
    if [ "${line##* }" != 0 ]; then
        echo "bench: ${command[*]} failed:" >&2
        cat "$out/said" >&2
        exit 1
    fi
    echo "$line" >>"$out/$1.$2"
    if [ "$2" = ipcgrind ]; then cp "$out/said" "$out/$1.said"; fi
}

# median WORK TOOL COLUMN
median() { sort -n -k"$3,$3" "$out/$1.$2" | awk -v c="$3" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'; }

for ((round = 1; round <= rounds; round++)); do
    for work in "${works[@]}"; do
        for tool in processes "${tools[@]}"; do measure "$work" "$tool"; done
    done
done

over() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / (b > 0.5 ? b : 0.5) }'; }

echo "medians of $rounds rounds: times the native program; largest process in MB"
echo
printf '  %-10s %9s' '' 'native ms'
for tool in "${tools[@]:1}"; do printf ' %15s' "$tool"; done
echo
for work in "${works[@]:1}"; do
    printf '  %-10s %9.1f' "$work" "$(median "$work" native 1)"
    for tool in "${tools[@]:1}"; do
        base=native
        if [ "$tool" = ipcgrind ]; then base=processes; fi
        printf ' %8.1f %4d MB' "$(over "$(median "$work" "$tool" 1)" "$(median "$work" $base 1)")" \
            $(($(median "$work" "$tool" 3) / 1024))
    done
    echo
done
echo

# row TITLE VALUE MOST
missed=0
row() {
    local word=
    if awk -v a="$2" -v b="$3" 'BEGIN { exit !(a > b) }'; then
        word='  missed'
        missed=$((missed + 1))
    fi
    printf '  %-62s %8s   <= %s%s\n' "$1" "$2" "$3" "$word"
}
cpu() { median "$1" "$2" 1; }
printf '  %-62s %8s   wanted\n' '' here
row 'W1 private memory, to nulgrind' "$(over "$(cpu private ipcgrind)" "$(cpu private none)")" 1.25
row 'W1 private memory, to Helgrind' "$(over "$(cpu private ipcgrind)" "$(cpu private helgrind)")" 0.35
row 'W2 updates of shared memory, to Helgrind' "$(over "$(cpu update ipcgrind)" "$(cpu update helgrind)")" 1.00
row 'W3 the same by two under locks, to Helgrind' "$(over "$(cpu locked ipcgrind)" "$(cpu locked helgrind)")" 1.00
for work in update locked; do
    row "records, in bytes per byte of shared pages touched ($work)" "$(
        awk '/of records for/ { printf "%.2f", $2 / $7 }' "$out/$work.said")" 6
done
row 'start-up beyond nulgrind, ms' "$(awk -v a="$(cpu start ipcgrind)" -v b="$(cpu start none)" \
    'BEGIN { printf "%.1f", a - b }')" 50
for work in pipe sem; do
    printf '  %-62s %8s\n' "W4 ping-pong ($work), to Helgrind" \
        "$(over "$(cpu $work ipcgrind)" "$(cpu $work helgrind)")"
done
echo
echo "$missed of the wanted figures missed"
