/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No edge: tells Valgrind, before the program begins, where the functions are that IG_WRAP wraps.
 */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'w' };
enum { WRAPS = 1 };

#ifdef IG_PRELOAD
/* The linker sets these around the section that IG_WRAP fills. */
extern struct ig_wrap __start_ig_wraps[] __attribute__((visibility("hidden")));
extern struct ig_wrap __stop_ig_wraps[] __attribute__((visibility("hidden")));

__attribute__((constructor)) static void tell(void)
{
    for (struct ig_wrap *w = __start_ig_wraps; w < __stop_ig_wraps; w++)
        IG_ASK(LETTER, WRAPS, w->name, w->real, 0);
}
#else
#include "ig_vgcore.h"

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (args[1])
        VG_(redir_add_ifunc_target)(args[0], args[1]);
    return 0;
}

static const struct ig_edge wrap = {.name = "wrap", .letter = LETTER, .request = request};
IG_EDGE(wrap);
#endif
