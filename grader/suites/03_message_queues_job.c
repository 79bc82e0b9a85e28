/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3A: scenarios for `job`. */
#include "03_message_queues.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { MESSAGES = 10, BYTES = 512, HIGHEST = 32767 };

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

/* @digits are PRIO as it is written, @prio is what they mean. */
static void expect_sent_as(struct gr_run *r, int queue, const char *digits, unsigned prio,
                           const char *text)
{
    struct gr_proc *p = start_job(r, digits, text, NULL);

    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "");
    expect_letter(r, queue, prio, text);
}

static void expect_sent(struct gr_run *r, int queue, unsigned prio, const char *text)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%u", prio);
    expect_sent_as(r, queue, digits, prio, text);
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
    expect_sent_as(r, queue, "0010", 10, "ten, and not eight");
    expect_waits_for_room(r, queue);
    free(whole);
}

/* The command would be a line of many letters. */
static void expect_taken(struct gr_run *r, const char *text, size_t limit)
{
    struct gr_proc *p = start_job(r, "1", text, &trace_only);

    gr_wait_exit(p);
    gr_expect(r, p->status != W_EXITCODE(3, 0),
              "job refused a TEXT of %zu bytes with exit status 3, and a message of this queue may "
              "be just as long: the limit is what mq_getattr() says of the queue, whatever jobs.h "
              "asks for when it makes one",
              limit);
    gr_expect_exit(r, p, 0);
}

static void expect_too_long(struct gr_run *r, int queue, size_t limit)
{
    char *text = letters(r, limit + 1);
    struct gr_proc *p = start_job(r, "1", text, &trace_only);

    gr_expect_exit(r, p, 3);
    gr_expect_out(r, p, "");
    gr_expect_err(r, p, true);
    gr_expect(r, gr_mq_count(queue) == 0, "job exited with 3, and yet put a message in the queue");
    text[limit] = '\0';
    expect_taken(r, text, limit);
    expect_letter(r, queue, 1, text);
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
        {"job", "/jobs", "4294967297", "text", NULL}, /* 1, to who keeps 32 bits of it */
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
    struct gr_proc *p = start_job(r, "1", "nobody is there", &trace_only);
    enum { LARGE = 2000 };
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
    gr_mq_unlink(r->scene, "/jobs");
    queue = plant(r, "/jobs", 3, LARGE); /* longer than those of jobs.h */
    expect_too_long(r, queue, LARGE);
}
