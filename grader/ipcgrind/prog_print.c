/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people. */
#include "prog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "?";
}

static long number_of(const json_t *o, const char *key)
{
    return (long)json_integer_value(json_object_get(o, key));
}

static const char *base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Relative where it lies below the current folder: shorter, and a click in most editors. */
static const char *short_path(const char *path)
{
    static char here[4096];
    if (!*here && !getcwd(here, sizeof(here)))
        return path;
    size_t length = strlen(here);
    return strncmp(path, here, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static void print_frame(const json_t *f, size_t depth)
{
    const char *file = json_string_value(json_object_get(f, "file"));
    fprintf(stderr, "      %s %s", depth == 0 ? "at" : "by", text_of(f, "function"));
    if (file)
        fprintf(stderr, " (%s:%ld)\n", short_path(file), number_of(f, "line"));
    else
        fprintf(stderr, " (in %s + 0x%lx)\n", text_of(f, "module"), number_of(f, "offset"));
}

static void print_side(const json_t *side, const char *word)
{
    size_t i = 0;
    json_t *frame = NULL;
    long size = number_of(side, "size");
    fprintf(stderr, "  %s%s%s", word,
            json_is_true(json_object_get(side, "atomic")) ? "atomic " : "",
            text_of(side, "access"));
    if (size)
        fprintf(stderr, " of %ld byte%s", size, size == 1 ? "" : "s");
    fprintf(stderr, " by pid %ld (%s)", number_of(side, "pid"), base(text_of(side, "program")));
    if (number_of(side, "tid") != number_of(side, "pid"))
        fprintf(stderr, ", thread %ld", number_of(side, "tid"));
    fprintf(stderr, "%s\n",
            json_is_true(json_object_get(side, "system_call")) ? ", by a system call" : "");
    json_array_foreach(json_object_get(side, "stack"), i, frame)
    {
        print_frame(frame, i);
        if (strcmp(text_of(frame, "function"), "main") == 0)
            break;
    }
}

static void print_finding(const json_t *f, size_t number, unsigned runs)
{
    json_t *sides = json_object_get(f, "sides");
    const char *object = json_string_value(json_object_get(f, "object"));
    fprintf(stderr, "ipcgrind: %s %zu", text_of(f, "kind"), number);
    if (object)
        fprintf(stderr, " on %s + %ld", object, number_of(f, "offset"));
    fputc('\n', stderr);
    print_side(json_array_get(sides, 0), "");
    if (json_array_size(sides) > 1)
        print_side(json_array_get(sides, 1), "and ");
    fprintf(stderr, "  %s", text_of(f, "ordering"));
    if (runs > 1)
        fprintf(stderr, "; seen in %ld of %u runs", number_of(f, "runs"), runs);
    if (number_of(f, "count") > 1)
        fprintf(stderr, "; met %ld times", number_of(f, "count"));
    fputs("\n\n", stderr);
}

void print_report(const json_t *result, const struct options *o)
{
    json_t *findings = json_object_get(result, "findings");
    json_t *partial = json_object_get(result, "partial");
    json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(findings, i, item)
    {
        print_finding(item, i + 1, o->runs);
    }
    json_array_foreach(partial, i, item)
    {
        say("partial view: %s", json_string_value(item));
    }
    json_t *none = json_object_get(result, "no_verdict");
    if (json_is_string(none))
        say("no verdict: %s", json_string_value(none));
    say("%s: %zu finding%s; seed %u%s; %s %s", text_of(result, "verdict"),
        json_array_size(findings), json_array_size(findings) == 1 ? "" : "s", o->seed,
        o->runs > 1 ? " and following" : "", base(o->argv[0]), text_of(result, "ended"));
}
