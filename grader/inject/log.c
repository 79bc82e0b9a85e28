/* SPDX-License-Identifier: MIT */
/* The call log: one line a call, one write() a line, so that lines of many processes never mix.
 *
 *     PID LABEL CALL ARG.. = RESULT[ ERRNO][ !FAULT]
 *     PID LABEL @ACTION PLACE
 *
 * Its descriptor is kept where no program looks: above the soft limit of open files, which is
 * raised for the moment of the dup; under Valgrind, which has its own there, on the last number
 * below the limit. close() and its relatives spare it. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

enum { HIGH_FD = 4000 };

/* Room for "\n" and for what stands behind the arguments is always left. */
struct line {
    char text[480];
    size_t len;
};

static void put(struct line *l, const char *s, size_t n)
{
    size_t room = sizeof l->text - 64 - l->len;

    if (l->len > sizeof l->text - 64)
        return;
    n = n < room ? n : room;
    memcpy(l->text + l->len, s, n);
    l->len += n;
}

static void put_tail(struct line *l, const char *s)
{
    for (; *s && l->len < sizeof l->text - 1; s++)
        l->text[l->len++] = *s;
}

static const char *digits(char buf[24], unsigned long v, unsigned base, bool minus)
{
    char *p = buf + 23;

    *p = '\0';
    do {
        *--p = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    if (minus)
        *--p = '-';
    return p;
}

static void put_number(struct line *l, unsigned long v, unsigned base, bool minus)
{
    char buf[24];
    const char *s = digits(buf, v, base, minus);

    put(l, s, strlen(s));
}

static void put_signed(struct line *l, long v)
{
    put_number(l, v < 0 ? 0 - (unsigned long)v : (unsigned long)v, 10, v < 0);
}

/* Quoted; what could be taken for anything else becomes \ooo. */
static void put_string(struct line *l, const char *s)
{
    if (!s) {
        put(l, "NULL", 4);
        return;
    }
    put(l, "\"", 1);
    for (size_t i = 0; i < 120 && s[i]; i++) {
        unsigned char ch = (unsigned char)s[i];
        char esc[4] = {'\\', (char)('0' + ch / 64), (char)('0' + ch / 8 % 8), (char)('0' + ch % 8)};
        bool plain = ch > ' ' && ch < 127 && ch != '"' && ch != '\\';

        put(l, plain ? s + i : esc, plain ? 1 : 4);
    }
    put(l, "\"", 1);
}

static void put_args(struct line *l, const char *fmt, va_list ap)
{
    for (; *fmt; fmt++) {
        put(l, " ", 1);
        switch (*fmt) {
        case 'd':
            put_signed(l, va_arg(ap, int));
            break;
        case 'l':
            put_signed(l, va_arg(ap, long));
            break;
        case 'u':
            put_number(l, va_arg(ap, size_t), 10, false);
            break;
        case 'o':
            put(l, "0", 1);
            put_number(l, va_arg(ap, unsigned), 8, false);
            break;
        case 's':
            put_string(l, va_arg(ap, const char *));
            break;
        case 'x':
        case 'p':
        default:
            put(l, "0x", 2);
            put_number(l, va_arg(ap, unsigned long), 16, false);
            break;
        }
    }
}

static void put_head(struct line *l, const char *what)
{
    put_signed(l, getpid());
    put(l, " ", 1);
    put(l, inj_self.label, strlen(inj_self.label));
    put(l, " ", 1);
    put(l, what, strlen(what));
}

static void write_line(struct line *l)
{
    ssize_t n;

    l->text[l->len++] = '\n';
    do
        n = inj_real.write(inj_self.log, l->text, l->len);
    while (n == -1 && errno == EINTR);
}

void inj_note(const char *what, const char *place)
{
    struct line l = {.len = 0};

    if (inj_self.log == -1)
        return;
    put_head(&l, what);
    put(&l, " ", 1);
    put(&l, place, strlen(place));
    write_line(&l);
}

bool inj_shown(const struct inj_call *c)
{
    return inj_self.log != -1 && (c->fault || inj_self.spec.trace[c->kind]);
}

/* A pointer is easier to know again in hexadecimal. */
static void put_result(struct line *l, enum inj_kind kind, long result, int error)
{
    bool pointer = kind == INJ_mmap || kind == INJ_shmat || kind == INJ_sem_open;
    bool minus = result < 0;
    char buf[24];

    put_tail(l, " = ");
    put_tail(l, pointer && !minus ? "0x" : "");
    put_tail(l, digits(buf, minus ? 0 - (unsigned long)result : (unsigned long)result,
                       pointer ? 16 : 10, minus));
    if (result == -1) {
        put_tail(l, " ");
        put_tail(l, inj_errno_name(error));
    }
}

long inj_leave(struct inj_call *c, long result, const char *fmt, ...)
{
    int saved = errno;
    struct line l = {.len = 0};
    va_list ap;

    if (result <= 0 && c->fault && strcmp(c->fault, "short") == 0)
        c->fault = NULL; /* there was nothing to be cut */
    if (inj_shown(c)) {
        put_head(&l, inj_name(c->kind));
        va_start(ap, fmt);
        put_args(&l, fmt, ap);
        va_end(ap);
        put_result(&l, c->kind, result, saved);
        if (c->fault) {
            put_tail(&l, " !");
            put_tail(&l, c->fault);
        }
        write_line(&l);
    }
    inj_act(INJ_AFTER, c);
    errno = saved;
    return result;
}

/* Is @fd the log's pipe? After an exec it may lie where the program before had put it. */
static bool is_log(int fd, uint64_t ino)
{
    struct stat st;

    return fstat(fd, &st) == 0 && (ino == 0 || st.st_ino == ino);
}

/* Return: @fd at or above @at, by way of a raised soft limit; -1 with errno. */
static int move_up(int fd, int at, struct rlimit old)
{
    struct rlimit all = {old.rlim_max, old.rlim_max};
    int to;

    if (setrlimit(RLIMIT_NOFILE, &all) == -1)
        return -1;
    to = inj_real.fcntl(fd, F_DUPFD, at);
    if (setrlimit(RLIMIT_NOFILE, &old) == -1 && to != -1) {
        inj_real.close(to);
        to = -1;
    }
    return to;
}

static bool adopt(int fd, bool must)
{
    struct rlimit lim;
    int last;

    if (getrlimit(RLIMIT_NOFILE, &lim) == -1)
        return false;
    last = lim.rlim_cur > INT_MAX ? HIGH_FD : (int)lim.rlim_cur - 1;
    if (inj_self.spec.log_ino && is_log(HIGH_FD, inj_self.spec.log_ino))
        inj_self.log = HIGH_FD; /* an exec'd program finds it where the first one put it */
    else if (inj_self.spec.log_ino && is_log(last, inj_self.spec.log_ino))
        inj_self.log = last;
    else if (is_log(fd, inj_self.spec.log_ino)) {
        inj_self.log = move_up(fd, HIGH_FD, lim);
        if (inj_self.log == -1)
            inj_self.log = inj_real.fcntl(fd, F_DUPFD, last);
        if (inj_self.log != -1 && fd > STDERR_FILENO)
            inj_real.close(fd);
    }
    return inj_self.log != -1 || !must;
}

bool inj_log_open(void)
{
    const struct inj_spec *s = &inj_self.spec;
    int fd = s->log_fd;

    if (s->log_path[0])
        fd = inj_real.open(s->log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd == -1)
        return !s->log_path[0];
    /* Passed with its inode it may be gone in an exec'd program; that one is then not logged. */
    return adopt(fd, s->log_ino == 0);
}
