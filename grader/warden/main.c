/* SPDX-License-Identifier: MIT */
/* The warden's loop: requests from the suite, children that end, and a look around in between.
 * Usage: gr-warden SOCKET_FD isolated|open|bare (started by gr_scene.c, never by hand). */
#include "gr_io.h"
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

static struct warden warden;

void say(struct warden *w, struct gr_msg *m, const int *fds, size_t nfds)
{
    struct pollfd room = {.fd = w->sock, .events = POLLOUT};

    /* Hundreds of facts at once fill the socket: the suite takes them as it comes to it. */
    while (gr_msg_send(w->sock, m, fds, nfds) == -1) {
        if (errno == EAGAIN && (poll(&room, 1, -1) != -1 || errno == EINTR))
            continue;
        /* The suite is gone: so is the reason to be here. */
        kill_all(w);
        census_clean(w);
        _exit(1);
    }
}

void say_fact(struct warden *w, uint32_t type, const struct gr_fact *f)
{
    static struct gr_msg m;

    m = (struct gr_msg){.type = type, .pid = f->pid, .len = sizeof *f};
    memcpy(m.payload, f, sizeof *f);
    say(w, &m, NULL, 0);
}

struct program *program_by_session(struct warden *w, pid_t sid)
{
    for (size_t i = 0; i < w->nprograms; i++)
        if (w->programs[i].pid == sid)
            return &w->programs[i];
    return NULL;
}

static void answer(struct warden *w, int error, pid_t pid, int fd)
{
    static struct gr_msg m;

    m = (struct gr_msg){.type = GR_REP_DONE, .pid = pid, .value = error};
    say(w, &m, fd >= 0 ? &fd : NULL, fd >= 0 ? 1 : 0);
}

static void on_start(struct warden *w, const struct gr_msg *m, const int *fds, size_t nfds)
{
    pid_t pid;

    if (w->nprograms == MAX_PROGRAMS) {
        answer(w, ENOSPC, 0, -1);
        return;
    }
    pid = start_program(m, fds, nfds);
    if (pid == -1) {
        answer(w, errno, 0, -1);
        return;
    }
    w->programs[w->nprograms++] = (struct program){.id = m->id, .pid = pid};
    w->quiet_since = 0;
    answer(w, 0, pid, -1);
}

/* A signal goes only to a process of this jail, never to a reused or foreign pid. */
static int signal_pid(struct warden *w, pid_t pid, int sig)
{
    static struct proc_table t;

    w->quiet_since = 0;
    proc_scan(w, &t);
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i].pid == pid)
            return kill(pid, sig) == -1 ? errno : 0;
    return ESRCH;
}

static void on_open(struct warden *w, const struct gr_msg *m)
{
    /* Never block on a student's FIFO: the suite asks for O_NONBLOCK or gets it anyway. */
    int fd = open(m->payload, m->value | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, (mode_t)m->a);

    answer(w, fd == -1 ? errno : 0, 0, fd);
    if (fd != -1)
        close(fd);
}

static void on_socket(struct warden *w, const struct gr_msg *m)
{
    static struct gr_msg reply;
    int fd, port, error = socket_make(m, &fd, &port);

    reply = (struct gr_msg){.type = GR_REP_DONE, .value = error, .a = port};
    say(w, &reply, fd != -1 ? &fd : NULL, fd != -1 ? 1 : 0);
    if (fd != -1)
        close(fd);
}

static void on_end(struct warden *w, unsigned queues)
{
    struct rusage own, children;
    struct gr_fact f = {.kind = GR_FACT_CROWDED};

    kill_all(w);
    if (queues > 0 && !queue_room(queues))
        say_fact(w, GR_REP_FACT, &f);
    f.kind = GR_FACT_USAGE;
    census_clean(w);
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    f.b = gr_cpu_ms(&own);
    f.a = gr_cpu_ms(&children);
    f.c = own.ru_maxrss;
    say_fact(w, GR_REP_FACT, &f);
    answer(w, 0, 0, -1);
    exit(0);
}

static void on_snapshot(struct warden *w)
{
    static struct proc_table t;

    proc_scan(w, &t);
    explain_waits(w, &t, GR_REP_FACT);
    answer(w, 0, 0, -1);
}

static void on_state(struct warden *w, pid_t pid)
{
    static struct gr_msg m;
    struct proc p;
    bool there = proc_read(pid, &p);

    m = (struct gr_msg){.type = GR_REP_DONE, .pid = pid, .value = there ? 0 : ESRCH};
    m.a = there ? p.state : 0;
    say(w, &m, NULL, 0);
}

static void on_log(struct warden *w)
{
    static struct gr_msg m;
    int port = log_listen(w);

    m = (struct gr_msg){.type = GR_REP_DONE, .value = port == -1 ? errno : 0, .a = port};
    say(w, &m, NULL, 0);
}

/* What the suite itself does in the jail: with files, sockets and queues. */
static void on_object_request(struct warden *w, const struct gr_msg *m)
{
    switch (m->type) {
    case GR_REQ_OPEN:
        on_open(w, m);
        break;
    case GR_REQ_MKFIFO:
        answer(w, mkfifo(m->payload, (mode_t)m->a) == -1 ? errno : 0, 0, -1);
        break;
    case GR_REQ_UNLINK:
        answer(w, remove(m->payload) == -1 ? errno : 0, 0, -1);
        break;
    case GR_REQ_SOCKET:
        on_socket(w, m);
        break;
    case GR_REQ_MKDIR:
        answer(w, mkdir(m->payload, (mode_t)m->a) == -1 ? errno : 0, 0, -1);
        break;
    case GR_REQ_MQ_OPEN:
        queue_open(w, m);
        break;
    case GR_REQ_MQ_UNLINK:
        queue_unlink(w, m);
        break;
    case GR_REQ_SYSV:
        queue_sysv(w, m);
        break;
    default:
        answer(w, EBADMSG, 0, -1);
    }
}

static void on_request(struct warden *w, const struct gr_msg *m, const int *fds, size_t nfds)
{
    switch (m->type) {
    case GR_REQ_START:
        on_start(w, m, fds, nfds);
        break;
    case GR_REQ_SIGNAL:
        answer(w, signal_pid(w, m->pid, m->value), m->pid, -1);
        break;
    case GR_REQ_STATE:
        on_state(w, m->pid);
        break;
    case GR_REQ_FDS:
        answer(w, fds_send(w, m->pid), m->pid, -1);
        break;
    case GR_REQ_WATCH:
        w->watch = m->value;
        w->quiet_since = 0;
        break;
    case GR_REQ_BLOCKED:
        w->want_pid = m->pid;
        w->want_nr = m->value;
        w->want_fd = (int)m->a;
        w->next_tick = 0;
        break;
    case GR_REQ_LIMITS:
        w->cpu_limit_ms = m->a;
        w->rss_limit_kib = m->b;
        break;
    case GR_REQ_CENSUS:
        census_send(w);
        answer(w, 0, 0, -1);
        break;
    case GR_REQ_SNAPSHOT:
        on_snapshot(w);
        break;
    case GR_REQ_SPIN:
        spin_begin(w, m);
        break;
    case GR_REQ_LOG:
        on_log(w);
        break;
    case GR_REQ_END:
        on_end(w, (unsigned)m->value);
        break;
    default:
        on_object_request(w, m);
    }
}

static void serve(struct warden *w)
{
    static struct gr_msg m;
    int fds[GR_MSG_FDS];
    size_t nfds = 0;
    int got = gr_msg_recv(w->sock, &m, fds, &nfds);

    if (got == -1 && errno == EAGAIN)
        return;
    if (got <= 0) { /* the suite died: end everything, with it what it left */
        kill_all(w);
        census_clean(w);
        exit(1);
    }
    if (m.len < GR_MSG_MAX)
        m.payload[m.len] = '\0';
    on_request(w, &m, fds, nfds);
    for (size_t i = 0; i < nfds; i++)
        close(fds[i]);
}

/* Bare, it looks around only when a scenario could not go on otherwise. */
static bool must_look(const struct warden *w)
{
    return !w->bare || w->want_nr >= 0 || w->watch == GR_WATCH_QUIET;
}

static int timeout_of(const struct warden *w)
{
    int64_t next = w->next_tick, left;

    if (!must_look(w))
        return -1;
    if (w->spin_at && w->spin_at < next)
        next = w->spin_at;
    left = next - gr_now_ms();
    return left < 0 ? 0 : (int)left;
}

static void loop(struct warden *w, int sigfd)
{
    struct pollfd p[3] = {{.fd = w->sock, .events = POLLIN}, {.fd = sigfd, .events = POLLIN}};

    for (;;) {
        p[2] = (struct pollfd){.fd = w->log_fd, .events = POLLIN};
        if (poll(p, 3, timeout_of(w)) == -1 && errno != EINTR)
            exit(1);
        if (p[2].revents)
            log_accept(w); /* before its process can be reported as ended */
        if (p[1].revents & POLLIN) {
            struct signalfd_siginfo si;

            if (read(sigfd, &si, sizeof si) > 0)
                reap(w);
        }
        if (p[0].revents)
            serve(w);
        if (w->spin_at && gr_now_ms() >= w->spin_at)
            spin_end(w);
        if (must_look(w) && gr_now_ms() >= w->next_tick)
            watch_tick(w);
    }
}

static int block_signals(void)
{
    sigset_t chld, all;

    sigfillset(&all);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &all, NULL) == -1)
        return -1;
    return signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
}

int main(int argc, char **argv)
{
    static struct gr_msg hello;
    struct warden *w = &warden;
    int sigfd;

    if (argc != 3) {
        fputs("gr-warden: started by the grader, not by hand\n", stderr);
        return 2;
    }
    w->sock = atoi(argv[1]);
    w->isolated = getpid() == 1;
    w->bare = strcmp(argv[2], "bare") == 0;
    w->want_nr = w->log_fd = -1;
    sigfd = block_signals();
    /* Not dumpable: what shares our user id in the jail cannot open our /proc entries or trace us.
     * Subreaper: needed where we are not process 1. */
    if (sigfd == -1 || prctl(PR_SET_DUMPABLE, 0) == -1 || prctl(PR_SET_CHILD_SUBREAPER, 1) == -1 ||
        gr_set_cloexec(w->sock, true) == -1 || gr_set_nonblock(w->sock) == -1)
        return 1;
    census_baseline(w);
    hello = (struct gr_msg){.type = GR_EV_HELLO, .pid = getpid()};
    say(w, &hello, NULL, 0);
    loop(w, sigfd);
}
