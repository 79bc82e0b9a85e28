/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command line of ipcgrind. */
#include "prog.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ipcgrind [options] PROGRAM [ARGUMENT...]\n"
    "\n"
    "Runs PROGRAM, and every process it starts, under Valgrind and reports data races between\n"
    "processes (and threads) on shared memory.\n"
    "\n"
    "  --seed=N        other schedules: yields and short delays decided by N (1; 0 = none)\n"
    "  --runs=N        run PROGRAM N times with the seeds N, N+1, ... and merge the findings\n"
    "  --session=FILE  share FILE with other ipcgrinds: a server here, its client there\n"
    "  --grace=S       seconds to wait for processes that outlive PROGRAM (10)\n"
    "  --json=FILE     write the result as JSON, too\n"
    "  --trace=FILE    write an event log: one JSON object a line\n"
    "  -v, --verbose   say what is started\n"
    "  --help, --version\n"
    "\n"
    "exit: 0 clean, 1 findings, 75 no verdict, 2 usage\n";

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("ipcgrind: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

/* The number after `--name=`, at most @most. */
static unsigned long number(const char *option, const char *text, unsigned long least,
                            unsigned long most)
{
    char *end = NULL;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end || n < least || n > most) {
        say("%s wants a number from %lu to %lu, not '%s'", option, least, most, text);
        exit(EXIT_USAGE);
    }
    return n;
}

/* What follows `@name=` in @arg, or NULL. */
static const char *value(const char *arg, const char *name)
{
    size_t length = strlen(name);
    return strncmp(arg, name, length) == 0 && arg[length] == '=' ? arg + length + 1 : NULL;
}

/* SIGNAL:N, for the tests of ipcgrind: a child sends itself SIGNAL inside its N-th record. */
static void fault(struct options *o, const char *text)
{
    const char *colon = strchr(text, ':');
    o->fault = (uint32_t)strtoul(text, NULL, 10);
    o->fault_in = colon ? (int32_t)number("--fault", colon + 1, 1, INT32_MAX) : 1;
}

static bool with_value(struct options *o, const char *arg)
{
    const char *v = value(arg, "--seed");
    if (v)
        o->seed = (uint32_t)number("--seed", v, 0, UINT32_MAX);
    else if ((v = value(arg, "--runs")))
        o->runs = (unsigned)number("--runs", v, 1, 1000);
    else if ((v = value(arg, "--grace")))
        o->grace = (unsigned)number("--grace", v, 0, 86400);
    else if ((v = value(arg, "--session")))
        o->session = v;
    else if ((v = value(arg, "--json")))
        o->json = v;
    else if ((v = value(arg, "--trace")))
        o->trace = v;
    else if ((v = value(arg, "--fault")))
        fault(o, v);
    return v != NULL;
}

static void one(struct options *o, const char *arg)
{
    if (with_value(o, arg))
        return;
    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
        fputs(help, stdout);
        exit(EXIT_CLEAN);
    } else if (strcmp(arg, "--version") == 0) {
        printf("ipcgrind, session format %u, for Valgrind 3.19.0\n", IG_VERSION);
        exit(EXIT_CLEAN);
    } else if (strcmp(arg, "-v") == 0 || strcmp(arg, "--verbose") == 0) {
        o->verbose = true;
    } else {
        say("unknown option '%s'; ipcgrind --help lists them", arg);
        exit(EXIT_USAGE);
    }
}

void options_parse(struct options *o, int argc, char **argv)
{
    int i = 1;
    *o = (struct options){.seed = 1, .runs = 1, .grace = 10};
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        one(o, argv[i]);
    }
    if (i >= argc) {
        fputs(help, stderr);
        exit(EXIT_USAGE);
    }
    if (o->runs > 1 && o->session) {
        say("--runs and --session do not go together: a run needs a session of its own");
        exit(EXIT_USAGE);
    }
    if (o->runs > 1 && o->trace) {
        say("--runs and --trace do not go together: a log is of one run; give its seed with "
            "--seed");
        exit(EXIT_USAGE);
    }
    o->argv = argv + i;
}
