/* SPDX-License-Identifier: MIT */
/* Lab 01, pipes: what the contract asks of every program of the lab. */
#include "01_pipes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gr_proc *pipes_expect_usage(struct gr_run *r, const char *const *argv)
{
    struct gr_proc *p = gr_expect_usage(r, argv);
    char *want = gr_xasprintf("usage: %s", p->name);
    const char *line = gr_buf_text(&p->errbuf);
    size_t len = strlen(want);

    while (line && (strncmp(line, want, len) != 0 || strchr(" \n", line[len]) == NULL))
        line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
    if (!line)
        gr_show_stderr(r, p);
    gr_expect(r, line != NULL, "`%s` should say how it is used: a line on stderr starts with `%s`",
              p->command, want);
    free(want);
    return p;
}

void pipes_expect_cannot_run(struct gr_run *r, struct gr_proc *p, const char *cmd, int error)
{
    char *want = gr_xasprintf("%s: %s: %s\n", p->name, cmd, strerror(error));
    const char *got = gr_buf_text(&p->errbuf);
    size_t len = strlen(want);

    r->about = p;
    if (strncmp(got, want, len) != 0)
        gr_show_stderr(r, p);
    gr_expect(r, strncmp(got, want, len) == 0,
              "`%s` should first say on stderr which command could not be run, and why: %.*s",
              p->command, (int)len - 1, want);
    gr_expect(r, strstr(got + len, want) == NULL,
              "`%s` should say only once that %s could not be run", p->command, cmd);
    free(want);
}

int pipes_processes_made(struct gr_run *r, const struct gr_proc *p)
{
    struct gr_proc *next = gr_run_args(r, NULL, "true", NULL);

    gr_expect_exit(r, next, 0);
    r->about = p;
    return next->pid - p->pid;
}
