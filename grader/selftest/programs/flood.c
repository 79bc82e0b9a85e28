/* SPDX-License-Identifier: MIT */
/**
 * Faulty: writes to descriptor argv[1] for ever.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char block[8192];

    memset(block, 'x', sizeof block);
    while (write(atoi(argv[1]), block, sizeof block) > 0)
        ;
    return argc;
}
