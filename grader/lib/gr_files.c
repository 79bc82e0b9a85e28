/* SPDX-License-Identifier: MIT */
/* Objects of the jail's work folder: planted, looked at, read. */
#include "gr_files.h"
#include "gr_file.h"
#include "gr_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20 };

int gr_jail_mkdir(struct gr_scene *s, const char *path, mode_t mode)
{
    errno = gr_scene_order(s, (struct gr_order){.type = GR_REQ_MKDIR, .a = mode, .path = path});
    return errno ? -1 : 0;
}

int gr_jail_plant(struct gr_scene *s, const char *path, mode_t mode, const char *text)
{
    int fd = gr_jail_open(s, path, O_WRONLY | O_CREAT | O_EXCL, mode), rc, saved;

    if (fd == -1)
        return -1;
    rc = gr_write_all(fd, text, strlen(text));
    saved = errno;
    close(fd);
    errno = saved;
    return rc;
}

int gr_jail_stat(struct gr_scene *s, const char *path, struct stat *st)
{
    int fd = gr_jail_open(s, path, O_PATH | O_NOFOLLOW, 0), rc, saved;

    if (fd == -1)
        return -1;
    rc = fstat(fd, st);
    saved = errno;
    close(fd);
    errno = saved;
    return rc;
}

char *gr_jail_read(struct gr_scene *s, const char *path, size_t max, size_t *len)
{
    int fd = gr_jail_open(s, path, O_RDONLY | O_NOFOLLOW, 0), saved;
    char *text = NULL;
    struct stat st;

    if (fd == -1)
        return NULL;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
        errno = EINVAL;
    else if (st.st_size > (off_t)max)
        errno = EFBIG;
    else
        text = gr_file_read(fd, max, len);
    saved = errno;
    close(fd);
    errno = saved;
    return text;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(char **names, size_t n)
{
    struct gr_text t = {0};

    if (n > 0)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        gr_text_add(&t, " ", i > 0);
        gr_text_adds(&t, names[i]);
        free(names[i]);
    }
    free(names);
    return gr_text_take(&t);
}

char *gr_jail_names(struct gr_scene *s, const char *path)
{
    int fd = gr_jail_open(s, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
    DIR *d = fd == -1 ? NULL : fdopendir(fd);
    char **names = NULL;
    struct dirent *e;
    size_t n = 0;

    if (!d) {
        if (fd != -1)
            close(fd);
        return NULL;
    }
    while ((e = readdir(d))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        names = gr_xrealloc(names, n + 1, sizeof *names);
        names[n++] = gr_xstrdup(e->d_name);
    }
    closedir(d);
    return join(names, n);
}

struct file_wait {
    struct gr_scene *s;
    const char *path;
    off_t size;
};

static bool file_is_there(void *arg)
{
    const struct file_wait *fw = arg;
    struct stat st;

    return gr_jail_stat(fw->s, fw->path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= fw->size;
}

/* No poll() tells of a file that grows: look again every few milliseconds. */
bool gr_wait_file(struct gr_scene *s, const char *path, off_t size)
{
    struct file_wait fw = {s, path, size};

    return gr_scene_wait(s, file_is_there, &fw, 10);
}

static const char *type_word(mode_t mode)
{
    return S_ISFIFO(mode)   ? "a FIFO"
           : S_ISREG(mode)  ? "a regular file"
           : S_ISDIR(mode)  ? "a folder"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISLNK(mode)  ? "a link"
                            : "a device";
}

void gr_expect_mode(struct gr_run *r, const char *path, mode_t type, mode_t mode, const char *who)
{
    struct stat st;
    unsigned bits;

    if (gr_jail_stat(r->scene, path, &st) == -1)
        gr_fail(r, GR_FAIL, "%s should have made %s, but it is not there: %s", who, path,
                strerror(errno));
    gr_expect(r, (st.st_mode & S_IFMT) == type, "%s should be %s, but it is %s", path,
              type_word(type), type_word(st.st_mode));
    bits = (unsigned)(st.st_mode & 07777);
    if (bits == (unsigned)mode)
        return;
    r->rec.expected = gr_xasprintf("mode %04o", (unsigned)mode);
    r->rec.actual = gr_xasprintf("mode %04o", bits);
    gr_fail(r, GR_FAIL, "%s made %s with mode %04o, and the contract says %04o: %s", who, path,
            bits, (unsigned)mode,
            bits & ~(unsigned)mode & 077
                ? "others may use it. The mode given at creation is cut by the umask, which is "
                  "another one for every user; ask for exactly the bits you want"
                : "its owner may do less than the contract says");
}

void gr_expect_gone(struct gr_run *r, const char *path, const char *who)
{
    struct stat st;

    if (gr_jail_stat(r->scene, path, &st) == -1) {
        if (errno == ENOENT)
            return;
        gr_expect_going(r);
        gr_fail(r, GR_INFRA, "cannot look at %s in the jail: %s", path, strerror(errno));
    }
    gr_expect_going(r);
    gr_fail(r, GR_LEFTOVER,

            "%s is still there (%s), though %s has ended: who makes it removes it, with unlink(), "
            "whichever way it ends",
            path, type_word(st.st_mode), who);
}

void gr_expect_file(struct gr_run *r, const char *path, const char *want, size_t len)
{
    size_t got_len = 0;
    char *got = gr_jail_read(r->scene, path, FILE_MAX, &got_len);

    if (!got)
        gr_fail(r, GR_FAIL, "%s cannot be read: %s", path, strerror(errno));
    gr_expect_bytes(r, path, got, got_len, want, len);
    free(got);
}
