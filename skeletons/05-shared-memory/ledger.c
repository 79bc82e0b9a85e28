/* SPDX-License-Identifier: MIT */
/*
 * ledger N T: N workers make T transfers each, and may be killed (part 5C).
 *
 * This is the program around journal.c. The first process makes the accounts
 * in memory that it shares with the workers it forks, waits for all of them,
 * however they end, and prints what is in the accounts. There is nothing to
 * remove: anonymous memory goes when the last process has ended.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger.h"

enum { MAX_N = 16, MAX_T = 10000 };

static int fail(const char *call, int error)
{
    fprintf(stderr, "ledger: %s: %s\n", call, strerror(error));
    return -1;
}

/* Return: the number, or 0 if @text is none from 1 to @max. */
static uint32_t number(const char *text, unsigned long max)
{
    int digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long n = digits ? strtoul(text, NULL, 10) : 0; /* or ULONG_MAX */

    return n <= max ? (uint32_t)n : 0;
}

static int work(struct ledger *l, uint32_t worker, uint32_t transfers)
{
    for (uint32_t k = 1; k <= transfers; k++) {
        int error = ledger_lock(l);

        if (error != 0)
            return fail("ledger_lock", error);
        ledger_move(l, ledger_transfer(worker, k));
        error = ledger_unlock(l);
        if (error != 0)
            return fail("ledger_unlock", error);
    }
    return 0;
}

/* Return: how many were started. */
static uint32_t start_workers(struct ledger *l, uint32_t n, uint32_t transfers)
{
    for (uint32_t i = 1; i <= n; i++) {
        pid_t pid = fork();

        if (pid == -1) {
            fail("fork", errno);
            return i - 1;
        }
        if (pid == 0)
            _exit(work(l, i, transfers) == -1);
    }
    return n;
}

/* A worker may be killed: that is what the journal is for. */
static int wait_for_workers(uint32_t n)
{
    int status, rc = 0;

    for (; n > 0; n--) {
        if (wait(&status) == -1)
            return fail("wait", errno);
        if (status != 0 &&
            !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
            rc = -1;
    }
    return rc;
}

static int report(struct ledger *l)
{
    int64_t sum = 0;
    int error = ledger_lock(l);

    if (error != 0)
        return fail("ledger_lock", error);
    for (int i = 0; i < LEDGER_ACCOUNTS; i++) {
        printf("account %d %" PRId64 "\n", i, l->balance[i]);
        sum += l->balance[i];
    }
    printf("repairs %" PRIu32 "\nsum %" PRId64 "\n", l->repairs, sum);
    error = ledger_unlock(l);
    if (error != 0)
        return fail("ledger_unlock", error);
    return fflush(stdout) == EOF ? fail("write", errno) : 0;
}

int main(int argc, char *argv[])
{
    uint32_t n = argc == 3 ? number(argv[1], MAX_N) : 0;
    uint32_t transfers = argc == 3 ? number(argv[2], MAX_T) : 0;
    struct ledger *l;
    uint32_t started;
    int error, rc;

    if (n == 0 || transfers == 0) {
        fprintf(stderr, "usage: ledger N T, N to %d, T to %d\n", MAX_N, MAX_T);
        return 2;
    }
    l = mmap(NULL, sizeof *l, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (l == MAP_FAILED)
        return fail("mmap", errno) == -1;
    error = ledger_init(l);
    if (error != 0)
        return fail("ledger_init", error) == -1;
    started = start_workers(l, n, transfers);
    rc = wait_for_workers(started);
    if (report(l) == -1 || started < n)
        rc = -1;
    return rc == -1;
}
