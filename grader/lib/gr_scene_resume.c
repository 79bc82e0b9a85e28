/* SPDX-License-Identifier: MIT */
/* Letting go a process that the injection library holds at a place. */
#include "gr_scene.h"

#include <signal.h>

/* How often process @pid was held (@stop) or let go (@on). */
static size_t count_of(const struct gr_scene *s, const char *what, int pid)
{
    struct gr_call c;
    size_t n = 0;

    for (size_t at = 0; gr_calls_next(&s->calls, &at, what, &c);)
        n += c.pid == pid;
    return n;
}

/* The letter of @pid's state as in /proc/PID/stat, 0 if it is gone. What it wrote before has been
 * read then. */
static int state_of(struct gr_scene *s, int pid)
{
    int error = gr_scene_order(s, (struct gr_order){.type = GR_REQ_STATE, .pid = pid});
    int state = error ? 0 : (int)s->reply->a;

    gr_scene_pump(s, 0);
    return state;
}

/* The line of a stop is written just before the stop, so that a SIGCONT may come too early and be
 * lost; and one that comes too late may end the next stop. It is sent to a process that stands
 * still and has not said yet that it went on. */
bool gr_resume(struct gr_scene *s, int pid)
{
    size_t stops = count_of(s, "@stop", pid);
    int state = 'R';

    while (s->stop == GR_GO && count_of(s, "@on", pid) < stops && state != 0 && state != 'Z') {
        state = state_of(s, pid);
        if (count_of(s, "@on", pid) >= stops)
            break;
        if (state == 'T')
            gr_scene_order(s,
                           (struct gr_order){.type = GR_REQ_SIGNAL, .pid = pid, .value = SIGCONT});
        else
            gr_scene_pump(s, 1);
    }
    return count_of(s, "@on", pid) >= stops; /* it may have gone on, and ended, meanwhile */
}
