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
uint32_t crc32_add(uint32_t crc, const void *data, size_t len)
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

uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

void fill_random(unsigned char *p, size_t len, uint32_t *seed)
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

    fill_random(data, len, &seed);
    put(&s->in, "pop %u\n", len + gr_random(s->r, 3));
    put(&s->want, "pop %u - crc %08x canary ok\n", len, crc32_add(0, data, len));
    s->head += len + HEADER;
    s->n--;
    memmove(s->len, s->len + 1, s->n * sizeof *s->len);
    memmove(s->seed, s->seed + 1, s->n * sizeof *s->seed);
}

/* Into a buffer that is too small: it stays. */
static void pop_too_little(struct script *s)
{
    if (s->len[0] == 0)
        return;
    put(&s->in, "pop %u\n", gr_random(s->r, s->len[0]));
    put(&s->want, "pop -1 EMSGSIZE crc 00000000 canary ok\n");
}

static void state(struct script *s)
{
    put(&s->in, "state\n");
    put(&s->want, "state %u %u %u\n", s->tail, s->head, s->n > 0 ? s->len[0] : 0);
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
        if (gr_random(s->r, 8) == 0 && s->n > 0)
            pop_too_little(s);
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
    gr_wait_still(s->r->scene);
    /* What came out wrong before it fell asleep says more than the sleep. */
    if (p->ended || memcmp(gr_buf_text(&p->outbuf), gr_buf_text(&s->want),
                           p->outbuf.len < s->want.len ? p->outbuf.len : s->want.len) == 0) {
        gr_wait_exit(p);
        gr_expect_going(s->r);
        gr_expect_exit(s->r, p, 0);
    }
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
    gr_expect_out(r, p, "init -1 EINVAL memory as before\n");
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

/* Refused, and nothing has changed. */
static void refuse(struct gr_run *r)
{
    struct script s;

    begin(&s, r, 64, 0);
    put(&s.in, "huge\n");
    put(&s.want, "huge -1 EMSGSIZE\n");
    push(&s, 20);
    pop_too_little(&s);
    state(&s);
    play(&s, 0);
}

void ring_holds_all_it_can(struct gr_run *r)
{
    const uint32_t sizes[] = {16, 64, 1024};

    refuse(r);
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
