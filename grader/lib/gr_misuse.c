/* SPDX-License-Identifier: MIT */
/* What the call log shows to be wrong, in words. */
#include "gr_misuse.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>

enum { MOST_MESSAGES = 10, MOST_BYTES = 8192 }; /* man 7 mq_overview: without privilege */

static const char *program_of(const struct gr_scene *s, const struct gr_call *c)
{
    unsigned long start = strtoul(c->label, NULL, 10); /* which start of the scene */

    return start < s->nprocs ? s->procs[start].name : "the program";
}

/* The @n-th word of the arguments, from 0. Return: false if there are fewer. */
static bool word_of(const struct gr_call *c, int n, char *to, size_t cap)
{
    const char *p = c->args, *end = c->args + c->args_len;
    size_t len;

    for (; n > 0 && p < end; n--) {
        p = memchr(p, ' ', (size_t)(end - p));
        p = p ? p + 1 : end;
    }
    for (len = 0; p + len < end && p[len] != ' ' && len < cap - 1; len++)
        to[len] = p[len];
    to[len] = '\0';
    return len > 0;
}

static long number_of(const struct gr_call *c, int n)
{
    char word[64];

    return word_of(c, n, word, sizeof word) ? strtol(word, NULL, 0) : 0;
}

static bool failed_with(const struct gr_call *c, const char *error)
{
    return c->result == -1 && strcmp(c->error, error) == 0;
}

static char *open_misuse(const struct gr_call *c)
{
    long messages = number_of(c, 3), bytes = number_of(c, 4);
    char name[160];

    if (!failed_with(c, "EINVAL") || !word_of(c, 0, name, sizeof name))
        return NULL;
    if (name[0] == '"' && name[1] != '/')
        return gr_xasprintf("called mq_open() with the name %s. The name of a queue begins with "
                            "one slash and has no other: \"/name\"",
                            name);
    if (messages > MOST_MESSAGES || bytes > MOST_BYTES)
        return gr_xasprintf("asked mq_open() for a queue of %ld messages of %ld bytes. An ordinary "
                            "user gets at most %d messages of %d bytes "
                            "(/proc/sys/fs/mqueue/msg_max and msgsize_max)",
                            messages, bytes, MOST_MESSAGES, MOST_BYTES);
    return NULL;
}

/* @f: the last ftok() that failed, pid 0 = none. */
static char *key_misuse(const struct gr_call *f, const struct gr_call *c)
{
    if (number_of(c, 0) == -1 && f->pid == c->pid)
        return gr_xasprintf("called ftok(), which failed with %s, and used its result, -1, as the "
                            "key of msgget(). All programs that do so meet in the same queue",
                            f->error);
    if (number_of(c, 0) == IPC_PRIVATE)
        return gr_xstrdup("called msgget() with the key 0, IPC_PRIVATE: that makes a queue which "
                          "no other program can find, a new one each time");
    return NULL;
}

static char *handler_misuse(const struct gr_call *c)
{
    const char *colon = memchr(c->args, ':', c->args_len);
    int sig = colon ? atoi(colon + 1) : 0;
    const char *name = sig > 0 ? sigabbrev_np(sig) : NULL;

    return gr_xasprintf("called %.*s() inside its signal handler (%s%s). The signal may have come "
                        "in the middle of the same function; man 7 signal-safety lists what a "
                        "handler may call",
                        colon ? (int)(colon - c->args) : 6, c->args, name ? "SIG" : "signal ",
                        name ? name : "");
}

/* Return: what is wrong with @c, the caller frees; NULL = nothing. */
static char *misuse_of(const struct gr_call *failed_key, const struct gr_call *c)
{
    if (strcmp(c->name, "@handler") == 0)
        return handler_misuse(c);
    if (strcmp(c->name, "mq_open") == 0)
        return open_misuse(c);
    if (strncmp(c->name, "mq_", 3) == 0 && number_of(c, 0) == -1)
        return gr_xasprintf("called %s() with the descriptor -1. mq_open() had failed, and the "
                            "program did not notice: only (mqd_t)-1 is a failure, and 0 or NULL "
                            "are not",
                            c->name);
    if (strcmp(c->name, "msgget") == 0)
        return key_misuse(failed_key, c);
    if (strcmp(c->name, "msgsnd") == 0 && failed_with(c, "EINVAL") && number_of(c, 1) <= 0)
        return gr_xasprintf("called msgsnd() with the message type %ld. The type is the long at "
                            "the beginning of the message, and must be greater than 0",
                            number_of(c, 1));
    return NULL;
}

char *gr_misuse(const struct gr_buf *log, struct gr_call *where)
{
    struct gr_call failed_key = {.pid = 0};
    char *what;

    for (size_t at = 0; gr_calls_next(log, &at, NULL, where);) {
        if ((what = misuse_of(&failed_key, where)))
            return what;
        if (strcmp(where->name, "ftok") == 0 && where->result == -1)
            failed_key = *where;
    }
    return NULL;
}

void gr_expect_no_misuse(struct gr_run *r)
{
    struct gr_call c;
    char *what = gr_misuse(&r->scene->calls, &c), *text;
    const char *name;

    if (!what)
        return;
    name = program_of(r->scene, &c);
    text = gr_xasprintf("%s %s", name, what);
    gr_record_add_finding(&r->rec, "misuse", name, c.pid, NULL, NULL, text);
    gr_fail(r, GR_FAIL, "%s", text);
}
