# What a user would try of lab 02; run.sh compares what this prints for a mutant and the reference.
# t is in plain_t.sh.
# shellcheck shell=bash
# server CMD ARG..: start it and wait for READY; end_server ends it
server() {
    mkfifo up
    timeout -k 1 20 "$@" >up &
    pid=$!
    read -r line <up
    rm up
    echo "$line"
}

end_server() {
    kill "$pid"
    wait "$pid"
    echo "exit $?"
}

mkdir lab02 && cd lab02 || exit 1
# logd and logc
server logd fifo out
printf 'one\ntwo\n' | t logc fifo A
printf 'three\n' | t logc fifo B
# shellcheck disable=SC2016 # for the inner shell
timeout 5 bash -c 'until [ "$(wc -l <out)" -ge 3 ]; do :; done'
end_server
cat out
# seqd and seqc
mkdir d
server seqd d
t seqc d 10
t seqc d 5
t seqc d 0 2>&1
end_server
# duplex: a pair
mkfifo one two
printf 'from a\n' | timeout -k 1 5 duplex one two >a &
printf 'from b\n' | t duplex two one
wait $!
cat a
# the hunts
t hunt_1 h1 word | sort
cd .. && rm -r lab02
