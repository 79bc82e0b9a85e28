/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_VGCORE_H
#define IG_VGCORE_H

/**
 * All that binds the tool to one version of Valgrind: functions which the archive exports and the
 * installed headers do not declare, and the place of one guest register. Checked against 3.19;
 * build.mk refuses any other version.
 */
#include "pub_tool_basics.h" // VG_()

/* One system call of our own; always with eight arguments. */
extern SysRes VG_(do_syscall)(UWord number, RegWord a1, RegWord a2, RegWord a3, RegWord a4,
                              RegWord a5, RegWord a6, RegWord a7, RegWord a8);

/* A shared mapping at an address that belongs to Valgrind. */
extern SysRes VG_(am_shared_mmap_file_float_valgrind)(SizeT length, UInt prot, Int fd,
                                                      Off64T offset);

/* Moves @fd out of the range that the program may use. */
extern Int VG_(safe_fd)(Int fd);

/* The wrapper of the indirect function at @from wraps the function at @to, too. */
extern void VG_(redir_add_ifunc_target)(Addr from, Addr to);

#define IG_CALL(number, a1, a2, a3, a4, a5)                                                        \
    VG_(do_syscall)((number), (RegWord)(a1), (RegWord)(a2), (RegWord)(a3), (RegWord)(a4),          \
                    (RegWord)(a5), 0, 0, 0)

#endif
