/* SPDX-License-Identifier: MIT */
/* Lab 04: the rules of the contract that hold for all programs. */
#include "04_semaphores.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Every name that the run @t gave to sem_open() gets an old semaphore of @value.
 * Return: how many there are. */
static size_t plant(const struct steps *t, const char *value)
{
    size_t at = t->from, n = 0;
    struct gr_call c;

    while (gr_calls_next(&t->s->calls, &at, "sem_open", &c)) {
        const char *end = memchr(c.args + 1, '"', c.args_len);
        char name[128];

        if (c.args[0] != '"' || !end)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(end - c.args - 1), c.args + 1);
        gr_expect_exit(t->r, gr_run_args(t->r, NULL, "semplant", name, value, NULL), 0);
        n++;
    }
    return n;
}

void expect_old_names_ignored(const struct steps *t, const char *line, judge_fn judge)
{
    /* At 0 a lock never opens; at 7 it lets anybody in. */
    static const char *const values[] = {"0", "7"};

    for (size_t i = 0; i < sizeof values / sizeof *values && plant(t, values[i]) > 0; i++) {
        char remark[120];
        struct steps next;

        snprintf(remark, sizeof remark,
                 "where semaphores of the same names are left from a killed run, with the value %s",
                 values[i]);
        next = start_prog(t->r, line, (struct gr_prog){.remark = remark});
        expect_good_end(&next);
        judge(&next);
    }
}

void expect_failure_told(struct gr_run *r, struct gr_proc *p)
{
    const char *said, *call;
    char start[40];

    gr_expect_exit(r, p, 1);
    said = gr_buf_text(&p->errbuf);
    snprintf(start, sizeof start, "%s: ", p->name);
    call = said + strlen(start);
    gr_expect(r,
              strncmp(said, start, strlen(start)) == 0 && strchr("\n: ", *call) == NULL &&
                  strcspn(call, ":") < strcspn(call, "\n"),
              "`%s` should say what failed, and why, in a line of the form \"%sCALL: reason\" on "
              "stderr; it begins with \"%.60s\"",
              p->command, start, said);
}

void expect_full_disk_told(struct gr_run *r, const char *line)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct steps t;

    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    t = start_prog(r, line, (struct gr_prog){.stdout_fd = full, .stdout_word = "/dev/full"});
    close(full);
    expect_failure_told(r, t.p);
}

void expect_largest_taken(struct gr_run *r, const char *line, const char *place)
{
    /* Nobody goes further than this. */
    static const char *const rules[] = {"stop=at:want:1", "stop=at:enter:1", NULL};
    struct steps t = start_steps(r, line, rules);

    expect_held(&t, place, "these are the largest numbers of the contract, and it stands still");
    gr_kill_hooked(t.p, t.from);
}

size_t waits_for_a_time(const struct steps *t, struct gr_call *first)
{
    static const char *const calls[] = {"sleep",         "usleep",
                                        "nanosleep",     "clock_nanosleep",
                                        "sem_timedwait", "pthread_cond_timedwait"};
    struct gr_call c;
    size_t n = 0;

    for (size_t at = t->from; gr_calls_next(&t->s->calls, &at, NULL, &c);)
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
            if (strcmp(c.name, calls[i]) == 0 && n++ == 0 && first)
                *first = c;
    return n;
}

void expect_no_clock(const struct steps *t)
{
    struct gr_call c;

    if (waits_for_a_time(t, &c) > 0)
        gr_fail(t->r, GR_FAIL,
                "`%s`: pid %d calls %s(): nobody sleeps for a time, and no wait has a time limit. "
                "Who cannot go on waits until somebody posts (README, \"Waiting is asleep\")",
                t->p->command, c.pid, c.name);
}
