/* SPDX-License-Identifier: MIT */
/*
 * Purpose: the steps that keep a full disk, a second program or a crash from costing anybody a
 * file: write beside, fsync, then one rename or link that the kernel does whole.
 */
#include "gr_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"

int gr_file_begin(struct gr_file *f, const char *path, mode_t mode)
{
    const char *slash = strrchr(path, '/');
    int dir = slash ? (int)(slash - path + 1) : 0, fd;
    mode_t mask = umask(0);

    umask(mask);
    f->path = gr_xstrdup(path);
    f->temp = gr_xasprintf("%.*s.ipclab-XXXXXX", dir, path);
    fd = mkostemp(f->temp, O_CLOEXEC);
    if (fd == -1) {
        int saved = errno;

        free(f->path);
        free(f->temp);
        errno = saved;
        return -1;
    }
    f->out = fchmod(fd, mode & ~mask) == 0 ? fdopen(fd, "w") : NULL;
    if (f->out)
        return 0;
    close(fd);
    gr_file_abandon(f);
    return -1;
}

static void forget(struct gr_file *f)
{
    free(f->temp);
    free(f->path);
    memset(f, 0, sizeof(*f));
}

void gr_file_abandon(struct gr_file *f)
{
    int saved = errno;

    if (f->out)
        fclose(f->out);
    if (f->temp)
        unlink(f->temp);
    forget(f);
    errno = saved;
}

/* Everything on the disk, or -1: a full disk may say so only here. */
static int settle(struct gr_file *f)
{
    int bad = fflush(f->out) == EOF || ferror(f->out) || fsync(fileno(f->out)) == -1;
    int saved = errno;

    if (fclose(f->out) == EOF && !bad) {
        bad = 1;
        saved = errno;
    }
    f->out = NULL;
    errno = saved;
    return bad ? -1 : 0;
}

int gr_file_replace(struct gr_file *f)
{
    if (settle(f) == -1 || rename(f->temp, f->path) == -1) {
        gr_file_abandon(f);
        return -1;
    }
    forget(f);
    return 0;
}

int gr_file_place(struct gr_file *f)
{
    if (settle(f) == -1 || gr_rename_new(f->temp, f->path) == -1) {
        gr_file_abandon(f);
        return -1;
    }
    forget(f);
    return 0;
}

int gr_rename_new(const char *from, const char *to)
{
    struct stat st;

    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* A file system without it: link() also refuses an existing name, but only for files. */
    if (link(from, to) == 0)
        return unlink(from);
    if (errno == EEXIST)
        return -1;
    if (lstat(to, &st) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

int gr_file_copy(int fd, FILE *out, size_t max)
{
    char buf[16384];
    size_t total = 0;
    ssize_t n;

    for (;;) {
        n = read(fd, buf, sizeof(buf));
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? 0 : -1;
        total += (size_t)n;
        if (total > max) {
            errno = EFBIG;
            return -1;
        }
        if (fwrite(buf, 1, (size_t)n, out) != (size_t)n)
            return -1;
    }
}

int gr_file_open_regular(int dirfd, const char *name, size_t max)
{
    int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    int why = 0;

    if (fd == -1)
        return -1;
    if (fstat(fd, &st) == -1)
        why = errno;
    else if (S_ISDIR(st.st_mode))
        why = EISDIR;
    else if (!S_ISREG(st.st_mode))
        why = EINVAL;
    else if (st.st_size > (off_t)max)
        why = EFBIG;
    if (!why)
        return fd;
    close(fd);
    errno = why;
    return -1;
}

char *gr_file_read(int fd, size_t max, size_t *len)
{
    char *buf = gr_xcalloc(max + 1, 1);
    ssize_t n;

    *len = 0;
    while (*len < max) {
        n = read(fd, buf + *len, max - *len);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1) {
            int saved = errno;

            free(buf);
            errno = saved;
            return NULL;
        }
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    buf[*len] = '\0';
    return gr_xrealloc(buf, *len + 1, 1);
}
