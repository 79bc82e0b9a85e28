/* SPDX-License-Identifier: MIT */
/*
 * Purpose: run children, collect what they say, and leave none behind, whatever they or the person
 * at the keyboard do. Signals arrive as data (signalfd), so there is no handler and no race.
 */
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_io.h"
#include "gr_jail.h"
#include "pool_buf.h"

int pool_init(struct pool *p)
{
    sigset_t set;

    memset(p, 0, sizeof(*p));
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    /* A reader of our output that goes away must not keep us from cleaning up. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
        sigprocmask(SIG_BLOCK, &set, NULL) == -1)
        return -1;
    /* Children of a dead suite become ours, so that we can find and end them. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
        return -1;
    p->sigfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return p->sigfd == -1 ? -1 : 0;
}

/* Everything a child must not inherit, undone; then the caller's exec. */
static _Noreturn void be_child(const struct pool_ops *ops, void *ctx, const struct pool_child *c,
                               int out, int record, pid_t parent)
{
    sigset_t none;
    int null;

    sigemptyset(&none);
    if (signal(SIGPIPE, SIG_DFL) == SIG_ERR || sigprocmask(SIG_SETMASK, &none, NULL) == -1 ||
        setpgid(0, 0) == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
        _exit(125);
    null = open("/dev/null", O_RDONLY);
    /* Above all places first: the pipes themselves may be 0 to 3. */
    out = fcntl(out, F_DUPFD, 10);
    record = fcntl(record, F_DUPFD, 10);
    if (null == -1 || out == -1 || record == -1 || dup2(null, 0) == -1 || dup2(out, 1) == -1 ||
        dup2(out, 2) == -1 || dup2(record, 3) == -1 || close_range(4, ~0u, 0) == -1)
        _exit(125);
    ops->child(ctx, c->index, c->slot);
    _exit(125);
}

static int start(struct pool_child *c, const struct pool_ops *ops, void *ctx, int index, int slot)
{
    int out[2], record[2];
    pid_t parent = getpid();

    if (pipe2(out, O_CLOEXEC) == -1)
        return -1;
    if (pipe2(record, O_CLOEXEC) == -1) {
        close(out[0]);
        close(out[1]);
        return -1;
    }
    memset(c, 0, sizeof(*c));
    c->index = index;
    c->slot = slot;
    pool_buf_init(&c->out, out[0], POOL_HEAD, true);
    pool_buf_init(&c->record, record[0], POOL_RECORD, false);
    c->deadline = gr_now_ms() + ops->wall_ms;
    c->pid = fork();
    if (c->pid == 0)
        be_child(ops, ctx, c, out[1], record[1], parent);
    close(out[1]);
    close(record[1]);
    if (c->pid != -1)
        return 0;
    c->pid = 0;
    pool_buf_release(&c->out);
    pool_buf_release(&c->record);
    return -1;
}

static void end(struct pool_child *c)
{
    kill(-c->pid, SIGKILL); /* its group first; it may have left it or never made it */
    kill(c->pid, SIGKILL);
}

/*
 * A child that ended keeps its pid until its group is killed: no stranger can have it by then.
 */
static void reap(struct pool *p)
{
    for (int i = 0; i < POOL_MAX; i++) {
        struct pool_child *c = &p->child[i];
        siginfo_t si = {.si_pid = 0};

        if (!c->pid || c->gone ||
            waitid(P_PID, (id_t)c->pid, &si, WEXITED | WNOHANG | WNOWAIT) == -1 || si.si_pid == 0)
            continue;
        kill(-c->pid, SIGKILL);
        c->gone = waitpid(c->pid, &c->status, 0) == c->pid;
    }
}

static void read_signals(struct pool *p)
{
    struct signalfd_siginfo si;

    while (read(p->sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si))
        if (si.ssi_signo != SIGCHLD && !p->stop)
            p->stop = (int)si.ssi_signo;
    reap(p);
}

/* Return: milliseconds until the next deadline. */
static int patience(struct pool *p)
{
    int64_t now = gr_now_ms(), left = 60000;

    for (int i = 0; i < POOL_MAX; i++) {
        struct pool_child *c = &p->child[i];

        if (!c->pid || c->gone || c->late)
            continue;
        if (c->deadline <= now) {
            c->late = true;
            end(c);
        } else if (c->deadline - now < left) {
            left = c->deadline - now;
        }
    }
    return (int)left + 1;
}

static int wait_events(struct pool *p)
{
    struct pollfd fds[1 + 2 * POOL_MAX] = {{.fd = p->sigfd, .events = POLLIN}};
    struct pool_buf *bufs[1 + 2 * POOL_MAX] = {NULL};
    nfds_t n = 1;

    for (int i = 0; i < POOL_MAX; i++) {
        struct pool_child *c = &p->child[i];
        struct pool_buf *both[] = {&c->out, &c->record};

        for (int k = 0; c->pid && k < 2; k++) {
            if (both[k]->fd == -1)
                continue;
            bufs[n] = both[k];
            fds[n++] = (struct pollfd){.fd = both[k]->fd, .events = POLLIN};
        }
    }
    if (poll(fds, n, patience(p)) == -1)
        return errno == EINTR ? 0 : -1;
    for (nfds_t i = 1; i < n; i++)
        if (fds[i].revents)
            pool_buf_read(bufs[i]);
    read_signals(p);
    return 0;
}

static void release(struct pool_child *c)
{
    pool_buf_release(&c->out);
    pool_buf_release(&c->record);
    c->pid = 0;
}

/* Children that are gone: what is left in their pipes belongs to them, then they are told. */
static int collect(struct pool *p, const struct pool_ops *ops, void *ctx)
{
    int running = 0;

    for (int i = 0; i < POOL_MAX; i++) {
        struct pool_child *c = &p->child[i];

        if (!c->pid)
            continue;
        if (!c->gone) {
            running++;
            continue;
        }
        pool_buf_drain(&c->out);
        pool_buf_drain(&c->record);
        if (!p->stop)
            ops->ended(ctx, c);
        release(c);
    }
    if (running == 0)
        gr_jail_sweep(); /* orphans of suites that are over */
    return running;
}

/* Kill what runs and wait until the kernel says it is gone. */
static void abandon(struct pool *p)
{
    for (int i = 0; i < POOL_MAX; i++) {
        struct pool_child *c = &p->child[i];

        if (!c->pid)
            continue;
        if (!c->gone) {
            end(c);
            while (waitpid(c->pid, NULL, 0) == -1 && errno == EINTR)
                ;
        }
        release(c);
    }
}

int pool_run(struct pool *p, const struct pool_ops *ops, void *ctx, int jobs)
{
    int running = 0, index, saved = 0;

    while (!p->stop && !saved) {
        for (int i = 0; i < jobs && i < POOL_MAX && !saved; i++) {
            if (p->child[i].pid)
                continue;
            if ((index = ops->next(ctx, i)) < 0)
                continue; /* another slot may have the room that this one lacks */
            if (start(&p->child[i], ops, ctx, index, i) == -1)
                saved = errno;
            else
                running++;
        }
        if (running == 0 || saved)
            break;
        if (wait_events(p) == -1)
            saved = errno;
        running = collect(p, ops, ctx);
    }
    if (!p->stop && !saved)
        return 0;
    abandon(p);
    errno = saved;
    return -1;
}

void pool_finish(struct pool *p)
{
    abandon(p);
    gr_jail_sweep();
    close(p->sigfd);
}
