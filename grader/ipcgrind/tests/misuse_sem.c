/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores used as they should be; with RACE one is not process-shared, one has a copy in each
 * process, one is initialised twice and one destroyed while a child waits. */
#include "pair.h"

struct page {
    sem_t shared, again, waited, ready;
};

int main(void)
{
    static sem_t private;
    struct page *p = shared(sizeof(*p));
    sem_t *copied = ORDERED ? &p->shared : &private;
    must(sem_init(&p->shared, ORDERED, 0) == 0, "sem_init");
    must(sem_init(&private, 0, 1) == 0, "sem_init");
    must(sem_init(&p->again, 1, 0) == 0, "sem_init");
    must(sem_init(&p->waited, 1, 0) == 0, "sem_init");
    must(sem_init(&p->ready, 1, 0) == 0, "sem_init");
    pid_t pid = start();
    if (pid == 0) {
        if (!ORDERED)
            sem_init(&p->again, 1, 0); /* [again] */
        sem_post(&p->shared);
        sem_post(copied);
        sem_post(&p->ready);
        if (!ORDERED)
            sem_wait(&p->waited); /* [blocked] */
        _exit(0);
    }
    sem_wait(&p->ready);
    sem_wait(copied);     /* [copy] */
    sem_wait(&p->shared); /* [shared] */
    if (!ORDERED) {
        char path[64], state = 0;
        snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
        while (state != 'S') {
            FILE *f = fopen(path, "r");
            must(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1, "stat");
            fclose(f);
        }
        sem_destroy(&p->waited); /* [destroyed] */
        kill(pid, SIGKILL);
    }
    finish(pid);
    sem_destroy(&p->again);
    must(sem_init(&p->again, 1, 0) == 0, "sem_init");
}
