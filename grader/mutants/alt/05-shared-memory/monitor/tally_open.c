/* SPDX-License-Identifier: MIT */
/*
 * tally_open.c: whoever finds the segment empty makes it, under a record lock.
 *
 * No flag and no waiting loop: fcntl() queues the processes, and the first in
 * the queue finds no bytes. A creator that dies leaves the lock to the next
 * one, who finds no bytes either, and does its work.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tally.h"

static struct tally *fail(const char *call, int error)
{
    fprintf(stderr, "tally: %s: %s\n", call, strerror(error));
    return NULL;
}

static int lock_file(int fd, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    while (fcntl(fd, F_SETLKW, &whole) == -1)
        if (errno != EINTR)
            return -1;
    return 0;
}

static struct tally *map(int fd)
{
    void *t = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    return t == MAP_FAILED ? fail("mmap", errno) : t;
}

static int init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;
    int error = pthread_mutexattr_init(&attr);

    if (error == 0)
        error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    return error == 0 ? pthread_mutex_init(lock, &attr) : error;
}

static struct tally *create(int fd)
{
    struct tally *t;
    int error;

    if (ftruncate(fd, sizeof *t) == -1)
        return fail("ftruncate", errno);
    t = map(fd);
    if (t == NULL)
        return NULL;
    error = init_lock(&t->lock);
    if (error != 0)
        return fail("pthread_mutex_init", error);
    return t;
}

struct tally *tally_open(const char *name)
{
    int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    struct tally *t = NULL;
    struct stat st;

    if (fd == -1)
        return fail("shm_open", errno);
    if (lock_file(fd, F_WRLCK) == -1 || fstat(fd, &st) == -1) {
        fail("fcntl", errno);
    } else if (st.st_size == 0) {
        t = create(fd);
        if (t == NULL)
            shm_unlink(name);
    } else {
        t = map(fd);
    }
    close(fd); /* and with it goes the lock */
    return t;
}
