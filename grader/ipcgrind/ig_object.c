/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared mappings of this process and the objects behind them. */
#include "ig_object.h"

#include "ig_session.h"
#include "ig_shadow.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcbase.h"  // VG_(strtoull16)()
#include "pub_tool_libcfile.h"  // VG_(open)()
#include "pub_tool_libcprint.h" // VG_(snprintf)()
#include "pub_tool_mallocfree.h"
#include "pub_tool_vki.h"
#include "pub_tool_xarray.h"

enum { LINE = 4400, MOST_PAGES = 1 << 24 };

UChar ig_filter[IG_FILTER_SIZE];
static XArray *maps; /* of struct ig_map, by address */
static UWord last;   /* index of the last hit */

const struct ig_map *ig_map_from(Addr a)
{
    UWord count = maps ? (UWord)VG_(sizeXA)(maps) : 0;
    if (last < count) {
        const struct ig_map *m = VG_(indexXA)(maps, (Word)last);
        if (m->start <= a && a < m->end)
            return m;
    }
    UWord low = 0;
    UWord high = count;
    while (low < high) {
        UWord mid = low + (high - low) / 2;
        const struct ig_map *m = VG_(indexXA)(maps, (Word)mid);
        if (m->end <= a)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == count)
        return NULL;
    last = low;
    return VG_(indexXA)(maps, (Word)low);
}

const struct ig_map *ig_map_at(Addr a)
{
    if (!ig_may_be_shared(a))
        return NULL;
    const struct ig_map *m = ig_map_from(a);
    return m && m->start <= a ? m : NULL;
}

Bool ig_object_touches(Addr a, SizeT size)
{
    const struct ig_map *m = ig_map_from(a);
    return m && m->start < a + size;
}

static Bool same_object(const struct ig_node *node, const void *arg)
{
    const struct ig_object *a = (const void *)node;
    const struct ig_object *b = arg;
    return a->dev == b->dev && a->ino == b->ino && a->generation == b->generation;
}

static ig_ref make_object(const void *arg)
{
    ig_ref ref = ig_new(sizeof(struct ig_object));
    if (ref)
        VG_(memcpy)(IG_AT(struct ig_object, ref), arg, sizeof(struct ig_object));
    return ref;
}

/* `/dev/shm/ring` is what the program calls `/ring`; deleted names keep their name. */
static void name_object(struct ig_object *object, HChar *path)
{
    static const HChar gone[] = " (deleted)";
    HChar text[80];
    SizeT length = VG_(strlen)(path);
    if (length >= sizeof(gone) && VG_(strcmp)(path + length - sizeof(gone) + 1, gone) == 0)
        path[length - sizeof(gone) + 1] = '\0';
    if (VG_(strncmp)(path, "/SYSV", 5) == 0) {
        object->kind = IG_MEMORY_SYSV;
        VG_(snprintf)(text, sizeof(text), "System V segment %lu (key 0x%s)", object->ino, path + 5);
        object->name = ig_string(text);
    } else if (!*path || VG_(strcmp)(path, "/dev/zero") == 0) {
        object->kind = IG_MEMORY_ANONYMOUS;
        object->name = ig_string("anonymous shared memory");
    } else {
        SizeT skip = 0;
        if (VG_(strncmp)(path, "/dev/shm/", 9) == 0)
            skip = 8;
        else if (VG_(strncmp)(path, "/memfd:", 7) == 0)
            skip = 1;
        object->name = ig_string(path + skip);
    }
}

/* What was known of these addresses, or of some of them: a call may have cut a mapping in pieces,
 * or the kernel have joined two. */
static struct ig_map *known(const struct ig_map *map, const struct ig_object *object,
                            const XArray *old)
{
    for (Word i = 0; old && i < VG_(sizeXA)(old); i++) {
        struct ig_map *was = VG_(indexXA)(old, i);
        const struct ig_object *o = IG_AT(struct ig_object, was->object);
        if (was->start < map->end && map->start < was->end &&
            was->start - was->offset == map->start - map->offset && o->dev == object->dev &&
            o->ino == object->ino)
            return was;
    }
    return NULL;
}

static void add(struct ig_map *map, struct ig_object *object, const struct ig_fresh *fresh,
                const XArray *old)
{
    struct ig_map *was = known(map, object, old);
    Bool is_fresh = fresh && fresh->start == map->start;
    ULong id[2] = {object->dev, object->ino};
    if (is_fresh && fresh->object)
        map->object = fresh->object;
    else if (was && !is_fresh)
        map->object = was->object;
    else
        map->object =
            ig_intern(IG_OBJECTS, ig_hash(0, id, sizeof(id)), same_object, make_object, object);
    if (!map->object)
        return;
    SizeT pages = (map->end - map->start) / IG_PAGE + 1;
    if (was && was->object == map->object && was->start == map->start && was->end == map->end) {
        map->pages = was->pages;
        was->pages = NULL;
    } else if (pages <= MOST_PAGES) {
        map->pages = VG_(calloc)("ig.pages", pages, sizeof(ig_ref));
    }
    VG_(addToXA)(maps, map);
}

/* start-end perms offset major:minor inode path */
static void parse(HChar *line, const struct ig_fresh *fresh, const XArray *old)
{
    HChar *p = line;
    struct ig_map map = {.start = VG_(strtoull16)(p, &p)};
    map.end = VG_(strtoull16)(p + 1, &p);
    if (*p != ' ' || p[4] != 's')
        return;
    if (!VG_(am_is_valid_for_client)(map.start, 1, 0))
        return;
    struct ig_object object = {.kind = IG_MEMORY_FILE};
    map.offset = VG_(strtoull16)(p + 6, &p);
    object.dev = VG_(strtoull16)(p + 1, &p) << 32;
    object.dev |= VG_(strtoull16)(p + 1, &p);
    object.ino = VG_(strtoull10)(p + 1, &p);
    while (*p == ' ')
        p++;
    name_object(&object, p);
    if (fresh && map.start == fresh->start)
        object.generation = fresh->generation;
    add(&map, &object, fresh, old);
}

static void read_maps(const struct ig_fresh *fresh, const XArray *old)
{
    static HChar line[LINE];
    static HChar buffer[LINE];
    Int used = 0;
    Int n;
    Int fd = VG_(fd_open)("/proc/self/maps", VKI_O_RDONLY, 0);
    if (fd < 0)
        return;
    while ((n = VG_(read)(fd, buffer, sizeof(buffer))) > 0) {
        for (Int i = 0; i < n; i++) {
            if (buffer[i] != '\n') {
                if (used < LINE - 1)
                    line[used++] = buffer[i];
                continue;
            }
            line[used] = '\0';
            used = 0;
            parse(line, fresh, old);
        }
    }
    VG_(close)(fd);
}

void ig_object_rescan(const struct ig_fresh *fresh)
{
    if (!ig_session_works())
        return;
    XArray *old = maps;
    maps = VG_(newXA)(VG_(malloc), "ig.maps", VG_(free), sizeof(struct ig_map));
    last = 0;
    ig_shadow_forget();
    read_maps(fresh, old);
    for (Word i = 0; old && i < VG_(sizeXA)(old); i++) {
        struct ig_map *was = VG_(indexXA)(old, i);
        if (was->pages)
            VG_(free)(was->pages);
    }
    if (old)
        VG_(deleteXA)(old);
    VG_(memset)(ig_filter, 0, sizeof(ig_filter));
    for (Word i = 0; i < VG_(sizeXA)(maps); i++) {
        const struct ig_map *m = VG_(indexXA)(maps, i);
        for (Addr a = m->start >> IG_FILTER_SHIFT; a <= (m->end - 1) >> IG_FILTER_SHIFT; a++)
            ig_filter[a & (IG_FILTER_SIZE - 1)] = 1;
    }
}
