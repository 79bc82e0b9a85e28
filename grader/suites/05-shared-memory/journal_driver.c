/* SPDX-License-Identifier: MIT */
/*
 * journal_driver: calls a student's journal.c and looks into the accounts at each kit point, and
 * at each instruction. It decides nothing: the suite compares the lines with what it expects.
 *
 * Usage: journal_driver move | repair
 *
 * move: six transfers are made, those of worker 1, and at each kit point of each one a line comes:
 *     NUMBER POINT begin B complete, N of 2 stored
 *   B of slot NUMBER % 2, `complete` or `incomplete` as its end says; how many of the two balances
 *   are as after the transfer; from `written` on also `, entry F T FA TA`
 *   The fourth transfer is made by another process. Before the fifth one the begin of its slot is
 *   set to 5: so does a death leave it.
 * repair: `lock process-shared robust` (what of the two it is), then
 *     killed anywhere: RESULT
 *   after a transfer that was stepped through: `whole`, or `begin B end E, ..` of the first state
 *   that is no whole number of transfers once the newest complete entry is stored again. Then an
 *   owner dies at `written`, and the next one takes the lock:
 *     repair stored N of 2       at kit_point("repair")
 *     repair killed anywhere: RESULT
 *   RESULT as above, or `counted too early`: repairs went up before both balances were right.
 *
 * Exit: 0 all done; 3 the driver failed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "kit.h"
#include "ledger.h"

enum { TRANSFERS = 6, BY_ANOTHER = 4, DEATH_BEFORE = 5, TRAP_FLAG = 0x100 };
enum { ROBUST_BIT = 16 }; /* in a mutex's kind, as libc keeps it */

static struct ledger *ledger;
static unsigned number; /* of the transfer that is being made */
static int64_t before[LEDGER_ACCOUNTS], after[LEDGER_ACCOUNTS];
static const char *dies_at; /* the kit point where this process ends */
static bool tells;          /* a line at each kit point */
static bool made_shared;
static volatile bool stepping;
static char bad[160]; /* the first state that is wrong */

__attribute__((noreturn)) static void die(const char *what, int error)
{
    fprintf(stderr, "journal_driver: %s: %s\n", what, strerror(error));
    _exit(3);
}

/* In place of libc's. libc shares every robust mutex between processes, asked or not; POSIX does
 * not promise that, so what counts is what was asked for. */
int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
    __typeof__(pthread_mutexattr_setpshared) *real;
    void *symbol = dlsym(RTLD_NEXT, "pthread_mutexattr_setpshared");

    if (!symbol)
        die("dlsym", ENOSYS);
    memcpy(&real, &symbol, sizeof real);
    made_shared = shared == PTHREAD_PROCESS_SHARED;
    return real(attr, shared);
}

/* The accounts before and after transfer @n, as they should be. */
static void expect_transfer(unsigned n)
{
    struct transfer t = ledger_transfer(1, n);

    number = n;
    memcpy(before, ledger->balance, sizeof before);
    memcpy(after, before, sizeof after);
    after[t.from] -= t.amount;
    after[t.to] += t.amount;
}

static bool is_complete(const struct entry *e)
{
    return e->begin != 0 && e->begin == e->end;
}

static int stored(void)
{
    struct transfer t = ledger_transfer(1, number);

    return (ledger->balance[t.from] == after[t.from]) + (ledger->balance[t.to] == after[t.to]);
}

static void tell(const char *point)
{
    const struct entry *e = &ledger->journal[number % 2];

    printf("%u %s begin %llu %s, %d of 2 stored", number, point, (unsigned long long)e->begin,
           is_complete(e) || e->begin == 0 ? "complete" : "incomplete", stored());
    if (strcmp(point, "locked") != 0 && strcmp(point, "writing") != 0)
        printf(", entry %u %u %lld %lld", e->from, e->to, (long long)e->from_after,
               (long long)e->to_after);
    puts("");
}

/* The grader's side of kit.h. */
void gr_kit_hook(const char *what, const char *kind, int i)
{
    (void)what, (void)i;
    if (tells)
        tell(kind);
    if (dies_at && strcmp(kind, dies_at) == 0)
        _exit(0);
    if (strcmp(kind, "repair") == 0)
        printf("repair stored %d of 2\n", stored());
}

/* If the process were killed now: are the accounts right once the repair is made? */
static void look(void)
{
    const struct entry *e = ledger->journal, *newest = NULL;
    int64_t balance[LEDGER_ACCOUNTS];

    if (bad[0])
        return;
    memcpy(balance, ledger->balance, sizeof balance);
    for (int i = 0; i < 2; i++)
        if (is_complete(&e[i]) && (!newest || e[i].begin > newest->begin))
            newest = &e[i];
    if (newest && newest->from < LEDGER_ACCOUNTS && newest->to < LEDGER_ACCOUNTS) {
        balance[newest->from] = newest->from_after;
        balance[newest->to] = newest->to_after;
    }
    if (memcmp(balance, before, sizeof balance) != 0 && memcmp(balance, after, sizeof balance) != 0)
        snprintf(bad, sizeof bad, "begin %llu end %llu, and begin %llu end %llu",
                 (unsigned long long)e[0].begin, (unsigned long long)e[0].end,
                 (unsigned long long)e[1].begin, (unsigned long long)e[1].end);
    if (ledger->repairs > 0 && memcmp(ledger->balance, after, sizeof after) != 0)
        snprintf(bad, sizeof bad, "counted too early");
}

#ifdef __x86_64__
extern const char __executable_start[], etext[];

static void on_trap(int sig, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *at = (const char *)regs[REG_RIP]; // NOLINT(performance-no-int-to-ptr)
    int saved = errno;

    (void)sig, (void)info;
    regs[REG_EFL] = stepping ? regs[REG_EFL] | TRAP_FLAG : regs[REG_EFL] & ~(greg_t)TRAP_FLAG;
    if (stepping && at >= __executable_start && at < etext)
        look();
    errno = saved;
}

static void step(void)
{
    stepping = true;
    raise(SIGTRAP); /* its handler turns the trap flag on */
}
#else
/* No trap flag that we know of: only the end is looked at. */
static void on_trap(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)info, (void)context;
}

static void step(void)
{
}
#endif

static void lock(void)
{
    int error = ledger_lock(ledger);

    if (error != 0)
        die("ledger_lock", error);
}

static void unlock(void)
{
    int error = ledger_unlock(ledger);

    if (error != 0)
        die("ledger_unlock", error);
}

static void make_one(unsigned n)
{
    lock();
    expect_transfer(n);
    if (n == DEATH_BEFORE)
        ledger->journal[n % 2].begin = n;
    ledger_move(ledger, ledger_transfer(1, n));
    unlock();
}

static void make_all(void)
{
    tells = true;
    for (unsigned n = 1; n <= TRANSFERS; n++) {
        pid_t pid = n == BY_ANOTHER ? fork() : 0;

        if (pid == -1)
            die("fork", errno);
        if (pid == 0)
            make_one(n);
        if (pid == 0 && n == BY_ANOTHER)
            exit(0);
        if (pid > 0 && waitpid(pid, NULL, 0) == -1)
            die("waitpid", errno);
    }
}

static void step_through_a_move(unsigned n)
{
    lock();
    expect_transfer(n);
    step();
    ledger_move(ledger, ledger_transfer(1, n));
    stepping = false;
    look();
    unlock();
}

static void die_as_owner(unsigned n)
{
    pid_t pid;

    expect_transfer(n);
    pid = fork();
    if (pid == -1)
        die("fork", errno);
    if (pid == 0) {
        dies_at = "written";
        lock();
        ledger_move(ledger, ledger_transfer(1, n));
        _exit(0);
    }
    if (waitpid(pid, NULL, 0) == -1)
        die("waitpid", errno);
}

static void repair(void)
{
    int kind = ledger->lock.__data.__kind;

    printf("lock%s%s\n", made_shared ? " process-shared" : "", kind & ROBUST_BIT ? " robust" : "");
    if (!(kind & ROBUST_BIT))
        exit(0); /* the next owner would wait for ever */
    for (unsigned n = 1; n <= 4; n++)
        step_through_a_move(n);
    printf("killed anywhere: %s\n", bad[0] ? bad : "whole");
    bad[0] = '\0';
    die_as_owner(5);
    step();
    lock();
    stepping = false;
    look();
    unlock();
    printf("repair killed anywhere: %s\n", bad[0] ? bad : "whole");
}

int main(int argc, char **argv)
{
    struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    int error;

    if (argc != 2 || sigaction(SIGTRAP, &sa, NULL) == -1)
        die("usage: journal_driver move | repair", errno);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ledger == MAP_FAILED)
        die("mmap", errno);
    error = ledger_init(ledger);
    if (error != 0)
        die("ledger_init", error);
    if (strcmp(argv[1], "move") == 0)
        make_all();
    else
        repair();
    return 0;
}
