/* SPDX-License-Identifier: MIT */
/* Condition variables: a wake-up without a reason.
 *
 * On amd64 libc has these two functions twice: the old ones take a condition of another layout.
 * A caller without version information (Valgrind's own preloads are such) is bound to the old
 * ones, together with the old pthread_cond_signal(); if only our new ones were there it would get
 * a mixture, and DRD crashed on that. So both versions are here, and the old ones are handed on. */
#include "inj.h"

#include <dlfcn.h>
#include <sched.h>
#include <string.h>

#ifdef __x86_64__
#define INJ_NEW(name) INJ_EXPORT __attribute__((symver(#name "@@GLIBC_2.3.2")))
#define INJ_OLD(name) INJ_EXPORT __attribute__((symver(#name "@GLIBC_2.2.5")))
#else
#define INJ_NEW(name) INJ_EXPORT
#endif

/* The mutex is given up and taken again, as in a real wait. (A real wait whose time is over would
 * do; but within it libc broadcasts, and Helgrind reports that.) */
static int wake_at_once(pthread_mutex_t *m)
{
    int rc = pthread_mutex_unlock(m);

    if (rc != 0)
        return rc;
    sched_yield();
    rc = pthread_mutex_lock(m);
    pthread_testcancel();
    return rc;
}

int inj_cond_wait(pthread_cond_t *cond, pthread_mutex_t *m);
int inj_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *m, const struct timespec *until);

INJ_NEW(pthread_cond_wait) int inj_cond_wait(pthread_cond_t *cond, pthread_mutex_t *m)
{
    struct inj_call c;
    int rc;

    if (!INJ_ENTER(&c, pthread_cond_wait, 0))
        return inj_real.pthread_cond_wait(cond, m);
    rc = inj_wake(&c) ? wake_at_once(m) : inj_real.pthread_cond_wait(cond, m);
    return (int)inj_leave(&c, rc, "pp", cond, m);
}

INJ_NEW(pthread_cond_timedwait)
int inj_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *m, const struct timespec *until)
{
    struct inj_call c;
    int rc;

    if (!INJ_ENTER(&c, pthread_cond_timedwait, 0))
        return inj_real.pthread_cond_timedwait(cond, m, until);
    rc = inj_wake(&c) ? wake_at_once(m) : inj_real.pthread_cond_timedwait(cond, m, until);
    return (int)inj_leave(&c, rc, "pp", cond, m);
}

#ifdef __x86_64__
static __typeof__(pthread_cond_wait) *old_wait;
static __typeof__(pthread_cond_timedwait) *old_timedwait;

static void __attribute__((constructor)) find_old(void)
{
    void *w = dlvsym(RTLD_NEXT, "pthread_cond_wait", "GLIBC_2.2.5");
    void *t = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.2.5");

    memcpy(&old_wait, &w, sizeof w);
    memcpy(&old_timedwait, &t, sizeof t);
}

int inj_cond_wait_old(pthread_cond_t *cond, pthread_mutex_t *m);
int inj_cond_timedwait_old(pthread_cond_t *cond, pthread_mutex_t *m, const struct timespec *until);

INJ_OLD(pthread_cond_wait) int inj_cond_wait_old(pthread_cond_t *cond, pthread_mutex_t *m)
{
    return old_wait(cond, m);
}

INJ_OLD(pthread_cond_timedwait)
int inj_cond_timedwait_old(pthread_cond_t *cond, pthread_mutex_t *m, const struct timespec *until)
{
    return old_timedwait(cond, m, until);
}
#endif
