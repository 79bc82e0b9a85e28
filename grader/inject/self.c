/* SPDX-License-Identifier: MIT */
/* Who this process is: decided once, before main and before any thread. One of the student's
 * programs (its file lies in the folder the text names) is active; anything else, an exec'd `cat`
 * for example, only carries the library along and is left alone. */
#include "inj.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inj_real inj_real;
struct inj_self inj_self;

/* In the child the count of the parent's forks must be this thread's own. */
static __thread unsigned fork_number __attribute__((tls_model("initial-exec")));

uint64_t inj_mix(uint64_t a, uint64_t b)
{
    uint64_t z = a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2));

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Old versions of these three live on in libc; dlsym() alone may find them. */
static void *versioned(const char *name)
{
    static const char *const renewed[][2] = {{"pthread_cond_wait", "GLIBC_2.3.2"},
                                             {"pthread_cond_timedwait", "GLIBC_2.3.2"},
                                             {"shmctl", "GLIBC_2.2.5"}};

    for (size_t i = 0; i < 3; i++)
        if (strcmp(name, renewed[i][0]) == 0)
            return dlvsym(RTLD_NEXT, name, renewed[i][1]);
    return NULL;
}

static void *real_function(const char *name)
{
    void *f = versioned(name);

    return f ? f : dlsym(RTLD_NEXT, name);
}

static void find_real(void)
{
    void *f;

/* ISO C knows no way from an object pointer to a function; POSIX promises that the bytes do. */
#define INJ_FIND(name)                                                                             \
    f = real_function(#name);                                                                      \
    memcpy(&inj_real.name, &f, sizeof f);
    INJ_CALLS(INJ_FIND)
#undef INJ_FIND
}

/* The first object is the program; its segments bound the call sites that count. */
static int program_range(struct dl_phdr_info *info, size_t size, void *unused)
{
    uintptr_t end = 0;

    (void)size;
    (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

        if (ph->p_type == PT_LOAD && ph->p_vaddr + ph->p_memsz > end)
            end = ph->p_vaddr + ph->p_memsz;
    }
    inj_self.text = info->dlpi_addr;
    inj_self.text_end = info->dlpi_addr + end;
    return 1;
}

static void say(const char *why, const char *at)
{
    char line[256];
    size_t len = strcspn(at, ";");
    int n =
        snprintf(line, sizeof line, "gr_inject: %s: %.*s\n", why, (int)(len < 128 ? len : 128), at);

    if (inj_real.write(STDERR_FILENO, line, (size_t)n) != n)
        _exit(INJ_EXIT); /* nobody hears it: the status alone must say it */
    _exit(INJ_EXIT);
}

/* The folder a program lies in, its own name behind it. */
static bool is_students(const char *exe, const char *bin)
{
    size_t n = strlen(bin);

    while (n > 1 && bin[n - 1] == '/')
        n--;
    return strncmp(exe, bin, n) == 0 && exe[n] == '/';
}

static void before_fork(void)
{
    fork_number = __atomic_add_fetch(&inj_self.forks, 1, __ATOMIC_RELAXED);
}

static void in_child(void)
{
    char old[INJ_WORD];
    int n;

    memcpy(old, inj_self.label, sizeof old);
    n = snprintf(inj_self.label, sizeof inj_self.label, "%s.%u", old, fork_number);
    inj_self.id = inj_mix(inj_self.id, fork_number);
    if (n >= (int)sizeof inj_self.label) /* a long chain: its hash is as good a name */
        snprintf(inj_self.label, sizeof inj_self.label, "%u~%08x", inj_self.spec.proc,
                 (unsigned)inj_self.id);
    __atomic_exchange_n(&inj_self.forks, 0, __ATOMIC_RELAXED);
    __atomic_exchange_n(&inj_self.uid_asked, 0, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < inj_self.spec.nrules; i++)
        __atomic_exchange_n(&inj_self.spec.rule[i].seen, 0, __ATOMIC_RELAXED);
}

static void identify(const char *exe)
{
    const char *base = strrchr(exe, '/');
    uint64_t id = inj_self.spec.seed;

    for (base = base ? base + 1 : exe; *base; base++)
        id = inj_mix(id, (unsigned char)*base);
    inj_self.id = inj_mix(id, inj_self.spec.proc);
    snprintf(inj_self.label, sizeof inj_self.label, "%u", inj_self.spec.proc);
}

static void __attribute__((constructor)) begin(void)
{
    const char *text = getenv("IPCLAB_INJECT"), *at = "", *why, *bin;
    char exe[1024];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    find_real();
    inj_self.log = -1;
    if (!text || n <= 0)
        return;
    exe[n] = '\0';
    /* A bad text is the item's fault: say so in the student's programs, where it is looked at. */
    why = inj_parse(&inj_self.spec, text, &at);
    bin = inj_self.spec.bin;
    if (why)
        say(why, at);
    if (!is_students(exe, bin))
        return;
    dl_iterate_phdr(program_range, NULL);
    identify(exe);
    if (!inj_log_open())
        say("cannot use the log", text);
    if (pthread_atfork(before_fork, NULL, in_child) != 0)
        say("pthread_atfork", text);
    inj_self.active = true;
}
