/* SPDX-License-Identifier: MIT */
/* What all servers are asked for. */
#include "gr_server.h"
#include "gr_misuse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gr_expect_ready(struct gr_run *r, struct gr_proc *p)
{
    static const char want[] = "READY\n";
    char *came;

    gr_wait_bytes(p, sizeof want - 1);
    if (strncmp(gr_buf_text(&p->outbuf), want, sizeof want - 1) == 0)
        return;
    gr_expect_no_misuse(r);
    came = gr_escape(gr_buf_text(&p->outbuf), p->outbuf.len, 200);
    r->rec.expected = gr_xstrdup("READY");
    r->rec.actual = came;
    if (p->errbuf.len > 0) {
        char *said = gr_escape(p->errbuf.data, p->errbuf.len, 600);

        gr_record_add_finding(&r->rec, "stderr", p->name, p->pid, NULL, NULL, said);
        free(said);
    }
    if (p->outbuf.len == 0 && !p->ended) {
        gr_record_add_finding(&r->rec, "waited for", p->name, p->pid, NULL, NULL,
                              "The grader waits for the line READY on standard output. Is it "
                              "printed before anything that may wait, and flushed?");
        gr_expect_going(r);
    }
    gr_fail(r, GR_FAIL,
            p->ended ? "`%s` ended before it printed READY"
                     : "the first line of `%s` should be READY (flushed: fflush(), when it is "
                       "written with stdio)",
            p->command);
}

void gr_expect_term(struct gr_run *r, struct gr_proc *p)
{
    if (gr_signal(p, SIGTERM) == -1 && !p->ended && errno != ESRCH)
        gr_fail(r, GR_INFRA, "cannot signal %s: %s", p->name, strerror(errno));
    gr_expect_exit(r, p, 0);
}

/* The warden answers after kill(2): the signal is pending then. The state is looked at until it is
 * there, since a process on another processor runs on for a moment. */
void gr_hold(struct gr_run *r, struct gr_proc *p)
{
    if (gr_signal(p, SIGSTOP) == -1)
        gr_expect(r, false, "`%s` ended too early", p->command);
    while (r->scene->stop == GR_GO && !p->ended) {
        int error =
            gr_scene_order(r->scene, (struct gr_order){.type = GR_REQ_STATE, .pid = p->pid});

        if (error || r->scene->reply->a == 'T')
            break;
        gr_scene_pump(r->scene, 1);
    }
    gr_expect_going(r);
}

int gr_open_fds(struct gr_proc *p, struct gr_fds *out)
{
    struct gr_scene *s = p->scene;
    const struct gr_fact *f;
    size_t from = 0;

    out->n = 0;
    gr_forget_facts(s, GR_FACT_FD);
    errno = gr_scene_order(s, (struct gr_order){.type = GR_REQ_FDS, .pid = p->pid});
    if (errno)
        return -1;
    while (out->n < GR_FDS_MAX && (f = gr_fact(s, GR_FACT_FD, &from))) {
        out->v[out->n].fd = (int)f->a;
        snprintf(out->v[out->n].what, sizeof out->v[0].what, "%.127s", f->text);
        out->n++;
    }
    gr_forget_facts(s, GR_FACT_FD);
    return 0;
}

static bool was_open(const struct gr_fds *fds, int fd)
{
    for (size_t i = 0; i < fds->n; i++)
        if (fds->v[i].fd == fd)
            return true;
    return false;
}

void gr_expect_no_more_fds(struct gr_run *r, struct gr_proc *p, const struct gr_fds *before,
                           size_t many, const char *after)
{
    struct gr_fds now;

    if (gr_open_fds(p, &now) == -1 || now.n < before->n + many)
        return; /* ended, which its exit status tells better; or as it should be */
    for (size_t i = 0, told = 0; i < now.n && told < 4; i++) {
        char *text, *what;

        if (was_open(before, now.v[i].fd))
            continue;
        what = gr_escape(now.v[i].what, strlen(now.v[i].what), 100);
        text = gr_xasprintf("%s has descriptor %d open: %s", p->name, now.v[i].fd, what);
        gr_record_add_finding(&r->rec, "descriptor", p->name, p->pid, NULL, NULL, text);
        free(text);
        free(what);
        told++;
    }
    gr_fail(r, GR_LEFTOVER,
            "%s had %zu descriptors open, and after %s it has %zu: what is opened for one request "
            "must be closed with it, or the process runs into its limit (EMFILE)",
            p->name, before->n, after, now.n);
}
