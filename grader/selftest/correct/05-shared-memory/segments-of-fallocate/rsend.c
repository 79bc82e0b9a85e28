/* SPDX-License-Identifier: MIT */
/*
 * rsend NAME SIZE: send the lines of standard input through a ring (part 5B).
 *
 * Makes the segment NAME with a ring of SIZE bytes, prints READY, and pushes
 * each line, without its newline, as one record. rrecv is the other side.
 *
 * Who removes NAME: rrecv, which may outlive us. After a failure we do, since
 * there may be no rrecv; then it does not matter who comes first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ring.h"

static int fail(const char *call)
{
    fprintf(stderr, "rsend: %s: %s\n", call, strerror(errno));
    return -1;
}

/* A power of 2 in range, or 0. */
static uint32_t size_from(const char *text)
{
    int digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long n = digits ? strtoul(text, NULL, 10) : 0; /* or ULONG_MAX */

    return n >= RING_MIN && n <= RING_MAX && (n & (n - 1)) == 0 ? (uint32_t)n : 0;
}

/* Return: the new ring, or NULL after a complaint; then NAME is gone. */
static struct ring *create_ring(const char *name, uint32_t size)
{
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    struct ring *r = MAP_FAILED;

    if (fd == -1) {
        fail("shm_open");
        return NULL;
    }
    if ((errno = posix_fallocate(fd, 0, (off_t)RING_BYTES(size))) != 0)
        fail("posix_fallocate");
    else if ((r = mmap(NULL, RING_BYTES(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) ==
             MAP_FAILED)
        fail("mmap");
    else if (ring_init(r, size, 0) == -1)
        fail("ring_init");
    else if (close(fd) == 0) /* the mapping stays */
        return r;
    else
        fail("close");
    shm_unlink(name);
    return NULL;
}

static int send_lines(struct ring *r)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    int rc = 0;

    while (rc == 0 && (len = getline(&line, &cap, stdin)) != -1) {
        if (line[len - 1] == '\n')
            len--;
        rc = ring_push(r, line, (uint32_t)len);
        if (rc == -1)
            fail("ring_push");
    }
    if (rc == 0 && ferror(stdin))
        rc = fail("read");
    free(line);
    return rc;
}

int main(int argc, char *argv[])
{
    uint32_t size = argc == 3 ? size_from(argv[2]) : 0;
    struct ring *r;
    int rc;

    if (size == 0) {
        fprintf(stderr,
                "usage: rsend NAME SIZE, SIZE a power of 2 from %d to "
                "%d\n",
                RING_MIN, RING_MAX);
        return 2;
    }
    r = create_ring(argv[1], size);
    if (r == NULL)
        return 1;
    rc = printf("READY\n") < 0 || fflush(stdout) == EOF ? fail("write") : 0;
    if (rc == 0)
        rc = send_lines(r);
    ring_close(r); /* also after a failure: rrecv must not wait for more */
    if (rc == -1 && shm_unlink(argv[1]) == -1 && errno != ENOENT)
        fail("shm_unlink");
    return rc == -1;
}
