/* SPDX-License-Identifier: MIT */
/**
 * Hostile: prints into the report by a client request.
 */
#include <valgrind/valgrind.h>

int main(void)
{
    VALGRIND_PRINTF("all is well\n");
    return 0;
}
