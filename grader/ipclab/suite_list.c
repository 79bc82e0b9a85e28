/* SPDX-License-Identifier: MIT */
/*
 * Purpose: read the suite's list. What is not on it cannot be judged, and what is on it must be:
 * so an unreadable list is the end of the grading, not a shorter one.
 */
#include "suite_list.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_alloc.h"

struct asking {
    struct suite_list *list;
    bool asked;
    char **err;
    int rc;
};

static int next(void *ctx, int slot)
{
    struct asking *a = ctx;
    bool first = !a->asked;

    (void)slot;
    a->asked = true;
    return first ? 0 : -1;
}

static void child(void *ctx, int index, int slot)
{
    const struct asking *a = ctx;
    char *argv[] = {a->list->path, (char[]){"--list"}, NULL};

    (void)index;
    (void)slot;
    /* The list comes on stdout; what else the suite says must not look like a list. */
    if (dup2(0, 2) != -1)
        execv(a->list->path, argv);
    _exit(125);
}

static char *text_of(const json_t *o, const char *key)
{
    return gr_xstrdup(json_string_value(json_object_get(o, key)));
}

static int parse_item(struct item *it, const char *line, size_t len)
{
    json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *points = json_object_get(o, "points"), *cost = json_object_get(o, "cost");
    const json_t *queues = json_object_get(o, "queues");

    memset(it, 0, sizeof(*it));
    it->id = text_of(o, "id");
    it->title = text_of(o, "title");
    it->part = text_of(o, "part");
    it->program = text_of(o, "program");
    it->step = text_of(o, "step");
    it->kind = gr_kind_parse(json_string_value(json_object_get(o, "kind")));
    it->lens = gr_lens_parse(json_string_value(json_object_get(o, "lens")));
    it->points = json_is_integer(points) ? (int)json_integer_value(points) : -1;
    it->cost = json_is_number(cost) ? json_number_value(cost) : 0;
    it->queues = json_is_integer(queues) ? (unsigned)json_integer_value(queues) : 0;
    json_decref(o);
    if (!it->program)
        it->program = gr_xstrdup("");
    return it->id && *it->id && it->title && it->part && it->points >= 0 && it->points <= 1000 &&
                   it->kind < GR_NKINDS && it->lens < GR_NLENSES
               ? 0
               : -1;
}

static bool known(const struct suite_list *l, const char *id)
{
    for (size_t i = 0; i + 1 < l->n; i++)
        if (strcmp(l->v[i].id, id) == 0)
            return true;
    return false;
}

static char *parse_list(struct suite_list *l, const char *text)
{
    size_t line = 1;

    for (const char *s = text; *s; line++) {
        size_t len = strcspn(s, "\n");

        l->v = gr_xrealloc(l->v, l->n + 1, sizeof(*l->v));
        if (parse_item(&l->v[l->n++], s, len) == -1)
            return gr_xasprintf("line %zu of its list is not an item", line);
        if (known(l, l->v[l->n - 1].id))
            return gr_xasprintf("line %zu of its list has an id that was there before", line);
        s += len + (s[len] == '\n');
    }
    return l->n > 0 ? NULL : gr_xstrdup("its list is empty");
}

static void ended(void *ctx, const struct pool_child *c)
{
    struct asking *a = ctx;
    char *text, *why = NULL;
    size_t len;

    text = pool_text(&c->out, &len);
    if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != 0)
        why = gr_xstrdup(c->late ? "it did not answer" : "it failed");
    else if (strlen(text) != len || c->out.total != len)
        why = gr_xstrdup("its list is not text, or too long");
    else
        why = parse_list(a->list, text);
    if (why)
        *a->err = gr_xasprintf("%s --list: %s; build the kit again: make clean build",
                               a->list->path, why);
    a->rc = why ? -1 : 0;
    free(why);
    free(text);
}

int suite_list_load(struct suite_list *l, struct pool *p, const char *root, const char *slug,
                    char **err)
{
    struct asking a = {.list = l, .err = err, .rc = -1};
    const struct pool_ops ops = {.next = next, .child = child, .ended = ended, .wall_ms = 30000};

    memset(l, 0, sizeof(*l));
    *err = NULL;
    l->path = gr_xasprintf("%s/build/suites/%s", root, slug);
    if (access(l->path, X_OK) == -1) {
        *err = gr_xasprintf("the tests of this lab are not built (%s: %s); type make build",
                            l->path, strerror(errno));
        return -1;
    }
    if (pool_run(p, &ops, &a, 1) == -1 && !p->stop)
        *err = gr_xasprintf("%s: %s", l->path, strerror(errno));
    return p->stop ? -1 : a.rc;
}

void suite_list_release(struct suite_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->v[i].id);
        free(l->v[i].title);
        free(l->v[i].part);
        free(l->v[i].program);
        free(l->v[i].step);
    }
    free(l->v);
    free(l->path);
    memset(l, 0, sizeof(*l));
}
