/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4E: scenarios for `svlock`. */
#include "04_semaphores.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>

enum { STARTERS = 20 };

/* A key of its own for each run: on a machine without a jail others may use theirs. */
struct key {
    char decimal[16], padded[16], hex[16], upper[16];
    unsigned value;
};

static struct key new_key(struct gr_run *r)
{
    struct key k = {.value = (0x10000000 + gr_random(r, 0x60000000)) | 0xa};

    snprintf(k.decimal, sizeof k.decimal, "%u", k.value);
    snprintf(k.padded, sizeof k.padded, "0%u", k.value); /* decimal all the same */
    snprintf(k.hex, sizeof k.hex, "0x%x", k.value);
    snprintf(k.upper, sizeof k.upper, "0x%X", k.value);
    return k;
}

static struct gr_proc *start_cmd(struct gr_run *r, const struct gr_inject *in, const char *key,
                                 const char *cmd, const char *arg1, const char *arg2)
{
    const char *argv[] = {"svlock", key, "--", cmd, arg1, arg2, NULL};

    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

/* Run `cat` under the lock and give it a line: once that comes back, the lock is held. */
static struct gr_proc *start_cat(struct gr_run *r, const char *key)
{
    char line[64];
    struct steps t;

    snprintf(line, sizeof line, "svlock %s -- cat", key);
    t = start_prog(r, line, (struct gr_prog){.inject = &noting, .keep_input = true});
    gr_send(t.p, "in\n", 3);
    return t.p;
}

static void expect_in(struct gr_run *r, struct gr_proc *p, const char *why)
{
    if (gr_wait_bytes(p, 3))
        return;
    gr_expect_going(r);
    if (p->ended && p->status != 0)
        gr_expect_exit(r, p, 0);
    gr_fail(r, GR_FAIL, "`%s` should run its command: %s", p->command, why);
}

static void expect_waiting(struct gr_run *r, struct gr_proc *p, const char *why)
{
    expect_still(&(struct steps){r, p->scene, p, p->scene->calls.len});
    if (p->ended)
        gr_expect_exit(r, p, 0);
    if (p->ended || p->outbuf.len > 0)
        gr_fail(r, GR_FAIL, "`%s` ran its command, %s", p->command, why);
}

static void expect_done(struct gr_run *r, struct gr_proc *p)
{
    gr_close_input(p);
    gr_expect_exit(r, p, 0);
}

/* A new set is made with mode 0600, or gets it by IPC_SET. */
static void expect_mode(struct gr_run *r)
{
    const struct gr_inject in = {.trace = "semget,semctl"};
    struct gr_scene *s = gr_scene(r);
    struct key k = new_key(r);
    size_t from = s->calls.len, at = from;
    int key, n, flags, set, num, cmd;
    struct gr_call c;

    gr_expect_exit(r, start_cmd(r, &in, k.decimal, "true", NULL, NULL), 0);
    gr_scene_pump(s, 0);
    while (gr_calls_next(&s->calls, &at, "semctl", &c))
        if (sscanf(c.args, "%d %d %d", &set, &num, &cmd) == 3 && cmd == IPC_SET)
            return;
    for (at = from; gr_calls_next(&s->calls, &at, "semget", &c);)
        if (sscanf(c.args, "%i %i %i", &key, &n, &flags) == 3 && (flags & IPC_CREAT))
            gr_expect(r, (flags & 0777) == 0600,
                      "svlock makes its set with mode 0%o, not 0600: others could change the lock",
                      (unsigned)flags & 0777);
}

void svlock_runs_cmd(struct gr_run *r)
{
    struct key k = new_key(r);
    char script[32], line[64];
    unsigned code = 3 + gr_random(r, 100);
    struct gr_proc *p = gr_run_args(r, "some words\n", "svlock", k.decimal, "--", "cat", NULL);

    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "some words\n");
    snprintf(script, sizeof script, "exit %u", code);
    gr_expect_exit(r, start_cmd(r, NULL, k.hex, "sh", "-c", script), (int)code);
    gr_expect_exit(r, start_cmd(r, NULL, k.hex, "sh", "-c", "kill -KILL $$"), 128 + SIGKILL);
    gr_expect_exit(r, start_cmd(r, NULL, k.hex, "sh", "-c", "kill -TERM $$"), 128 + SIGTERM);
    p = start_cmd(r, NULL, k.hex, "no-such-command", NULL, NULL);
    gr_expect_exit(r, p, 127);
    gr_expect_err(r, p, true);
    p = start_cmd(r, NULL, k.hex, "/", NULL, NULL); /* EACCES */
    gr_expect_exit(r, p, 127);
    gr_expect_err(r, p, true);
    expect_mode(r);
    snprintf(line, sizeof line, "svlock %s -- echo in", k.hex);
    expect_no_lock_told(r, line, "fail=semget:*", "where no set is to be had");
    expect_no_lock_told(r, line, "fail=semop:*", "where semop() fails");
}

void svlock_refuses_bad_arguments(struct gr_run *r)
{
    static const char *const bad[][6] = {
        {"svlock", NULL},
        {"svlock", "77", NULL},
        {"svlock", "77", "--", NULL},
        {"svlock", "77", "true", NULL},
        {"svlock", "77", "true", "--", NULL},
        {"svlock", "--", "true", NULL},
        {"svlock", "0", "--", "true", NULL},
        {"svlock", "0x", "--", "true", NULL},
        {"svlock", "0X4d", "--", "true", NULL},
        {"svlock", "0x-4d", "--", "true", NULL},
        {"svlock", " 77", "--", "true", NULL},
        {"svlock", "+77", "--", "true", NULL},
        {"svlock", "77z", "--", "true", NULL},
        {"svlock", "ff", "--", "true", NULL},
        {"svlock", "-1", "--", "true", NULL},
        {"svlock", "0x80000000", "--", "true", NULL},
        {"svlock", "4294967297", "--", "true", NULL},
        {"svlock", "99999999999999999999", "--", "true", NULL},
        {"svlock", "", "--", "true", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
}

void svlock_one_after_the_other(struct gr_run *r)
{
    static const char early[] = "while another command ran under the same lock";
    struct key k = new_key(r), other = new_key(r);
    struct gr_proc *a, *b, *c;

    for (int i = 0; i < 3; i++)
        gr_expect_exit(r, start_cmd(r, NULL, k.hex, "true", NULL, NULL), 0);
    a = start_cat(r, k.upper);
    expect_in(r, a, "the lock is free");
    b = start_cat(r, k.padded);
    expect_waiting(r, b, early);
    gr_expect_exit(r, start_cmd(r, NULL, other.hex, "true", NULL, NULL), 0);
    expect_done(r, a);
    expect_in(r, b, "the other command has ended, the lock is free");
    c = start_cat(r, k.decimal);
    expect_waiting(r, c, early);
    expect_done(r, b);
    expect_in(r, c, "the other command has ended, the lock is free");
    expect_done(r, c);
}

/* How many processes gave the semaphore a value with semctl() since offset @at. */
static unsigned times_set(const struct gr_scene *s, size_t at)
{
    struct gr_call c;
    unsigned n = 0;
    int set, num, cmd;

    while (gr_calls_next(&s->calls, &at, "semctl", &c))
        n += sscanf(c.args, "%d %d %d", &set, &num, &cmd) == 3 &&
             (cmd == SETVAL || cmd == SETALL) && c.result == 0;
    return n;
}

/* All are held before they look for the set. Then each finds what it finds before any of them goes
 * on, as on a machine with many processors. In the lock they make a folder, which two cannot. */
static void start_crowd(struct gr_run *r)
{
    static const char *const rules[] = {"stop=before:semget:1", "delay=after:semget:150ms:1", NULL};
    static const char alone[] = "mkdir inside && rmdir inside || echo not alone";
    const struct gr_inject in = {.trace = "semctl", .rules = rules};
    struct gr_scene *s = gr_scene(r);
    struct gr_proc *p[STARTERS];
    struct key k = new_key(r);
    size_t from = s->calls.len, at = from;
    struct gr_call c = {.pid = 0};

    for (int i = 0; i < STARTERS; i++)
        p[i] = start_cmd(r, &in, k.hex, "sh", "-c", alone);
    for (int i = 0; i < STARTERS; i++)
        if (!gr_wait_call(s, &at, "@stop", "before:semget", &c))
            break; /* it did not ask for a set: its exit status will say why */
    gr_let_go(s);
    for (int i = 0; i < STARTERS; i++)
        gr_expect_exit(r, p[i], 0);
    gr_scene_pump(s, 0);
    gr_expect(r, times_set(s, from) <= 1,
              "%d starters at once, and %u of them gave the semaphore its first value: the later "
              "ones overwrite what the first one holds",
              STARTERS, times_set(s, from));
    for (int i = 0; i < STARTERS; i++)
        gr_expect(r, p[i]->outbuf.len == 0,
                  "%d starters at once, and two of them ran their command at the same time",
                  STARTERS);
}

/* One starter is held just before it gives the first value; then another one comes. */
struct second {
    struct gr_scene *s;
    struct gr_proc *p;
    size_t from; /* where the call log was when it came */
};

/* Is it held at a place that begins so? *@pid is its process then. */
static bool is_held(const struct second *b, const char *place, int *pid)
{
    struct gr_call c;

    for (size_t at = b->from; gr_calls_next(&b->s->calls, &at, "@stop", &c);) {
        *pid = c.pid;
        if (strncmp(c.args, place, strlen(place)) == 0)
            return true;
    }
    return false;
}

/* Has it made up its mind? */
static bool has_decided(void *arg)
{
    const struct second *b = arg;
    int pid;

    return b->p->ended || b->p->outbuf.len > 0 || is_held(b, "", &pid);
}

/* What is left of it is judged. It may have lost its patience if we were slow. */
static void expect_both_done(struct gr_run *r, struct gr_proc *first, const struct second *b,
                             int64_t came)
{
    gr_expect_exit(r, first, 0);
    gr_wait_exit(b->p);
    if (gr_now_ms() - came < 4000 || !WIFEXITED(b->p->status) || WEXITSTATUS(b->p->status) != 1)
        gr_expect_exit(r, b->p, 0);
}

static void expect_patience(struct gr_run *r, const struct second *b)
{
    int pid = 0;

    gr_expect(r, !is_held(b, "before:", &pid),
              "one starter has made the set and is about to give it its first value; a second one "
              "finds the set and is about to do so, too: the later one overwrites what the first "
              "one holds. Who did not make it waits until it is ready");
    gr_expect(r, b->p->outbuf.len == 0, "`%s` ran its command before the set had its first value",
              b->p->command);
    if (is_held(b, "after:", &pid)) /* it asks again and again */
        gr_resume(b->s, pid);
    gr_expect_no_spin(r, b->p);
}

static void comes_before_the_value(struct gr_run *r)
{
    static const char *const rules[] = {"stop=before:semctl(SETVAL):1",
                                        "stop=before:semctl(SETALL):1", NULL};
    static const char *const asks[] = {"stop=before:semctl(SETVAL):1",
                                       "stop=before:semctl(SETALL):1", "stop=after:semctl:4", NULL};
    const struct gr_inject in = {.rules = rules}, more = {.rules = asks};
    struct key k = new_key(r);
    struct second b = {.s = gr_scene(r)};
    size_t at = b.s->calls.len;
    struct gr_call c = {.pid = 0};
    struct gr_proc *first = start_cmd(r, &in, k.hex, "true", NULL, NULL);
    int64_t came;

    if (!gr_wait_call(b.s, &at, "@stop", NULL, &c))
        return; /* it needs no semctl() for that */
    b.from = at;
    came = gr_now_ms();
    b.p = start_cmd(r, &more, k.hex, "echo", "in", NULL);
    gr_wait_or_still(b.s, has_decided, &b);
    expect_patience(r, &b);
    gr_resume(b.s, c.pid);
    expect_both_done(r, first, &b, came);
}

void svlock_starters(struct gr_run *r)
{
    comes_before_the_value(r);
    start_crowd(r);
}

void svlock_killed_holder(struct gr_run *r)
{
    static const char freed[] = "the holder of the lock was killed by kill -9, and what it held "
                                "should be free";
    struct key k = new_key(r);
    struct gr_proc *a = start_cat(r, k.hex), *b;

    expect_in(r, a, "the lock is free");
    b = start_cat(r, k.hex);
    expect_waiting(r, b, "while another command ran under the same lock");
    gr_signal(a, SIGKILL);
    expect_in(r, b, freed);
    gr_signal(b, SIGKILL);
    gr_close_input(a);
    gr_close_input(b);
    b = start_cat(r, k.hex);
    expect_in(r, b, freed);
    a = start_cat(r, k.hex);
    expect_waiting(r, a, "while another command ran under the same lock");
    expect_done(r, b);
    expect_in(r, a, "the other command has ended, the lock is free");
    expect_done(r, a);
}

/* Signal 19 and 18: semop() returns EINTR then, without any handler. */
static void stop_and_go(struct gr_run *r, struct gr_proc *p)
{
    gr_signal(p, SIGSTOP);
    gr_wait_still(p->scene);
    gr_signal(p, SIGCONT);
    expect_waiting(r, p, "though it was only stopped and continued: the lock is still held");
}

void svlock_survives_interrupts(struct gr_run *r)
{
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                                 .eintr = 50,
                                 .assume_handler = true,
                                 .calls = "semop,semtimedop"};
    struct key k = new_key(r);
    struct gr_proc *a = start_cat(r, k.hex), *b;

    expect_in(r, a, "the lock is free");
    b = start_cat(r, k.hex);
    expect_waiting(r, b, "while another command ran under the same lock");
    stop_and_go(r, b);
    expect_done(r, a);
    expect_in(r, b, "the other command has ended, the lock is free");
    expect_done(r, b);
    for (int i = 0; i < 8; i++)
        gr_expect_exit(r, start_cmd(r, &in, k.hex, "true", NULL, NULL), 0);
    k = new_key(r);
    for (int i = 0; i < 3; i++)
        gr_expect_exit(r, start_cmd(r, &in, k.hex, "true", NULL, NULL), 0);
}

void svlock_memory(struct gr_run *r)
{
    struct key k = new_key(r);

    gr_expect_exit(r, start_cmd(r, NULL, k.hex, "true", NULL, NULL), 0);
    gr_expect_exit(r, start_cmd(r, NULL, k.hex, "no-such-command", NULL, NULL), 127);
}

/* The set of the key stays, by contract, and nothing else. */
static void expect_only_key(struct gr_run *r, const struct key *k)
{
    struct gr_scene *s = gr_scene(r);
    char name[32];

    snprintf(name, sizeof name, "key 0x%08x", k->value);
    gr_finish(s);
    for (size_t i = 0; i < s->nfacts; i++) {
        const struct gr_fact *f = &s->facts[i];

        if (f->kind >= GR_FACT_MSG && f->kind <= GR_FACT_FILE && strcmp(f->name, name) != 0)
            gr_fail(r, GR_LEFTOVER,
                    "svlock leaves its set behind, and nothing else; this is left: %s", f->text);
    }
}

void svlock_leaves_nothing(struct gr_run *r)
{
    struct key k = new_key(r);
    struct gr_proc *a = start_cmd(r, NULL, k.hex, "fdprobe", "the command", NULL), *b;

    gr_expect_probe(r, a, "the command");
    a = start_cat(r, k.hex);
    expect_in(r, a, "the lock is free");
    b = start_cat(r, k.hex);
    expect_waiting(r, b, "while another command ran under the same lock");
    gr_expect_no_spin(r, b);
    expect_done(r, a);
    expect_done(r, b);
    expect_only_key(r, &k);
}
