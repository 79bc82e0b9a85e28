/* SPDX-License-Identifier: MIT */
/*
 * The measurements as an SVG: log axes, a line a channel, its name at its end.
 *
 * Every channel has a marker and a dash of its own, so that the plot can be read
 * without its colours. The bars are the quartiles.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "rows.h"

enum { WIDE = 1120, HIGH = 560, LEFT = 124, RIGHT = 860, TOP = 20, BOTTOM = 480, LINES = 16 };
enum { ZERO = 110 /* room at the left for "no data" */, APART = 26 /* between names */ };

struct line {
    const char *name, *label;
    double end;  /* y of the last point */
    double text; /* y of the label */
    int drawn;   /* it has a point in this plot */
};

struct plot {
    const struct rows *rows;
    enum mode mode;
    FILE *out;
    double low, high; /* of the y axis, powers of 10 */
    size_t n;
    struct line line[LINES];
};

static const char *const colours[] = {"#1b4f9c", "#c2410c", "#1a7a3c", "#7a1fa2", "#8a6d00",
                                      "#0e7490", "#b0124f", "#333333", "#5b6b7f", "#6a3d1a",
                                      "#4d6b00", "#c0508a", "#2a6f97"};
static const char *const dashes[] = {"none", "9 4", "2 4", "14 4 2 4", "5 3"};

static double value_of(const struct plot *p, const struct row *row, double us)
{
    return p->mode == PING ? us : rows_rate(row, us);
}

static double x_of(size_t size)
{
    if (size == 0)
        return LEFT + ZERO / 4.0;
    return LEFT + ZERO + log2((double)size) / 16 * (RIGHT - LEFT - ZERO - 20);
}

static double y_of(const struct plot *p, double value)
{
    double part = (log10(value) - log10(p->low)) / (log10(p->high) - log10(p->low));

    return BOTTOM - part * (BOTTOM - TOP);
}

static void find_range(struct plot *p)
{
    double low = INFINITY, high = 1e-9;

    for (size_t i = 0; i < p->rows->n; i++) {
        const struct row *row = &p->rows->row[i];

        if (row->mode != p->mode || value_of(p, row, row->us.median) <= 0)
            continue;
        low = fmin(low, fmin(value_of(p, row, row->us.low), value_of(p, row, row->us.high)));
        high = fmax(high, fmax(value_of(p, row, row->us.low), value_of(p, row, row->us.high)));
    }
    p->low = pow(10, floor(log10(low)));
    p->high = pow(10, ceil(log10(high)));
    if (p->high <= p->low)
        p->high = p->low * 10;
}

static void draw_axes(const struct plot *p)
{
    int decades = (int)lround(log10(p->high / p->low));

    for (int d = 0; d <= decades; d++) {
        double v = p->low * pow(10, d), y = y_of(p, v);

        fprintf(p->out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n", LEFT, y, RIGHT);
        fprintf(p->out, "<text class=\"end\" x=\"%d\" y=\"%.1f\">%.10g</text>\n", LEFT - 10, y + 7,
                v);
        for (int k = 2; k < 10 && d < decades; k++)
            fprintf(p->out, "<path class=\"fine\" d=\"M%d %.1fH%d\"/>\n", LEFT, y_of(p, v * k),
                    RIGHT);
    }
    for (size_t i = 0; i < SIZES; i++)
        fprintf(p->out,
                "<path class=\"grid\" d=\"M%.1f %dV%d\"/>\n"
                "<text class=\"mid\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                x_of(sizes[i]), TOP, BOTTOM, x_of(sizes[i]), BOTTOM + 28, size_name(sizes[i]));
    if (p->mode == PING)
        fprintf(p->out, "<text class=\"mid\" x=\"%.1f\" y=\"%d\">none</text>\n", x_of(0),
                BOTTOM + 28);
    fprintf(p->out, "<text class=\"mid\" x=\"%d\" y=\"%d\">size of a message</text>\n",
            (LEFT + RIGHT) / 2, BOTTOM + 62);
    fprintf(p->out, "<text class=\"mid\" transform=\"translate(26 %d) rotate(-90)\">%s</text>\n",
            (TOP + BOTTOM) / 2,
            p->mode == PING ? "microseconds, there and back" : "megabytes a second, one way");
}

static void draw_marker(FILE *out, size_t shape, double x, double y)
{
    switch (shape % 4) {
    case 0:
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n", x, y);
        break;
    case 1:
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"11\" height=\"11\"/>\n", x - 5.5,
                y - 5.5);
        break;
    case 2:
        fprintf(out, "<path d=\"M%.1f %.1fl7 12h-14z\"/>\n", x, y - 7);
        break;
    default:
        fprintf(out, "<path d=\"M%.1f %.1fl8 8-8 8-8-8z\"/>\n", x, y - 8);
    }
}

static void draw_point(const struct plot *p, size_t shape, const struct row *row)
{
    double x = x_of(row->size), y = y_of(p, value_of(p, row, row->us.median));

    fprintf(p->out, "<path class=\"bar\" d=\"M%.1f %.1fV%.1f\"/>\n", x,
            y_of(p, value_of(p, row, row->us.low)), y_of(p, value_of(p, row, row->us.high)));
    draw_marker(p->out, shape, x, y);
}

static void draw_line(struct plot *p, size_t i)
{
    struct line *line = &p->line[i];
    const char *colour = colours[i % (sizeof colours / sizeof *colours)];
    const char *dash = dashes[i % (sizeof dashes / sizeof *dashes)];
    char pen = 'M';

    fprintf(p->out,
            "<g fill=\"%s\" stroke=\"%s\">\n<path fill=\"none\" stroke-width=\"2.5\" "
            "stroke-dasharray=\"%s\" d=\"",
            colour, colour, dash);
    for (size_t k = 0; k < p->rows->n; k++) {
        const struct row *row = &p->rows->row[k];

        if (row->mode != p->mode || strcmp(row->name, line->name) != 0)
            continue;
        line->end = y_of(p, value_of(p, row, row->us.median));
        fprintf(p->out, "%c%.1f %.1f", pen, x_of(row->size), line->end);
        line->drawn = 1;
        pen = 'L';
    }
    fprintf(p->out, "\"/>\n");
    for (size_t k = 0; k < p->rows->n; k++)
        if (p->rows->row[k].mode == p->mode && strcmp(p->rows->row[k].name, line->name) == 0)
            draw_point(p, i, &p->rows->row[k]);
    fprintf(p->out, "</g>\n");
}

/* Of both modes, so that a channel looks the same in both plots. */
static void collect_lines(struct plot *p)
{
    for (size_t i = 0; i < p->rows->n && p->n < LINES; i++) {
        const struct row *row = &p->rows->row[i];
        size_t k = 0;

        while (k < p->n && strcmp(p->line[k].name, row->name) != 0)
            k++;
        if (k == p->n)
            p->line[p->n++] = (struct line){.name = row->name, .label = row->label};
    }
}

/* Names stand in the order of their lines' ends, never closer than APART. */
static void place_names(struct plot *p)
{
    struct line *order[LINES];
    double bottom = BOTTOM;
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        size_t k = n;

        if (!p->line[i].drawn)
            continue;
        for (; k > 0 && order[k - 1]->end > p->line[i].end; k--)
            order[k] = order[k - 1];
        order[k] = &p->line[i];
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        double above = i > 0 ? order[i - 1]->text + APART : TOP + 6;

        order[i]->text = fmax(order[i]->end, above);
    }
    for (size_t i = n; i-- > 0;) {
        order[i]->text = fmin(order[i]->text, bottom);
        bottom = order[i]->text - APART;
    }
}

static void draw_name(const struct plot *p, size_t i)
{
    const struct line *line = &p->line[i];
    const char *colour = colours[i % (sizeof colours / sizeof *colours)];
    double x =
        rows_find(p->rows, line->name, p->mode, 0) != NULL ? x_of(0) : x_of(sizes[SIZES - 1]);

    fprintf(p->out,
            "<path class=\"lead\" d=\"M%.1f %.1fL%d %.1f\"/>\n<g fill=\"%s\" stroke=\"%s\">\n",
            x + 9, line->end, RIGHT + 16, line->text, colour, colour);
    draw_marker(p->out, i, RIGHT + 26, line->text);
    fprintf(p->out, "</g>\n<text x=\"%d\" y=\"%.1f\">%s</text>\n", RIGHT + 42, line->text + 7,
            line->label);
}

int rows_plot(const struct rows *r, enum mode mode, const char *path)
{
    struct plot p = {.rows = r, .mode = mode, .out = fopen(path, "we")};

    if (p.out == NULL)
        return -1;
    fprintf(p.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" role=\"img\" font-family=\"sans-serif\" font-size=\"20\">\n"
            "<title>%s by size of message</title>\n<style>\n"
            ".grid{stroke:#bbb;stroke-width:1.2}.fine{stroke:#eee}.lead{stroke:#999;"
            "stroke-dasharray:1 3}\n.bar{stroke-width:5;stroke-opacity:.35}\n"
            "text{fill:#111}.end{text-anchor:end}.mid{text-anchor:middle}\n</style>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            WIDE, HIGH, WIDE, HIGH, mode == PING ? "Round trip" : "Throughput", WIDE, HIGH);
    collect_lines(&p);
    if (p.n > 0) {
        find_range(&p);
        draw_axes(&p);
        for (size_t i = 0; i < p.n; i++)
            draw_line(&p, i);
        place_names(&p);
        for (size_t i = 0; i < p.n; i++)
            if (p.line[i].drawn)
                draw_name(&p, i);
    }
    fprintf(p.out, "</svg>\n");
    if (fclose(p.out) == EOF)
        return -1;
    return 0;
}
