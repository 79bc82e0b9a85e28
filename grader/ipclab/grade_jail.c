/* SPDX-License-Identifier: MIT */
/*
 * Purpose: run the compiler over a student's sources where it can read nothing else. A source can
 * #include any file the compiler may open, so the compiler is in a jail like the program later.
 */
#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "grade.h"

enum { JAIL_ID = 65520 };

static const char *const clean_env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TMPDIR=/tmp", NULL};

char *tool_path(const struct grade *g, const char *what, size_t obj, const char *name)
{
    const char *slash = *name ? "/" : "";

    if (g->bwrap)
        return gr_xasprintf("/lab/%s%s%s", what, slash, name);
    if (strcmp(what, "obj") == 0)
        return gr_xasprintf("%s/obj/%zu%s%s", g->run, obj, slash, name);
    return gr_xasprintf("%s/%s%s%s", g->run, what, slash, name);
}

static void limit(int what, rlim_t value)
{
    const struct rlimit r = {value, value};

    if (setrlimit((__rlimit_resource_t)what, &r) == -1)
        _exit(125);
}

static void limit_compiler(void)
{
    limit(RLIMIT_CPU, 20);
    limit(RLIMIT_AS, (rlim_t)2 << 30);
    limit(RLIMIT_FSIZE, (rlim_t)MAX_BINARY);
    limit(RLIMIT_CORE, 0);
}

/* A namespace made by root would leave its owner root outside; so root stops being root first. */
static void drop_root(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setresgid(JAIL_ID, JAIL_ID, JAIL_ID) == -1 ||
                           setresuid(JAIL_ID, JAIL_ID, JAIL_ID) == -1))
        _exit(125);
}

static _Noreturn void become(const char *file, const char *const *argv)
{
    execve(file, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)clean_env);
    dprintf(STDERR_FILENO, "bwrap: cannot start %s: %s\n", file, strerror(errno));
    _exit(125);
}

static const char *const system_args[] = {"/usr/bin/bwrap",
                                          "--unshare-all",
                                          "--die-with-parent",
                                          "--new-session",
                                          "--cap-drop",
                                          "ALL",
                                          "--ro-bind",
                                          "/usr",
                                          "/usr",
                                          "--symlink",
                                          "usr/lib",
                                          "/lib",
                                          "--symlink",
                                          "usr/lib64",
                                          "/lib64",
                                          "--symlink",
                                          "usr/bin",
                                          "/bin",
                                          "--ro-bind-try",
                                          "/etc/alternatives",
                                          "/etc/alternatives",
                                          "--ro-bind-try",
                                          "/etc/ld.so.cache",
                                          "/etc/ld.so.cache",
                                          "--proc",
                                          "/proc",
                                          "--dev",
                                          "/dev",
                                          "--size",
                                          "268435456",
                                          "--tmpfs",
                                          "/tmp"};

enum { NSYSTEM = sizeof(system_args) / sizeof(system_args[0]), MAX_ARGS = 128 };

struct args {
    const char *v[MAX_ARGS];
    size_t n;
};

static void add(struct args *a, const char *s)
{
    if (a->n + 1 >= MAX_ARGS)
        _exit(125);
    a->v[a->n++] = s;
    a->v[a->n] = NULL;
}

static void add_bind(struct args *a, const char *how, char *host, const char *inside)
{
    add(a, how);
    add(a, host);
    add(a, inside);
}

void compile_in_jail(const struct grade *g, size_t obj, const char *cwd, char *const argv[])
{
    struct args a = {.n = 0};

    limit_compiler();
    drop_root();
    if (!g->bwrap) {
        char *host = gr_xasprintf("%s/%s", g->run, cwd);

        if (chdir(host) == -1)
            _exit(125);
        become(argv[0], (const char *const *)(uintptr_t)argv);
    }
    for (size_t i = 0; i < NSYSTEM; i++)
        add(&a, system_args[i]);
    add_bind(&a, "--ro-bind", gr_xasprintf("%s/src", g->run), "/lab/src");
    add_bind(&a, "--ro-bind", gr_xasprintf("%s/inc", g->run), "/lab/inc");
    add_bind(&a, "--ro-bind", gr_xasprintf("%s/drv", g->run), "/lab/drv");
    add_bind(&a, "--bind", gr_xasprintf("%s/obj/%zu", g->run, obj), "/lab/obj");
    add(&a, "--chdir");
    add(&a, gr_xasprintf("/lab/%s", cwd));
    add(&a, "--");
    for (size_t i = 0; argv[i]; i++)
        add(&a, argv[i]);
    become(a.v[0], a.v);
}

struct probe {
    bool asked, works;
    char *why;
};

static int probe_next(void *ctx)
{
    struct probe *p = ctx;
    bool first = !p->asked;

    p->asked = true;
    return first ? 0 : -1;
}

static void probe_child(void *ctx, int index, int slot)
{
    struct args a = {.n = 0};

    (void)ctx;
    (void)index;
    (void)slot;
    drop_root();
    for (size_t i = 0; i < NSYSTEM; i++)
        add(&a, system_args[i]);
    add(&a, "--");
    add(&a, "/usr/bin/true");
    become(a.v[0], a.v);
}

static void probe_ended(void *ctx, const struct pool_child *c)
{
    struct probe *p = ctx;
    size_t len;

    p->works = c->status == 0;
    p->why = pool_text(&c->out, &len);
    p->why[strcspn(p->why, "\n")] = '\0';
}

bool bwrap_works(struct grade *g, char **why)
{
    static const struct pool_ops ops = {
        .next = probe_next, .child = probe_child, .ended = probe_ended, .wall_ms = 30000};
    struct probe p = {.works = false};

    if (pool_run(&g->pool, &ops, &p, 1) == -1)
        p.works = false;
    *why = p.why && *p.why ? p.why : gr_xstrdup("it gave no reason");
    if (p.why != *why)
        free(p.why);
    return p.works;
}
