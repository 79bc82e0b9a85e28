/* SPDX-License-Identifier: MIT */
/* What rules do at named places: delay, stop, kill, fail. */
#include "inj.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

/* Through a signal handler, to its end. */
void inj_pause(long usec)
{
    long scaled = usec * (long)inj_self.spec.scale / 100;
    struct timespec ts = {scaled / 1000000, scaled % 1000000 * 1000};

    while (syscall(SYS_nanosleep, &ts, &ts) == -1 && errno == EINTR)
        ;
}

/* Does the rule mean this very time? Counts every time its place is passed. */
static bool is_due(struct inj_rule *r)
{
    unsigned nth = __atomic_add_fetch(&r->seen, 1, __ATOMIC_RELAXED);

    return (r->which == 0 || r->which == nth) &&
           (!r->label[0] || strcmp(r->label, inj_self.label) == 0);
}

static void act(const struct inj_rule *r, const char *place, const char *call)
{
    char where[96] = {0};

    strncpy(where, place, sizeof where - 1);
    strncat(where, call, sizeof where - 1 - strlen(where));
    switch (r->what) {
    case INJ_DELAY:
        inj_note("@delay", where);
        inj_pause(r->usec);
        break;
    case INJ_STOP:
        inj_note("@stop", where);
        /* To this thread: a signal to the process may be taken by another one, a moment later, when
         * this one has already said that it goes on. It stops all of them just the same. */
        syscall(SYS_tgkill, getpid(), gettid(), SIGSTOP);
        inj_note("@on", where); /* the suite sends SIGCONT until it sees this */
        break;
    case INJ_KILL:
        inj_note("@kill", where);
        kill(getpid(), SIGKILL);
        break;
    case INJ_FAIL:
        break;
    }
}

/* A rule about opening names a part of the path, or takes any. */
static bool right_path(const struct inj_rule *r, const struct inj_call *c)
{
    const char *path = (const char *)c->arg;

    return !r->point[0] || (path && strstr(path, r->point));
}

/* A short wait before or after any call, whose length is drawn, too. */
static void jitter(enum inj_phase phase, const struct inj_call *c)
{
    uint64_t d = inj_mix(c->draw, 0x100 + (unsigned)phase);

    if (inj_self.spec.jitter > 0 && inj_self.spec.random[c->kind] &&
        d % 100 < inj_self.spec.jitter && inj_self.spec.jitter_usec > 0)
        inj_pause((long)(d / 100 % (uint64_t)inj_self.spec.jitter_usec) + 1);
}

void inj_act(enum inj_phase phase, const struct inj_call *c)
{
    int saved = errno;

    for (unsigned i = 0; i < inj_self.spec.nrules; i++) {
        struct inj_rule *r = &inj_self.spec.rule[i];

        if (r->what != INJ_FAIL && r->phase == phase && r->kind == c->kind &&
            (!r->has_arg || r->arg == c->arg) && right_path(r, c) && is_due(r))
            act(r, phase == INJ_BEFORE ? "before:" : "after:", inj_name(c->kind));
    }
    jitter(phase, c);
    errno = saved;
}

bool inj_fail(struct inj_call *c)
{
    for (unsigned i = 0; i < inj_self.spec.nrules; i++) {
        struct inj_rule *r = &inj_self.spec.rule[i];

        if (r->what != INJ_FAIL || r->kind != c->kind || !is_due(r))
            continue;
        c->fault = "fail";
        errno = r->error;
        return true;
    }
    return false;
}

/* Is @point the name of @place, or of a group it belongs to: enter.read of enter.read.2? */
static bool is_place(const char *point, const char *place)
{
    size_t n = strlen(point);

    return strncmp(point, place, n) == 0 && (place[n] == '\0' || place[n] == '.');
}

static void act_at(const char *place)
{
    for (unsigned i = 0; i < inj_self.spec.nrules; i++) {
        struct inj_rule *r = &inj_self.spec.rule[i];

        if (r->what != INJ_FAIL && r->phase == INJ_AT && is_place(r->point, place) && is_due(r))
            act(r, "at:", place);
    }
}

/**
 * A named place of ours: drivers call it, declared weak, so that they also link where this library
 * is not. Rules reach it as at:NAME.
 */
INJ_EXPORT void gr_inject_point(const char *name);
INJ_EXPORT void gr_inject_point(const char *name)
{
    int saved = errno;

    if (inj_self.active)
        act_at(name);
    errno = saved;
}

/* A name of the program's in a place or a line: what could be taken for anything else is left. */
static size_t put_name(char *to, size_t at, size_t end, const char *name)
{
    for (; *name && at < end; name++) {
        bool plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                     (*name >= '0' && *name <= '9') || *name == '_' || *name == '-';

        to[at++] = plain ? *name : '?';
    }
    return at;
}

static size_t put_number(char *to, size_t at, unsigned n)
{
    char digits[12];
    size_t len = 0;

    do
        digits[len++] = (char)('0' + n % 10);
    while (n /= 10);
    while (len > 0)
        to[at++] = digits[--len];
    return at;
}

/* "WHAT.KIND.I"; without I where it is negative. Return: where KIND begins. */
static size_t name_place(char place[64], const char *what, const char *kind, int i)
{
    size_t begin = put_name(place, 0, 8, what), at;

    place[begin++] = '.';
    at = put_name(place, begin, begin + 24, kind);
    if (i >= 0) {
        place[at++] = '.';
        at = put_number(place, at, (unsigned)i);
    }
    place[at] = '\0';
    return begin;
}

/**
 * The grader's side of kit.h: the student's program says where it is. The line `@WHAT KIND.I` is
 * written before anything is done to the process, so the order of lines is the order in which the
 * places were reached. Rules reach it as at:WHAT.KIND.I, and every I as at:WHAT.KIND.
 */
INJ_EXPORT void gr_kit_hook(const char *what, const char *kind, int i);
INJ_EXPORT void gr_kit_hook(const char *what, const char *kind, int i)
{
    int saved = errno;
    char place[64], name[10] = "@";
    size_t begin;

    if (!inj_self.active || !inj_self.spec.hooks)
        return;
    begin = name_place(place, what, kind, i);
    memcpy(name + 1, place, begin - 1);
    inj_note(name, place + begin);
    act_at(place);
    errno = saved;
}
