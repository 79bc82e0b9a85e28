/* SPDX-License-Identifier: MIT */
/* What is left: IPC objects by key and name, files of the work folder, processes. In a jail of
 * its own namespaces every object there is belongs to the student; without one, only what
 * appeared since the baseline and belongs to our user counts, and is removed at the end. */
#include "gr_io.h"
#include "warden.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_OBJECTS = 1024 };

struct object {
    uint32_t kind;
    int id;
    char name[64];
    char about[128];
};

struct objects {
    struct object o[MAX_OBJECTS];
    size_t n;
};

static struct objects before, now;

static struct object *new_object(struct objects *s, uint32_t kind)
{
    if (s->n == MAX_OBJECTS)
        return NULL;
    s->o[s->n] = (struct object){.kind = kind, .id = -1};
    return &s->o[s->n++];
}

/* What was to be seen at the beginning and is no more counts as left: nobody knows what is in it.
 */
static void add_unseen(struct objects *s, const char *where, uint32_t kind)
{
    int error = errno;
    struct object *o = error == ENOENT ? NULL : new_object(s, kind);

    if (!o)
        return;
    snprintf(o->name, sizeof o->name, "%.62s", where);
    snprintf(o->about, sizeof o->about, "cannot be looked into: %s", strerror(error));
}

/* /proc/sysvipc/NAME: a heading, then `key id perms ...` a line, the owner in column @uid_col. */
static void read_sysv(struct objects *s, const char *name, uint32_t kind, int uid_col)
{
    char path[64], line[512];
    FILE *f;

    snprintf(path, sizeof path, "/proc/sysvipc/%s", name);
    f = fopen(path, "re");
    if (!f) {
        add_unseen(s, path, kind);
        return;
    }
    if (!fgets(line, sizeof line, f))
        line[0] = '\0';
    while (fgets(line, sizeof line, f)) {
        struct object *o;
        long col[16] = {0};
        int n = 0;

        for (char *p = line, *e = line; n < 16; p = e, n++) {
            col[n] = strtol(p, &e, 10);
            if (e == p)
                break;
        }
        if (n <= uid_col || (uid_t)col[uid_col] != geteuid() || !(o = new_object(s, kind)))
            continue;
        o->id = (int)col[1];
        snprintf(o->name, sizeof o->name, "key 0x%08x", (unsigned)col[0]);
        snprintf(o->about, sizeof o->about, "id %d", o->id);
    }
    fclose(f);
}

static const char *file_kind(mode_t mode)
{
    return S_ISFIFO(mode) ? "FIFO" : S_ISSOCK(mode) ? "socket" : S_ISDIR(mode) ? "folder" : "file";
}

/* A folder of ours that was closed to hide what is in it is opened again. */
static void unlock(DIR *d)
{
    struct stat st;

    if (fstat(dirfd(d), &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 0700) != 0700)
        fchmod(dirfd(d), st.st_mode | 0700);
}

/* @kept: @dir, opened at the first look, before the first program, and kept open. */
static void read_dir(struct objects *s, const char *dir, uint32_t kind, DIR **kept)
{
    DIR *d = *kept ? *kept : (*kept = opendir(dir));
    struct dirent *e;

    if (!d) {
        add_unseen(s, dir, kind);
        return;
    }
    unlock(d);
    rewinddir(d);
    while ((e = readdir(d))) {
        struct object *o;
        struct stat st;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
            st.st_uid != geteuid() || !(o = new_object(s, kind)))
            continue;
        snprintf(o->name, sizeof o->name, "%.62s", e->d_name);
        snprintf(o->about, sizeof o->about, "%s, mode %04o, %lld bytes", file_kind(st.st_mode),
                 (unsigned)(st.st_mode & 07777), (long long)st.st_size);
    }
}

static void read_all(struct objects *s)
{
    static DIR *queues, *shm, *work;

    s->n = 0;
    read_sysv(s, "msg", GR_FACT_MSG, 7);
    read_sysv(s, "sem", GR_FACT_SEM, 4);
    read_sysv(s, "shm", GR_FACT_SHM, 7);
    read_dir(s, "/dev/mqueue", GR_FACT_MQUEUE, &queues);
    read_dir(s, "/dev/shm", GR_FACT_DEVSHM, &shm);
    read_dir(s, ".", GR_FACT_FILE, &work);
}

static bool was_there(const struct object *o)
{
    for (size_t i = 0; i < before.n; i++)
        if (before.o[i].kind == o->kind && before.o[i].id == o->id &&
            strcmp(before.o[i].name, o->name) == 0)
            return true;
    return false;
}

void census_baseline(const struct warden *w)
{
    before.n = 0;
    if (!w->bare)
        read_all(&before);
}

static void send_objects(struct warden *w)
{
    static const char *const what[] = {
        [GR_FACT_MSG] = "System V message queue",      [GR_FACT_SEM] = "System V semaphore set",
        [GR_FACT_SHM] = "System V shared memory",      [GR_FACT_MQUEUE] = "POSIX message queue",
        [GR_FACT_DEVSHM] = "POSIX object in /dev/shm", [GR_FACT_FILE] = "in the work folder",
    };

    read_all(&now);
    for (size_t i = 0; i < now.n; i++) {
        const struct object *o = &now.o[i];
        struct gr_fact f = {.kind = o->kind};

        if (was_there(o))
            continue;
        snprintf(f.name, sizeof f.name, "%s", o->name);
        snprintf(f.text, sizeof f.text, "%s: %s (%s)", what[o->kind], o->name, o->about);
        say_fact(w, GR_REP_FACT, &f);
    }
}

void census_send(struct warden *w)
{
    static struct proc_table t;

    reap(w);
    proc_scan(w, &t);
    for (size_t i = 0; i < t.n; i++) {
        struct program *owner = program_by_session(w, t.p[i].sid);
        struct gr_fact f = {.kind = GR_FACT_PROCESS, .pid = t.p[i].pid};

        if (owner && owner->pid == t.p[i].pid)
            continue; /* the suite knows what it started itself */
        f.program = owner ? (int32_t)owner->id : 0;
        snprintf(f.name, sizeof f.name, "%s", t.p[i].comm);
        snprintf(f.text, sizeof f.text, "%s (pid %d) is still there", t.p[i].comm, t.p[i].pid);
        say_fact(w, GR_REP_FACT, &f);
    }
    send_objects(w);
}

/* Does a live process that is not ours still map or hold /dev/shm/NAME? Then it is not litter. */
static bool in_use(const char *name)
{
    char cmd[64], path[128], buf[65536];
    DIR *d = opendir("/proc");
    struct dirent *e;
    bool used = false;

    snprintf(path, sizeof path, "/dev/shm/%.100s", name);
    while (d && !used && (e = readdir(d))) {
        if (atoi(e->d_name) <= 0)
            continue;
        snprintf(cmd, sizeof cmd, "/proc/%d/maps", atoi(e->d_name));
        used = gr_read_file(cmd, buf, sizeof buf) > 0 && strstr(buf, path);
    }
    if (d)
        closedir(d);
    return used;
}

static void remove_object(const struct object *o)
{
    char path[128];

    switch (o->kind) {
    case GR_FACT_MSG:
        msgctl(o->id, IPC_RMID, NULL);
        break;
    case GR_FACT_SEM:
        semctl(o->id, 0, IPC_RMID);
        break;
    case GR_FACT_SHM:
        shmctl(o->id, IPC_RMID, NULL);
        break;
    case GR_FACT_MQUEUE:
        snprintf(path, sizeof path, "/%.100s", o->name);
        mq_unlink(path);
        break;
    case GR_FACT_DEVSHM:
        snprintf(path, sizeof path, "/dev/shm/%.100s", o->name);
        if (!in_use(o->name))
            unlink(path);
        break;
    default: /* the work folder is removed as a whole by its maker */
        break;
    }
}

void census_clean(const struct warden *w)
{
    if (w->isolated || w->bare)
        return;
    read_all(&now);
    for (size_t i = 0; i < now.n; i++)
        if (!was_there(&now.o[i]))
            remove_object(&now.o[i]);
    queue_clean();
}

unsigned census_queues(void)
{
    unsigned n = 0;

    read_all(&now);
    for (size_t i = 0; i < now.n; i++)
        n += now.o[i].kind == GR_FACT_MQUEUE && !was_there(&now.o[i]);
    return n;
}
