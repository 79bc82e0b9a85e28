/* SPDX-License-Identifier: MIT */
/* What grader/tools/fdprobe.c saw: the descriptors a program was started with. */
#include "gr_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The probe's line `LABEL: 0 1 2 ..` in @text, or NULL. */
static const char *line_of(const char *text, const char *label)
{
    size_t len = strlen(label);

    for (const char *at = text; (at = strstr(at, label)); at += len)
        if ((at == text || at[-1] == '\n') && at[len] == ':' && at[len + 1] == ' ')
            return at + len + 2;
    return NULL;
}

/* One stray descriptor, `5(pipe, write end)`, as a sentence. */
static void note_stray(struct gr_run *r, const char *label, int fd, const char *what)
{
    char *text = gr_xasprintf(
        "%s was started with descriptor %d, %s, still open. Either a close(%d) is missing between "
        "fork() and exec() (dup2() makes a copy, and the original stays open), or the parent did "
        "not close it before this fork()%s.",
        label, fd, what, fd,
        strstr(what, "write end")
            ? "; as long as it is, a reader of this pipe never sees the end"
            : "; as long as it is, a writer into this pipe never gets SIGPIPE");

    gr_record_add_finding(&r->rec, "descriptor", label, 0, NULL, NULL, text);
    free(text);
}

void gr_expect_probe(struct gr_run *r, struct gr_proc *p, const char *label)
{
    static const char want[] = "0 1 2";
    const char *line, *at;
    int fd, n, strays = 0, first = -1;
    char what[256];

    gr_wait_exit(p);
    gr_expect_going(r);
    line = line_of(gr_buf_text(&p->errbuf), label);
    if (!line)
        gr_fail(r, GR_FAIL, "the program %s did not run: nothing came from it on stderr", label);
    if (strncmp(line, want, strlen(want)) == 0 && line[strlen(want)] == '\n')
        return;
    for (at = line; sscanf(at, " %d%n", &fd, &n) == 1; strays += fd > 2) {
        at += n;
        if (fd <= 2)
            continue;
        n = 0;
        if (sscanf(at, "(%255[^)])%n", what, &n) != 1 || n == 0)
            break;
        at += n;
        first = first == -1 ? fd : first;
        note_stray(r, label, fd, what);
    }
    r->rec.expected = gr_xasprintf("%s: %s", label, want);
    r->rec.actual =
        gr_escape(line - strlen(label) - 2, strlen(label) + 2 + strcspn(line, "\n"), 400);
    gr_expect(r, strays > 0, "%s was started without one of the descriptors 0, 1 and 2", label);
    gr_fail(r, GR_LEFTOVER,
            "%s was started with %d descriptor%s it has no use for: close %d between fork() and "
            "exec()%s",
            label, strays, strays == 1 ? "" : "s", first, strays == 1 ? "" : ", and the others");
}
