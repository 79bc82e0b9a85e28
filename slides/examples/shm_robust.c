/* SPDX-License-Identifier: MIT */
/*
 * shm_robust: the owner of a robust mutex dies; the next one is
 * told.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void ok(int error, const char *call)
{
    errno = error;
    check(error == 0 ? 0 : -1, call);
}

static void init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t how;

    ok(pthread_mutexattr_init(&how), "init");
    ok(pthread_mutexattr_setpshared(&how,
                                    PTHREAD_PROCESS_SHARED),
       "setpshared");
    ok(pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST),
       "setrobust");
    ok(pthread_mutex_init(lock, &how), "mutex_init");
    ok(pthread_mutexattr_destroy(&how), "destroy");
}

int main(void)
{
    pthread_mutex_t *lock = mmap(
        NULL, sizeof(pthread_mutex_t), PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int got;

    if (lock == MAP_FAILED)
        check(-1, "mmap");
    init(lock);
    /* slide robust */
    if (check(fork(), "fork") == 0) {
        ok(pthread_mutex_lock(lock), "lock");
        raise(SIGKILL); /* in the middle of a change */
    }
    check(wait(NULL), "wait");
    got = pthread_mutex_lock(lock); /* we have it now */
    printf("lock: %s\n", strerrorname_np(got));
    /* here: put the data right, and only then */
    ok(pthread_mutex_consistent(lock), "consistent");
    ok(pthread_mutex_unlock(lock), "unlock");
    printf("next: %d\n", pthread_mutex_lock(lock));
    /* end robust */
    ok(pthread_mutex_unlock(lock), "unlock");
    ok(pthread_mutex_destroy(lock), "mutex_destroy");
    return 0;
}
