/* SPDX-License-Identifier: MIT */
/*
 * Purpose: a record as JSON and back. Reading is strict: a record decides points, so a
 * field that is missing, misspelt or out of range is an error and never a default.
 */
#include "gr_record_json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"

struct text_field {
    const char *name;
    size_t offset;
    bool required;
};

struct number_field {
    const char *name;
    size_t offset;
};

#define AT(f) offsetof(struct gr_record, f)
#define FAT(f) offsetof(struct gr_finding, f)

static const struct text_field texts[] = {
    {"id", AT(id), true},
    {"title", AT(title), true},
    {"part", AT(part), true},
    {"message", AT(message), false},
    {"expected", AT(expected), false},
    {"actual", AT(actual), false},
    {"command", AT(command), false},
    {"input", AT(input), false},
    {"concept", AT(concept_), false},
    {"where", AT(where), false},
    {"hint", AT(hint), false},
    {"first", AT(first), false},
};
static const struct number_field longs[] = {
    {"diff_line", AT(diff_line)},   {"diff_col", AT(diff_col)},   {"duration_ms", AT(duration_ms)},
    {"cpu_ms", AT(cpu_ms)},         {"from_line", AT(from_line)}, {"warden_ms", AT(warden_ms)},
    {"grader_kib", AT(grader_kib)},
};
static const struct text_field finding_texts[] = {
    {"kind", FAT(kind), true},    {"process", FAT(process), false}, {"text", FAT(text), false},
    {"stack", FAT(stack), false}, {"place", FAT(place), false},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Longest line of points anybody hands out for one item; guards sums against overflow. */
enum { MAX_POINTS = 10000 };

json_t *gr_json_text(const char *s)
{
    json_t *j;
    char *clean;

    if (!s)
        return json_null();
    j = json_string(s);
    if (j)
        return j;
    clean = gr_escape(s, strlen(s), strlen(s)); /* not UTF-8: a file name, perhaps */
    j = json_string(clean);
    free(clean);
    return j;
}

static char *const *text_at(const void *base, size_t offset)
{
    return (char *const *)(const void *)((const char *)base + offset);
}

static void put_texts(json_t *o, const void *base, const struct text_field *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_object_set_new(o, f[i].name, gr_json_text(*text_at(base, f[i].offset)));
}

static json_t *findings_json(const struct gr_record *r)
{
    json_t *list = json_array(), *o;

    for (size_t i = 0; i < r->nfindings; i++) {
        o = json_object();
        put_texts(o, &r->findings[i], finding_texts, COUNT(finding_texts));
        json_object_set_new(o, "pid", json_integer(r->findings[i].pid));
        json_array_append_new(list, o);
    }
    return list;
}

json_t *gr_json_u64(uint64_t v)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
    return json_string(digits);
}

json_t *gr_record_json(const struct gr_record *r)
{
    json_t *o = json_object();

    put_texts(o, r, texts, COUNT(texts));
    json_object_set_new(o, "kind", json_string(gr_kind_name(r->kind)));
    json_object_set_new(o, "lens", json_string(gr_lens_name(r->lens)));
    json_object_set_new(o, "verdict", json_string(gr_verdict_name(r->verdict)));
    json_object_set_new(o, "points", json_integer(r->points));
    json_object_set_new(o, "max", json_integer(r->max));
    json_object_set_new(o, "gated", json_boolean(r->gated));
    for (size_t i = 0; i < COUNT(longs); i++)
        json_object_set_new(
            o, longs[i].name,
            json_integer(*(const long *)(const void *)((const char *)r + longs[i].offset)));
    json_object_set_new(o, "seed", gr_json_u64(r->seed));
    json_object_set_new(o, "findings", findings_json(r));
    return o;
}

/* Where a sentence about the first thing wrong goes. */
struct sink {
    char *buf;
    size_t len;
};

static int bad(const struct sink *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int bad(const struct sink *err, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (err->len > 0)
        vsnprintf(err->buf, err->len, fmt, ap);
    va_end(ap);
    errno = EBADMSG;
    return -1;
}

static int get_texts(void *base, const json_t *o, const struct text_field *f, size_t n,
                     const struct sink *err)
{
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_object_get(o, f[i].name);
        char **to = (char **)(void *)((char *)base + f[i].offset);

        if (json_is_string(v))
            *to = gr_xstrdup(json_string_value(v));
        else if (v && !json_is_null(v))
            return bad(err, "\"%s\" is not a string", f[i].name);
        if (f[i].required && (!*to || !**to))
            return bad(err, "\"%s\" is missing", f[i].name);
    }
    return 0;
}

static int get_int(const json_t *o, const char *name, json_int_t max, json_int_t *out,
                   const struct sink *err)
{
    const json_t *v = json_object_get(o, name);

    *out = 0;
    if (!v)
        return bad(err, "\"%s\" is missing", name);
    *out = json_integer_value(v);
    if (!json_is_integer(v) || *out < 0 || *out > max)
        return bad(err, "\"%s\" is not a number from 0 to %lld", name, (long long)max);
    return 0;
}

static int get_numbers(struct gr_record *r, const json_t *o, const struct sink *err)
{
    json_int_t n;

    if (get_int(o, "max", MAX_POINTS, &n, err) == -1)
        return -1;
    r->max = (int)n;
    if (get_int(o, "points", r->max, &n, err) == -1)
        return -1;
    r->points = (int)n;
    for (size_t i = 0; i < COUNT(longs); i++) {
        if (get_int(o, longs[i].name, INT32_MAX, &n, err) == -1)
            return -1;
        *(long *)(void *)((char *)r + longs[i].offset) = (long)n;
    }
    return 0;
}

static int get_names(struct gr_record *r, const json_t *o, const struct sink *err)
{
    const char *kind = json_string_value(json_object_get(o, "kind"));
    const char *lens = json_string_value(json_object_get(o, "lens"));
    const char *verdict = json_string_value(json_object_get(o, "verdict"));

    r->kind = gr_kind_parse(kind);
    r->lens = gr_lens_parse(lens);
    r->verdict = gr_verdict_parse(verdict);
    r->gated = json_is_true(json_object_get(o, "gated"));
    if (r->kind == GR_NKINDS)
        return bad(err, "kind \"%.40s\" is unknown", kind ? kind : "");
    if (r->lens == GR_NLENSES)
        return bad(err, "lens \"%.40s\" is unknown", lens ? lens : "");
    if (r->verdict == GR_NVERDICTS)
        return bad(err, "verdict \"%.40s\" is unknown", verdict ? verdict : "");
    return 0;
}

static int get_seed(struct gr_record *r, const json_t *o, const struct sink *err)
{
    const char *s = json_string_value(json_object_get(o, "seed"));
    char *end;

    if (!s || *s < '0' || *s > '9')
        return bad(err, "\"seed\" is not a string of digits");
    errno = 0;
    r->seed = strtoull(s, &end, 10);
    return *end || errno ? bad(err, "\"seed\" is not a 64-bit number") : 0;
}

static int get_findings(struct gr_record *r, const json_t *o, const struct sink *err)
{
    const json_t *list = json_object_get(o, "findings");
    json_int_t pid;

    if (!json_is_array(list))
        return bad(err, "\"findings\" is not a list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *f = json_array_get(list, i);
        struct gr_finding *to;

        gr_record_add_finding(r, NULL, NULL, 0, NULL, NULL, NULL);
        to = &r->findings[i];
        if (get_texts(to, f, finding_texts, COUNT(finding_texts), err) == -1 ||
            get_int(f, "pid", INT32_MAX, &pid, err) == -1)
            return -1;
        to->pid = (int)pid;
    }
    return 0;
}

int gr_record_from_json(struct gr_record *r, const char *line, size_t len, char *err, size_t errlen)
{
    struct sink to = {err, errlen};
    json_error_t why;
    json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
    int rc = -1;

    gr_record_init(r);
    if (!json_is_object(o))
        bad(&to, "not a JSON object: %s", o ? "another type" : why.text);
    else if (get_texts(r, o, texts, COUNT(texts), &to) == 0 && get_names(r, o, &to) == 0 &&
             get_numbers(r, o, &to) == 0 && get_seed(r, o, &to) == 0 &&
             get_findings(r, o, &to) == 0)
        rc = 0;
    json_decref(o);
    if (rc == -1) {
        gr_record_release(r);
        errno = EBADMSG;
    }
    return rc;
}
