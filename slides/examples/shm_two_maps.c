/* SPDX-License-Identifier: MIT */
/*
 * shm_two_maps: the same bytes at two addresses. Removes its
 * segment.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

/* slide map */
static char *map(int fd, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                    MAP_SHARED, fd, 0);

    if (at == MAP_FAILED) /* not NULL */
        check(-1, "mmap");
    return at;
}
/* end map */

int main(void)
{
    char name[32];

    snprintf(name, sizeof name, "/slide.%ld", (long)getpid());
    /* slide make */
    int fd =
        check(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600),
              "shm_open");

    check(ftruncate(fd, 4096), "ftruncate"); /* else: SIGBUS */
    char *a = map(fd, 4096), *b = map(fd, 4096);

    snprintf(a, 4096, "written through a");
    printf("%s, read through b\n", b);
    printf("same address: %s\n", a == b ? "yes" : "no");
    check(shm_unlink(name), "shm_unlink");
    /* end make */
    return 0;
}
