/* SPDX-License-Identifier: MIT */
/**
 * Where student code runs.
 *
 * A jail is a set of namespaces (user, pid, ipc, mount, net, uts, cgroup) around one program:
 * the warden, or the compiler. What is in it dies with it.
 *
 *  1. Ask gr_jail_probe() once which backend works here.
 *  2. Fill a struct gr_jail: backend, what is mounted where, the program's environment.
 *  3. fork(); in the child arrange descriptors (whatever is not close-on-exec goes in) and call
 *     gr_jail_exec(), which does not return.
 *
 * Backends: `bwrap` (bubblewrap, unprivileged user namespaces); `none` (no isolation, for
 * laptops that forbid namespaces: said aloud in the result). A third, `uid`, will be another
 * case of gr_jail_exec(); nothing outside this file asks which one it is, except for paths.
 *
 * Started as root, the jail first becomes an unprivileged user: a namespace made by root would
 * leave its owner's kernel identity root, and files in /proc/sys writable.
 */
#ifndef GR_JAIL_H
#define GR_JAIL_H

#include <stdbool.h>
#include <stddef.h>

enum gr_backend { GR_JAIL_BWRAP, GR_JAIL_NONE };

struct gr_bind {
    const char *host;
    const char *inside;
    bool writable;
};

struct gr_jail {
    enum gr_backend backend;
    const struct gr_bind *binds;
    size_t nbinds;
    const char *cwd;        /* inside; must exist there */
    size_t tmp_bytes;       /* size of each private tmpfs: /tmp, /work, /dev/shm */
    int slot;               /* 0..23: which unprivileged user, when started as root */
    const char *const *env; /* "NAME=value", NULL at the end: all the program gets */
};

/** The unprivileged user (and group) of slot @slot when the grader runs as root. */
unsigned gr_jail_uid(int slot);

/**
 * Become the jail's user and @argv[0] inside the jail. Only for a fork()ed child.
 * Does not return: exits 125 after one line on stderr when it cannot.
 */
_Noreturn void gr_jail_exec(const struct gr_jail *j, const char *const argv[]);

/**
 * Try the bwrap backend with a program that does nothing.
 * Return: true if it works here; else false with one line of reason in @why.
 */
bool gr_jail_probe(char *why, size_t len);

/**
 * End all children of this process, and theirs, which come to it as they lose their parents (it
 * must be a subreaper to have them): what a warden that was killed left with backend none, what a
 * suite that is over left in the pool. Blocks until none is left, at most 5 s.
 */
void gr_jail_sweep(void);

const char *gr_backend_name(enum gr_backend b);

#endif
