/* SPDX-License-Identifier: MIT */
/* The decisions. Each is a pure function of the seed, the process (its place in the order of
 * forks), the call, its site in the program and how often it was made there: so a seed replays.
 * And each first asks whether the kernel could do it, which is where the rules are. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { SITES = 1024 };

/* One (call, site) of the program. Claimed once, never given back. */
static struct site {
    uint64_t key;    /* atomic; 0 = free */
    uint64_t count;  /* atomic */
    unsigned streak; /* atomic: faults in a row, so that every loop goes on at last */
} sites[SITES];

static struct site *find_site(uint64_t key)
{
    for (size_t i = 0, at = (size_t)inj_mix(key, 0) % SITES; i < SITES;
         i++, at = (at + 1) % SITES) {
        uint64_t found = 0;

        if (__atomic_compare_exchange_n(&sites[at].key, &found, key, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED) ||
            found == key)
            return &sites[at];
    }
    return &sites[0]; /* more sites than any lab has: they share a count */
}

bool inj_enter(struct inj_call *c, enum inj_kind kind, const void *caller, long arg)
{
    uintptr_t at = (uintptr_t)caller;
    struct site *s;
    uint64_t key, n;

    if (!inj_self.active || at < inj_self.text || at >= inj_self.text_end)
        return false;
    key = (uint64_t)(kind + 1) << 48 | (at - inj_self.text);
    s = find_site(key);
    n = __atomic_fetch_add(&s->count, 1, __ATOMIC_RELAXED);
    *c = (struct inj_call){.kind = kind,
                           .site = at - inj_self.text,
                           .draw = inj_mix(inj_mix(inj_self.id, key), n),
                           .streak = &s->streak,
                           .arg = arg};
    inj_act(INJ_BEFORE, c);
    return true;
}

/* A number of its own for each @question about one call, 0 <= n < @below. */
static uint64_t drawn(const struct inj_call *c, unsigned question, uint64_t below)
{
    return inj_mix(c->draw, question) % below;
}

static bool chance(const struct inj_call *c, unsigned question, unsigned percent)
{
    return percent > 0 && inj_self.spec.random[c->kind] && drawn(c, question, 100) < percent;
}

/* The same for faults after which a program asks again: never too many in a row. */
static bool chance_again(struct inj_call *c, unsigned question, unsigned percent)
{
    if (chance(c, question, percent) &&
        __atomic_fetch_add(c->streak, 1, __ATOMIC_RELAXED) < INJ_IN_A_ROW)
        return true;
    if (percent > 0)
        __atomic_fetch_and(c->streak, 0, __ATOMIC_RELAXED);
    return false;
}

enum object { OTHER, PIPE, STREAM };

static enum object object_of(int fd)
{
    struct stat st;
    int type = 0;
    socklen_t len = sizeof type;

    if (fstat(fd, &st) == -1)
        return OTHER;
    if (S_ISFIFO(st.st_mode))
        return PIPE;
    if (S_ISSOCK(st.st_mode) && inj_real.getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
        type == SOCK_STREAM)
        return STREAM;
    return OTHER;
}

static int flags_of(int fd)
{
    int fl = inj_real.fcntl(fd, F_GETFL);

    return fl == -1 ? 0 : fl;
}

/* Could a signal end a wait of this thread now? Asked of the kernel, not remembered: handlers come
 * and go in ways a wrapper of sigaction() does not see (SA_RESETHAND, siginterrupt). */
static bool handler_could_run(bool must_not_restart, const sigset_t *mask)
{
    struct sigaction sa;
    sigset_t blocked;

    if (inj_self.spec.assume_handler)
        return true;
    if (mask)
        blocked = *mask;
    else if (pthread_sigmask(SIG_BLOCK, NULL, &blocked) != 0)
        return false;
    for (int sig = 1; sig < NSIG; sig++) {
        if (sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGTRAP)
            continue; /* these come from the program itself, never into a wait */
        if (sigismember(&blocked, sig) == 1 || sigaction(sig, NULL, &sa) == -1)
            continue;
        if (sa.sa_handler != SIG_DFL && sa.sa_handler != SIG_IGN &&
            !(must_not_restart && (sa.sa_flags & SA_RESTART)))
            return true;
    }
    return false;
}

/* 1 .. n-1 bytes, often just one: the piece that breaks most assumptions. */
static size_t piece(struct inj_call *c, size_t n)
{
    c->fault = "short";
    return drawn(c, 'o', 4) == 0 ? 1 : 1 + (size_t)drawn(c, 'p', n - 1);
}

size_t inj_cut_read(struct inj_call *c, int fd, size_t n, int flags)
{
    enum object o;

    if (n < 2 || n > SSIZE_MAX || !chance(c, 's', inj_self.spec.cut))
        return 0;
    /* MSG_WAITALL promises all; a peek is no read; MSG_TRUNC throws bytes away */
    if (flags & (MSG_WAITALL | MSG_PEEK | MSG_TRUNC | MSG_OOB | MSG_ERRQUEUE))
        return 0;
    o = object_of(fd);
    if (o == OTHER)
        return 0;
    if (o == PIPE && (flags_of(fd) & O_DIRECT))
        return 0; /* packets: the rest of one would be lost */
    return piece(c, n);
}

size_t inj_cut_write(struct inj_call *c, int fd, size_t n, int flags)
{
    enum object o;

    if (n < 2 || n > SSIZE_MAX || (flags & MSG_OOB) || !chance(c, 's', inj_self.spec.cut))
        return 0;
    o = object_of(fd);
    if (o == OTHER)
        return 0;
    if (o == PIPE) {
        int fl = flags_of(fd);

        if (n <= PIPE_BUF || (fl & O_DIRECT)) /* all or nothing, blocking or not */
            return 0;
        /* A blocking write goes on until all is written, unless a handler interrupts it. */
        if (!(fl & O_NONBLOCK) && !handler_could_run(false, NULL))
            return 0;
    }
    return piece(c, n);
}

bool inj_eintr(struct inj_call *c, bool restarts, const sigset_t *mask)
{
    unsigned percent = inj_self.spec.eintr;

    if (percent == 0 || !handler_could_run(restarts, mask) || !chance_again(c, 'i', percent))
        return false;
    c->fault = "eintr";
    errno = EINTR;
    return true;
}

bool inj_interrupt_fd(struct inj_call *c, int fd, int flags)
{
    enum object o;

    if ((inj_self.spec.eintr | inj_self.spec.eagain) == 0)
        return false;
    o = object_of(fd);
    if (o == OTHER)
        return false; /* no "slow" object: the call does not wait for anybody */
    if (!(flags_of(fd) & O_NONBLOCK) && !(flags & MSG_DONTWAIT))
        return inj_eintr(c, true, NULL);
    /* With edge-triggered epoll EAGAIN is a promise that an edge will follow: never a lie there. */
    if (__atomic_fetch_or(&inj_self.edge_triggered, 0, __ATOMIC_RELAXED) ||
        !chance_again(c, 'a', inj_self.spec.eagain))
        return false;
    c->fault = "eagain";
    errno = EAGAIN;
    return true;
}

bool inj_wake(struct inj_call *c)
{
    if (!chance_again(c, 'w', inj_self.spec.wake))
        return false;
    c->fault = "wake";
    return true;
}

size_t inj_iov_len(const struct iovec *iov, int count)
{
    size_t n = 0;

    for (int i = 0; i < count; i++)
        n += iov[i].iov_len;
    return n;
}

int inj_cut_iov(const struct iovec *iov, int count, size_t n, struct iovec *to)
{
    int used = 0;

    for (int i = 0; i < count && n > 0; i++) {
        size_t len = iov[i].iov_len < n ? iov[i].iov_len : n;

        to[used++] = (struct iovec){iov[i].iov_base, len};
        n -= len;
    }
    return used;
}
