/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_H
#define BENCH_H

/**
 * Each workload is two programs: with processes and shared memory, for ipcgrind, and, with THREADS
 * defined, with threads and ordinary memory, for the tools that look at threads. Both do the same.
 * They hold no race, so that no tool spends its time on reports.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef THREADS
enum { SHARED = 0 };
#else
enum { SHARED = 1 };
#endif

static inline void must(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(3);
    }
}

/* Memory that all workers see. */
static inline void *common(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   (SHARED ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
    must(p != MAP_FAILED, "mmap");
    return p;
}

static inline void lock_init(pthread_mutex_t *m)
{
    pthread_mutexattr_t a;
    must(pthread_mutexattr_init(&a) == 0, "pthread_mutexattr_init");
    must(pthread_mutexattr_setpshared(&a, SHARED) == 0, "pthread_mutexattr_setpshared");
    must(pthread_mutex_init(m, &a) == 0, "pthread_mutex_init");
}

struct worker {
    pthread_t thread;
    pid_t pid;
};

static inline struct worker work(void *(*fn)(void *), void *arg)
{
    struct worker w = {.pid = 0};
#ifdef THREADS
    must(pthread_create(&w.thread, NULL, fn, arg) == 0, "pthread_create");
#else
    w.pid = fork();
    must(w.pid >= 0, "fork");
    if (w.pid == 0) {
        fn(arg);
        _exit(0);
    }
#endif
    return w;
}

static inline void end(const struct worker *w)
{
#ifdef THREADS
    must(pthread_join(w->thread, NULL) == 0, "pthread_join");
#else
    int status = 0;
    must(waitpid(w->pid, &status, 0) == w->pid && status == 0, "worker");
#endif
}

#endif
