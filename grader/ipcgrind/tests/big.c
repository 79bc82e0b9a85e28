/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Touches much shared memory: its records fill a small file system. */
#include "pair.h"

enum { BYTES = 4 << 20 };

int main(void)
{
    char *p = shared(BYTES);
    for (int i = 0; i < BYTES; i += 512)
        p[i] = 1;
    return 0;
}
