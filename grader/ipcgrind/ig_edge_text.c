/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No edge: functions of libc that look for the end of a text load 16 or 32 bytes at a time, and so
 * more than the text, which is harmless and no access of the program. What they load and store is
 * not looked at; what they are for is, as one access to each text. See ig_text.c. */
#include "ig_edge.h"
#include "ig_request.h"
#include "ig_text.h"

enum { LETTER = 'x' };

#ifdef IG_PRELOAD
/* One byte per MiB, not 0 where shared memory may lie; NULL when nobody listens. */
static const unsigned char *filter;

static int may_be_shared(long a)
{
    unsigned long mib = (unsigned long)a >> IG_FILTER_SHIFT;
    return filter[mib & (IG_FILTER_SIZE - 1)] | filter[(mib + 1) & (IG_FILTER_SIZE - 1)];
}

__attribute__((constructor)) static void ask(void)
{
    filter = (const unsigned char *)IG_ASK(LETTER, IG_TEXT_FILTER, 0, 0, 0);
}

static inline __attribute__((always_inline)) long text(OrigFn fn, long a, long b, long c, long d,
                                                       int op)
{
    long result;
    int watched = filter && (may_be_shared(a) || may_be_shared(b));
    if (watched)
        IG_ASK(LETTER, op | IG_ENTER, a, b, c);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    if (watched)
        IG_ASK(LETTER, IG_TEXT_OVER | IG_LEAVE, 0, 0, 0);
    return result;
}

#define WRAP_TEXT(name, op)                                                                        \
    static long wrap_##name(OrigFn fn, long a, long b, long c, long d)                             \
    {                                                                                              \
        return text(fn, a, b, c, d, op);                                                           \
    }                                                                                              \
    IG_WRAP(name, wrap_##name)

WRAP_TEXT(strlen, IG_TEXT_LENGTH)
WRAP_TEXT(strnlen, IG_TEXT_LENGTH_TO)
WRAP_TEXT(strchr, IG_TEXT_FIND)
WRAP_TEXT(strchrnul, IG_TEXT_FIND)
WRAP_TEXT(strrchr, IG_TEXT_LENGTH)
WRAP_TEXT(memchr, IG_TEXT_FIND_BYTE)
WRAP_TEXT(memrchr, IG_TEXT_FIND_LAST)
WRAP_TEXT(rawmemchr, IG_TEXT_FIND_RAW)
WRAP_TEXT(memcmp, IG_TEXT_BYTES)
WRAP_TEXT(bcmp, IG_TEXT_BYTES)
WRAP_TEXT(strcmp, IG_TEXT_COMPARE)
WRAP_TEXT(strncmp, IG_TEXT_COMPARE_TO)
WRAP_TEXT(strcasecmp, IG_TEXT_FOLDED)
WRAP_TEXT(strcasecmp_l, IG_TEXT_FOLDED)
WRAP_TEXT(strncasecmp, IG_TEXT_FOLDED_TO)
WRAP_TEXT(strncasecmp_l, IG_TEXT_FOLDED_TO)
WRAP_TEXT(strcpy, IG_TEXT_COPY)
WRAP_TEXT(stpcpy, IG_TEXT_COPY)
WRAP_TEXT(strncpy, IG_TEXT_COPY_TO)
WRAP_TEXT(stpncpy, IG_TEXT_COPY_TO)
WRAP_TEXT(strcat, IG_TEXT_APPEND)
WRAP_TEXT(strncat, IG_TEXT_APPEND_TO)
WRAP_TEXT(strstr, IG_TEXT_SEARCH)
WRAP_TEXT(strcspn, IG_TEXT_NONE_OF)
WRAP_TEXT(strpbrk, IG_TEXT_NONE_OF)
WRAP_TEXT(strspn, IG_TEXT_ALL_OF)
WRAP_TEXT(wcslen, IG_WIDE_LENGTH)
WRAP_TEXT(wcsnlen, IG_WIDE_LENGTH_TO)
WRAP_TEXT(wcschr, IG_WIDE_FIND)
WRAP_TEXT(wcsrchr, IG_WIDE_LENGTH)
WRAP_TEXT(wmemchr, IG_WIDE_FIND_UNIT)
WRAP_TEXT(wcscmp, IG_WIDE_COMPARE)
WRAP_TEXT(wcsncmp, IG_WIDE_COMPARE_TO)
WRAP_TEXT(wmemcmp, IG_WIDE_BYTES)
#else
#include "ig_object.h"
#include "ig_task.h"

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (op == IG_TEXT_FILTER)
        return (UWord)ig_filter;
    /* one function of libc may call another: the outer one has told all */
    if (op != IG_TEXT_OVER && ig_thread(tid)->ignore == 1)
        ig_text(tid, (enum ig_text)op, args[0], args[1], args[2]);
    return 0;
}

static const struct ig_edge text = {.name = "text", .letter = LETTER, .request = request};
IG_EDGE(text);
#endif
