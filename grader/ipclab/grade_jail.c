/* SPDX-License-Identifier: MIT */
/*
 * Purpose: run the compiler over a student's sources where it can read nothing else. A source can
 * #include any file the compiler may open, so the compiler is in a jail like the program later.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_jail.h"
#include "grade.h"

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

static void limit(int what, rlim_t soft, rlim_t hard)
{
    const struct rlimit r = {soft, hard};

    if (setrlimit((__rlimit_resource_t)what, &r) == -1)
        _exit(125);
}

long compile_seconds(const struct grade *g)
{
    double s = 20 * g->res.time_scale;

    return s < 1 ? 1 : (long)s;
}

static void limit_compiler(const struct grade *g)
{
    rlim_t cpu = (rlim_t)compile_seconds(g), as = COMPILER_BYTES, file = MAX_BINARY;

    limit(RLIMIT_CPU, cpu, cpu + 1); /* SIGXCPU comes first: SIGKILL could be anything */
    limit(RLIMIT_AS, as, as);
    limit(RLIMIT_FSIZE, file, file);
    limit(RLIMIT_CORE, 0, 0);
}

_Noreturn void compile_in_jail(const struct grade *g, size_t obj, const char *cwd,
                               char *const argv[])
{
    char *src = gr_xasprintf("%s/src", g->run), *inc = gr_xasprintf("%s/inc", g->run);
    char *drv = gr_xasprintf("%s/drv", g->run), *out = gr_xasprintf("%s/obj/%zu", g->run, obj);
    const struct gr_bind binds[] = {{src, "/lab/src", false},
                                    {inc, "/lab/inc", false},
                                    {drv, "/lab/drv", false},
                                    {out, "/lab/obj", true}};
    struct gr_jail jail = {.backend = g->bwrap ? GR_JAIL_BWRAP : GR_JAIL_NONE,
                           .binds = binds,
                           .nbinds = sizeof binds / sizeof *binds,
                           .cwd = tool_path(g, cwd, obj, ""),
                           .tmp_bytes = (size_t)256 << 20,
                           .env = clean_env};

    limit_compiler(g);
    gr_jail_exec(&jail, (const char *const *)(uintptr_t)argv);
}

bool bwrap_works(char **why)
{
    char said[300];
    bool works = gr_jail_probe(said, sizeof said);

    *why = gr_xstrdup(*said ? said : "it gave no reason");
    return works;
}
