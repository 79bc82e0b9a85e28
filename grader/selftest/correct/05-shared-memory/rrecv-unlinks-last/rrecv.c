/* SPDX-License-Identifier: MIT */
/*
 * rrecv NAME: print what comes through the ring of rsend, a line a record (5B).
 *
 * Who removes NAME: we do, at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ring.h"

static int fail(const char *call)
{
    fprintf(stderr, "rrecv: %s: %s\n", call, strerror(errno));
    return -1;
}

/* Map the whole segment. Return: the ring, or NULL after a complaint. */
static struct ring *open_ring(const char *name)
{
    struct ring *r = MAP_FAILED;
    struct stat st;
    int fd = shm_open(name, O_RDWR, 0);

    if (fd == -1) {
        fail("shm_open");
        return NULL;
    }
    if (fstat(fd, &st) == -1)
        fail("fstat");
    else if ((r = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) ==
             MAP_FAILED)
        fail("mmap");
    if (close(fd) == -1)
        fail("close");
    if (r == MAP_FAILED)
        return NULL;
    return r;
}

static int print_record(char *data, size_t len)
{
    size_t done = 0;

    data[len++] = '\n';
    while (done < len) {
        ssize_t put = write(STDOUT_FILENO, data + done, len - done);

        if (put == -1)
            return fail("write");
        done += (size_t)put;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    struct ring *r;
    ssize_t len;
    char *buf;
    int rc = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: rrecv NAME\n");
        return 2;
    }
    r = open_ring(argv[1]);
    if (r == NULL)
        return 1;
    buf = malloc((size_t)r->size + 1); /* no record is longer */
    if (buf == NULL)
        rc = fail("malloc");
    while (rc == 0 && (len = ring_pop(r, buf, r->size)) != -1)
        rc = print_record(buf, (size_t)len);
    if (rc == 0 && errno != ENODATA)
        rc = fail("ring_pop");
    ring_close(r); /* after a failure rsend must not wait for room */
    free(buf);
    if (shm_unlink(argv[1]) == -1 && errno != ENOENT)
        rc = fail("shm_unlink");
    return rc == -1;
}
