/* SPDX-License-Identifier: MIT */
/* The open descriptors of one process, as facts. */
#include "gr_io.h"
#include "warden.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int fds_send(struct warden *w, pid_t pid)
{
    char path[64], target[256];
    struct dirent *e;
    DIR *d;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    d = opendir(path);
    if (!d)
        return errno == ENOENT ? ESRCH : errno;
    while ((e = readdir(d))) {
        struct gr_fact f = {.kind = GR_FACT_FD, .pid = pid};

        if (e->d_name[0] == '.')
            continue;
        f.a = atoi(e->d_name);
        if (!proc_fd_target(pid, (int)f.a, target, sizeof target))
            continue;
        snprintf(f.text, sizeof f.text, "%s", target);
        say_fact(w, GR_REP_FACT, &f);
    }
    closedir(d);
    return 0;
}
