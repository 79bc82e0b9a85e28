/* SPDX-License-Identifier: MIT */
/* Lab 05: what the scenarios of several parts ask. */
#include "05_shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool expect_fault(struct gr_run *r, struct gr_proc *p, const char *call, int error)
{
    struct gr_call c = {.pid = 0};
    bool failed = false;

    gr_wait_exit(p);
    gr_expect_going(r);
    for (size_t at = 0; gr_calls_next(&r->scene->calls, &at, call, &c);)
        failed = failed || (c.pid == p->pid && c.fault[0]);
    if (failed)
        expect_reason(r, p, call, error);
    return failed;
}

static bool is_there(const struct gr_run *r, const char *name)
{
    char path[NAME_LEN + 16];
    int fd;

    snprintf(path, sizeof path, "/dev/shm%s", name);
    fd = gr_jail_open(r->scene, path, O_RDONLY, 0);
    if (fd != -1)
        close(fd);
    return fd != -1;
}

void expect_still_there(struct gr_run *r, const char *name, const char *words)
{
    gr_expect(r, is_there(r, name), "%s", words);
}

void expect_gone(struct gr_run *r, const char *name, const char *after)
{
    gr_expect(r, !is_there(r, name), "the segment %s is still there after %s", name, after);
}

long long pause_us(const struct gr_call *c)
{
    long long a = 0, b = 0;

    if (strcmp(c->name, "sleep") == 0 && sscanf(c->args, "%lld", &a) == 1)
        return a * 1000000;
    if (strcmp(c->name, "usleep") == 0 && sscanf(c->args, "%lld", &a) == 1)
        return a;
    if (strcmp(c->name, "nanosleep") == 0 && sscanf(c->args, "%lld %lld", &a, &b) == 2)
        return a * 1000000 + b / 1000;
    return -1;
}

long long paused_us(struct gr_run *r, const struct gr_proc *p, long long *least)
{
    struct gr_call c = {.pid = 0};
    long long sum = 0;

    *least = LLONG_MAX;
    for (size_t at = 0; gr_calls_next(&r->scene->calls, &at, NULL, &c);) {
        long long us = c.pid == p->pid ? pause_us(&c) : -1;

        if (us >= 0 && us < *least)
            *least = us;
        sum += us > 0 ? us : 0;
    }
    return sum;
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
