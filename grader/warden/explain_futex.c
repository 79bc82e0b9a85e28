/* SPDX-License-Identifier: MIT */
/* futex waits: sem_wait(), pthread_mutex_lock(), pthread_cond_wait(), pthread_join().
 *
 * The kernel knows only an address. What lies there is told by glibc's layout around the word
 * (stable since 2.25 and checked for plausibility: when in doubt it is "a futex") and by the
 * mapping the address is in. */
#include "explain.h"

#include <dirent.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { A_FUTEX, A_SEM, A_MUTEX, A_COND, A_JOIN };

struct futex {
    uint64_t addr;
    uint32_t expected;
    bool private_op; /* FUTEX_PRIVATE_FLAG: only this process can wake it */
    bool readable;
    uint32_t before[6]; /* the words before and after the address */
    uint32_t word[5];
    struct mapping map;
    bool mapped;
    enum kind kind;
    pid_t owner; /* of a mutex */
};

static bool is_thread(pid_t pid, pid_t tid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/task/%d", pid, tid);
    return access(path, F_OK) == 0;
}

/* pthread_cond_t: waiters of the group 24 bytes before the word, all waiters 4 or 8 before. */
static bool looks_like_cond(const struct futex *f)
{
    uint32_t refs = f->before[0];

    for (int at = 4; at <= 5; at++) {
        uint32_t all = f->before[at];

        if (all >= 8 && all < 65536 && (all & 1) == !f->private_op && refs >= 2 && refs < 16384)
            return true;
    }
    return false;
}

/* sem_t: value, number of waiters, 0 or the shared flag. */
static bool looks_like_sem(const struct futex *f)
{
    return f->expected == 0 && f->word[1] >= 1 && f->word[1] < 65536 &&
           f->word[2] == (f->private_op ? 0 : FUTEX_PRIVATE_FLAG);
}

/* pthread_mutex_t: lock, count, owner. A robust lock holds its owner in the lock word itself. */
static bool looks_like_mutex(struct futex *f)
{
    if (f->expected == 2 && f->word[2] > 0 && f->word[2] < (1u << 22)) {
        f->owner = (pid_t)f->word[2];
        return true;
    }
    if (f->expected & FUTEX_WAITERS && (f->expected & FUTEX_TID_MASK) == f->word[2]) {
        f->owner = (pid_t)f->word[2];
        return true;
    }
    return false;
}

static void classify(const struct waiter *w, struct futex *f)
{
    if (!f->readable)
        return;
    /* 2 is the word of a mutex that somebody waits for, and no thread number of a second thread. */
    if (f->word[0] == f->expected && f->expected > 2 && !f->private_op &&
        is_thread(w->p->pid, (pid_t)f->expected)) {
        f->kind = A_JOIN;
        f->owner = (pid_t)f->expected;
    } else if (looks_like_mutex(f)) {
        f->kind = A_MUTEX;
    } else if (looks_like_cond(f)) {
        f->kind = A_COND;
    } else if (looks_like_sem(f)) {
        f->kind = A_SEM;
    }
}

static void read_futex(const struct waiter *w, struct futex *f)
{
    pid_t pid = w->tid; /* the first thread may have ended, and its view of the memory with it */

    *f = (struct futex){.addr = w->args[0],
                        .expected = (uint32_t)w->args[2],
                        .private_op = w->args[1] & FUTEX_PRIVATE_FLAG};
    f->readable = peek(pid, f->addr, f->word, sizeof f->word);
    if (!f->readable)
        f->readable = peek(pid, f->addr, f->word, 4);
    if (!peek(pid, f->addr - sizeof f->before, f->before, sizeof f->before))
        memset(f->before, 0, sizeof f->before);
    f->mapped = find_mapping(pid, f->addr, &f->map);
    classify(w, f);
}

static bool is_shared(const struct futex *f)
{
    return f->mapped && f->map.perms[3] == 's';
}

static bool named_sem(const struct futex *f)
{
    return is_shared(f) && strncmp(f->map.path, "/dev/shm/sem.", 13) == 0;
}

/* sem_open() makes the file under a name of its own first, and that is the one the mapping keeps:
 * ask the folder for the name people know. */
static void put_sem_name(struct text *out, const struct futex *f)
{
    DIR *d = opendir("/dev/shm");
    char name[256] = "";
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (e->d_ino == f->map.ino && strncmp(e->d_name, "sem.", 4) == 0)
            snprintf(name, sizeof name, "%s", e->d_name + 4);
    if (d)
        closedir(d);
    if (name[0])
        put(out, "the named semaphore /%.100s", name);
    else
        put(out, "a named semaphore whose name is removed by now");
}

/* "the named semaphore /x", "a mutex in shared memory /dev/shm/y", ... */
static void put_object(struct text *out, const struct futex *f)
{
    static const char *const nouns[] = {[A_FUTEX] = "a lock or semaphore (futex)",
                                        [A_SEM] = "a semaphore",
                                        [A_MUTEX] = "a mutex",
                                        [A_COND] = "a condition variable",
                                        [A_JOIN] = "a thread"};

    if (named_sem(f)) {
        put_sem_name(out, f);
        return;
    }
    put(out, "%s", nouns[f->kind]);
    if (!f->mapped)
        return;
    if (!is_shared(f) && f->kind == A_SEM)
        return; /* said at length below */
    if (!is_shared(f))
        put(out, " in its own private memory");
    else if (strncmp(f->map.path, "/dev/zero", 9) == 0)
        put(out, " in anonymous shared memory");
    else
        put(out, " in the shared memory %.80s", f->map.path);
    if (is_shared(f) && f->kind != A_COND) /* the word waited on lies somewhere inside that */
        put(out, " (at byte %" PRIu64 ")", f->addr - f->map.start + f->map.offset);
}

struct sharing {
    uint64_t ino;
    const char *path;
    bool has;
};

static bool maps_same(const struct mapping *m, void *arg)
{
    struct sharing *s = arg;

    s->has = m->perms[3] == 's' && m->ino == s->ino && strcmp(m->path, s->path) == 0;
    return !s->has;
}

/* Who else can reach the object. */
static void put_others(const struct picture *pic, struct waiter *w, const struct futex *f)
{
    size_t n = 0;

    for (size_t i = 0; is_shared(f) && i < pic->t->n; i++) {
        struct sharing s = {f->map.ino, f->map.path, false};
        pid_t pid = pic->t->p[i].pid;

        if (pid == w->p->pid)
            continue;
        each_mapping(pid, maps_same, &s);
        if (s.has && n++ < 4)
            put(&w->text, "%s%s", n == 1 ? " Also mapped by " : ", ", who(pic, pid));
    }
    if (n > 4)
        put(&w->text, " and %zu more", n - 4);
    if (n > 0)
        put(&w->text, ".");
    else if (is_shared(f))
        put(&w->text, " No other process has it mapped now.");
}

/* The mistakes that can be read off the memory: private where it must be shared. */
static void put_sharing_fault(struct waiter *w, const struct futex *f)
{
    const char *flag = f->kind == A_SEM     ? "sem_init() was called with pshared 0"
                       : f->kind == A_MUTEX ? "the mutex was made without PTHREAD_PROCESS_SHARED"
                       : f->kind == A_COND  ? "it was made without PTHREAD_PROCESS_SHARED"
                       : f->kind == A_FUTEX ? "it was made for the threads of one process "
                                              "(PTHREAD_PROCESS_SHARED is missing, or the wait "
                                              "has FUTEX_PRIVATE_FLAG)"
                                            : NULL;

    if (is_shared(f) && f->private_op && flag)
        put(&w->text, " But %s, so no other process can wake it.", flag);
    else if (f->mapped && !is_shared(f) && f->kind == A_SEM)
        put(&w->text,
            " It lies in private memory of this process: after fork() each process has a copy "
            "of its own, and nobody else can post this one.");
}

static void put_owner(const struct picture *pic, struct waiter *w, const struct futex *f)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d", f->owner); /* finds threads, too */
    if (f->owner == w->tid) {
        put(&w->text, " It holds that mutex already itself: locking it twice waits forever.");
        add_thread_link(w, w->tid, "waits for a mutex that", "holds itself");
    } else if (access(path, F_OK) == -1) {
        put(&w->text,
            " Its owner, pid or thread %d, has ended without unlocking it (a robust mutex would "
            "give EOWNERDEAD).",
            f->owner);
    } else {
        put(&w->text, " It is held by %s.", who(pic, f->owner));
        add_thread_link(w, f->owner, "waits for a mutex that", "holds");
    }
}

static void explain_join(const struct picture *pic, struct waiter *w, const struct futex *f)
{
    put(&w->text, "%s waits in pthread_join() for %s to end.", who_waits(w), who(pic, f->owner));
    add_thread_link(w, f->owner, "waits in pthread_join() for", "to end");
}

void explain_futex(const struct picture *pic, struct waiter *w)
{
    static const char *const verbs[] = {[A_FUTEX] = "for",
                                        [A_SEM] = "in sem_wait() for",
                                        [A_MUTEX] = "in pthread_mutex_lock() for",
                                        [A_COND] = "in pthread_cond_wait() on",
                                        [A_JOIN] = ""};
    struct futex f;

    read_futex(w, &f);
    if (named_sem(&f))
        f.kind = A_SEM;
    if (f.kind == A_JOIN) {
        explain_join(pic, w, &f);
        return;
    }
    put(&w->text, "%s waits %s ", who_waits(w), verbs[f.kind]);
    put_object(&w->text, &f);
    if (f.kind == A_SEM)
        put(&w->text, ", whose value is %u.", f.word[0]);
    else
        put(&w->text, ".");
    if (f.kind == A_MUTEX)
        put_owner(pic, w, &f);
    else if (f.kind == A_COND)
        put(&w->text, " A signal sent before this wait began is lost: was the condition checked "
                      "in a loop under the mutex, and who still signals?");
    put_sharing_fault(w, &f);
    if (f.kind == A_SEM && is_shared(&f))
        put_others(pic, w, &f);
}
