/* SPDX-License-Identifier: MIT */
/**
 * The picture behind a hang: who waits for what, and who could end each wait.
 *
 *  1. explain_waits() takes the picture of the whole jail: every task that sits in a system
 *     call, every open descriptor.
 *  2. One explain_*() per kind of object writes a sentence or two for a task and adds a link to
 *     each process that could end the wait.
 *  3. circle_find() follows the links; a circle of waits is told first.
 *
 * Everything comes from /proc, from the memory of the waiting process and from copies of its
 * descriptors (pidfd_getfd). Each of these may be refused; the sentence then says less.
 */
#ifndef GR_EXPLAIN_H
#define GR_EXPLAIN_H

#include "warden.h"

enum { MAX_WAITERS = 64, MAX_FDS = 4096, MAX_LINKS = 8 };

/** A sentence of a fact. */
struct text {
    char buf[768];
    size_t len;
};
void put(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** "@before the other process @after": what one process has to do with another's wait. */
struct link {
    pid_t to;    /* process or thread */
    bool thread; /* only this thread can help, not another one of its process */
    char before[96];
    char after[96];
};

/** One task in a system call, or in none (nr -1). */
struct waiter {
    const struct proc *p;
    pid_t tid;
    char state;
    long nr;
    uint64_t args[6];
    bool forever;
    struct text text;
    struct link links[MAX_LINKS];
    size_t nlinks;
    bool told;
};

struct open_fd {
    pid_t pid;
    int fd;
    int mode; /* O_RDONLY, O_WRONLY, O_RDWR; -1 = unknown */
    uint64_t dev, ino;
};

struct picture {
    struct warden *w;
    const struct proc_table *t;
    struct waiter waiters[MAX_WAITERS];
    size_t n;
    struct open_fd fds[MAX_FDS];
    size_t nfds;
};

/** A call that may wait without a time limit. */
struct waiting_call {
    long nr;
    const char *name;
    int limit_arg; /* -1: the call has no time limit at all */
    bool null_is_forever;
    bool fd_first; /* argument 0 is a descriptor */
};

/* calls.c */
const struct waiting_call *find_call(long nr);

/* who.c */
/** "name (pid 3)", in one of a few static buffers. */
const char *who(const struct picture *pic, pid_t pid);
/** The same, with the thread if it is not the first one. */
const char *who_waits(const struct waiter *w);
/** Add a link; @before and @after are cut to their room. */
void add_link(struct waiter *w, pid_t to, const char *before, const char *after);
/** The same for a single thread, as the owner of a mutex is one. */
void add_thread_link(struct waiter *w, pid_t to, const char *before, const char *after);
void picture_fds(struct picture *pic);
/** What descriptor @fd of @pid is. Return: NULL if it is not open. */
const struct open_fd *fd_of(const struct picture *pic, pid_t pid, int fd);
/** Who else holds the object of @o: "fd 4 of x (pid 3), fd 5 of y (pid 4)". @mode: O_RDONLY or
 *  O_WRONLY: only ends that can do this; -1: any. @self: the descriptor that waits, left out.
 *  Return: how many descriptors. Processes are added to @who_holds (at most MAX_LINKS). */
struct holders {
    struct text words;
    size_t n;
    struct {
        pid_t pid;
        int fd;
    } of[MAX_LINKS];
};
void find_holders(const struct picture *pic, uint64_t dev, uint64_t ino, int mode, pid_t self_pid,
                  int self_fd, struct holders *h);

/* peek.c */
/** Copy memory of @pid. Return: whether all of it could be read. */
bool peek(pid_t pid, uint64_t addr, void *buf, size_t len);
bool peek_string(pid_t pid, uint64_t addr, char *buf, size_t len);
/** A copy of descriptor @fd of @pid. Return: ours to close, or -1. */
int peek_fd(pid_t pid, int fd);
struct mapping {
    uint64_t start, end, offset;
    char perms[5];
    uint64_t ino;
    char path[200];
};
/** Call @visit for each mapping of @pid until it returns false. */
void each_mapping(pid_t pid, bool (*visit)(const struct mapping *m, void *arg), void *arg);
/** The mapping @addr lies in. */
bool find_mapping(pid_t pid, uint64_t addr, struct mapping *m);
/** A line "NAME:" of /proc/@pid/status as a number of base @base. */
uint64_t proc_status(pid_t pid, const char *name, int base);
/** A task of @pid through which /proc shows its memory and descriptors: the first thread, or
 *  another when that one has ended. Return: 0 when all have. */
pid_t live_task(pid_t pid);
/** Is it run by Valgrind? Then the kernel's name of it and its signal handlers are the tool's. */
bool under_valgrind(pid_t pid);

/* explain_*.c: each writes w->text and w->links */
void explain_pipe(const struct picture *pic, struct waiter *w, const struct open_fd *o);
void explain_open(const struct picture *pic, struct waiter *w);
void explain_child(const struct picture *pic, struct waiter *w);
void explain_semop(const struct picture *pic, struct waiter *w);
void explain_msg(const struct picture *pic, struct waiter *w);
void explain_mq(const struct picture *pic, struct waiter *w);
/** Add to a wait for signals which message queues of the process are not empty. */
void put_unread_queues(const struct picture *pic, struct waiter *w);
void explain_futex(const struct picture *pic, struct waiter *w);
void explain_socket(const struct picture *pic, struct waiter *w);
void explain_many(const struct picture *pic, struct waiter *w);
void explain_lock(const struct picture *pic, struct waiter *w);
void explain_signal(const struct picture *pic, struct waiter *w);
void explain_eventfd(const struct picture *pic, struct waiter *w);

/* circle.c */
/** The shortest circle of waits. Return: its length, 0 = none; @members are waiters. */
size_t circle_find(struct picture *pic, struct waiter **members, size_t max);
/** Tell the circle in one sentence. */
void circle_words(const struct picture *pic, struct waiter *const *members, size_t n,
                  struct text *out);

#endif
