# What a user would try of lab 01; run.sh compares what this prints for a mutant and the reference.
# t is in plain_t.sh.
# shellcheck shell=bash
# io.c, by its driver: whole input in one piece, as a first test would have it
printf 'a line\nanother\nthe end' | t driver_io read_lines 80
printf 'some bytes' | t driver_io read_full 10
t driver_io write_full 3000 7 | cksum
# sieve
t sieve 2
t sieve 30
t sieve 1
# pl
t pl echo hi : cat 2>&1
t pl sort : head -2 < <(printf 'c\na\nb\n') 2>&1
t pl sh -c 'exit 3' 2>&1
t pl no-such-command 2>&1
# through
printf 'b\na\n' | t through sort
t through sh -c 'exit 3' </dev/null
# the hunts
t hunt_1
t hunt_2
