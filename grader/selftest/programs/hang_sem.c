/* SPDX-License-Identifier: MIT */
/* Deadlocks with semaphores, System V and POSIX. */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static void op(int set, unsigned short num, short by)
{
    struct sembuf b = {num, by, 0};

    MUST(semop(set, &b, 1));
}

static int set_of_two(void)
{
    int set;

    MUST(set = semget(0x4711, 2, IPC_CREAT | 0600));
    op(set, 0, 1);
    op(set, 1, 1);
    return set;
}

static void *shared(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        exit(3);
    return p;
}

/* Each takes its left fork, then waits for the other's. A pipe makes sure that both have one. */
static void forks(void)
{
    int set = set_of_two(), p[2], q[2];
    char c = 0;

    MUST(pipe(p));
    MUST(pipe(q));
    if (fork() == 0) {
        op(set, 1, -1);
        (void)!write(p[1], &c, 1);
        (void)!read(q[0], &c, 1);
        op(set, 0, -1);
        _exit(0);
    }
    op(set, 0, -1);
    (void)!read(p[0], &c, 1);
    (void)!write(q[1], &c, 1);
    op(set, 1, -1);
}

/* Whoever held it has ended without SEM_UNDO. */
static void dead_holder(void)
{
    int set = set_of_two();

    if (fork() == 0) {
        op(set, 0, -1);
        _exit(0);
    }
    wait(NULL);
    op(set, 0, -1);
}

/* Waits for 0, which nobody makes. */
static void zero(void)
{
    op(set_of_two(), 1, 0);
}

static void named(void)
{
    sem_t *s = sem_open("/turn", O_CREAT, 0600, 0);

    if (s == SEM_FAILED)
        exit(3);
    if (fork() == 0) {
        sem_wait(s);
        _exit(0);
    }
    sem_wait(s);
}

/* A semaphore in a global variable: after fork() there are two of it. */
static void private_memory(void)
{
    static sem_t s;

    MUST(sem_init(&s, 1, 0));
    if (fork() == 0) {
        sem_post(&s);
        _exit(0);
    }
    sem_wait(&s);
}

/* In shared memory, but initialised for threads only. */
static void pshared_zero(void)
{
    struct {
        char before[64];
        sem_t s;
    } *p = shared(sizeof *p);

    MUST(sem_init(&p->s, 0, 0));
    sem_wait(&p->s);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"forks", forks}, {"dead-holder", dead_holder}, {"zero", zero},
        {"named", named}, {"private", private_memory},  {"pshared", pshared_zero}};

    return RUN_MODE(modes);
}
