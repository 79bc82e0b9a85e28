#!/usr/bin/env bash
# Clients that we did not write talk to the reference servers of lab 06: netcat (netcat-openbsd) and
# socat, on UNIX and TCP. If the contract were only what our own peers understand, it shows here.
# Exit: 0 passed, 77 a client is missing, else failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
for tool in nc socat; do
    if ! command -v $tool >/dev/null; then
        echo "$tool is not installed: make setup-dev"
        exit 77
    fi
done
tmp=$(mktemp -d)
pids=()
cleanup() {
    local pid
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    rm -rf "$tmp"
}
trap cleanup EXIT
checks=0
failed=0

is() { # WHAT GOT WANT
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    printf 'not ok: %s\n  got:  %q\n  want: %q\n' "$1" "$2" "$3"
}

build() { # PROGRAM SOURCE..
    local out=$1
    shift
    gcc -std=gnu11 -D_GNU_SOURCE -g -O0 -Ilabs/06-sockets -o "$tmp/$out" "${@/#/solutions/06-sockets/}" ||
        exit 1
}
build echod echod.c listen.c forked.c
build chatd chatd.c room.c talk.c listen.c
build vaultd vaultd.c frame.c listen.c forked.c
build vault vault.c frame.c
cd "$tmp" || exit 1

# serve PROGRAM ARG..: start it, wait for READY; $port is what stands behind it
serve() {
    local ready
    mkfifo ready
    "./$1" "${@:2}" >ready &
    pids+=($!)
    exec 9<ready
    read -r -t 60 -u 9 ready port
    exec 9<&-
    is "$* is ready" "$ready" READY
    rm ready
}

# goodbye WHAT: SIGTERM to the server started last; it must end with 0
goodbye() {
    kill -TERM "${pids[-1]}"
    wait "${pids[-1]}"
    is "$1 ends" $? 0
}

seq 100000 >much
sum=$(cksum <much)

serve echod 0 1
is 'nc, TCP' "$(printf 'hello\n' | timeout 60 nc -N 127.0.0.1 "$port")" hello
is 'nc, TCP, 600 KB' "$(timeout 60 nc -N 127.0.0.1 "$port" <much | cksum)" "$sum"
is 'socat, TCP, 600 KB' "$(timeout 60 socat -t 60 - "TCP:127.0.0.1:$port" <much | cksum)" "$sum"
goodbye 'echod, TCP'
serve echod sock 1
is 'nc, UNIX' "$(printf 'hello\n' | timeout 60 nc -N -U sock)" hello
is 'socat, UNIX, 600 KB' "$(timeout 60 socat -t 60 - UNIX-CONNECT:sock <much | cksum)" "$sum"
goodbye 'echod, UNIX'
is 'its path has gone' "$(ls sock 2>/dev/null)" ''

# A chat between the two: each line is sent when what must come before it has been heard.
serve chatd room 0 1
mkfifo ann.in bob.in ann.out bob.out
timeout 60 nc -U room <ann.in >ann.out &
pids+=($!)
timeout 60 socat - "TCP:127.0.0.1:$port" <bob.in >bob.out &
pids+=($!)
exec 5>ann.in 6>bob.in 7<ann.out 8<bob.out
hear() { # FD WANT
    local line=
    read -r -t 60 -u "$1" line
    is "in the chat" "$line" "$2"
}
echo 'nick ann' >&5
hear 7 'ok ann'
echo 'nick bob' >&6
hear 8 'ok bob'
hear 7 'join bob'
echo 'hello bob' >&5
hear 8 'ann: hello bob'
printf 'one\ntwo\n' >&6
hear 7 'bob: one'
hear 7 'bob: two'
exec 6>&-
hear 7 'leave bob'
exec 5>&-
unset 'pids[-1]' 'pids[-1]'
goodbye chatd
is 'its path has gone' "$(ls room 2>/dev/null)" ''

# vaultd and vault speak to each other; socat can only ask and be refused.
mkdir dir && cp much dir/alpha
serve vaultd sock dir
is 'vault' "$(./vault sock alpha | cksum)" "$sum"
is 'vault, no such file' "$(./vault sock beta 2>&1)" 'vault: beta: No such file or directory'
is 'socat asks vaultd' "$(printf '\0\0\0\4beta' |
    timeout 60 socat -t 60 - UNIX-CONNECT:sock | od -An -tx1)" ' 01 00 00 00 02'
goodbye vaultd

echo "t_clients.sh: $checks checks, $failed failed"
[ $failed -eq 0 ]
