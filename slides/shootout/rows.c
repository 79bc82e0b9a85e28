/* SPDX-License-Identifier: MIT */
/*
 * Rows of measurements: look up, CSV out and in, the table.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

const size_t sizes[SIZES] = {1, 64, 4096, 65536};

static const char head[] = "channel,label,mode,bytes,us_median,us_low,us_high,MBps_median";

const char *size_name(size_t size)
{
    static char text[24];

    if (size < 1024)
        snprintf(text, sizeof text, "%zu B", size);
    else
        snprintf(text, sizeof text, "%zu KiB", size / 1024);
    return text;
}

double rows_rate(const struct row *row, double us)
{
    return us > 0 ? (double)row->size / us : 0; /* bytes a microsecond are MB a second */
}

const struct row *rows_find(const struct rows *r, const char *name, enum mode mode, size_t size)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct row *row = &r->row[i];

        if (row->mode == mode && row->size == size && strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

int rows_write(const struct rows *r, const char *path)
{
    FILE *out = fopen(path, "we");

    if (out == NULL)
        return -1;
    fprintf(out, "# %s\n%s\n", r->machine, head);
    for (size_t i = 0; i < r->n; i++) {
        const struct row *row = &r->row[i];

        fprintf(out, "%s,%s,%s,%zu,%.4f,%.4f,%.4f,%.3f\n", row->name, row->label,
                row->mode == PING ? "ping" : "stream", row->size, row->us.median, row->us.low,
                row->us.high, rows_rate(row, row->us.median));
    }
    if (ferror(out)) {
        fclose(out);
        errno = EIO;
        return -1;
    }
    return fclose(out) == EOF ? -1 : 0;
}

/* Return: 1 when @line became a row. */
static int parse_row(const char *line, struct row *row)
{
    char mode[8];
    int n = sscanf(line, "%31[^,],%31[^,],%7[^,],%zu,%lf,%lf,%lf", row->name, row->label, mode,
                   &row->size, &row->us.median, &row->us.low, &row->us.high);

    if (n != 7)
        return 0;
    row->mode = strcmp(mode, "ping") == 0 ? PING : STREAM;
    return (row->mode == PING || strcmp(mode, "stream") == 0) && row->us.low > 0 &&
           row->us.low <= row->us.median && row->us.median <= row->us.high &&
           row->size <= SHOOT_MAX;
}

static int read_lines(struct rows *r, FILE *in, const char *path)
{
    char line[300];

    for (int number = 1; fgets(line, sizeof line, in) != NULL; number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (number == 1 && strncmp(line, "# ", 2) == 0)
            snprintf(r->machine, sizeof r->machine, "%.199s", line + 2);
        else if (number > 2 && (r->n >= ROWS_MAX || !parse_row(line, &r->row[r->n++]))) {
            fprintf(stderr, "shootout: %s:%d: not a line of the shoot-out's CSV\n", path, number);
            return -1;
        } else if (number <= 2 && strcmp(line, head) != 0) {
            fprintf(stderr, "shootout: %s:%d: the head line \"%s\" is missing\n", path, number,
                    head);
            return -1;
        }
    }
    return 0;
}

int rows_read(struct rows *r, const char *path)
{
    FILE *in = fopen(path, "re");
    int rc;

    memset(r, 0, sizeof *r);
    if (in == NULL) {
        fprintf(stderr, "shootout: %s: %s\n", path, strerror(errno));
        return -1;
    }
    rc = read_lines(r, in, path);
    fclose(in);
    if (rc == 0 && r->n == 0) {
        fprintf(stderr, "shootout: %s: no measurement in it\n", path);
        return -1;
    }
    return rc;
}

/* Three digits that mean something, at most. */
static void print_value(FILE *out, int width, double value)
{
    int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;

    fprintf(out, "%*.*f", width, digits, value);
}

static void print_cell(const struct rows *r, FILE *out, const char *name, enum mode mode, size_t i)
{
    const struct row *row = rows_find(r, name, mode, sizes[i]);
    int width = mode == PING ? 6 : i == 0 ? 7 : 6;

    /* A semaphore carries nothing: its figure stands below the smallest size. */
    if (row == NULL && mode == PING && i == 0)
        row = rows_find(r, name, mode, 0);
    if (row == NULL)
        fprintf(out, "%*s", width, "-");
    else
        print_value(out, width, mode == PING ? row->us.median : rows_rate(row, row->us.median));
}

static int seen_before(const struct rows *r, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(r->row[j].name, r->row[i].name) == 0)
            return 1;
    return 0;
}

void rows_table(const struct rows *r, FILE *out)
{
    fprintf(out, "%-15s%24s%24s\n", "", "round trip, us", "one way, MB/s");
    fprintf(out, "%-15s%6s%6s%6s%6s%7s%6s%6s%6s\n", "", "1 B", "64 B", "4 K", "64 K", "1 B", "64 B",
            "4 K", "64 K");
    for (size_t i = 0; i < r->n; i++) {
        if (seen_before(r, i))
            continue;
        fprintf(out, "%-15.15s", r->row[i].label);
        for (enum mode mode = PING; mode < MODES; mode++)
            for (size_t s = 0; s < SIZES; s++)
                print_cell(r, out, r->row[i].name, mode, s);
        fprintf(out, "\n");
    }
}
