/* SPDX-License-Identifier: MIT */
/*
 * telem NAME write: publish samples. telem NAME read [COUNT]: take some (5D).
 *
 * This is the program around seqlock.c: arguments, the segment, lines of text.
 * One writer, any number of readers. Who removes NAME: the writer, at its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "telem.h"

enum { STALE = 4, MAX_COUNT = 100000 };

static int fail(const char *call)
{
    fprintf(stderr, "telem: %s: %s\n", call, strerror(errno));
    return -1;
}

/* @flags beyond O_RDWR. Return: the segment, or NULL after a complaint. */
static struct telem *open_segment(const char *name, int flags)
{
    int fd = shm_open(name, O_RDWR | flags, 0600);
    void *t = MAP_FAILED;

    if (fd == -1) {
        fail("shm_open");
        return NULL;
    }
    if ((flags & O_CREAT) && ftruncate(fd, sizeof(struct telem)) == -1)
        fail("ftruncate");
    else if ((t = mmap(NULL, sizeof(struct telem), PROT_READ | PROT_WRITE,
                       MAP_SHARED, fd, 0)) == MAP_FAILED)
        fail("mmap");
    if (close(fd) == -1)
        fail("close");
    if (t == MAP_FAILED && (flags & O_CREAT))
        shm_unlink(name);
    return t == MAP_FAILED ? NULL : t;
}

/* Exactly TELEM_VALUES numbers. Return: 0, or -1 with errno. */
static int parse(const char *line, int64_t v[TELEM_VALUES])
{
    char *end;

    errno = 0;
    for (int i = 0; i < TELEM_VALUES; i++, line = end) {
        v[i] = strtoimax(line, &end, 10);
        if (end == line)
            errno = EINVAL;
        if (errno != 0)
            return -1;
    }
    if (line[strspn(line, " \t\n")] == '\0')
        return 0;
    errno = EINVAL;
    return -1;
}

static int say(const char *text)
{
    return puts(text) == EOF || fflush(stdout) == EOF ? fail("write") : 0;
}

static int run_writer(struct telem *t)
{
    int64_t v[TELEM_VALUES];
    char *line = NULL;
    size_t cap = 0;
    int rc = say("READY");

    while (rc == 0 && getline(&line, &cap, stdin) != -1) {
        rc = parse(line, v) == -1 ? fail("strtoimax") : 0;
        if (rc == 0) {
            telem_write(t, v);
            rc = say("written");
        }
    }
    if (rc == 0 && ferror(stdin))
        rc = fail("read");
    free(line);
    return rc;
}

static int run_reader(struct telem *t, unsigned long count)
{
    for (; count > 0; count--) {
        int64_t v[TELEM_VALUES];
        char line[16 + TELEM_VALUES * 21] = "sample";
        int len = 6;

        if (telem_read(t, v) == -1)
            return say("stale") == -1 ? -1 : STALE;
        for (int i = 0; i < TELEM_VALUES; i++)
            len += snprintf(line + len, sizeof line - (size_t)len, " %" PRId64,
                            v[i]);
        if (say(line) == -1)
            return -1;
    }
    return 0;
}

/* 1 to MAX_COUNT, or 0. */
static unsigned long count_from(const char *text)
{
    int digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long n = digits ? strtoul(text, NULL, 10) : 0; /* or ULONG_MAX */

    return n <= MAX_COUNT ? n : 0;
}

int main(int argc, char *argv[])
{
    int writes = argc == 3 && strcmp(argv[2], "write") == 0;
    int reads = argc >= 3 && argc <= 4 && strcmp(argv[2], "read") == 0;
    unsigned long count = argc == 4 ? count_from(argv[3]) : 1;
    struct telem *t;
    int rc;

    if (!writes && (!reads || count == 0)) {
        fprintf(stderr, "usage: telem NAME write | telem NAME read [COUNT]\n");
        return 2;
    }
    t = open_segment(argv[1], writes ? O_CREAT | O_EXCL : 0);
    if (t == NULL)
        return 1;
    rc = writes ? run_writer(t) : run_reader(t, count);
    if (writes && shm_unlink(argv[1]) == -1)
        rc = fail("shm_unlink");
    return rc == -1 ? 1 : rc;
}
