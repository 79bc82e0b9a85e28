/* SPDX-License-Identifier: MIT */
/*
 * seqlock_driver: calls a student's seqlock.c, and calls it in the middle of itself. It decides
 * nothing: the suite compares the lines with what it expects.
 *
 * Usage: seqlock_driver
 *
 * Sample n is the numbers n * 100 + 1 to n * 100 + 8. The reader has the segment at an address of
 * its own, where nothing can be stored. The lines, each RESULT `V V V V V V V V` or the name of an
 * errno:
 *
 *   half N             so many values were stored at kit_point("write")
 *   odd RESULT         a read while seq is odd all the time
 *   late RESULT        a read that begins while seq is odd; after 1000 of its instructions it is
 * even tries N RESULT     a read with a write at each kit_point("read"); N of them, or more than
 * 5000 writing RESULT     a read at each instruction of a write, from sample 1 to sample 2 reading
 * RESULT     a read of sample 1; then with a write of sample 2 at one of its instructions, at every
 * second one in turn
 *
 * `writing` and `reading` come once for each result that differs from the one before. If the reader
 * stores into the segment the line is `reader stored`. Exit: 0 all done; 3 the driver failed.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "kit.h"
#include "telem.h"

enum { MOST_TRIES = 5000, TRAP_FLAG = 0x100, BREAKPOINT = 0xCC };
enum { MOST = 4096, STRIDE = 2, LINE = 256 };
enum { LATE = 1000 }; /* of a read that tries 1000 times they are a small part */

static struct telem *writers, *readers; /* the same memory */
static volatile unsigned tries;
static volatile bool disturbing, counting; /* at kit_point("read"), at kit_point("write") */

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "seqlock_driver: %s: %s\n", what, strerror(errno));
    _exit(3);
}

static void write_sample(int64_t n)
{
    int64_t v[TELEM_VALUES];

    for (int i = 0; i < TELEM_VALUES; i++)
        v[i] = n * 100 + i + 1;
    telem_write(writers, v);
}

static void read_sample(char line[LINE], const char *what)
{
    int64_t v[TELEM_VALUES] = {0};
    size_t n = (size_t)snprintf(line, LINE, "%s", what);

    errno = 0;
    if (telem_read(readers, v) == -1) {
        const char *name = strerrorname_np(errno);

        snprintf(line + n, LINE - n, " %s", name ? name : "0");
        return;
    }
    for (int i = 0; i < TELEM_VALUES && n < LINE; i++)
        n += (size_t)snprintf(line + n, LINE - n, " %lld", (long long)v[i]);
}

/* What was said last is not said again. */
static void say_once(const char *line)
{
    static char last[LINE];

    if (strcmp(line, last) != 0)
        puts(line);
    snprintf(last, sizeof last, "%s", line);
}

/* The grader's side of kit.h. */
void gr_kit_hook(const char *what, const char *kind, int i)
{
    int stored = 0;

    (void)what, (void)i;
    if (counting && strcmp(kind, "write") == 0) {
        for (int k = 0; k < TELEM_VALUES; k++)
            stored += atomic_load(&writers->value[k]) != 0;
        printf("half %d\n", stored);
    }
    if (disturbing && strcmp(kind, "read") == 0 && ++tries <= MOST_TRIES)
        write_sample(3 + (int64_t)tries);
}

/* A call is stepped through by the trap flag, once. Later ones run until they come to a breakpoint:
 * one signal instead of hundreds. */
static unsigned char *path_of[MOST]; /* the instructions it came through, in order */
static volatile unsigned npath;
static volatile bool stepping, reads;
static volatile unsigned left; /* so many instructions until the write that goes on has ended */

#ifdef __x86_64__
extern unsigned char __executable_start[], _start[], etext[];
int main(void);
static unsigned char *broken, whole;      /* where the breakpoint is, and what was there */
static volatile unsigned skip;            /* so many times it is passed before */
static unsigned char *volatile set_again; /* after the instruction there was made */

/* In seqlock.c. */
static bool is_students(const unsigned char *at)
{
    uintptr_t a = (uintptr_t)at;

    return a >= (uintptr_t)_start && a < (uintptr_t)etext &&
           !(a >= (uintptr_t)die && a <= (uintptr_t)main);
}

static void set_breakpoint(unsigned char *at)
{
    broken = at;
    whole = *at;
    *at = BREAKPOINT;
}

/* At the breakpoint. Return: is one step to be made, so that it can be set again? */
static bool arrived(unsigned char *at)
{
    *at = whole;
    broken = NULL;
    if (skip == 0) {
        write_sample(2);
        return false;
    }
    skip--;
    set_again = at;
    return true;
}

/* An instruction was stepped. */
static void stepped(unsigned char *at)
{
    char line[LINE];

    if (!is_students(at))
        return;
    if (left > 0 && --left == 0)
        atomic_fetch_add(&writers->seq, 1);
    if (npath < MOST)
        path_of[npath++] = at;
    if (reads) {
        read_sample(line, "writing");
        say_once(line);
    }
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    unsigned char *at = (unsigned char *)regs[REG_RIP]; // NOLINT(performance-no-int-to-ptr)
    bool next = stepping;
    int saved = errno;

    (void)sig, (void)info;
    if (broken && at == broken + 1) {
        regs[REG_RIP]--;
        next = arrived(at - 1);
    } else if (set_again) {
        set_breakpoint(set_again);
        set_again = NULL;
    } else if (stepping) {
        stepped(at);
    }
    regs[REG_EFL] = next ? regs[REG_EFL] | TRAP_FLAG : regs[REG_EFL] & ~(greg_t)TRAP_FLAG;
    errno = saved;
}

/* The program's code may be written from now on. */
static void open_code(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *from = __executable_start - (uintptr_t)__executable_start % page;

    if (mprotect(from, (size_t)(etext - from), PROT_READ | PROT_WRITE | PROT_EXEC) == -1)
        die("mprotect");
}

static void step(void)
{
    npath = 0;
    stepping = true;
    raise(SIGTRAP); /* its handler turns the trap flag on */
}

/* Place @i of the path; a loop is stopped in its first and in its last round. */
static bool break_at(unsigned i)
{
    unsigned before = 0, behind = 0;

    for (unsigned k = 0; k < npath; k++) {
        before += k < i && path_of[k] == path_of[i];
        behind += k > i && path_of[k] == path_of[i];
    }
    if (before > 0 && behind > 0)
        return false;
    skip = before;
    set_breakpoint(path_of[i]);
    return true;
}

static void unbreak(void)
{
    if (broken)
        *broken = whole;
    broken = NULL;
}
#else
/* No trap flag that we know of: nothing comes between. */
static void on_trap(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)info, (void)context;
}

static void open_code(void)
{
}

static void step(void)
{
}

static bool break_at(unsigned i)
{
    (void)i;
    return false;
}

static void unbreak(void)
{
}
#endif

static void on_fault(int sig, siginfo_t *info, void *context)
{
    const char *at = info->si_addr, *from = (const char *)readers;

    (void)context;
    if (at >= from && at < from + sizeof *readers) {
        puts("reader stored");
        fflush(stdout);
        _exit(0);
    }
    signal(sig, SIG_DFL); /* it comes again, and ends us */
}

static void map(void)
{
    int fd = memfd_create("telem", MFD_CLOEXEC);

    if (fd == -1 || ftruncate(fd, sizeof(struct telem)) == -1)
        die("memfd_create, ftruncate");
    writers = mmap(NULL, sizeof *writers, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    readers = mmap(NULL, sizeof *readers, PROT_READ, MAP_SHARED, fd, 0);
    if (writers == MAP_FAILED || readers == MAP_FAILED)
        die("mmap");
}

static void try_all(void)
{
    char line[LINE];

    counting = true;
    write_sample(1);
    counting = false;
    atomic_fetch_add(&writers->seq, 1);
    read_sample(line, "odd");
    puts(line);
    atomic_fetch_sub(&writers->seq, 1);
    disturbing = true;
    read_sample(line, "");
    disturbing = false;
    printf("tries %u%s\n", tries, line);
}

/* It comes during a write, and the write ends before it has used up its tries. */
static void come_late(void)
{
    char line[LINE];

    write_sample(1);
    atomic_fetch_add(&writers->seq, 1);
    left = LATE;
    step();
    read_sample(line, "late");
    if (stepping)
        puts(line);
    stepping = false;
    if (left > 0)
        atomic_fetch_add(&writers->seq, 1);
    left = 0;
}

static void interrupt_a_write(void)
{
    write_sample(1);
    reads = true;
    step();
    write_sample(2);
    stepping = false;
    reads = false;
}

static void interrupt_a_read(void)
{
    char line[LINE];

    write_sample(1);
    step();
    read_sample(line, "reading");
    stepping = false;
    say_once(line);
    for (unsigned i = 0; i < npath; i += STRIDE) {
        write_sample(1);
        if (!break_at(i))
            continue;
        read_sample(line, "reading");
        unbreak();
        say_once(line);
    }
}

int main(void)
{
    struct sigaction trap = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};

    if (sigaction(SIGTRAP, &trap, NULL) == -1 || sigaction(SIGSEGV, &fault, NULL) == -1)
        die("sigaction");
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    map();
    open_code();
    try_all();
    come_late();
    interrupt_a_write();
    interrupt_a_read();
    return 0;
}
