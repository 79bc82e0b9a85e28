/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is what ipcgrind wrote well-formed? For the tests that kill its processes, and for the event log.
 *
 *   ipcgrind_json result FILE   of --json
 *   ipcgrind_json trace FILE    of --trace
 *
 * Exit 0, or 1 with the first thing that is wrong. */
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const side_form = "{s:s,s:b,s:b,s:I,s:I,s:I,s:o,s:o}"; /* see prog_collect.c */

static void __attribute__((format(printf, 1, 2), noreturn)) wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    exit(1);
}

static void check_side(json_t *side)
{
    const char *access = NULL;
    int atomic = 0;
    int call = 0;
    json_int_t size = 0;
    json_int_t pid = 0;
    json_int_t tid = 0;
    json_t *program = NULL;
    json_t *stack = NULL;
    json_error_t e;
    if (json_unpack_ex(side, &e, JSON_STRICT, side_form, "access", &access, "atomic", &atomic,
                       "system_call", &call, "size", &size, "pid", &pid, "tid", &tid, "program",
                       &program, "stack", &stack) != 0)
        wrong("a side: %s", e.text);
    if (strcmp(access, "read") != 0 && strcmp(access, "write") != 0)
        wrong("a side is neither read nor write but '%s'", access);
    if (size < 1 || pid < 1 || tid < 1 || !json_is_array(stack))
        wrong("a side of %lld bytes by pid %lld, thread %lld", (long long)size, (long long)pid,
              (long long)tid);
}

static void check_finding(json_t *f)
{
    const char *kind = NULL;
    const char *object = NULL;
    json_int_t offset = -1;
    json_int_t size = 0;
    json_int_t count = 0;
    json_t *sides = NULL;
    json_error_t e;
    if (json_unpack_ex(f, &e, 0, "{s:s,s:s,s:I,s:I,s:I,s:o}", "kind", &kind, "object", &object,
                       "offset", &offset, "size", &size, "count", &count, "sides", &sides) != 0)
        wrong("a finding: %s", e.text);
    bool misuse = strcmp(kind, "race") != 0 && strcmp(kind, "unsynchronised flag?") != 0;
    if (offset < 0 || (size < 1 && !misuse) || count < 1 ||
        json_array_size(sides) < (misuse ? 1 : 2))
        wrong("a %s of %lld bytes at %lld, met %lld times, with %zu sides", kind, (long long)size,
              (long long)offset, (long long)count, json_array_size(sides));
    for (size_t i = 0; i < json_array_size(sides) && !misuse; i++)
        check_side(json_array_get(sides, i));
}

static void check_result(const char *path)
{
    const char *verdict = NULL;
    const char *ended = NULL;
    json_t *findings = NULL;
    json_t *partial = NULL;
    json_t *none = NULL;
    json_t *item = NULL;
    size_t i = 0;
    json_error_t e;
    json_t *result = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
    if (!result)
        wrong("%s:%d: %s", path, e.line, e.text);
    if (json_unpack_ex(result, &e, 0, "{s:s,s:s,s:o,s:o,s:o}", "verdict", &verdict, "ended", &ended,
                       "findings", &findings, "partial", &partial, "no_verdict", &none) != 0)
        wrong("%s: %s", path, e.text);
    if (!json_is_array(findings) || !json_is_array(partial))
        wrong("%s: findings and partial are arrays", path);
    json_array_foreach(findings, i, item)
    {
        check_finding(item);
    }
    json_decref(result);
}

/* What an event must have beside n, event, task, pid, tid and clock. */
static const struct {
    const char *event;
    const char *form;
} forms[] = {
    {"arrive", "{s:s,s:s}"},
    {"leave", "{s:s,s:s}"},
    {"wake", "{s:s,s:s}"},
    {"woken", "{s:s,s:s}"},
    {"misuse", "{s:s,s:I,s:I}"},
    {"start", "{s:s}"},
    {"exec", "{s:s}"},
    {"begin", "{s:s,s:I}"},
    {"fork", "{s:s,s:I}"},
    {"thread", "{s:s,s:I}"},
    {"exit", "{s:s}"},
    {"resume", "{s:s}"},
    {"wait", "{s:s,s:I}"},
    {"join", "{s:s,s:I}"},
    {"release", "{s:s,s:s}"},
    {"acquire", "{s:s,s:s}"},
    {"lock", "{s:s,s:s}"},
    {"unlock", "{s:s,s:s}"},
    {"init", "{s:s,s:s}"},
    {"put", "{s:s,s:s}"},
    {"take", "{s:s,s:s}"},
    {"write", "{s:s,s:s}"},
    {"written", "{s:s,s:s,s:I}"},
    {"read", "{s:s,s:s,s:I}"},
    {"race", "{s:s,s:I,s:I,s:[{s:I,s:s,s:I,s:s,s:I},{s:I,s:s,s:I,s:s,s:I}]}"},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static void check_form(json_t *line, size_t form, long n)
{
    const char *text = NULL;
    const char *more = NULL;
    json_int_t i[8];
    json_error_t e;
    int bad = 0;
    if (strstr(forms[form].form, "[{"))
        bad = json_unpack_ex(line, &e, 0, forms[form].form, "object", &text, "offset", &i[0],
                             "size", &i[1], "sides", "task", &i[2], "access", &more, "at", &i[3],
                             "file", &more, "line", &i[4], "task", &i[5], "access", &more, "at",
                             &i[6], "file", &more, "line", &i[7]);
    else if (strcmp(forms[form].form, "{s:s,s:s,s:I}") == 0)
        bad = json_unpack_ex(line, &e, 0, forms[form].form, "kind", &text, "object", &more, "bytes",
                             &i[0]);
    else if (strcmp(forms[form].form, "{s:s,s:s}") == 0)
        bad = json_unpack_ex(line, &e, 0, forms[form].form, "kind", &text, "object", &more);
    else if (strcmp(forms[form].form, "{s:s,s:I,s:I}") == 0)
        bad = json_unpack_ex(line, &e, 0, forms[form].form, "object", &text, "offset", &i[0],
                             "size", &i[1]);
    else if (strcmp(forms[form].form, "{s:s,s:I}") == 0)
        bad = json_unpack_ex(line, &e, 0, forms[form].form, "program", &text, "other", &i[0]);
    else
        bad = json_unpack_ex(line, &e, 0, forms[form].form, "program", &text);
    if (bad)
        wrong("event %ld, %s: %s", n, forms[form].event, e.text);
}

/* Own clocks seen so far: nobody may know more of a task than it has told. */
static json_int_t told[1 << 16];
static bool unended[1 << 16]; /* a task that is killed tells nothing of its end */

static void check_clock(json_t *clock, json_int_t task, long n)
{
    const char *key = NULL;
    json_t *value = NULL;
    char name[16];
    snprintf(name, sizeof(name), "%lld", (long long)task);
    json_int_t own = json_integer_value(json_object_get(clock, name));
    if (own < told[task] || own < 1)
        wrong("event %ld: the clock of task %lld goes back to %lld", n, (long long)task,
              (long long)own);
    told[task] = own;
    json_object_foreach(clock, key, value)
    {
        long other = atol(key);
        if (json_integer_value(value) > told[other] + (unended[other] ? 1 : 0))
            wrong("event %ld: task %lld knows %lld of task %ld, which told %lld", n,
                  (long long)task, (long long)json_integer_value(value), other,
                  (long long)told[other]);
    }
}

static void check_event(json_t *line, long n)
{
    const char *event = NULL;
    json_int_t task = -1;
    json_int_t pid = 0;
    json_int_t tid = 0;
    json_t *clock = NULL;
    json_error_t e;
    size_t form = 0;
    if (json_unpack_ex(line, &e, 0, "{s:s,s:I,s:I,s:I,s:o}", "event", &event, "task", &task, "pid",
                       &pid, "tid", &tid, "clock", &clock) != 0)
        wrong("event %ld: %s", n, e.text);
    while (form < FORMS && strcmp(forms[form].event, event) != 0)
        form++;
    if (form == FORMS)
        wrong("event %ld: '%s' is not in the manual", n, event);
    if (task < 0 || task >= 1 << 16 || pid < 1 || tid < 1 || !json_is_object(clock))
        wrong("event %ld: task %lld, pid %lld, thread %lld", n, (long long)task, (long long)pid,
              (long long)tid);
    check_form(line, form, n);
    check_clock(clock, task, n);
}

static void load_trace(const char *path, json_t **line, long most)
{
    char *text = NULL;
    size_t size = 0;
    long count = 0;
    json_error_t e;
    FILE *f = fopen(path, "r");
    if (!f)
        wrong("%s cannot be read", path);
    for (; getline(&text, &size, f) > 0; count++) {
        json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, &e);
        if (!o)
            wrong("%s:%ld: %s", path, count + 1, e.text);
        json_int_t n = json_integer_value(json_object_get(o, "n"));
        if (n < 0 || n >= most || line[n])
            wrong("%s:%ld: the number %lld is too large, or was there before", path, count + 1,
                  (long long)n);
        line[n] = o;
        if (n > 0 && strcmp(json_string_value(json_object_get(o, "event")), "exit") == 0)
            unended[json_integer_value(json_object_get(o, "task")) & 0xffff] = false;
    }
    free(text);
    fclose(f);
}

static void check_trace(const char *path)
{
    enum { MOST = 1 << 20 };
    long n = 0;
    long count = 0;
    json_t **line = calloc(MOST, sizeof(json_t *));
    if (!line)
        wrong("no memory");
    memset(unended, true, sizeof(unended));
    load_trace(path, line, MOST);
    if (!line[0] || json_integer_value(json_object_get(line[0], "schema")) != 1)
        wrong("%s: the first line is no session of schema 1", path);
    for (n = 1; n < MOST; n++) {
        if (!line[n])
            continue;
        check_event(line[n], n);
        count++;
    }
    printf("%ld events\n", count);
    while (n-- > 0)
        json_decref(line[n]);
    free(line);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "result") == 0)
        check_result(argv[2]);
    else if (argc == 3 && strcmp(argv[1], "trace") == 0)
        check_trace(argv[2]);
    else
        wrong("usage: ipcgrind_json result|trace FILE");
    return 0;
}
