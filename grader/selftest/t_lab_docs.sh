#!/usr/bin/env bash
# lab_docs.sh, seen red: each kind of damage to a lab's pages, done to a copy of lab 01.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
checks=0
failed=0

# check STATUS TEXT [SED-SCRIPT FILE]: damage FILE of a fresh copy, then ask
check() {
    local rc=0
    rm -rf "$tmp/kit"
    mkdir -p "$tmp/kit/grader/selftest" "$tmp"/kit/{labs,solutions,skeletons}
    cp grader/selftest/lab_docs.sh "$tmp/kit/grader/selftest/"
    for tree in labs solutions skeletons; do
        cp -r "$tree/01-pipes" "$tmp/kit/$tree/"
    done
    ln -s "$PWD/build" "$tmp/kit/build"
    [ $# -lt 4 ] || sed -i "$3" "$tmp/kit/$4"
    bash "$tmp/kit/grader/selftest/lab_docs.sh" 01-pipes >"$tmp/out" 2>&1 || rc=$?
    checks=$((checks + 1))
    if [ $rc -ne "$1" ] || ! grep -qF -- "$2" "$tmp/out"; then
        echo "not ok: exit $rc (wanted $1), and the output should hold: $2"
        sed 's/^/    /' "$tmp/out"
        failed=$((failed + 1))
    fi
}

page=labs/01-pipes/README.md
check 0 'are in order'
check 1 'is not what the suite gives' 's/^| 1C \(.*\) | 20 /| 1C \1 | 21 /' $page
check 1 'no step 01.8, which an item names' 's/^### 01.8 .*/### later/' $page
check 1 'step 01.5 has 2 hints, not 3' '/^## 01.5/,/^## 01.6/s/^### 3/and/' labs/01-pipes/hints.md
check 1 'the section "Traps" is missing' 's/^## Traps/## Traps and more/' $page
check 1 'figures/nowhere.svg does not exist' 's|figures/sieve-ends.svg|figures/nowhere.svg|' $page
line='int rc = got == 1 ? print_prime(prime) : -1;'
check 1 'gives away a line' "1s/.*/$line/" $page

echo "t_lab_docs.sh: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
