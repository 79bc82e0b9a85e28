/* SPDX-License-Identifier: MIT */
/**
 * Stack frames of a Memcheck record: shortened for a person, and the line to look at picked out.
 *
 * A frame reads "   at 0x109235: use (a.c:8)" or "   by 0x48417B4: malloc (in /usr/lib/x.so)".
 * Where the libc's debug symbols are installed its frames have lines as well (printf.c:33), and a
 * student may call a file write.c, as glibc does. The address tells them apart: Valgrind loads
 * the main executable below 64 MiB, the loader and all libraries above.
 */
#include "gr_vg_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned long long main_exe_end = 0x4000000;

bool gr_vg_is_frame(const char *s)
{
    return strncmp(s, "   at 0x", 8) == 0 || strncmp(s, "   by 0x", 8) == 0;
}

static bool is_source(const struct gr_vg *v, const char *file, size_t len)
{
    for (size_t i = 0; i < v->nsources; i++)
        if (strlen(v->sources[i]) == len && memcmp(v->sources[i], file, len) == 0)
            return true;
    return v->nsources == 0;
}

/* @loc is "a.c:8)". The innermost line of the student wins; one in the main executable wins over
 * one that only has the right name. */
static void consider_place(const struct gr_vg *v, struct gr_vg_rec *r, unsigned long long addr,
                           const char *loc)
{
    const char *colon = strrchr(loc, ':');
    bool sure = addr < main_exe_end;

    if (r->place_sure || (r->place[0] != '\0' && !sure) || (!sure && v->nsources == 0))
        return;
    if (!is_source(v, loc, (size_t)(colon - loc)))
        return;
    snprintf(r->place, sizeof(r->place), "%.*s", (int)(strcspn(loc, ")")), loc);
    r->place_sure = sure;
}

static bool ends_in_line_number(const char *loc)
{
    const char *colon = strrchr(loc, ':');

    if (colon == NULL || colon == loc)
        return false;
    size_t digits = strspn(colon + 1, "0123456789");
    return digits > 0 && strcmp(colon + 1 + digits, ")") == 0;
}

/* "malloc (in /usr/libexec/valgrind/x.so)" -> "malloc"; "??? (in /lab/bin/sieve)" keeps the
 * file's name, because it is all there is. */
static void shorten_object(char *func, char *object)
{
    char *slash = strrchr(object, '/');
    bool nameless = strncmp(func, "???", 3) == 0;

    if (nameless && slash != NULL)
        memmove(object + 4, slash + 1, strlen(slash + 1) + 1); /* after "(in " */
    else
        object[-1] = '\0';
}

void gr_vg_frame(const struct gr_vg *v, struct gr_vg_rec *r, const char *s)
{
    char text[512], *loc;
    char *end;

    unsigned long long addr = strtoull(s + 6, &end, 16);
    if (strncmp(end, ": ", 2) != 0)
        return;
    gr_vg_copy(text, sizeof(text), end + 2);
    loc = strrchr(text, '(');
    if (loc != NULL && loc > text && loc[-1] == ' ') {
        if (strncmp(loc, "(in ", 4) == 0)
            shorten_object(text, loc);
        else if (!r->past_stack && ends_in_line_number(loc + 1))
            consider_place(v, r, addr, loc + 1);
    }
    if (r->past_stack)
        gr_vg_append(r->detail, sizeof(r->detail), text);
    else
        gr_vg_append(r->stack, sizeof(r->stack), text);
}
