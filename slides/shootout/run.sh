#!/usr/bin/env bash
# make shootout: measures all mechanisms here, once with the two processes on two processors and once
# on one, and leaves table, CSV and plots in build/shootout/two and build/shootout/one.
#
#   slides/shootout/run.sh [option of shootout ..]
#
# RING= and FRAME= put your own ring or frames into it (build.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."
bash slides/shootout/build.sh
# The processors we may use: taskset's list, 0-3,6 as it may be.
first=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status)
if [ "$(nproc)" -ge 2 ]; then
    echo '== on two processors: a message wakes the other one'
    build/shootout/shootout --out build/shootout/two "$@"
    echo
    echo '== on one processor: a message is a switch of processes'
fi
build/shootout/shootout --out build/shootout/one --cpus "$first,$first" "$@"
