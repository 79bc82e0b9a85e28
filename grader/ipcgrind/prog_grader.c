/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the grader of ipclab asks for: it starts the programs itself, under
 * `valgrind --tool=ipcgrind --session=FILE`, and wants the session before and the result after. */
#include "prog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char begin_word[] = "--session-begin";
static const char report_word[] = "--session-report";

bool is_session_command(const char *word)
{
    return strcmp(word, begin_word) == 0 || strcmp(word, report_word) == 0;
}

static int begin_session(const char *path, const char *seed)
{
    struct session s;
    char *end;
    unsigned long n = strtoul(seed, &end, 10);
    int rc;

    if (*end != '\0' || end == seed || n > UINT32_MAX) {
        say("%s: the seed %s is not a number below 2^32", begin_word, seed);
        return EXIT_USAGE;
    }
    rc = session_make(&s, path, (uint32_t)n);
    session_close(&s);
    return rc == 0 ? EXIT_CLEAN : EXIT_NO_VERDICT;
}

/* The JSON of prog_collect.c on standard output. */
static int report_session(const char *path)
{
    struct session s;
    struct outcome out = {.status = 0};
    json_t *result = json_pack("{s:[],s:[],s:n}", "findings", "partial", "no_verdict");
    int rc = EXIT_NO_VERDICT;

    if (session_view(&s, path) == 0) {
        collect(result, &s, &out);
        if (json_dumpf(result, stdout, JSON_COMPACT) == 0 && fflush(stdout) == 0)
            rc = EXIT_CLEAN;
        else
            say("cannot write the report");
    }
    session_close(&s);
    json_decref(result);
    return rc;
}

int session_command(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], begin_word) == 0)
        return begin_session(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], report_word) == 0)
        return report_session(argv[2]);
    say("usage: ipcgrind %s FILE SEED, or ipcgrind %s FILE", begin_word, report_word);
    return EXIT_USAGE;
}
