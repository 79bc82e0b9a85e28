/* SPDX-License-Identifier: MIT */
/* One program at rest: held, asleep or ended. The warden answers when it sees it asleep; the call
 * log tells when it is held. */
#include "gr_rest.h"

#include <errno.h>
#include <string.h>

enum { LOOKS = 3, PUMP_MS = 100 };

static bool is_held(const struct gr_proc *p)
{
    struct gr_call c;
    long held = 0;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, NULL, &c);)
        if (c.pid == p->pid)
            held += strcmp(c.name, "@stop") == 0 ? 1 : strcmp(c.name, "@on") == 0 ? -1 : 0;
    return held > 0;
}

static bool at_rest(const struct gr_proc *p)
{
    return p->ended || p->scene->blocked_seen || is_held(p);
}

/* Tell the warden; it must not take those who are held for a deadlock. */
static void ask(struct gr_proc *p)
{
    const struct gr_order look = {
        .type = GR_REQ_BLOCKED, .pid = p->pid, .value = GR_ANY_CALL, .a = -1};
    const struct gr_order calm = {.type = GR_REQ_WATCH, .value = GR_WATCH_LIMITS};
    struct gr_scene *s = p->scene;

    s->blocked_seen = false;
    s->watch = GR_WATCH_LIMITS;
    if (gr_scene_tell(s, calm) == -1 || gr_scene_tell(s, look) == -1)
        gr_scene_stop(s, GR_STOP_INFRA, "the warden does not listen: %s", strerror(errno));
}

enum gr_rest gr_wait_rest(struct gr_proc *p)
{
    struct gr_scene *s = p->scene;

    for (int look = 0; look < LOOKS && s->stop == GR_GO && !p->ended && !is_held(p); look++) {
        ask(p);
        while (s->stop == GR_GO && !at_rest(p))
            gr_scene_pump(s, PUMP_MS);
    }
    if (s->stop != GR_GO)
        return GR_REST_NONE;
    if (p->ended)
        return GR_REST_ENDED;
    return is_held(p) ? GR_REST_HELD : GR_REST_ASLEEP;
}
