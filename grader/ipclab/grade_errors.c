/* SPDX-License-Identifier: MIT */
/*
 * Purpose: of a page of compiler messages, the lines that matter. The first error is the one to
 * mend; most of the others follow from it.
 */
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"
#include "gr_text.h"
#include "grade.h"

enum { MAX_LINES = 3 };

/* Replace every @what in @s (which is freed) by @with. Return: the new string. */
static char *replace(char *s, const char *what, const char *with)
{
    struct gr_text t = {0};
    const char *at = s, *hit;

    while ((hit = strstr(at, what))) {
        gr_text_add(&t, at, (size_t)(hit - at));
        gr_text_adds(&t, with);
        at = hit + strlen(what);
    }
    gr_text_adds(&t, at);
    free(s);
    return gr_text_take(&t);
}

char *compile_clean(const struct grade *g, const char *log, size_t len)
{
    static const char *const parts[] = {"src", "inc", "drv", "obj"};
    char *s, *path;

    (void)len; /* a NUL ends it: what follows came from no compiler */
    s = gr_xstrdup(log);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        path = gr_xasprintf("%s/%s/", g->bwrap ? "/lab" : g->run, parts[i]);
        s = replace(s, path, "");
        free(path);
    }
    s = replace(s, "/usr/bin/ld: ", "");
    path = gr_clean(s);
    free(s);
    return path;
}

static bool is_error(const char *line, size_t len)
{
    static const char *const marks[] = {"error: ", "undefined reference to",
                                        "multiple definition of", "cannot find -l"};

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (memmem(line, len, marks[i], strlen(marks[i])))
            return true;
    return false;
}

/* The first error lines, or the first lines when none looks like one. Return: how many. */
static size_t pick(struct gr_text *t, const char *log, bool any)
{
    size_t n = 0;

    for (const char *s = log; *s && n < MAX_LINES;) {
        size_t len = strcspn(s, "\n");

        if (len > 0 && (any || is_error(s, len))) {
            gr_text_add(t, s, gr_utf8_floor(s, len < 300 ? len : 300));
            gr_text_adds(t, "\n");
            n++;
        }
        s += len + (s[len] == '\n');
    }
    return n;
}

static void say_how(const struct grade *g, const struct gr_program *prog, const char *source,
                    struct gr_text *t)
{
    gr_text_adds(t, "To see all of it: cd ");
    gr_text_add_quoted(t, g->dir);
    gr_text_addf(t, " && gcc -std=gnu11 -D_GNU_SOURCE -g -O0 -Wall -Wextra -I%s/labs/%s", g->root,
                 g->lab.slug);
    if (source)
        gr_text_addf(t, " -c -o /dev/null %s", source);
    else
        gr_text_addf(t, " -o /tmp/%s", prog->binary);
    for (size_t i = 0; !source && i < prog->sources.n; i++)
        gr_text_addf(t, " %s", prog->sources.v[i]);
    if (!source && prog->driver)
        gr_text_addf(t, " %s/grader/suites/%s/%s", g->root, g->lab.slug, prog->driver);
    for (size_t i = 0; !source && i < prog->libs.n; i++)
        gr_text_addf(t, " %s", prog->libs.v[i]);
}

/* gcc itself only waits: the signal meets the program it started (cc1, as, ld), and gcc exits 1. */
bool compile_out_of_time(const char *log)
{
    return strstr(log, "CPU time limit exceeded signal terminated program") != NULL;
}

char *compile_message(const struct grade *g, const struct gr_program *prog, const char *source,
                      const char *log)
{
    struct gr_text t = {0};
    char *s, *clean;

    if (!source && prog->driver)
        gr_text_addf(&t, "%s compiles, but does not fit to the grader's %s:\n", prog->sources.v[0],
                     prog->driver);
    else if (!source)
        gr_text_addf(&t, "the parts of %s compile, but cannot be linked:\n", prog->name);
    if (pick(&t, log, false) == 0)
        pick(&t, log, true);
    if (source && strstr(log, "No such file or directory") && strstr(log, ".h"))
        gr_text_adds(&t, "Only the files lab.ini names are compiled, with the given headers.\n");
    say_how(g, prog, source, &t);
    s = gr_text_take(&t);
    clean = gr_clean(s);
    free(s);
    return clean;
}
