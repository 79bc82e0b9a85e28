/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3A: scenarios for `jobd`. */
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

struct gr_proc *start_job(struct gr_run *r, const char *prio, const char *text,
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

/* Texts that are printed as they are: nothing, and what printf() would read as a format. */
static void make_text(struct gr_run *r, struct planned *job)
{
    if (job->order == 4)
        job->text[0] = '\0';
    else if (job->order == 5)
        snprintf(job->text, sizeof job->text, "a text like 100%%%% %%%% stays as it is");
    else
        snprintf(job->text, sizeof job->text, "job %d of %u", job->order + 1,
                 gr_random(r, 1000000));
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
        make_text(r, &jobs[i]);
        put_text(r, queue, jobs[i].prio, jobs[i].text);
    }
    qsort(jobs, MESSAGES, sizeof *jobs, first_out);
    for (int i = 0; i < MESSAGES; i++)
        say(&want, jobs[i].prio, jobs[i].text);
    expect_printed(r, start_jobd(r, NULL), &want);
}

char *letters(struct gr_run *r, size_t n)
{
    char *text = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + (int)gr_random(r, 26));
    return text;
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

/* Did an mq_open() of @p fail? One that calls the kernel past the library opens the queue. */
static bool open_failed(const struct gr_proc *p)
{
    struct gr_call c;
    bool failed = false;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, "mq_open", &c);)
        failed |= gr_call_is_of(p, &c) && c.result == -1;
    return failed;
}

/* mq_open() fails, as for a process with no descriptor left. What jobd cannot open it must not
 * remove either. */
static void expect_failure_keeps_jobs(struct gr_run *r, int queue)
{
    static const char *const argv[] = {"jobd", "/jobs", NULL};
    static const char *const rules[] = {"fail=mq_open:*:EMFILE", NULL};
    const struct gr_inject failing = {.trace = GR_MISUSE_TRACE, .rules = rules};
    struct gr_proc *jobd = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &failing});

    gr_wait_output(jobd, 1);
    if (!open_failed(jobd) && !jobd->ended)
        return;
    gr_expect_no_misuse(r);
    gr_expect(r, strncmp(gr_buf_text(&jobd->outbuf), "READY", 5) != 0,
              "mq_open() failed with EMFILE, and yet jobd printed READY");
    gr_expect_exit(r, jobd, 1);
    gr_expect_out(r, jobd, "");
    gr_expect_complaint(r, jobd);
    gr_expect(r, same_queue(r, queue),
              "jobd failed (mq_open: EMFILE), and removed the queue with the jobs in it: only "
              "SIGTERM removes it, the next jobd is to find them");
}

/* The queue is there before: fewer messages, which may be longer, and jobs lie in it. */
void jobd_keeps_old_queue(struct gr_run *r)
{
    size_t longest = 3900 + gr_random(r, 100);
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
    kill_whole(jobd);
    put_text(r, queue, 1, "for the next jobd");
    expect_failure_keeps_jobs(r, queue);
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

/* One job is as long as the buffer must be: a '\0' behind it has no room there. */
void jobs_memory(struct gr_run *r)
{
    enum { LONGEST = 1000 };
    int queue = plant(r, "/jobs", 5, LONGEST);
    char *whole = letters(r, LONGEST);
    struct output want = {{.cap = 8192}};
    struct gr_proc *jobd;

    put_text(r, queue, 2, "there before");
    say(&want, 2, "there before");
    put_text(r, queue, 1, whole);
    say(&want, 1, whole);
    free(whole);
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
    kill_whole(jobd);
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
