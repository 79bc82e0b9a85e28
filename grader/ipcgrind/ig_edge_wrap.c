/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifdef IG_PRELOAD
#define _GNU_SOURCE /* dladdr1() */
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#endif

#include "ig_edge.h"
#include "ig_request.h"

/* No edge: tells Valgrind, before the program begins, where the functions are that IG_WRAP wraps.
 */
enum { LETTER = 'w' };
enum { WRAPS = 1 };

#ifdef IG_PRELOAD
/* The linker sets these around the section that IG_WRAP fills. */
extern struct ig_wrap __start_ig_wraps[] __attribute__((visibility("hidden")));
extern struct ig_wrap __stop_ig_wraps[] __attribute__((visibility("hidden")));

/* This library is linked with none; the program brings libc along. */
extern int dladdr1(const void *at, Dl_info *info, void **more, int flags) __attribute__((weak));

/* The symbols of a loaded object, as its dynamic section tells (System V ABI, chapter 5; the hash
 * table is the GNU one, see `objdump -s -j .gnu.hash`). */
struct symbols {
    const Elf64_Sym *sym;
    const char *names;
    const uint32_t *hash;
    const Elf64_Half *version;
    Elf64_Addr base;
};

static const struct link_map *module_of(const void *at)
{
    void *map = NULL;
    Dl_info info;

    return dladdr1(at, &info, &map, RTLD_DL_LINKMAP) ? map : NULL;
}

static struct symbols symbols_of(const struct link_map *map)
{
    struct symbols s = {.base = map->l_addr};

    for (const Elf64_Dyn *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        const void *at = (const void *)d->d_un.d_ptr; /* ld.so has added the base */

        if (d->d_tag == DT_SYMTAB)
            s.sym = at;
        else if (d->d_tag == DT_STRTAB)
            s.names = at;
        else if (d->d_tag == DT_GNU_HASH)
            s.hash = at;
        else if (d->d_tag == DT_VERSYM)
            s.version = at;
    }
    return s;
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* The function @name in its default version. Return: NULL if there is none. */
static void *find(const struct symbols *s, const char *name)
{
    enum { HIDDEN = 0x8000 };
    const uint32_t *bucket = s->hash + 4 + 2 * s->hash[2], *chain = bucket + s->hash[0];
    uint32_t first = s->hash[1], h = 5381, i;

    for (const char *c = name; *c; c++)
        h = h * 33 + (unsigned char)*c;
    i = bucket[h % s->hash[0]];
    for (; i >= first; i++) {
        const Elf64_Sym *y = &s->sym[i];

        if ((chain[i - first] | 1) == (h | 1) && same(s->names + y->st_name, name) &&
            !(s->version[i] & HIDDEN) && ELF64_ST_TYPE(y->st_info) == STT_FUNC)
            return (void *)(s->base + y->st_value);
        if (chain[i - first] & 1)
            break;
    }
    return NULL;
}

/* A function of that name may stand before the one of libc, which it calls in the end: another
 * preload that looks at who calls it. It must see the program there, not us. dlsym() cannot tell
 * the one of libc, and dlopen() would begin libc before its time, without an environment. */
static void *of_libc(const struct ig_wrap *w, const struct link_map *libc, const struct symbols *s)
{
    void *real = (void *)w->real, *theirs;

    if (!real || !libc || module_of(real) == libc || !s->sym || !s->names || !s->hash ||
        !s->version)
        return real;
    theirs = find(s, w->text);
    return theirs ? theirs : real;
}

__attribute__((constructor)) static void tell(void)
{
    const struct link_map *libc = dladdr1 ? module_of((const void *)dladdr1) : NULL;
    struct symbols s = {.base = 0};

    if (libc)
        s = symbols_of(libc);

    for (struct ig_wrap *w = __start_ig_wraps; w < __stop_ig_wraps; w++)
        IG_ASK(LETTER, WRAPS, w->name, of_libc(w, libc, &s), 0);
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
