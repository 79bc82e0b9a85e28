#!/bin/bash
# SPDX-License-Identifier: MIT
# make_root.sh DIR: a small kit in DIR with one lab of 10 points and a suite that answers what
# DIR/build/suites/01-pipes.d says (see suite.sh). All items pass until a test says otherwise.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$1
d=$root/build/suites/01-pipes.d
mkdir -p "$root"/{labs,skeletons,solutions,grader/suites}/01-pipes "$root/build/tools" "$d"
mkdir -p "$root/build/bin" "$root/grader/lib"
touch "$root/build/bin/gr-warden" "$root/grader/lib/ipclab.supp" # copied, never run here
cp "$here/suite.sh" "$root/build/suites/01-pipes"
cat >"$root/labs/01-pipes/lab.ini" <<'X'
[lab]
slug = 01-pipes
title = Pipes
points = 10
[forbidden]
system = use fork and exec
[program sieve]
sources = sieve.c
[module io]
sources = io.c
driver = io_driver.c
[given]
headers = io.h
X
echo 'int io_sum(int a, int b);' >"$root/labs/01-pipes/io.h"
cat >"$root/grader/suites/01-pipes/io_driver.c" <<'X'
#include "io.h"
#include <stdio.h>
int main(void) { printf("%d\n", io_sum(1, 2)); }
X
cat >"$root/skeletons/01-pipes/sieve.c" <<'X'
int main(void)
{
    /* TODO(01.2): print the primes. */
    return 0;
}
X
printf '#include "io.h"\nint io_sum(int a, int b)\n{\n    return a - b; /* TODO(01.1): add */\n}\n' \
    >"$root/skeletons/01-pipes/io.c"
printf 'int main(void)\n{\n    return 0;\n}\n' >"$root/solutions/01-pipes/sieve.c"
printf '#include "io.h"\nint io_sum(int a, int b)\n{\n    return a + b;\n}\n' \
    >"$root/solutions/01-pipes/io.c"

# item ID TITLE PART KIND LENS POINTS PROGRAM STEP COST
item() {
    printf '{"id":"%s","title":"%s","part":"%s","kind":"%s","lens":"%s","points":%s,' \
        "$1" "$2" "$3" "$4" "$5" "$6" >>"$d/list"
    printf '"program":"%s","step":"%s","cost":%s}\n' "$7" "$8" "$9" >>"$d/list"
    printf '{"id":"%s","title":"%s","part":"%s","kind":"%s","lens":"%s","points":%s,"max":%s,' \
        "$1" "$2" "$3" "$4" "$5" "$6" "$6" >"$d/$1.rec"
    printf '"gated":false,"verdict":"PASS","diff_line":0,"diff_col":0,"duration_ms":1,' >>"$d/$1.rec"
    printf '"cpu_ms":1,"from_line":0,"warden_ms":0,"grader_kib":1,"seed":"7","findings":[]}\n' >>"$d/$1.rec"
}
item 1A.1 'adds two numbers' 1A behaviour plain 3 io_driver 01.1 2
item 1A.2 'loses no memory' 1A memory memcheck 1 io_driver 01.1 9
item 1B.1 'prints the primes' 1B behaviour plain 5 sieve 01.2 5
item 1B.2 'leaves no child' 1B hygiene plain 1 sieve 01.2 5
