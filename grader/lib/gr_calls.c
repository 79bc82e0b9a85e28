/* SPDX-License-Identifier: MIT */
/* Questions to the call log. Its lines come from the student's process: whatever does not have
 * the form `PID LABEL CALL ARG.. = RESULT[ ERRNO][ !FAULT]` is passed over. */
#include "gr_inject.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where the last " = " of the line begins, or its end. Arguments hold no blank, so it is ours. */
static const char *find_result(const char *p, const char *end)
{
    for (const char *q = end - 3; q >= p; q--)
        if (memcmp(q, " = ", 3) == 0)
            return q;
    return end;
}

static void take_word(char *to, size_t cap, const char *p, const char *end)
{
    size_t n = 0;

    while (p + n < end && !isspace((unsigned char)p[n]) && n < cap - 1)
        n++;
    memcpy(to, p, n);
    to[n] = '\0';
}

static void take_result(struct gr_call *c, const char *p, const char *end)
{
    char number[32];

    take_word(number, sizeof number, p, end);
    c->result = strtol(number, NULL, 0);
    for (p += strlen(number); p < end && *p == ' '; p += 1 + strcspn(p + 1, " \n"))
        if (p[1] == '!')
            take_word(c->fault, sizeof c->fault, p + 2, end);
        else
            take_word(c->error, sizeof c->error, p + 1, end);
}

/* The word at *@p, and *@p behind it. Return: false if there is none. */
static bool next_word(const char **p, const char *end, char *to, size_t cap)
{
    while (*p < end && **p == ' ')
        ++*p;
    take_word(to, cap, *p, end);
    *p += strlen(to);
    return to[0] && (*p == end || **p == ' ');
}

static bool parse_line(struct gr_call *c, const char *p, const char *end)
{
    const char *result;
    char pid[16];

    if (!next_word(&p, end, pid, sizeof pid) || !next_word(&p, end, c->label, sizeof c->label) ||
        !next_word(&p, end, c->name, sizeof c->name))
        return false;
    c->pid = (int)strtol(pid, NULL, 10);
    result = find_result(p, end);
    c->args = p < end ? p + 1 : p;
    c->args_len = result > c->args ? (size_t)(result - c->args) : 0;
    if (result < end)
        take_result(c, result + 3, end);
    return c->pid > 0 && (c->name[0] == '@' || result < end);
}

bool gr_calls_next(const struct gr_buf *log, size_t *at, const char *call, struct gr_call *out)
{
    while (*at < log->len) {
        const char *p = log->data + *at, *end = memchr(p, '\n', log->len - *at);

        if (!end)
            return false; /* the rest of this line is still to come */
        *at += (size_t)(end - p) + 1;
        *out = (struct gr_call){.pid = 0};
        if (parse_line(out, p, end) && (!call || strcmp(out->name, call) == 0))
            return true;
    }
    return false;
}

bool gr_calls_find(const struct gr_buf *log, const char *call, const char *part,
                   struct gr_call *out)
{
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(log, &at, call, &c);)
        if (!part || memmem(c.args, c.args_len, part, strlen(part))) {
            if (out)
                *out = c;
            return true;
        }
    return false;
}

size_t gr_calls_count(const struct gr_buf *log, const char *call)
{
    struct gr_call c;
    size_t n = 0;

    for (size_t at = 0; gr_calls_next(log, &at, call, &c);)
        n++;
    return n;
}
