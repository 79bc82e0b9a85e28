/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread_create() -> thread -> pthread_join(), in a child of fork; the memory is mapped twice. */
#include "pair.h"

static int *alias[2];

static void *body(void *arg)
{
    (void)arg;
    alias[1][3]++; /* [first] */
    return NULL;
}

int main(void)
{
    int fd = memfd_create("twice", 0);
    must(fd >= 0 && ftruncate(fd, 4096) == 0, "memfd_create");
    for (int i = 0; i < 2; i++) {
        alias[i] = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        must(alias[i] != MAP_FAILED, "mmap");
    }
    alias[0][3] = 1;
    pid_t pid = start();
    if (pid == 0) {
        pthread_t t;
        must(pthread_create(&t, NULL, body, NULL) == 0, "pthread_create");
        if (ORDERED)
            must(pthread_join(t, NULL) == 0, "pthread_join");
        alias[0][3] = 2; /* [second] */
        if (!ORDERED)
            must(pthread_join(t, NULL) == 0, "pthread_join");
        exit(0);
    }
    finish(pid);
}
