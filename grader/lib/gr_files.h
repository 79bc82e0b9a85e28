/* SPDX-License-Identifier: MIT */
/**
 * The jail's work folder as the suite sees it: objects planted before a program starts, and what
 * a program made of it.
 *
 * All is done by the warden, inside the jail: a link that a student's program put there leads
 * nowhere else. Paths are relative to the work folder. What a scenario plants it takes away again
 * (gr_jail_unlink()), or the census finds it.
 */
#ifndef GR_FILES_H
#define GR_FILES_H

#include <sys/stat.h>

#include "gr_suite.h"

/** Make a folder. gr_jail_unlink() removes it, when it is empty. Return: 0, or -1 with errno. */
int gr_jail_mkdir(struct gr_scene *s, const char *path, mode_t mode);
/** Plant a regular file that holds @text; nothing may be there. Return: 0, or -1 with errno. */
int gr_jail_plant(struct gr_scene *s, const char *path, mode_t mode, const char *text);
/** What is at @path itself, links not followed. Return: 0, or -1 with errno. */
int gr_jail_stat(struct gr_scene *s, const char *path, struct stat *st);
/**
 * Read a regular file.
 * Return: its bytes with a NUL after them, which the caller frees, their number in *@len; or NULL
 * with errno: EINVAL (no regular file), EFBIG (more than @max bytes), or that of open.
 */
char *gr_jail_read(struct gr_scene *s, const char *path, size_t max, size_t *len);
/** Return: the names in folder @path, sorted, a blank between them; the caller frees. Or NULL. */
char *gr_jail_names(struct gr_scene *s, const char *path);

/** Wait until the regular file @path has at least @size bytes. Return: true if it has. */
bool gr_wait_file(struct gr_scene *s, const char *path, off_t size);

/** Leave with FAIL unless @path, made by @who, is of @type (S_IFIFO, ..) and has @mode. */
void gr_expect_mode(struct gr_run *r, const char *path, mode_t type, mode_t mode, const char *who);
/** Leave with LEFTOVER if @path, which @who should have removed, is still there. */
void gr_expect_gone(struct gr_run *r, const char *path, const char *who);
/** Compare the file @path, which is shown as @path, with @len bytes of @want. */
void gr_expect_file(struct gr_run *r, const char *path, const char *want, size_t len);

#endif
