/* SPDX-License-Identifier: MIT */
/* Deadlocks with pthread objects, between threads and between processes. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t both_have_one;

static void *second(void *arg)
{
    pthread_mutex_lock(&b);
    pthread_barrier_wait(&both_have_one);
    pthread_mutex_lock(&a);
    return arg;
}

/* Two mutexes, locked in opposite order. */
static void abba(void)
{
    pthread_t t;

    pthread_barrier_init(&both_have_one, NULL, 2);
    pthread_create(&t, NULL, second, NULL);
    pthread_mutex_lock(&a);
    pthread_barrier_wait(&both_have_one);
    pthread_mutex_lock(&b);
}

static void twice(void)
{
    pthread_mutex_lock(&a);
    pthread_mutex_lock(&a);
}

struct arena {
    pthread_mutex_t lock;
    pthread_cond_t cond;
};

static struct arena *arena(int pshared)
{
    struct arena *p =
        mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t m;
    pthread_condattr_t c;

    if (p == MAP_FAILED)
        exit(3);
    pthread_mutexattr_init(&m);
    pthread_mutexattr_setpshared(&m, pshared);
    pthread_mutex_init(&p->lock, &m);
    pthread_condattr_init(&c);
    pthread_condattr_setpshared(&c, pshared);
    pthread_cond_init(&p->cond, &c);
    return p;
}

/* The owner ends without unlocking. */
static void dead_owner(void)
{
    struct arena *p = arena(PTHREAD_PROCESS_SHARED);

    if (fork() == 0) {
        pthread_mutex_lock(&p->lock);
        _exit(0);
    }
    wait(NULL);
    pthread_mutex_lock(&p->lock);
}

/* A condition in shared memory that is meant for threads. */
static void private_cond(void)
{
    struct arena *p = arena(PTHREAD_PROCESS_PRIVATE);

    pthread_mutex_lock(&p->lock);
    pthread_cond_wait(&p->cond, &p->lock);
}

/* Does @pid sleep? */
static bool sleeps(pid_t pid)
{
    char path[32], stat[256] = "";
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    MUST(fd = open(path, O_RDONLY));
    n = read(fd, stat, sizeof stat - 1);
    close(fd);
    return n > 0 && strstr(stat, ") S ");
}

/* The same with a mutex: it is free again, and who waits for it is never told. */
static void private_mutex(void)
{
    struct arena *p = arena(PTHREAD_PROCESS_PRIVATE);

    pid_t child;

    pthread_mutex_lock(&p->lock);
    child = fork();
    if (child == 0) {
        pthread_mutex_lock(&p->lock);
        _exit(0);
    }
    while (__atomic_load_n(&p->lock.__data.__lock, __ATOMIC_SEQ_CST) != 2 || !sleeps(child))
        sched_yield(); /* 2: somebody is about to wait, and looks once more before it does */
    pthread_mutex_unlock(&p->lock);
    wait(NULL);
}

static void *wait_for_change(void *arg)
{
    pthread_mutex_lock(&a);
    pthread_cond_wait(&changed, &a);
    return arg;
}

/* main() joins a thread whose signal never comes. */
static void join(void)
{
    pthread_t t;

    pthread_create(&t, NULL, wait_for_change, NULL);
    pthread_join(t, NULL);
}

/* The first thread has ended, the process has not. */
static void first_ends(void)
{
    pthread_t t;

    pthread_create(&t, NULL, wait_for_change, NULL);
    pthread_exit(NULL);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {{"abba", abba},
                                        {"twice", twice},
                                        {"dead-owner", dead_owner},
                                        {"private-cond", private_cond},
                                        {"private-mutex", private_mutex},
                                        {"join", join},
                                        {"first-ends", first_ends}};

    return RUN_MODE(modes);
}
