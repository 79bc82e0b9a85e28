/* SPDX-License-Identifier: MIT */
/*
 * Purpose: what a struct gr_lab owns, and small questions about it.
 */
#include "gr_lab.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"

void gr_names_add(struct gr_names *names, const char *name)
{
    names->v = gr_xrealloc(names->v, names->n + 1, sizeof(*names->v));
    names->v[names->n++] = gr_xstrdup(name);
}

void gr_names_release(struct gr_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->v[i]);
    free(names->v);
    memset(names, 0, sizeof(*names));
}

static void program_release(struct gr_program *p)
{
    free(p->name);
    free(p->binary);
    free(p->driver);
    gr_names_release(&p->sources);
    gr_names_release(&p->libs);
}

void gr_lab_release(struct gr_lab *lab)
{
    for (size_t i = 0; i < lab->nprograms; i++)
        program_release(&lab->programs[i]);
    for (size_t i = 0; i < lab->nforbidden; i++) {
        free(lab->forbidden[i].call);
        free(lab->forbidden[i].reason);
    }
    free(lab->programs);
    free(lab->forbidden);
    free(lab->slug);
    free(lab->title);
    gr_names_release(&lab->headers);
    memset(lab, 0, sizeof(*lab));
}

const struct gr_program *gr_lab_program(const struct gr_lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->nprograms; i++)
        if (strcmp(lab->programs[i].binary, name) == 0)
            return &lab->programs[i];
    for (size_t i = 0; i < lab->nprograms; i++)
        if (strcmp(lab->programs[i].name, name) == 0)
            return &lab->programs[i];
    return NULL;
}

const char *gr_lab_short(const char *slug)
{
    const char *s = slug;

    while (isdigit((unsigned char)*s))
        s++;
    return *s == '-' && s[1] ? s + 1 : slug;
}
