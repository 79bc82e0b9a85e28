# What a user would try of lab 04; run.sh compares what this prints for a mutant and the reference.
# Where processes run at their own pace, lines are sorted: their order is not what is right or wrong.
# t is in plain_t.sh.
# shellcheck shell=bash
t turns 3 4
t meet | sed '/^exit/!s/ .*//'
t barrier 3 2 | sort
t bbuf 2 1 20 | sort
t bbuf 2 3 10 | sed 's/consumer [0-9]* //' | sort
t bbuf_threads 2 1 20 | sort
t rw 2 2 3 | sed 's/sees .*/sees/; s/writer [0-9]*/writer/' | sort
t dine 5 3 | sort
t svlock 77 -- echo hello
t svlock 77 -- sh -c 'exit 3'
t hunt_1 2 10
t hunt_2 10
