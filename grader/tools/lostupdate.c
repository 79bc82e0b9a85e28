/* SPDX-License-Identifier: MIT */
/*
 * lostupdate [N]: let two processes count to N each in one shared int, without a lock, and show how
 * an update got lost: the steps of a real run, in the order of the clock.
 *
 * Each process notes, in memory of its own, what it loaded and when, and when it had stored: so the
 * notes order nothing between the two. Two that loaded the same number stored the same number too,
 * and then one of the two additions is gone. On a machine with one processor that is rare; if ten
 * rounds show none, the processes give the processor away between load and store now and then,
 * and the output says so.
 *
 * Exit: 0 a loss was shown; 1 a call failed, or no loss in all rounds; 2 usage.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MIN_N = 1000, MAX_N = 1000000, ROUNDS = 60, HELPED_FROM = 10, YIELD_EVERY = 64 };

struct note {
    int64_t loaded_at, stored_at; /* ns */
    int32_t value;                /* what was loaded; stored was one more */
};

struct race {
    volatile int32_t counter;
    volatile int32_t ready; /* processes that stand at the start */
};

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "lostupdate: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *shared(size_t len)
{
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        die("mmap");
    return p;
}

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void count(struct race *race, struct note *note, int n, bool help)
{
    __atomic_fetch_add(&race->ready, 1, __ATOMIC_SEQ_CST);
    while (race->ready < 2)
        sched_yield();
    for (int i = 0; i < n; i++) {
        int32_t value = race->counter;

        note[i].loaded_at = now_ns();
        if (help && i % YIELD_EVERY == 0)
            sched_yield();
        race->counter = value + 1;
        note[i].stored_at = now_ns();
        note[i].value = value;
    }
}

/* One round. Return: the counter at its end. */
static int32_t run(struct race *race, struct note *note[2], int n, bool help)
{
    race->counter = race->ready = 0;
    for (int p = 0; p < 2; p++) {
        pid_t pid = fork();

        if (pid == -1)
            die("fork");
        if (pid == 0) {
            count(race, note[p], n, help);
            _exit(0);
        }
    }
    for (int p = 0, status; p < 2; p++)
        if (wait(&status) == -1 || status != 0)
            die("wait");
    return race->counter;
}

/* Two steps that loaded the same number while neither had stored yet. */
static bool find_loss(struct note *note[2], int n, struct note *a, struct note *b)
{
    for (int i = 0, k = 0; i < n && k < n;) {
        *a = note[0][i];
        *b = note[1][k];
        if (a->value == b->value && a->loaded_at < b->stored_at && b->loaded_at < a->stored_at)
            return true;
        if (a->stored_at < b->stored_at)
            i++;
        else
            k++;
    }
    return false;
}

struct event {
    int64_t at;
    int process;
    const char *does;
    int32_t value;
};

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static void show(const struct note *a, const struct note *b)
{
    struct event e[4] = {{a->loaded_at, 1, "loads", a->value},
                         {a->stored_at, 1, "stores", a->value + 1},
                         {b->loaded_at, 2, "loads", b->value},
                         {b->stored_at, 2, "stores", b->value + 1}};

    qsort(e, 4, sizeof e[0], by_time);
    printf("     time   process 1         process 2         counter\n");
    for (int i = 0; i < 4; i++) {
        char step[32];

        snprintf(step, sizeof step, "%s %d", e[i].does, e[i].value);
        printf("%6lld ns   %-18s%-18s%d\n", (long long)(e[i].at - e[0].at),
               e[i].process == 1 ? step : "", e[i].process == 2 ? step : "",
               e[i].does[0] == 's' ? e[i].value : a->value);
    }
}

int main(int argc, char **argv)
{
    long n = argc == 1 ? 20000 : argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    struct race *race = shared(sizeof *race);
    struct note *note[2], a, b;

    if (n < MIN_N || n > MAX_N) {
        fprintf(stderr, "usage: lostupdate [N], N from %d to %d\n", MIN_N, MAX_N);
        return 2;
    }
    for (int p = 0; p < 2; p++)
        note[p] = shared((size_t)n * sizeof *note[p]);
    for (int round = 1; round <= ROUNDS; round++) {
        bool help = round > HELPED_FROM;
        int32_t end = run(race, note, (int)n, help);

        printf("round %d: 2 processes add 1 %ld times each. Expected %ld, the counter says %d.\n",
               round, n, 2 * n, end);
        if (!find_loss(note, (int)n, &a, &b))
            continue;
        printf("%ld additions are lost%s. This is how one of them got lost:\n\n", 2 * n - end,
               help ? " (each process gave its processor away now and then)" : "");
        show(&a, &b);
        printf("\nBoth had loaded %d, so both stored %d: two additions, and the counter went up by "
               "one.\n",
               a.value, a.value + 1);
        return 0;
    }
    printf("No update was lost in %d rounds. That is luck, and no proof.\n", ROUNDS);
    return 1;
}
