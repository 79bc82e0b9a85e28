/* SPDX-License-Identifier: MIT */
/*
 * expr.c: the arithmetic of calcd, given. Nothing in here talks to another
 * process, and nothing in here has to be changed.
 */
#include "calc.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " ");
}

/* One number at *@p, and *@p behind it. */
static enum calc_status take_number(const char **p, int64_t *value)
{
    const char *start = skip_blanks(*p);
    char *end;

    if (!isdigit((unsigned char)start[*start == '-']))
        return CALC_SYNTAX;
    errno = 0;
    *value = strtoll(start, &end, 10);
    *p = skip_blanks(end);
    return errno == ERANGE ? CALC_OVERFLOW : CALC_OK;
}

static enum calc_status divide(int64_t a, char op, int64_t b, int64_t *value)
{
    if (b == 0)
        return CALC_DIVISION;
    if (a == INT64_MIN && b == -1)
        return CALC_OVERFLOW;
    *value = op == '/' ? a / b : a % b;
    return CALC_OK;
}

static enum calc_status compute(int64_t a, char op, int64_t b, int64_t *value)
{
    int overflow;

    if (op == '/' || op == '%')
        return divide(a, op, b, value);
    if (op == '+')
        overflow = __builtin_add_overflow(a, b, value);
    else if (op == '-')
        overflow = __builtin_sub_overflow(a, b, value);
    else
        overflow = __builtin_mul_overflow(a, b, value);
    return overflow ? CALC_OVERFLOW : CALC_OK;
}

enum calc_status calc_eval(const char *expr, int64_t *value)
{
    enum calc_status first, second, status = CALC_SYNTAX;
    int64_t a, b;
    char op;

    *value = 0;
    first = take_number(&expr, &a);
    op = *expr;
    if (first == CALC_SYNTAX || op == '\0' || strchr("+-*/%", op) == NULL)
        return CALC_SYNTAX;
    expr++;
    second = take_number(&expr, &b);
    if (second == CALC_SYNTAX || *expr != '\0')
        return CALC_SYNTAX;
    if (first == CALC_OVERFLOW || second == CALC_OVERFLOW)
        return CALC_OVERFLOW;
    status = compute(a, op, b, value);
    if (status != CALC_OK)
        *value = 0;
    return status;
}
