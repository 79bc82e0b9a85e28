/* SPDX-License-Identifier: MIT */
/* Start one program under one lens. This is the only place that knows how a lens is started:
 * a warm Valgrind, one day, changes nothing else. */
#include "gr_race.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CALLS_FD = 8, /* the call log of injection; the library moves it out of reach */
    MAX_WORDS = 256,
    SHOWN_INPUT = 400 /* bytes of the input that a report shows */
};

/* Address space of a plain program; under Valgrind there is no such limit, it needs more. */
static const uint64_t plain_as = (uint64_t)2 << 30;

struct words {
    const char *v[MAX_WORDS];
    uint32_t n;
};

static void word(struct words *w, const char *s)
{
    if (w->n < MAX_WORDS)
        w->v[w->n++] = s;
}

static void valgrind_words(const struct gr_scene *s, const struct gr_prog *prog, struct words *w,
                           char *skip, size_t skip_len, char *supp, size_t supp_len)
{
    static char log[40];

    bool open_jail = s->place->backend == GR_JAIL_NONE;
    const char *kit = open_jail ? s->place->kit_dir : "/kit";

    snprintf(skip, skip_len, "--trace-children-skip=/usr/*,/bin/*,/sbin/*,/lib/*,/opt/*,%s/*", kit);
    snprintf(log, sizeof log, "--log-socket=127.0.0.1:%d", s->log_port);
    snprintf(supp, supp_len, "--suppressions=%s/ipclab.supp", kit);
    word(w, "/usr/bin/valgrind");
    word(w, "--tool=memcheck");
    word(w, "--command-line-only=yes");
    word(w, "--vgdb=no");
    word(w, "--trace-children=yes");
    word(w, skip);
    word(w, log);
    word(w, "--leak-check=full");
    word(w, "--show-leak-kinds=definite,indirect");
    word(w, "--num-callers=20");
    word(w, supp);
    if (prog->vg_opts)
        word(w, prog->vg_opts);
}

/* Is @lens one of Valgrind's tools? */
static bool on_valgrind(enum gr_lens lens)
{
    return lens == GR_MEMCHECK_LENS || lens == GR_RACE_LENS || lens == GR_HELGRIND ||
           lens == GR_DRD;
}

static void ipcgrind_words(const struct gr_scene *s, struct words *w, char *skip, size_t skip_len,
                           char *session, size_t session_len)
{
    const char *kit = s->place->backend == GR_JAIL_NONE ? s->place->kit_dir : "/kit";

    snprintf(skip, skip_len, "--trace-children-skip=/usr/*,/bin/*,/sbin/*,/lib/*,/opt/*,%s/*", kit);
    snprintf(session, session_len, "--session=%s", gr_race_session(s));
    word(w, "/usr/bin/valgrind");
    word(w, "--tool=ipcgrind");
    word(w, "-q");
    word(w, "--command-line-only=yes");
    word(w, "--vgdb=no");
    word(w, "--trace-children=yes");
    word(w, skip);
    word(w, "--num-callers=12");
    word(w, session);
}

static void environment(const struct gr_scene *s, const struct gr_prog *prog, struct words *w,
                        char *store, size_t len)
{
    const struct gr_place *pl = s->place;
    bool open_jail = pl->backend == GR_JAIL_NONE, race = prog->lens == GR_RACE_LENS;
    const char *bin = open_jail ? pl->bin_dir : "/lab/bin";
    size_t n = 0;

    word(w, store + n);
    n += (size_t)snprintf(store + n, len - n, "PATH=%s%s%s:%s:/usr/bin:/bin", race ? bin : "",
                          race ? "/race:" : "", bin, open_jail ? pl->kit_dir : "/kit") +
         1;
    word(w, store + n);
    n += (size_t)snprintf(store + n, len - n, "HOME=%s", open_jail ? pl->work_dir : "/work") + 1;
    word(w, store + n);
    snprintf(store + n, len - n, "TMPDIR=%s%s", open_jail ? pl->work_dir : "/tmp",
             open_jail ? "-tmp" : "");
    word(w, "LC_ALL=C");
    if (race) {
        n += strlen(store + n) + 1;
        word(w, store + n);
        snprintf(store + n, len - n, "VALGRIND_LIB=%s/ipcgrind", open_jail ? pl->kit_dir : "/kit");
    }
    for (size_t i = 0; prog->env && prog->env[i]; i++)
        word(w, prog->env[i]);
}

/* The injection library and what it is to do. Return: its text, to be freed; NULL with errno. */
static char *injection(const struct gr_proc *p, const struct gr_prog *prog, struct words *w,
                       char *preload, size_t len)
{
    const struct gr_place *pl = p->scene->place;
    bool open_jail = pl->backend == GR_JAIL_NONE;
    struct gr_inject_where where = {.bin_dir = open_jail ? pl->bin_dir : "/lab/bin",
                                    .proc = p->id,
                                    .time_scale = pl->time_scale,
                                    .log_fd = CALLS_FD};
    struct stat st;
    char *text;

    /* The dynamic loader takes blanks and colons for ends of names, and nothing quotes them. */
    if (open_jail && strpbrk(pl->kit_dir, " :")) {
        errno = EINVAL;
        return NULL;
    }
    if (fstat(p->scene->calls_wfd, &st) == -1)
        return NULL;
    where.log_ino = (unsigned long)st.st_ino;
    text = gr_inject_env(prog->inject, &where);
    if (text) {
        snprintf(preload, len, "LD_PRELOAD=%s/gr_inject.so", open_jail ? pl->kit_dir : "/kit");
        word(w, preload);
        word(w, text);
    }
    return text;
}

/* One pipe of the program: @ours kept, @theirs for the message. Return: 0 or -1. */
static int make_pipe(int *ours, int *theirs, bool we_write)
{
    int fds[2];

    if (gr_pipe(fds) == -1)
        return -1;
    *ours = fds[we_write];
    *theirs = fds[!we_write];
    return gr_set_nonblock(*ours);
}

/* The same with a stream socket; nothing is ever sent the other way. */
static int make_socket(int *ours, int *theirs)
{
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
        return -1;
    *ours = fds[0];
    *theirs = fds[1];
    return gr_set_nonblock(*ours);
}

static int make_pipes(struct gr_proc *p, const struct gr_prog *prog, int theirs[4])
{
    struct gr_scene *s = p->scene;

    theirs[0] = prog->stdin_fd;
    theirs[1] = prog->stdout_fd;
    if (prog->stdin_fd <= 0 && make_pipe(&p->in, &theirs[0], true) == -1)
        return -1;
    if (prog->stdout_fd <= 0 && (prog->stdout_socket ? make_socket(&p->out, &theirs[1])
                                                     : make_pipe(&p->out, &theirs[1], false)) == -1)
        return -1;
    if (make_pipe(&p->err, &theirs[2], false) == -1)
        return -1;
    if (prog->inject && s->calls_fd == -1 && make_pipe(&s->calls_fd, &s->calls_wfd, false) == -1)
        return -1;
    theirs[3] = prog->inject ? s->calls_wfd : -1;
    return 0;
}

/* The first Valgrind of a scene: somewhere to send its log. Return: 0 or an errno. */
static int open_log(struct gr_scene *s)
{
    int error;

    if (s->log_port)
        return 0;
    error = gr_scene_order(s, (struct gr_order){.type = GR_REQ_LOG});
    if (error)
        return error;
    s->log_port = (int)s->reply->a;
    s->vg = gr_vg_new();
    gr_vg_sources(s->vg, s->place->sources, s->place->nsources);
    return 0;
}

static void pack(struct gr_msg *m, const struct words *args, const struct words *env)
{
    size_t room = sizeof m->payload - 1, n = m->len;

    for (uint32_t i = 0; i < args->n + env->n; i++) {
        const char *s = i < args->n ? args->v[i] : env->v[i - args->n];
        size_t len = strlen(s) + 1;

        if (n + len > room)
            break; /* the warden refuses a packet with too few strings */
        memcpy(m->payload + n, s, len);
        n += len;
    }
    m->len = (uint32_t)n;
}

/* Ask the warden. Return: 0 or an errno. */
static int request(struct gr_proc *p, const struct gr_prog *prog, const struct words *args,
                   const struct words *env, const int theirs[4])
{
    bool vg = on_valgrind(prog->lens);
    struct gr_start_req q = {.argc = args->n,
                             .envc = env->n,
                             .nfds = prog->inject ? 4 : 3,
                             .target = {0, 1, 2, CALLS_FD},
                             .nofile = prog->nofile,
                             .nproc = p->scene->place->backend == GR_JAIL_NONE ? 0 : prog->nproc,
                             .cpu_seconds = gr_cpu_backstop(p->scene),
                             .as_bytes = vg ? 0 : plain_as,
                             .ignore_sigpipe = prog->sigpipe_ignored,
                             .ignore_sigterm = prog->sigterm_ignored,
                             .set_umask = prog->set_umask,
                             .umask = prog->umask};
    struct gr_msg *m = gr_xcalloc(1, sizeof *m);
    int error;

    *m = (struct gr_msg){.type = GR_REQ_START, .id = p->id, .len = sizeof q};
    memcpy(m->payload, &q, sizeof q);
    pack(m, args, env);
    error = gr_scene_ask(p->scene, m, theirs, q.nfds);
    free(m);
    return error;
}

static void init_proc(struct gr_proc *p, struct gr_scene *s, const struct gr_prog *prog)
{
    const char *base = strrchr(prog->argv[0], '/');

    *p = (struct gr_proc){.scene = s,
                          .id = (uint32_t)(p - s->procs),
                          .in = -1,
                          .out = -1,
                          .err = -1,
                          .lens = prog->lens,
                          .hold_output = prog->hold_output,
                          .trickle = prog->trickle,
                          .may_exec = prog->may_exec,
                          .command = gr_command_line(prog),
                          .remark = gr_command_remark(prog)};
    snprintf(p->name, sizeof p->name, "%s", base ? base + 1 : prog->argv[0]);
    p->outbuf.cap = p->errbuf.cap = prog->output_cap;
    p->feed = prog->input;
    p->feed_len = !prog->input ? 0 : prog->input_len ? prog->input_len : strlen(prog->input);
    p->feed_close = !prog->keep_input;
    p->shown = prog->input ? gr_escape(prog->input, p->feed_len, SHOWN_INPUT) : NULL;
}

/* The scenario's mistake, not the student's. Return: @p, ended, and never the handle of another. */
static struct gr_proc *too_many(struct gr_proc *p)
{
    free(p->command);
    free(p->remark);
    free(p->shown);
    p->command = p->remark = p->shown = NULL;
    p->ended = true;
    p->status = 127 << 8;
    gr_scene_stop(p->scene, GR_STOP_INFRA, "more than %d programs were started in one scene",
                  GR_MAX_PROCS);
    return p;
}

struct gr_proc *gr_start(struct gr_scene *s, const struct gr_prog *prog)
{
    struct gr_proc *p = &s->procs[s->nprocs < GR_MAX_PROCS ? s->nprocs++ : GR_MAX_PROCS];
    struct words args = {.n = 0}, env = {.n = 0};
    char skip[4200], supp[4200], store[16384], preload[4200], *inject = NULL;
    int theirs[4] = {-1, -1, -1, -1}, error = 0;

    init_proc(p, s, prog);
    if (p == &s->procs[GR_MAX_PROCS])
        return too_many(p);
    if (make_pipes(p, prog, theirs) == -1)
        error = errno;
    if (prog->lens == GR_MEMCHECK_LENS && !error)
        error = open_log(s);
    if (prog->lens == GR_RACE_LENS && !error)
        error = gr_race_begin(s);
    if (prog->lens == GR_MEMCHECK_LENS)
        valgrind_words(s, prog, &args, skip, sizeof skip, supp, sizeof supp);
    else if (prog->lens == GR_RACE_LENS)
        ipcgrind_words(s, &args, skip, sizeof skip, supp, sizeof supp);
    for (size_t i = 0; prog->argv[i]; i++)
        word(&args, prog->argv[i]);
    environment(s, prog, &env, store, sizeof store);
    if (!error && prog->inject && !(inject = injection(p, prog, &env, preload, sizeof preload)))
        error = errno;
    if (!error && s->stop == GR_GO)
        error = request(p, prog, &args, &env, theirs);
    free(inject);
    for (int i = 0; i < 3; i++)
        if (theirs[i] > 0 && !(i == 0 && prog->stdin_fd > 0) && !(i == 1 && prog->stdout_fd > 0))
            close(theirs[i]);
    if (error) {
        p->ended = true;
        p->status = 127 << 8;
        gr_scene_stop(s, GR_STOP_INFRA, "cannot start %s: %s", p->name, strerror(error));
    } else if (s->reply) {
        p->pid = s->reply->pid;
        if (s->vg && p->lens == GR_MEMCHECK_LENS)
            gr_vg_started(s->vg, p->pid, p->name);
    }
    return p;
}
