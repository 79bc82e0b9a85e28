/* SPDX-License-Identifier: MIT */
/*
 * Purpose: find the labs wherever the kit was unpacked and whatever a person calls them.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_lab.h"
#include "gr_text.h"

static bool has_labs(const char *folder)
{
    char *labs = gr_xasprintf("%s/labs", folder), *grader = gr_xasprintf("%s/grader", folder);
    struct stat a, b;
    bool yes =
        stat(labs, &a) == 0 && S_ISDIR(a.st_mode) && stat(grader, &b) == 0 && S_ISDIR(b.st_mode);

    free(labs);
    free(grader);
    return yes;
}

char *gr_root_find(char **err)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash;

    if (n <= 0) {
        *err = gr_xasprintf("cannot find the kit: reading /proc/self/exe: %s; is /proc mounted?",
                            strerror(errno));
        return NULL;
    }
    path[n] = '\0';
    while ((slash = strrchr(path, '/'))) {
        *slash = '\0';
        if (has_labs(path))
            return gr_xstrdup(path);
    }
    path[n] = '\0';
    *err = gr_xstrdup("cannot find the kit: no folder above this program holds labs/ and grader/; "
                      "build it with make build and run build/bin/ipclab from there");
    return NULL;
}

static bool is_slug(const char *name)
{
    return isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) && name[2] == '-' &&
           name[3];
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int gr_lab_list(const char *root, struct gr_names *slugs)
{
    char *labs = gr_xasprintf("%s/labs", root);
    DIR *d = opendir(labs);
    struct dirent *e;

    memset(slugs, 0, sizeof(*slugs));
    free(labs);
    if (!d)
        return -1;
    while ((e = readdir(d))) {
        char *ini = gr_xasprintf("%s/lab.ini", e->d_name);

        if (is_slug(e->d_name) && faccessat(dirfd(d), ini, F_OK, 0) == 0)
            gr_names_add(slugs, e->d_name);
        free(ini);
    }
    closedir(d);
    if (slugs->n > 1)
        qsort(slugs->v, slugs->n, sizeof(*slugs->v), by_name);
    return 0;
}

static bool stands_for(const char *name, const char *slug)
{
    char *end;
    unsigned long n;

    if (strcasecmp(name, slug) == 0 || strcasecmp(name, gr_lab_short(slug)) == 0)
        return true;
    if (!isdigit((unsigned char)*name) || strlen(name) > 2)
        return false;
    n = strtoul(name, &end, 10);
    return *end == '\0' && n == strtoul(slug, NULL, 10);
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* How many letters must be typed differently to get from @a to @b (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], lb = strlen(b), diag, up;

    if (strlen(a) > 60 || lb > 60)
        return 99;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        diag = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            up = row[j];
            row[j] = min3(up + 1, row[j - 1] + 1,
                          diag + (tolower((unsigned char)a[i - 1]) != (unsigned char)b[j - 1]));
            diag = up;
        }
    }
    return row[lb];
}

static char *unknown(const char *name, const struct gr_names *slugs)
{
    const char *nearest = NULL;
    char *shown = gr_escape_name(name);
    struct gr_text t = {0};
    size_t best = 4;

    for (size_t i = 0; i < slugs->n; i++) {
        size_t d = min3(distance(name, gr_lab_short(slugs->v[i])), distance(name, slugs->v[i]), 99);

        if (d < best) {
            best = d;
            nearest = slugs->v[i];
        }
    }
    gr_text_addf(&t, "there is no lab \"%s\"; ", shown);
    free(shown);
    if (nearest)
        gr_text_addf(&t, "did you mean %s? ", gr_lab_short(nearest));
    gr_text_adds(&t, slugs->n ? "Labs:" : "labs/ holds no folder NN-topic with a lab.ini");
    for (size_t i = 0; i < slugs->n; i++)
        gr_text_addf(&t, " %s", gr_lab_short(slugs->v[i]));
    return gr_text_take(&t);
}

char *gr_lab_find(const char *root, const char *name, char **err)
{
    struct gr_names slugs;
    char *found = NULL;

    if (gr_lab_list(root, &slugs) == -1) {
        *err = gr_xasprintf("%s/labs: cannot read it: %s", root, strerror(errno));
        return NULL;
    }
    for (size_t i = 0; i < slugs.n && !found; i++)
        if (stands_for(name, slugs.v[i]))
            found = gr_xstrdup(slugs.v[i]);
    if (!found)
        *err = unknown(name, &slugs);
    gr_names_release(&slugs);
    return found;
}
