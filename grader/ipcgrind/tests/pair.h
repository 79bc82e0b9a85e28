/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAIR_H
#define PAIR_H

/**
 * Each file here is two programs: as it is, every access is ordered; with RACE defined the edge
 * under test is missing. The two lines that race then carry the comments [first] and [second], and
 * t_ipcgrind.sh looks for both in the report. The programs hold no other race.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef RACE
#define ORDERED false
#else
#define ORDERED true
#endif

static inline void must(bool ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(3);
    }
}

/* Shared memory without a name. */
static inline void *shared(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(p != MAP_FAILED, "mmap");
    return p;
}

static inline pid_t start(void)
{
    pid_t pid = fork();
    must(pid >= 0, "fork");
    return pid;
}

static inline void finish(pid_t pid)
{
    must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

/* A minute from now, for timed calls. */
static inline struct timespec soon(void)
{
    struct timespec t;
    must(clock_gettime(CLOCK_REALTIME, &t) == 0, "clock_gettime");
    t.tv_sec += 60;
    return t;
}

#endif
