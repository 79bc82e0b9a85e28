/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is removed and made anew, and many file systems give it the inode number of the old one:
 * another object all the same. The twin opens the old file. What the child did is over by then,
 * but only /proc tells so, and that orders nothing. */
#include "pair.h"

enum { PAGE = 4096 };

static char name[] = "/tmp/ipcgrind-inode-XXXXXX";

static int *map(int flags)
{
    int fd = open(name, O_RDWR | flags, 0600);
    must(fd >= 0 && ftruncate(fd, PAGE) == 0, "open");
    int *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(p != MAP_FAILED && close(fd) == 0, "mmap");
    return p;
}

static bool mapped_by(pid_t pid)
{
    char line[512];
    bool found = false;
    snprintf(line, sizeof(line), "/proc/%d/maps", (int)pid);
    FILE *f = fopen(line, "r");
    must(f, line);
    while (fgets(line, sizeof(line), f))
        found = found || strstr(line, name);
    fclose(f);
    return found;
}

int main(void)
{
    int end[2];
    char byte = 0;
    must(pipe(end) == 0 && close(mkstemp(name)) == 0, "mkstemp");
    int *p = map(0);
    pid_t pid = start();
    if (pid == 0) {
        p[5] = 1; /* [first] */
        must(munmap(p, PAGE) == 0, "munmap");
        close(end[1]);
        must(read(end[0], &byte, 1) == 0, "read");
        _exit(0);
    }
    must(munmap(p, PAGE) == 0, "munmap");
    while (mapped_by(pid))
        sched_yield();
    if (ORDERED)
        must(unlink(name) == 0, "unlink");
    p = map(ORDERED ? O_CREAT | O_EXCL : 0);
    p[5] = 2; /* [second] */
    must(unlink(name) == 0 && close(end[1]) == 0, "unlink");
    finish(pid);
}
