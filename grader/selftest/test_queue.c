/* SPDX-License-Identifier: MIT */
/**
 * The raw peer of message queues: what it sends arrives, what programs send it sees byte by byte, a
 * wait for what cannot come is a deadlock; and a jail is told when others hold its queue bytes.
 */
#include "scene_fixture.h"

#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "gr_misuse.h"
#include "gr_queue.h"

static struct gr_letter letter;

static int ours[8]; /* descriptors to be closed at the end */
static size_t nours;

static int keep(int fd)
{
    if (fd != -1)
        ours[nours++] = fd;
    return fd;
}

static void end(void)
{
    while (nours > 0)
        close(ours[--nours]);
    scene_end();
}

static struct gr_proc *start(const char *mode)
{
    const char *const argv[] = {"queues", mode, NULL};

    return gr_start(s, &(struct gr_prog){.argv = argv});
}

static void expect_letter(long kind, const char *text, size_t len)
{
    ck_assert_int_eq(letter.kind, kind);
    ck_assert_uint_eq(letter.len, len);
    ck_assert_mem_eq(letter.text, text, len);
    ck_assert_int_eq(letter.text[len], '\0');
}

START_TEST(posix_messages_come_back)
{
    static const char bytes[] = "a\0b\xff\n";
    struct gr_proc *p;
    int in, out;

    if (!scene_begin(_i, 20000))
        return;
    in = keep(gr_mq_make(s, "/in", 4, 100, 0600));
    out = keep(gr_mq_make(s, "/out", 4, 100, 0600));
    ck_assert_int_ne(in, -1);
    ck_assert_int_ne(out, -1);
    p = start("mq-echo");
    ck_assert(gr_mq_put(s, in, 7, bytes, sizeof bytes));
    ck_assert(gr_mq_take(s, out, &letter));
    expect_letter(7, bytes, sizeof bytes);
    for (int i = 0; i < 20; i++) { /* more than fits: each put waits for room */
        ck_assert(gr_mq_put(s, in, 0, "x", 1));
        ck_assert(gr_mq_take(s, out, &letter));
    }
    ck_assert(gr_mq_put(s, in, 0, "", 0));
    ck_assert(gr_mq_wait_taken(s, in));
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(p->status, 0);
    ck_assert_int_eq(gr_mq_count(in), 0);
    ck_assert(!gr_mq_take(s, out, &letter)); /* all have ended: no wait */
    end();
}
END_TEST

START_TEST(posix_queues_are_those_of_the_jail)
{
    int q, again;

    if (!scene_begin(_i, 20000))
        return;
    ck_assert_int_eq(gr_mq_find(s, "/in"), -1);
    ck_assert_int_eq(errno, ENOENT);
    q = keep(gr_mq_make(s, "/in", 3, 50, 0640));
    ck_assert_int_ne(q, -1);
    ck_assert_int_eq(gr_mq_make(s, "/in", 3, 50, 0600), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(gr_mq_make(s, "/much", 11, 50, 0600), -1);
    ck_assert_int_eq(errno, EINVAL); /* nobody in a jail is privileged */
    again = keep(gr_mq_find(s, "/in"));
    ck_assert_int_ne(again, -1);
    ck_assert_int_eq(gr_mq_unlink(s, "/in"), 0);
    ck_assert_int_eq(gr_mq_unlink(s, "/in"), -1);
    end();
}
END_TEST

START_TEST(programs_are_unprivileged)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 20000))
        return;
    p = start("limits");
    ck_assert(gr_wait_exit(p));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "0\n");
    end();
}
END_TEST

START_TEST(system_v_messages_come_back)
{
    struct gr_queue_state state;
    struct gr_proc *p;
    int q;

    if (!scene_begin(_i, 20000))
        return;
    ck_assert_int_eq(gr_sysv_find(s, 0x4242), -1);
    q = gr_sysv_make(s, 0x4242, 0600);
    ck_assert_int_ne(q, -1);
    ck_assert_int_eq(gr_sysv_find(s, 0x4242), q);
    ck_assert_int_eq(gr_sysv_take_now(s, q, 0, &letter), -1);
    ck_assert_int_eq(errno, ENOMSG);
    p = start("sysv-echo");
    for (int i = 0; i < 50; i++) {
        ck_assert(gr_sysv_put(s, q, 1, "a\0b", 3));
        ck_assert(gr_sysv_take(s, q, 7, &letter));
        expect_letter(7, "a\0b", 3);
    }
    ck_assert_int_eq(gr_sysv_state(s, q, &state), 0);
    ck_assert_uint_eq(state.messages, 0);
    ck_assert_uint_eq(state.mode, 0600);
    ck_assert(gr_sysv_put(s, q, 1, "", 0));
    ck_assert(gr_sysv_wait_taken(s, q));
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(p->status, 0);
    ck_assert_int_eq(gr_sysv_remove(s, q), 0);
    ck_assert_int_eq(gr_sysv_state(s, q, &state), -1);
    end();
}
END_TEST

START_TEST(a_key_is_that_of_the_jails_file)
{
    int key = 0, again = 0, fd;

    if (!scene_begin(_i, 20000))
        return;
    ck_assert_int_eq(gr_sysv_key(s, "keyfile", 'c', &key), -1);
    ck_assert_int_eq(errno, ENOENT);
    fd = gr_jail_open(s, "keyfile", O_WRONLY | O_CREAT, 0600);
    ck_assert_int_ne(fd, -1);
    close(fd);
    ck_assert_int_eq(gr_sysv_key(s, "keyfile", 'c', &key), 0);
    ck_assert_int_eq(gr_sysv_key(s, "keyfile", 'c', &again), 0);
    ck_assert_int_eq(key, again);
    ck_assert_int_eq(gr_sysv_key(s, "keyfile", 'r', &again), 0);
    ck_assert_int_ne(key, again);
    end();
}
END_TEST

START_TEST(waiting_for_what_cannot_come_is_a_deadlock)
{
    int out;

    if (!scene_begin(_i, 20000))
        return;
    ck_assert_int_ne(keep(gr_mq_make(s, "/in", 4, 100, 0600)), -1);
    out = keep(gr_mq_make(s, "/out", 4, 100, 0600));
    start("mq-echo");
    ck_assert(!gr_mq_take(s, out, &letter));
    ck_assert_int_eq(s->stop, GR_STOP_DEADLOCK);
    end();
}
END_TEST

static bool never(void *arg)
{
    (void)arg;
    return false;
}

/* Twice in a row: the second wait once asked the warden nothing, and went on to the wall limit. */
START_TEST(a_quiet_jail_ends_every_wait_for_quiet)
{
    if (!scene_begin(_i, 20000))
        return;
    ck_assert_int_ne(keep(gr_mq_make(s, "/in", 4, 100, 0600)), -1);
    ck_assert_int_ne(keep(gr_mq_make(s, "/out", 4, 100, 0600)), -1);
    start("mq-echo");
    for (int i = 0; i < 3; i++) {
        ck_assert(!gr_wait_quiet(s, 50, never, NULL));
        ck_assert(gr_wait_stuck(s));
        ck_assert_int_eq(s->stop, GR_GO);
    }
    end();
}
END_TEST

/* A process of the jail's user, outside of the jail, that holds @n queues. Return: its pid. */
static pid_t hold_queues(int n)
{
    int ready[2];
    char c;
    pid_t pid;

    ck_assert_int_eq(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        unsigned uid = gr_jail_uid(QUEUE_SLOT);

        if (geteuid() == 0 && setresuid(uid, uid, uid) == -1)
            _exit(1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int i = 0; i < n; i++) {
            mqd_t q = mq_open("/held", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);

            if (q == (mqd_t)-1 || mq_unlink("/held") == -1)
                _exit(2);
        }
        if (write(ready[1], "", 1) != 1)
            _exit(3);
        pause();
    }
    close(ready[1]);
    ck_assert_int_eq((int)read(ready[0], &c, 1), 1);
    close(ready[0]);
    return pid;
}

static bool crowded(int held, unsigned needed, const char *mode)
{
    pid_t pid = held ? hold_queues(held) : 0;
    size_t from = 0;
    bool yes;

    s->queues = needed;
    ck_assert(gr_wait_exit(start(mode)));
    gr_finish(s);
    yes = gr_fact(s, GR_FACT_CROWDED, &from) != NULL;
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return yes;
}

static const struct {
    int held;
    unsigned needed;
    const char *mode;
    bool crowded;
} crowds[] =
    {
        {0, 9, "fine", false},      {0, 0, "fine", false}, {5, 2, "fine", false},
        {5, 6, "fine", true},       {8, 2, "fine", true},  {9, 0, "fine", false},
        {0, 9, "leave-one", false}, /* its own queue is part of what it was promised */
};

enum { CROWDS = sizeof crowds / sizeof *crowds };

START_TEST(others_that_hold_the_room_are_noticed)
{
    if (!scene_begin(_i % 2 ? GR_JAIL_BWRAP : GR_JAIL_NONE, 20000))
        return;
    ck_assert_int_eq(crowded(crowds[_i / 2].held, crowds[_i / 2].needed, crowds[_i / 2].mode),
                     crowds[_i / 2].crowded);
    end();
}
END_TEST

static const struct {
    const char *log, *words; /* NULL: nothing is wrong */
} logs[] = {
    {"2 1 mq_open \"q\" 0102 0600 10 512 = -1 EINVAL\n", "begins with one slash"},
    {"2 1 mq_open \"/q\" 0102 0600 64 512 = -1 EINVAL\n", "64 messages of 512 bytes"},
    {"2 1 mq_open \"/q\" 0102 0600 10 9000 = -1 EINVAL\n", "10 messages of 9000 bytes"},
    {"2 1 mq_open \"/q\" 0102 0600 64 512 = 3\n", NULL}, /* the machine allows it */
    {"2 1 mq_open \"/q\" 01 00 0 0 = -1 ENOENT\n", NULL},
    {"2 1 mq_send -1 5 0 = -1 EBADF\n", "called mq_send() with the descriptor -1"},
    {"2 1 mq_send 3 5 0 = -1 EMSGSIZE\n", NULL},
    {"2 1 ftok \"f\" 99 = -1 ENOENT\n2 1 msgget -1 00 = 0\n", "failed with ENOENT, and used"},
    {"2 1 ftok \"f\" 99 = -1 ENOENT\n3 2 msgget -1 00 = 0\n", NULL}, /* another process */
    {"2 1 msgget -1 00 = 0\n", NULL}, /* a key as good as any, if it was meant */
    {"2 1 msgget 0 01600 = 0\n", "IPC_PRIVATE"},
    {"2 1 msgsnd 0 0 16 00 = -1 EINVAL\n", "message type 0"},
    {"2 1 msgsnd 0 -4 16 00 = -1 EINVAL\n", "message type -4"},
    {"2 1 msgsnd 0 7 16 00 = -1 EINVAL\n", NULL}, /* the queue is gone */
    {"2 1 @handler printf:10\n", "printf() inside its signal handler (SIGUSR1)"},
};

enum { LOGS = sizeof logs / sizeof *logs };

START_TEST(misuse_is_told_from_failure)
{
    struct gr_buf log = {.cap = 1000};
    struct gr_call c;
    char *what;

    gr_buf_add(&log, logs[_i].log, strlen(logs[_i].log));
    what = gr_misuse(&log, &c);
    if (!logs[_i].words)
        ck_assert_msg(what == NULL, "%s: %s", logs[_i].log, what);
    else
        ck_assert_msg(what && strstr(what, logs[_i].words), "%s: %s", logs[_i].log,
                      what ? what : "nothing");
    free(what);
    gr_buf_release(&log);
}
END_TEST

static Suite *suite(void)
{
    const TTest *const tests[] = {posix_messages_come_back,
                                  posix_queues_are_those_of_the_jail,
                                  programs_are_unprivileged,
                                  system_v_messages_come_back,
                                  a_key_is_that_of_the_jails_file,
                                  waiting_for_what_cannot_come_is_a_deadlock,
                                  a_quiet_jail_ends_every_wait_for_quiet};
    Suite *suite = suite_create("queue");
    TCase *tc = tcase_create("queue");

    tcase_set_timeout(tc, 300);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tc, tests[i], GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    tcase_add_loop_test(tc, others_that_hold_the_room_are_noticed, 0, 2 * CROWDS);
    tcase_add_loop_test(tc, misuse_is_told_from_failure, 0, LOGS);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    world.slot = QUEUE_SLOT;
    world_make();
    return world_run(suite());
}
