/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One address, two objects one after the other: the parent's second is not the child's first. In
 * the twin the child has the second one, too, elsewhere. */
#include "pair.h"

enum { PAGE = 4096 };

static int make(const char *name)
{
    int fd = memfd_create(name, 0);
    must(fd >= 0 && ftruncate(fd, PAGE) == 0, "memfd_create");
    return fd;
}

static int *map(int fd, void *at)
{
    int *p = mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | (at ? MAP_FIXED : 0), fd, 0);
    must(p != MAP_FAILED, "mmap");
    return p;
}

int main(void)
{
    int one = make("one");
    int other = make("other");
    int *p = map(one, NULL);
    p[5] = 1;
    pid_t pid = start();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            p[5]++;
        if (!ORDERED)
            map(other, NULL)[5] = 1; /* [first] */
        _exit(0);
    }
    must(munmap(p, PAGE) == 0, "munmap");
    map(other, p);
    p[5] = 2; /* [second] */
    must(map(other, p) == p, "mmap");
    p[6] = 2;
    finish(pid);
}
