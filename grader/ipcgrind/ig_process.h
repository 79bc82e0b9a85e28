/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_PROCESS_H
#define IG_PROCESS_H

/* Registers the fork hooks of the core: see ig_edge_process.c. */
void ig_process_init(void);

#endif
