/* SPDX-License-Identifier: MIT */
/*
 * Purpose: make and remove folders. Removal walks what a student's program may have written, so it
 * follows no link and gives itself the rights that were taken away.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"

/* Deeper than this nothing of ours is; it bounds recursion over hostile trees. */
enum { MAX_DEPTH = 64 };

static int remove_at(int dirfd, const char *name, int depth);

static int empty_folder(int fd, int depth)
{
    DIR *d = fdopendir(fd);
    struct dirent *e;
    int rc = 0;

    if (!d) {
        close(fd);
        return -1;
    }
    while ((e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            remove_at(dirfd(d), e->d_name, depth) == -1)
            rc = -1;
    closedir(d);
    return rc;
}

static int remove_at(int dirfd, const char *name, int depth)
{
    int fd;

    if (unlinkat(dirfd, name, 0) == 0)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    if (depth > MAX_DEPTH) {
        errno = ELOOP;
        return -1;
    }
    fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd == -1 && errno == EACCES && fchmodat(dirfd, name, 0700, 0) == 0)
        fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd == -1 || empty_folder(fd, depth + 1) == -1)
        return -1;
    return unlinkat(dirfd, name, AT_REMOVEDIR);
}

int gr_remove_tree(const char *path)
{
    return remove_at(AT_FDCWD, path, 0);
}

int gr_make_folders(const char *path, mode_t mode)
{
    char *p = gr_xstrdup(path), *s = p;
    struct stat st;
    int rc = 0;

    while (rc == 0 && (s = strchr(s + 1, '/'))) {
        *s = '\0';
        if (mkdir(p, mode) == -1 && errno != EEXIST)
            rc = -1;
        *s = '/';
    }
    if (rc == 0 && mkdir(p, mode) == -1 &&
        !(errno == EEXIST && stat(p, &st) == 0 && S_ISDIR(st.st_mode)))
        rc = -1;
    free(p);
    return rc;
}
