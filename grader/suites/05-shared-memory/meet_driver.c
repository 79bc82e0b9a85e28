/* SPDX-License-Identifier: MIT */
/*
 * meet_driver: lets two processes meet in a student's ring.c, at each place where they can. It
 * decides nothing: the suite compares the lines with what it expects.
 *
 * Usage: meet_driver MEETING..
 *
 * MEETING is STATE:CALL:OTHER. The ring is `empty` or `full` (one record of zeros). This process
 * makes CALL (push, pop, close) and stands still at one of its instructions; a second process makes
 * the call OTHER (the same, or push-close), to its end or until it sleeps; then this one goes on.
 * If it falls asleep before it comes to the instruction, the other one acts then. First a call is
 * made under the trap flag, which tells what instructions of the program it comes through. Then a
 * breakpoint is set at every STRIDE-th of them in turn, each time with a new ring. A line says what
 * is tried, one more what came of it, and further ones only where it came out otherwise:
 *
 *   MEETING
 *   MEETING: CALL RESULT, OTHER RESULT, left TEXT
 *
 * RESULT is `0`, the record's text, or the name of an errno; `left` what is in the ring then. This
 * process pushes A's, the other one B's. Where both sleep there is no line: the suite sees that
 * nothing moves. Exit: 0 all done; 2 usage; 3 the driver failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "ring.h"

enum { SIZE = 16, RECORD = SIZE - 4, STRIDE = 3, RESULT = 40, MOST = 1024 };
static const uint32_t start = 4294967288u; /* the indices pass the top meanwhile */

/* Shared by the two. */
static struct board {
    _Atomic bool began, done; /* the other one's call */
    char said[RESULT];        /* its result */
} * board;
static struct ring *ring;
static pid_t stepper, other;
static int go[2], here[2], back[2]; /* begin a round; the place is reached; the call is over */

/* Of the process that is stepped. */
static bool armed; /* its next call is the one */
static volatile bool reached;
static unsigned char *path_of[MOST]; /* the instructions of the program, each once */
static volatile unsigned npath;

int main(int argc, char **argv);

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "meet_driver: %s: %s\n", what, strerror(errno));
    _exit(3);
}

/* Asleep in a system call, or dead. It may wake up at any moment; nobody relies on it. */
static bool asleep(pid_t pid)
{
    char path[40], text[256], *end;
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return true;
    n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    end = strrchr(text, ')');
    return !end || strchr("SZX", end[2]);
}

static void result(char to[RESULT], int rc, const char *text)
{
    const char *name = rc == -1 ? strerrorname_np(errno) : text;

    snprintf(to, RESULT, "%s", name ? name : "0");
}

/* Only calls that are safe in a signal handler. */
static void stand_still(void)
{
    struct pollfd p = {.fd = back[0], .events = POLLIN};

    reached = true;
    if (write(here[1], "", 1) != 1)
        die("write");
    while (!board->done && poll(&p, 1, 1) == 0 && !(board->began && asleep(other)))
        continue;
}

#ifdef __x86_64__
enum { TRAP_FLAG = 0x100, BREAKPOINT = 0xCC };
extern unsigned char __executable_start[], _start[], etext[];
static unsigned char *broken, whole; /* where a breakpoint is, and what was there */
static volatile bool stepping;

/* In ring.c. What it calls through a table of the linker the handler calls, too: no place to stop.
 */
static bool is_students(const unsigned char *at)
{
    uintptr_t a = (uintptr_t)at;

    return a >= (uintptr_t)_start && a < (uintptr_t)etext &&
           !(a >= (uintptr_t)die && a <= (uintptr_t)main);
}

static void note(unsigned char *at)
{
    for (unsigned i = 0; i < npath; i++)
        if (path_of[i] == at)
            return;
    if (npath < MOST)
        path_of[npath++] = at;
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    unsigned char *at = (unsigned char *)regs[REG_RIP]; // NOLINT(performance-no-int-to-ptr)
    int saved = errno;

    (void)sig, (void)info;
    if (broken && at == broken + 1) {
        *broken = whole;
        broken = NULL;
        regs[REG_RIP]--;
        if (!board->began)
            stand_still();
    } else {
        regs[REG_EFL] = stepping ? regs[REG_EFL] | TRAP_FLAG : regs[REG_EFL] & ~(greg_t)TRAP_FLAG;
        if (stepping && is_students(at))
            note(at);
    }
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

/* The call that follows is the one. @place: where to stand still; NULL: step through it. */
static void set_out(unsigned char *place)
{
    if (place) {
        broken = place;
        whole = *place;
        *place = BREAKPOINT;
    } else {
        stepping = true;
        raise(SIGTRAP); /* its handler turns the trap flag on */
    }
}

static void arrive(void)
{
    stepping = false;
    if (broken)
        *broken = whole;
    broken = NULL;
}
#else
/* No trap flag that we know of: they meet once, before the call. */
static void on_trap(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)info, (void)context;
}

static void open_code(void)
{
}

static void set_out(unsigned char *place)
{
    if (!place)
        stand_still();
}

static void arrive(void)
{
}
#endif

/* @call: "push", .. @letter: what a push is made of. @place: see set_out(), if armed. */
static void make_call(const char *call, char letter, char to[RESULT], unsigned char *place)
{
    bool pushes = strncmp(call, "push", 4) == 0, pops = strcmp(call, "pop") == 0;
    bool closes = strstr(call, "close");
    char text[RECORD + 1] = {0};
    ssize_t rc = 0;

    errno = 0;
    memset(text, letter, RECORD);
    if (armed)
        set_out(place);
    if (pushes)
        rc = ring_push(ring, text, RECORD);
    if (pops)
        rc = ring_pop(ring, text, RECORD);
    if (closes)
        ring_close(ring);
    if (armed)
        arrive();
    if (pops)
        text[rc >= 0 && rc < RECORD ? rc : RECORD] = '\0';
    result(to, rc == -1 ? -1 : 0, pops ? text : "0");
}

/* The second process: a round each time it is told to. */
static void be_other(const char *call)
{
    struct pollfd p = {.fd = here[0], .events = POLLIN};
    char c;

    close(go[1]); /* or the end of the first one would not be seen */
    while (read(go[0], &c, 1) == 1) {
        while (poll(&p, 1, 1) == 0 && !asleep(stepper))
            continue;
        board->began = true;
        make_call(call, 'B', board->said, NULL);
        board->done = true;
        if (write(back[1], "", 1) != 1)
            _exit(0);
    }
    _exit(0);
}

static void start_other(const char *call)
{
    if (pipe2(go, O_CLOEXEC) == -1 || pipe2(here, O_CLOEXEC) == -1 || pipe2(back, O_CLOEXEC) == -1)
        die("pipe2");
    other = fork();
    if (other == -1)
        die("fork");
    if (other == 0)
        be_other(call);
    close(back[1]); /* or its death would not be seen */
    close(go[0]);
}

static void end_other(void)
{
    close(go[1]);
    close(here[0]);
    close(here[1]);
    close(back[0]);
    if (waitpid(other, NULL, 0) == -1)
        die("waitpid");
}

/* What was written for a round is not to be taken for the next one. */
static void drain(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char c;

    while (poll(&p, 1, 0) == 1)
        if (read(fd, &c, 1) != 1)
            die("read");
}

/* @said: of the two, and what is left. */
static void one_round(bool full, const char *call, unsigned char *place, char said[3][RESULT])
{
    static const char zeros[] = "000000000000";
    char c;

    memset(ring, 0xA5, RING_BYTES(SIZE)); /* no record may be taken from an earlier round */
    if (ring_init(ring, SIZE, start) == -1 || (full && ring_push(ring, zeros, RECORD) == -1))
        die("ring_init, ring_push");
    board->began = board->done = reached = false;
    drain(here[0]);
    if (write(go[1], "", 1) != 1)
        die("write");
    armed = true;
    make_call(call, 'A', said[0], place);
    armed = false;
    if (!board->began && write(here[1], "", 1) != 1)
        die("write");
    if (read(back[0], &c, 1) != 1) {
        puts("the other process died in its call");
        exit(0);
    }
    memcpy(said[1], board->said, RESULT);
    snprintf(said[2], RESULT, "nothing");
    if (atomic_load(&ring->tail) != atomic_load(&ring->head))
        make_call("pop", '?', said[2], NULL);
}

static bool meet(char *meeting)
{
    char last[256] = "", line[256], *call = strchr(meeting, ':'), *act;
    unsigned char *place = NULL;

    act = call ? strchr(call + 1, ':') : NULL;
    if (!act)
        return false;
    *call++ = *act++ = '\0';
    printf("%s:%s:%s\n", meeting, call, act);
    start_other(act);
    npath = 0;
    for (unsigned i = 0; i == 0 || i <= npath; i += STRIDE) {
        char said[3][RESULT] = {"", "", ""};

        one_round(strcmp(meeting, "full") == 0, call, place, said);
        snprintf(line, sizeof line, "%s:%s:%s: %s %s, %s %s, left %s", meeting, call, act, call,
                 said[0], act, said[1], said[2]);
        if (strcmp(line, last) != 0)
            puts(line);
        memcpy(last, line, sizeof last);
        if (i < npath)
            place = path_of[i];
    }
    end_other();
    return true;
}

int main(int argc, char **argv)
{
    struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESTART};

    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ring = mmap(NULL, RING_BYTES(SIZE), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED || ring == MAP_FAILED || sigaction(SIGTRAP, &sa, NULL) == -1)
        die("mmap, sigaction");
    open_code();
    stepper = getpid();
    for (int i = 1; i < argc; i++)
        if (!meet(argv[i])) {
            fprintf(stderr, "meet_driver: see the head of meet_driver.c\n");
            return 2;
        }
    return 0;
}
