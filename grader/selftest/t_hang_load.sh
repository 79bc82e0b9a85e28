#!/usr/bin/env bash
# Deadlocks and busy loops beside eight busy processes: the same verdicts as on a calm machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

for test in test_hang test_spin; do
    GR_TEST_LOAD=${GR_TEST_LOAD:-8} "build/selftest/$test"
done
