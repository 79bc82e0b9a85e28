/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is what ipcgrind wrote well-formed? For the tests that kill its processes, and for the event log.
 *
 *   ipcgrind_json result FILE   of --json
 *   ipcgrind_json trace FILE    of --trace
 *
 * Exit 0, or 1 with the first thing that is wrong. */
#include <jansson.h>
#include <stdarg.h>
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
    if (offset < 0 || size < 1 || count < 1 || json_array_size(sides) != 2)
        wrong("a %s of %lld bytes at %lld, met %lld times, with %zu sides", kind, (long long)size,
              (long long)offset, (long long)count, json_array_size(sides));
    check_side(json_array_get(sides, 0));
    check_side(json_array_get(sides, 1));
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

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "result") == 0)
        check_result(argv[2]);
    else
        wrong("usage: ipcgrind_json result FILE");
    return 0;
}
