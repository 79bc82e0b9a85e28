/* SPDX-License-Identifier: MIT */
/**
 * Where a program comes to rest while others are held: at a place of its own, asleep, or ended.
 *
 * gr_wait_still() waits for all of the jail, and a program that looks again every millisecond never
 * is still. This waits for one program, and takes its short sleeps for what they are: waiting.
 */
#ifndef GR_REST_H
#define GR_REST_H

#include "gr_scene.h"

enum gr_rest {
    GR_REST_NONE,   /* a limit came first: scene->stop says which */
    GR_REST_HELD,   /* a stop= rule holds it */
    GR_REST_ASLEEP, /* it sleeps in a system call, and did so three times we looked */
    GR_REST_ENDED,
};

/** Wait until the process @p itself (not its children) has come to rest. Return: where. */
enum gr_rest gr_wait_rest(struct gr_proc *p);

#endif
