/* SPDX-License-Identifier: MIT */
/*
 * Purpose: `ipclab reset`: begin a lab again and lose nothing. A student's files are moved, never
 * removed, into a dated folder beside them; moving inside one folder needs no space.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "ipclab.h"

/* Return: a folder that did not exist before (the caller frees), or NULL with errno. */
static char *make_backup(const char *dir)
{
    char stamp[32], *path;
    time_t now = time(NULL);
    struct tm tm;

    if (!localtime_r(&now, &tm) || strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm) == 0)
        return NULL;
    for (int i = 1; i < 1000; i++) {
        path = i == 1 ? gr_xasprintf("%s/backup-%s", dir, stamp)
                      : gr_xasprintf("%s/backup-%s-%d", dir, stamp, i);
        if (mkdir(path, 0777) == 0)
            return path;
        free(path);
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

static int move_one(const char *dir, const char *backup, const char *name)
{
    char *from = gr_xasprintf("%s/%s", dir, name), *to = gr_xasprintf("%s/%s", backup, name);
    int rc = gr_rename_new(from, to);

    if (rc == -1)
        wrong(0, "cannot move %s to %s: %s; it stays where it is", from, to, strerror(errno));
    free(from);
    free(to);
    return rc;
}

static bool there(const char *dir, const char *name)
{
    char *path = gr_xasprintf("%s/%s", dir, name);
    struct stat st;
    bool yes = lstat(path, &st) == 0;

    free(path);
    return yes;
}

/* Both folders on the disk, before anything new takes the names. */
static void settle(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd == -1)
        return;
    if (fsync(fd) == -1 && errno != EINVAL)
        wrong(0, "cannot sync %s: %s", dir, strerror(errno));
    close(fd);
}

/* Move what the skeleton is going to replace. Return: 0, or -1 after a line. */
static int back_up(const char *dir, const struct gr_names *names)
{
    char *backup = NULL;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < names->n; i++) {
        if (!there(dir, names->v[i]))
            continue;
        if (!backup && !(backup = make_backup(dir)))
            rc = wrong(-1, "cannot make a backup folder in %s: %s; nothing was changed", dir,
                       strerror(errno));
        else
            rc = move_one(dir, backup, names->v[i]);
    }
    if (backup) {
        settle(backup);
        settle(dir);
        printf("Your files are now in %s\n", backup);
    }
    free(backup);
    return rc;
}

/* Try the space first: when the skeleton cannot be written, nothing may have moved. */
static int rehearse(const char *root, const struct gr_lab *lab, const char *dir)
{
    char *trial = gr_xasprintf("%s/.ipclab-trial-XXXXXX", dir);
    int rc;

    if (!mkdtemp(trial)) {
        rc = wrong(-1, "cannot write in %s: %s; nothing was changed", dir, strerror(errno));
        free(trial);
        return rc;
    }
    rc = skeleton_copy(root, lab, trial, NULL);
    if (gr_remove_tree(trial) == -1)
        wrong(0, "cannot remove %s: %s", trial, strerror(errno));
    free(trial);
    return rc;
}

int cmd_reset(const char *root, int argc, char **argv)
{
    const char *name = NULL, *dir = NULL;
    const struct opt opts[] = {{"lab", "LAB", &name, NULL}, {"dir", "DIR", &dir, NULL}};
    int rc = opt_parse("reset", opts, 2, argc, argv);
    struct gr_names names = {0};
    struct gr_lab lab = {0};
    char *path;

    if (rc || (rc = lab_open("reset", root, name, &lab)))
        return rc == EX_UNJUDGED ? EX_WRONG : rc;
    path = dir ? gr_xstrdup(dir) : gr_xasprintf("%s/labs/%s", root, lab.slug);
    if (skeleton_names(root, &lab, &names) == -1 || rehearse(root, &lab, path) == -1 ||
        back_up(path, &names) == -1 || skeleton_copy(root, &lab, path, stdout) == -1)
        rc = EX_WRONG;
    else
        printf("%s is as at the start. Next: make grade LAB=%s\n", lab.title,
               gr_lab_short(lab.slug));
    if (fflush(stdout) == EOF)
        rc = EX_WRONG;
    gr_names_release(&names);
    gr_lab_release(&lab);
    free(path);
    return rc;
}
