/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event log: the program makes the file and its first line, the tool appends the events. */
#include "prog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int first_line(int fd, uint32_t seed)
{
    return dprintf(fd, "{\"n\":0,\"event\":\"session\",\"schema\":1,\"seed\":%u}\n", seed) < 0 ? -1
                                                                                               : 0;
}

int trace_begin(const struct session *s, const struct options *o, uint32_t seed)
{
    char path[PATH_MAX];
    if (!o->trace)
        return 0;
    if (s->head->trace[0]) {
        say("--trace=%s: the session has a log already, %s; leave the option out here", o->trace,
            s->head->trace);
        return -1;
    }
    int fd = open(o->trace, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int bad = fd < 0 || first_line(fd, seed) != 0 || !realpath(o->trace, path);
    if (bad)
        say("--trace=%s: %s; give a file that can be written", o->trace, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (!bad)
        snprintf(s->head->trace, sizeof(s->head->trace), "%s", path);
    return bad ? -1 : 0;
}

void trace_end(const struct session *s)
{
    unsigned long lost = (unsigned long)s->head->events_lost;
    if (lost)
        say("%lu events are missing in %s: it could not be written", lost, s->head->trace);
}
