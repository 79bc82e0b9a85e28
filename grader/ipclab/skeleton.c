/* SPDX-License-Identifier: MIT */
/*
 * Purpose: put the skeleton where a student works, without ever touching a file that is there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "ipclab.h"

enum { MAX_SKELETON = 1024 * 1024 };

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int skeleton_names(const char *root, const struct gr_lab *lab, struct gr_names *names)
{
    char *path = gr_xasprintf("%s/skeletons/%s", root, lab->slug);
    DIR *d = opendir(path);
    struct dirent *e;
    struct stat st;

    memset(names, 0, sizeof(*names));
    if (!d) {
        wrong(0, "cannot read the skeleton in %s: %s; is the kit complete?", path, strerror(errno));
        free(path);
        return -1;
    }
    free(path);
    while ((e = readdir(d)))
        if (e->d_name[0] != '.' && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode))
            gr_names_add(names, e->d_name);
    closedir(d);
    if (names->n > 1)
        qsort(names->v, names->n, sizeof(*names->v), by_name);
    return 0;
}

/* Return: 0 copied, 1 kept what was there, -1 with errno. */
static int copy_new(const char *from, const char *to)
{
    int in, rc;
    struct stat st;
    struct gr_file f;

    if (lstat(to, &st) == 0)
        return 1;
    in = gr_file_open_regular(AT_FDCWD, from, MAX_SKELETON);
    if (in == -1)
        return -1;
    rc = gr_file_begin(&f, to, 0666);
    if (rc == 0 && gr_file_copy(in, f.out, MAX_SKELETON) == -1) {
        gr_file_abandon(&f);
        rc = -1;
    } else if (rc == 0 && gr_file_place(&f) == -1) {
        rc = errno == EEXIST ? 1 : -1; /* somebody was faster: theirs stays */
    }
    close(in);
    return rc;
}

static int copy_one(const char *from_dir, const char *dir, const char *name, FILE *say)
{
    char *from = gr_xasprintf("%s/%s", from_dir, name), *to = gr_xasprintf("%s/%s", dir, name);
    int rc = copy_new(from, to);

    if (rc == -1)
        wrong(0, "cannot write %s: %s; nothing of yours was changed", to, strerror(errno));
    else if (say)
        fprintf(say, rc == 1 ? "  kept  %s (yours)\n" : "  new   %s\n", name);
    free(from);
    free(to);
    return rc == -1 ? -1 : 0;
}

/* In a folder of the student's own the given headers are wanted too, to compile by hand. */
static int copy_headers(const char *root, const struct gr_lab *lab, const char *dir, FILE *say)
{
    char *from = gr_xasprintf("%s/labs/%s", root, lab->slug);
    struct stat a, b;
    int rc = 0;
    bool same =
        stat(from, &a) == 0 && stat(dir, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;

    for (size_t i = 0; !same && rc == 0 && i < lab->headers.n; i++)
        rc = copy_one(from, dir, lab->headers.v[i], say);
    free(from);
    return rc;
}

int skeleton_copy(const char *root, const struct gr_lab *lab, const char *dir, FILE *say)
{
    char *from = gr_xasprintf("%s/skeletons/%s", root, lab->slug);
    struct gr_names names;
    int rc = skeleton_names(root, lab, &names);

    if (rc == 0 && gr_make_folders(dir, 0777) == -1)
        rc = wrong(-1, "cannot make the folder %s: %s", dir, strerror(errno));
    for (size_t i = 0; rc == 0 && i < names.n; i++)
        rc = copy_one(from, dir, names.v[i], say);
    if (rc == 0)
        rc = copy_headers(root, lab, dir, say);
    gr_names_release(&names);
    free(from);
    return rc;
}
