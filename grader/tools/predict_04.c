/* SPDX-License-Identifier: MIT */
/* predict_04 P1..P5: the experiments of lab 04: see predict.h. */
#include "predict.h"

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sem.h>

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static sem_t in_private_memory;

static int value_of(sem_t *s)
{
    int value;

    if (sem_getvalue(s, &value) == -1)
        die("sem_getvalue");
    return value;
}

static void p1(void)
{
    pid_t pid;

    if (sem_init(&in_private_memory, 1, 0) == -1)
        die("sem_init");
    pid = split();
    if (pid == 0)
        _exit(sem_post(&in_private_memory) == -1);
    end_of(pid);
    printf("04.P1 = %d\n", value_of(&in_private_memory));
    printf("because = fork copies ordinary memory: the child posted its own copy, whatever pshared "
           "says\n");
}

static void p2(void)
{
    char name[64];
    sem_t *first, *second;

    snprintf(name, sizeof name, "/predict_04.%d", (int)getpid());
    first = sem_open(name, O_CREAT | O_EXCL, 0600, 7);
    if (first == SEM_FAILED)
        die("sem_open");
    second = sem_open(name, O_CREAT, 0600, 1);
    if (second == SEM_FAILED || sem_unlink(name) == -1)
        die("sem_open");
    printf("04.P2 = %d\n", value_of(second));
    printf("because = O_CREAT makes what is not there; what is there keeps its value, and nothing "
           "tells you\n");
}

/* Return: a set of one semaphore of value 1. */
static int new_set(void)
{
    int set = semget(IPC_PRIVATE, 1, 0600);

    if (set == -1 || semctl(set, 0, SETVAL, (union semun){.val = 1}) == -1)
        die("semget");
    return set;
}

/* Take with SEM_UNDO, make a child that lives on, and say its number. */
static void take_and_fork(int set, int report)
{
    struct sembuf op = {.sem_num = 0, .sem_op = -1, .sem_flg = SEM_UNDO};
    pid_t child;

    if (semop(set, &op, 1) == -1)
        die("semop");
    child = split();
    if (child == 0)
        for (;;)
            pause();
    if (write(report, &child, sizeof child) != sizeof child)
        die("write");
    for (;;)
        pause();
}

static void p3(void)
{
    int set = new_set(), ends[2];
    pid_t holder, child;

    make_pipe(ends);
    holder = split();
    if (holder == 0)
        take_and_fork(set, ends[1]);
    if (read(ends[0], &child, sizeof child) != sizeof child)
        die("read");
    kill(holder, SIGKILL);
    end_of(holder);
    printf("04.P3 = %d\n", semctl(set, 0, GETVAL));
    printf(
        "because = the kernel gives back what a process took with SEM_UNDO when it ends, however "
        "it ends; its child has no part in that\n");
    kill(child, SIGKILL);
    if (semctl(set, 0, IPC_RMID) == -1)
        die("semctl");
}

static void p4(void)
{
    sem_t *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid;

    if (s == MAP_FAILED || sem_init(s, 1, 1) == -1)
        die("sem_init");
    pid = split();
    if (pid == 0) {
        if (sem_wait(s) == -1)
            die("sem_wait");
        kill(getpid(), SIGKILL);
    }
    end_of(pid);
    printf("04.P4 = %d\n", value_of(s));
    printf(
        "because = a POSIX semaphore is a number in memory; it does not know who took from it, and "
        "nobody gives it back\n");
}

static void p5(void)
{
    int n = 0;

    if (sem_init(&in_private_memory, 0, 0) == -1)
        die("sem_init");
    for (int i = 0; i < 3; i++)
        if (sem_post(&in_private_memory) == -1)
            die("sem_post");
    for (int i = 0; i < 5; i++)
        n += sem_trywait(&in_private_memory) == 0;
    printf("04.P5 = %d\n", n);
    printf("because = a semaphore counts: a post is kept until somebody takes it, so it does not "
           "matter who comes first\n");
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};

    return predict_main(argc, argv, experiments);
}
