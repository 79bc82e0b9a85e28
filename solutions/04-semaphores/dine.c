/* SPDX-License-Identifier: MIT */
/*
 * dine N K: N philosophers eat K times, each with the forks left and right.
 *
 * A fork is a semaphore. If all took their left fork first, all could hold one
 * and wait for the other, in a circle. So everybody takes the fork with the
 * lower number first: then the holder of the highest fork that is held waits
 * for none, eats, and gives back.
 */
#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"
#include "table.h"

enum { MIN_N = 2, MAX_K = 1000 };

/* Shared by all processes. */
struct dinner {
    int n, k;              /* constant */
    sem_t fork[TABLE_MAX]; /* fork[i] guards: */
    struct table table;    /* uses[i] */
};

static int fail(const char *call)
{
    fprintf(stderr, "dine: %s: %s\n", call, strerror(errno));
    return -1;
}

static int take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            return fail("sem_wait");
    return 0;
}

static int give(sem_t *s)
{
    return sem_post(s) == -1 ? fail("sem_post") : 0;
}

static int eat(struct dinner *d, int i, int meal)
{
    int left = i, right = (i + 1) % d->n;
    int low = left < right ? left : right;
    int high = left < right ? right : left;

    kit_want("eat", i);
    if (take(&d->fork[low]) == -1 || take(&d->fork[high]) == -1)
        return -1;
    table_eat(&d->table, d->n, i);
    if (dprintf(STDOUT_FILENO, "philosopher %d meal %d\n", i, meal) < 0)
        return fail("write");
    return give(&d->fork[high]) == -1 ? -1 : give(&d->fork[low]);
}

static int dine(int i, void *arg)
{
    struct dinner *d = arg;
    int rc = 0;

    for (int meal = 1; rc == 0 && meal <= d->k; meal++)
        rc = eat(d, i, meal);
    return rc;
}

static int print_uses(const struct dinner *d)
{
    for (int i = 0; i < d->n; i++)
        if (dprintf(STDOUT_FILENO, "fork %d used %" PRId64 "\n", i,
                    d->table.uses[i]) < 0)
            return fail("write");
    return 0;
}

static struct dinner *make_dinner(int n, int k)
{
    struct dinner *d = mmap(NULL, sizeof *d, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (d == MAP_FAILED) {
        fail("mmap");
        return NULL;
    }
    d->n = n;
    d->k = k;
    for (int i = 0; i < n; i++)
        if (sem_init(&d->fork[i], 1, 1) == -1) {
            fail("sem_init");
            return NULL; /* the mapping goes with the process */
        }
    return d;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], MIN_N, TABLE_MAX) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, MAX_K) : -1;
    struct dinner *d;

    if (n == -1 || k == -1) {
        fprintf(stderr,
                "usage: dine N K, with N from %d to %d, K from 1 to %d\n",
                MIN_N, TABLE_MAX, MAX_K);
        return 2;
    }
    d = make_dinner(n, k);
    if (d == NULL || crew_run("dine", n, dine, d) == -1)
        return 1;
    /* The semaphores are gone with the mapping, and it with this process. */
    return print_uses(d) == -1;
}
