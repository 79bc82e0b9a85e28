/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child gives back the middle of a mapping; the rest is still the same memory. */
#include "pair.h"

enum { PAGE = 4096 };

int main(void)
{
    char name[] = "/tmp/ipcgrind-part-XXXXXX";
    int fd = mkstemp(name);
    must(fd >= 0 && ftruncate(fd, (off_t)3 * PAGE) == 0, "mkstemp");
    char *p = mmap(NULL, (size_t)3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(p != MAP_FAILED && unlink(name) == 0, "mmap");
    sem_t *ready = (sem_t *)(void *)(p + 2 * PAGE);
    must(sem_init(ready, 1, 0) == 0, "sem_init");
    pid_t pid = start();
    if (pid == 0) {
        must(munmap(p + PAGE, PAGE) == 0, "munmap");
        p[9] = 1; /* [first] */
        must(sem_post(ready) == 0, "sem_post");
        _exit(0);
    }
    if (!ORDERED)
        p[9] = 2; /* [second] */
    must(sem_wait(ready) == 0, "sem_wait");
    p[9]++;
    finish(pid);
}
