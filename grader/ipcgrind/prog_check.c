/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can the tool run this program? Better said here, in one line, than by Valgrind later. */
#include "prog.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As execvp() would find it: the path into @path. */
static int find(const char *name, char *path, size_t size)
{
    const char *dirs = getenv("PATH");
    if (strchr(name, '/') || !dirs) {
        snprintf(path, size, "%s", name);
        return access(path, F_OK);
    }
    while (*dirs) {
        size_t length = strcspn(dirs, ":");
        snprintf(path, size, "%.*s/%s", (int)length, dirs, name);
        if (access(path, X_OK) == 0)
            return 0;
        dirs += length + (dirs[length] == ':');
    }
    errno = ENOENT;
    return -1;
}

static bool has_interpreter(int fd, const Elf64_Ehdr *elf)
{
    for (unsigned i = 0; i < elf->e_phnum; i++) {
        Elf64_Phdr ph;
        off_t at = (off_t)(elf->e_phoff + (size_t)i * elf->e_phentsize);
        if (pread(fd, &ph, sizeof(ph), at) != (ssize_t)sizeof(ph))
            return false;
        if (ph.p_type == PT_INTERP)
            return true;
    }
    return false;
}

static const char *wrong_file(int fd)
{
    Elf64_Ehdr elf;
    ssize_t n = pread(fd, &elf, sizeof(elf), 0);
    if (n >= 2 && memcmp(elf.e_ident, "#!", 2) == 0)
        return NULL;
    if (n < (ssize_t)sizeof(elf) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0)
        return "is not an ELF program; give the compiled program";
    if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_machine != EM_X86_64)
        return "is not an amd64 program; compile it for this machine";
    if (elf.e_type != ET_EXEC && elf.e_type != ET_DYN)
        return "is not a program but an object file; link it";
    if (!has_interpreter(fd, &elf))
        return "is statically linked, so its library calls cannot be seen; link it without -static";
    return NULL;
}

int check_program(const char *name)
{
    char path[4096];
    struct stat st;
    const char *wrong = NULL;
    if (find(name, path, sizeof(path)) != 0 || stat(path, &st) != 0) {
        say("%s: %s; build it first, or give its path", name, strerror(errno));
        return -1;
    }
    if (!S_ISREG(st.st_mode))
        wrong = "is not a file; give the compiled program";
    else if (access(path, X_OK) != 0)
        wrong = "is not executable; chmod +x it, or give the compiled program";
    else if (st.st_mode & (S_ISUID | S_ISGID))
        wrong = "is setuid or setgid, and Valgrind cannot run those; watch a copy without the bit";
    int fd = wrong ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        wrong = wrong_file(fd);
        close(fd);
    }
    if (wrong)
        say("%s %s", path, wrong);
    return wrong ? -1 : 0;
}
