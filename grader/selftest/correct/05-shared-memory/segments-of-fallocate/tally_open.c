/* SPDX-License-Identifier: MIT */
/*
 * tally_open.c: one process makes the segment, the others find it (part 5A).
 *
 * O_EXCL chooses the creator. Between its shm_open() and its store to `ready`
 * the others see a segment that is empty, or full of zeros, or half made: they
 * wait for its size, so that it can be touched, and then for `ready`, so that
 * it may be used. Who closes: every process its descriptor, at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"

static int fail(const char *call, int error)
{
    fprintf(stderr, "tally: %s: %s\n", call, strerror(error));
    return -1;
}

/* Sleep a millisecond. Return: 0, or -1 when the time since @from is up. */
static int pause_until_late(const struct timespec *from)
{
    const struct timespec ms = {.tv_nsec = 1000000};
    struct timespec now;

    nanosleep(&ms, NULL); /* interrupted: then the pause was shorter */
    if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
        return fail("clock_gettime", errno);
    return now.tv_sec - from->tv_sec < TALLY_PATIENCE_S ? 0 : fail("wait", ETIMEDOUT);
}

static struct tally *map(int fd)
{
    void *t = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (t == MAP_FAILED)
        fail("mmap", errno);
    return t == MAP_FAILED ? NULL : t;
}

static struct tally *create(int fd)
{
    pthread_mutexattr_t attr;
    struct tally *t;
    int error;

    if ((errno = posix_fallocate(fd, 0, sizeof *t)) != 0) {
        fail("ftruncate", errno);
        return NULL;
    }
    t = map(fd);
    if (t == NULL)
        return NULL;
    /* pthread functions return their error; they do not set errno. */
    error = pthread_mutexattr_init(&attr);
    if (error == 0)
        error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    if (error == 0)
        error = pthread_mutex_init(&t->lock, &attr);
    if (error != 0) {
        fail("pthread_mutex_init", error);
        return NULL;
    }
    atomic_store_explicit(&t->ready, 1, memory_order_release);
    return t;
}

/* Return: bytes in the segment, or -1 after a complaint. */
static off_t size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == -1 ? fail("fstat", errno) : st.st_size;
}

static struct tally *attach(int fd)
{
    struct timespec from;
    struct tally *t;
    off_t size;

    if (clock_gettime(CLOCK_MONOTONIC, &from) == -1) {
        fail("clock_gettime", errno);
        return NULL;
    }
    /* To touch a page behind the end of the segment would be SIGBUS. */
    while ((size = size_of(fd)) < (off_t)sizeof *t)
        if (size == -1 || pause_until_late(&from) == -1)
            return NULL;
    t = map(fd);
    while (t != NULL && !atomic_load_explicit(&t->ready, memory_order_acquire))
        if (pause_until_late(&from) == -1)
            return NULL;
    return t;
}

struct tally *tally_open(const char *name)
{
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    int creator = fd != -1;
    struct tally *t;

    if (!creator && errno == EEXIST)
        fd = shm_open(name, O_RDWR, 0);
    if (fd == -1) {
        fail("shm_open", errno);
        return NULL;
    }
    t = creator ? create(fd) : attach(fd);
    if (t == NULL && creator)
        shm_unlink(name);
    close(fd); /* the mapping stays */
    return t;
}
