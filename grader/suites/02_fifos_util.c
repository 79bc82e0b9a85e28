/* SPDX-License-Identifier: MIT */
/* Lab 02: expectations that all parts share. */
#include "02_fifos.h"
#include "gr_moment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void expect_failure(struct gr_run *r, struct gr_proc *p, const char *why)
{
    const char *said;
    size_t len = strlen(p->name);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect(r, WIFEXITED(p->status) && WEXITSTATUS(p->status) == 1,
              "`%s` should end with exit status 1, as %s; it ended with %s %d%s%.200s", p->command,
              why, WIFSIGNALED(p->status) ? "signal" : "exit status",
              WIFSIGNALED(p->status) ? WTERMSIG(p->status) : WEXITSTATUS(p->status),
              p->errbuf.len > 0 ? ": " : ", without a word", gr_buf_text(&p->errbuf));
    said = gr_buf_text(&p->errbuf);
    gr_expect(r,
              strncmp(said, p->name, len) == 0 && said[len] == ':' &&
                  strchr(said, '\n') == said + strlen(said) - 1,
              "`%s` should say on stderr, in one line that begins with `%s:`, that %s; it said: "
              "%.300s",
              p->command, p->name, why, said);
}

void expect_alive(struct gr_run *r, struct gr_proc *p, const char *after)
{
    if (!p || !p->ended)
        return;
    gr_fail(r, GR_FAIL, "%s ended, by %s %d, after %s; it should serve on. It said: %.300s",
            p->name, WIFSIGNALED(p->status) ? "signal" : "exit status",
            WIFSIGNALED(p->status) ? WTERMSIG(p->status) : WEXITSTATUS(p->status), after,
            gr_buf_text(&p->errbuf));
}

void expect_came(struct gr_run *r, bool came, const char *fmt, ...)
{
    bool dead = r->scene->stop == GR_STOP_DEADLOCK;
    char *what = NULL;
    va_list ap;

    if (came)
        return;
    if (!dead)
        gr_expect_going(r);
    va_start(ap, fmt);
    if (vasprintf(&what, fmt, ap) < 0)
        what = gr_xstrdup(fmt);
    va_end(ap);
    if (dead)
        gr_fail(r, GR_DEADLOCK, "%s; every process waits, and none can go on", what);
    gr_fail(r, GR_FAIL, "%s", what);
}

void expect_file_kept(struct gr_run *r, struct gr_proc *p, const char *path)
{
    static const char text[] = "keep me\n";

    gr_wait_bytes(p, 1);
    gr_expect(r, p->outbuf.len == 0,
              "`%s` printed READY although %s is a regular file: mkfifo() fails with EEXIST "
              "whatever has that name, so look if it is a FIFO",
              p->command, path);
    expect_failure(r, p, "a regular file is where its FIFO should be");
    gr_expect_file(r, path, text, sizeof text - 1);
}

bool expect_sleep(struct gr_run *r, struct gr_proc *p, const char *instead)
{
    return gr_expect_no_spin(r, p) && gr_expect_untimed(r, p, instead);
}

void expect_term_in_time(struct gr_run *r, const char *const *argv, const char *fifo)
{
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv});
    char *timed;

    gr_expect_ready(r, p);
    timed = gr_timed_wait(p); /* late, but it ends: told by the item about sleeping */
    free(timed);
    gr_signal(p, SIGKILL); /* so that both that come find its FIFO, and go the same way */
    gr_wait_exit(p);
    if (timed) {
        gr_jail_unlink(r->scene, fifo);
        return;
    }
    p = gr_term_before_sleep(r, &(struct gr_prog){.argv = argv});
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    gr_expect(
        r, p->ended,
        "SIGTERM came when %s was about to go to sleep, just before the call it waits in, and "
        "it does not end: its handler has run, and nobody looks at what it set. Block SIGTERM, "
        "and let it in only in the call that sleeps: ppoll() does both in one step",
        p->name);
    gr_expect_exit(r, p, 0);
    gr_expect_gone(r, fifo, p->name);
}

/* Its standard output is a pipe without room for READY: the server stays in that write(). */
void expect_ready_in_time(struct gr_run *r, const char *const *argv, const char *fifo)
{
    int out[2] = {-1, -1}, fd;
    struct gr_proc *p;

    if (gr_pipe(out) == -1 || gr_fill_fd(out[1], '.', 1) == -1)
        gr_fail(r, GR_INFRA, "cannot make a full pipe: %s", strerror(errno));
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .stdout_fd = out[1]});
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    gr_expect(r, !p->ended, "%s ended before it wrote READY: %.300s", p->name,
              gr_buf_text(&p->errbuf));
    r->about = p;
    fd = gr_jail_open(r->scene, fifo, O_WRONLY, 0);
    gr_expect(r, fd != -1,
              "when %s writes READY nobody can connect to its FIFO %s yet (%s): a client that "
              "starts at that moment fails. Make the FIFO and open it, then print READY",
              p->name, fifo, errno == ENXIO ? "it is not open for reading" : strerror(errno));
    close(fd);
    gr_signal(p, SIGKILL);
    gr_wait_exit(p);
    close(out[0]);
    close(out[1]);
    gr_jail_unlink(r->scene, fifo);
    r->about = NULL;
}
