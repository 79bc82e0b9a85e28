# What a user would try of lab 03; run.sh compares what this prints for a mutant and the reference.
# t is in plain_t.sh.
# shellcheck shell=bash
# until_line FILE TEXT: it holds the line, or two seconds are over
until_line() {
    for _ in $(seq 40); do
        grep -qx -- "$2" "$1" 2>/dev/null && return
        sleep 0.05
    done
}

# begin OUT PROG ARG..: start a server; end OUT: SIGTERM, its exit status, its output
begin() {
    local out=$1
    shift
    timeout 8 "$@" >"$out" 2>/dev/null &
    server=$!
    until_line "$out" READY
}

end() {
    kill "$server"
    wait "$server"
    echo "exit $?"
    cat "$1"
}

# jobd, job: three jobs, one after the other
begin jobd.out jobd /jobs
t job /jobs 1 one
until_line jobd.out '1 one'
t job /jobs 5 five
until_line jobd.out '5 five'
end jobd.out
t job /none 1 text 2>/dev/null
t job /jobs x text 2>/dev/null
# mqwatch, fed by job, with queues that a killed jobd has left
for q in /one /two; do
    begin jobd.out jobd $q
    kill -KILL "$(pgrep -P "$server" -x jobd)"
    wait "$server"
done
begin watch.out mqwatch /one /two
job /one 0 hello
until_line watch.out '1 hello'
job /two 0 you
until_line watch.out '2 you'
end watch.out
# calcd, calc
touch key
begin calcd.out calcd key
t calc key '6 * 7'
t calc key '1 / 0' 2>/dev/null
t calc key '7 - 9'
end calcd.out
t calcd none 2>/dev/null
t hunt_1 word
t hunt_2 2 5
