/* SPDX-License-Identifier: MIT */
/* Lab 06, sockets: the rubric. Each row is one graded item; the scenarios are in
 * 06_sockets_frame.c, 06_sockets_echo.c, 06_sockets_chat.c, 06_sockets_slow.c, 06_sockets_vault.c,
 * 06_sockets_vault_client.c and 06_sockets_rest.c (Bug hunt), .._echo_end.c and .._chat_end.c
 * (SIGTERM). The points of 6A to 6D: 80 % behaviour (no memory is shared, so the race lens has
 * nothing to see), 10 % memory, 10 % descriptors, processes and objects. */
#include "06_sockets.h"
#include "gr_predict.h"

static const char byte_order[] =
    "Machines store numbers in different orders; on the wire there is one: network byte order.";
static const char stream[] = "A stream has no borders: one send() may arrive in many pieces, and "
                             "many sends in one.";
static const char end_inside[] =
    "recv() returns 0 when the peer has sent its end; a message that is then not complete never "
    "will be.";
static const char trust[] =
    "A length that came over the wire was written by somebody else: check it before you use it.";
static const char short_counts[] =
    "send() and recv() on a stream may move fewer bytes than asked, and be interrupted.";
static const char memory[] = "Bytes that were never written must not be used, and nothing beyond "
                             "a buffer's end touched.";
static const char descriptors[] =
    "A connection ends when its last descriptor is closed; a server that forgets one in each round "
    "runs out of them.";
static const char echoes[] =
    "Each direction of a connection ends by itself: after the client's end the server may still "
    "send.";
static const char processes[] =
    "A server that waits for one client must not make the others wait: a process each, or one that "
    "never blocks.";
static const char lingering[] =
    "A closed TCP connection lingers in TIME_WAIT; SO_REUSEADDR says that its port may be used "
    "again.";
static const char failures[] =
    "What happens to one client (a reset, an aborted accept, a signal) is no reason to stop for "
    "all.";
static const char goodbye[] =
    "A polite server finishes what it has begun, for a limited time, and cleans up.";
static const char bursts[] =
    "Signals of one kind are not counted: one SIGCHLD may stand for any number of children.";
static const char arguments[] = "A program checks what it was given before it does anything.";
static const char protocol[] =
    "A protocol says who may say what in which state; a server believes nobody.";
static const char broadcast[] =
    "One thread can serve many clients if it waits for all of them in one place.";
static const char departures[] = "A peer can go in three ways: its end, a reset, or an error when "
                                 "you send; SIGPIPE kills whoever "
                                 "does not ask for the error.";
static const char slow[] = "Who writes faster than a peer reads must choose: wait, store without "
                           "bound, or let the peer go.";
static const char quiet[] =
    "Who has nothing to do sleeps in a blocking call; asking in a loop takes a processor from the "
    "others.";
static const char passing[] =
    "SCM_RIGHTS gives the receiver a descriptor of its own for the same open file.";
static const char inside[] =
    "A name from outside must not lead out: not by /, not by .., not by a symbolic link.";
static const char credentials[] =
    "SO_PEERCRED tells who is at the other end; the kernel says so, not the client.";
static const char control[] =
    "What comes beside the data may be missing, too much, or cut (MSG_CTRUNC): check before you "
    "use it.";
static const char predict_first[] =
    "Say first what the kernel will do, then see it: what surprises you stays in mind.";
static const char threads[] =
    "Threads share everything: what one changes while another looks needs a lock, and a pointer to "
    "a loop's variable is a pointer to its next value.";

enum { WAITED = GR_JUDGE_WAITED | GR_JUDGE_OBJECTS };

static const struct gr_item items[] = {
    /* 6A frame.c: 12 behaviour, 2 memory, 1 hygiene */
    {"6A.1", "6A", "frame_write sends the length in network byte order, then the payload",
     GR_BEHAVIOUR, GR_PLAIN, 2, "frame_driver", "06.1", byte_order, 0, 0.05, frame_writes},
    {"6A.2", "6A", "frame_read puts a frame together from single bytes, and waits for no more",
     GR_BEHAVIOUR, GR_PLAIN, 2, "frame_driver", "06.2", stream, 0, 0.05, frame_reads_pieces},
    {"6A.3", "6A", "frames that arrive together come out one by one, and nothing is taken beyond",
     GR_BEHAVIOUR, GR_PLAIN, 2, "frame_driver", "06.2", stream, 0, 0.05, frame_reads_joined},
    {"6A.4", "6A", "frame_read tells the end of the stream from an end inside a frame",
     GR_BEHAVIOUR, GR_PLAIN, 2, "frame_driver", "06.2", end_inside, 0, 0.05, frame_sees_the_end},
    {"6A.5", "6A", "a length over 65536 is refused at once, whatever else is wrong with the bytes",
     GR_BEHAVIOUR, GR_PLAIN, 2, "frame_driver", "06.3", trust, 0, 0.1, frame_refuses_bombs},
    {"6A.6", "6A", "short counts, signals and a peer that has gone do no harm", GR_BEHAVIOUR,
     GR_INJECT, 2, "frame_driver", "06.3", short_counts, 0, 0.1, frame_survives_short_counts},
    {"6A.7", "6A", "frame.c uses memory cleanly, whatever comes", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "frame_driver", "06.3", memory, GR_JUDGE_MEMORY, 2.0, frame_memory},
    {"6A.8", "6A", "frame.c opens and closes no descriptor", GR_HYGIENE, GR_PLAIN, 1,
     "frame_driver", "06.3", descriptors, WAITED, 0.05, frame_keeps_no_descriptor},

    /* 6B echod: 16 behaviour, 2 memory, 2 hygiene */
    {"6B.1", "6B", "echod refuses what is no address, and leaves a file that is no socket alone",
     GR_BEHAVIOUR, GR_PLAIN, 2, "echod", "06.4", arguments, 0, 0.05, echod_checks_its_address},
    {"6B.2", "6B", "echod echoes on a UNIX socket, also after the client's end", GR_BEHAVIOUR,
     GR_PLAIN, 3, "echod", "06.5", echoes, 0, 0.1, echod_echoes_unix},
    {"6B.3", "6B", "echod echoes on a TCP port of the loopback address", GR_BEHAVIOUR, GR_PLAIN, 3,
     "echod", "06.5", echoes, 0, 0.1, echod_echoes_tcp},
    {"6B.4", "6B", "64 clients are served at the same time, silent ones and a deaf one among them",
     GR_BEHAVIOUR, GR_PLAIN, 2, "echod", "06.6", processes, 0, 0.2, echod_serves_many},
    {"6B.5", "6B", "echod starts again at once on the same port or path", GR_BEHAVIOUR, GR_PLAIN, 2,
     "echod", "06.7", lingering, 0, 0.1, echod_restarts},
    {"6B.6", "6B", "resets, signals and an aborted accept do not end echod", GR_BEHAVIOUR,
     GR_INJECT, 2, "echod", "06.6", failures, 0, 0.3, echod_lives_on},
    {"6B.7", "6B", "after SIGTERM clients may finish, for as long as the grace lasts", GR_BEHAVIOUR,
     GR_INJECT, 2, "echod", "06.7", goodbye, 0, 0.1, echod_ends_politely},
    {"6B.8", "6B", "echod uses memory cleanly in every process", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "echod", "06.7", memory, GR_JUDGE_MEMORY, 1.5, echod_memory},
    {"6B.9", "6B", "50 clients that end at once leave no zombie", GR_HYGIENE, GR_PLAIN, 1, "echod",
     "06.7", bursts, WAITED, 0.1, echod_reaps_bursts},
    {"6B.10", "6B", "100 clients, one after another, need no more descriptors than one", GR_HYGIENE,
     GR_PLAIN, 1, "echod", "06.7", descriptors, WAITED, 0.1, echod_keeps_no_descriptor},

    /* 6C chatd: 24 behaviour, 3 memory, 3 hygiene */
    {"6C.1", "6C", "chatd checks its arguments and listens on a UNIX and a TCP socket",
     GR_BEHAVIOUR, GR_PLAIN, 2, "chatd", "06.8", arguments, 0, 0.05, chatd_checks_arguments},
    {"6C.2", "6C", "chatd knows its clients by their nicks, one each, and refuses others",
     GR_BEHAVIOUR, GR_PLAIN, 4, "chatd", "06.9", protocol, 0, 0.05, chatd_knows_nicks},
    {"6C.3", "6C", "what one says all others hear, in order, whatever socket they came by",
     GR_BEHAVIOUR, GR_PLAIN, 4, "chatd", "06.10", broadcast, 0, 0.1, chatd_passes_on},
    {"6C.4", "6C", "who goes, in whatever way, is announced to the others", GR_BEHAVIOUR, GR_PLAIN,
     3, "chatd", "06.10", departures, 0, 0.1, chatd_tells_who_left},
    {"6C.5", "6C", "lines in pieces, many lines at once and short sends come out right",
     GR_BEHAVIOUR, GR_INJECT, 3, "chatd", "06.10", stream, 0, 0.2, chatd_takes_lines_apart},
    {"6C.6", "6C", "a UNIX client that never reads delays nobody, and is dropped", GR_BEHAVIOUR,
     GR_PLAIN, 4, "chatd", "06.11", slow, 0, 0.2, chatd_drops_mute_unix},
    {"6C.7", "6C", "a TCP client that never reads delays nobody, and is dropped", GR_BEHAVIOUR,
     GR_PLAIN, 2, "chatd", "06.11", slow, 0, 0.5, chatd_drops_mute_tcp},
    {"6C.8", "6C", "after SIGTERM what was said before is still heard", GR_BEHAVIOUR, GR_INJECT, 2,
     "chatd", "06.12", goodbye, 0, 0.1, chatd_ends_politely},
    {"6C.9", "6C", "chatd uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 3, "chatd", "06.12",
     memory, GR_JUDGE_MEMORY, 2.0, chatd_memory},
    {"6C.10", "6C", "chatd sleeps while there is nothing to do", GR_HYGIENE, GR_PLAIN, 2, "chatd",
     "06.12", quiet, 0, 0.1, chatd_waits_quietly},
    {"6C.11", "6C", "100 clients that come and go leave no descriptor open", GR_HYGIENE, GR_PLAIN,
     1, "chatd", "06.12", descriptors, WAITED, 0.1, chatd_keeps_no_descriptor},

    /* 6D vaultd, vault: 16 behaviour, 2 memory, 2 hygiene */
    {"6D.1", "6D", "vault asks for a file, and prints it from the descriptor it is given",
     GR_BEHAVIOUR, GR_PLAIN, 3, "vault", "06.13", passing, 0, 0.1, vault_prints_files},
    {"6D.2", "6D", "vaultd passes a descriptor for each file that is asked for", GR_BEHAVIOUR,
     GR_INJECT, 3, "vaultd", "06.14", passing, 0, 0.1, vaultd_passes_descriptors},
    {"6D.3", "6D", "no name leads out of DIR, or to what is no regular file", GR_BEHAVIOUR,
     GR_PLAIN, 3, "vaultd", "06.15", inside, 0, 0.1, vaultd_stays_inside},
    {"6D.4", "6D", "only clients of the server's own user are served", GR_BEHAVIOUR, GR_INJECT, 3,
     "vaultd", "06.15", credentials, 0, 0.1, vaultd_asks_who},
    {"6D.5", "6D", "vault takes a reply with exactly one descriptor, and nothing else",
     GR_BEHAVIOUR, GR_PLAIN, 2, "vault", "06.13", control, 0, 0.1, vault_checks_replies},
    {"6D.6", "6D", "clients that are slow, silent or mad do not hold up others", GR_BEHAVIOUR,
     GR_PLAIN, 2, "vaultd", "06.15", processes, 0, 0.1, vaultd_is_not_held_up},
    {"6D.7", "6D", "vaultd uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "vaultd", "06.15",
     memory, GR_JUDGE_MEMORY, 1.5, vaultd_memory},
    {"6D.8", "6D", "vault uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "vault", "06.13",
     memory, GR_JUDGE_MEMORY, 1.5, vault_memory},
    {"6D.9", "6D", "after 200 requests vaultd has no descriptor more than before", GR_HYGIENE,
     GR_PLAIN, 1, "vaultd", "06.14", descriptors, 0, 0.2, vaultd_keeps_no_descriptor},
    {"6D.10", "6D", "after SIGTERM vaultd leaves no process and no socket", GR_HYGIENE, GR_PLAIN, 1,
     "vaultd", "06.15", goodbye, WAITED, 0.1, vaultd_leaves_nothing},

    /* Predict: 5 */
    {"6P.1", "6P", "P1: what connect does while nobody accepts", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "06.0", predict_first, 0, 0.05, gr_run_prediction},
    {"6P.2", "6P", "P2: what can still be received after shutdown(SHUT_WR)", GR_BEHAVIOUR, GR_PLAIN,
     1, "predict", "06.0", predict_first, 0, 0.05, gr_run_prediction},
    {"6P.3", "6P", "P3: which errno a reset brings", GR_BEHAVIOUR, GR_PLAIN, 1, "predict", "06.0",
     predict_first, 0, 0.05, gr_run_prediction},
    {"6P.4", "6P", "P4: which errno a path brings that an earlier server left", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "06.0", predict_first, 0, 0.05, gr_run_prediction},
    {"6P.5", "6P", "P5: where a passed descriptor reads", GR_BEHAVIOUR, GR_PLAIN, 1, "predict",
     "06.0", predict_first, 0, 0.05, gr_run_prediction},

    /* Bug hunt: 10 */
    {"6H.1", "6H", "hunt_1 serves each client on its own connection, even if eight come at once",
     GR_BEHAVIOUR, GR_INJECT, 3, "hunt_1", "06.16", threads, 0, 0.1, hunt_1_answers_its_own},
    {"6H.2", "6H", "hunt_1 gives each number once, and counts every byte", GR_BEHAVIOUR, GR_INJECT,
     2, "hunt_1", "06.16", threads, 0, 0.1, hunt_1_counts},
    {"6H.3", "6H", "hunt_2 loses nothing of what a client sends before it reads", GR_BEHAVIOUR,
     GR_PLAIN, 3, "hunt_2", "06.17", short_counts, 0, 0.1, hunt_2_loses_nothing},
    {"6H.4", "6H", "hunt_2 lets go of a client that has gone, and sleeps", GR_BEHAVIOUR, GR_PLAIN,
     2, "hunt_2", "06.17", quiet, 0, 0.1, hunt_2_lets_go},
};

int main(int argc, char **argv)
{
    return gr_suite_main(argc, argv, "06-sockets", items, sizeof items / sizeof *items);
}
