/* SPDX-License-Identifier: MIT */
/* Lab 02: the Bug hunt. */
#include "02_fifos.h"
#include "gr_moment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The lines of @text in the order of the words: the children may come in any. To be freed. */
static char *sorted(const char *text)
{
    char *copy = gr_xstrdup(text), *line[8], *save = NULL, *at;
    struct gr_buf b = {.cap = 4096};
    size_t n = 0;

    for (at = strtok_r(copy, "\n", &save); at && n < 8; at = strtok_r(NULL, "\n", &save))
        line[n++] = at;
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && strcmp(line[k - 1], line[k]) > 0; k--) {
            at = line[k];
            line[k] = line[k - 1];
            line[k - 1] = at;
        }
    for (size_t i = 0; i < n; i++) {
        gr_buf_add(&b, line[i], strlen(line[i]));
        gr_buf_add(&b, "\n", 1);
    }
    gr_buf_add(&b, "", 0);
    free(copy);
    return b.data;
}

/* Every child stands after its first write() until all the others stand, too, or can do nothing. So
 * it does not matter which of them the machine lets run first. */
void hunt_1_repaired(struct gr_run *r)
{
    static const char *const rules[] = {"stop=after:write", "stop=after:writev", NULL};
    static const char *const argv[] = {"hunt_1", "fifo", "first", "second-word", "third", NULL};
    static const char want[] = "11 second-word\n5 first\n5 third\n";
    struct gr_inject in = {.seed = 1, .rules = rules};
    struct gr_prog prog = {.argv = argv, .inject = &in};
    struct gr_proc *p = gr_run_prog(r, &prog);
    char *got;

    gr_wait_idle(r->scene);
    gr_wait_idle(r->scene); /* and once more: nobody was only late */
    gr_let_through(p);
    gr_wait_exit(p);
    gr_expect_going(r);
    got = sorted(gr_buf_text(&p->outbuf));
    gr_expect_bytes(r, "the sorted output of hunt_1, whose children were held for a moment,", got,
                    strlen(got), want, sizeof want - 1);
    gr_expect_exit(r, p, 0);
    free(got);
}

static struct gr_proc *start_hunt_2(struct gr_run *r)
{
    struct gr_proc *p = gr_run_args(r, NULL, "hunt_2", "fifo", NULL);

    gr_expect_ready(r, p);
    return p;
}

/* A client that comes, says @text and goes. */
static void tell(struct gr_run *r, struct gr_proc *p, const char *text)
{
    int fd = gr_wait_writer(r->scene, "fifo");

    gr_expect_going(r);
    expect_alive(r, p, "its first client");
    gr_expect(r, fd != -1 && gr_put_fd(r->scene, fd, text, strlen(text)),
              "hunt_2 does not read its FIFO");
    close(fd);
}

void hunt_2_serves_on(struct gr_run *r)
{
    struct gr_proc *p = start_hunt_2(r);

    tell(r, p, "5\n");
    if (!gr_wait_line(p, false, "sum 5"))
        gr_expect_going(r);
    if (!expect_sleep(r, p, "in read(): what keeps a FIFO from being at its end?"))
        return;
    tell(r, p, "7\nend\n");
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, "READY\nsum 5\nsum 12\n");
    gr_expect_exit(r, p, 0);
}

void hunt_2_removes_its_fifo(struct gr_run *r)
{
    struct gr_proc *p = start_hunt_2(r);

    tell(r, p, "1\nend\n");
    gr_expect_exit(r, p, 0);
    gr_expect_gone(r, "fifo", "hunt_2");
    p = start_hunt_2(r);
    tell(r, p, "2\nend\n");
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "READY\nsum 2\n");
}
