/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sem_post() -> sem_wait() and its relatives; the twin posts before it stores. */
#include "pair.h"

struct page {
    sem_t sem;
    int data[3];
};

int main(void)
{
    struct page *p = shared(sizeof(*p));
    must(sem_init(&p->sem, 1, 0) == 0, "sem_init");
    pid_t pid = start();
    if (pid == 0) {
        for (int i = 0; i < 3; i++) {
            bool early = !ORDERED && i == 1;
            if (early)
                sem_post(&p->sem);
            p->data[i] = 1; /* [first] */
            if (!early)
                sem_post(&p->sem);
        }
        _exit(0);
    }
    struct timespec t = soon();
    must(sem_wait(&p->sem) == 0, "sem_wait");
    int got = p->data[0];
    must(sem_timedwait(&p->sem, &t) == 0, "sem_timedwait");
    got += p->data[1]; /* [second] */
    while (sem_trywait(&p->sem) != 0)
        must(errno == EAGAIN, "sem_trywait");
    got += p->data[2];
    finish(pid);
    return got == 7;
}
