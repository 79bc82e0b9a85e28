/* SPDX-License-Identifier: MIT */
/* Purpose: `ipclab start`: begin a lab. */
#include <stdio.h>
#include <stdlib.h>

#include "gr_alloc.h"
#include "gr_text.h"
#include "ipclab.h"

static void say_next(const struct gr_lab *lab, const char *dir)
{
    struct gr_text t = {0};
    char *line;

    gr_text_addf(&t, "Next: read labs/%s/README.md and write these files. Then: make grade LAB=%s",
                 lab->slug, gr_lab_short(lab->slug));
    if (dir) {
        gr_text_adds(&t, " SRC=");
        gr_text_add_quoted(&t, dir);
    }
    line = gr_text_take(&t);
    puts(line);
    free(line);
}

int cmd_start(const char *root, int argc, char **argv)
{
    const char *name = NULL, *dir = NULL;
    const struct opt opts[] = {{"lab", "LAB", &name, NULL}, {"dir", "DIR", &dir, NULL}};
    int rc = opt_parse("start", opts, 2, argc, argv);
    struct gr_lab lab = {0};
    char *path;

    if (rc || (rc = lab_open("start", root, name, &lab)))
        return rc == EX_UNJUDGED ? EX_WRONG : rc;
    path = dir ? gr_xstrdup(dir) : gr_xasprintf("%s/labs/%s", root, lab.slug);
    rc = skeleton_copy(root, &lab, path, stdout) == 0 ? EX_DONE : EX_WRONG;
    if (rc == EX_DONE)
        say_next(&lab, dir);
    if (fflush(stdout) == EOF)
        rc = EX_WRONG;
    free(path);
    gr_lab_release(&lab);
    return rc;
}
