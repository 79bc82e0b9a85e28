/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No edge: time orders nothing. Whoever slept and then met a race is told so. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_task.h"
#include "pub_tool_vkiscnums.h" // __NR_nanosleep

static void after_sleep(ThreadId tid, UWord *args, SysRes res)
{
    ig_me(tid)->slept = 1;
}

static const struct ig_call calls[] = {
    {.number = __NR_nanosleep, .post = after_sleep},
    {.number = __NR_clock_nanosleep, .post = after_sleep},
    {.number = 0},
};
static const struct ig_edge sleep_edge = {.name = "sleep", .calls = calls};
IG_EDGE(sleep_edge);
#endif
