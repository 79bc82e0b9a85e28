/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells of shared memory, and the race test. */
#include "ig_shadow.h"

#include "ig_atomic.h"
#include "ig_clock.h"
#include "ig_lock.h"
#include "ig_object.h"
#include "ig_report.h"
#include "ig_session.h"
#include "ig_stack.h"
#include "ig_task.h"
#include "ig_vgcore.h"
#include "pub_tool_libcbase.h" // VG_(memcpy)()
#include "pub_tool_libcproc.h" // VG_(getpid)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_kill

struct ig_near ig_near_pages[IG_NEAR_PAGES];

/* One access, while it goes through the cells. */
struct touch {
    ThreadId tid;
    struct ig_task *me;
    ULong word;
    ig_ref stack; /* taken when the first cell needs it */
    ig_ref object;
};

struct page_id {
    ig_ref object;
    ULong number;
};

static Bool same_page(const struct ig_node *node, const void *arg)
{
    const struct ig_page *page = (const void *)node;
    const struct page_id *id = arg;
    return page->object == id->object && page->number == id->number;
}

static ig_ref make_page(const void *arg)
{
    const struct page_id *id = arg;
    ig_ref ref = ig_new(sizeof(struct ig_page));
    if (ref) {
        IG_AT(struct ig_page, ref)->object = id->object;
        IG_AT(struct ig_page, ref)->number = id->number;
    }
    return ref;
}

static struct ig_page *page_at(const struct ig_map *map, ULong offset)
{
    struct page_id id = {.object = map->object, .number = offset / IG_PAGE};
    ULong index = id.number - map->offset / IG_PAGE;
    ig_ref ref = map->pages ? map->pages[index] : 0;
    if (!ref) {
        ref = ig_intern(IG_PAGES, ig_hash(id.object, &id.number, sizeof(id.number)), same_page,
                        make_page, &id);
        if (map->pages)
            map->pages[index] = ref;
    }
    return ref ? IG_AT(struct ig_page, ref) : NULL;
}

static ig_ref stack_of(struct touch *t)
{
    if (!t->stack)
        t->stack = ig_stack_here(t->tid);
    return t->stack;
}

static void fill_side(struct ig_side *side, ULong word, ig_ref stack)
{
    const struct ig_task *task = ig_task_at(IG_WORD_TASK(word));
    side->word = word;
    side->stack = stack;
    side->pid = task->pid;
    side->tid = task->tid;
    side->program = task->program;
}

/* Two accesses conflict unless they are ordered, both reads, or both atomic. */
static Bool conflict(const struct touch *t, ULong old)
{
    UInt both = IG_WORD_FLAGS(old) & IG_WORD_FLAGS(t->word);
    return old && !(both & IG_ATOMIC) && !ig_task_ordered(t->me, old);
}

static void report(struct touch *t, ULong old, ig_ref old_stack, ULong offset)
{
    struct ig_side before;
    struct ig_side now;
    UInt either = IG_WORD_FLAGS(old) | IG_WORD_FLAGS(t->word);
    UInt both = IG_WORD_FLAGS(old) & IG_WORD_FLAGS(t->word);
    /* a plain access may be an atomic of a program that does not show them */
    Bool unclear = (either & IG_ATOMIC) && !(both & IG_VISIBLE);
    fill_side(&before, old, old_stack);
    fill_side(&now, t->word, stack_of(t));
    ig_report_race(unclear ? IG_FLAG : IG_RACE, t->object, offset, IG_WORD_SIZE(t->word), &before,
                   &now);
}

static void each_read(struct touch *t, const struct ig_cell *c, ULong offset)
{
    if (conflict(t, c->read))
        report(t, c->read, c->read_stack, offset);
    for (ig_ref ref = c->reads; ref; ref = IG_AT(struct ig_read, ref)->next) {
        const struct ig_read *r = IG_AT(struct ig_read, ref);
        if (conflict(t, r->word))
            report(t, r->word, r->stack, offset);
    }
}

static void forget_reads(struct ig_cell *c)
{
    c->read = 0;
    for (ig_ref ref = c->reads; ref; ref = IG_AT(struct ig_read, ref)->next)
        IG_AT(struct ig_read, ref)->word = 0;
}

static void on_write(struct touch *t, struct ig_cell *c, ULong offset)
{
    if (conflict(t, c->write))
        report(t, c->write, c->write_stack, offset);
    each_read(t, c, offset);
    forget_reads(c);
    c->write_stack = stack_of(t);
    c->write = t->word;
}

/* A read that comes after every earlier one replaces them; else it joins the list. */
static void add_read(struct touch *t, struct ig_cell *c)
{
    ig_ref room = 0;
    if (!c->read || ig_task_ordered(t->me, c->read)) {
        c->read_stack = stack_of(t);
        c->read = t->word;
        return;
    }
    for (ig_ref ref = c->reads; ref; ref = IG_AT(struct ig_read, ref)->next) {
        const struct ig_read *r = IG_AT(struct ig_read, ref);
        if (!r->word || ig_task_ordered(t->me, r->word))
            room = ref;
    }
    if (!room) {
        room = ig_new(sizeof(struct ig_read));
        if (!room)
            return;
        IG_AT(struct ig_read, room)->next = c->reads;
        c->reads = room;
    }
    IG_AT(struct ig_read, room)->stack = stack_of(t);
    IG_AT(struct ig_read, room)->word = t->word;
}

static void on_read(struct touch *t, struct ig_cell *c, ULong offset)
{
    if (conflict(t, c->write))
        report(t, c->write, c->write_stack, offset);
    add_read(t, c);
}

/* A copy of what @c knows, for the bytes @mask that leave it. */
static void split(struct ig_cell *c, UInt mask)
{
    ig_ref ref = ig_new(sizeof(struct ig_cell));
    if (!ref)
        return;
    struct ig_cell *part = IG_AT(struct ig_cell, ref);
    part->mask = mask;
    part->write = c->write;
    part->write_stack = c->write_stack;
    part->read = c->read;
    part->read_stack = c->read_stack;
    for (ig_ref from = c->reads; from; from = IG_AT(struct ig_read, from)->next) {
        ig_ref copy = ig_new(sizeof(struct ig_read));
        if (!copy)
            return;
        *IG_AT(struct ig_read, copy) = *IG_AT(struct ig_read, from);
        IG_AT(struct ig_read, copy)->next = part->reads;
        part->reads = copy;
    }
    part->next = c->next;
    c->next = ref;
    c->mask &= ~mask;
}

static UInt first_byte(UInt mask)
{
    return (UInt)__builtin_ctz(mask);
}

/* The bytes @mask of a granule whose first cell, which is locked, is @head. */
static void touch_chain(struct touch *t, struct ig_cell *head, UInt mask, ULong offset)
{
    struct ig_cell *c = head;
    if (!head->mask)
        head->mask = mask;
    for (;;) {
        UInt here = c->mask & mask;
        if (here && c->mask != here)
            split(c, c->mask & ~here);
        if (here) {
            mask &= ~here;
            if (IG_WORD_FLAGS(t->word) & IG_WRITE)
                on_write(t, c, offset + first_byte(here));
            else
                on_read(t, c, offset + first_byte(here));
        }
        if (!mask)
            return;
        if (!c->next)
            break;
        c = IG_AT(struct ig_cell, c->next);
    }
    ig_ref ref = ig_new(sizeof(struct ig_cell));
    if (!ref)
        return;
    IG_AT(struct ig_cell, ref)->mask = mask;
    c->next = ref;
    touch_chain(t, IG_AT(struct ig_cell, ref), mask, offset);
}

/* For the tests of what the others do then. */
static void maybe_fault(const struct ig_task *me)
{
    if (ig_head->fault && me->parent &&
        __atomic_sub_fetch(&ig_head->fault_in, 1, __ATOMIC_RELAXED) == 0)
        IG_CALL(__NR_kill, VG_(getpid)(), ig_head->fault, 0, 0, 0);
}

static void touch_granule(struct touch *t, struct ig_cell *cell, UInt mask, ULong offset)
{
    if (ig_cell_seen(cell, mask, t->word))
        return;
    enum ig_locked got = ig_lock(&cell->lock, t->me->id);
    if (got == IG_NOT_LOCKED)
        return;
    if (got == IG_LOCKED_STOLEN) {
        /* half written: begin anew, which loses reports and makes none */
        cell->mask = 0;
        cell->next = 0;
        cell->write = 0;
        cell->read = 0;
        cell->reads = 0;
    }
    maybe_fault(t->me);
    stack_of(t);
    touch_chain(t, cell, mask, offset);
    ig_unlock(&cell->lock, t->me->id);
}

void ig_shadow_forget(void)
{
    VG_(memset)(ig_near_pages, 0, sizeof(ig_near_pages));
}

static void remember(Addr a, struct ig_page *page)
{
    struct ig_near *near = &ig_near_pages[a / IG_PAGE % IG_NEAR_PAGES];
    near->number = a / IG_PAGE;
    near->page = page;
}

static void touch_map(struct touch *t, const struct ig_map *map, Addr a, SizeT size)
{
    ULong offset = map->offset + (a - map->start);
    ULong end = offset + size;
    t->object = map->object;
    while (offset < end) {
        ULong granule = offset / IG_GRANULE * IG_GRANULE;
        ULong next = granule + IG_GRANULE < end ? granule + IG_GRANULE : end;
        struct ig_page *page = page_at(map, granule);
        if (!page)
            return;
        remember(map->start + (granule - map->offset), page);
        UInt mask = ((1u << (next - offset)) - 1) << (offset - granule);
        touch_granule(t, &page->cell[granule % IG_PAGE / IG_GRANULE], mask, granule);
        offset = next;
    }
}

/* One granule of a page that was touched lately. */
static Bool touch_near(struct touch *t, Addr a, SizeT size)
{
    const struct ig_near *near = ig_near(a);
    struct ig_page *page = near ? near->page : NULL;
    UInt in_granule = (UInt)(a % IG_GRANULE);
    if (!page || in_granule + size > IG_GRANULE)
        return False;
    t->object = page->object;
    touch_granule(t, &page->cell[a % IG_PAGE / IG_GRANULE], ((1u << size) - 1) << in_granule,
                  page->number * IG_PAGE + a % IG_PAGE / IG_GRANULE * IG_GRANULE);
    return True;
}

/* Wherever it lies, in pieces. */
static void touch_any(struct touch *t, Addr a, SizeT size)
{
    const struct ig_map *map = ig_map_from(a);
    if (!map || map->start / IG_PAGE > a / IG_PAGE)
        remember(a, NULL);
    for (; map && size > 0; map = ig_map_from(a)) {
        if (map->start >= a + size)
            return;
        if (map->start > a) {
            size -= map->start - a;
            a = map->start;
        }
        SizeT here = map->end - a < size ? map->end - a : size;
        touch_map(t, map, a, here);
        a += here;
        size -= here;
    }
}

void ig_shadow_access(ThreadId tid, Addr a, SizeT size, UInt how)
{
    const struct ig_thread *thread = ig_thread(tid);
    struct touch t = {.tid = tid, .me = ig_me(tid)};
    if (!t.me)
        return;
    UInt clock = thread->clock_before ? thread->clock_before : ig_vc_get(t.me->vc, t.me->id);
    t.word = IG_WORD_OF(t.me->id, clock, size < 255 ? size : 255, how | ig_atomic_visible);
    if (!touch_near(&t, a, size))
        touch_any(&t, a, size);
}
