#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Quick check of lab 01 without the suites: the contract's plain cases, as shell one-liners.
# It tells whether a solution, an alternative or a program of the correct corpus is fit to be an
# oracle for the real grader, and that the skeleton passes nothing.
#
# Usage: lab01_smoke.sh [-v] [FOLDER..]   (-v: with Valgrind; a FOLDER may hold only the files
#        that differ from solutions/01-pipes; without FOLDER: everything in the tree)
# Exit: 0 as expected; 1 some check was not.

# shellcheck disable=SC2016 # commands in '..' are expanded by another shell
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
valgrind=no
[ "${1:-}" = -v ] && valgrind=yes && shift

# What this shell inherited must not reach the programs.
for fd in "/proc/$$/fd/"*; do
    fd=${fd##*/}
    [ "$fd" -gt 2 ] && [ "$fd" -ne 255 ] && eval "exec $fd>&-"
done

build() { # FOLDER: into $work/bin
    local f cc=(gcc -std=gnu11 -D_GNU_SOURCE -g -O0 -Wall -Wextra -Werror -I"$root/labs/01-pipes")

    rm -rf "${work:?}/src" "${work:?}/bin"
    mkdir "$work/src" "$work/bin"
    for f in io.c sieve.c pl.c; do
        cp "$root/solutions/01-pipes/$f" "$work/src/"
        [ -e "$1/$f" ] && cp "$1/$f" "$work/src/"
    done
    "${cc[@]}" -o "$work/bin/sieve" "$work/src/sieve.c" "$work/src/io.c" &&
        "${cc[@]}" -o "$work/bin/pl" "$work/src/pl.c" &&
        "${cc[@]}" -o "$work/bin/io_driver" "$root/grader/suites/01-pipes/io_driver.c" \
            "$work/src/io.c"
}

# Run a command line; set out, err and code.
run() {
    (cd "$work/bin" && PATH=.:$PATH timeout 20 bash -c "$1") >"$work/out" 2>"$work/err"
    code=$?
    out=$(tr '\0' '0' <"$work/out")
    err=$(tr '\0' '0' <"$work/err")
}

verdict() { # NAME CONDITION-STATUS
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        $quiet || printf '  NOT OK %s\n    code %s\n    out: %s\n    err: %s\n' "$1" "$code" \
            "${out:0:300}" "${err:0:300}"
    fi
}

# COMMAND CODE STDOUT-REGEX STDERR-REGEX (both of the whole text)
check() {
    run "$1"
    [ "$code" = "$2" ] && [[ $out =~ ^$3$ ]] && [[ $err =~ ^$4$ ]]
    verdict "$1" $?
}

# io_driver under a signal storm: one byte, then a signal while it blocks, and again.
check_storm() { # ARGS TEXT WANTED-FIRST-LINE
    local pid state i

    mkfifo "$work/in" "$work/ready"
    # shellcheck disable=SC2086 # the arguments are words
    "$work/bin/io_driver" --sigusr1 $1 <"$work/in" >"$work/out" 2>"$work/ready" &
    pid=$!
    exec 7>"$work/in" 8<"$work/ready"
    read -r -u 8 state
    for ((i = 0; i < ${#2}; i++)); do
        printf '%s' "${2:i:1}" >&7
        state=R
        while [ "$state" != S ] && [ -d /proc/$pid ]; do
            read -r _ _ state _ <"/proc/$pid/stat" 2>/dev/null || state=S
        done
        kill -USR1 $pid 2>/dev/null
    done
    printf '\n' >&7
    exec 7>&- 8<&-
    wait $pid
    code=$? out=$(cat "$work/out") err=
    rm "$work/in" "$work/ready"
    [[ $out = $3* ]]
    verdict "storm $1" $?
}

primes() { # N
    seq 2 "$1" | factor | awk 'NF == 2 { print "prime " $2 }'
}

check_io() {
    local rest0='rest 0 crc 00000000 hex ' nl=$'\n' any='.*'

    check 'printf "hello world" | io_driver --fds read_full 5' 0 \
        "ret 5 errno -${nl}data 5 crc 3610a686 hex 68656c6c6f${nl}canary ok${nl}rest 6 $any${nl}fds 0 1 2" ''
    check 'printf hel | io_driver read_full 5' 0 "ret 3 errno -${nl}data 3 $any ok${nl}$rest0" ''
    check 'io_driver read_full 5 </dev/null' 0 "ret 0 errno -${nl}$any" ''
    check 'printf x | io_driver read_full 0' 0 "ret 0 errno -$any${nl}rest 1 $any" ''
    check 'io_driver --badfd read_full 5 </dev/null' 0 "ret -1 errno EBADF$any" ''
    check 'io_driver read_full 5 </' 3 "ret -1 errno EISDIR$any" "$any"
    check 'head -c 300000 /dev/zero | io_driver read_full 300000' 0 "ret 300000 $any ok${nl}$rest0" ''
    check 'printf "a\n\nlonger\nend" | io_driver read_lines 5' 0 \
        "line 1 ret 2 errno - nul yes canary ok crc ddeaa107 text \"a.n\"${nl}line 2 ret 1 $any
line 3 ret 4 $any text \"long\"${nl}line 4 ret 3 $any text \"er.n\"${nl}line 5 ret 3 $any
line 6 ret 0 errno - nul yes $any" ''
    check 'printf "a\nb\nc" | io_driver --lines 2 read_lines 80' 0 "$any${nl}rest 1 crc 06b9df6f hex 63" ''
    check 'io_driver read_lines 80 <io_driver | grep -c nul.no' 1 '0' ''
    check 'printf x | io_driver read_lines 1' 0 "line 1 ret -1 errno EINVAL $any${nl}rest 1 $any" ''
    check 'io_driver --badfd read_lines 9 </dev/null' 0 "line 1 ret -1 errno EBADF$any" ''
    check 'printf "a\nb" >f; io_driver --lines 1 read_lines 80 <f' 0 "line 1 ret 2 $any${nl}rest 1 $any" ''
    check 'io_driver write_full 100000 7 | cksum' 0 '1188163924 100000' "ret 100000 $any unchanged"
    check 'io_driver write_full 5 7 >/dev/full' 0 '' "ret -1 errno ENOSPC$any"
    check 'io_driver --ignore-sigpipe write_full 500000 7 | true' 0 '' "ret -1 errno EPIPE$any"
    check 'io_driver write_full 500000 7 | true; echo ${PIPESTATUS[0]}' 0 141 ''
    check_storm 'read_full 11' 'abcdefghij' "ret 11 errno -"
    check_storm 'read_lines 80' 'abcdefghij' "line 1 ret 11 errno - nul yes"
}

check_sieve() {
    local a line nl=$'\n'

    line="sieve: [a-z0-9_]+: [^$nl]*"
    for a in '' 0 1 -5 12x 99999999999999999999 100001 '""' '" 5"' +5 '5 6' 5.0; do
        check "sieve $a" 2 '' 'usage: sieve.*'
    done
    check 'sieve 2' 0 'prime 2' ''
    check 'sieve 3' 0 "prime 2${nl}prime 3" ''
    check 'sieve 00012' 0 "$(primes 12)" ''
    check 'ulimit -Sn 16; sieve 1000' 0 "$(primes 1000)" ''
    check 'sieve 100000 >/dev/full' 1 '' "$line"
    check 'sieve 1000 | head -1; test ${PIPESTATUS[0]} = 1 -o ${PIPESTATUS[0]} = 141' 0 'prime 2' '.*'
    check 'ulimit -Sn 4; sieve 100' 1 '(prime 2)?' "$line"
}

check_pl() {
    local a nl=$'\n'

    for a in '' : ': a' 'a :' 'a : : b' 'touch bad :'; do
        check "pl $a" 2 '' 'usage: pl.*'
    done
    check 'test -e bad' 1 '' ''
    check 'pl true' 0 '' 'stage 1 exit 0'
    check 'pl sh -c "exit 3"' 3 '' 'stage 1 exit 3'
    check 'pl echo a:b :: c : cat' 0 'a:b :: c' "stage 1 exit 0${nl}stage 2 exit 0"
    check 'echo hi | pl cat : tr a-z A-Z : cat' 0 HI "stage 1 exit 0${nl}stage 2 exit 0${nl}stage 3 exit 0"
    check 'pl yes : head -1' 0 y "stage 1 signal 13${nl}stage 2 exit 0"
    check 'trap "" PIPE; pl yes : head -1' 0 y "stage 1 signal 13${nl}stage 2 exit 0"
    check 'pl true : sh -c "kill \$\$"' 143 '' "stage 1 exit 0${nl}stage 2 signal 15"
    check 'pl sh -c "kill -9 \$\$" : sh -c "exit 7"' 7 '' "stage 1 signal 9${nl}stage 2 exit 7"
    check 'pl nosuch : cat' 0 '' "pl: nosuch: No such file or directory${nl}stage 1 exit 127${nl}stage 2 exit 0"
    check 'pl true : nosuch' 127 '' "pl: nosuch: .*${nl}stage 1 exit 0${nl}stage 2 exit 127"
    check 'pl ./' 126 '' "pl: ./: Permission denied${nl}stage 1 exit 126"
    check 'ulimit -Sn 5; pl sleep 1000 : cat : cat' 1 '' 'pl: [a-z0-9]+: Too many open files'
    check 'pl sh -c "read x <f1; echo >f2" : sh -c "echo >f1; read x <f2; echo met"' 0 met '.*'
    check 'pl find /proc/self/fd -lname "pipe:*" -printf "%f " : sh -c "cat; find /proc/self/fd -lname pipe:* -printf %f, >&2" : cat' \
        0 '1 ' "0,stage 1 exit 0.*"
    check "pl true$(printf ' : true%.0s' {1..60}) 2>&1 | tail -1" 0 'stage 61 exit 0' ''
}

# One log for all processes: with a file for each (%p), Valgrind 3.19 falls back to stderr at the
# eighth generation of forks.
check_valgrind() { # COMMAND
    local opts='--trace-children=yes --trace-children-skip=/*,sh,cat,head --leak-check=full'
    local bad='ERROR SUMMARY: [1-9]|(definitely|indirectly) lost: [1-9]'

    run "exec 9>vg.log; valgrind $opts --log-fd=9 $1"
    grep -q 'ERROR SUMMARY: 0' "$work/bin/vg.log" && ! grep -Eq "$bad" "$work/bin/vg.log"
    verdict "valgrind $1" $?
    grep -E -m3 "$bad" "$work/bin/vg.log"
}

smoke() { # FOLDER
    passed=0 failed=0
    build "$1" || {
        failed=1
        return
    }
    mkfifo "$work/bin/f1" "$work/bin/f2"
    check_io
    check_sieve
    check_pl
    if [ $valgrind = yes ] && ! $quiet; then
        check_valgrind './sieve 60'
        check_valgrind './pl cat : nosuch : cat </dev/null'
        check_valgrind './io_driver --exact read_lines 9 <../src/pl.c'
        check_valgrind './io_driver --exact read_full 5000 <../src/pl.c'
        check_valgrind './io_driver --exact write_full 5000 7 >/dev/null'
    fi
}

status=0 quiet=false
[ $# -eq 0 ] && set -- "$root"/solutions/01-pipes "$root"/grader/mutants/alt/01-pipes/*/ \
    "$root"/grader/selftest/correct/01-pipes/*/ "$root"/skeletons/01-pipes
for folder; do
    case $folder in *skeletons*) quiet=true ;; *) quiet=false ;; esac
    smoke "$folder"
    printf '%-62s %3d passed %3d failed\n' "${folder#"$root"/}" "$passed" "$failed"
    if $quiet; then
        # The `test -e bad` check passes for a program that does nothing.
        [ "$passed" -le 1 ] || status=1
    elif [ "$failed" -ne 0 ]; then
        status=1
    fi
done
exit $status
