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
/** Wait until @len bytes of @text have come behind @from, or anything else. Return: true if so;
 *  false if the peer's end came first, or nothing. */
bool wait_heard(struct gr_peer *p, size_t from, const char *text, size_t len);
/** Leave unless @text has come, and nothing else, called @who's. */
void expect_heard(struct gr_run *r, struct gr_peer *p, const char *who, const char *text,
                  size_t len);
/** Stop @p and wait until it stands: what is done to it then, it finds all at once (SIGCONT). */
void hold(struct gr_run *r, struct gr_proc *p);
/** SIGTERM; leave unless it ends with 0. */
void expect_goodbye(struct gr_run *r, struct gr_proc *p);
/** Leave if @p was killed by SIGTERM, which a server catches. */
void expect_term_caught(struct gr_run *r, struct gr_proc *p);
/** Leave unless @p, which was sent SIGTERM, ends with 0. */
void expect_end(struct gr_run *r, struct gr_proc *p);
/** SIGTERM; leave unless no more clients can connect to @path of the server @p soon. Then it has
 * taken notice; what it waits for now is its children, or its clients. */
void begin_goodbye(struct gr_run *r, struct gr_proc *p, const char *path);
/** Leave if @p, which has ended, printed more than its line READY. */
void expect_only_ready(struct gr_run *r, struct gr_proc *p);
/** Start the server @argv; leave unless SIGTERM ends it that comes just before its call that waits.
 */
void expect_end_before_sleep(struct gr_run *r, const char *const *argv);
/** The same as expect_end(), not later than 15 seconds after its @grace ("2 seconds") of at most 2
 * began. */
void expect_end_within_grace(struct gr_run *r, struct gr_proc *p, const char *grace);
/** Leave unless @c, a client of @p, which was sent SIGTERM, gets the end. */
void expect_end_after_term(struct gr_run *r, struct gr_proc *p, struct gr_peer *c, const char *who);
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

/* 06_sockets_crowd.c */

enum { CROWD = 64 }; /* so many connections a server's queue holds at least */

/** Connect CROWD clients, @c, to @to while @p is held, then let it go. Leaves if the queue is
 *  shorter. */
void line_up(struct gr_run *r, struct gr_proc *p, const struct gr_peer_to *to, struct gr_peer **c);
/** The same for the two sockets of a server, held once: the first CROWD of @c are at @path. */
void line_up_twice(struct gr_run *r, struct gr_proc *p, const char *path, int port,
                   struct gr_peer **c);
/** Leave unless whoever listens on @port can be reached at 127.0.0.1 only. */
void expect_loopback_only(struct gr_run *r, int port);

/* 6A, 06_sockets_bytes.c */
/** Add the length @len, in network byte order. */
void frames_add_head(struct gr_buf *b, uint32_t len);
/** Add a frame whose payload is what the driver writes for a length of @len. */
void frames_add(struct gr_buf *b, size_t len);
/** Add the driver's line for a frame of @len bytes at @p. */
void frames_add_line(struct gr_buf *b, const char *p, size_t len);
/** Add what the driver must print of the @len bytes at @p, whose end follows, for @times frames at
 *  most. */
void frames_expected(struct gr_buf *out, const char *p, size_t len, long times);

/* 6A, 06_sockets_frame.c */
void frame_writes(struct gr_run *r);
void frame_reads_pieces(struct gr_run *r);
void frame_reads_joined(struct gr_run *r);
void frame_sees_the_end(struct gr_run *r);
void frame_refuses_bombs(struct gr_run *r);
void frame_survives_short_counts(struct gr_run *r);
void frame_memory(struct gr_run *r);
void frame_keeps_no_descriptor(struct gr_run *r);

/* 6B, 06_sockets_echo.c and 06_sockets_echo_end.c */
/** Send @text, and see it come back; the connection stays. @when: "" or "after .., " */
void expect_echo_when(struct gr_run *r, struct gr_peer *c, const char *text, const char *when);
void expect_echo(struct gr_run *r, struct gr_peer *c, const char *text);
/** Our end; then everything must have come back, and the server's end. */
void expect_all_back(struct gr_run *r, struct gr_peer *c, const char *data, size_t n);
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

/* 6C, 06_sockets_chat.c, 06_sockets_room.c, 06_sockets_slow.c and 06_sockets_chat_end.c */
/** Leave unless @c, called @who, hears the line @line behind @from. */
void expect_line(struct gr_run *r, struct gr_peer *c, size_t from, const char *who,
                 const char *line);
/** Leave unless what @c heard since @from is @text, and nothing else. */
void expect_since(struct gr_run *r, struct gr_peer *c, size_t from, const char *who,
                  const char *text);
/** Say `nick NICK` and hear `ok NICK` behind what was heard before. */
void enter_chat(struct gr_run *r, struct gr_peer *c, const char *nick);
/** @lines lines, of which a client NICK is heard, are added to @b. Return: them; the caller frees.
 */
char *some_lines(struct gr_run *r, const char *nick, struct gr_buf *b, int lines);
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
