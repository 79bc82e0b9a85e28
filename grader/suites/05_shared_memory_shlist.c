/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5E: scenarios for `shlist.c`, called by
 * grader/suites/05-shared-memory/shlist_driver.c, whose head comment tells the format of its lines.
 * It has the area at two addresses at once, and uses them by turns. */
#include "05_shared_memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../labs/05-shared-memory/shlist.h"

enum { MOST = 40, CAP = 1 << 16 };

/* What the driver is told, what it should answer, and the list as it should be. */
struct script {
    struct gr_run *r;
    char list[MOST][SHLIST_TEXT];
    size_t n;
    struct gr_buf in, want;
    char name[NAME_LEN], size[16];
};

static void __attribute__((format(printf, 2, 3))) put(struct gr_buf *b, const char *fmt, ...)
{
    char line[128];
    va_list ap;

    va_start(ap, fmt);
    gr_buf_add(b, line, (size_t)vsnprintf(line, sizeof line, fmt, ap));
    va_end(ap);
}

static void begin(struct script *s, struct gr_run *r, size_t size)
{
    *s = (struct script){.r = r};
    s->in.cap = s->want.cap = CAP;
    new_name(r, s->name);
    snprintf(s->size, sizeof s->size, "%zu", size);
    put(&s->want, "READY differ\n");
}

static void add(struct script *s, const char *text)
{
    put(&s->in, "add %s\n", text);
    put(&s->want, "add \"%s\": 0 -\n", text);
    snprintf(s->list[s->n++], SHLIST_TEXT, "%s", text);
}

static void remove_text(struct script *s, const char *text)
{
    size_t i = 0;

    put(&s->in, "remove %s\n", text);
    while (i < s->n && strcmp(s->list[i], text) != 0)
        i++;
    put(&s->want, "remove \"%s\": %s\n", text, i < s->n ? "0 -" : "-1 ENOENT");
    if (i == s->n)
        return;
    s->n--;
    memmove(s->list[i], s->list[i + 1], (s->n - i) * sizeof s->list[0]);
}

static void show(struct script *s)
{
    put(&s->in, "list\n");
    for (size_t i = 0; i < s->n; i++)
        put(&s->want, "node %s\n", s->list[i]);
    put(&s->want, "nodes %zu\n", s->n);
}

/* Said as it is, answered as given. */
static void say(struct script *s, const char *line, const char *answer)
{
    put(&s->in, "%s\n", line);
    put(&s->want, "%s\n", answer);
}

/* Run what was written so far in a process of its own. @how: "make" or "open". */
static void play(struct script *s, const char *how, const char *place)
{
    const char *argv[] = {"shlist_driver", how, s->name, s->size, place, NULL};
    struct gr_prog prog = {.argv = argv, .input = gr_buf_text(&s->in), .input_len = s->in.len};
    struct gr_proc *p = gr_run_prog(s->r, &prog);

    gr_wait_exit(p);
    gr_expect_going(s->r);
    gr_expect_exit(s->r, p, 0);
    gr_expect_bytes(s->r, "what the list did, one line a call,", gr_buf_text(&p->outbuf),
                    p->outbuf.len, gr_buf_text(&s->want), s->want.len);
    s->in.len = s->want.len = 0;
    put(&s->want, "READY differ\n");
}

static void text_of(struct gr_run *r, char text[SHLIST_TEXT])
{
    unsigned len = gr_random(r, SHLIST_TEXT);

    for (unsigned i = 0; i < len; i++)
        text[i] = (char)('a' + gr_random(r, 26));
    text[len] = '\0';
}

static void at_random(struct script *s, unsigned count)
{
    for (; count > 0; count--) {
        char text[SHLIST_TEXT];

        text_of(s->r, text);
        if (s->n < MOST / 2 && (s->n == 0 || gr_random(s->r, 2) == 0))
            add(s, gr_random(s->r, 4) == 0 && s->n > 0 ? s->list[0] : text);
        else
            remove_text(s,
                        gr_random(s->r, 8) == 0 ? text : s->list[gr_random(s->r, (unsigned)s->n)]);
        if (gr_random(s->r, 6) == 0)
            show(s);
    }
    show(s);
}

void shlist_keeps_order(struct gr_run *r)
{
    struct script s;

    begin(&s, r, 4096);
    show(&s);
    add(&s, "one");
    show(&s);
    add(&s, "");
    add(&s, "one");
    add(&s, "twenty-seven-characters-abc");
    show(&s);
    while (s.n < 20) {
        char text[SHLIST_TEXT];

        text_of(r, text);
        add(&s, text);
    }
    show(&s);
    say(&s, "rest", "rest ok");
    play(&s, "make", "0");
}

void shlist_removes(struct gr_run *r)
{
    static const char *const texts[] = {"one", "two", "one", "", "five", "six"};
    struct script s;

    begin(&s, r, 4096);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(&s, texts[i]);
    remove_text(&s, "one"); /* the front, and only the first of two */
    show(&s);
    remove_text(&s, "one");
    remove_text(&s, "six"); /* the end: the next one is added behind "five" */
    add(&s, "seven");
    show(&s);
    remove_text(&s, "one");
    while (s.n > 0)
        remove_text(&s, s.list[s.n - 1]);
    show(&s);
    add(&s, "after all were gone");
    at_random(&s, 80);
    play(&s, "make", "0");
}

/* Areas of many sizes hold as many of the longest texts as was promised; the one that is too much
 * touches nothing, in the list or behind the area. */
static void fill_to_the_end(struct gr_run *r, size_t size)
{
    struct script s;

    begin(&s, r, size);
    put(&s.in, "long %zu\n", SHLIST_ROOM(size));
    put(&s.want, "long %zu -\n", SHLIST_ROOM(size));
    say(&s, "rest", "rest ok");
    say(&s, "stuff", "stuff ENOSPC list ok");
    say(&s, "rest", "rest ok");
    play(&s, "make", "3");
}

void shlist_uses_room_again(struct gr_run *r)
{
    static const size_t size[] = {SHLIST_MIN, 263, 304, 1008, 4093, 4096, 65536};
    struct script s;
    char want[64];

    begin(&s, r, 1000);
    snprintf(want, sizeof want, "fill %zu -", SHLIST_ROOM(1000));
    put(&s.in, "fill %zu\n", SHLIST_ROOM(1000));
    put(&s.want, "%s\n", want);
    say(&s, "rest", "rest ok");
    say(&s, "remove fill-3", "remove \"fill-3\": 0 -");
    say(&s, "cycle 2001", "cycle 2001 -");
    say(&s, "remove fill-0", "remove \"fill-0\": 0 -");
    put(&s.in, "remove fill-%zu\n", SHLIST_ROOM(1000) - 1);
    put(&s.want, "remove \"fill-%zu\": 0 -\n", SHLIST_ROOM(1000) - 1);
    say(&s, "fill 3", "fill 3 -");
    snprintf(want, sizeof want, "nodes %zu", SHLIST_ROOM(1000));
    say(&s, "count", want);
    say(&s, "rest", "rest ok");
    play(&s, "make", "1");
    begin(&s, r, 4096); /* behind it lies a page that may not be touched */
    for (int i = 0; i < 500; i++)
        say(&s, "cycle 1", "cycle 1 -");
    play(&s, "make", "2");
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        fill_to_the_end(r, size[i]);
}

/* Two addresses in one process; then at others; then in processes that did not make it. */
void shlist_can_be_anywhere(struct gr_run *r)
{
    struct script s;

    begin(&s, r, 4096);
    at_random(&s, 10);
    put(&s.in, "move 3\n");
    show(&s);
    at_random(&s, 10);
    play(&s, "make", "0");
    for (int i = 0; i < 2; i++) {
        show(&s);
        at_random(&s, 12);
        play(&s, "open", i == 0 ? "5" : "6");
    }
}

static void refuse_size(struct gr_run *r, size_t size)
{
    struct script s;

    begin(&s, r, size);
    s.want.len = 0;
    put(&s.want, "init -1 EINVAL\nrest ok\n");
    play(&s, "make", "0");
}

void shlist_reports_errors(struct gr_run *r)
{
    struct script s;

    begin(&s, r, 300);
    add(&s, "kept");
    say(&s, "add twenty-eight-characters-abcd",
        "add \"twenty-eight-characters-abcd\": -1 EMSGSIZE");
    say(&s, "remove nothing", "remove \"nothing\": -1 ENOENT");
    show(&s);
    say(&s, "full", "full ENOSPC");
    say(&s, "add more", "add \"more\": -1 ENOSPC");
    say(&s, "remove kept", "remove \"kept\": 0 -");
    say(&s, "add again", "add \"again\": 0 -");
    say(&s, "add more", "add \"more\": -1 ENOSPC");
    say(&s, "rest", "rest ok");
    play(&s, "make", "0");
    refuse_size(r, SHLIST_MIN - 1);
    refuse_size(r, 1);
    refuse_size(r, (size_t)SHLIST_MAX + 1);
}

void shlist_memory(struct gr_run *r)
{
    struct script s;

    begin(&s, r, 4096);
    at_random(&s, 10);
    play(&s, "make", "0");
    show(&s);
    at_random(&s, 8);
    play(&s, "open", "5");
}
