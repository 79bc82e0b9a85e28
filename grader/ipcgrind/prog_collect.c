/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the session to the result, which is what --json writes:
 *
 *   findings   [{kind, object, offset, size, count, runs, ordering: a sentence,
 *                sides: [{access, atomic, system_call, size, pid, tid, program,
 *                         stack: [{function, file, line, module, offset}]}]}]
 *              one side or two; of a misuse `access` is the function called and `size` 0
 *   partial    [what was not seen]
 *   no_verdict why there is none, or null
 */
#include "prog.h"

#include <stdio.h>
#include <string.h>

static json_t *text_or_null(const struct session *s, ig_ref ref)
{
    const char *text = session_text(s, ref);
    json_t *value = *text ? json_string(text) : json_null();
    return value ? value : json_string("(not UTF-8)");
}

static json_t *frame_json(const struct session *s, ig_ref ref)
{
    const struct ig_frame *f = SESSION_AT(struct ig_frame, s, ref);
    return json_pack("{s:o,s:o,s:I,s:o,s:I}", "function", text_or_null(s, f->function), "file",
                     text_or_null(s, f->file), "line", (json_int_t)f->line, "module",
                     text_or_null(s, f->module), "offset", (json_int_t)f->offset);
}

static json_t *stack_json(const struct session *s, ig_ref ref)
{
    json_t *frames = json_array();
    const struct ig_stack *stack = ref ? SESSION_AT(struct ig_stack, s, ref) : NULL;
    for (uint32_t i = 0; stack && i < stack->count; i++)
        json_array_append_new(frames, frame_json(s, stack->frame[i]));
    return frames;
}

static json_t *side_json(const struct session *s, const struct ig_side *side)
{
    uint32_t flags = IG_WORD_FLAGS(side->word);
    const char *call = session_text(s, side->call);
    const char *access = flags & IG_WRITE ? "write" : "read";
    return json_pack("{s:s,s:b,s:b,s:I,s:i,s:i,s:o,s:o}", "access", *call ? call : access, "atomic",
                     (flags & IG_ATOMIC) != 0, "system_call", (flags & IG_SYSCALL) != 0, "size",
                     (json_int_t)IG_WORD_SIZE(side->word), "pid", (int)side->pid, "tid",
                     (int)side->tid, "program", text_or_null(s, side->program), "stack",
                     stack_json(s, side->stack));
}

static const char *const kinds[IG_KINDS] = {
    [IG_RACE] = "race",
    [IG_NOT_SHARED] = "not process-shared",
    [IG_ONE_COPY_EACH] = "one copy in each process",
    [IG_INIT_TWICE] = "initialised twice",
    [IG_DESTROYED] = "destroyed while waited on",
    [IG_NOT_OWNER] = "unlocked by another than the owner",
    [IG_NO_MUTEX] = "condition wait without the mutex",
    [IG_UNSAFE_CALL] = "call that is not async-signal-safe",
    [IG_MESSAGE_SIZE] = "message size that counts the type",
};

static const char *const misuse[IG_KINDS] = {
    [IG_NOT_SHARED] =
        "it lies in shared memory but was not made process-shared, so another process may never "
        "be woken: pass pshared 1, or set PTHREAD_PROCESS_SHARED in its attributes",
    [IG_ONE_COPY_EACH] =
        "it lies in private memory, so after fork() each process has its own copy and never meets "
        "the other: put it in memory mapped with MAP_SHARED before the fork",
    [IG_INIT_TWICE] =
        "a live object was initialised again, which forgets its waiters and its count: initialise "
        "it once, in the process that creates the memory, before the others start",
    [IG_DESTROYED] =
        "somebody still waits for it and may wait for ever: destroy it when all others are done "
        "with it, for example after waitpid()",
    [IG_NOT_OWNER] =
        "only the thread that locked a mutex may unlock it: lock it first, or use a semaphore "
        "where one process signals another",
    [IG_NO_MUTEX] =
        "the caller must hold the mutex when it waits, or a signal between its test and its wait "
        "is lost: lock, test in a while loop, wait, unlock",
    [IG_UNSAFE_CALL] =
        "a signal handler may interrupt the very same function half way, and then hang or destroy "
        "its data: only set a volatile sig_atomic_t flag there, or call write(); see "
        "signal-safety(7)",
    [IG_MESSAGE_SIZE] =
        "the size of a message is that of its text, without the long of its type: pass sizeof of "
        "the struct minus sizeof(long), or sizeof of its text",
};

static const char *const race_words[] = {
    [IG_WORDS_NONE] = "no ordering seen between the two",
    [IG_WORDS_SLEPT] = "only a sleep separates the two, and time orders nothing: on a busy machine "
                       "the other side may still not be done; wait for it with a semaphore, a "
                       "pipe or waitpid()",
    [IG_WORDS_POLLED] = "a plain variable is polled: reading in a loop orders nothing; use a "
                        "semaphore, a condition or an atomic",
    [IG_WORDS_ONE_LOCK] = "one side holds the lock, the other does not: both must hold it",
    [IG_WORDS_TWO_LOCKS] = "each side holds a lock, but not the same one",
    [IG_WORDS_POSTED] = "the first posted the semaphore before this access, not after it",
    [IG_WORDS_UNLOCKED] = "the first gave back the lock before this access, not after it",
    [IG_WORDS_WROTE] = "the first wrote to the pipe before this access, not after it",
    [IG_WORDS_SENT] = "the first sent the message before this access, not after it",
};

static const char *ordering_of(const struct ig_report *r)
{
    if (misuse[r->kind])
        return misuse[r->kind];
    return race_words[r->words <= IG_WORDS_SENT ? r->words : IG_WORDS_NONE];
}

static json_t *sides_json(const struct session *s, const struct ig_report *r)
{
    json_t *sides = json_array();
    for (int i = 0; i < 2 && r->side[i].pid; i++)
        json_array_append_new(sides, side_json(s, &r->side[i]));
    return sides;
}

static json_t *object_json(const struct session *s, const struct ig_report *r)
{
    if (r->kind == IG_UNSAFE_CALL || r->kind == IG_MESSAGE_SIZE)
        return json_null();
    if (!r->object)
        return json_string("private memory");
    return text_or_null(s, SESSION_AT(struct ig_object, s, r->object)->name);
}

/* The program of a side may have ordered it by atomics that its code does not show. */
static bool unclear(const struct session *s, const struct ig_side *side)
{
    const struct ig_stack *stack = side->stack ? SESSION_AT(struct ig_stack, s, side->stack) : NULL;
    if ((IG_WORD_FLAGS(side->word) & IG_VISIBLE) || !stack)
        return false;
    for (uint32_t i = 0; i < stack->count; i++)
        if (uses_atomics(session_text(s, SESSION_AT(struct ig_frame, s, stack->frame[i])->module)))
            return true;
    return false;
}

static const char flag_kind[] = "unsynchronised flag?";
static const char flag_words[] = "no ordering seen, but C11 atomics are plain moves in this "
                                 "program: compile it with -fsanitize=thread "
                                 "-Wno-tsan --param tsan-instrument-func-entry-exit=0 and link "
                                 "build/lib/ipcgrind/ig_atomics.o (README, "
                                 "Atomics), and this becomes a race or goes away";

static json_t *report_json(const struct session *s, const struct ig_report *r)
{
    bool flag = r->kind == IG_FLAG ||
                (r->kind == IG_RACE && (unclear(s, &r->side[0]) || unclear(s, &r->side[1])));
    return json_pack("{s:s,s:o,s:I,s:I,s:I,s:i,s:s,s:o}", "kind", flag ? flag_kind : kinds[r->kind],
                     "object", object_json(s, r), "offset", (json_int_t)r->offset, "size",
                     (json_int_t)r->size, "count", (json_int_t)r->count, "runs", 1, "ordering",
                     flag ? flag_words : ordering_of(r), "sides", sides_json(s, r));
}

static bool is_library(const char *module)
{
    static const char *const names[] = {IG_LIBRARIES};
    for (size_t i = 0; module && i < sizeof(names) / sizeof(names[0]); i++)
        if (strstr(module, names[i]))
            return true;
    return false;
}

/* The innermost frame of a side that is the program's own, else the innermost one. */
static json_t *own_frame(const json_t *stack)
{
    for (size_t i = 0; i < json_array_size(stack); i++) {
        json_t *frame = json_array_get(stack, i);
        if (!is_library(json_string_value(json_object_get(frame, "module"))))
            return frame;
    }
    return json_array_get(stack, 0);
}

/* The line of a side, as far as runs can be compared: addresses may differ. */
static const char *top_text(const json_t *finding, size_t side, json_int_t *line)
{
    json_t *s = json_array_get(json_object_get(finding, "sides"), side);
    json_t *top = own_frame(json_object_get(s, "stack"));
    const char *file = json_string_value(json_object_get(top, "file"));
    *line = json_integer_value(json_object_get(top, file ? "line" : "offset"));
    return file ? file : json_string_value(json_object_get(top, "module"));
}

static bool same_top(const json_t *a, size_t i, const json_t *b, size_t j)
{
    json_int_t la = 0;
    json_int_t lb = 0;
    const char *ta = top_text(a, i, &la);
    const char *tb = top_text(b, j, &lb);
    const char *wa = json_string_value(
        json_object_get(json_array_get(json_object_get(a, "sides"), i), "access"));
    const char *wb = json_string_value(
        json_object_get(json_array_get(json_object_get(b, "sides"), j), "access"));
    if (!wa || !wb)
        return !wa && !wb; /* a finding of one side */
    return la == lb && ta && tb && strcmp(ta, tb) == 0 && strcmp(wa, wb) == 0;
}

static bool same_finding(const json_t *a, const json_t *b)
{
    if (!json_equal(json_object_get(a, "kind"), json_object_get(b, "kind")))
        return false;
    return (same_top(a, 0, b, 0) && same_top(a, 1, b, 1)) ||
           (same_top(a, 0, b, 1) && same_top(a, 1, b, 0));
}

/* Adds @new to those of this run from @begin on, or counts it on one of an earlier run. */
static void merge(json_t *findings, json_t *new, size_t begin)
{
    for (size_t i = 0; i < begin; i++) {
        json_t *old = json_array_get(findings, i);
        if (!same_finding(old, new))
            continue;
        if (!json_object_get(old, "again")) {
            json_int_t runs = json_integer_value(json_object_get(old, "runs"));
            json_object_set_new(old, "runs", json_integer(runs + 1));
            json_object_set_new(old, "again", json_true());
        }
        json_decref(new);
        return;
    }
    json_array_append_new(findings, new);
}

static void add_findings(json_t *result, const struct session *s)
{
    json_t *findings = json_object_get(result, "findings");
    size_t begin = json_array_size(findings);
    for (size_t b = 0; b < IG_BUCKETS; b++) {
        ig_ref ref = s->head->table[IG_REPORTS][b];
        while (ref) {
            const struct ig_report *r = SESSION_AT(struct ig_report, s, ref);
            if (r->kind < IG_KINDS)
                merge(findings, report_json(s, r), begin);
            ref = r->node.next;
        }
    }
    for (size_t i = 0; i < begin; i++)
        json_object_del(json_array_get(findings, i), "again");
}

static void not_seen(json_t *result, const char *what)
{
    json_t *partial = json_object_get(result, "partial");
    for (size_t i = 0; i < json_array_size(partial); i++)
        if (strcmp(json_string_value(json_array_get(partial, i)), what) == 0)
            return;
    json_array_append_new(partial, json_string(what));
}

static void add_partial(json_t *result, const struct session *s, const struct outcome *out)
{
    char text[512];
    uint32_t bits = s->head->partial;
    if (bits & IG_PARTIAL_STOPPED)
        not_seen(result, "a stopped process held a record, so some accesses were not judged");
    if (bits & IG_PARTIAL_STOLEN)
        not_seen(result, "a process was killed inside a synchronisation, whose order may be lost");
    if (bits & IG_PARTIAL_SPLICE)
        not_seen(result, "splice, tee, vmsplice or sendfile moved bytes of a pipe unseen");
    if (bits & IG_PARTIAL_VFORK)
        not_seen(result, "the child of a vfork held its parent up for more than ten seconds");
    if (bits & IG_PARTIAL_CALL)
        not_seen(result, "a call was made whose ordering is not known yet");
    if (out->left)
        not_seen(result, "processes were still running when the report was made (--grace=S)");
    for (uint32_t id = 0; id < s->head->tasks && id < IG_MAX_TASKS; id++) {
        if (!s->head->task[id])
            continue;
        const struct ig_task *task = SESSION_AT(struct ig_task, s, s->head->task[id]);
        if (task->state != IG_TASK_EXEC)
            continue;
        snprintf(text, sizeof(text), "pid %d (%s) became a program that was not watched",
                 (int)task->pid, session_text(s, task->program));
        not_seen(result, text);
    }
}

void collect(json_t *result, const struct session *s, const struct outcome *out)
{
    static const char *const why[] = {
        [IG_WHOLE] = NULL,
        [IG_FULL] = "the session had no room left; give --session=FILE on a larger file system",
        [IG_TASKS_OUT] = "more than 65536 processes and threads were started",
        [IG_CLOCK_OUT] = "one task synchronised more than four thousand million times",
        [IG_NOT_JOINED] = "a process could not open the session",
    };
    const char *none = s->head->broken <= IG_NOT_JOINED ? why[s->head->broken] : "session damaged";
    add_findings(result, s);
    add_partial(result, s, out);
    if (!none && s->head->started == 0)
        none = "the tool did not start: see Valgrind's message above";
    if (none)
        json_object_set_new(result, "no_verdict", json_string(none));
}
