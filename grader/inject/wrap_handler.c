/* SPDX-License-Identifier: MIT */
/* What a program calls inside a signal handler (only if the text says handlers=1). Its handlers
 * are reached through a trampoline that marks where on the stack they begin. A call of stdio that
 * is made further down is noted: it may have interrupted the same call, half done.
 *
 * malloc and free are not wrapped: Valgrind replaces them itself, and they are called before this
 * library is ready. */
#include "inj.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*handler_function)(int);

/* What the program asked for, each guarded by being whole before the kernel knows of it. */
static struct sigaction asked[NSIG];

/* Where this thread's outermost handler began, and for which signal; NULL = in none. */
static __thread const char *inside __attribute__((tls_model("initial-exec")));
static __thread int inside_of __attribute__((tls_model("initial-exec")));

#define UNSAFE_CALLS(X)                                                                            \
    X(vprintf)                                                                                     \
    X(vfprintf)                                                                                    \
    X(puts)                                                                                        \
    X(putchar)                                                                                     \
    X(putc)                                                                                        \
    X(fputc)                                                                                       \
    X(fputs)                                                                                       \
    X(fwrite)                                                                                      \
    X(fflush)                                                                                      \
    X(perror)                                                                                      \
    X(exit)                                                                                        \
    X(sigaction)                                                                                   \
    X(signal)                                                                                      \
    X(longjmp)                                                                                     \
    X(siglongjmp)

static struct {
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration cannot have them */
#define MEMBER(name) __typeof__(name) *name;
    UNSAFE_CALLS(MEMBER)
#undef MEMBER
} real;

static void __attribute__((constructor(101))) find_real(void)
{
    void *f;

#define FIND(name)                                                                                 \
    f = dlsym(RTLD_NEXT, #name);                                                                   \
    memcpy(&real.name, &f, sizeof f);
    UNSAFE_CALLS(FIND)
#undef FIND
}

static void note(const char *call, const void *caller)
{
    char place[64];
    const char *here = __builtin_frame_address(0);
    uintptr_t at = (uintptr_t)caller;

    if (!inside || here > inside || at < inj_self.text || at >= inj_self.text_end)
        return;
    snprintf(place, sizeof place, "%s:%d", call, inside_of);
    inj_note("@handler", place);
}
#define NOTE(call) note(#call, __builtin_return_address(0))

static void enter(int sig, siginfo_t *info, void *context)
{
    const char *outer = inside;
    int outer_of = inside_of;

    if (!outer) {
        inside = __builtin_frame_address(0);
        inside_of = sig;
    }
    if (asked[sig].sa_flags & SA_SIGINFO)
        asked[sig].sa_sigaction(sig, info, context);
    else
        asked[sig].sa_handler(sig);
    inside = outer;
    inside_of = outer_of;
}

static bool is_function(const struct sigaction *act)
{
    return act->sa_handler != SIG_DFL && act->sa_handler != SIG_IGN;
}

INJ_EXPORT int sigaction(int sig, const struct sigaction *restrict act,
                         struct sigaction *restrict old)
{
    struct sigaction before, ours;
    bool watched = inj_self.active && inj_self.spec.handlers && sig > 0 && sig < NSIG;

    if (!watched)
        return real.sigaction(sig, act, old);
    before = asked[sig];
    if (act && is_function(act)) {
        ours = *act;
        ours.sa_flags |= SA_SIGINFO;
        ours.sa_sigaction = enter;
        asked[sig] = *act;
        act = &ours;
    }
    if (real.sigaction(sig, act, old) == -1) {
        asked[sig] = before;
        return -1;
    }
    if (old && (old->sa_flags & SA_SIGINFO) && old->sa_sigaction == enter) {
        *old = before;
    }
    return 0;
}

/* glibc's own signal() does not come by here: the same, made of sigaction(). */
INJ_EXPORT handler_function signal(int sig, handler_function handler)
{
    struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

    if (!inj_self.active || !inj_self.spec.handlers)
        return real.signal(sig, handler);
    sigemptyset(&act.sa_mask);
    sigaddset(&act.sa_mask, sig);
    return sigaction(sig, &act, &old) == -1 ? SIG_ERR : old.sa_handler;
}

/* Out of the handler for good. */
INJ_EXPORT _Noreturn void siglongjmp(sigjmp_buf env, int value)
{
    inside = NULL;
    real.siglongjmp(env, value);
    __builtin_unreachable();
}

INJ_EXPORT _Noreturn void longjmp(jmp_buf env, int value)
{
    inside = NULL;
    real.longjmp(env, value);
    __builtin_unreachable();
}

INJ_EXPORT int printf(const char *fmt, ...)
{
    va_list ap;
    int n;

    NOTE(printf);
    va_start(ap, fmt);
    n = real.vprintf(fmt, ap);
    va_end(ap);
    return n;
}

INJ_EXPORT int fprintf(FILE *f, const char *fmt, ...)
{
    va_list ap;
    int n;

    NOTE(fprintf);
    va_start(ap, fmt);
    n = real.vfprintf(f, fmt, ap);
    va_end(ap);
    return n;
}

INJ_EXPORT int puts(const char *s)
{
    NOTE(puts);
    return real.puts(s);
}

INJ_EXPORT int putchar(int c)
{
    NOTE(putchar);
    return real.putchar(c);
}

INJ_EXPORT int putc(int c, FILE *f)
{
    NOTE(putc);
    return real.putc(c, f);
}

INJ_EXPORT int fputc(int c, FILE *f)
{
    NOTE(fputc);
    return real.fputc(c, f);
}

INJ_EXPORT int fputs(const char *s, FILE *f)
{
    NOTE(fputs);
    return real.fputs(s, f);
}

INJ_EXPORT size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
    NOTE(fwrite);
    return real.fwrite(p, size, n, f);
}

INJ_EXPORT int fflush(FILE *f)
{
    NOTE(fflush);
    return real.fflush(f);
}

INJ_EXPORT void perror(const char *s)
{
    NOTE(perror);
    real.perror(s);
}

INJ_EXPORT _Noreturn void exit(int status)
{
    NOTE(exit);
    real.exit(status);
    __builtin_unreachable();
}
