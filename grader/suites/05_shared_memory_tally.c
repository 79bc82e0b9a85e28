/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5A: scenarios for `tally`. */
#include "05_shared_memory.h"
#include "gr_rest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 16 };

void new_name(struct gr_run *r, char name[NAME_LEN])
{
    snprintf(name, NAME_LEN, "/ipclab-%d-%06u", r->place.slot, gr_random(r, 1000000));
}

void expect_message(struct gr_run *r, struct gr_proc *p)
{
    const char *text, *end;
    size_t n = strlen(p->name);

    gr_expect_exit(r, p, 1);
    text = gr_buf_text(&p->errbuf);
    end = strchr(text, '\n');
    gr_expect_err(r, p, true);
    if (strncmp(text, p->name, n) != 0 || strncmp(text + n, ": ", 2) != 0 || !end || end[1])
        gr_fail(r, GR_FAIL,
                "`%s` exits 1, and should say why in exactly one line, `%s: CALL: reason`; it "
                "said: %.200s",
                p->command, p->name, text);
}

void expect_reason(struct gr_run *r, struct gr_proc *p, const char *call, int error)
{
    char want[128];
    const char *text;
    size_t n, len;

    expect_message(r, p);
    n = (size_t)snprintf(want, sizeof want, "%s: %s: %s\n", p->name, call ? call : "CALL",
                         strerror(error));
    text = gr_buf_text(&p->errbuf);
    len = strlen(text);
    if (!call) { /* the reason only */
        const char *reason = strstr(want, "CALL: ") + 4;

        if (len >= strlen(reason) && strcmp(text + len - strlen(reason), reason) == 0)
            return;
    } else if (strcmp(text, want) == 0) {
        return;
    }
    gr_fail(r, GR_FAIL, "`%s` should say which call failed, and why: `%.*s`; it said: %.200s",
            p->command, (int)n - 1, want, text);
}

void expect_gone(struct gr_run *r, const char *name, const char *after)
{
    char path[NAME_LEN + 16];
    int fd;

    snprintf(path, sizeof path, "/dev/shm%s", name);
    fd = gr_jail_open(r->scene, path, O_RDONLY, 0);
    if (fd == -1)
        return;
    close(fd);
    gr_fail(r, GR_FAIL, "the segment %s is still there after %s", name, after);
}

static struct gr_proc *start_tally(struct gr_run *r, const char *name, unsigned p, unsigned k,
                                   const struct gr_inject *in)
{
    char p_text[16], k_text[16];
    const char *argv[] = {"tally", name, p_text, k_text, NULL};

    snprintf(p_text, sizeof p_text, "%u", p);
    snprintf(k_text, sizeof k_text, "%u", k);
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

/* A private mapping of the segment explains all that follows from it: say so first. */
static void expect_shared(struct gr_run *r)
{
    struct gr_call c = {.pid = 0};
    unsigned long flags;
    int fd;

    for (size_t at = 0; gr_calls_next(&r->scene->calls, &at, "mmap", &c);)
        if (sscanf(c.args, "%*s %*s %*s %lx %d", &flags, &fd) == 2 && fd >= 0 &&
            (flags & MAP_TYPE) == MAP_PRIVATE)
            gr_fail(r, GR_FAIL,
                    "tally maps the segment with MAP_PRIVATE: what a process writes there goes "
                    "into a copy of its own, and the others never see it");
}

/* All have been started. Exactly one says the total, all end well. */
static void expect_total(struct gr_run *r, struct gr_proc **p, unsigned n, unsigned k)
{
    struct gr_proc *said = NULL;
    char want[48];

    for (unsigned i = 0; i < n; i++)
        gr_wait_exit(p[i]);
    gr_expect_going(r);
    expect_shared(r);
    for (unsigned i = 0; i < n; i++) {
        gr_expect_exit(r, p[i], 0);
        if (p[i]->outbuf.len > 0 && said)
            gr_fail(r, GR_FAIL,
                    "two of the %u processes printed something; only the one that finishes last "
                    "prints the total",
                    n);
        if (p[i]->outbuf.len > 0)
            said = p[i];
    }
    if (!said)
        gr_fail(r, GR_FAIL,
                "all %u processes ended, and none printed the total: the one that finishes as "
                "number %u should",
                n, n);
    snprintf(want, sizeof want, "total %lu\n", (unsigned long)n * k);
    gr_expect_out(r, said, want);
}

static void count_together(struct gr_run *r, unsigned n, unsigned k, const struct gr_inject *in)
{
    struct gr_proc *p[MOST];
    char name[NAME_LEN];

    new_name(r, name);
    for (unsigned i = 0; i < n; i++)
        p[i] = start_tally(r, name, n, k, in);
    expect_total(r, p, n, k);
}

void tally_counts(struct gr_run *r)
{
    const struct gr_inject in = {.trace = "mmap"};

    count_together(r, 1, 7, &in);
    count_together(r, 2, 3000 + gr_random(r, 20000), &in);
    count_together(r, MOST, 200 + gr_random(r, 500), &in);
    count_together(r, 4, 20000, &in);
}

/* Held between kit_enter and kit_leave. */
static struct gr_proc *hold_inside(struct gr_run *r, const char *name, unsigned n, unsigned k)
{
    static const char *const rules[] = {"stop=at:enter.add", NULL};
    const struct gr_inject in = {.hooks = true, .rules = rules};
    struct gr_proc *p = start_tally(r, name, n, k, &in);
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    if (gr_wait_held(r->scene, &at, "enter.add", &c))
        return p;
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    gr_fail(r, GR_FAIL,
            "tally never called kit_enter(\"add\", 0): the contract asks for it, so that the "
            "grader can see who is counting");
}

static size_t entered(struct gr_run *r, const struct gr_proc *p)
{
    struct gr_hook h;
    size_t n = 0;

    for (size_t at = 0; gr_hook_next(&r->scene->calls, &at, &h);)
        n += h.pid == p->pid && strcmp(h.what, "enter") == 0;
    return n;
}

void tally_one_at_a_time(struct gr_run *r)
{
    const struct gr_inject watched = {.hooks = true};
    struct gr_proc *p[3];
    char name[NAME_LEN];
    unsigned k = 2 + gr_random(r, 5);

    new_name(r, name);
    p[0] = hold_inside(r, name, 3, k);
    for (int i = 1; i < 3; i++)
        p[i] = start_tally(r, name, 3, k, &watched);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    for (int i = 1; i < 3; i++)
        if (entered(r, p[i]) > 0)
            gr_fail(r, GR_FAIL,
                    "one tally stood between kit_enter and kit_leave, and a second one came in: "
                    "both may now read the same count, add 1, and store the same result");
    gr_let_go(r->scene);
    expect_total(r, p, 3, k);
}

/* Did @p come in while @other was held inside? The log is in order. */
static bool came_in_too(struct gr_run *r, const struct gr_proc *p, const struct gr_proc *other)
{
    bool inside = false;
    struct gr_call c = {.pid = 0};

    for (size_t at = 0; gr_calls_next(&r->scene->calls, &at, NULL, &c);) {
        if (c.pid == other->pid && strcmp(c.name, "@stop") == 0)
            inside = true;
        if (inside && c.pid == p->pid && strcmp(c.name, "@enter") == 0)
            return true;
    }
    return false;
}

/* The first is held at @place, while it makes the segment; the second comes. It may wait; it may do
 * the work of the first; it may not count in what is not ready, nor may the first make ready what
 * is in use: then both would stand inside. */
static void come_too_early(struct gr_run *r, const char *place)
{
    static const char *const inside[] = {"stop=at:enter.add", NULL};
    char rule[64], name[NAME_LEN];
    const char *const rules[] = {rule, NULL}, *call = strchr(place, ':') + 1;
    const struct gr_inject held = {.hooks = true, .rules = rules};
    const struct gr_inject watched = {.hooks = true, .rules = inside};
    struct gr_proc *p[2];
    struct gr_call stop = {.pid = 0};
    size_t at = 0;

    snprintf(rule, sizeof rule, "stop=%s:1", place);
    new_name(r, name);
    p[0] = start_tally(r, name, 2, 500, &held);
    if (!gr_wait_call(r->scene, &at, "@stop", place, &stop))
        gr_expect_going(r); /* it makes its segment by other calls */
    p[1] = start_tally(r, name, 2, 500, &watched);
    if (gr_wait_rest(p[1]) == GR_REST_ENDED) {
        gr_expect_exit(r, p[1], 0);
        gr_fail(r, GR_FAIL,
                "the first tally stood just after %s, and the segment was not ready; a second one "
                "ended all the same, without counting",
                call);
    }
    gr_expect_going(r);
    gr_resume(r->scene, p[0]->pid);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    if (came_in_too(r, p[0], p[1]))
        gr_fail(r, GR_FAIL,
                "the first tally stood just after %s, and the segment was not ready; a second one "
                "began to count in it, and was held between kit_enter and kit_leave. Then the "
                "first one went on, made the lock, and came in, too: its lock knew of nobody",
                call);
    gr_let_go(r->scene);
    expect_total(r, p, 2, 500);
}

void tally_waits_for_the_creator(struct gr_run *r)
{
    come_too_early(r, "after:shm_open");
    come_too_early(r, "after:ftruncate");
    come_too_early(r, "after:mmap");
}

void tally_refuses_bad_arguments(struct gr_run *r)
{
    static const char *const bad[][6] = {
        {"tally", NULL},
        {"tally", "/a", "2", NULL},
        {"tally", "/a", "0", "5", NULL},
        {"tally", "/a", "2", "0", NULL},
        {"tally", "/a", "65", "5", NULL},
        {"tally", "/a", "2", "1000001", NULL},
        {"tally", "/a", "2", "-3", NULL},
        {"tally", "/a", "2x", "3", NULL},
        {"tally", "/a", "2", "", NULL},
        {"tally", "/a", "99999999999999999999", "3", NULL},
        {"tally", "/a", "2", "3", "4", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
}

/* A segment of no bytes whose creator is gone. */
void tally_gives_up(struct gr_run *r)
{
    char name[NAME_LEN], path[NAME_LEN + 16];
    struct gr_proc *p;
    int fd;

    new_name(r, name);
    snprintf(path, sizeof path, "/dev/shm%s", name);
    fd = gr_jail_open(gr_scene(r), path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd == -1)
        gr_fail(r, GR_INFRA, "cannot make %s: %s", path, strerror(errno));
    close(fd);
    p = start_tally(r, name, 1, 10, NULL);
    while (!p->ended && gr_expect_no_spin(r, p))
        continue; /* a program that has just begun moves bytes: look again */
    gr_wait_exit(p);
    gr_expect_going(r);
    if (WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0)
        gr_expect_out(r, p, "total 10\n"); /* it saw that nobody makes it ready, and did so */
    else
        expect_message(r, p);
}

void tally_reports_failures(struct gr_run *r)
{
    static const char *const fault[] = {"fail=mmap:1:ENOMEM", "fail=ftruncate:1:EIO",
                                        "fail=shm_open:1:EMFILE"};

    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
        const char *const rules[] = {fault[i], NULL};
        const struct gr_inject in = {.rules = rules};
        char name[NAME_LEN];

        new_name(r, name);
        expect_message(r, start_tally(r, name, 1, 10, &in));
    }
}

void tally_together(struct gr_run *r)
{
    count_together(r, 3, 30, NULL);
}

/* Under the race lens: whether the total is right is judged elsewhere. */
void tally_races(struct gr_run *r)
{
    struct gr_proc *p[3];
    char name[NAME_LEN];

    new_name(r, name);
    for (int i = 0; i < 3; i++)
        p[i] = start_tally(r, name, 3, 30, NULL);
    for (int i = 0; i < 3; i++)
        gr_expect_exit(r, p[i], 0);
}

void tally_leaves_nothing(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *p;

    new_name(r, name);
    p = hold_inside(r, name, 1, 3);
    expect_private_segment(r, name);
    gr_let_go(r->scene);
    expect_total(r, &p, 1, 3);
    count_together(r, 4, 100, NULL);
}

void expect_private_segment(struct gr_run *r, const char *name)
{
    char path[NAME_LEN + 16];
    struct stat st;
    int fd;

    snprintf(path, sizeof path, "/dev/shm%s", name);
    fd = gr_jail_open(r->scene, path, O_RDONLY, 0);
    if (fd == -1)
        gr_fail(r, GR_FAIL, "there is no segment %s while the program uses it: %s", name,
                strerror(errno));
    if (fstat(fd, &st) == -1)
        gr_fail(r, GR_INFRA, "fstat: %s", strerror(errno));
    close(fd);
    gr_expect(r, (st.st_mode & 07777) == 0600,
              "the segment %s has the mode %04o, and should have 0600: others could read it, or "
              "write into it",
              name, (unsigned)(st.st_mode & 07777));
}
