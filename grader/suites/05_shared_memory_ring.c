/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5B: scenarios for `ring.c`, called by grader/suites/05-shared-memory/ring_driver.c,
 * whose head comment tells the format of its lines. */
#include "05_shared_memory.h"

#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 4, MAX_SIZE = 1 << 10, MAX_QUEUE = MAX_SIZE / HEADER };

/* CRC-32 as in zlib, and the random bytes: both like the driver. */
static uint32_t crc32_add(uint32_t crc, const void *data, size_t len)
{
    const unsigned char *p = data;

    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void fill(unsigned char *p, size_t len, uint32_t *seed)
{
    for (size_t i = 0; i < len; i++)
        p[i] = (unsigned char)next_random(seed);
}

/* What the driver is told, and what it should answer. */
struct script {
    struct gr_run *r;
    uint32_t size, tail, head;
    uint32_t len[MAX_QUEUE], seed[MAX_QUEUE]; /* the records in the ring, oldest first */
    size_t n;
    struct gr_buf in, want;
};

static void __attribute__((format(printf, 2, 3))) put(struct gr_buf *b, const char *fmt, ...)
{
    char line[128];
    va_list ap;

    va_start(ap, fmt);
    gr_buf_add(b, line, (size_t)vsnprintf(line, sizeof line, fmt, ap));
    va_end(ap);
}

static void begin(struct script *s, struct gr_run *r, uint32_t size, uint32_t start)
{
    *s = (struct script){.r = r, .size = size, .tail = start, .head = start};
    s->in.cap = s->want.cap = 1 << 20;
    put(&s->want, "READY\n");
}

static void push(struct script *s, uint32_t len)
{
    uint32_t seed = gr_random(s->r, 1u << 30);

    put(&s->in, "push %u %u\n", len, seed);
    if (len + HEADER > s->size) {
        put(&s->want, "push -1 EMSGSIZE data ok\n");
        return;
    }
    put(&s->want, "push 0 - data ok\n");
    s->len[s->n] = len;
    s->seed[s->n++] = seed;
    s->tail += len + HEADER;
}

static void pop(struct script *s)
{
    unsigned char data[MAX_SIZE];
    uint32_t len = s->len[0], seed = s->seed[0];

    fill(data, len, &seed);
    put(&s->in, "pop %u\n", len + gr_random(s->r, 3));
    put(&s->want, "pop %u - crc %08x canary ok\n", len, crc32_add(0, data, len));
    s->head += len + HEADER;
    s->n--;
    memmove(s->len, s->len + 1, s->n * sizeof *s->len);
    memmove(s->seed, s->seed + 1, s->n * sizeof *s->seed);
}

static void state(struct script *s)
{
    put(&s->in, "state\n");
    put(&s->want, "state %u %u\n", s->tail, s->head);
}

/* @count calls, none of which has to wait. */
static void at_random(struct script *s, unsigned count)
{
    while (count-- > 0) {
        uint32_t room = s->size - (s->tail - s->head);
        bool can_push = room >= HEADER && s->n < MAX_QUEUE;

        if (can_push && (s->n == 0 || gr_random(s->r, 2) == 0))
            push(s, gr_random(s->r, room - HEADER + 1));
        else
            pop(s);
        if (gr_random(s->r, 8) == 0)
            state(s);
    }
}

static void play(struct script *s, uint32_t start)
{
    char size_text[16], start_text[16];
    const char *argv[] = {"ring_driver", "make", "-", size_text, start_text, NULL};
    struct gr_prog prog = {.argv = argv, .input = gr_buf_text(&s->in), .input_len = s->in.len};
    struct gr_proc *p;

    snprintf(size_text, sizeof size_text, "%u", s->size);
    snprintf(start_text, sizeof start_text, "%u", start);
    p = gr_run_prog(s->r, &prog);
    gr_wait_exit(p);
    gr_expect_going(s->r);
    gr_expect_exit(s->r, p, 0);
    gr_expect_bytes(s->r, "what the ring did, one line a call,", gr_buf_text(&p->outbuf),
                    p->outbuf.len, gr_buf_text(&s->want), s->want.len);
    free(s->in.data);
    free(s->want.data);
}

static void random_script(struct gr_run *r, uint32_t size, uint32_t start, unsigned count)
{
    struct script s;

    begin(&s, r, size, start);
    at_random(&s, count);
    play(&s, start);
}

void ring_keeps_order(struct gr_run *r)
{
    random_script(r, 1024, 0, 200);
    random_script(r, 16, 0, 300);
    random_script(r, 64, gr_random(r, 1000), 600);
    random_script(r, 256, gr_random(r, 1u << 30), 600);
}

static void refuse_size(struct gr_run *r, const char *size)
{
    struct gr_proc *p = gr_run_args(r, NULL, "ring_driver", "make", "-", size, "0", NULL);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "init -1 EINVAL\n");
}

/* Records that fill the ring to its last byte, from a place in the middle. */
static void fill_up(struct script *s)
{
    uint32_t room = s->size;

    while (room > 0) {
        uint32_t len = gr_random(s->r, room - HEADER + 1);

        if (room - HEADER - len < HEADER) /* too little would be left for another one */
            len = room - HEADER;
        push(s, len);
        room -= HEADER + len;
    }
    state(s);
    while (s->n > 0)
        pop(s);
}

void ring_holds_all_it_can(struct gr_run *r)
{
    const uint32_t sizes[] = {16, 64, 1024};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct script s;

        begin(&s, r, sizes[i], 0);
        push(&s, sizes[i] - HEADER); /* one record that fills all */
        state(&s);
        push(&s, sizes[i] - HEADER + 1);
        pop(&s);
        push(&s, gr_random(r, sizes[i] / 2));
        pop(&s);
        for (int k = 0; k < 5; k++)
            fill_up(&s);
        for (uint32_t k = 0; k < sizes[i] / HEADER; k++)
            push(&s, 0);
        while (s.n > 0)
            pop(&s);
        play(&s, 0);
    }
    refuse_size(r, "0");
    refuse_size(r, "8");
    refuse_size(r, "24");
    refuse_size(r, "2097152");
}

void ring_passes_the_top(struct gr_run *r)
{
    uint32_t starts[] = {UINT32_MAX, UINT32_MAX - gr_random(r, 64), UINT32_MAX - 300};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct script s;

        begin(&s, r, 64, starts[i]);
        push(&s, 60); /* full, and the indices on both sides of the top */
        pop(&s);
        at_random(&s, 300);
        play(&s, starts[i]);
    }
}

/* Two processes. */

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

        fill(data, len, &seed);
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

    transfer(r, 20000, "64", 60, NULL);
    transfer(r, 2000, "16", 12, &in);
    transfer(r, 3000, "1024", 700, &in);
}

/* @p sleeps in a call and must stay there, also after a signal, until the other side acts. */
static void expect_waiting(struct gr_run *r, struct gr_proc *p, const char *call)
{
    size_t before = p->outbuf.len;

    if (!gr_expect_no_spin(r, p))
        gr_leave(r);
    for (int i = 0; i < 2; i++) {
        gr_wait_asleep(p);
        gr_expect_going(r);
        gr_signal(p, SIGUSR1);
    }
    gr_wait_asleep(p);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    gr_expect(r, !p->ended && p->outbuf.len == before,
              "%s should still wait; the driver said: %.100s", call,
              gr_buf_text(&p->outbuf) + before);
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
    tell(pair.put, "close\npush 1 1\n");
    expect_said(r, pair.put, "READY\nclose\npush -1 EPIPE data ok\n");
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
}

void ring_memory(struct gr_run *r)
{
    static const char *const argv[] = {"ring_driver", "--heap",     "make", "-",
                                       "64",          "4294967290", NULL};
    struct script s;
    struct gr_proc *p;

    begin(&s, r, 64, 4294967290u);
    push(&s, 60);
    push(&s, 61);
    pop(&s);
    at_random(&s, 60);
    p = gr_run_prog(
        r, &(struct gr_prog){.argv = argv, .input = gr_buf_text(&s.in), .input_len = s.in.len});
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, gr_buf_text(&s.want));
}

void ring_races(struct gr_run *r)
{
    transfer(r, 60, "64", 60, NULL);
}
