/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vector clocks that live in the session. */
#include "ig_clock.h"

#include "ig_session.h"
#include "pub_tool_libcbase.h" // VG_(memset)()

UInt ig_vc_get(ig_ref vc, UInt task)
{
    if (!vc)
        return 0;
    const struct ig_vc *v = IG_AT(struct ig_vc, vc);
    return task < v->used ? __atomic_load_n(&v->clock[task], __ATOMIC_RELAXED) : 0;
}

/* Room for @count entries; the contents stay. */
static struct ig_vc *reserve(ig_ref *slot, UInt count)
{
    struct ig_vc *old = *slot ? IG_AT(struct ig_vc, *slot) : NULL;
    if (old && old->cap >= count)
        return old;
    /* 14 entries and the head are one line; then doubling, so what is left behind is bounded */
    UInt cap = 14;
    while (cap < count)
        cap = cap * 2 + 2;
    ig_ref ref = ig_new(sizeof(struct ig_vc) + cap * sizeof(UInt));
    if (!ref)
        return NULL;
    struct ig_vc *v = IG_AT(struct ig_vc, ref);
    v->cap = cap;
    if (old) {
        VG_(memcpy)(v->clock, old->clock, old->used * sizeof(UInt));
        v->used = old->used;
    }
    __atomic_store_n(slot, ref, __ATOMIC_RELEASE);
    return v;
}

Bool ig_vc_set(ig_ref *slot, UInt task, UInt clock)
{
    struct ig_vc *v = reserve(slot, task + 1);
    if (!v)
        return False;
    __atomic_store_n(&v->clock[task], clock, __ATOMIC_RELAXED);
    if (task >= v->used)
        __atomic_store_n(&v->used, task + 1, __ATOMIC_RELEASE);
    return True;
}

void ig_vc_join(ig_ref *slot, ig_ref from)
{
    if (!from)
        return;
    const struct ig_vc *f = IG_AT(struct ig_vc, from);
    UInt used = __atomic_load_n(&f->used, __ATOMIC_ACQUIRE);
    struct ig_vc *v = reserve(slot, used);
    if (!v)
        return;
    for (UInt i = 0; i < used; i++) {
        UInt c = __atomic_load_n(&f->clock[i], __ATOMIC_RELAXED);
        if (c > v->clock[i])
            __atomic_store_n(&v->clock[i], c, __ATOMIC_RELAXED);
    }
    if (used > v->used)
        __atomic_store_n(&v->used, used, __ATOMIC_RELEASE);
}

void ig_vc_copy(ig_ref *slot, ig_ref from)
{
    if (*slot) {
        struct ig_vc *v = IG_AT(struct ig_vc, *slot);
        VG_(memset)(v->clock, 0, v->used * sizeof(UInt));
        v->used = 0;
    }
    ig_vc_join(slot, from);
}
