/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3A: scenarios for `jobd` and `job`. */
#include "03_message_queues.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MESSAGES = 10, BYTES = 512, HIGHEST = 32767 };

static const struct gr_inject traced = {.trace = GR_MISUSE_TRACE "," GR_IDLE_TRACE};

int plant(struct gr_run *r, const char *name, long maxmsg, long msgsize)
{
    int queue = gr_mq_make(gr_scene(r), name, maxmsg, msgsize, 0600);

    if (queue == -1)
        gr_fail(r, GR_INFRA, "cannot plant the queue %s: %s", name, strerror(errno));
    return queue;
}

void put_text(struct gr_run *r, int queue, unsigned prio, const char *text)
{
    if (gr_mq_put(r->scene, queue, prio, text, strlen(text)))
        return;
    gr_expect_going(r);
    for (size_t i = 0; i < r->scene->nprocs; i++)
        gr_expect_alive(r, &r->scene->procs[i]);
    gr_fail(r, GR_INFRA, "cannot send to a planted queue: %s", strerror(errno));
}

static struct gr_proc *start_jobd(struct gr_run *r, const struct gr_inject *in)
{
    static const char *const argv[] = {"jobd", "/jobs", NULL};
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});

    gr_expect_ready(r, p);
    return p;
}

static struct gr_proc *start_job(struct gr_run *r, const char *prio, const char *text,
                                 const struct gr_inject *in)
{
    const char *argv[] = {"job", "/jobs", prio, text, NULL};

    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

/* What jobd must have printed, READY first. */
struct output {
    struct gr_buf b;
};

static void say(struct output *o, unsigned prio, const char *text)
{
    char number[16];

    if (o->b.len == 0)
        gr_buf_add(&o->b, "READY\n", 6);
    gr_buf_add(&o->b, number, (size_t)snprintf(number, sizeof number, "%u ", prio));
    gr_buf_add(&o->b, text, strlen(text));
    gr_buf_add(&o->b, "\n", 1);
}

/* All of it must come while jobd runs: nobody ends it to flush a buffer. */
static void expect_printed(struct gr_run *r, struct gr_proc *jobd, struct output *o)
{
    gr_wait_output(jobd, o->b.len);
    gr_expect_going(r);
    if (jobd->outbuf.len < o->b.len)
        gr_ends_now(jobd);
    gr_expect_alive(r, jobd);
    gr_expect_out(r, jobd, gr_buf_text(&o->b));
}

struct planned {
    unsigned prio;
    int order;
    char text[40];
};

static int first_out(const void *a, const void *b)
{
    const struct planned *x = a, *y = b;

    if (x->prio != y->prio)
        return x->prio > y->prio ? -1 : 1;
    return x->order - y->order;
}

/* Three priorities, some several times, whatever the seed. */
void jobd_prints_in_order(struct gr_run *r)
{
    const unsigned prios[] = {0, 1 + gr_random(r, 30000), HIGHEST};
    int queue = plant(r, "/jobs", MESSAGES, BYTES);
    struct planned jobs[MESSAGES];
    struct output want = {{.cap = 8192}};

    for (int i = 0; i < MESSAGES; i++) {
        unsigned which = i < 6 ? (unsigned)i % 3 : gr_random(r, 3);

        jobs[i] = (struct planned){.prio = prios[which], .order = i};
        snprintf(jobs[i].text, sizeof jobs[i].text, "job %d of %u", i + 1, gr_random(r, 1000000));
        put_text(r, queue, jobs[i].prio, jobs[i].text);
    }
    qsort(jobs, MESSAGES, sizeof *jobs, first_out);
    for (int i = 0; i < MESSAGES; i++)
        say(&want, jobs[i].prio, jobs[i].text);
    expect_printed(r, start_jobd(r, NULL), &want);
}

static void expect_letter(struct gr_run *r, int queue, unsigned prio, const char *text)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);

    if (!gr_mq_take(r->scene, queue, l)) {
        gr_expect_going(r);
        gr_fail(r, GR_FAIL, "job exited with 0, but there is no message in the queue");
    }
    gr_expect_bytes(r, "the message in the queue", l->text, l->len, text, strlen(text));
    gr_expect(r, l->kind == (long)prio, "the message's priority should be %u; it is %ld", prio,
              l->kind);
    free(l);
}

static void expect_sent(struct gr_run *r, int queue, unsigned prio, const char *text)
{
    char number[16];
    struct gr_proc *p;

    snprintf(number, sizeof number, "%u", prio);
    p = start_job(r, number, text, NULL);
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "");
    expect_letter(r, queue, prio, text);
}

static char *letters(struct gr_run *r, size_t n)
{
    char *text = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + (int)gr_random(r, 26));
    return text;
}

/* A full queue: job waits, and its message goes in when one was taken. */
static void expect_waits_for_room(struct gr_run *r, int queue)
{
    struct gr_proc *p;

    for (int i = 0; i < MESSAGES; i++)
        put_text(r, queue, 9, "in the way");
    p = start_job(r, "9", "the last", NULL);
    gr_wait_asleep(p);
    gr_expect_going(r);
    gr_expect_alive(r, p);
    expect_letter(r, queue, 9, "in the way");
    gr_expect_exit(r, p, 0);
    for (int i = 1; i < MESSAGES; i++)
        expect_letter(r, queue, 9, "in the way");
    expect_letter(r, queue, 9, "the last");
}

void job_sends(struct gr_run *r)
{
    int queue = plant(r, "/jobs", MESSAGES, BYTES);
    char *whole = letters(r, BYTES);

    expect_sent(r, queue, 1 + gr_random(r, 30000), "print the report");
    expect_sent(r, queue, 0, "  blanks, a % and \xc3\xa4 stay as they are ");
    expect_sent(r, queue, HIGHEST, "");
    expect_sent(r, queue, 7, whole);
    expect_waits_for_room(r, queue);
    free(whole);
}

static bool same_queue(struct gr_run *r, int queue)
{
    int there = gr_mq_find(r->scene, "/jobs");
    struct stat a, b;
    bool same = there != -1 && fstat(there, &a) == 0 && fstat(queue, &b) == 0 &&
                a.st_ino == b.st_ino && a.st_dev == b.st_dev;

    if (there != -1)
        close(there);
    return same;
}

/* The queue is there before: fewer messages, which may be longer, and jobs lie in it. */
void jobd_keeps_old_queue(struct gr_run *r)
{
    size_t longest = 700 + gr_random(r, 3000);
    int queue = plant(r, "/jobs", 4, (long)longest);
    char *whole = letters(r, longest);
    struct output want = {{.cap = 32768}};
    struct gr_proc *jobd;

    put_text(r, queue, 3, "an old job");
    put_text(r, queue, 2, whole);
    put_text(r, queue, 1, "another old job");
    say(&want, 3, "an old job");
    say(&want, 2, whole);
    say(&want, 1, "another old job");
    jobd = start_jobd(r, &traced);
    gr_wait_output(jobd, want.b.len);
    gr_expect_going(r);
    if (jobd->outbuf.len < want.b.len)
        gr_expect(r, same_queue(r, queue),
                  "/jobs had been there before jobd came, with jobs in it. It is not there any "
                  "more: jobd removed it (mq_unlink) and made another one, and the jobs are gone");
    expect_printed(r, jobd, &want);
    put_text(r, queue, 5, whole);
    say(&want, 5, whole);
    expect_printed(r, jobd, &want);
    free(whole);
}

void jobd_makes_queue(struct gr_run *r)
{
    static const char *const argv[] = {"jobd", "/jobs", NULL};
    struct gr_proc *jobd = start_not_ready_before(r, argv, "mq_open");
    struct output want = {{.cap = 8192}};
    struct mq_attr attr;
    struct stat st;
    int queue;

    gr_expect_ready(r, jobd);
    queue = gr_mq_find(r->scene, "/jobs");
    if (queue == -1)
        gr_fail(r, GR_FAIL, "jobd printed READY, but there is no queue /jobs: %s", strerror(errno));
    if (mq_getattr(queue, &attr) == -1 || fstat(queue, &st) == -1)
        gr_fail(r, GR_INFRA, "mq_getattr: %s", strerror(errno));
    gr_expect(r, attr.mq_maxmsg == MESSAGES && attr.mq_msgsize == BYTES,
              "jobd should make a queue of %d messages of at most %d bytes; it made one of %ld "
              "messages of %ld bytes",
              MESSAGES, BYTES, attr.mq_maxmsg, attr.mq_msgsize);
    gr_expect(r, (st.st_mode & 0777) == 0600,
              "the queue's mode should be 0600: only its owner sends and receives; it is %04o",
              (unsigned)st.st_mode & 0777);
    gr_expect_exit(r, start_job(r, "4", "the first job", NULL), 0);
    say(&want, 4, "the first job");
    expect_printed(r, jobd, &want);
    gr_expect_exit(r, start_job(r, "2", "the second one", NULL), 0);
    say(&want, 2, "the second one");
    expect_printed(r, jobd, &want);
}

static void expect_too_long(struct gr_run *r, int queue, size_t limit)
{
    char *text = letters(r, limit + 1);
    struct gr_proc *p = start_job(r, "1", text, &traced);

    gr_expect_exit(r, p, 3);
    gr_expect_out(r, p, "");
    gr_expect_err(r, p, true);
    gr_expect(r, gr_mq_count(queue) == 0, "job exited with 3, and yet put a message in the queue");
    text[limit] = '\0';
    expect_sent(r, queue, 1, text);
    free(text);
}

static void expect_usages(struct gr_run *r)
{
    static const char *const bad[][6] = {
        {"job", NULL},
        {"job", "/jobs", "1", NULL},
        {"job", "/jobs", "1", "a", "b", NULL},
        {"job", "jobs", "1", "text", NULL},
        {"job", "/", "1", "text", NULL},
        {"job", "/a/b", "1", "text", NULL},
        {"job", "//jobs", "1", "text", NULL},
        {"job", "/jobs", "+5", "text", NULL},
        {"job", "/jobs", " 5", "text", NULL},
        {"job", "/jobs", "5 ", "text", NULL},
        {"job", "/jobs", "0x1f", "text", NULL},
        {"job", "/jobs", "-1", "text", NULL},
        {"job", "/jobs", "32768", "text", NULL},
        {"job", "/jobs", "99999999999999999999", "text", NULL},
        {"job", "/jobs", "", "text", NULL},
        {"job", "/jobs", "1x", "text", NULL},
        {"jobd", NULL},
        {"jobd", "jobs", NULL},
        {"jobd", "/", NULL},
        {"jobd", "/a/b", NULL},
        {"jobd", "/jobs", "/more", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
}

void job_says_what_failed(struct gr_run *r)
{
    struct gr_proc *p = start_job(r, "1", "nobody is there", &traced);
    size_t limit = 5 + gr_random(r, 60);
    int queue;

    gr_wait_exit(p);
    gr_expect_no_misuse(r);
    gr_expect_exit(r, p, 1);
    gr_expect_out(r, p, "");
    gr_expect_complaint(r, p);
    gr_expect(r, gr_mq_find(r->scene, "/jobs") == -1,
              "job must not make the queue: that is the task of jobd");
    expect_usages(r);
    queue = plant(r, "/jobs", 3, (long)limit);
    expect_too_long(r, queue, limit);
}

struct waiting_jobs {
    int queue;
    struct output *want;
};

static void queue_jobs(struct gr_run *r, void *arg)
{
    const struct waiting_jobs *w = arg;

    for (unsigned i = 0; i < 6; i++) {
        char text[32];

        snprintf(text, sizeof text, "accepted job %u", i + 1);
        put_text(r, w->queue, 100 - i, text);
        say(w->want, 100 - i, text);
    }
}

void jobd_ends_on_term(struct gr_run *r)
{
    static const char *const argv[] = {"jobd", "/jobs", NULL};
    struct output want = {{.cap = 8192}};
    struct waiting_jobs w = {plant(r, "/jobs", MESSAGES, BYTES), &want};
    struct gr_proc *jobd;

    put_text(r, w.queue, 5, "before the start");
    say(&want, 5, "before the start");
    jobd = start_jobd(r, &interrupting);
    expect_printed(r, jobd, &want);
    put_text(r, w.queue, 4, "after an interruption");
    say(&want, 4, "after an interruption");
    expect_printed(r, jobd, &want);
    gr_wait_asleep(jobd);
    gr_expect_alive(r, jobd);
    gr_term_after(r, jobd, queue_jobs, &w);
    gr_expect_exit(r, jobd, 0);
    gr_expect_out(r, jobd, gr_buf_text(&want.b));
    gr_expect_term_before_sleep(r, &(struct gr_prog){.argv = argv});
}

void jobs_memory(struct gr_run *r)
{
    int queue = plant(r, "/jobs", 5, 1000);
    struct output want = {{.cap = 8192}};
    struct gr_proc *jobd;

    put_text(r, queue, 2, "there before");
    say(&want, 2, "there before");
    jobd = start_jobd(r, NULL);
    gr_expect_exit(r, start_job(r, "9", "sent under Valgrind", NULL), 0);
    say(&want, 9, "sent under Valgrind");
    expect_printed(r, jobd, &want);
    gr_signal(jobd, SIGTERM);
    gr_expect_exit(r, jobd, 0);
}

/* A jobd that was killed leaves its queue; the next one takes over, and removes it. */
void jobd_leaves_nothing(struct gr_run *r)
{
    struct gr_proc *jobd = start_jobd(r, NULL);
    struct output want = {{.cap = 8192}};

    if (!gr_expect_no_spin(r, jobd)) {
        gr_signal(jobd, SIGTERM);
        gr_expect_exit(r, jobd, 0);
        return;
    }
    gr_signal(jobd, SIGKILL);
    gr_wait_exit(jobd);
    gr_expect_exit(r, start_job(r, "1", "sent while nobody read", NULL), 0);
    say(&want, 1, "sent while nobody read");
    jobd = start_jobd(r, &traced);
    expect_printed(r, jobd, &want);
    gr_expect_no_asking(r, jobd, "mq_receive,mq_timedreceive");
    gr_signal(jobd, SIGTERM);
    gr_expect_exit(r, jobd, 0);
    if (gr_mq_find(r->scene, "/jobs") != -1)
        gr_fail(r, GR_LEFTOVER,
                "POSIX message queue: jobs is still there after SIGTERM. Whoever creates an object "
                "removes it");
}
