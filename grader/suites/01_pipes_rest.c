/* SPDX-License-Identifier: MIT */
/* Lab 01: the Bug hunt. */
#include "01_pipes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What hunt_1 prints of @words. The caller frees it. */
static char *measured(const char *const *words)
{
    struct gr_buf b = {.cap = 4096};
    char line[64];

    for (; *words; words++)
        gr_buf_add(
            &b, line,
            (size_t)snprintf(line, sizeof line, "%c %zu %.15s\n", **words, strlen(*words), *words));
    return b.data;
}

void hunt_1_repaired(struct gr_run *r)
{
    static const char *const argv[] = {
        "hunt_1", "pipe", "x", "fifteen-letters", "a-word-longer-than-the-record-holds", NULL};
    struct gr_prog prog = {.argv = argv};
    struct gr_proc *p = gr_run_prog(r, &prog);
    char *want = measured(argv + 1);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
    free(want);
}

static struct gr_proc *expect_sum(struct gr_run *r, unsigned workers, unsigned n)
{
    char p_text[16], n_text[16], want[64];
    struct gr_proc *p;

    snprintf(p_text, sizeof p_text, "%u", workers);
    snprintf(n_text, sizeof n_text, "%u", n);
    snprintf(want, sizeof want, "sum %llu\n", (unsigned long long)n * (n + 1ull) / 2);
    p = gr_run_args(r, NULL, "hunt_2", p_text, n_text, NULL);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
    return p;
}

void hunt_2_repaired(struct gr_run *r)
{
    expect_sum(r, 1, 10);
    expect_sum(r, 4, 1000 + gr_random(r, 100000));
    expect_sum(r, 20, 1000000);
}

void hunt_2_waits(struct gr_run *r)
{
    struct gr_proc *p = expect_sum(r, 12, 1000);
    int made;

    if (r->place.backend == GR_JAIL_NONE)
        return; /* process ids are shared with all of the machine: nothing to count by */
    made = pipes_processes_made(r, p) - 1;
    gr_expect(r, made >= 12,
              "`hunt_2 12 1000` made %d processes of its own; repaired, it still has its work done "
              "by 12 workers",
              made);
}
