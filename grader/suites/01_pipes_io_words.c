/* SPDX-License-Identifier: MIT */
/* The lines of grader/suites/01-pipes/io_driver.c in a student's words: what the first one that is
 * wrong means. */
#include "01_pipes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call_line {
    long k, ret;
    char error[24], nul[8], canary[8];
};

/* Step over the lines that @got and @want share; both then point at the first that differs. */
static void skip_same(const char **got, const char **want)
{
    for (;;) {
        size_t n = strcspn(*got, "\n");

        if ((*got)[n] == '\0' || strncmp(*got, *want, n + 1) != 0)
            return;
        *got += n + 1;
        *want += n + 1;
    }
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

bool io_line_is_ours(const char *line)
{
    static const char *const words[] = {"READY\n", "ret ",     "data ", "canary ", "rest ",
                                        "line ",   "signals ", "fds ",  "buffer "};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins(line, words[i]))
            return true;
    return *line == '\0';
}

static bool parse_call(const char *line, struct call_line *c)
{
    return sscanf(line, "line %ld ret %ld errno %23s nul %7s canary %7s", &c->k, &c->ret, c->error,
                  c->nul, c->canary) == 5;
}

static char *canary_words(const char *state)
{
    return gr_xasprintf("bytes %s the buffer were changed: it stores outside the room that it was "
                        "given",
                        strcmp(state, "before") == 0 ? "in front of" : "behind");
}

/* One call of read_line(). */
static char *call_words(const char *got, const char *want)
{
    struct call_line g, w;

    if (!parse_call(got, &g))
        return NULL;
    if (!parse_call(want, &w))
        return gr_xasprintf("call %ld is one too many: the call before it had returned 0", g.k);
    if (g.ret == -1)
        return gr_xasprintf("call %ld returned -1 with errno %s instead of %ld", g.k, g.error,
                            w.ret);
    if (g.ret != w.ret)
        return gr_xasprintf("call %ld returned %ld instead of %ld", g.k, g.ret, w.ret);
    if (strcmp(g.canary, w.canary) != 0)
        return canary_words(g.canary);
    if (strcmp(g.nul, w.nul) != 0)
        return gr_xasprintf("after call %ld no '\\0' stands in buf[%ld], behind the bytes that it "
                            "returned",
                            g.k, g.ret);
    return gr_xasprintf("call %ld stored other bytes than the input has there", g.k);
}

/* What is left in the descriptor. */
static char *rest_words(const char *got, const char *want)
{
    long g, w;

    if (sscanf(got, "rest %ld", &g) != 1 || sscanf(want, "rest %ld", &w) != 1)
        return NULL;
    if (g < w)
        return gr_xasprintf("%ld bytes too many were taken out of the descriptor: whoever reads "
                            "next should find %ld, and finds %ld",
                            w - g, w, g);
    if (g > w)
        return gr_xasprintf("%ld bytes that it should have read are still in the descriptor",
                            g - w);
    return gr_xstrdup("what it left in the descriptor are not the bytes that should follow");
}

static char *ret_words(const char *got, const char *want)
{
    char error[24];
    long g, w;

    if (sscanf(got, "ret %ld errno %23s", &g, error) != 2 || sscanf(want, "ret %ld", &w) != 1)
        return NULL;
    if (g == -1)
        return gr_xasprintf("it returned -1 with errno %s instead of %ld", error, w);
    return gr_xasprintf("it returned %ld instead of %ld", g, w);
}

char *io_in_words(const char *got, const char *want)
{
    skip_same(&got, &want);
    if (!io_line_is_ours(got))
        return gr_xstrdup("io.c must print nothing, and this line is not the grader's");
    if (*got == '\0')
        return gr_xstrdup("it came no further, and something should follow");
    if (begins(got, "line "))
        return call_words(got, want);
    if (begins(got, "rest ") && begins(want, "line "))
        return gr_xstrdup("it returned 0, as at the end, before all lines had come");
    if (begins(got, "rest "))
        return rest_words(got, want);
    if (begins(got, "ret "))
        return ret_words(got, want);
    if (begins(got, "data "))
        return gr_xstrdup("the bytes in the buffer are not those that came in");
    if (begins(got, "canary "))
        return canary_words(got + strlen("canary "));
    return NULL;
}
