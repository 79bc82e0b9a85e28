/* SPDX-License-Identifier: MIT */
/**
 * Deadlocks are found and explained in the right words; slow programs are never called dead.
 *
 * GR_TEST_LOAD=8 runs the same beside eight busy processes (t_hang_load.sh); GR_TEST_VERBOSE
 * prints every explanation.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_race.h"
#include "hang_util.h"

enum { AT_ONCE = 12, WORDS = 4 };

struct hang {
    const char *program, *mode;
    const char *words[WORDS]; /* all in the explanations together, in any order */
    bool circle;              /* a circle is told first */
    bool valgrind;            /* try it under Valgrind's tools, too */
};

static const enum gr_lens lenses[] = {GR_PLAIN, GR_MEMCHECK_LENS, GR_RACE_LENS};
enum { LENSES = sizeof lenses / sizeof *lenses };

static enum gr_lens lens; /* of this test */

static const struct hang hangs[] = {
    {"hang_pipe", "parent-holds", {"reads fd 3", "fd 4 of hang_pipe", "its child"}, true, true},
    {"hang_pipe", "self", {"fd 4 of hang_pipe", "itself", "waits for itself"}, true, true},
    {"hang_pipe", "keeps-read-end", {"write(fd 4)", "EPIPE", "itself"}, true, true},
    {"hang_pipe", "wait-first", {"is full", "does not read it", "its child"}, true, true},
    {"hang_pipe", "both-write", {"is full", "does not read it"}, true, false},
    {"hang_pipe", "input", {"read(fd 0)", "the grader does"}, false, true},
    {"hang_fifo", "order", {"open(\"one\", O_WRONLY)", "\"two\"", "same order"}, true, true},
    {"hang_fifo", "no-writer", {"open(\"quiet\", O_RDONLY)", "nobody does"}, false, false},
    {"hang_fifo", "both-read", {"open(\"shy\", O_RDONLY)", "O_RDONLY, too"}, false, false},
    {"hang_fifo", "rdwr", {"from the FIFO", "/both", "fd 3 of hang_fifo", "O_RDWR"}, true, false},
    {"hang_sem",
     "forks",
     {"key 0x4711", "its value is 0, and 1 process waits", "changed"},
     true,
     true},
    {"hang_sem", "dead-holder", {"which has ended, changed it last", "SEM_UNDO"}, false, false},
    {"hang_sem", "zero", {"until semaphore 1 becomes 0", "value is 1"}, false, false},
    {"hang_sem", "named", {"named semaphore /turn", "value is 0", "Also mapped by"}, false, true},
    {"hang_sem", "private", {"private memory", "nobody else can post"}, false, true},
    {"hang_sem",
     "pshared",
     {"anonymous shared memory (at byte 64)", "pshared 0", "no other process can wake it"},
     false,
     true},
    {"hang_msg", "mq-empty", {"mq_receive(fd 3)", "/work_queue", "empty (0 of 2"}, false, true},
    {"hang_msg",
     "mq-full",
     {"mq_send(fd 3)", "full (2 of 2 messages) with 2 bytes", "its child"},
     true,
     false},
    {"hang_msg", "notify-once", {"1 message lies", "mq_notify() is for once"}, false, false},
    {"hang_msg", "notify-late", {"2 messages lie", "into an empty queue"}, false, false},
    {"hang_msg", "type", {"type 7", "1 message,", "None of them"}, false, false},
    {"hang_msg",
     "one-queue",
     {"msgsnd() for room", "received from it", "sent to it last"},
     true,
     false},
    {"hang_sock", "no-client", {"accept(fd 3)", "(door)", "nobody connects"}, false, true},
    {"hang_sock", "both-receive", {"recv(fd 3)", "recv(fd 4)", "sends nothing"}, true, true},
    {"hang_sock", "keeps-end", {"other end is fd 3 of hang_sock", "itself"}, true, false},
    {"hang_sock", "tcp", {"(port ", "sends nothing"}, true, false},
    {"hang_sock", "both-send", {"does not read its end"}, true, false},
    {"hang_thread", "abba", {"a mutex that hang_thread", "circle: hang_thread"}, true, true},
    {"hang_thread", "twice", {"already itself"}, true, false},
    {"hang_thread", "dead-owner", {"has ended without unlocking"}, false, false},
    {"hang_thread", "private-cond", {"condition variable", "PTHREAD_PROCESS_SHARED"}, false, false},
    {"hang_thread",
     "private-mutex",
     {"PTHREAD_PROCESS_SHARED is missing", "no other process can wake it"},
     false,
     false},
    {"hang_thread", "join", {"pthread_join()", "pthread_cond_wait()"}, false, true},
    {"hang_thread", "first-ends", {"pthread_cond_wait()"}, false, false},
    {"hang_misc", "poll", {"poll() without a time limit", "fd 3 to be readable"}, true, true},
    {"hang_misc", "select", {"select() without", "fd 3 to be readable"}, true, false},
    {"hang_misc", "epoll", {"epoll_wait() without", "fd 3 to be readable"}, true, false},
    {"hang_misc", "flock", {"for the lock on", "/book", "holds it", "its child"}, true, false},
    {"hang_misc", "record", {"F_SETLKW", "/table", "holds it"}, true, false},
    {"hang_misc", "pause", {"pause() for SIGUSR1"}, false, false},
    {"hang_misc", "sigwait", {"sigwait() for SIGUSR2"}, false, true},
    {"hang_misc", "sigsuspend", {"sigsuspend() for SIGUSR1"}, false, false},
    {"hang_misc", "stopped", {"SIGSTOP", "which is stopped"}, false, false},
    {"hang_misc", "eventfd", {"eventfd whose counter is 0"}, false, false},
};

enum { HANGS = sizeof hangs / sizeof *hangs };

static struct gr_buf explanations(const struct gr_scene *s)
{
    struct gr_buf b = {.cap = 1 << 16};
    const struct gr_fact *f;
    size_t from = 0;

    while ((f = gr_fact(s, GR_FACT_WAIT, &from))) {
        gr_buf_add(&b, f->text, strlen(f->text));
        gr_buf_add(&b, "\n", 1);
    }
    return b;
}

/* What is wrong with the explanation, or NULL. */
static const char *misses(const struct hang *h, const struct gr_scene *s)
{
    struct gr_buf b = explanations(s);
    const char *text = gr_buf_text(&b), *wrong = NULL;
    bool circle = strstr(text, "These wait in a circle") == text ||
                  strstr(text, "A process waits for itself") == text;

    if (s->stop != GR_STOP_DEADLOCK)
        wrong = s->stop == GR_GO ? "it ended" : s->trouble;
    else if (circle != h->circle)
        wrong = circle ? "a circle is told" : "no circle is told";
    else if (strstr(text, "memcheck-") || strstr(text, "ipcgrind") || strstr(text, "valgrind"))
        wrong = "Valgrind's name is told";
    for (int i = 0; !wrong && i < WORDS && h->words[i]; i++)
        if (!hang_says(text, h->words[i], lens))
            wrong = h->words[i];
    gr_buf_release(&b);
    return wrong;
}

static bool one_hang(size_t i)
{
    const struct hang *h = &hangs[i];
    int64_t begin = gr_now_ms();
    struct gr_scene *s;
    struct gr_proc *p;
    const char *wrong;

    if (lens != GR_PLAIN && !h->valgrind)
        return true;
    s = gr_scene_open(hang_place(), 5000);
    p = hang_start(s, h->program, h->mode, lens);
    gr_wait_exit(p);
    wrong = misses(h, s);
    if (wrong || getenv("GR_TEST_VERBOSE")) {
        printf("%s %s (%d): %s, %lld ms; %s\n", h->program, h->mode, (int)lens,
               wrong ? wrong : "as it should be", (long long)(gr_now_ms() - begin), s->trouble);
        hang_print_facts(s, GR_FACT_WAIT);
    }
    gr_scene_close(s);
    return !wrong;
}

static const struct {
    const char *program, *mode;
    bool valgrind;
} lives[] = {
    {"live", "sleep", true},        {"live", "producer", true},   {"live", "sem-timed", false},
    {"live", "semtimedop", false},  {"live", "cond-timed", true}, {"live", "mq-timed", true},
    {"live", "timer", true},        {"live", "timerfd", true},    {"live", "epoll-timerfd", true},
    {"live", "rcvtimeo", true},     {"live", "poll", false},      {"live", "busy-peer", true},
    {"live", "signal", true},       {"live", "first-ends", true}, {"live", "join", false},
    {"live", "vfork", false},       {"live", "rally", true},      {"live_alarm", "handler", true},
    {"live_alarm", "deadly", true}, {"live_alarm", "exec", true}, {"live_alarm", "interval", true},
};

enum { LIVES = sizeof lives / sizeof *lives };

static bool one_live(size_t i)
{
    struct gr_scene *s;
    struct gr_proc *p;
    bool ok;

    if (lens != GR_PLAIN && !lives[i].valgrind)
        return true;
    s = gr_scene_open(hang_place(), 10000);
    p = hang_start(s, lives[i].program, lives[i].mode, lens);
    ok = gr_wait_exit(p) && WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0;
    if (!ok) {
        printf("%s %s: stop %d, %s; status %#x\n", lives[i].program, lives[i].mode, (int)s->stop,
               s->trouble, (unsigned)p->status);
        hang_print_facts(s, GR_FACT_WAIT);
    }
    gr_scene_close(s);
    return ok;
}

/* Stop this very process for longer than the warden needs, as a crowded machine would. */
static pid_t hold_up(pid_t whom)
{
    pid_t helper = fork();

    if (helper != 0)
        return helper;
    usleep(300000);
    kill(whom, SIGSTOP);
    usleep(3500000);
    kill(whom, SIGCONT);
    _exit(0);
}

/* The program waits for us, and we are late: that is no deadlock of the program. */
static bool late_reader(size_t i)
{
    pid_t helper = hold_up(getpid());
    struct gr_scene *s = gr_scene_open(hang_place(), 10000);
    struct gr_proc *p = hang_start(s, "live", "flood", GR_PLAIN);
    bool ok = gr_wait_exit(p) && p->status == 0 && p->outbuf.len == 1 << 20;

    if (!ok)
        printf("late reader %zu: stop %d, %s; status %#x, %zu bytes\n", i, (int)s->stop, s->trouble,
               (unsigned)p->status, p->outbuf.len);
    hang_print_facts(s, GR_FACT_WAIT);
    ok = ok && waitpid(helper, NULL, 0) == helper;
    gr_scene_close(s);
    return ok;
}

/* Input that comes late: between two waits the suite may take its time. */
static bool late_writer(size_t i)
{
    struct gr_scene *s = gr_scene_open(hang_place(), 10000);
    struct gr_proc *p = hang_start(s, "live", "copy", GR_PLAIN);
    bool ok = true;

    for (size_t k = 1; k <= 2 && ok; k++) {
        usleep(1500000);
        gr_send(p, "abc", 3);
        ok = gr_wait_bytes(p, 3 * k);
    }
    usleep(1500000);
    gr_close_input(p);
    ok = ok && gr_wait_exit(p) && p->status == 0;
    if (!ok)
        printf("late writer %zu: stop %d, %s\n", i, (int)s->stop, s->trouble);
    gr_scene_close(s);
    return ok;
}

START_TEST(a_late_suite_is_no_deadlock)
{
    ck_assert_int_eq(hang_run_all(late_reader, 2, 2) + hang_run_all(late_writer, 2, 2), 0);
}
END_TEST

/* Return: how many failed. */
static int under_lens(int i, bool (*one)(size_t), size_t n, int at_once)
{
    lens = lenses[i];
    if (lens == GR_RACE_LENS && !gr_race_available(hang_place()))
        return 0;
    return hang_run_all(one, n, at_once);
}

START_TEST(every_deadlock_is_explained)
{
    ck_assert_int_eq(under_lens(_i, one_hang, HANGS, _i == 0 ? AT_ONCE : 4), 0);
}
END_TEST

START_TEST(no_slow_program_is_called_dead)
{
    ck_assert_int_eq(under_lens(_i, one_live, LIVES, _i == 0 ? LIVES : 6), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("hang");
    TCase *tc = tcase_create("hang");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, a_late_suite_is_no_deadlock);
    tcase_add_loop_test(tc, every_deadlock_is_explained, 0, LENSES);
    tcase_add_loop_test(tc, no_slow_program_is_called_dead, 0, LENSES);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return hang_main(suite);
}
