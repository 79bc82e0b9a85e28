# What a user would try of lab 06; run.sh compares what this prints for a mutant and the reference.
# bash speaks TCP by itself; the jail of run.sh has a loopback of its own, but no netcat is needed.
# t is in plain_t.sh.
# shellcheck shell=bash
# serve PROGRAM ARG..: until READY; $port is what stands behind it
serve() {
    local ready
    exec 9< <(exec "$@")
    pid=$!
    port=
    read -r -t 5 -u 9 ready port && echo "$ready"
}

# goodbye: SIGTERM; its status cannot be had of a process substitution
goodbye() {
    kill -TERM "$pid"
    timeout 5 tail --pid="$pid" -f /dev/null
    exec 9<&-
}

# frame.c, by its driver, with a pipe in place of the socket
printf '\0\0\0\5hello\0\0\0\0' | t driver_frame read
printf '\0\0\0\5hel' | t driver_frame read
# echod
t echod
t echod 65536
serve echod 0 1
if exec 3<>"/dev/tcp/127.0.0.1/$port"; then
    echo hello >&3
    read -r -t 5 -u 3 line
    echo "$line"
    exec 3>&-
fi
goodbye
# chatd
t chatd room
serve chatd room 0 1
if exec 3<>"/dev/tcp/127.0.0.1/$port" 4<>"/dev/tcp/127.0.0.1/$port"; then
    echo 'nick ann' >&3
    read -r -t 5 -u 3 line && echo "$line"
    echo 'nick bob' >&4
    read -r -t 5 -u 4 line && echo "$line"
    read -r -t 5 -u 3 line && echo "$line"
    echo hi >&4
    read -r -t 5 -u 3 line && echo "$line"
    exec 3>&- 4>&-
fi
goodbye
# vaultd, vault
mkdir dir && echo first >dir/alpha
serve vaultd sock dir
t vault sock alpha
t vault sock beta 2>&1
goodbye
