/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipcgrind: runs a program under the tool of the same name and reports what it found.
 *
 * Makes the session, starts the program, waits for the whole tree of processes, prints. The exit
 * status is the verdict; the program's own is in the last line and in the JSON. */
#include "prog.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static json_t *new_result(const struct options *o)
{
    json_t *argv = json_array();
    for (char **arg = o->argv; *arg; arg++) {
        json_t *text = json_string(*arg);
        json_array_append_new(argv, text ? text : json_string("(not UTF-8)"));
    }
    return json_pack("{s:i,s:o,s:I,s:i,s:[],s:[],s:n}", "schema", 1, "argv", argv, "seed",
                     (json_int_t)o->seed, "runs", (int)o->runs, "findings", "partial",
                     "no_verdict");
}

static void set_ended(json_t *result, int status)
{
    char text[64];
    if (WIFSIGNALED(status)) {
        snprintf(text, sizeof(text), "was killed by signal %d (SIG%s)", WTERMSIG(status),
                 sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
        json_object_set_new(result, "signal", json_integer(WTERMSIG(status)));
        json_object_set_new(result, "exit", json_null());
    } else {
        snprintf(text, sizeof(text), "exited %d", WEXITSTATUS(status));
        json_object_set_new(result, "exit", json_integer(WEXITSTATUS(status)));
        json_object_set_new(result, "signal", json_null());
    }
    json_object_set_new(result, "ended", json_string(text));
}

/* How much the tool noted, and for how much shared memory. */
static void say_size(const struct session *s)
{
    unsigned long pages = 0;
    for (size_t b = 0; b < IG_BUCKETS; b++)
        for (ig_ref ref = s->head->table[IG_PAGES][b]; ref;
             ref = SESSION_AT(struct ig_node, s, ref)->next)
            pages++;
    say("%lu KiB of records for %lu KiB of shared pages touched",
        (unsigned long)((s->head->top - sizeof(*s->head)) / 1024), pages * IG_PAGE / 1024);
}

static int run_once(const struct options *o, json_t *result, uint32_t seed)
{
    struct session s;
    struct outcome out;
    if (session_open(&s, o, seed) != 0)
        return -1;
    if (o->verbose)
        say("seed %u, session %s", seed, s.path);
    int got = trace_begin(&s, o, seed);
    if (got == 0)
        got = run_program(o, &s, &out);
    if (got == 0) {
        collect(result, &s, &out);
        set_ended(result, out.status);
        trace_end(&s);
        if (o->verbose)
            say_size(&s);
        if (o->verbose)
            say("%u processes and threads, %u programs, %u records taken over from the dead",
                s.head->tasks, s.head->started, s.head->stolen);
    }
    session_close(&s);
    return got;
}

/* A race is a finding; what may be an atomic, or was only half seen, is neither that nor a pass. */
static int verdict(json_t *result)
{
    size_t i = 0;
    json_t *f = NULL;
    bool race = false;
    bool misuse = false;
    json_array_foreach(json_object_get(result, "findings"), i, f)
    {
        const char *kind = json_string_value(json_object_get(f, "kind"));
        if (strcmp(kind, "race") == 0)
            race = true;
        else if (strcmp(kind, "unsynchronised flag?") != 0)
            misuse = true;
    }
    bool clean = i == 0 && json_array_size(json_object_get(result, "partial")) == 0 &&
                 json_is_null(json_object_get(result, "no_verdict"));
    const char *word = misuse ? "misuse" : "no verdict";
    if (race)
        word = "races";
    if (clean)
        word = "clean";
    json_object_set_new(result, "verdict", json_string(word));
    if (race || misuse)
        return EXIT_FINDINGS;
    return clean ? EXIT_CLEAN : EXIT_NO_VERDICT;
}

int main(int argc, char **argv)
{
    struct options o;
    if (argc > 1 && is_session_command(argv[1]))
        return session_command(argc, argv);
    options_parse(&o, argc, argv);
    if (check_program(o.argv[0]) != 0)
        return EXIT_USAGE;
    json_t *result = new_result(&o);
    for (unsigned run = 0; run < o.runs; run++) {
        if (run_once(&o, result, o.seed ? o.seed + run : 0) != 0) {
            json_decref(result);
            return EXIT_NO_VERDICT;
        }
    }
    int status = verdict(result);
    print_report(result, &o);
    if (o.json && json_dump_file(result, o.json, JSON_INDENT(2)) != 0) {
        say("--json=%s: %s; give a file that can be written", o.json, strerror(errno));
        status = EXIT_NO_VERDICT;
    }
    json_decref(result);
    return status;
}
