/* SPDX-License-Identifier: GPL-2.0-or-later */
/* W1: work on private memory, beside a shared page that it hardly uses: sort, matrix product,
 * histogram. What a student's program does most of the time. */
#include "bench.h"

enum { NUMBERS = 800000, SIDE = 256, BYTES = 16 << 20 };

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t sorted(uint32_t *state)
{
    uint32_t *v = calloc(NUMBERS, sizeof(*v));
    must(v != NULL, "calloc");
    for (int i = 0; i < NUMBERS; i++)
        v[i] = next(state);
    qsort(v, NUMBERS, sizeof(*v), compare);
    uint32_t middle = v[NUMBERS / 2];
    free(v);
    return middle;
}

static double product(void)
{
    static double a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = i + j;
            b[i][j] = i - j;
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            for (int k = 0; k < SIDE; k++)
                c[i][j] += a[i][k] * b[k][j];
    return c[SIDE / 2][SIDE / 3];
}

static unsigned histogram(uint32_t *state)
{
    static unsigned count[256];
    unsigned char *text = malloc(BYTES);
    must(text != NULL, "malloc");
    for (int i = 0; i < BYTES; i++)
        text[i] = (unsigned char)next(state);
    for (int i = 0; i < BYTES; i++)
        count[text[i]]++;
    free(text);
    return count[65];
}

int main(void)
{
    uint32_t state = 1;
    double *result = common(sizeof(*result));
    *result = sorted(&state) + product() + histogram(&state);
    return *result == 0;
}
