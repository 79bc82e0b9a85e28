/* SPDX-License-Identifier: MIT */
/* An honest mistake: a table far too large. Plainly it runs; Valgrind has no room for it. */
static char table[1990000000];

int main(void)
{
    return table[sizeof table - 1];
}
