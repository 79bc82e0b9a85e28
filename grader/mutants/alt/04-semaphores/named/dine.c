/* SPDX-License-Identifier: MIT */
/* dine N K: even philosophers take the left fork first, odd ones the right one: no two wait for
 * each other in a circle. Named semaphores. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"
#include "table.h"

struct shared {
    int n, k;
    struct table table;
};

static sem_t *fork_of[TABLE_MAX];

static int fail(const char *call)
{
    fprintf(stderr, "dine: %s: %s\n", call, strerror(errno));
    return -1;
}

static sem_t *open_fork(int i)
{
    char name[64];
    sem_t *s;

    snprintf(name, sizeof name, "/dine.%d.%d", (int)getpid(), i);
    s = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
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

static int dine(int i, void *arg)
{
    struct shared *s = arg;
    sem_t *left = fork_of[i], *right = fork_of[(i + 1) % s->n];
    sem_t *one = i % 2 ? right : left, *two = i % 2 ? left : right;

    for (int meal = 1; meal <= s->k; meal++) {
        kit_want("eat", i);
        if (take(one) == -1 || take(two) == -1)
            return -1;
        table_eat(&s->table, s->n, i);
        if (dprintf(STDOUT_FILENO, "philosopher %d meal %d\n", i, meal) < 0)
            return fail("write");
        if (sem_post(one) == -1 || sem_post(two) == -1)
            return fail("sem_post");
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], 2, TABLE_MAX) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    struct shared *s;

    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: dine N K\n");
        return 2;
    }
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return fail("mmap") == -1;
    s->n = n;
    s->k = k;
    for (int i = 0; i < n; i++)
        if (!(fork_of[i] = open_fork(i)))
            return 1;
    if (crew_run("dine", n, dine, s) == -1)
        return 1;
    for (int i = 0; i < n; i++)
        if (dprintf(STDOUT_FILENO, "fork %d used %" PRId64 "\n", i, s->table.uses[i]) < 0)
            return fail("write") == -1;
    return 0;
}
