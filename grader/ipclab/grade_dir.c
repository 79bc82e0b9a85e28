/* SPDX-License-Identifier: MIT */
/*
 * Purpose: the run folder, and the copy of the student's files in it. From here on nothing a
 * student changes, links or blocks on can reach the grading.
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
#include "gr_jail.h"
#include "gr_text.h"
#include "grade.h"

/* Whether another user can come through to @path: as root, the jail is another user. */
static bool passable(const char *path)
{
    char *p = gr_xstrdup(path);
    struct stat st;
    bool yes = true;

    for (char *s = p; yes && *s; s++) {
        char keep = s[1];

        if (*s != '/' && keep != '/' && keep != '\0')
            continue;
        s[1] = '\0';
        yes = stat(p, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & S_IXOTH);
        s[1] = keep;
    }
    free(p);
    return yes;
}

/* Without a jail our paths stand in LD_PRELOAD, which is cut at blanks and colons. */
static const char *temp_root(const struct grade *g)
{
    const char *t = getenv("TMPDIR");
    struct stat st;

    if (!t || *t != '/' || stat(t, &st) == -1 || !S_ISDIR(st.st_mode) || access(t, W_OK) == -1 ||
        (!g->bwrap && strpbrk(t, " :")))
        return "/tmp";
    return geteuid() != 0 || passable(t) ? t : "/tmp";
}

/* For what we write: all of it goes below the run folder. */
static int broke(const struct grade *g, const char *what, const char *path)
{
    int why = errno;

    return wrong(
        -1, " grade: cannot %s %s: %s; is there space in %s? TMPDIR=DIR chooses another folder",
        what, path, strerror(why), temp_root(g));
}

/* @slot: whose user of the jail gets the folder when we are root; -1 = nobody but us. */
static int sub(const struct grade *g, const char *name, mode_t mode, int slot)
{
    uid_t id = gr_jail_uid(slot < 0 ? 0 : slot);

    char *path = gr_xasprintf("%s/%s", g->run, name);
    int rc = 0;

    if (mkdir(path, mode) == -1 || chmod(path, mode) == -1 ||
        (slot >= 0 && geteuid() == 0 && chown(path, id, id) == -1))
        rc = broke(g, "make", path);
    free(path);
    return rc;
}

int grade_dir_make(struct grade *g)
{
    static const char *const subs[] = {"src", "inc",      "drv", "obj",
                                       "bin", "bin/race", "kit", "work"};
    char name[32];
    int rc = 0;

    g->run = gr_xasprintf("%s/ipclab.XXXXXX", temp_root(g));
    if (!mkdtemp(g->run)) {
        rc = broke(g, "make", g->run);
        free(g->run);
        g->run = NULL;
        return rc;
    }
    if (chmod(g->run, 0711) == -1)
        return broke(g, "open", g->run);
    for (size_t i = 0; rc == 0 && i < sizeof(subs) / sizeof(subs[0]); i++)
        rc = sub(g, subs[i], 0755, -1);
    for (size_t i = 0; rc == 0 && i < 2 * g->lab.nprograms; i++) {
        snprintf(name, sizeof(name), "obj/%zu", i);
        rc = sub(g, name, 0755, 0);
    }
    return rc;
}

char *grade_dir_work(const struct grade *g, const char *id, int try, int slot)
{
    char *work = gr_xasprintf("work/%s.%d", id, try), *tmp = gr_xasprintf("%s-tmp", work), *path;

    path = sub(g, work, 0700, slot) == 0 && sub(g, tmp, 0700, slot) == 0
               ? gr_xasprintf("%s/%s", g->run, work)
               : NULL;
    free(work);
    free(tmp);
    return path;
}

void grade_dir_remove(struct grade *g)
{
    if (g->run && gr_remove_tree(g->run) == -1 && errno != ENOENT)
        wrong(0, " grade: %s stays behind: %s; remove it by hand", g->run, strerror(errno));
    free(g->run);
    g->run = NULL;
}

static int put_file(const struct grade *g, const char *sub_name, const char *name, const char *data,
                    size_t len)
{
    char *path = gr_xasprintf("%s/%s/%s", g->run, sub_name, name);
    FILE *f = fopen(path, "wxe");
    bool bad = !f;

    bad = bad || fwrite(data, 1, len, f) != len || fchmod(fileno(f), 0644) == -1;
    if (f && fclose(f) == EOF)
        bad = true;
    if (bad)
        broke(g, "write", path);
    free(path);
    return bad ? -1 : 0;
}

/* What is wrong with a file that could not be opened, and the way out. */
static char *problem(const struct grade *g, const char *name, int why)
{
    const char *lab = gr_lab_short(g->lab.slug);
    char *dir = gr_escape_name(g->dir), *s;

    if (why == ENOENT)
        s = gr_xasprintf("%s is missing in %s; make start LAB=%s puts a skeleton there%s%s", name,
                         dir, lab, g->src ? ": add DIR=" : "", g->src ? dir : "");
    else if (why == ELOOP)
        s = gr_xasprintf("%s in %s is a symbolic link; put the file itself there", name, dir);
    else if (why == EISDIR)
        s = gr_xasprintf("%s in %s is a folder; put a file there", name, dir);
    else if (why == EINVAL || why == ENXIO)
        s = gr_xasprintf("%s in %s is not a regular file; put your source there", name, dir);
    else if (why == EFBIG)
        s = gr_xasprintf("%s in %s is larger than 1 MiB; no source needs that", name, dir);
    else
        s = gr_xasprintf("%s in %s cannot be read: %s; chmod u+r %s may help", name, dir,
                         strerror(why), name);
    free(dir);
    return s;
}

static int take_source(struct grade *g, struct source *s, int dirfd)
{
    int fd = gr_file_open_regular(dirfd, s->name, MAX_SOURCE), rc = 0;
    size_t len = 0;
    char *text = fd != -1 ? gr_file_read(fd, MAX_SOURCE + 1, &len) : NULL;
    int why = errno;

    if (fd != -1)
        close(fd);
    if (!text || len > MAX_SOURCE) {
        s->problem = problem(g, s->name, text ? EFBIG : why);
    } else {
        rc = put_file(g, "src", s->name, text, len);
        todo_scan(s, text);
    }
    free(text);
    return rc;
}

struct source *grade_source(const struct grade *g, const char *name)
{
    for (size_t i = 0; i < g->nsources; i++)
        if (strcmp(g->sources[i].name, name) == 0)
            return &g->sources[i];
    return NULL;
}

static int take_sources(struct grade *g, int dirfd)
{
    int rc = 0;

    for (size_t i = 0; i < g->lab.nprograms; i++) {
        const struct gr_names *names = &g->lab.programs[i].sources;

        for (size_t k = 0; rc == 0 && k < names->n; k++) {
            if (grade_source(g, names->v[k]))
                continue;
            g->sources = gr_xrealloc(g->sources, g->nsources + 1, sizeof(*g->sources));
            memset(&g->sources[g->nsources], 0, sizeof(*g->sources));
            g->sources[g->nsources++].name = gr_xstrdup(names->v[k]);
            rc = take_source(g, &g->sources[g->nsources - 1], dirfd);
        }
    }
    return rc;
}

/* Copy a file of the kit; one that is missing makes the kit unusable. */
static int take_kit(const struct grade *g, const char *from, const char *sub_name, const char *name)
{
    int fd = gr_file_open_regular(AT_FDCWD, from, MAX_SOURCE), rc = -1;
    size_t len;
    char *text = fd != -1 ? gr_file_read(fd, MAX_SOURCE, &len) : NULL;

    if (!text)
        wrong(0, " grade: %s: %s; the kit is incomplete", from, strerror(errno));
    else
        rc = put_file(g, sub_name, name, text, len);
    if (fd != -1)
        close(fd);
    free(text);
    return rc;
}

/* The kit's own copies: beside the drivers if it keeps one there, else in labs/. */
static int take_header(const struct grade *g, const char *name)
{
    char *own = gr_xasprintf("%s/grader/suites/%s/%s", g->root, g->lab.slug, name);
    char *given = gr_xasprintf("%s/labs/%s/%s", g->root, g->lab.slug, name);
    int rc = take_kit(g, access(own, F_OK) == 0 ? own : given, "inc", name);

    free(own);
    free(given);
    return rc;
}

/* Copy what runs in the jail to where its user can read it: the clone may lie in /root. */
static int take_file(const struct grade *g, const char *dir, const char *name, const char *sub_name,
                     mode_t mode)
{
    char *from = gr_xasprintf("%s/%s/%s", g->root, dir, name);
    char *to = gr_xasprintf("%s/%s/%s", g->run, sub_name, name);
    /* a link of the kit's own leads to a file of Valgrind's package */
    int in = open(from, O_RDONLY | O_CLOEXEC), rc = 0;
    FILE *out = in != -1 ? fopen(to, "wxe") : NULL;
    bool copied = out && gr_file_copy(in, out, MAX_BINARY) == 0;

    if (in == -1 || (out && !copied && !ferror(out)))
        rc = wrong(-1, " grade: %s: %s; type `make build`", from, strerror(errno));
    else if (!copied || fchmod(fileno(out), mode) == -1)
        rc = broke(g, "write", to);
    if (out && fclose(out) == EOF && rc == 0)
        rc = broke(g, "write", to);
    if (in != -1)
        close(in);
    free(from);
    free(to);
    return rc;
}

static int take_tool(const struct grade *g, const char *dir, const char *name, mode_t mode)
{
    return take_file(g, dir, name, "kit", mode);
}

static int take_tools(const struct grade *g)
{
    char *path = gr_xasprintf("%s/build/tools", g->root);
    DIR *d = opendir(path);
    struct dirent *e;
    int rc = take_tool(g, "build/bin", "gr-warden", 0755);

    if (rc == 0)
        rc = take_tool(g, "grader/lib", "ipclab.supp", 0644);
    while (rc == 0 && d && (e = readdir(d)))
        if (e->d_name[0] != '.')
            rc = take_tool(g, "build/tools", e->d_name, 0755);
    if (d)
        closedir(d);
    free(path);
    return rc;
}

/* Most gradings of most labs need no copy of the tool. */
static bool wants_race_lens(const struct grade *g)
{
    for (size_t i = 0; i < g->list.n; i++)
        if (g->list.v[i].chosen && g->list.v[i].lens == GR_RACE_LENS)
            return true;
    return false;
}

/* The race lens, where it was built: the tool, its library, and the program that reads sessions. */
static int take_ipcgrind(const struct grade *g)
{
    char *lib = gr_xasprintf("%s/build/lib/ipcgrind", g->root);
    char *to = gr_xasprintf("%s/kit/ipcgrind", g->run);
    DIR *d = opendir(lib);
    struct dirent *e;
    int rc = 0;

    if (d && mkdir(to, 0755) == -1)
        rc = broke(g, "make", to);
    while (rc == 0 && d && (e = readdir(d)))
        if (e->d_name[0] != '.')
            rc = take_file(g, "build/lib/ipcgrind", e->d_name, "kit/ipcgrind", 0755);
    if (rc == 0 && d)
        rc = take_file(g, "build/bin", "ipcgrind", "kit/ipcgrind", 0755);
    if (rc == 0 && d) /* the linker sees only its own folders */
        rc = take_file(g, "build/lib/ipcgrind", RACE_RUNTIME, "inc", 0644);
    if (d)
        closedir(d);
    free(lib);
    free(to);
    return rc;
}

static int take_driver(const struct grade *g, const char *name)
{
    char *path = gr_xasprintf("%s/grader/suites/%s/%s", g->root, g->lab.slug, name);
    int rc = take_kit(g, path, "drv", name);

    free(path);
    return rc;
}

int grade_snapshot(struct grade *g)
{
    int dirfd = open(g->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (dirfd == -1)
        return wrong(-1, " grade: cannot read %s: %s; chmod u+rx may help", g->dir,
                     strerror(errno));
    rc = take_sources(g, dirfd);
    close(dirfd);
    for (size_t i = 0; rc == 0 && i < g->lab.headers.n; i++)
        rc = take_header(g, g->lab.headers.v[i]);
    for (size_t i = 0; rc == 0 && i < g->lab.nprograms; i++)
        if (g->lab.programs[i].driver)
            rc = take_driver(g, g->lab.programs[i].driver);
    if (rc == 0)
        rc = take_tools(g);
    return rc == 0 && wants_race_lens(g) ? take_ipcgrind(g) : rc;
}
