/* SPDX-License-Identifier: MIT */
/*
 * Purpose: result.json. Written record by record, so that its size never stands in memory twice,
 * and replaced whole, so that a reader never sees half of it.
 */
#include <errno.h>
#include <sys/stat.h>

#include "gr_file.h"
#include "gr_record_json.h"

static json_t *head(const struct gr_result *res)
{
    json_t *o = json_object();
    int earned, judged, max;

    gr_result_totals(res, &earned, &judged, &max);
    json_object_set_new(o, "schema", json_string("ipclab/result/v1"));
    json_object_set_new(o, "lab", gr_json_text(res->lab));
    json_object_set_new(o, "title", gr_json_text(res->title));
    json_object_set_new(o, "source", gr_json_text(res->source));
    json_object_set_new(o, "jail", gr_json_text(res->jail));
    json_object_set_new(o, "warning", gr_json_text(res->warning));
    json_object_set_new(o, "started", gr_json_text(res->started));
    json_object_set_new(o, "seed", gr_json_u64(res->seed));
    json_object_set_new(o, "time_scale", json_real(res->time_scale));
    json_object_set_new(o, "duration_ms", json_integer(res->duration_ms));
    json_object_set_new(o, "complete", json_boolean(res->complete));
    json_object_set_new(o, "earned", json_integer(earned));
    json_object_set_new(o, "judged", json_integer(judged));
    json_object_set_new(o, "max", json_integer(max));
    json_object_set_new(o, "exit", json_integer(gr_result_exit_status(res)));
    return o;
}

static int dump(json_t *o, FILE *out, size_t flags)
{
    int rc = json_dumpf(o, out, flags);

    json_decref(o);
    return rc;
}

static int put(const struct gr_result *res, FILE *out)
{
    int bad = 0;

    /* The members of the head, without its braces: the records follow in the same object. */
    bad |= fputs("{", out) == EOF;
    bad |= dump(head(res), out, JSON_EMBED | JSON_REAL_PRECISION(9)) == -1;
    bad |= fputs(", \"items\": [", out) == EOF;
    for (size_t i = 0; i < res->nrecords && !bad; i++) {
        bad |= fputs(i ? ",\n" : "\n", out) == EOF;
        bad |= dump(gr_record_json(&res->records[i]), out, 0) == -1;
    }
    bad |= fputs("\n]}\n", out) == EOF;
    return bad ? -1 : 0;
}

int gr_result_save(const struct gr_result *res, const char *path)
{
    struct gr_file f;
    struct stat st;

    /* Renaming over /dev/null as root would cost the machine its /dev/null. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    if (gr_file_begin(&f, path, 0666) == -1)
        return -1;
    errno = EIO; /* jansson's own failures set none */
    if (put(res, f.out) == -1) {
        gr_file_abandon(&f);
        return -1;
    }
    return gr_file_replace(&f);
}
