/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_TEXT_H
#define IG_TEXT_H

/* What the functions of libc for text touch, whatever their code loads. */
enum ig_text {
    IG_TEXT_FILTER, /* no text: asks for the access filter */
    IG_TEXT_OVER,   /* the function is about to return */
    IG_TEXT_LENGTH,
    IG_TEXT_LENGTH_TO,
    IG_TEXT_FIND,
    IG_TEXT_FIND_BYTE,
    IG_TEXT_FIND_LAST,
    IG_TEXT_FIND_RAW,
    IG_TEXT_BYTES, /* all of both */
    IG_TEXT_COMPARE,
    IG_TEXT_COMPARE_TO,
    IG_TEXT_FOLDED,
    IG_TEXT_FOLDED_TO,
    IG_TEXT_COPY,
    IG_TEXT_COPY_TO,
    IG_TEXT_APPEND,
    IG_TEXT_APPEND_TO,
    IG_TEXT_SEARCH,
    IG_TEXT_NONE_OF,
    IG_TEXT_ALL_OF,
    IG_WIDE_LENGTH,
    IG_WIDE_LENGTH_TO,
    IG_WIDE_FIND,
    IG_WIDE_FIND_UNIT,
    IG_WIDE_COMPARE,
    IG_WIDE_COMPARE_TO,
    IG_WIDE_BYTES,
};

#ifndef IG_PRELOAD
#include "pub_tool_basics.h"

/* Thread @tid calls the function with these arguments. */
void ig_text(ThreadId tid, enum ig_text what, UWord a, UWord b, UWord c);
#endif
#endif
