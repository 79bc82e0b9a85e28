#!/usr/bin/env bash
# Is each rule of injection watched by a test? Breaks the library's rules one by one, in a copy,
# and wants the tests of test_inject to notice: the named one must fail.
# shellcheck disable=SC2016 # the dollars are perl's
set -euo pipefail
cd "$(dirname "$0")/../.."

# Programs that are disturbed leave System V objects behind: let them die with a namespace.
if [ -z "${GR_OWN_IPC-}" ] && unshare --user --map-root-user --ipc true 2>/dev/null; then
    GR_OWN_IPC=1 exec unshare --user --map-root-user --ipc "$0" "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0 n=0

# kept MODE FILE PERL: after the edit of FILE, the guarantee MODE must be reported as broken.
kept() { red kept "$1" "guarantee_is_kept.*$1:" "$2" "$3"; }
# faults TEST FILE PERL: the same for another test.
faults() { red faults none "$1" "$2" "$3"; }

red() {
    local case=$1 mode=$2 want=$3 file=$4 edit=$5 out
    n=$((n + 1))
    rm -rf "$work/src"
    cp -r grader/inject "$work/src"
    perl -0pi -e "$edit" "$work/src/$file"
    if cmp -s "grader/inject/$file" "$work/src/$file"; then
        echo "$want: the edit of $file changes nothing: $edit"
        bad=$((bad + 1))
        return
    fi
    gcc -std=gnu11 -D_GNU_SOURCE -O1 -w -fPIC -shared -fvisibility=hidden \
        -Wl,--version-script=grader/inject/versions.map -o "$work/gr_inject.so" "$work/src"/*.c
    out=$(GR_INJECT_SO=$work/gr_inject.so CK_RUN_CASE=$case GR_INJECT_MODE=$mode \
        build/selftest/test_inject 2>&1) && out=
    if ! grep -q "$want" <<<"$out"; then
        echo "not noticed by $want: $edit in $file"
        bad=$((bad + 1))
    fi
}

kept regular_file decide.c 's/if \(o == OTHER\)\n        return 0;//g'
kept atomic_write decide.c 's/n <= PIPE_BUF \|\| //'
kept atomic_write_nonblock decide.c 's/n <= PIPE_BUF \|\| //'
kept big_write_no_handler decide.c \
    's/!\(fl & O_NONBLOCK\) && !handler_could_run\(false, NULL\)/0/'
kept datagram decide.c 's/ &&\s+type == SOCK_STREAM//'
kept seqpacket decide.c 's/ &&\s+type == SOCK_STREAM//'
kept wait_all decide.c 's/MSG_WAITALL \| //'
kept posix_message wrap_posix.c 's/!\(inj_real.fcntl\(q, F_GETFL\) & O_NONBLOCK\)/1/'
kept sysv_message wrap_sysv.c \
    's/\(flags & IPC_NOWAIT\) \|\| (!inj_eintr\(&c, false, NULL\)\)\n +got)/$1/'
kept restarts decide.c 's/must_not_restart && \(sa.sa_flags/0 && (sa.sa_flags/'
kept no_handler decide.c \
    's/!handler_could_run\(restarts, mask\)/0/'
kept blocked_signal decide.c 's/sigismember\(&blocked, sig\) == 1/0/'
kept close_is_final wrap_fd.c \
    's/return \(int\)inj_leave\(&c, inj_real.close\(fd\)/return (int)inj_leave(&c, inj_eintr(&c, 1, 0) ? -1 : inj_real.close(fd)/'
kept blocking_no_eagain decide.c \
    's/!\(flags_of\(fd\) & O_NONBLOCK\) && !\(flags & MSG_DONTWAIT\)/0/'
kept nonblocking_no_eintr decide.c \
    's/!\(flags_of\(fd\) & O_NONBLOCK\) && !\(flags & MSG_DONTWAIT\)/1/'
kept edge_triggered decide.c \
    's/__atomic_fetch_or\(&inj_self.edge_triggered, 0, __ATOMIC_RELAXED\)/0/'
kept trywait wrap_posix.c \
    's/ONE_ARGUMENT\(sem_trywait, sem_t \*, "p"\)/int sem_trywait(sem_t *s) INJ_EXPORT; int sem_trywait(sem_t *s) { struct inj_call c; if (INJ_ENTER(&c, sem_trywait, 0) && inj_eintr(&c, 1, 0)) return -1; return inj_real.sem_trywait(s); }/'
faults storm_ends decide.c 's/< INJ_IN_A_ROW/< 2000000000/'
faults seed_replays decide.c 's/inj_mix\(inj_self.id, key\)/inj_mix(getpid(), key)/'
faults children_have_sequences self.c \
    's/inj_self.id = inj_mix\(inj_self.id, fork_number\);//'
faults another_program_is_left_alone self.c \
    's/return strncmp\(exe, bin, n\) == 0 && exe\[n\] == .\/.;/return true;/'
faults log_survives wrap_fd.c 's/inj_self.active && fd == inj_self.log/0/'
faults rule_kills act.c 's/r->which == nth/1/'
faults rule_kills act.c 's/strcmp\(r->label, inj_self.label\) == 0/1/'

echo "$n rules broken, $bad not noticed"
[ "$bad" -eq 0 ]
