/* SPDX-License-Identifier: MIT */
/**
 * Wrong: writes so far past a block that Valgrind's own heap breaks.
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *a = malloc(16), *b = malloc(16), *c = malloc(16);

    memset(a + 16, 0x5a, 400);
    free(b);
    free(c);
    free(a);
    return 0;
}
