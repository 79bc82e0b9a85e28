/* SPDX-License-Identifier: MIT */
/* Lab 05: the Bug hunt. */
#include "05_shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Any file that is there serves for a key. */
static const char keyfile[] = "/usr/bin/true";

static struct gr_proc *start_hunt_1(struct gr_run *r, unsigned n, const char *const *rules)
{
    const struct gr_inject in = {.rules = rules};
    char text[16];
    const char *argv[] = {"hunt_1", keyfile, text, NULL};

    snprintf(text, sizeof text, "%u", n);
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = rules ? &in : NULL});
}

static void expect_sum(struct gr_run *r, unsigned n)
{
    struct gr_proc *p = start_hunt_1(r, n, NULL);
    unsigned long long top = n * 1000ull;
    char want[64];

    snprintf(want, sizeof want, "sum %llu\n", top * (top + 1) / 2);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, want);
}

/* Killed as soon as it has the memory: what it made stays. The next run needs more. */
void hunt_1_survives_a_crash(struct gr_run *r)
{
    static const char *const rules[] = {"kill=after:shmat:1", NULL};
    unsigned n = 2 + gr_random(r, 3);

    expect_sum(r, n);
    gr_wait_exit(start_hunt_1(r, n, rules));
    gr_expect_going(r);
    expect_sum(r, 10 + gr_random(r, 90));
    gr_wait_exit(start_hunt_1(r, 100, rules));
    gr_expect_going(r);
    expect_sum(r, n);
}

void hunt_1_leaves_nothing(struct gr_run *r)
{
    const char *argv[] = {"hunt_1", "/usr/bin/false", "3", NULL};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct gr_proc *p;

    expect_sum(r, 1 + gr_random(r, 20));
    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    /* Nor when its work cannot be printed. Another key: neither run may clean up after the other.
     */
    p = gr_run_prog(r,
                    &(struct gr_prog){.argv = argv, .stdout_fd = full, .stdout_word = "/dev/full"});
    close(full);
    gr_wait_exit(p);
    gr_expect_going(r);
}

/* The lines `worker i adds S` may come in any order. */
static void expect_total(struct gr_run *r, struct gr_proc *p, unsigned workers, unsigned n)
{
    char want[64];
    const char *text, *total;
    unsigned said = 0;

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    text = gr_buf_text(&p->outbuf);
    for (const char *at = text; (at = strstr(at, "worker ")); at++)
        said++;
    gr_expect(r, said == workers, "hunt_2 has %u workers, and %u of them said `worker i adds S`",
              workers, said);
    total = strstr(text, "total ");
    snprintf(want, sizeof want, "total %llu\n", (unsigned long long)n * (n + 1ull) / 2);
    gr_expect(
        r, total && strcmp(total, want) == 0,
        "worker 1 was held just after it said what it adds, and the others could go on as far "
        "as they would. The last line should be `%.*s`, and is `%.*s`: an update was lost",
        (int)strlen(want) - 1, want, total ? (int)strcspn(total, "\n") : 0, total ? total : "");
}

static struct gr_proc *start_hunt_2(struct gr_run *r, unsigned workers, unsigned n,
                                    const struct gr_inject *in)
{
    char w[16], t[16];
    const char *argv[] = {"hunt_2", w, t, NULL};

    snprintf(w, sizeof w, "%u", workers);
    snprintf(t, sizeof t, "%u", n);
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

void hunt_2_loses_nothing(struct gr_run *r)
{
    static const char *const rules[] = {"stop=after:write:1:0.1", NULL};
    const struct gr_inject in = {.rules = rules};
    unsigned workers = 3 + gr_random(r, 10), n = 100 + gr_random(r, 100000);
    struct gr_proc *p = start_hunt_2(r, workers, n, &in);
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    gr_wait_call(r->scene, &at, "@stop", NULL, &c);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    gr_let_go(r->scene);
    expect_total(r, p, workers, n);
}

/* Under the race lens: whether the total is right is judged above. */
void hunt_2_races(struct gr_run *r)
{
    gr_expect_exit(r, start_hunt_2(r, 3, 100, NULL), 0);
}
