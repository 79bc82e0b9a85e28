/* SPDX-License-Identifier: MIT */
/*
 * sem_tokens: six processes, two tokens: how many were inside
 * at the same time?
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

struct room {
    sem_t tokens;
    sem_t lock; /* guards what follows */
    int inside, most;
};

static void step(struct room *r, int by)
{
    check(sem_wait(&r->lock), "sem_wait");
    r->inside += by;
    if (r->inside > r->most)
        r->most = r->inside;
    check(sem_post(&r->lock), "sem_post");
}

/* slide visit */
static void visit(struct room *r)
{
    check(sem_wait(&r->tokens), "sem_wait"); /* take one */
    step(r, +1);
    step(r, -1);
    check(sem_post(&r->tokens), "sem_post"); /* give it back */
}
/* end visit */

int main(void)
{
    struct room *r =
        mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (r == MAP_FAILED)
        check(-1, "mmap");
    check(sem_init(&r->lock, 1, 1), "sem_init");
    /* slide main */
    check(sem_init(&r->tokens, 1, 2), "sem_init");
    for (int i = 0; i < 6; i++)
        if (check(fork(), "fork") == 0) {
            for (int k = 0; k < 200; k++)
                visit(r);
            _exit(0);
        }
    /* end main */
    while (wait(NULL) > 0)
        ;
    printf("more than two inside: %s\n",
           r->most > 2 ? "yes" : "never");
    return 0;
}
