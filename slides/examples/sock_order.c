/* SPDX-License-Identifier: MIT */
/*
 * sock_order: the same number, in the order of a network.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "check.h"

static void show(const char *what, uint32_t n)
{
    unsigned char b[4];

    memcpy(b, &n, sizeof b);
    printf("%-6s %02x %02x %02x %02x\n", what, b[0], b[1], b[2],
           b[3]);
}

int main(void)
{
    /* slide order */
    uint32_t length = 258; /* 0x102 */

    show("here", length);
    show("wire", htonl(length));
    /* end order */
    return 0;
}
