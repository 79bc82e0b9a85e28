/* SPDX-License-Identifier: MIT */
/*
 * turns N K: N processes print A, B, C, .. in strict turn, K times each.
 *
 * Each process has a semaphore of its own, on which it waits for its turn; who
 * has printed posts the next one's. Only the first starts at 1. A semaphore
 * remembers a post: it does not matter who comes first to its wait.
 *
 * The first process makes the semaphores and removes them; it prints nothing.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

enum { MIN_N = 2, MAX_N = 26, MAX_K = 1000 };

/* Shared by all processes. */
struct game {
    int n, k;          /* constant */
    sem_t turn[MAX_N]; /* turn[i] > 0: it is i's turn */
};

static int fail(const char *call)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(errno));
    return -1;
}

/* An interrupted wait has taken nothing: it is no turn. */
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

static int play(int i, void *arg)
{
    struct game *g = arg;

    for (int round = 0; round < g->k; round++) {
        kit_want("turn", i);
        if (take(&g->turn[i]) == -1)
            return -1;
        kit_enter("turn", i);
        if (dprintf(STDOUT_FILENO, "%c\n", 'A' + i) < 0)
            return fail("write");
        kit_leave("turn", i);
        if (give(&g->turn[(i + 1) % g->n]) == -1)
            return -1;
    }
    return 0;
}

/* Return: the game in memory that all children will share, or NULL. */
static struct game *make_game(int n, int k)
{
    struct game *g = mmap(NULL, sizeof *g, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (g == MAP_FAILED) {
        fail("mmap");
        return NULL;
    }
    g->n = n;
    g->k = k;
    for (int i = 0; i < n; i++)
        if (sem_init(&g->turn[i], 1, i == 0) == -1) {
            fail("sem_init");
            return NULL; /* the mapping goes with the process */
        }
    return g;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], MIN_N, MAX_N) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, MAX_K) : -1;
    struct game *g;
    int rc;

    if (n == -1 || k == -1) {
        fprintf(stderr,
                "usage: turns N K, with N from %d to %d, K from 1 to %d\n",
                MIN_N, MAX_N, MAX_K);
        return 2;
    }
    g = make_game(n, k);
    if (g == NULL)
        return 1;
    rc = crew_run("turns", n, play, g);
    for (int i = 0; i < n; i++)
        sem_destroy(&g->turn[i]); /* nobody is left to wait on it */
    munmap(g, sizeof *g);
    return rc == 0 ? 0 : 1;
}
