/* SPDX-License-Identifier: MIT */
/* A busy loop in words: what it calls, what it gets, and what would wait instead. */
#include "spin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static const struct {
    long nr;
    const char *name;
} more_names[] = {
    {SYS_sched_yield, "sched_yield"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_kill, "kill"},
    {SYS_openat, "open"},
    {SYS_lseek, "lseek"},
    {SYS_getppid, "getppid"},
    {SYS_clock_gettime, "clock_gettime"},
    {SYS_newfstatat, "stat"},
    {SYS_access, "access"},
};

static const char *call_name(long nr)
{
    const struct waiting_call *c = find_call(nr);

    if (c)
        return c->name;
    for (size_t i = 0; i < sizeof more_names / sizeof *more_names; i++)
        if (more_names[i].nr == nr)
            return more_names[i].name;
    return "a system call";
}

static bool name_is(const struct spun_call *c, const char *name)
{
    return strcmp(call_name(c->nr), name) == 0;
}

static bool reads(const struct spun_call *c)
{
    return name_is(c, "read") || name_is(c, "readv") || name_is(c, "recv") || name_is(c, "recvmsg");
}

static bool polls(const struct spun_call *c)
{
    return name_is(c, "poll") || name_is(c, "select") || name_is(c, "epoll_wait");
}

static const char *advice(const struct spun_call *c)
{
    if (c->result == 0 && (name_is(c, "recv") || name_is(c, "recvmsg")))
        return "0 is the peer's end: nothing will come from it any more. Close the connection, "
               "and take it out of what you wait for.";
    if (reads(c) && c->result == 0)
        return "0 is the end of file: stop reading. Where new writers may still come (a FIFO), "
               "hold a write end of your own open, so that read() waits for them.";
    if (polls(c) && c->result > 0)
        return "Some event is always there and never dealt with: data not read, or POLLHUP after "
               "the other side has closed. Close that descriptor, or take it out of the set.";
    if (polls(c))
        return "Without a time limit (-1, NULL) the call waits until something happens.";
    if (c->result == -EAGAIN && (name_is(c, "mq_receive") || name_is(c, "mq_send")))
        return "Without O_NONBLOCK the call waits by itself; with it, use mq_notify() or poll().";
    if (c->result == -EAGAIN && (name_is(c, "semop") || name_is(c, "msgsnd")))
        return "Without IPC_NOWAIT the call waits by itself.";
    if (c->result == -ENOMSG)
        return "Without IPC_NOWAIT msgrcv() waits by itself.";
    if (c->result == -EAGAIN)
        return "EAGAIN says that nothing is there yet: wait for it with poll().";
    if (name_is(c, "wait"))
        return "Without WNOHANG waitpid() waits for the child's end.";
    if (name_is(c, "sched_yield"))
        return "sched_yield() does not wait: use a semaphore or a condition variable.";
    return "Let the program wait in a call that blocks until there is something to do.";
}

static int by_count(const void *a, const void *b)
{
    unsigned x = ((const struct spun_call *)a)->count, y = ((const struct spun_call *)b)->count;

    return (x < y) - (x > y);
}

static void put_call(struct text *out, const struct spun_call *c)
{
    const struct waiting_call *known = find_call(c->nr);

    if (known && known->fd_first)
        put(out, "%s(fd %d)", known->name, (int)c->arg0);
    else
        put(out, "%s%s", call_name(c->nr), strcmp(call_name(c->nr), "a system call") ? "()" : "");
    if (c->result < 0)
        put(out, ", which fails with %s",
            strerrorname_np((int)-c->result) ? strerrorname_np((int)-c->result) : "an error");
    else
        put(out, ", which returns %lld", (long long)c->result);
}

void spin_words(const struct proc *p, struct spun *s, struct text *out)
{
    (void)p;
    if (!s->traced) {
        put(out, "Let it wait in a call that blocks until there is something to do.");
        return;
    }
    if (s->n == 0) {
        put(out, "It loops without any system call, as with sem_trywait(), a trylock or a flag in "
                 "memory. Wait with sem_wait() or a condition variable instead.");
        return;
    }
    qsort(s->calls, s->n, sizeof *s->calls, by_count);
    put(out, "It calls again and again ");
    put_call(out, &s->calls[0]);
    /* poll() and the read() after it belong together. */
    if (s->n > 1 && s->calls[1].count * 2 > s->calls[0].count) {
        put(out, " at once, and ");
        put_call(out, &s->calls[1]);
    }
    put(out, " at once. %s", advice(&s->calls[s->n > 1 && polls(&s->calls[1]) ? 1 : 0]));
}
