/* SPDX-License-Identifier: MIT */
/*
 * io_driver: calls a student's io.c and prints what happened. It decides nothing: the suite
 * compares the lines with what it expects. The student's functions work on the real descriptors
 * 0 and 1, which the suite has made (pipe, file, socket); the driver reads and writes those two
 * only with plain read() and write(), never through stdio.
 *
 * Usage: io_driver [OPTION..] OP ARG..
 *
 *   read_full N        one read_full(0, buf, N), then reads what is left on 0. On 1:
 *                          ret R errno NAME
 *                          data LEN crc CRC hex HEX
 *                          canary ok
 *                          rest LEN crc CRC hex HEX
 *   write_full N SEED  one write_full(1, buf, N) of the N bytes made from SEED (see fill()). On 2:
 *                          ret R errno NAME
 *                          data N crc CRC hex HEX       (the buffer, after the call)
 *                          buffer unchanged
 *   read_lines CAP     read_line(0, buf, CAP) until it returns 0 or less. On 1, one line a call:
 *                          line K ret R errno NAME nul yes canary ok crc CRC text "hello\n"
 *                      and then `rest ..` as above.
 *
 *   NAME is `-` unless R is -1; then EBADF, EINTR, .. (0 if it was not set). R is what was
 * returned, not bounded; LEN is R cut to 0..N. CRC is CRC-32 (the one of zlib, 8 hex digits). HEX
 * is given for at most 64 bytes, else `-`; it is empty for no bytes. `text` shows at most 64 bytes
 * of the piece, escaped: \n \t \r \" \\ and \xHH, then `...` outside the quotes if there are more.
 *   `nul no`: buf[R] is not '\0'. Canary: `ok`, `before` or `after` (bytes next to the buffer
 *   were changed), or `none`. `buffer changed`: write_full wrote into its own input.
 *
 * Options:
 *   --sigusr1         catch SIGUSR1 without SA_RESTART, print READY on 2 before the call; at the
 *                     end `signals K`, the number of times the handler ran
 *   --ignore-sigpipe  ignore SIGPIPE
 *   --badfd           use a closed descriptor instead of 0 or 1
 *   --exact           the buffer is exactly N (CAP) bytes from malloc, not initialised and without
 *                     canaries: for Memcheck
 *   --lines M         read_lines: at most M calls
 *   --fds             at the end `fds 0 1 2`, all open descriptors below 1024
 *
 * Each line is one write(). Exit: 0 all lines written; 2 usage; 3 the driver failed (message on 2).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io.h"

enum { CANARY = 64, CANARY_BYTE = 0xA5, POISON = 0x5A, SHOWN = 64, MAX_SIZE = 64 << 20 };

static bool opt_sigusr1, opt_badfd, opt_exact, opt_fds, opt_nosigpipe;
static long opt_lines = LONG_MAX;
static int out_fd = STDOUT_FILENO; /* where result lines go */
static volatile sig_atomic_t nsignals;

/* A buffer under test: [canary][data: size bytes][canary], or the data alone (--exact). */
struct guarded {
    unsigned char *block;
    unsigned char *data;
    size_t size;
};

/* The attribute, because cppcheck does not follow _Noreturn to an _exit(). */
__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "io_driver: %s: %s\n", what, strerror(errno));
    _exit(3);
}

static _Noreturn void usage(const char *why)
{
    fprintf(stderr, "io_driver: %s; see the head of io_driver.c\n", why);
    exit(2);
}

static void on_sigusr1(int sig)
{
    (void)sig;
    nsignals++;
}

/* Write @len bytes of a result line; not write_full(), which is under test, and by a direct
 * system call: injected faults are for the student's calls. */
static void put_all(int fd, const char *s, size_t len)
{
    while (len > 0) {
        ssize_t n = syscall(SYS_write, fd, s, len);

        if (n == -1 && errno != EINTR)
            die("write of a result");
        s += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

__attribute__((format(printf, 1, 2))) static void emit(const char *format, ...)
{
    char line[1024];
    va_list ap;
    int len;

    va_start(ap, format);
    len = vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    if (len < 0 || (size_t)len >= sizeof line)
        die("line too long");
    put_all(out_fd, line, (size_t)len);
}

/* Bit by bit: short, and fast enough for the megabyte a test moves. */
static uint32_t crc32_add(uint32_t crc, const unsigned char *p, size_t len)
{
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static const char *to_hex(const unsigned char *p, size_t len)
{
    static char text[2 * SHOWN + 1];

    if (len > SHOWN)
        return "-";
    text[0] = '\0';
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", p[i]);
    return text;
}

static const char *escaped(const unsigned char *p, size_t len)
{
    static char text[4 * SHOWN + 8];
    static const char plain[] = "\n\t\r\"\\", name[] = "ntr\"\\";
    char *to = text;

    *to++ = '"';
    for (size_t i = 0; i < len && i < SHOWN; i++) {
        const char *special = p[i] == '\0' ? NULL : strchr(plain, p[i]);

        if (special != NULL)
            to += sprintf(to, "\\%c", name[special - plain]);
        else if (p[i] >= 0x20 && p[i] < 0x7F)
            *to++ = (char)p[i];
        else
            to += sprintf(to, "\\x%02x", p[i]);
    }
    sprintf(to, "\"%s", len > SHOWN ? "..." : "");
    return text;
}

static const char *errno_name(ssize_t ret, int err)
{
    return ret == -1 ? strerrorname_np(err) : "-";
}

static struct guarded guarded_new(size_t size)
{
    struct guarded g = {.size = size};
    size_t margin = opt_exact ? 0 : CANARY;

    g.block = malloc(size + 2 * margin);
    if (g.block == NULL)
        die("malloc");
    g.data = g.block + margin;
    if (!opt_exact) {
        memset(g.block, CANARY_BYTE, size + 2 * margin);
        memset(g.data, POISON, size);
    }
    return g;
}

static const char *canary_state(const struct guarded *g)
{
    if (opt_exact)
        return "none";
    for (size_t i = 0; i < CANARY; i++)
        if (g->block[i] != CANARY_BYTE || g->data[g->size + i] != CANARY_BYTE)
            return g->block[i] != CANARY_BYTE ? "before" : "after";
    return "ok";
}

/* How many bytes a call that returned @ret can have stored in @g. */
static size_t stored(ssize_t ret, const struct guarded *g)
{
    size_t len = ret > 0 ? (size_t)ret : 0;

    return len < g->size ? len : g->size;
}

static void emit_data(const char *name, const unsigned char *p, size_t len)
{
    emit("%s %zu crc %08x hex %s\n", name, len, crc32_add(0, p, len), to_hex(p, len));
}

/* Read descriptor 0 to its end: what the function under test has left there. */
static void emit_rest(void)
{
    unsigned char first[SHOWN], chunk[4096];
    size_t total = 0;
    uint32_t crc = 0;
    ssize_t n;

    while ((n = syscall(SYS_read, STDIN_FILENO, chunk, sizeof chunk)) != 0) {
        if (n == -1)
            die("read of the rest");
        for (ssize_t i = 0; i < n && total + (size_t)i < SHOWN; i++)
            first[total + (size_t)i] = chunk[i];
        total += (size_t)n;
        crc = crc32_add(crc, chunk, (size_t)n);
    }
    emit("rest %zu crc %08x hex %s\n", total, crc, to_hex(first, total));
}

static void emit_fds(void)
{
    emit("fds");
    for (int fd = 0; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            emit(" %d", fd);
    emit("\n");
}

/* @fd, or with --badfd a number nobody has open. */
static int tested_fd(int fd)
{
    int copy = opt_badfd ? dup(fd) : fd;

    if (opt_badfd && (copy == -1 || close(copy) == -1))
        die("dup");
    return copy;
}

/* Before the call under test. */
static void get_ready(void)
{
    struct sigaction sa = {.sa_handler = on_sigusr1}; /* no SA_RESTART: calls see EINTR */

    if (opt_sigusr1 && sigaction(SIGUSR1, &sa, NULL) == -1)
        die("sigaction");
    if (opt_sigusr1)
        put_all(STDERR_FILENO, "READY\n", 6);
}

/* After it: signals still on their way change nothing any more. */
static void calm_down(void)
{
    if (opt_sigusr1 && signal(SIGUSR1, SIG_IGN) == SIG_ERR)
        die("signal");
}

static void op_read_full(size_t n)
{
    struct guarded g = guarded_new(n);
    int fd = tested_fd(STDIN_FILENO), err;
    ssize_t ret;

    get_ready();
    errno = 0;
    ret = read_full(fd, g.data, n);
    err = errno;
    calm_down();
    emit("ret %zd errno %s\n", ret, errno_name(ret, err));
    emit_data("data", g.data, stored(ret, &g));
    emit("canary %s\n", canary_state(&g));
    free(g.block);
}

/* Lines of 59 letters that follow from @seed: each from the top byte of a 32 bit linear
 * congruential generator, state = state * 1664525 + 1013904223 before it. */
static void fill(unsigned char *p, size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        p[i] = (unsigned char)(i % 60 == 59 ? '\n' : 'a' + (seed >> 24) % 26);
    }
}

static void op_write_full(size_t n, uint32_t seed)
{
    struct guarded g = guarded_new(n);
    int fd = tested_fd(STDOUT_FILENO), err;
    uint32_t crc;
    ssize_t ret;

    out_fd = STDERR_FILENO;
    fill(g.data, n, seed);
    crc = crc32_add(0, g.data, n);
    get_ready();
    errno = 0;
    ret = write_full(fd, g.data, n);
    err = errno;
    calm_down();
    emit("ret %zd errno %s\n", ret, errno_name(ret, err));
    emit_data("data", g.data, n);
    emit("buffer %s\n", crc32_add(0, g.data, n) == crc ? "unchanged" : "changed");
    free(g.block);
}

static void op_read_lines(size_t cap)
{
    struct guarded g = guarded_new(cap);
    int fd = tested_fd(STDIN_FILENO);
    ssize_t ret = 1;

    get_ready();
    for (long k = 1; ret > 0 && k <= opt_lines; k++) {
        size_t len;
        int err;

        errno = 0;
        ret = read_line(fd, (char *)g.data, cap);
        err = errno;
        len = stored(ret, &g);
        emit("line %ld ret %zd errno %s nul %s canary %s crc %08x text %s\n", k, ret,
             errno_name(ret, err),
             ret >= 0 && (size_t)ret < cap && g.data[ret] == '\0' ? "yes" : "no", canary_state(&g),
             crc32_add(0, g.data, len), escaped(g.data, len));
    }
    calm_down();
    free(g.block);
}

static unsigned long number(const char *text, unsigned long max)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text == NULL ? "" : text, &end, 10);
    if (text == NULL || errno != 0 || *end != '\0' || end == text || value > max)
        usage("bad number");
    return value;
}

/* Return: the index of the first argument that is no option. */
static int take_options(char **argv)
{
    static const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--sigusr1", &opt_sigusr1},
                 {"--ignore-sigpipe", &opt_nosigpipe},
                 {"--badfd", &opt_badfd},
                 {"--exact", &opt_exact},
                 {"--fds", &opt_fds}};
    int i;

    for (i = 1; argv[i] != NULL && strncmp(argv[i], "--", 2) == 0; i++) {
        size_t k = 0, nflags = sizeof flags / sizeof flags[0];

        while (k < nflags && strcmp(argv[i], flags[k].name) != 0)
            k++;
        if (k < nflags)
            *flags[k].flag = true;
        else if (strcmp(argv[i], "--lines") == 0 && argv[i + 1] != NULL)
            opt_lines = (long)number(argv[++i], LONG_MAX);
        else
            usage("unknown option");
    }
    return i;
}

int main(int argc, char *argv[])
{
    int i = take_options(argv);
    const char *op = i < argc ? argv[i] : "";
    bool reads = strcmp(op, "write_full") != 0;

    if (opt_nosigpipe && signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        die("signal");
    if (argc - i != (reads ? 2 : 3))
        usage("wrong number of arguments");
    if (strcmp(op, "read_full") == 0)
        op_read_full(number(argv[i + 1], MAX_SIZE));
    else if (!reads)
        op_write_full(number(argv[i + 1], MAX_SIZE), (uint32_t)number(argv[i + 2], UINT32_MAX));
    else if (strcmp(op, "read_lines") == 0)
        op_read_lines(number(argv[i + 1], MAX_SIZE));
    else
        usage("unknown operation");
    if (reads)
        emit_rest();
    if (opt_sigusr1)
        emit("signals %d\n", (int)nsignals);
    if (opt_fds)
        emit_fds();
    return 0;
}
