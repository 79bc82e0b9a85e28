/* SPDX-License-Identifier: MIT */
/**
 * Inside the injection library: one call's way through a wrapper.
 *
 *  1. INJ_ENTER() asks whether this call is ours: an active process, a call site in the program
 *     itself. If not, the wrapper calls the real function and nothing else happens.
 *     If it is, the call is counted, its random number drawn, and what the rules want done
 *     before it is done (delay, stop, kill).
 *  2. inj_cut(), inj_eintr(), inj_eagain(), inj_fail() decide; each says no where the kernel
 *     could not do it.
 *  3. inj_leave() writes the log line, does what the rules want after the call, and returns the
 *     result, errno as the call left it.
 *
 * Everything here may run in a signal handler and in several threads at once: no malloc, no
 * stdio, no locks. What changes after the constructor is changed by atomic read-modify-write
 * only: Helgrind and DRD take a plain store beside a load for a race.
 */
#ifndef INJ_H
#define INJ_H

#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

#define INJ_EXPORT __attribute__((visibility("default")))

enum { INJ_RULES = 24, INJ_WORD = 40, INJ_IN_A_ROW = 3, INJ_EXIT = 125 };

/** The real functions, looked up once, by the constructor. */
struct inj_real {
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration cannot have them */
#define INJ_MEMBER(name) __typeof__(name) *name;
    INJ_CALLS(INJ_MEMBER)
#undef INJ_MEMBER
};
extern struct inj_real inj_real;
const char *inj_name(enum inj_kind k);
/** Return: the kind called @name of @len bytes, or INJ_NKINDS. */
enum inj_kind inj_kind_of(const char *name, size_t len);

enum inj_what { INJ_DELAY, INJ_STOP, INJ_KILL, INJ_FAIL };
enum inj_phase { INJ_BEFORE, INJ_AFTER, INJ_AT };

/** One rule of the text: do @what at a place. */
struct inj_rule {
    enum inj_what what;
    enum inj_phase phase;
    enum inj_kind kind;
    char point[INJ_WORD]; /* INJ_AT: the name of the place; open: part of the path; or "" */
    bool has_arg;
    long arg;             /* the command the call must have: semctl(SETVAL) */
    unsigned which;       /* the k-th time in this process; 0 = every time */
    char label[INJ_WORD]; /* only in the process of this label; "" = any */
    long usec;
    int error;
    unsigned seen; /* atomic */
};

/** What the text said. Constant once the constructor is through, but for rule[].seen. */
struct inj_spec {
    uint64_t seed;
    char bin[512];
    unsigned proc;
    unsigned scale; /* of all delays, percent */
    unsigned cut, eintr, eagain, wake, jitter;
    long jitter_usec;
    bool assume_handler;
    bool handlers;           /* watch what signal handlers call */
    bool hooks;              /* kit.h is awake */
    bool random[INJ_NKINDS]; /* calls that random faults may hit */
    bool trace[INJ_NKINDS];  /* calls that are logged even without a fault */
    bool has_uid;
    unsigned uid, uid_which;
    int log_fd; /* -1 = none */
    uint64_t log_ino;
    char log_path[512];
    struct inj_rule rule[INJ_RULES];
    unsigned nrules;
};

/**
 * Read the text of IPCLAB_INJECT.
 * Return: NULL, or what is wrong with it; then @at points to the item.
 */
const char *inj_parse(struct inj_spec *spec, const char *text, const char **at);
/** Return: the number of errno @name of @len bytes, or 0. */
int inj_errno_of(const char *name, size_t len);
/** Return: "EINTR" for EINTR; never NULL. */
const char *inj_errno_name(int error);
/** May @kind fail with @error as a rule asks? @error 0: Return its usual error, or 0 for none. */
int inj_may_fail(enum inj_kind kind, int error);
/** A command's number: SETVAL, IPC_RMID, F_SETLKW. Return: false if @name is none. */
bool inj_command(const char *name, size_t len, long *value);

/** This process. */
struct inj_self {
    bool active; /* one of the student's programs: set before main, then constant */
    struct inj_spec spec;
    uintptr_t text, text_end; /* the program itself, without its libraries */
    uint64_t id;              /* from the program's name and the order of forks */
    char label[INJ_WORD];     /* "2.1": the first child of the second program */
    unsigned forks;           /* atomic */
    unsigned uid_asked;       /* atomic */
    unsigned edge_triggered;  /* atomic: an EPOLLET was registered */
    int log;                  /* descriptor, out of the program's reach; -1 = none */
};
extern struct inj_self inj_self;

/** A wrapped call under way. */
struct inj_call {
    enum inj_kind kind;
    uintptr_t site; /* offset of the caller in the program */
    uint64_t draw;  /* what is random about this call, all of it */
    unsigned *streak;
    long arg;          /* its command; an open: its path, a pointer */
    const char *fault; /* what was injected, for the log */
};

/** Is this call ours? Then begin it. @arg is the call's command number, of an open its path, 0
 * where it has none. */
bool inj_enter(struct inj_call *c, enum inj_kind kind, const void *caller, long arg);
#define INJ_ENTER(c, name, arg) inj_enter(c, INJ_##name, __builtin_return_address(0), arg)

/**
 * End the call: log it, do what rules want after it. @fmt has a letter for each argument to be
 * shown: d int, u size, l long, x hexadecimal (unsigned long), o octal int, p pointer, s string.
 * Return: @result.
 */
long inj_leave(struct inj_call *c, long result, const char *fmt, ...);
/** Will the call be logged? What only the log needs is read from the program only then. */
bool inj_shown(const struct inj_call *c);
/** The line of a rule that is about to act. */
void inj_note(const char *what, const char *place);

/** Should this call of @n bytes move fewer? Return: how many, or 0 for no. */
size_t inj_cut_read(struct inj_call *c, int fd, size_t n, int flags);
size_t inj_cut_write(struct inj_call *c, int fd, size_t n, int flags);
/** Fail with EINTR? @restarts: SA_RESTART would hide it; @mask: the call's own, or NULL. */
bool inj_eintr(struct inj_call *c, bool restarts, const sigset_t *mask);
/** The same for a call on a descriptor that may block; EAGAIN if it is non-blocking. */
bool inj_interrupt_fd(struct inj_call *c, int fd, int flags);
/** Wake without a reason? */
bool inj_wake(struct inj_call *c);
/** Does a fail= rule hit this call? Sets errno. */
bool inj_fail(struct inj_call *c);
/** Copy @iov, cut to @n bytes. Return: entries of @to used. */
int inj_cut_iov(const struct iovec *iov, int count, size_t n, struct iovec *to);
size_t inj_iov_len(const struct iovec *iov, int count);

/** Rules at a place. */
void inj_act(enum inj_phase phase, const struct inj_call *c);
void inj_pause(long usec);

/** Make the log's descriptor safe from the program. Return: false with errno when it cannot. */
bool inj_log_open(void);

/** A number from others: splitmix64's finisher. */
uint64_t inj_mix(uint64_t a, uint64_t b);

#endif
