/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session file: in memory, or where --session says. A named one is locked as long as somebody
 * uses it; who finds it unlocked begins it anew, who leaves it last removes it. */
#include "prog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t file_size = 4ull << 30; /* sparse: what is not used costs nothing */

const char *session_text(const struct session *s, ig_ref ref)
{
    return ref ? SESSION_AT(struct ig_string, s, ref)->text : "";
}

static const char *where(const struct session *s)
{
    return s->name ? s->name : "(memory)";
}

/* A fresh session in the empty file @s->fd. */
static int begin(struct session *s, uint32_t seed)
{
    uint64_t first = (sizeof(struct ig_header) + IG_CHUNK - 1) / IG_CHUNK * IG_CHUNK;
    struct ig_header *head = NULL;
    int error = 0;
    if (ftruncate(s->fd, 0) != 0 || ftruncate(s->fd, (off_t)file_size) != 0)
        error = errno;
    else
        error = posix_fallocate(s->fd, 0, (off_t)first);
    if (error) {
        say("session %s: no room (%s); give another place with --session=FILE", where(s),
            strerror(error));
        return -1;
    }
    head = mmap(NULL, first, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
    if (head == MAP_FAILED) {
        say("session %s: %s", where(s), strerror(errno));
        return -1;
    }
    head->intro.version = IG_VERSION;
    head->intro.header_size = sizeof(*head);
    head->intro.size = file_size;
    head->top = (sizeof(*head) + IG_ALIGN - 1) / IG_ALIGN * IG_ALIGN;
    head->committed = first;
    head->seed = seed;
    __atomic_store_n(&head->intro.magic, IG_MAGIC, __ATOMIC_RELEASE);
    munmap(head, first);
    return 0;
}

static int check(const struct session *s)
{
    struct ig_intro intro;
    struct stat st;
    ssize_t n = pread(s->fd, &intro, sizeof(intro), 0);
    if (n != (ssize_t)sizeof(intro) || intro.magic != IG_MAGIC || fstat(s->fd, &st) != 0) {
        say("%s is not a session of ipcgrind; name another file, or remove it", where(s));
        return -1;
    }
    if (intro.version != IG_VERSION || intro.header_size != sizeof(struct ig_header)) {
        say("%s was made by another version of ipcgrind; remove it and start anew", where(s));
        return -1;
    }
    if (intro.size != (uint64_t)st.st_size) {
        say("%s is cut short; remove it and start anew", where(s));
        return -1;
    }
    return 0;
}

/* Does the name still lead to what is open? */
static bool still_named(const struct session *s)
{
    struct stat mine;
    struct stat named;
    return fstat(s->fd, &mine) == 0 && stat(s->name, &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

static int open_named(struct session *s, uint32_t seed)
{
    struct stat st;
    bool alone = false;
    do {
        if (s->fd >= 0)
            close(s->fd);
        s->fd = open(s->name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (s->fd < 0) {
            say("session %s: %s; give a file in a folder you may write", s->name, strerror(errno));
            return -1;
        }
        alone = flock(s->fd, LOCK_EX | LOCK_NB) == 0;
        if (!alone && flock(s->fd, LOCK_SH) != 0) {
            say("session %s: %s", s->name, strerror(errno));
            return -1;
        }
    } while (!still_named(s));
    if (fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        say("session %s is not a regular file; name another one", s->name);
        return -1;
    }
    bool fresh = st.st_size == 0;
    if (!fresh && check(s) != 0)
        return -1;
    if (alone && begin(s, seed) != 0) {
        if (fresh)
            unlink(s->name);
        return -1;
    }
    flock(s->fd, LOCK_SH);
    s->path = realpath(s->name, NULL);
    return s->path ? 0 : -1;
}

static int open_memory(struct session *s, uint32_t seed)
{
    s->fd = memfd_create("ipcgrind-session", MFD_CLOEXEC);
    if (s->fd < 0) {
        say("no session: %s", strerror(errno));
        return -1;
    }
    if (asprintf(&s->path, "/proc/%ld/fd/%d", (long)getpid(), s->fd) < 0)
        return -1;
    return begin(s, seed);
}

int session_open(struct session *s, const struct options *o, uint32_t seed)
{
    *s = (struct session){.fd = -1, .name = o->session};
    if ((s->name ? open_named(s, seed) : open_memory(s, seed)) != 0) {
        session_close(s);
        return -1;
    }
    s->size = file_size;
    s->head = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
    if (s->head == MAP_FAILED) {
        say("session %s: %s", where(s), strerror(errno));
        s->head = NULL;
        session_close(s);
        return -1;
    }
    s->head->fault = o->fault;
    s->head->fault_in = o->fault_in;
    return 0;
}

static int open_given(struct session *s, const char *path)
{
    *s = (struct session){.fd = open(path, O_RDWR | O_CLOEXEC), .name = path};
    if (s->fd < 0)
        say("session %s: %s", path, strerror(errno));
    return s->fd < 0 ? -1 : 0;
}

int session_make(struct session *s, const char *path, uint32_t seed)
{
    return open_given(s, path) != 0 ? -1 : begin(s, seed);
}

int session_view(struct session *s, const char *path)
{
    if (open_given(s, path) != 0 || check(s) != 0)
        return -1;
    s->size = file_size;
    s->head = mmap(NULL, s->size, PROT_READ, MAP_SHARED, s->fd, 0);
    s->name = NULL; /* not ours to remove */
    if (s->head != MAP_FAILED)
        return 0;
    say("session %s: %s", path, strerror(errno));
    s->head = NULL;
    return -1;
}

void session_close(struct session *s)
{
    if (s->head)
        munmap(s->head, s->size);
    if (s->fd >= 0) {
        if (s->name && s->head && flock(s->fd, LOCK_EX | LOCK_NB) == 0 && still_named(s))
            unlink(s->name);
        close(s->fd);
    }
    free(s->path);
    *s = (struct session){.fd = -1};
}
