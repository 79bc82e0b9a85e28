/* SPDX-License-Identifier: MIT */
/* Purpose: `ipclab list`: which labs there are, and what one of them grades. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gr_alloc.h"
#include "gr_text.h"
#include "ipclab.h"
#include "suite_list.h"

bool lab_started(const char *root, const struct gr_lab *lab)
{
    struct stat st;
    bool any = false;

    for (size_t i = 0; i < lab->nprograms && !any; i++) {
        for (size_t k = 0; k < lab->programs[i].sources.n && !any; k++) {
            char *path =
                gr_xasprintf("%s/labs/%s/%s", root, lab->slug, lab->programs[i].sources.v[k]);

            any = stat(path, &st) == 0;
            free(path);
        }
    }
    return any;
}

static int list_one(const char *root, const char *slug)
{
    char *path = gr_xasprintf("%s/labs/%s/lab.ini", root, slug), *err = NULL;
    struct gr_lab lab;
    int rc = gr_lab_load(&lab, path, &err);

    free(path);
    if (rc == -1) {
        wrong(EX_WRONG, "%s", err);
        free(err);
        return EX_WRONG;
    }
    printf("%-20s %-16s %3d points  %-11s ", slug, lab.title, lab.points,
           lab_started(root, &lab) ? "started" : "not started");
    for (size_t i = 0; i < lab.nprograms; i++)
        printf(" %s", lab.programs[i].name);
    puts("");
    gr_lab_release(&lab);
    return EX_DONE;
}

static int list_labs(const char *root)
{
    struct gr_names slugs;
    int rc = EX_DONE;

    if (gr_lab_list(root, &slugs) == -1)
        return wrong(EX_WRONG, "list: cannot read %s/labs", root);
    for (size_t i = 0; i < slugs.n; i++)
        if (list_one(root, slugs.v[i]) != EX_DONE)
            rc = EX_WRONG;
    if (slugs.n == 0)
        rc = wrong(EX_WRONG, "list: %s/labs holds no lab", root);
    gr_names_release(&slugs);
    return rc;
}

static void put_items(const struct gr_lab *lab, const struct suite_list *l)
{
    const char *part = "";
    int sum = 0;

    printf("%s (%s)\n", lab->title, lab->slug);
    for (size_t i = 0; i < l->n; i++) {
        char *title = gr_clean(l->v[i].title);

        if (strcmp(part, l->v[i].part) != 0)
            printf("\n%s\n", l->v[i].part);
        part = l->v[i].part;
        printf("  %-7s %3d  %-9s %s\n", l->v[i].id, l->v[i].points, gr_kind_name(l->v[i].kind),
               title);
        sum += l->v[i].points;
        free(title);
    }
    printf("\n%d points. memory, hygiene and races count when all of a part's behaviour passes.\n",
           sum);
}

static int list_items(const char *root, const struct gr_lab *lab)
{
    struct suite_list l;
    struct pool p;
    char *err = NULL;
    int rc = EX_DONE;

    if (pool_init(&p) == -1)
        return wrong(EX_WRONG, "list: cannot watch children");
    if (suite_list_load(&l, &p, root, lab->slug, &err) == -1)
        rc = p.stop ? 128 + p.stop : wrong(EX_WRONG, "list: %s", err);
    else
        put_items(lab, &l);
    pool_finish(&p);
    suite_list_release(&l);
    free(err);
    return rc;
}

int cmd_list(const char *root, int argc, char **argv)
{
    const char *name = NULL;
    const struct opt opts[] = {{"lab", "LAB", &name, NULL}};
    struct gr_lab lab = {0};
    int rc = opt_parse("list", opts, 1, argc, argv);

    if (rc)
        return rc;
    if (!name) {
        rc = list_labs(root);
    } else {
        rc = lab_open("list", root, name, &lab);
        if (rc)
            return rc == EX_UNJUDGED ? EX_WRONG : rc;
        rc = list_items(root, &lab);
        gr_lab_release(&lab);
    }
    return fflush(stdout) == EOF ? EX_WRONG : rc;
}
