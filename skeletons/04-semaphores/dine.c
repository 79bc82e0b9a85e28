/* SPDX-License-Identifier: MIT */
/*
 * dine N K: N philosophers eat K times, each with the forks left and right.
 *
 * Write here why there can be no circle of philosophers who wait for each
 * other, before you write code.
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

/* What all processes share. */
struct dinner {
    int n, k;
    /* TODO(04.12): what keeps neighbours apart, and only neighbours? */
    struct table table;
};

/* Philosopher @i has meal number @meal. Return: 0, or -1 after a complaint. */
static int eat(struct dinner *d, int i, int meal)
{
    kit_want("eat", i);
    /* TODO(04.12): get both forks; one philosopher at a time reaches. */
    /* TODO(04.13): only neighbours wait. What if each has one fork? */
    table_eat(&d->table, d->n, i);
    /* TODO(04.12): print the meal; give both forks back. */
    (void)meal;
    return -1;
}

/* The work of philosopher @i. Return: 0, or -1 after a complaint. */
static int dine(int i, void *arg)
{
    struct dinner *d = arg;
    int rc = 0;

    for (int meal = 1; rc == 0 && meal <= d->k; meal++)
        rc = eat(d, i, meal);
    return rc;
}

int main(int argc, char *argv[])
{
    /* TODO(04.12): check the arguments; make what is shared; run; print how
     * often each fork was used; clean up. */
    (void)argc;
    (void)argv;
    (void)dine; /* crew_run("dine", n, dine, ..) */
    fprintf(stderr, "dine: TODO(04.12): not written yet\n");
    return 70;
}
