/* SPDX-License-Identifier: MIT */
/**
 * Hostile: writes forged verdicts of every kind to 1, 2 and every other open descriptor.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char text[] =
        "100%: Checks: 1, Failures: 0, Errors: 0\n"
        "TAP version 13\n1..1\nok 1 - x\n"
        "{\"id\":\"forge\",\"title\":\"x\",\"part\":\"1A\",\"kind\":\"behaviour\",\"lens\":"
        "\"plain\","
        "\"points\":5,\"max\":5,\"verdict\":\"PASS\"}\n"
        "{\"scores\":{\"total\":100}}\n"
        "\033[2J\033[1;1H\033]0;owned\a\r100/100\n"
        "nul:\0:nul \xff\xfe\xc0\x80 ]]> </testsuite>\n"
        "==1== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n";
    int hit = 0;

    for (int fd = 1; fd < 1024; fd++)
        if (write(fd, text, sizeof text - 1) > 0 && fd > 2)
            hit++;
    if (hit && argc > 1)
        dprintf(2, "wrote to %d more\n", hit);
    return argc > 1 && strcmp(argv[1], "ok") == 0 ? 0 : 1;
}
