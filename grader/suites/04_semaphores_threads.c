/* SPDX-License-Identifier: MIT */
/* Lab 04: `bbuf_threads`, the twin of 4B that earns nothing. Helgrind and DRD see what they were
 * made for, threads; the same fault between processes they do not see, and our race lens does.
 *
 * They run as programs of the scene: what they say on stderr is the student's to forge, and there
 * is nothing to win by that. */
#include "04_semaphores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first error in what the tool said: `==12== Possible data race during ..`; NULL = none. */
static const char *first_error(const char *said)
{
    static const char *const heads[] = {"Possible data race", "Conflicting load",
                                        "Conflicting store"};
    const char *first = NULL;

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *at = strstr(said, heads[i]);

        if (at && (!first || at < first))
            first = at;
    }
    return first;
}

/* "bbuf_threads.c:55" behind @error, or "". */
static void place_of(const char *error, char place[64])
{
    const char *at = strstr(error, "(bbuf_threads.c:");

    place[0] = '\0';
    if (at)
        snprintf(place, 64, "%.*s", (int)strcspn(at + 1, ")"), at + 1);
}

static void tell_race(struct gr_run *r, const struct gr_proc *p, const char *tool)
{
    const char *error = first_error(gr_buf_text(&p->errbuf));
    char place[64], *text;

    if (!error)
        return;
    place_of(error, place);
    text = gr_escape(error, strnlen(error, 1200), 1400);
    gr_record_add_finding(&r->rec, tool, p->name, p->pid, place[0] ? place : NULL, NULL, text);
    free(text);
    gr_fail(r, GR_RACE,
            "%s, %s: two threads touch the same data, at least one of them writes, and "
            "nothing puts the two in order",
            tool, place[0] ? place : "bbuf_threads.c");
}

/* With small pauses around each wait and post: else Valgrind runs one thread nearly to its end
 * before the next. */
static void under(struct gr_run *r, const char *tool)
{
    char option[32];
    const char *const argv[] = {"/usr/bin/valgrind",
                                option,
                                "-q",
                                "--command-line-only=yes",
                                "--vgdb=no",
                                "bbuf_threads",
                                "2",
                                "2",
                                "8",
                                NULL};
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                                 .jitter = 50,
                                 .jitter_us = 3000,
                                 .calls = "sem_wait,sem_post,pthread_cond_wait"};
    struct gr_proc *p;

    snprintf(option, sizeof option, "--tool=%s", tool);
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &in});
    gr_wait_exit(p);
    tell_race(r, p, tool);
    gr_expect_exit(r, p, 0);
}

void threads_helgrind(struct gr_run *r)
{
    under(r, "helgrind");
}

void threads_drd(struct gr_run *r)
{
    under(r, "drd");
}
