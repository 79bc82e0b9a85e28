/* SPDX-License-Identifier: MIT */
/*
 * Purpose: read a command line strictly. getopt_long() takes "--se" for "--seed" and numbers by
 * strtol() take "12x" for 12; a grade must not hang on such kindness.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"
#include "gr_text.h"
#include "ipclab.h"

int wrong(int status, const char *fmt, ...)
{
    char *s = NULL, *clean;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        s = NULL;
    va_end(ap);
    clean = gr_clean(s ? s : "out of memory");
    fprintf(stderr, "ipclab%s%s\n", *clean == ' ' ? "" : ": ", clean);
    free(clean);
    free(s);
    return status;
}

static const struct opt *find(const struct opt *opts, size_t n, const char *arg, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(opts[i].name) == len && strncmp(opts[i].name, arg, len) == 0)
            return &opts[i];
    return NULL;
}

static int unknown(const char *cmd, const struct opt *opts, size_t n, const char *arg)
{
    struct gr_text t = {0};
    char *list;

    for (size_t i = 0; i < n; i++)
        gr_text_addf(&t, " --%s%s%s", opts[i].name, opts[i].value ? " " : "",
                     opts[i].value ? opts[i].value : "");
    list = gr_text_take(&t);
    if (*arg == '-')
        wrong(EX_USE, " %s: there is no option %s; it takes%s", cmd, arg, list);
    else
        wrong(EX_USE, " %s: \"%s\" belongs to no option; it takes%s", cmd, arg, list);
    free(list);
    return EX_USE;
}

int opt_parse(const char *cmd, const struct opt *opts, size_t n, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        bool dashes = strncmp(argv[i], "--", 2) == 0;
        const char *arg = dashes ? argv[i] + 2 : "", *eq = strchr(arg, '=');
        const struct opt *o = find(opts, n, arg, eq ? (size_t)(eq - arg) : strlen(arg));

        if (!o)
            return unknown(cmd, opts, n, argv[i]);
        if (!o->value && eq)
            return wrong(EX_USE, " %s: --%s takes no value; leave \"%s\" out", cmd, o->name, eq);
        if (!o->value) {
            *o->flag = true;
            continue;
        }
        if (!eq && i + 1 >= argc)
            return wrong(EX_USE, " %s: --%s needs a value; write --%s %s", cmd, o->name, o->name,
                         o->value);
        *o->text = eq ? eq + 1 : argv[++i];
        if (!**o->text)
            return wrong(EX_USE, " %s: --%s is empty; write --%s %s", cmd, o->name, o->name,
                         o->value);
    }
    return 0;
}

int opt_u64(const char *cmd, const char *name, const char *s, uint64_t *out)
{
    char *end;

    if (!s)
        return 0;
    errno = 0;
    *out = strtoull(s, &end, s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? 16 : 10);
    if (!isdigit((unsigned char)*s) || *end || errno)
        return wrong(EX_USE, " %s: --%s %s is not a number from 0 to 18446744073709551615", cmd,
                     name, s);
    return 0;
}

int opt_int(const char *cmd, const char *name, const char *s, int min, int max, int *out)
{
    char *end;
    long n;

    if (!s)
        return 0;
    errno = 0;
    n = strtol(s, &end, 10);
    if (!isdigit((unsigned char)*s) || *end || errno || n < min || n > max)
        return wrong(EX_USE, " %s: --%s %s is not a number from %d to %d", cmd, name, s, min, max);
    *out = (int)n;
    return 0;
}

int opt_scale(const char *cmd, const char *name, const char *s, double *out)
{
    char *end;
    double d;

    if (!s)
        return 0;
    errno = 0;
    d = strtod(s, &end);
    if (!(isdigit((unsigned char)*s) || *s == '.') || *end || errno || !isfinite(d) || !(d > 0) ||
        d > 1000)
        return wrong(EX_USE,
                     " %s: --%s %s is not a factor; write a number above 0, at most 1000, such as "
                     "--%s 2",
                     cmd, name, s, name);
    *out = d;
    return 0;
}

int lab_open(const char *cmd, const char *root, const char *name, struct gr_lab *lab)
{
    char *err = NULL, *slug, *path;
    int rc = 0;

    if (!name)
        return wrong(EX_USE, " %s: which lab? write --lab NAME; ipclab list shows them", cmd);
    slug = gr_lab_find(root, name, &err);
    if (!slug) {
        rc = wrong(EX_USE, " %s: --lab: %s", cmd, err);
        free(err);
        return rc;
    }
    path = gr_xasprintf("%s/labs/%s/lab.ini", root, slug);
    if (gr_lab_load(lab, path, &err) == -1) {
        rc = wrong(EX_UNJUDGED, " %s: %s", cmd, err);
        free(err);
    }
    free(path);
    free(slug);
    return rc;
}
