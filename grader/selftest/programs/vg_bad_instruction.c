/* SPDX-License-Identifier: MIT */
/**
 * Correct, but Valgrind 3.19 cannot run it: an AVX-512 instruction.
 */
int main(void)
{
    __asm__ volatile(".byte 0x62, 0xf1, 0x7c, 0x48, 0x58, 0xc1");
    return 0;
}
