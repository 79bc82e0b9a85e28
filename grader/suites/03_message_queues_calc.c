/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3C: scenarios in which `calcd` and `calc` talk to each other. */
#include "03_message_queues.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct gr_inject trace_only = {.trace = GR_MISUSE_TRACE "," GR_IDLE_TRACE};

void make_keyfile(struct gr_run *r)
{
    int fd = gr_jail_open(gr_scene(r), "keyfile", O_WRONLY | O_CREAT, 0600);

    if (fd == -1)
        gr_fail(r, GR_INFRA, "cannot make a file in the jail: %s", strerror(errno));
    close(fd);
}

void remove_keyfile(struct gr_run *r)
{
    if (gr_jail_unlink(r->scene, "keyfile") == -1)
        gr_fail(r, GR_INFRA, "cannot remove a file of the jail: %s", strerror(errno));
}

struct gr_proc *start_calcd(struct gr_run *r, const struct gr_inject *in)
{
    static const char *const argv[] = {"calcd", "keyfile", NULL};
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});

    gr_expect_ready(r, p);
    return p;
}

struct gr_proc *start_calc(struct gr_run *r, const char *expr, const struct gr_inject *in)
{
    const char *argv[] = {"calc", "keyfile", expr, NULL};

    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

void expect_result(struct gr_run *r, struct gr_proc *p, long long value)
{
    char want[32];

    snprintf(want, sizeof want, "%lld\n", value);
    gr_wait_exit(p);
    gr_expect_no_misuse(r);
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, want);
}

void end_calcd(struct gr_run *r, struct gr_proc *calcd)
{
    gr_expect_alive(r, calcd);
    gr_signal(calcd, SIGTERM);
    gr_expect_exit(r, calcd, 0);
}

void calc_computes(struct gr_run *r)
{
    long long a = (long long)gr_random(r, 1000000) - 500000, b = 1 + (long long)gr_random(r, 999);
    const struct {
        char op;
        long long value;
    } seeded[] = {{'+', a + b}, {'-', a - b}, {'*', a * b}, {'/', a / b}, {'%', a % b}};
    static const char *const argv[] = {"calcd", "keyfile", NULL};
    char expr[80];

    make_keyfile(r);
    gr_expect_ready(r, start_not_ready_before(r, argv, "msgget"));
    for (size_t i = 0; i < sizeof seeded / sizeof *seeded; i++) {
        snprintf(expr, sizeof expr, "%lld %c %lld", a, seeded[i].op, b);
        expect_result(r, start_calc(r, expr, &trace_only), seeded[i].value);
    }
    expect_result(r, start_calc(r, "  7-  -2 ", NULL), 9);
    expect_result(r, start_calc(r, "-7 / 2", NULL), -3);
    expect_result(r, start_calc(r, "5000000000 * -3", NULL), -15000000000LL);
    expect_result(r, start_calc(r, "9223372036854775807 + -9223372036854775808", NULL), -1);
}

void calc_refuses_bad_expressions(struct gr_run *r)
{
    static const char *const bad[] = {"1 / 0",
                                      "5 % 0",
                                      "9223372036854775807 + 1",
                                      "-9223372036854775808 / -1",
                                      "-9223372036854775808 % -1",
                                      "4000000000 * 4000000000",
                                      "9223372036854775808 + 0",
                                      "",
                                      "1 +",
                                      "1 2",
                                      "1 ^ 2",
                                      "1 + 2 + 3",
                                      "one + two"};
    struct gr_proc *p, *calcd;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        p = start_calc(r, bad[i], NULL);
        gr_expect_exit(r, p, 4);
        gr_expect_out(r, p, "");
        gr_expect_err(r, p, true);
    }
    gr_expect_alive(r, calcd);
    expect_result(r, start_calc(r, "40 + 2", NULL), 42);
}

/* EINTR is what the contract promises, whatever handlers there are. */
void calc_survives_signals(struct gr_run *r)
{
    enum { CLIENTS = 6 };
    struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                           .eintr = 70,
                           .calls = "msgsnd,msgrcv",
                           .trace = GR_MISUSE_TRACE,
                           .assume_handler = true};
    struct gr_proc *calcd, *p[CLIENTS];

    make_keyfile(r);
    calcd = start_calcd(r, &in);
    for (int i = 0; i < CLIENTS; i++) {
        char expr[40];

        snprintf(expr, sizeof expr, "%d * 1000", i);
        p[i] = start_calc(r, expr, &in);
    }
    for (int i = 0; i < CLIENTS; i++) {
        gr_wait_exit(p[i]);
        if (p[i]->status != 0) /* the server's own end is told by and by */
            gr_wait_output(calcd, SIZE_MAX);
        gr_expect_alive(r, calcd);
        expect_result(r, p[i], i * 1000LL);
    }
    end_calcd(r, calcd);
}

struct late_clients {
    struct gr_proc *p[3];
};

/* Each is in msgrcv() when it has sent its request. */
static void ask_late(struct gr_run *r, void *arg)
{
    struct late_clients *late = arg;

    for (int i = 0; i < 3; i++) {
        char expr[40];

        snprintf(expr, sizeof expr, "%d + 100", i);
        late->p[i] = start_calc(r, expr, NULL);
        gr_wait_blocked(late->p[i], SYS_msgrcv, -1);
        gr_expect_going(r);
    }
}

/* Who sends pauses before it: a server that ends without waiting for its threads and children
 * removes the queues before their replies. */
void calcd_ends_on_term(struct gr_run *r)
{
    static const char *const rules[] = {"delay=before:msgsnd:150ms", NULL};
    const struct gr_inject slow_senders = {.rules = rules};
    static const char *const argv[] = {"calcd", "keyfile", NULL};
    struct late_clients late;
    struct gr_proc *calcd;

    make_keyfile(r);
    calcd = start_calcd(r, &slow_senders);
    gr_wait_asleep(calcd);
    gr_term_after(r, calcd, ask_late, &late);
    for (int i = 0; i < 3; i++)
        expect_result(r, late.p[i], 100 + i);
    gr_expect_exit(r, calcd, 0);
    gr_expect_term_before_sleep(r, &(struct gr_prog){.argv = argv});
}

void calc_memory(struct gr_run *r)
{
    struct gr_proc *calcd;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    expect_result(r, start_calc(r, "6 * 7", NULL), 42);
    gr_expect_exit(r, start_calc(r, "6 / 0", NULL), 4);
    end_calcd(r, calcd);
}

/* IPC_RMID is command 0; its lines in the call log are `msgctl ID 0`. */
static void expect_removed_once(struct gr_run *r, const struct gr_proc *calcd)
{
    const struct gr_buf *log = &r->scene->calls;
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(log, &at, "msgctl", &c);) {
        if (c.args_len < 2 || memcmp(c.args + c.args_len - 2, " 0", 2) != 0)
            continue;
        gr_expect(r, gr_call_is_of(calcd, &c),
                  "a client removed the queue (IPC_RMID in pid %d): all others that use it get "
                  "EIDRM. Only the one that made a queue removes it: calcd",
                  c.pid);
        gr_expect(r, c.result == 0,
                  "calcd called msgctl(IPC_RMID) for a queue that was not there any more (%s): it "
                  "removes each of its queues once",
                  c.error);
    }
}

void calcd_removes_once(struct gr_run *r)
{
    enum { CLIENTS = 4 };
    struct gr_proc *calcd, *p[CLIENTS];

    make_keyfile(r);
    calcd = start_calcd(r, &trace_only);
    for (int i = 0; i < CLIENTS; i++) {
        p[i] = start_calc(r, "1 + 1", &trace_only);
        gr_wait_exit(p[i]);
    }
    remove_keyfile(r); /* it is ours, whatever is found from here on */
    expect_removed_once(r, calcd);
    for (int i = 0; i < CLIENTS; i++)
        gr_expect_exit(r, p[i], 0);
    end_calcd(r, calcd);
    expect_removed_once(r, calcd);
}

void calcd_sleeps(struct gr_run *r)
{
    struct gr_proc *calcd;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    expect_result(r, start_calc(r, "1 + 1", &trace_only), 2);
    if (!gr_expect_no_spin(r, calcd))
        return;
    end_calcd(r, calcd);
    calcd = start_calcd(r, &trace_only);
    expect_result(r, start_calc(r, "2 + 1", &trace_only), 3);
    gr_expect_no_asking(r, calcd, "msgrcv");
}
