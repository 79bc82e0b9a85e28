/* SPDX-License-Identifier: MIT */
/* The text of IPCLAB_INJECT becomes a struct inj_spec, or one sentence about what is wrong. The
 * grammar is in README.md. No allocation: this runs before main, in the student's process. */
#include "inj.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The rest of an item, taken word by word. */
struct words {
    const char *p, *end;
};

static bool next_word(struct words *w, char sep, const char **word, size_t *len)
{
    const char *stop;

    if (w->p > w->end)
        return false;
    stop = memchr(w->p, sep, (size_t)(w->end - w->p));
    if (!stop)
        stop = w->end;
    *word = w->p;
    *len = (size_t)(stop - w->p);
    w->p = stop + 1;
    return true;
}

static bool number(const char *s, size_t len, uint64_t max, uint64_t *value)
{
    uint64_t v = 0;

    if (len == 0 || len > 20)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9' || v > (UINT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (uint64_t)(s[i] - '0');
    }
    *value = v;
    return v <= max;
}

static bool small_number(const char *s, size_t len, unsigned max, unsigned *value)
{
    uint64_t v;

    if (!number(s, len, max, &v))
        return false;
    *value = (unsigned)v;
    return true;
}

static bool copy(char *to, size_t cap, const char *s, size_t len)
{
    if (len == 0 || len >= cap)
        return false;
    memcpy(to, s, len);
    to[len] = '\0';
    return true;
}

/* 20ms, 500us, 1s: at most a minute. */
static bool duration(const char *s, size_t len, long *usec)
{
    static const struct {
        const char *unit;
        size_t len;
        long usec;
    } units[] = {{"us", 2, 1}, {"ms", 2, 1000}, {"s", 1, 1000000}};

    for (size_t i = 0; i < 3; i++) {
        size_t n = units[i].len;
        uint64_t v;

        if (len > n && memcmp(s + len - n, units[i].unit, n) == 0 &&
            number(s, len - n, 60000000u / (uint64_t)units[i].usec, &v)) {
            *usec = (long)v * units[i].usec;
            return true;
        }
    }
    return false;
}

static const char *call_list(bool set[INJ_NKINDS], struct words w)
{
    const char *word;
    size_t len;

    memset(set, 0, INJ_NKINDS * sizeof *set);
    while (next_word(&w, ',', &word, &len)) {
        enum inj_kind k = inj_kind_of(word, len);

        if (len == 3 && memcmp(word, "all", 3) == 0)
            memset(set, 1, INJ_NKINDS * sizeof *set);
        else if (k == INJ_NKINDS)
            return "no such call is wrapped";
        else
            set[k] = true;
    }
    return NULL;
}

/* What a call has in parentheses: a command, or a part of the path that is opened. */
static const char *detail(struct inj_rule *r, const char *word, size_t len)
{
    if (r->kind == INJ_open || r->kind == INJ_openat)
        return copy(r->point, sizeof r->point, word, len) ? NULL : "the path is empty or too long";
    r->has_arg = inj_command(word, len, &r->arg);
    return r->has_arg ? NULL : "no such command";
}

/* before:CALL, after:CALL(COMMAND), at:NAME */
static const char *place(struct inj_rule *r, struct words *w)
{
    const char *word, *open;
    size_t len;

    if (!next_word(w, ':', &word, &len))
        return "a place is needed";
    if (len == 6 && memcmp(word, "before", 6) == 0)
        r->phase = INJ_BEFORE;
    else if (len == 5 && memcmp(word, "after", 5) == 0)
        r->phase = INJ_AFTER;
    else if (len == 2 && memcmp(word, "at", 2) == 0)
        r->phase = INJ_AT;
    else
        return "a place begins with before:, after: or at:";
    if (!next_word(w, ':', &word, &len))
        return "a place needs a call or a name";
    if (r->phase == INJ_AT)
        return copy(r->point, sizeof r->point, word, len) ? NULL : "the name is empty or too long";
    open = len > 0 && word[len - 1] == ')' ? memchr(word, '(', len) : NULL;
    r->kind = inj_kind_of(word, open ? (size_t)(open - word) : len);
    if (r->kind == INJ_NKINDS)
        return "no such call is wrapped";
    return open ? detail(r, open + 1, (size_t)(word + len - 1 - (open + 1))) : NULL;
}

/* [:K[:LABEL]] */
static const char *selection(struct inj_rule *r, struct words *w)
{
    const char *word;
    size_t len;

    if (!next_word(w, ':', &word, &len))
        return NULL;
    if (len == 1 && *word == '*')
        r->which = 0;
    else if (!small_number(word, len, 1000000000, &r->which) || r->which == 0)
        return "which time is a number from 1, or * for every time";
    if (!next_word(w, ':', &word, &len))
        return NULL;
    return copy(r->label, sizeof r->label, word, len) ? NULL : "the label is empty or too long";
}

static const char *rule(struct inj_spec *s, enum inj_what what, struct words w)
{
    struct inj_rule *r = &s->rule[s->nrules];
    const char *word, *why;
    size_t len;

    if (s->nrules == INJ_RULES)
        return "too many rules";
    r->what = what;
    r->which = what == INJ_DELAY ? 0 : 1;
    if ((why = place(r, &w)))
        return why;
    if (what == INJ_DELAY && (!next_word(&w, ':', &word, &len) || !duration(word, len, &r->usec)))
        return "a delay is like 20ms, 500us or 1s, at most a minute";
    if ((why = selection(r, &w)))
        return why;
    s->nrules++;
    return w.p > w.end ? NULL : "too many words";
}

/* CALL:K[:ERRNO] */
static const char *fail_rule(struct inj_spec *s, struct words w)
{
    struct inj_rule *r = &s->rule[s->nrules];
    const char *word, *error = "";
    size_t len, error_len = 0;

    if (s->nrules == INJ_RULES)
        return "too many rules";
    *r = (struct inj_rule){.what = INJ_FAIL, .which = 1};
    if (!next_word(&w, ':', &word, &len) || (r->kind = inj_kind_of(word, len)) == INJ_NKINDS)
        return "no such call is wrapped";
    if (next_word(&w, ':', &word, &len)) {
        if (len == 1 && *word == '*')
            r->which = 0;
        else if (!small_number(word, len, 1000000000, &r->which) || r->which == 0)
            return "which time is a number from 1, or * for every time";
    }
    if (next_word(&w, ':', &error, &error_len) && !inj_errno_of(error, error_len))
        return "no such errno";
    r->error = inj_may_fail(r->kind, inj_errno_of(error, error_len));
    if (!r->error)
        return "this call does not fail so";
    s->nrules++;
    return w.p > w.end ? NULL : "too many words";
}

static const char *jitter(struct inj_spec *s, struct words w)
{
    const char *word;
    size_t len;

    if (!next_word(&w, ':', &word, &len) || !small_number(word, len, 100, &s->jitter))
        return "a percentage is needed, 0 to 100";
    if (!next_word(&w, ':', &word, &len) || !duration(word, len, &s->jitter_usec))
        return "a longest time is needed, like 2ms";
    return w.p > w.end ? NULL : "too many words";
}

static const char *peer_uid(struct inj_spec *s, struct words w)
{
    const char *word;
    size_t len;

    if (!next_word(&w, ':', &word, &len) || !small_number(word, len, UINT32_MAX, &s->uid))
        return "a user id is needed";
    if (next_word(&w, ':', &word, &len) && !small_number(word, len, 1000000, &s->uid_which))
        return "which time is a number";
    s->has_uid = true;
    return w.p > w.end ? NULL : "too many words";
}

/* FD[.INODE] or a path */
static const char *log_item(struct inj_spec *s, const char *v, size_t len)
{
    const char *dot = memchr(v, '.', len);
    size_t n = dot ? (size_t)(dot - v) : len;
    unsigned fd;

    if (len > 0 && (*v == '/' || *v == '.'))
        return copy(s->log_path, sizeof s->log_path, v, len) ? NULL : "the path is too long";
    if (!small_number(v, n, 1 << 20, &fd))
        return "a descriptor or a path with a / is needed";
    s->log_fd = (int)fd;
    if (dot && !number(dot + 1, len - n - 1, UINT64_MAX, &s->log_ino))
        return "behind the dot stands an inode number";
    return NULL;
}

static bool is(const char *key, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(key, name, len) == 0;
}

static const char *percentages(struct inj_spec *s, const char *key, size_t klen, struct words w)
{
    struct {
        const char *name;
        unsigned *value;
        unsigned max;
    } all[] = {{"short", &s->cut, 100}, {"eintr", &s->eintr, 100},    {"eagain", &s->eagain, 100},
               {"wake", &s->wake, 100}, {"scale", &s->scale, 100000}, {"proc", &s->proc, 1000000}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (is(key, klen, all[i].name))
            return small_number(w.p, (size_t)(w.end - w.p), all[i].max, all[i].value)
                       ? NULL
                       : "the number is none, or too large";
    return "no such key";
}

static const char *item(struct inj_spec *s, const char *key, size_t klen, struct words w)
{
    size_t len = (size_t)(w.end - w.p);

    if (is(key, klen, "seed"))
        return number(w.p, len, UINT64_MAX, &s->seed) ? NULL : "a seed is a number";
    if (is(key, klen, "bin"))
        return *w.p == '/' && copy(s->bin, sizeof s->bin, w.p, len) ? NULL : "no absolute path";
    if (is(key, klen, "delay"))
        return rule(s, INJ_DELAY, w);
    if (is(key, klen, "stop"))
        return rule(s, INJ_STOP, w);
    if (is(key, klen, "kill"))
        return rule(s, INJ_KILL, w);
    if (is(key, klen, "fail"))
        return fail_rule(s, w);
    if (is(key, klen, "jitter"))
        return jitter(s, w);
    if (is(key, klen, "peeruid"))
        return peer_uid(s, w);
    if (is(key, klen, "log"))
        return log_item(s, w.p, len);
    if (is(key, klen, "calls"))
        return call_list(s->random, w);
    if (is(key, klen, "trace"))
        return call_list(s->trace, w);
    if (is(key, klen, "handlers")) {
        s->handlers = is(w.p, len, "1");
        return s->handlers ? NULL : "write handlers=1";
    }
    if (is(key, klen, "handler")) {
        s->assume_handler = is(w.p, len, "assume");
        return s->assume_handler || is(w.p, len, "real") ? NULL : "write real or assume";
    }
    if (is(key, klen, "hooks")) {
        s->hooks = is(w.p, len, "on");
        return s->hooks || is(w.p, len, "off") ? NULL : "write on or off";
    }
    return percentages(s, key, klen, w);
}

const char *inj_parse(struct inj_spec *spec, const char *text, const char **at)
{
    struct words items = {text, text + strlen(text)};
    const char *it, *why = NULL;
    size_t len;

    memset(spec, 0, sizeof *spec);
    spec->log_fd = -1;
    spec->scale = 100;
    memset(spec->random, 1, sizeof spec->random);
    while (!why && next_word(&items, ';', &it, &len)) {
        const char *eq = memchr(it, '=', len);

        *at = it;
        if (len == 0)
            continue;
        if (!eq)
            return "KEY=VALUE is needed";
        why = item(spec, it, (size_t)(eq - it), (struct words){eq + 1, it + len});
    }
    if (!why && !spec->bin[0])
        why = "bin=FOLDER is missing: whose programs?";
    return why;
}
