/* SPDX-License-Identifier: MIT */
/* Lab 03: the Bug hunt. */
#include "03_message_queues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What hunt_1 prints of @words: each upside down, and its length. The caller frees it. */
static char *mirrored(const char *const *words)
{
    struct gr_buf b = {.cap = 4096};
    char line[64];

    for (; *words; words++) {
        size_t n = strlen(*words);

        for (size_t i = n; i > 0; i--)
            gr_buf_add(&b, *words + i - 1, 1);
        gr_buf_add(&b, line, (size_t)snprintf(line, sizeof line, " %zu\n", n));
    }
    return b.data;
}

void hunt_1_repaired(struct gr_run *r)
{
    static const char *const argv[] = {"hunt_1", "queue", "x", "thirty-characters-are-the-most",
                                       NULL};
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv});
    char *want = mirrored(argv + 1);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
    free(want);
}

static void expect_sum(struct gr_run *r, unsigned workers, unsigned n)
{
    char p_text[16], n_text[16], want[64];
    struct gr_proc *p;

    snprintf(p_text, sizeof p_text, "%u", workers);
    snprintf(n_text, sizeof n_text, "%u", n);
    snprintf(want, sizeof want, "sum %llu\n",
             (unsigned long long)n * (n + 1ull) * (2ull * n + 1) / 6);
    p = gr_run_args(r, NULL, "hunt_2", p_text, n_text, NULL);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
}

void hunt_2_repaired(struct gr_run *r)
{
    expect_sum(r, 3, 5);
    expect_sum(r, 1, 200 + gr_random(r, 200));
    expect_sum(r, 4, 1000);
}

void hunt_2_leaves_nothing(struct gr_run *r)
{
    expect_sum(r, 2, 8);
}
