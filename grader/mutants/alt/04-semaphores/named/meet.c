/* SPDX-License-Identifier: MIT */
/* meet with one count of arrivals and a turnstile: who comes second opens it, and each who passes
 * opens it for the next. Named semaphores. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

static sem_t *mutex, *turnstile;

static int fail(const char *call)
{
    fprintf(stderr, "meet: %s: %s\n", call, strerror(errno));
    return -1;
}

static sem_t *open_sem(const char *what, unsigned value)
{
    char name[64];
    sem_t *s;

    snprintf(name, sizeof name, "/meet.%d.%s", (int)getpid(), what);
    s = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    if (s == SEM_FAILED || sem_unlink(name) == -1) {
        fail("sem_open");
        return NULL;
    }
    return s;
}

static int take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            return fail("sem_wait");
    return 0;
}

static int visit(int i, void *arg)
{
    int *arrived = arg;

    kit_want("meet", i + 1);
    if (dprintf(STDOUT_FILENO, "arrive %d\n", i + 1) < 0)
        return fail("write");
    if (take(mutex) == -1)
        return -1;
    if (++*arrived == 2)
        sem_post(turnstile);
    sem_post(mutex);
    if (take(turnstile) == -1)
        return -1;
    sem_post(turnstile);
    kit_enter("meet", i + 1);
    return dprintf(STDOUT_FILENO, "leave %d\n", i + 1) < 0 ? fail("write") : 0;
}

int main(int argc, char *argv[])
{
    int *arrived;
    int rc;

    (void)argv;
    if (argc != 1) {
        fprintf(stderr, "usage: meet\n");
        return 2;
    }
    arrived =
        mmap(NULL, sizeof *arrived, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (arrived == MAP_FAILED)
        return fail("mmap") == -1;
    mutex = open_sem("mutex", 1);
    turnstile = open_sem("turnstile", 0);
    if (!mutex || !turnstile)
        return 1;
    rc = crew_run("meet", 2, visit, arrived);
    sem_close(mutex);
    sem_close(turnstile);
    return rc == -1;
}
