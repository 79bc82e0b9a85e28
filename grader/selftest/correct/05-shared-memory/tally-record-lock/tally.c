/* SPDX-License-Identifier: MIT */
/*
 * tally NAME P K with record locks: byte 0 of the segment is the lock, whoever
 * finds no bytes makes it long enough, and a new segment is all zero already.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit.h"

struct box {
    unsigned long count, finished;
};

static void die(const char *call)
{
    fprintf(stderr, "tally: %s: %s\n", call, strerror(errno));
    exit(1);
}

static void lock(int fd, short type)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};

    while (fcntl(fd, F_SETLKW, &l) == -1)
        if (errno != EINTR)
            die("fcntl");
}

static struct box *map(const char *name, int *fd)
{
    struct box *b;
    struct stat st;

    *fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    if (*fd == -1)
        die("shm_open");
    lock(*fd, F_WRLCK);
    if (fstat(*fd, &st) == -1)
        die("fstat");
    if (st.st_size == 0 && ftruncate(*fd, sizeof *b) == -1) {
        int error = errno;

        shm_unlink(name);
        errno = error;
        die("ftruncate");
    }
    b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (b == MAP_FAILED) {
        if (st.st_size == 0)
            shm_unlink(name);
        errno = ENOMEM;
        die("mmap");
    }
    lock(*fd, F_UNLCK);
    return b;
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

int main(int argc, char *argv[])
{
    long p = argc == 4 ? number(argv[2], 64) : 0;
    long k = argc == 4 ? number(argv[3], 1000000) : 0;
    unsigned long total = 0;
    struct box *b;
    int fd;

    if (p == 0 || k == 0) {
        fprintf(stderr, "usage: tally NAME P K\n");
        return 2;
    }
    b = map(argv[1], &fd);
    while (k-- > 0) {
        lock(fd, F_WRLCK);
        kit_enter("add", 0);
        b->count++;
        kit_leave("add", 0);
        if (k == 0 && ++b->finished == (unsigned long)p)
            total = b->count;
        lock(fd, F_UNLCK);
    }
    if (total == 0)
        return 0;
    if (shm_unlink(argv[1]) == 0 && printf("total %lu\n", total) >= 0 && fflush(stdout) == 0)
        return 0;
    fprintf(stderr, "tally: printf or shm_unlink: %s\n", strerror(errno));
    return 1;
}
