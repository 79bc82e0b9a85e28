/* SPDX-License-Identifier: MIT */
/*
 * What the lines of a chat mean, and who is to hear what (room.h).
 *
 * Nothing is sent here: what is said is queued, and the event loop sends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

void talk_tell(struct client *c, const char *text, size_t n)
{
    /* TODO(06.9): append it to what waits for this client. */
    /* TODO(06.11): how much may wait? */
    (void)c;
    (void)text;
    (void)n;
}

void talk_take(struct client *c)
{
    /* TODO(06.9): every whole line in the buffer; what is left stays for the
     * next time. */
    /* TODO(06.9): the first line of a client is its nick: ok, taken, wrong. */
    /* TODO(06.10): every other line is for all the others. */
    (void)c;
}

void talk_leave(const struct client *c)
{
    /* TODO(06.10): tell the others, if they ever knew it. */
    (void)c;
}
