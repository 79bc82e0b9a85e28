/* SPDX-License-Identifier: MIT */
/** Records as JSON values, for the code that writes whole documents. */
#ifndef GR_RECORD_JSON_H
#define GR_RECORD_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "gr_result.h"

/** Return: @r as a new JSON object. */
json_t *gr_record_json(const struct gr_record *r);
/** Return: @s as a new JSON string, null for NULL; bytes that are not UTF-8 come escaped. */
json_t *gr_json_text(const char *s);
/** Return: @v as a new JSON string of digits: JSON numbers are not exact to 64 bits. */
json_t *gr_json_u64(uint64_t v);
/** Cut every text of @r to about @max bytes and the findings to @nfindings. */
void gr_record_cut(struct gr_record *r, size_t max, size_t nfindings);

#endif
