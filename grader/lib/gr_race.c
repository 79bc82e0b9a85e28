/* SPDX-License-Identifier: MIT */
#include "gr_race.h"
#include "gr_text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SESSION_FD = 3, MOST_REPORT = 1 << 22 };

static void tool_path(const struct gr_place *place, char *path, size_t len)
{
    snprintf(path, len, "%s/ipcgrind/ipcgrind", place->kit_dir);
}

bool gr_race_available(const struct gr_place *place)
{
    char path[4200];

    tool_path(place, path, sizeof path);
    return access(path, X_OK) == 0 && access("/usr/bin/valgrind", X_OK) == 0;
}

const char *gr_race_session(const struct gr_scene *s)
{
    static char path[4200];

    if (s->place->backend != GR_JAIL_NONE)
        return "/tmp/ipcgrind.session";
    snprintf(path, sizeof path, "%s-tmp/ipcgrind.session", s->place->work_dir);
    return path;
}

/* The tool's program with the session as descriptor 3. Only in a forked child. */
static _Noreturn void tool_child(const struct gr_scene *s, int out, const char *word,
                                 const char *seed)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    char path[4200];
    const char *const argv[] = {"ipcgrind", word, "/dev/fd/3", seed, NULL};

    tool_path(s->place, path, sizeof path);
    if (dup2(s->race_fd, SESSION_FD) == -1 || dup2(out, STDOUT_FILENO) == -1)
        _exit(125);
    execve(path, (char **)(uintptr_t)argv, (char **)(uintptr_t)env);
    _exit(125);
}

/* Run it and keep what it prints. Return: its exit status, -1 with errno. */
static int run_tool(const struct gr_scene *s, const char *word, const char *seed,
                    struct gr_buf *said)
{
    char bytes[8192];
    int fds[2], status;
    ssize_t got;
    pid_t pid;

    if (gr_pipe(fds) == -1)
        return -1;
    pid = fork();
    if (pid == 0)
        tool_child(s, fds[1], word, seed);
    close(fds[1]);
    while (pid != -1 &&
           ((got = read(fds[0], bytes, sizeof bytes)) > 0 || (got == -1 && errno == EINTR)))
        if (got > 0)
            gr_buf_add(said, bytes, (size_t)got);
    close(fds[0]);
    while (pid != -1 && waitpid(pid, &status, 0) == -1)
        if (errno != EINTR)
            return -1;
    return pid == -1 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int gr_race_begin(struct gr_scene *s)
{
    struct gr_buf said = {.cap = 4096};
    char seed[16];
    int rc;

    if (s->race_fd != -1)
        return 0;
    s->race_fd = gr_jail_open(s, gr_race_session(s), O_RDWR | O_CREAT | O_EXCL, 0600);
    if (s->race_fd == -1)
        return errno;
    snprintf(seed, sizeof seed, "%u", s->race_seed);
    rc = run_tool(s, "--session-begin", seed, &said);
    gr_buf_release(&said);
    return rc == 0 ? 0 : ENOSPC;
}

void gr_race_end(struct gr_scene *s)
{
    if (s->race_fd == -1)
        return;
    close(s->race_fd);
    s->race_fd = -1;
    if (s->place->backend == GR_JAIL_NONE)
        unlink(gr_race_session(s)); /* a jail's is gone with it */
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

static int int_of(const json_t *o, const char *key)
{
    return (int)json_integer_value(json_object_get(o, key));
}

static const char *base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool is_source(const struct gr_run *r, const char *file)
{
    for (size_t i = 0; i < r->place.nsources; i++)
        if (strcmp(r->place.sources[i], base(file)) == 0)
            return true;
    return false;
}

/* The innermost line of the student's own code, "ring.c:31"; "" if there is none. */
static void place_of(const struct gr_run *r, const json_t *side, char *out, size_t len)
{
    const json_t *f;
    size_t i;

    out[0] = '\0';
    json_array_foreach(json_object_get(side, "stack"), i, f)
    {
        if (!is_source(r, text_of(f, "file")))
            continue;
        snprintf(out, len, "%s:%d", base(text_of(f, "file")), int_of(f, "line"));
        return;
    }
}

static void add_stack(struct gr_text *t, const json_t *side)
{
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(side, "stack"), i, f)
    {
        const char *file = text_of(f, "file"), *function = text_of(f, "function");

        gr_text_addf(t, "%s%s", t->len ? "\n" : "", *function ? function : "?");
        if (*file)
            gr_text_addf(t, " (%s:%d)", base(file), int_of(f, "line"));
        if (strcmp(function, "main") == 0)
            break;
    }
}

/* "a write of 4 bytes by tally (pid 3) at tally.c:31" */
static void add_side(struct gr_text *t, const struct gr_run *r, const json_t *side)
{
    char place[300];
    int size = int_of(side, "size"), pid = int_of(side, "pid"), tid = int_of(side, "tid");

    place_of(r, side, place, sizeof place);
    gr_text_adds(t, text_of(side, "access"));
    if (size > 0) /* else a call that misuses an object */
        gr_text_addf(t, " of %d byte%s", size, size == 1 ? "" : "s");
    gr_text_addf(t, " by %s (pid %d", base(text_of(side, "program")), pid);
    if (tid != pid)
        gr_text_addf(t, ", thread %d", tid);
    gr_text_addf(t, ")%s%s", *place ? " at " : "", place);
}

/* Both sides in words; what the tool says of the order; the object. */
static char *words_of(const struct gr_run *r, const json_t *finding)
{
    const json_t *sides = json_object_get(finding, "sides"), *side;
    struct gr_text t = {0};
    size_t i;

    json_array_foreach(sides, i, side)
    {
        gr_text_adds(&t, i ? "\nand " : "");
        add_side(&t, r, side);
    }
    gr_text_addf(&t, "%s%s", t.len ? "\n" : "", text_of(finding, "ordering"));
    if (*text_of(finding, "object"))
        gr_text_addf(&t, " (the data: %s + %d)", text_of(finding, "object"),
                     int_of(finding, "offset"));
    return gr_text_take(&t);
}

static bool one_process(const json_t *sides)
{
    return int_of(json_array_get(sides, 0), "pid") == int_of(json_array_get(sides, 1), "pid");
}

static char *message_of(const struct gr_run *r, const json_t *finding)
{
    const json_t *sides = json_object_get(finding, "sides");
    const char *who = one_process(sides) ? "two threads" : "two processes";
    char a[300], b[300];

    place_of(r, json_array_get(sides, 0), a, sizeof a);
    place_of(r, json_array_get(sides, 1), b, sizeof b);
    if (strcmp(text_of(finding, "kind"), "race") != 0)
        return gr_xasprintf("%s%s%s: %s", *a ? a : text_of(finding, "kind"), *a ? ": " : "",
                            *a ? text_of(finding, "kind") : "", text_of(finding, "ordering"));
    if (*a && *b && strcmp(a, b) != 0)
        return gr_xasprintf("%s and %s: %s touch the same shared data there, at least one of them "
                            "writes, and nothing puts the two in order",
                            a, b, who);
    return gr_xasprintf("%s touch the same shared data%s%s, at least one of them writes, and "
                        "nothing puts the two in order",
                        who, *a || *b ? " at " : "", *a ? a : b);
}

/* Two findings in the same lines of the student's and with the same words, only some bytes apart:
 * a function of the kit, called there, has several lines of its own. */
static bool is_alike(const struct gr_run *r, const json_t *x, const json_t *y)
{
    static const char *const same[] = {"kind", "ordering", "object"};
    const json_t *xs = json_object_get(x, "sides"), *ys = json_object_get(y, "sides");
    char a[300], b[300];

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(text_of(x, same[i]), text_of(y, same[i])) != 0)
            return false;
    for (size_t i = 0; i < json_array_size(xs); i++) {
        place_of(r, json_array_get(xs, i), a, sizeof a);
        place_of(r, json_array_get(ys, i), b, sizeof b);
        if (!*a || strcmp(a, b) != 0)
            return false;
    }
    return json_array_size(xs) == json_array_size(ys);
}

static bool is_told(const struct gr_run *r, const json_t *findings, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_alike(r, json_array_get(findings, i), json_array_get(findings, n)))
            return true;
    return false;
}

static void take_finding(struct gr_run *r, const json_t *finding)
{
    const json_t *sides = json_object_get(finding, "sides"), *side;
    const json_t *first = json_array_get(sides, 0);
    struct gr_text t = {0};
    char place[300], *stack, *text, *message, *safe;
    size_t i;

    json_array_foreach(sides, i, side)
    {
        add_stack(&t, side);
        place_of(r, side, place, sizeof place);
        if (*place)
            break;
    }
    stack = gr_text_take(&t);
    text = words_of(r, finding);
    message = message_of(r, finding);
    safe = gr_clean(message);
    place_of(r, first, place, sizeof place);
    gr_record_add_finding(&r->rec, text_of(finding, "kind"), base(text_of(first, "program")),
                          int_of(first, "pid"), *place ? place : NULL, stack, text);
    gr_note(r, GR_RACE, safe);
    free(stack);
    free(text);
    free(message);
    free(safe);
}

/* What the tool did not see makes a clean result worth nothing; but an exec'd `cat` is not the
 * student's and needs no watching. */
static void take_gaps(struct gr_run *r, const json_t *result)
{
    const char *none = json_string_value(json_object_get(result, "no_verdict"));
    const json_t *gap;
    size_t i;

    if (r->failed)
        return;
    if (none)
        gr_note(r, GR_NOT_JUDGED, none);
    json_array_foreach(json_object_get(result, "partial"), i, gap)
    {
        if (!strstr(json_string_value(gap), "became a program that was not watched"))
            gr_note(r, GR_NOT_JUDGED, json_string_value(gap));
    }
}

void gr_race_judge(struct gr_run *r)
{
    struct gr_buf said = {.cap = MOST_REPORT};
    const json_t *findings, *finding;
    json_t *result = NULL;
    json_error_t error;
    size_t i;
    int rc;

    if (!r->scene || r->scene->race_fd == -1)
        return;
    rc = run_tool(r->scene, "--session-report", NULL, &said);
    if (rc == 0)
        result = json_loadb(gr_buf_text(&said), said.len, 0, &error);
    if (!result) {
        /* It was whole when we made it. */
        gr_note(r, GR_TAMPER, "the session of ipcgrind was damaged while the programs ran");
    } else {
        findings = json_object_get(result, "findings");
        json_array_foreach(findings, i, finding)
        {
            if (!is_told(r, findings, i))
                take_finding(r, finding);
        }
        take_gaps(r, result);
    }
    json_decref(result);
    gr_buf_release(&said);
}
