/* SPDX-License-Identifier: MIT */
/** Files that are whole or not there: never half written, never overwritten by mistake. */
#ifndef GR_FILE_H
#define GR_FILE_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * A file being written beside the place it will take.
 *
 *  1. gr_file_begin() makes a temporary file in the same folder.
 *  2. Write to f->out.
 *  3. gr_file_replace() or gr_file_place() puts it there, or gr_file_abandon() removes it.
 */
struct gr_file {
    FILE *out;
    char *temp;
    char *path;
};

/** Return: 0, or -1 with errno. @mode is cut by the umask. */
int gr_file_begin(struct gr_file *f, const char *path, mode_t mode);
/** Flush, fsync, take the place of whatever is there. Return: 0, or -1 with errno. */
int gr_file_replace(struct gr_file *f);
/** Flush, fsync, take the place only if nothing is there (else errno EEXIST).
 *  Return: 0, or -1 with errno; the temporary file is gone either way. */
int gr_file_place(struct gr_file *f);
void gr_file_abandon(struct gr_file *f);

/** Copy what @fd still gives to @out, at most @max bytes (else errno EFBIG). */
int gr_file_copy(int fd, FILE *out, size_t max);

/**
 * Open the regular file @name in @dirfd for reading, without following a link and without
 * waiting for a FIFO's other side.
 * Return: a descriptor, or -1 with errno: ENOENT, ELOOP (link), EISDIR, EINVAL (FIFO, device,
 * socket), EFBIG (more than @max bytes), or that of open.
 */
int gr_file_open_regular(int dirfd, const char *name, size_t max);

/** Return: the bytes of @fd with a NUL after them, length in @len; or NULL with errno. */
char *gr_file_read(int fd, size_t max, size_t *len);

/** Move @from to @to unless @to exists (errno EEXIST). Return: 0, or -1 with errno. */
int gr_rename_new(const char *from, const char *to);

/** Remove @path and all below it, without following links. Return: 0, or -1 with errno. */
int gr_remove_tree(const char *path);

/** Make @path and what is missing above it. Return: 0, or -1 with errno. */
int gr_make_folders(const char *path, mode_t mode);

#endif
