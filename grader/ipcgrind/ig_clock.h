/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_CLOCK_H
#define IG_CLOCK_H

/**
 * Vector clocks in the session. A clock is reached through a reference that its owner holds
 * (`ig_ref *slot`), because growing moves it. Callers serialise the changes of one clock; reading
 * a clock that its task still changes gives an older value, never a wrong one.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/* Entry of @task, 0 when it has none. */
UInt ig_vc_get(ig_ref vc, UInt task);

/* Set the entry of @task. False when the session has no room. */
Bool ig_vc_set(ig_ref *slot, UInt task, UInt clock);

/* *@slot becomes the maximum of itself and @from. */
void ig_vc_join(ig_ref *slot, ig_ref from);

/* *@slot becomes a copy of @from; its room is used again. */
void ig_vc_copy(ig_ref *slot, ig_ref from);

#endif
