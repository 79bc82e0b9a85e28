/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5B: scenarios for `ring.c` in two processes, a producer and a consumer. Each runs
 * grader/suites/05-shared-memory/ring_driver.c, whose head comment tells the format of its lines.
 */
#include "05_shared_memory.h"
#include "gr_timed.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 4, MAX_SIZE = 1 << 10 };

struct pair {
    struct gr_proc *put, *get;
    char name[NAME_LEN];
};

static void start_pair(struct gr_run *r, struct pair *pair, const char *size, const char *start,
                       const struct gr_inject *in)
{
    const char *make[] = {"ring_driver", "--sigusr1", "make", pair->name, size, start, NULL};
    const char *open[] = {"ring_driver", "--sigusr1", "open", pair->name, NULL};

    new_name(r, pair->name);
    pair->put = gr_run_prog(r, &(struct gr_prog){.argv = make, .keep_input = true, .inject = in});
    gr_wait_line(pair->put, false, "READY");
    gr_expect_going(r);
    pair->get = gr_run_prog(r, &(struct gr_prog){.argv = open, .keep_input = true, .inject = in});
    gr_wait_line(pair->get, false, "READY");
    gr_expect_going(r);
}

static void tell(struct gr_proc *p, const char *line)
{
    gr_send(p, line, strlen(line));
}

static void expect_said(struct gr_run *r, struct gr_proc *p, const char *want)
{
    gr_close_input(p);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    gr_expect_bytes(r, "what the ring did, one line a call,", gr_buf_text(&p->outbuf),
                    p->outbuf.len, want, strlen(want));
}

static uint32_t crc_of_many(uint32_t n, uint32_t seed, uint32_t max)
{
    static unsigned char data[MAX_SIZE];
    uint32_t crc = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t len = next_random(&seed) % (max + 1);

        fill_random(data, len, &seed);
        crc = crc32_add(crc32_add(crc, &len, sizeof len), data, len);
    }
    return crc;
}

/* @n records through a ring of @size bytes that begins at the top of its indices. */
static void transfer(struct gr_run *r, uint32_t n, const char *size, uint32_t max,
                     const struct gr_inject *in)
{
    uint32_t seed = gr_random(r, 1u << 30), crc = crc_of_many(n, seed, max);
    char pushes[64], pops[64], want[80];
    struct pair pair;

    snprintf(pushes, sizeof pushes, "pushes %u %u %u\nclose\n", n, seed, max);
    snprintf(pops, sizeof pops, "pops %u %u\n", n + 1, max);
    start_pair(r, &pair, size, "4294967000", in);
    tell(pair.get, pops);
    tell(pair.put, pushes);
    snprintf(want, sizeof want, "READY\npushes %u - crc %08x\nclose\n", n, crc);
    expect_said(r, pair.put, want);
    snprintf(want, sizeof want, "READY\npops %u ENODATA crc %08x\n", n, crc);
    expect_said(r, pair.get, want);
}

void ring_between_processes(struct gr_run *r)
{
    /* A condition may wake up for no reason, and the processes may pause anywhere. */
    const struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .wake = 50};

    ring_meets(r);
    transfer(r, 20000, "64", 60, NULL);
    transfer(r, 2000, "16", 12, &in);
    transfer(r, 3000, "1024", 700, &in);
}

/* A wait that ends by itself only to begin again would never come to rest. */
static void expect_no_limit(struct gr_run *r, struct gr_proc *p, const char *call)
{
    char *seen = gr_timed_wait(p);

    gr_expect_going(r);
    if (seen)
        gr_fail(r, GR_FAIL,
                "%s waits with a time limit, and looks again each time (%s): it should sleep until "
                "the other side wakes it",
                call, seen);
}

/* @p sleeps in a call and must stay there, also after a signal, until the other side acts. */
static void expect_waiting(struct gr_run *r, struct gr_proc *p, const char *call)
{
    size_t before = p->outbuf.len;

    if (!gr_expect_no_spin(r, p))
        gr_leave(r);
    expect_no_limit(r, p, call);
    for (int i = 0; i < 2; i++) {
        gr_wait_asleep(p);
        gr_expect_going(r);
        gr_signal(p, SIGUSR1);
    }
    gr_wait_asleep(p);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    gr_expect(r, !p->ended && p->outbuf.len == before,
              "%s waited, and signals came whose handler was installed without SA_RESTART. It "
              "should wait on after each (the call it sleeps in ends with EINTR); the driver said: "
              "%.100s",
              call, gr_buf_text(&p->outbuf) + before);
}

void ring_waits_asleep(struct gr_run *r)
{
    struct pair pair;

    start_pair(r, &pair, "32", "0", NULL);
    tell(pair.get, "say empty\npops 1 100\n");
    gr_wait_line(pair.get, false, "empty");
    expect_waiting(r, pair.get, "ring_pop() on an empty ring");
    tell(pair.put, "push 28 5\n");
    gr_wait_bytes(pair.get, strlen("READY\nempty\npops 1 - crc 00000000\n"));
    gr_expect_going(r);
    tell(pair.put, "push 24 6\nsay full\npush 3 7\n"); /* the second one does not fit */
    gr_wait_line(pair.put, false, "full");
    expect_waiting(r, pair.put, "ring_push() of 7 bytes where 4 are free");
    tell(pair.get, "pop 100\n");
    gr_close_input(pair.get);
    gr_close_input(pair.put);
    gr_wait_exit(pair.put);
    gr_expect_going(r);
    gr_expect_out(r, pair.put,
                  "READY\npush 0 - data ok\npush 0 - data ok\nfull\npush 0 - data ok\n");
    gr_expect_exit(r, pair.get, 0);
}

void ring_closes(struct gr_run *r)
{
    static const char zero[2 * HEADER]; /* two empty records */
    struct pair pair;
    char want[100];

    start_pair(r, &pair, "32", "0", NULL); /* the consumer waits when the producer closes */
    tell(pair.get, "pops 5 28\n");
    gr_wait_asleep(pair.get);
    tell(pair.put, "close\nclose\npush 1 1\n"); /* twice is closed, too */
    expect_said(r, pair.put, "READY\nclose\nclose\npush -1 EPIPE data ok\n");
    expect_said(r, pair.get, "READY\npops 0 ENODATA crc 00000000\n");

    start_pair(r, &pair, "32", "0", NULL); /* the producer waits when the consumer closes */
    tell(pair.put, "push 28 1\npush 28 2\n");
    gr_wait_line(pair.put, false, "push 0 - data ok");
    gr_wait_asleep(pair.put);
    tell(pair.get, "close\n");
    expect_said(r, pair.get, "READY\nclose\n");
    expect_said(r, pair.put, "READY\npush 0 - data ok\npush -1 EPIPE data ok\n");
    start_pair(r, &pair, "32", "0", NULL); /* what was in it before is not lost */
    tell(pair.put, "push 0 1\npush 0 1\nclose\n");
    expect_said(r, pair.put, "READY\npush 0 - data ok\npush 0 - data ok\nclose\n");
    tell(pair.get, "pops 3 28\npop 28\n");
    snprintf(want, sizeof want,
             "READY\npops 2 ENODATA crc %08x\npop -1 ENODATA crc 00000000 canary ok\n",
             crc32_add(0, zero, sizeof zero));
    expect_said(r, pair.get, want);
    ring_meets_a_close(r);
}

/* Step by step, so that neither side ever sleeps: what orders the two is in head and tail alone.
 * Each byte is written a second time. Then all at once. */
void ring_races(struct gr_run *r)
{
    struct pair pair;

    start_pair(r, &pair, "1024", "0", NULL);
    for (int i = 1; i <= 3; i++) {
        tell(pair.put, "pushes 15 1 50\nsay put\n");
        gr_wait_bytes(pair.put,
                      strlen("READY\n") + (size_t)i * strlen("pushes 15 - crc 00000000\nput\n"));
        tell(pair.get, "pops 15 50\nsay got\n");
        gr_wait_bytes(pair.get,
                      strlen("READY\n") + (size_t)i * strlen("pops 15 - crc 00000000\ngot\n"));
        gr_expect_going(r);
    }
    for (int i = 0; i < 2; i++) {
        gr_close_input(i ? pair.get : pair.put);
        gr_expect_exit(r, i ? pair.get : pair.put, 0);
    }
    transfer(r, 60, "64", 60, NULL);
}
