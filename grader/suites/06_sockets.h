/* SPDX-License-Identifier: MIT */
/* The scenarios of lab 06, one file a part; 06_sockets.c is the rubric that names them. */
#ifndef SUITE_06_SOCKETS_H
#define SUITE_06_SOCKETS_H

#include "gr_peer.h"
#include "gr_suite.h"

/* Helpers, 06_sockets_util.c */

/** Start a server and wait for READY. @prog may hold what is special; its argv is @argv. */
struct gr_proc *start_server(struct gr_run *r, struct gr_prog prog, const char *const *argv);
/** The port behind READY. Leaves if there is none. */
int port_of(struct gr_run *r, struct gr_proc *p);
/** Connect to @path, or, if that is NULL, to @port. Leaves if nobody is there. */
struct gr_peer *client_at(struct gr_run *r, const char *path, int port);
struct gr_peer *client_to(struct gr_run *r, const struct gr_peer_to *to);
/** Leave unless @text has come, and nothing else, called @who's. */
void expect_heard(struct gr_run *r, struct gr_peer *p, const char *who, const char *text,
                  size_t len);
/** Stop @p and wait until it stands: what is done to it then, it finds all at once (SIGCONT). */
void hold(struct gr_run *r, struct gr_proc *p);
/** SIGTERM; leave unless it ends with 0. */
void expect_goodbye(struct gr_run *r, struct gr_proc *p);
/** Leave unless @path, a socket, has gone. */
void expect_removed(struct gr_run *r, const char *path);
/** Write @text into @path of the jail. */
void put_file(struct gr_run *r, const char *path, const char *text, mode_t mode);
/** Run a shell line in the work folder of the jail, outside of the lens; INFRA if it fails. */
void run_shell(struct gr_run *r, const char *line);
/** @n letters. The caller frees them. */
char *letters(struct gr_run *r, size_t n);
/** Leave with INFRA unless @ok. */
void need(struct gr_run *r, bool ok, const char *what);

/* 6A, 06_sockets_frame.c */
void frame_writes(struct gr_run *r);
void frame_reads_pieces(struct gr_run *r);
void frame_reads_joined(struct gr_run *r);
void frame_sees_the_end(struct gr_run *r);
void frame_refuses_bombs(struct gr_run *r);
void frame_survives_short_counts(struct gr_run *r);
void frame_memory(struct gr_run *r);
void frame_keeps_no_descriptor(struct gr_run *r);

/* 6B, 06_sockets_echo.c */
void echod_checks_its_address(struct gr_run *r);
void echod_echoes_unix(struct gr_run *r);
void echod_echoes_tcp(struct gr_run *r);
void echod_serves_many(struct gr_run *r);
void echod_restarts(struct gr_run *r);
void echod_lives_on(struct gr_run *r);
void echod_ends_politely(struct gr_run *r);
void echod_memory(struct gr_run *r);
void echod_reaps_bursts(struct gr_run *r);
void echod_keeps_no_descriptor(struct gr_run *r);

/* 6C, 06_sockets_chat.c and 06_sockets_slow.c */
struct gr_peer *join_chat(struct gr_run *r, const char *path, int port, const char *nick);
struct gr_proc *start_chat(struct gr_run *r, struct gr_prog prog, int *port);
/** Let lines of @from wait for @deaf, a UNIX client that is mute: @to hears them, @deaf's socket
 * takes no more. What @to
 * heard is added to @said, if not NULL. */
void fill_deaf(struct gr_run *r, struct gr_peer *from, struct gr_peer *to, struct gr_peer *deaf,
               struct gr_buf *said);
void chatd_checks_arguments(struct gr_run *r);
void chatd_knows_nicks(struct gr_run *r);
void chatd_passes_on(struct gr_run *r);
void chatd_tells_who_left(struct gr_run *r);
void chatd_takes_lines_apart(struct gr_run *r);
void chatd_drops_mute_unix(struct gr_run *r);
void chatd_drops_mute_tcp(struct gr_run *r);
void chatd_ends_politely(struct gr_run *r);
void chatd_memory(struct gr_run *r);
void chatd_waits_quietly(struct gr_run *r);
void chatd_keeps_no_descriptor(struct gr_run *r);

/* 6D, 06_sockets_vault.c and 06_sockets_vault_client.c */
struct gr_proc *start_vault(struct gr_run *r, struct gr_prog prog);
void ask_for(struct gr_peer *c, const char *name, size_t len);
void vault_prints_files(struct gr_run *r);
void vaultd_passes_descriptors(struct gr_run *r);
void vaultd_stays_inside(struct gr_run *r);
void vaultd_asks_who(struct gr_run *r);
void vault_checks_replies(struct gr_run *r);
void vaultd_is_not_held_up(struct gr_run *r);
void vaultd_memory(struct gr_run *r);
void vault_memory(struct gr_run *r);
void vaultd_keeps_no_descriptor(struct gr_run *r);
void vaultd_leaves_nothing(struct gr_run *r);

/* Bug hunt, 06_sockets_rest.c; Predict is gr_run_prediction() */
void hunt_1_counts(struct gr_run *r);
void hunt_1_answers_its_own(struct gr_run *r);
void hunt_2_loses_nothing(struct gr_run *r);
void hunt_2_lets_go(struct gr_run *r);

#endif
