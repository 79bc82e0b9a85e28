/* SPDX-License-Identifier: MIT */
/*
 * rrecv NAME: print what comes through the ring of rsend, a line a record (5B).
 *
 * Who removes NAME: we do, as soon as we have it: nobody else needs it, and
 * the memory lives as long as somebody has it mapped.
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
    else if ((r = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
                       MAP_SHARED, fd, 0)) == MAP_FAILED)
        fail("mmap");
    if (close(fd) == -1)
        fail("close");
    if (r == MAP_FAILED)
        return NULL;
    if (shm_unlink(name) == -1 && errno != ENOENT) /* rsend may have failed */
        fail("shm_unlink");
    return r;
}

static int print_record(const char *data, size_t len)
{
    if (fwrite(data, 1, len, stdout) != len || putchar('\n') == EOF ||
        fflush(stdout) == EOF)
        return fail("write");
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
    buf = malloc(r->size); /* no record is longer */
    if (buf == NULL)
        rc = fail("malloc");
    while (rc == 0 && (len = ring_pop(r, buf, r->size)) != -1)
        rc = print_record(buf, (size_t)len);
    if (rc == 0 && errno != ENODATA)
        rc = fail("ring_pop");
    ring_close(r); /* after a failure rsend must not wait for room */
    free(buf);
    return rc == -1;
}
