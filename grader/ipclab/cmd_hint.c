/* SPDX-License-Identifier: MIT */
/*
 * Purpose: `ipclab hint`: the hints of a lab, a little at a time. labs/NN-topic/hints.md holds, for
 * each step, a line `## NN.k title` and under it `### 1` (a nudge), `### 2` (the idea) and `### 3`
 * (nearly the line). Whoever asks for an item is told the hints of the step it belongs to.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_text.h"
#include "ipclab.h"
#include "suite_list.h"

enum { MOST = 1 << 20, LEVELS = 3 };

/* The next line of *@at, without its newline; NULL at the end. Cuts the text into lines. */
static char *next_line(char **at)
{
    char *line = *at, *end = line ? strchr(line, '\n') : NULL;

    if (!line || !*line)
        return NULL;
    *at = end ? end + 1 : NULL;
    if (end)
        *end = '\0';
    return line;
}

/* Is @line the heading of @step: "## 01.5 `sieve`: .." for "01.5"? */
static bool heads(const char *line, const char *step)
{
    size_t len = strlen(step);

    return strncmp(line, "## ", 3) == 0 && strncmp(line + 3, step, len) == 0 &&
           (line[3 + len] == ' ' || line[3 + len] == '\0');
}

/* All headings, as a table of contents. */
static void put_steps(char *text, const char *lab)
{
    char *line;

    while ((line = next_line(&text)))
        if (strncmp(line, "## ", 3) == 0)
            printf("  %s\n", line + 3);
    printf("\nmake hint LAB=%s STEP=%s gives the first of three hints to a step; an item of the "
           "report will do, too.\n",
           lab, "NN.k");
}

/* The heading of @step and its levels up to @most. Return: the last level there was. */
static int put_hints(char *text, const char *step, int most)
{
    bool inside = false;
    int level = 0, last = 0;
    char *line;

    while ((line = next_line(&text))) {
        if (strncmp(line, "## ", 3) == 0) {
            if (inside)
                break;
            inside = heads(line, step);
            if (inside)
                puts(line + 3);
        } else if (inside && strncmp(line, "### ", 4) == 0) {
            last = level = atoi(line + 4);
            if (level <= most)
                printf("\nhint %d of %d\n", level, LEVELS);
        } else if (inside && level > 0 && level <= most && *line) {
            printf("    %s\n", line);
        }
    }
    return last;
}

/* Turn an item's id into its step. Return: the step, the caller frees; NULL when there is none. */
static char *step_of_item(const char *root, const char *slug, const char *id)
{
    struct suite_list l;
    struct pool p;
    char *err = NULL, *step = NULL;

    if (pool_init(&p) == -1)
        return NULL;
    if (suite_list_load(&l, &p, root, slug, &err) == 0)
        for (size_t i = 0; i < l.n && !step; i++)
            if (strcasecmp(l.v[i].id, id) == 0)
                step = gr_xstrdup(l.v[i].step);
    pool_finish(&p);
    suite_list_release(&l);
    free(err);
    return step;
}

/* "5" and "1.5" mean "01.5" in lab 01; anything else may be an item. The caller frees. */
static char *find_step(const char *root, const char *slug, const char *name)
{
    const char *dot = strchr(name, '.'), *k = dot ? dot + 1 : name;
    size_t digits = strspn(k, "0123456789");

    if (digits > 0 && k[digits] == '\0' &&
        (!dot || strtoul(name, NULL, 10) == strtoul(slug, NULL, 10)) &&
        strspn(name, "0123456789.") == strlen(name))
        return gr_xasprintf("%.2s.%s", slug, k);
    return step_of_item(root, slug, name);
}

static char *read_hints(const char *root, const char *slug)
{
    char *path = gr_xasprintf("%s/labs/%s/hints.md", root, slug), *text = NULL;
    int fd = gr_file_open_regular(AT_FDCWD, path, MOST);
    size_t len;

    if (fd != -1) {
        text = gr_file_read(fd, MOST, &len);
        close(fd);
    }
    if (!text)
        wrong(EX_WRONG, " hint: %s: %s", path, strerror(errno));
    free(path);
    return text;
}

static int put_step(char *text, const struct gr_lab *lab, const char *step, int level)
{
    const char *name = gr_lab_short(lab->slug);
    int last = put_hints(text, step, level);

    if (last == 0)
        return wrong(EX_USE, " hint: there are no hints for step %s; make hint LAB=%s lists them",
                     step, name);
    if (level < last)
        printf("\nThink about it first. Then: make hint LAB=%s STEP=%s LEVEL=%d\n", name, step,
               level + 1);
    else
        printf("\nThat was the last one. The step itself: labs/%s/README.md\n", lab->slug);
    return EX_DONE;
}

int cmd_hint(const char *root, int argc, char **argv)
{
    const char *name = NULL, *asked = NULL, *depth = NULL;
    const struct opt opts[] = {
        {"lab", "LAB", &name, NULL}, {"step", "STEP", &asked, NULL}, {"level", "N", &depth, NULL}};
    int rc = opt_parse("hint", opts, 3, argc, argv), level = 1;
    struct gr_lab lab = {0};
    char *text = NULL, *step = NULL;

    if (rc || (rc = opt_int("hint", "level", depth, 1, LEVELS, &level)) ||
        (rc = lab_open("hint", root, name, &lab)))
        return rc == EX_UNJUDGED ? EX_WRONG : rc;
    step = asked ? find_step(root, lab.slug, asked) : NULL;
    if (asked && !step)
        rc = wrong(EX_USE,
                   " hint: --step %s is no step and no item; ipclab hint --lab %s lists them",
                   asked, gr_lab_short(lab.slug));
    else if (!(text = read_hints(root, lab.slug)))
        rc = EX_WRONG;
    else if (step)
        rc = put_step(text, &lab, step, level);
    else
        put_steps(text, gr_lab_short(lab.slug));
    if (fflush(stdout) == EOF)
        rc = EX_WRONG;
    free(step);
    free(text);
    gr_lab_release(&lab);
    return rc;
}
