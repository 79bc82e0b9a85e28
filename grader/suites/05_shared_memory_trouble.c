/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5A: scenarios in which `tally` cannot do what it should. */
#include "05_shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
        {"tally", "/a", "2", "+3", NULL}, /* strtol() takes these two */
        {"tally", "/a", " 2", "3", NULL},
        {"tally", "/a", "2x", "3", NULL},
        {"tally", "/a", "2", "", NULL},
        {"tally", "/a", "99999999999999999999", "3", NULL},
        {"tally", "/a", "4294967297", "3", NULL}, /* 2^32 + 1, 2^64 + 1 */
        {"tally", "/a", "2", "18446744073709551617", NULL},
        {"tally", "/a", "2", "3", "4", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
}

/* A segment of no bytes whose creator is gone. */
static void leave_a_ruin(struct gr_run *r, const char *name)
{
    char path[NAME_LEN + 16];
    int fd;

    snprintf(path, sizeof path, "/dev/shm%s", name);
    fd = gr_jail_open(gr_scene(r), path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd == -1)
        gr_fail(r, GR_INFRA, "cannot make %s: %s", path, strerror(errno));
    close(fd);
}

/* By the pauses it asks for, not by the clock. */
static void expect_patience(struct gr_run *r, const struct gr_proc *p, const char *ruin)
{
    long long least, sum = paused_us(r, p, &least);

    gr_expect(r, sum <= PATIENCE_US + 2000000,
              "nobody makes the segment ready: %s. `%s` should wait 5 seconds at most and exit 1; "
              "its pauses together come to %lld seconds already",
              ruin, p->command, sum / 1000000);
    gr_expect(r, least >= 1000,
              "tally looks again after pauses of %lld microseconds; they should be at least 1 ms, "
              "or it does little but look",
              least);
}

/* A maker that is killed when the segment has its size. Return: it; it may have its size from
 * another call, and end well. */
static struct gr_proc *kill_the_maker(struct gr_run *r, const char *name)
{
    static const char *const rules[] = {"kill=after:ftruncate:1", NULL};
    const struct gr_inject killed = {.rules = rules};
    struct gr_proc *p = start_tally(r, name, 2, 10, &killed);

    gr_wait_exit(p);
    gr_expect_going(r);
    return p;
}

/* @p waits in vain. Or it saw that nobody makes @name ready, did so, and counted: then it said
 * @total. */
static void expect_gives_up(struct gr_run *r, struct gr_proc *p, const char *name, const char *ruin,
                            const char *total)
{
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    if (!gr_expect_no_spin(r, p)) {
        gr_wait_exit(p);
        gr_leave(r);
    }
    for (unsigned i = 0; !p->ended && gr_wait_call(r->scene, &at, NULL, NULL, &c); i++)
        if (i % 256 == 0 || pause_us(&c) > PATIENCE_US / 8)
            expect_patience(r, p, ruin);
    gr_wait_exit(p);
    gr_expect_going(r);
    expect_patience(r, p, ruin);
    if (WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0) {
        gr_expect_out(r, p, total);
        return;
    }
    expect_message(r, p);
    expect_still_there(
        r, name,
        "a tally that had only found the segment waited for it in vain, and removed it: it "
        "leaves it to the others when it fails, since its maker may be slow, and not dead");
}

void tally_gives_up(struct gr_run *r)
{
    const struct gr_inject in = {.trace = SLEEPS};
    char name[2][NAME_LEN];
    struct gr_proc *p[2], *maker;

    for (int i = 0; i < 2; i++)
        new_name(r, name[i]);
    leave_a_ruin(r, name[0]);
    maker = kill_the_maker(r, name[1]);
    for (unsigned i = 0; i < 2; i++) /* both wait at the same time */
        p[i] = start_tally(r, name[i], i + 1, 10, &in);
    expect_gives_up(r, p[0], name[0], "it has 0 bytes", "total 10\n");
    expect_gives_up(r, p[1], name[1],
                    "its maker was killed just after ftruncate, so it has its size and is all zero",
                    maker->status == 0 ? "total 20\n" : "");
}

/* Who only found the segment leaves it to the others when it fails. */
static void finder_fails(struct gr_run *r)
{
    static const char *const rules[] = {"fail=mmap:1:ENOMEM", NULL};
    const struct gr_inject in = {.rules = rules};
    char name[NAME_LEN];
    struct gr_proc *p[2];

    new_name(r, name);
    p[0] = start_tally(r, name, 2, 10, NULL);
    gr_expect_exit(r, p[0], 0);
    expect_reason(r, start_tally(r, name, 2, 10, &in), "mmap", ENOMEM);
    expect_still_there(
        r, name,
        "a tally that had only found the segment failed in mmap, and removed the segment: "
        "the others still need it, only its maker may remove it");
    p[1] = start_tally(r, name, 2, 10, NULL);
    expect_tally_total(r, p, 2, 10);
}

/* The total cannot be written. */
static void full_disk(struct gr_run *r)
{
    char name[NAME_LEN];
    const char *argv[] = {"tally", name, "1", "10", NULL};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct gr_proc *p;

    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    new_name(r, name);
    p = gr_run_prog(r,
                    &(struct gr_prog){.argv = argv, .stdout_fd = full, .stdout_word = "/dev/full"});
    close(full);
    expect_reason(r, p, NULL, ENOSPC);
    expect_gone(r, name, "the only tally could not write the total");
}

void tally_reports_failures(struct gr_run *r)
{
    static const struct {
        const char *rule, *call;
        int error;
    } fault[] = {{"fail=mmap:1:ENOMEM", "mmap", ENOMEM},
                 {"fail=ftruncate:1:EIO", "ftruncate", EIO},
                 {"fail=shm_open:1:EMFILE", "shm_open", EMFILE}};

    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
        const char *const rules[] = {fault[i].rule, NULL};
        const struct gr_inject in = {.rules = rules};
        char name[NAME_LEN];

        new_name(r, name);
        expect_fault(r, start_tally(r, name, 1, 10, &in), fault[i].call, fault[i].error);
    }
    finder_fails(r);
    full_disk(r);
}
