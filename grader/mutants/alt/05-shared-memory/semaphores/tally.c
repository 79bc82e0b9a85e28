/* SPDX-License-Identifier: MIT */
/*
 * tally NAME P K with a semaphore, and with a segment that is never seen half
 * made: each process makes one of its own, complete, and tries to give it the
 * name. One link() succeeds. The others throw theirs away and take that one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit.h"

struct tally {
    sem_t mutex;
    unsigned long count, finished; /* guarded by mutex */
};

static void die(const char *call)
{
    fprintf(stderr, "tally: %s: %s\n", call, strerror(errno));
    exit(1);
}

static long number(const char *text, long max)
{
    char *end;
    long n;

    if (*text < '0' || *text > '9')
        return 0;
    errno = 0;
    n = strtol(text, &end, 10);
    return *end == '\0' && errno == 0 && n <= max ? n : 0;
}

static struct tally *map(int fd)
{
    struct stat st;
    void *t;

    if (fstat(fd, &st) == -1)
        die("fstat");
    if (st.st_size < (off_t)sizeof(struct tally)) {
        errno = ENODATA;
        die("mmap");
    }
    t = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (t == MAP_FAILED)
        die("mmap");
    close(fd);
    return t;
}

static char own[64]; /* removed whatever happens */

static void remove_own(void)
{
    if (own[0] != '\0')
        shm_unlink(own);
}

static struct tally *open_tally(const char *name)
{
    char from[PATH_MAX], to[PATH_MAX];
    struct tally *t;
    int fd;

    snprintf(own, sizeof own, "/tally.%ld", (long)getpid());
    fd = shm_open(own, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd == -1)
        die("shm_open");
    if (ftruncate(fd, sizeof *t) == -1)
        die("ftruncate");
    t = map(fd);
    if (sem_init(&t->mutex, 1, 1) == -1)
        die("sem_init");
    snprintf(from, sizeof from, "/dev/shm%s", own);
    snprintf(to, sizeof to, "/dev/shm/%s", name + (name[0] == '/'));
    if (link(from, to) == 0)
        return t;
    if (errno != EEXIST)
        die("link");
    munmap(t, sizeof *t);
    fd = shm_open(name, O_RDWR, 0);
    if (fd == -1)
        die("shm_open");
    return map(fd);
}

static void lock(struct tally *t)
{
    while (sem_wait(&t->mutex) == -1)
        if (errno != EINTR)
            die("sem_wait");
}

static void unlock(struct tally *t)
{
    if (sem_post(&t->mutex) == -1)
        die("sem_post");
}

int main(int argc, char *argv[])
{
    long p = argc == 4 ? number(argv[2], 64) : 0;
    long k = argc == 4 ? number(argv[3], 1000000) : 0;
    unsigned long nth, count;
    struct tally *t;

    if (p == 0 || k == 0) {
        fprintf(stderr, "usage: tally NAME P K\n");
        return 2;
    }
    atexit(remove_own);
    t = open_tally(argv[1]);
    for (long i = 0; i < k; i++) {
        lock(t);
        kit_enter("add", 0);
        t->count++;
        kit_leave("add", 0);
        unlock(t);
    }
    lock(t);
    nth = ++t->finished;
    count = t->count;
    unlock(t);
    if (nth == (unsigned long)p) {
        if (shm_unlink(argv[1]) == -1)
            die("shm_unlink");
        if (printf("total %lu\n", count) < 0 || fflush(stdout) == EOF)
            die("printf");
    }
    return 0;
}
