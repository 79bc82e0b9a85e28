/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a program use C11 atomics? An acquire load and a release store are plain moves in its code,
 * but the debug information says which types are _Atomic: an abbreviation of DW_TAG_atomic_type in
 * .debug_abbrev (DWARF 5, sections 5.3 and 7.5.3). */
#include "prog.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAG_ATOMIC_TYPE = 0x47, FORM_IMPLICIT_CONST = 0x21 };

struct bytes {
    const unsigned char *at, *end;
};

static uint64_t leb128(struct bytes *b)
{
    uint64_t value = 0;
    for (unsigned shift = 0; b->at < b->end; shift += 7) {
        unsigned char byte = *b->at++;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return value;
}

/* Attributes of one abbreviation: pairs up to 0, 0. */
static void skip_attributes(struct bytes *b)
{
    uint64_t name, form;
    do {
        name = leb128(b);
        form = leb128(b);
        if (form == FORM_IMPLICIT_CONST)
            leb128(b);
    } while ((name || form) && b->at < b->end);
}

static bool has_atomic_type(struct bytes b)
{
    while (b.at < b.end) {
        if (leb128(&b) == 0)
            continue; /* the end of one table; the next may follow */
        if (leb128(&b) == TAG_ATOMIC_TYPE)
            return true;
        b.at++; /* has children */
        skip_attributes(&b);
    }
    return false;
}

/* The section @name of the file in @map, empty when it has none or keeps it compressed. */
static struct bytes section(const unsigned char *map, size_t size, const char *name)
{
    struct bytes none = {NULL, NULL};
    const Elf64_Ehdr *head = (const void *)map;
    if (size < sizeof(*head) || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
        head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_shentsize != sizeof(Elf64_Shdr) ||
        head->e_shoff > size || (size - head->e_shoff) / sizeof(Elf64_Shdr) < head->e_shnum ||
        head->e_shstrndx >= head->e_shnum)
        return none;
    const Elf64_Shdr *sections = (const void *)(map + head->e_shoff);
    const Elf64_Shdr *names = &sections[head->e_shstrndx];
    for (size_t i = 0; i < head->e_shnum; i++) {
        const Elf64_Shdr *s = &sections[i];
        size_t at = names->sh_offset + s->sh_name;
        if (at < size && strncmp((const char *)map + at, name, size - at) == 0 &&
            !(s->sh_flags & SHF_COMPRESSED) && s->sh_offset <= size &&
            s->sh_size <= size - s->sh_offset)
            return (struct bytes){map + s->sh_offset, map + s->sh_offset + s->sh_size};
    }
    return none;
}

bool uses_atomics(const char *path)
{
    struct stat st;
    bool found = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map != MAP_FAILED) {
            found = has_atomic_type(section(map, (size_t)st.st_size, ".debug_abbrev"));
            munmap(map, (size_t)st.st_size);
        }
    }
    close(fd);
    return found;
}
