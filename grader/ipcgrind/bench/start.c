/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start-up: a program that does nothing. */
int main(void)
{
    return 0;
}
