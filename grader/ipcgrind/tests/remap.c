/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mremap(): the memory grows, and moves twice; what lies in it stays what it is. The child posts a
 * semaphore at its new address, the parent waits at the old one. */
#include "pair.h"

enum { PAGE = 4096, DATA = 2 * PAGE };

struct page {
    sem_t ready;
    int data;
};

static char *map(int fd, void *at, int flags, size_t size)
{
    char *p = mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, 0);
    must(p != MAP_FAILED, "mmap");
    return p;
}

/* Grows where there is no room, then goes to an address of our choice. */
static char *move(char *p)
{
    char *room = mmap(NULL, (size_t)4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(room != MAP_FAILED, "mmap");
    must(mmap(p + PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
             MAP_FAILED,
         "mmap");
    char *q = mremap(p, PAGE, (size_t)3 * PAGE, MREMAP_MAYMOVE);
    must(q != MAP_FAILED && q != p, "mremap");
    q = mremap(q, (size_t)3 * PAGE, (size_t)3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room);
    must(q == room, "mremap");
    return q;
}

int main(void)
{
    int fd = memfd_create("grown", 0);
    must(fd >= 0 && ftruncate(fd, (off_t)4 * PAGE) == 0, "memfd_create");
    char *two = map(fd, NULL, 0, (size_t)2 * PAGE);
    munmap(two + PAGE, PAGE);
    char *all = map(fd, NULL, 0, (size_t)4 * PAGE);
    must(sem_init((sem_t *)(void *)all, 1, 0) == 0, "sem_init");
    pid_t pid = start();
    if (pid == 0) {
        char *moved = move(two);
        all[DATA + PAGE] = 1;
        moved[DATA + 3] = 1; /* [first] */
        must(sem_post((sem_t *)(void *)moved) == 0, "sem_post");
        _exit(0);
    }
    if (!ORDERED)
        all[DATA + 3] = 2; /* [second] */
    must(sem_wait((sem_t *)(void *)all) == 0, "sem_wait");
    all[DATA + 3]++;
    all[DATA + PAGE]++;
    finish(pid);
}
