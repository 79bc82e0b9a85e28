#!/usr/bin/env bash
# The bytes of POSIX message queues belong to a user, not to a jail: many items at once must not take
# them from each other, and when somebody else has taken them no student is to blame.
set -u
cd "$(dirname "$0")/../.." || exit 1
kit=$PWD
tmp=$(mktemp -d)
holder='' queue_bytes=''
trap '[ -z "$holder" ] || kill "$holder"; rm -rf "$tmp"' EXIT
chmod 777 "$tmp"
failed=0

# As root each slot has a user of its own; only an ordinary user shares one budget among all slots.
as_user=()
if [ "$(id -u)" -eq 0 ]; then
    as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
"${as_user[@]}" test -x "$kit/build/bin/ipclab" || {
    echo "an ordinary user cannot reach $kit"
    exit 77
}

grade() { # STATUS OPTIONS..
    local want=$1
    shift
    (
        [ -z "$queue_bytes" ] || ulimit -q "$queue_bytes"
        exec "${as_user[@]}" env TMPDIR="$tmp" timeout 200 "$kit/build/bin/ipclab" grade --lab 03 \
            --color never --jobs 16 --seed 1 "$@"
    ) >"$tmp/out" 2>&1
    local rc=$?
    [ "$rc" -eq "$want" ] || no "grade $* exits $rc, not $want"
}

no() {
    failed=$((failed + 1))
    echo "not ok: $1"
    tail -n 30 "$tmp/out" | sed 's/^/    /'
}

says() {
    grep -qF -- "$1" "$tmp/out" || no "the output holds: $1"
}

grade 0 --src solutions
says '100/100'

# A jobd whose queues are as large as any may be: nine of them, and the user has no byte left. Only
# its attributes are wrong.
mkdir -m 755 "$tmp/greedy"
cp solutions/03-message-queues/*.[ct]* "$tmp/greedy/"
sed -i 's/JOBS_MODE, &attr)/JOBS_MODE, NULL)/' "$tmp/greedy/jobd.c"
grep -q 'JOBS_MODE, NULL' "$tmp/greedy/jobd.c" || no 'the solution has changed: make it greedy another way'
grade 1 --src "$tmp/greedy" --test '3A*'
[ "$(grep -c '^ *FAIL' "$tmp/out")" -eq 1 ] || no 'one item fails, and no other one for want of room'
says 'it made one of 10 messages of 8192 bytes'

# Room for two such queues, and a jobd that takes one more than it needs: every item alone has room
# enough, any two at once have not.
mkdir -m 755 "$tmp/hungry"
cp solutions/03-message-queues/*.[ct]* "$tmp/hungry/"
sed -i '0,/^    if (queue == (mqd_t)-1)$/s//    if (mq_open("\/extra", O_RDWR | O_CREAT, 0600, NULL) == -1 || mq_unlink("\/extra"))\n        return fail("mq_open");\n&/' \
    "$tmp/hungry/jobd.c"
grep -q '/extra' "$tmp/hungry/jobd.c" || no 'the solution has changed: make it hungry another way'
queue_bytes=170000
grade 0 --src "$tmp/hungry" --test '3A*'
queue_bytes=

# Somebody else of the same user has nine: that is nobody's failure here.
mkfifo "$tmp/held"
"${as_user[@]}" build/selftest/programs/queues hold >"$tmp/held" &
holder=$!
read -r word <"$tmp/held"
[ "$word" = held ] || no 'queues hold: it holds them'
grade 75 --src "$tmp/greedy" --test 3A.4
says 'other processes of this user hold the bytes for POSIX message queues'
grade 0 --src solutions --test 3A.1

[ "$failed" -eq 0 ] && echo 't_queues.sh: many items share the bytes of one user'
[ "$failed" -eq 0 ]
