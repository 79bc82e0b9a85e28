/* SPDX-License-Identifier: MIT */
/* dine N K with what only System V semaphores have: both forks in one semop(), or none. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sem.h>

#include "crew.h"
#include "kit.h"
#include "table.h"

struct shared {
    int n, k, set;
    struct table table;
};

static int fail(const char *call)
{
    fprintf(stderr, "dine: %s: %s\n", call, strerror(errno));
    return -1;
}

static int forks(const struct shared *s, int i, short by)
{
    struct sembuf ops[2] = {{(unsigned short)i, by, 0}, {(unsigned short)((i + 1) % s->n), by, 0}};

    while (semop(s->set, ops, 2) == -1)
        if (errno != EINTR)
            return fail("semop");
    return 0;
}

static int dine(int i, void *arg)
{
    struct shared *s = arg;

    for (int meal = 1; meal <= s->k; meal++) {
        kit_want("eat", i);
        if (forks(s, i, -1) == -1)
            return -1;
        table_eat(&s->table, s->n, i);
        if (dprintf(STDOUT_FILENO, "philosopher %d meal %d\n", i, meal) < 0)
            return fail("write");
        if (forks(s, i, 1) == -1)
            return -1;
    }
    return 0;
}

static int run(struct shared *s)
{
    union {
        unsigned short *array;
    } arg;
    unsigned short ones[TABLE_MAX];

    for (int i = 0; i < TABLE_MAX; i++)
        ones[i] = 1;
    arg.array = ones;
    if (semctl(s->set, 0, SETALL, arg) == -1)
        return fail("semctl");
    return crew_run("dine", s->n, dine, s);
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], 2, TABLE_MAX) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    struct shared *s;
    int rc;

    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: dine N K\n");
        return 2;
    }
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return fail("mmap") == -1;
    *s = (struct shared){.n = n, .k = k, .set = semget(IPC_PRIVATE, n, 0600)};
    if (s->set == -1)
        return fail("semget") == -1;
    rc = run(s);
    if (semctl(s->set, 0, IPC_RMID) == -1)
        return fail("semctl") == -1;
    for (int i = 0; rc == 0 && i < n; i++)
        if (dprintf(STDOUT_FILENO, "fork %d used %" PRId64 "\n", i, s->table.uses[i]) < 0)
            rc = fail("write");
    return rc == -1;
}
