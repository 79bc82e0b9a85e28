/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A name is given to a new object: the child still has the old one. In the twin it opens the name
 * again and gets the new one. */
#include "pair.h"

enum { PAGE = 4096 };

static char name[64];

static int *map(int flags)
{
    int fd = shm_open(name, O_RDWR | flags, 0600);
    must(fd >= 0 && ftruncate(fd, PAGE) == 0, "shm_open");
    int *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(p != MAP_FAILED && close(fd) == 0, "mmap");
    return p;
}

int main(void)
{
    int end[2];
    char byte = 0;
    snprintf(name, sizeof(name), "/ipcgrind-again-%d", (int)getpid());
    must(pipe(end) == 0, "pipe");
    int *old = map(O_CREAT | O_EXCL);
    pid_t pid = start();
    if (pid == 0) {
        must(read(end[0], &byte, 1) == 1, "read");
        int *p = ORDERED ? old : map(0);
        p[5] = 1; /* [first] */
        _exit(0);
    }
    must(shm_unlink(name) == 0, "shm_unlink");
    int *new = map(O_CREAT | O_EXCL);
    must(write(end[1], &byte, 1) == 1, "write");
    new[5] = 2; /* [second] */
    finish(pid);
    shm_unlink(name);
}
