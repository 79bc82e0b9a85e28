/* SPDX-License-Identifier: MIT */
/**
 * One scene a test: opened on one of the two backends, and closed with the proof that it left
 * nothing.
 *
 *  1. scene_begin() first; return from the test when it says that there is no such backend here.
 *  2. Work with `s`.
 *  3. scene_end(), or scene_end_as() where the scene must have stopped for a reason.
 */
#ifndef SCENE_FIXTURE_H
#define SCENE_FIXTURE_H

#include "scene_util.h"

static struct host before;
static struct gr_place place;
static struct gr_scene *s;

/** Open a scene with @cpu_ms of processor time on backend @i. Return: false if it is not here. */
static inline bool scene_begin(int i, long cpu_ms)
{
    if (i == GR_JAIL_BWRAP && world.why[0] != '\0')
        return false;
    host_look(&before);
    place = world_place((enum gr_backend)i);
    s = gr_scene_open(&place, cpu_ms);
    ck_assert_msg(s->stop == GR_GO, "%s", s->trouble);
    return true;
}

/** Close it; the machine must be as before. */
static inline void scene_end(void)
{
    gr_scene_close(s);
    world_clean();
    host_same(&before, "scene");
}

/** The same, for a scene that stopped because of @stop. */
static inline void scene_end_as(enum gr_stop stop)
{
    ck_assert_msg(s->stop == stop, "stop is %d: %s", (int)s->stop, s->trouble);
    scene_end();
}

#endif
