/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-write locks, conditions and barriers used as they should be; with RACE they are not
 * process-shared, and a lock and a condition are initialised twice. */
#include "pair.h"

struct page {
    pthread_rwlock_t lock, written, twice;
    pthread_cond_t cond, again;
    pthread_barrier_t barrier;
};

static struct page *page;

static void make(bool shared)
{
    int how = shared ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE;
    pthread_rwlockattr_t ra;
    pthread_condattr_t ca;
    pthread_barrierattr_t ba;
    must(pthread_rwlockattr_init(&ra) == 0 && pthread_rwlockattr_setpshared(&ra, how) == 0, "attr");
    must(pthread_condattr_init(&ca) == 0 && pthread_condattr_setpshared(&ca, how) == 0, "attr");
    must(pthread_barrierattr_init(&ba) == 0, "attr");
    must(pthread_barrierattr_setpshared(&ba, how) == 0, "attr");
    must(pthread_rwlock_init(&page->lock, &ra) == 0, "init");
    must(pthread_rwlock_init(&page->written, &ra) == 0, "init");
    must(pthread_cond_init(&page->cond, &ca) == 0, "init");
    must(pthread_barrier_init(&page->barrier, &ba, 1) == 0, "init");
    must(pthread_rwlockattr_setpshared(&ra, PTHREAD_PROCESS_SHARED) == 0, "attr");
    must(pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED) == 0, "attr");
    must(pthread_rwlock_init(&page->twice, &ra) == 0, "init");
    must(pthread_cond_init(&page->again, &ca) == 0, "init");
    if (ORDERED) {
        pthread_rwlock_destroy(&page->twice);
        pthread_cond_destroy(&page->again);
    }
    must(pthread_rwlock_init(&page->twice, &ra) == 0, "init"); /* [twice] */
    must(pthread_cond_init(&page->again, &ca) == 0, "init");   /* [again] */
}

static void use(void)
{
    pthread_rwlock_rdlock(&page->lock); /* [reader] */
    pthread_rwlock_unlock(&page->lock);
    pthread_rwlock_wrlock(&page->written); /* [writer] */
    pthread_rwlock_unlock(&page->written);
    pthread_cond_broadcast(&page->cond);  /* [cond] */
    pthread_barrier_wait(&page->barrier); /* [barrier] */
}

int main(void)
{
    page = shared(sizeof(*page));
    make(ORDERED);
    use();
    pid_t pid = start();
    if (pid == 0) {
        use();
        _exit(0);
    }
    finish(pid);
}
