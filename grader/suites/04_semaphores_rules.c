/* SPDX-License-Identifier: MIT */
/* Lab 04: the rules of the contract that hold for all programs. */
#include "04_semaphores.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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

/* A file with room for @room bytes. Fails with INFRA. */
static int make_short_file(struct gr_run *r, size_t room)
{
    int fd = memfd_create("short", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd == -1 || ftruncate(fd, (off_t)room) == -1 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) == -1)
        gr_fail(r, GR_INFRA, "a file that does not grow: %s", strerror(errno));
    return fd;
}

void expect_short_file_told(struct gr_run *r, const char *line, size_t room, const char *remark)
{
    int fd = make_short_file(r, room);
    struct steps t = start_prog(r, line, (struct gr_prog){.stdout_fd = fd, .remark = remark});

    close(fd);
    expect_failure_told(r, t.p);
}

/* Was anything made to fail in the run @t? */
static bool any_failed(const struct steps *t)
{
    struct gr_call c;

    for (size_t at = t->from; gr_calls_next(&t->s->calls, &at, NULL, &c);)
        if (strcmp(c.fault, "fail") == 0)
            return true;
    return false;
}

void expect_failed_call_told(struct gr_run *r, const char *line)
{
    static const char *const rules[] = {"fail=mmap:*",   "fail=shm_open:*", "fail=shmget:*",
                                        "fail=semget:*", "fail=sem_open:*", NULL};
    const struct gr_inject in = {.rules = rules};
    struct steps t = start_prog(
        r, line,
        (struct gr_prog){.inject = &in, .remark = "where no memory and no semaphore is to be had"});

    gr_wait_exit(t.p);
    gr_scene_pump(t.s, 0);
    if (any_failed(&t))
        expect_failure_told(r, t.p);
}

void expect_no_lock_told(struct gr_run *r, const char *line, const char *rule, const char *remark)
{
    const char *const rules[] = {rule, NULL};
    const struct gr_inject in = {.rules = rules};
    struct steps t = start_prog(r, line, (struct gr_prog){.inject = &in, .remark = remark});

    gr_wait_exit(t.p);
    gr_scene_pump(t.s, 0);
    if (!any_failed(&t))
        return; /* it needs no such call */
    gr_expect(r, t.p->outbuf.len == 0, "`%s` has no lock, as the call failed, and runs its command",
              t.p->command);
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

/* Does this call end after a time? */
static bool takes_a_time(const struct gr_call *c)
{
    static const char *const sleeps[] = {"sleep",         "usleep",
                                         "nanosleep",     "clock_nanosleep",
                                         "sem_timedwait", "pthread_cond_timedwait"};
    static const char *const limits[] = {"poll", "ppoll", "select", "pselect"};
    long limit;

    for (size_t i = 0; i < sizeof sleeps / sizeof *sleeps; i++)
        if (strcmp(c->name, sleeps[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(c->name, limits[i]) == 0)
            return sscanf(c->args, "%*d %ld", &limit) == 1 && limit > 0;
    return false;
}

size_t waits_for_a_time(const struct steps *t, struct gr_call *first)
{
    struct gr_call c;
    size_t n = 0;

    for (size_t at = t->from; gr_calls_next(&t->s->calls, &at, NULL, &c);)
        if (takes_a_time(&c) && n++ == 0 && first)
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
