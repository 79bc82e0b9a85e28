/* SPDX-License-Identifier: MIT */
/* A scene's life: the jail is made, asked, and ended. */
#include "gr_peer.h"
#include "gr_race.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RSS_LIMIT_KIB = 1 << 20, TMP_BYTES = 64 << 20, ANSWER_MS = 120000 };

void gr_scene_stop(struct gr_scene *s, enum gr_stop why, const char *fmt, ...)
{
    va_list ap;

    if (s->stop != GR_GO)
        return; /* the first reason is the reason */
    s->stop = why;
    va_start(ap, fmt);
    vsnprintf(s->trouble, sizeof s->trouble, fmt, ap);
    va_end(ap);
}

/* The forked child: become the warden in its jail. @sock is the only descriptor that goes in. */
static _Noreturn void jail_child(const struct gr_place *place, int sock, int errfd)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    const struct gr_bind binds[] = {{place->bin_dir, "/lab/bin", false},
                                    {place->kit_dir, "/kit", false}};
    bool open_jail = place->backend == GR_JAIL_NONE;
    struct gr_jail jail = {.backend = place->backend,
                           .binds = binds,
                           .nbinds = 2,
                           .cwd = open_jail ? place->work_dir : "/work",
                           .tmp_bytes = TMP_BYTES,
                           .slot = place->slot,
                           .env = env};
    char warden[4096];
    const char *argv[] = {warden, "3",
                          place->bare ? "bare"
                          : open_jail ? "open"
                                      : "isolated",
                          NULL};
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    snprintf(warden, sizeof warden, "%s/gr-warden", open_jail ? place->kit_dir : "/kit");
    if (null == -1 || dup2(null, 0) == -1 || dup2(errfd, 1) == -1 || dup2(errfd, 2) == -1 ||
        dup2(sock, 3) == -1 || close_range(4, ~0U, 0) == -1)
        _exit(125); /* also Check's message file and the record: nothing of ours goes in */
    gr_jail_exec(&jail, argv);
}

/* Fork the jail's process. Return: 0, or -1 with errno. */
static int launch(struct gr_scene *s)
{
    int pair[2], errfds[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
        return -1;
    if (gr_pipe(errfds) == -1)
        goto fail;
    s->jail_pid = fork();
    if (s->jail_pid == 0)
        jail_child(s->place, pair[1], errfds[1]);
    close(errfds[1]);
    if (s->jail_pid == -1) {
        close(errfds[0]);
        goto fail;
    }
    close(pair[1]);
    s->sock = pair[0];
    s->jail_err_fd = errfds[0];
    return gr_set_nonblock(s->sock) == -1 || gr_set_nonblock(s->jail_err_fd) == -1 ? -1 : 0;
fail:
    close(pair[0]);
    close(pair[1]);
    return -1;
}

static void set_limits(struct gr_scene *s)
{
    const struct gr_order o = {.type = GR_REQ_LIMITS, .a = s->cpu_limit_ms, .b = RSS_LIMIT_KIB};

    if (gr_scene_tell(s, o) == -1)
        gr_scene_stop(s, GR_STOP_INFRA, "the warden does not listen: %s", strerror(errno));
}

struct gr_scene *gr_scene_open(const struct gr_place *place, long cpu_ms)
{
    struct gr_scene *s = gr_xcalloc(1, sizeof *s);

    s->place = place;
    s->sock = s->jail_err_fd = s->reply_fd = s->extra_fd = s->calls_fd = s->calls_wfd = s->race_fd =
        -1;
    s->extra_events = POLLIN;
    s->reply = gr_xcalloc(1, sizeof *s->reply);
    s->calls.cap = 8 << 20;
    s->jail_err.cap = 4096;
    s->cpu_limit_ms = (long)((double)cpu_ms * place->time_scale);
    s->wall_ms = (long)((double)(10 * cpu_ms + 20000) * place->time_scale);
    s->begun = gr_now_ms();
    s->stalled = gr_stalled_ms(GR_PRESSURE);
    signal(SIGPIPE, SIG_IGN); /* a program may close its stdin whenever it likes */
    if (launch(s) == -1)
        gr_scene_stop(s, GR_STOP_INFRA, "cannot make the jail: %s", strerror(errno));
    while (!s->warden_up && s->stop == GR_GO)
        gr_scene_pump(s, 1000);
    if (s->stop == GR_GO)
        set_limits(s);
    return s;
}

unsigned gr_cpu_backstop(const struct gr_scene *s)
{
    return (unsigned)(s->cpu_limit_ms + s->cpu_limit_ms / 2) / 1000 + 1;
}

int gr_scene_ask(struct gr_scene *s, struct gr_msg *m, const int *fds, size_t nfds)
{
    /* Long: it answers at once, or is found dead at once, unless it gets no turn for itself. */
    double scale = s->place->time_scale > 1 ? s->place->time_scale : 1;
    int64_t deadline = gr_now_ms() + (int64_t)(ANSWER_MS * scale);

    if (s->stop == GR_STOP_INFRA || s->finished)
        return EPIPE;
    s->reply_seen = false;
    s->reply_fd = -1;
    if (gr_msg_send(s->sock, m, fds, nfds) == -1) {
        gr_scene_stop(s, GR_STOP_INFRA, "the warden does not listen: %s", strerror(errno));
        return EPIPE;
    }
    while (!s->reply_seen && s->sock != -1 && gr_now_ms() < deadline)
        gr_scene_pump(s, 1000);
    if (!s->reply_seen) {
        gr_scene_stop(s, GR_STOP_INFRA, "the warden does not answer");
        return EPIPE;
    }
    return s->reply->value;
}

/* On the heap: the room for a payload is too large for a stack. */
static struct gr_msg *message_of(struct gr_order o)
{
    struct gr_msg *m = gr_xcalloc(1, sizeof *m);

    *m = (struct gr_msg){.type = o.type, .pid = o.pid, .value = o.value, .a = o.a, .b = o.b};
    if (o.path)
        m->len = (uint32_t)snprintf(m->payload, sizeof m->payload, "%s", o.path) + 1;
    return m;
}

int gr_scene_order(struct gr_scene *s, struct gr_order o)
{
    struct gr_msg *m = message_of(o);
    int error = gr_scene_ask(s, m, NULL, 0);

    free(m);
    return error;
}

int gr_scene_tell(struct gr_scene *s, struct gr_order o)
{
    struct gr_msg *m = message_of(o);
    int rc = gr_msg_send(s->sock, m, NULL, 0), saved = errno;

    free(m);
    errno = saved;
    return rc;
}

static int ask_path(struct gr_scene *s, uint32_t type, const char *path, int flags, mode_t mode)
{
    int error =
        gr_scene_order(s, (struct gr_order){.type = type, .value = flags, .a = mode, .path = path});

    errno = error;
    return error ? -1 : 0;
}

int gr_jail_open(struct gr_scene *s, const char *path, int flags, mode_t mode)
{
    return ask_path(s, GR_REQ_OPEN, path, flags, mode) == -1 ? -1 : s->reply_fd;
}

int gr_jail_mkfifo(struct gr_scene *s, const char *path, mode_t mode)
{
    return ask_path(s, GR_REQ_MKFIFO, path, 0, mode);
}

int gr_jail_unlink(struct gr_scene *s, const char *path)
{
    return ask_path(s, GR_REQ_UNLINK, path, 0, 0);
}

int gr_snapshot(struct gr_scene *s)
{
    gr_forget_facts(s, GR_FACT_WAIT);
    return gr_scene_order(s, (struct gr_order){.type = GR_REQ_SNAPSHOT}) ? -1 : 0;
}

/* How each program under Valgrind ended, for the judgement of its report. */
static void tell_ends(struct gr_scene *s)
{
    for (size_t i = 0; i < s->nprocs; i++) {
        const struct gr_proc *p = &s->procs[i];
        enum gr_vg_end end = GR_VG_EXITED;

        if (p->lens != GR_MEMCHECK_LENS || !s->vg)
            continue;
        if (!p->ended || (WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGKILL))
            end = GR_VG_KILLED;
        else if (p->execed && p->may_exec)
            end = GR_VG_EXECED;
        else if (WIFSIGNALED(p->status))
            end = GR_VG_SIGNALED;
        gr_vg_process(s->vg, p->pid, p->name, end);
    }
    for (size_t i = 0; i < s->nfacts && s->vg; i++)
        if (s->facts[i].kind == GR_FACT_PROCESS) /* alive at the end: ended by us */
            gr_vg_process(s->vg, s->facts[i].pid, s->facts[i].name, GR_VG_KILLED);
}

static bool logs_open(const struct gr_scene *s)
{
    for (size_t i = 0; i < s->nlogs; i++)
        if (s->logs[i].fd != -1)
            return true;
    return false;
}

/* After the last writer died the logs end by themselves. */
static void drain_logs(struct gr_scene *s)
{
    int64_t deadline = gr_now_ms() + 5000;

    if (s->calls_wfd != -1)
        close(s->calls_wfd);
    s->calls_wfd = -1;
    while ((logs_open(s) || s->calls_fd != -1) && gr_now_ms() < deadline)
        gr_scene_pump(s, 100);
}

void gr_finish(struct gr_scene *s)
{
    int status;

    if (s->finished)
        return;
    /* Out of time: what everybody does at this moment is the best explanation there is. */
    if ((s->stop == GR_STOP_WALL || s->stop == GR_STOP_CPU) && s->sock != -1 && !s->place->bare)
        gr_snapshot(s);
    if (s->sock != -1 && !s->place->bare && s->stop != GR_STOP_INFRA)
        gr_scene_order(s, (struct gr_order){.type = GR_REQ_CENSUS});
    if (s->sock != -1 && s->stop != GR_STOP_INFRA) {
        s->ending = true;
        gr_scene_order(s, (struct gr_order){.type = GR_REQ_END, .value = (int)s->queues});
    }
    s->finished = true;
    if (s->sock != -1)
        close(s->sock); /* whatever is left inside ends with the warden, and it with this */
    s->sock = -1;
    if (s->jail_pid > 0)
        while (waitpid(s->jail_pid, &status, 0) == -1 && errno == EINTR)
            ;
    if (s->jail_died && s->place->backend == GR_JAIL_NONE)
        gr_jail_sweep();
    drain_logs(s);
    tell_ends(s);
}

void gr_scene_close(struct gr_scene *s)
{
    gr_finish(s);
    gr_peers_free(s);
    for (size_t i = 0; i < s->nprocs; i++) {
        struct gr_proc *p = &s->procs[i];
        int fds[3] = {p->in, p->out, p->err};

        for (int k = 0; k < 3; k++)
            if (fds[k] != -1)
                close(fds[k]);
        gr_buf_release(&p->outbuf);
        gr_buf_release(&p->errbuf);
        free(p->command);
        free(p->remark);
        free(p->shown);
    }
    if (s->jail_err_fd != -1)
        close(s->jail_err_fd);
    if (s->calls_fd != -1)
        close(s->calls_fd);
    gr_race_end(s);
    for (size_t i = 0; i < s->nlogs; i++)
        if (s->logs[i].fd != -1)
            close(s->logs[i].fd);
    free(s->logs);
    gr_vg_free(s->vg);
    gr_buf_release(&s->calls);
    gr_buf_release(&s->jail_err);
    free(s->reply);
    free(s);
}

const struct gr_fact *gr_fact(const struct gr_scene *s, enum gr_fact_kind kind, size_t *from)
{
    while (*from < s->nfacts) {
        const struct gr_fact *f = &s->facts[(*from)++];

        if (f->kind == (uint32_t)kind)
            return f;
    }
    return NULL;
}
