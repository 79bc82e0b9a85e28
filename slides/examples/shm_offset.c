/* SPDX-License-Identifier: MIT */
/*
 * shm_offset: a pointer means something at one address only, an
 * offset at all of them.
 */
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

/* slide segment */
struct segment {
    size_t name; /* where it begins, counted from the start */
    char room[64];
};

static char *at(struct segment *s, size_t offset)
{
    return (char *)s + offset;
}
/* end segment */

static struct segment *map(int fd)
{
    void *where =
        mmap(NULL, sizeof(struct segment),
             PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (where == MAP_FAILED)
        check(-1, "mmap");
    return where;
}

int main(void)
{
    int fd = check(memfd_create("slide", MFD_CLOEXEC),
                   "memfd_create");

    check(ftruncate(fd, sizeof(struct segment)), "ftruncate");
    /* slide use */
    struct segment *mine = map(fd), *yours = map(fd);

    mine->name = offsetof(struct segment, room) + 10;
    snprintf(at(mine, mine->name), 6, "found");
    printf("%s, at another address: %s\n",
           at(yours, yours->name),
           mine != yours ? "yes" : "no");
    /* end use */
    return 0;
}
