/* SPDX-License-Identifier: MIT */
/* Lab 02, named pipes: the rubric. Each row is one graded item; the scenarios are in
 * 02_fifos_log.c, _logc.c and _modes.c (2A), 02_fifos_seqd.c, _hostile.c and _seqc.c (2B),
 * 02_fifos_duplex.c and _own.c (2C), 02_fifos_rest.c (Bug hunt). The points of 2A to 2C: 80 %
 * behaviour (no memory is shared, so there is no race lens), 10 % memory, 10 % objects and
 * descriptors. */
#include "02_fifos.h"
#include "gr_predict.h"

static const char meeting[] = "A FIFO is a pipe with a name: programs that know nothing of each "
                              "other meet at it.";
static const char reader_first[] =
    "open() of a FIFO for writing waits for a reader: so a client may be there before its server.";
static const char records[] =
    "A FIFO keeps bytes, not messages: where a record begins and ends is for you to say.";
static const char atomic[] =
    "The kernel keeps together what one write() of at most PIPE_BUF bytes gives it; a longer one "
    "it may mix with the bytes of others.";
static const char no_writer[] =
    "A FIFO is at its end while nobody has it open for writing; a server must not take that for "
    "the end of its work, and not ask again and again.";
static const char exists[] =
    "mkfifo() fails with EEXIST if anything has that name: look what it is before you use it.";
static const char leaving[] =
    "SIGTERM asks a server to finish: what was accepted is done, what was made is removed.";
static const char short_counts[] = "A read() may bring fewer bytes than a record has, and a signal "
                                   "handler may interrupt a wait.";
static const char arguments[] = "A program checks what it was given, and says what went wrong.";
static const char memory[] = "Bytes that were never written must not be used, and nothing beyond "
                             "a buffer's end touched.";
static const char umask_cuts[] =
    "The umask takes bits away from the mode that you ask for, and is another one for every user.";
static const char removes[] = "A FIFO stays in the file system until somebody unlinks it.";
static const char one_each[] =
    "A FIFO has one stream: what one client reads is gone for the others, so each needs its own.";
static const char garbage_in[] =
    "A server reads what anybody writes: it must know a good request from anything else.";
static const char nonblock[] =
    "open() of a FIFO for writing waits for a reader; with O_NONBLOCK it fails with ENXIO instead, "
    "and a server waits for no client.";
static const char epipe[] = "Who writes to a FIFO that nobody reads any more gets SIGPIPE, or "
                            "EPIPE if it ignores the signal.";
static const char ask_last[] = "Be ready to receive before you ask: the answer may come at once.";
static const char zero[] =
    "With O_NONBLOCK, read() returns 0 while no writer has come yet, not only after the last one.";
static const char descriptors[] = "A server lives long: what it opens for one request it must "
                                  "close with it.";
static const char rendezvous[] =
    "open() of a FIFO waits for the other side: two programs that open two FIFOs in opposite order "
    "wait for ever.";
static const char both_ways[] =
    "Whoever blocks in one direction cannot serve the other: poll() tells which side is ready.";
static const char hangup[] =
    "After the last writer poll() reports POLLHUP without end: take the descriptor out of the set.";
/* Not the facts: they would be the answers. */
static const char predict_first[] =
    "Say first what the kernel will do, then see it: what surprises you stays in mind.";

enum { WAITED = GR_JUDGE_WAITED | GR_JUDGE_OBJECTS };

static const struct gr_item items[] = {
    /* 2A logd, logc: 24 behaviour, 3 memory, 3 hygiene */
    {"2A.1", "2A", "logd appends `TAG line` to its file for every line that logc sends",
     GR_BEHAVIOUR, GR_PLAIN, 3, "logd logc", "02.2", meeting, 0, 0.05, logd_appends_lines},
    {"2A.2", "2A", "long lines are put together again, for each client by itself", GR_BEHAVIOUR,
     GR_PLAIN, 3, "logd logc", "02.3", records, 0, 0.05, logd_joins_long_lines},
    {"2A.3", "2A", "logc puts each chunk into the FIFO by one write of at most PIPE_BUF bytes",
     GR_BEHAVIOUR, GR_PLAIN, 3, "logc", "02.3", atomic, 0, 0.05, logc_writes_whole_chunks},
    {"2A.4", "2A", "lines of 5,000 bytes from four clients at once are not mixed", GR_BEHAVIOUR,
     GR_PLAIN, 3, "logd logc", "02.3", atomic, 0, 0.1, logd_keeps_lines_whole},
    {"2A.5", "2A", "logd lives on when its last client has gone, and sleeps", GR_BEHAVIOUR,
     GR_PLAIN, 3, "logd logc", "02.1", no_writer, 0, 0.05, logd_lives_on},
    {"2A.6", "2A", "logd uses a FIFO that was left over, and touches nothing else of that name",
     GR_BEHAVIOUR, GR_PLAIN, 2, "logd logc", "02.1", exists, 0, 0.05, logd_starts_again},
    {"2A.7", "2A", "at SIGTERM logd writes what was sent before, removes its FIFO and exits 0",
     GR_BEHAVIOUR, GR_INJECT, 2, "logd logc", "02.4", leaving, 0, 0.05, logd_drains_at_sigterm},
    {"2A.8", "2A", "logd loses nothing when reads are cut short and waits interrupted",
     GR_BEHAVIOUR, GR_INJECT, 2, "logd logc", "02.3", short_counts, 0, 0.05,
     logd_survives_short_reads},
    {"2A.9", "2A", "logd and logc refuse wrong arguments, and say what failed", GR_BEHAVIOUR,
     GR_PLAIN, 1, "logd logc", "02.2", arguments, 0, 0.05, log_refuses},
    {"2A.10", "2A", "of a line that is too long logc sends nothing, and exits 1; logd writes none",
     GR_BEHAVIOUR, GR_PLAIN, 1, "logd logc", "02.3", records, 0, 0.05, longer_lines_are_refused},
    {"2A.14", "2A", "logc waits, asleep, for a server that comes later", GR_BEHAVIOUR, GR_PLAIN, 1,
     "logc", "02.2", reader_first, 0, 0.05, logc_waits_for_its_server},
    {"2A.11", "2A", "logd and logc use memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 3, "logd logc",
     "02.3", memory, GR_JUDGE_MEMORY, 2.5, log_memory},
    {"2A.12", "2A", "logd's FIFO and file have mode 0600, whatever the umask", GR_HYGIENE, GR_PLAIN,
     2, "logd", "02.1", umask_cuts, 0, 0.05, logd_makes_private_objects},
    {"2A.13", "2A", "nothing is left of logd but its file", GR_HYGIENE, GR_PLAIN, 1, "logd logc",
     "02.1", removes, WAITED, 0.05, logd_removes_its_fifo},

    /* 2B seqd, seqc: 28 behaviour, 3 memory, 4 hygiene */
    {"2B.1", "2B", "seqd hands out numbers from 0 on, and seqc prints its range", GR_BEHAVIOUR,
     GR_PLAIN, 3, "seqd seqc", "02.6", meeting, 0, 0.05, seqd_hands_out_ranges},
    {"2B.2", "2B", "50 clients at once get 50 ranges, each of the length it asked for",
     GR_BEHAVIOUR, GR_PLAIN, 4, "seqd seqc", "02.6", one_each, 0, 0.2, seqd_serves_a_crowd},
    {"2B.3", "2B", "requests that come together or in pieces are served one by one, in order",
     GR_BEHAVIOUR, GR_PLAIN, 3, "seqd", "02.6", records, 0, 0.1, seqd_takes_requests_apart},
    {"2B.4", "2B", "seqd ignores garbage, and the next good request is served", GR_BEHAVIOUR,
     GR_PLAIN, 3, "seqd", "02.6", garbage_in, 0, 0.05, seqd_ignores_garbage},
    {"2B.5", "2B", "a client that is mute, deaf, full or not there stops nobody else", GR_BEHAVIOUR,
     GR_PLAIN, 4, "seqd", "02.7", nonblock, 0, 0.05, seqd_outlives_bad_clients},
    {"2B.6", "2B", "seqd survives a client that dies just before its answer", GR_BEHAVIOUR,
     GR_INJECT, 2, "seqd", "02.7", epipe, 0, 0.05, seqd_survives_epipe},
    {"2B.7", "2B", "seqc has its own FIFO open before it sends its request", GR_BEHAVIOUR, GR_PLAIN,
     3, "seqc", "02.5", ask_last, 0, 0.05, seqc_opens_before_it_asks},
    {"2B.8", "2B", "seqc waits, asleep, for an answer that is late", GR_BEHAVIOUR, GR_PLAIN, 2,
     "seqc", "02.5", zero, 0, 0.05, seqc_waits_for_its_answer},
    {"2B.9", "2B", "at SIGTERM seqd answers what was sent before, and exits 0", GR_BEHAVIOUR,
     GR_INJECT, 1, "seqd", "02.7", leaving, 0, 0.05, seqd_drains_at_sigterm},
    {"2B.10", "2B", "seqd uses a FIFO that was left over, and touches nothing else of that name",
     GR_BEHAVIOUR, GR_PLAIN, 1, "seqd seqc", "02.6", exists, 0, 0.05, seqd_starts_again},
    {"2B.11", "2B", "no number is lost when reads are cut short and waits interrupted",
     GR_BEHAVIOUR, GR_INJECT, 1, "seqd seqc", "02.6", short_counts, 0, 0.05,
     seq_survives_short_reads},
    {"2B.12", "2B", "seqd and seqc refuse wrong arguments, and say what failed", GR_BEHAVIOUR,
     GR_PLAIN, 1, "seqd seqc", "02.6", arguments, 0, 0.05, seq_refuses},
    {"2B.13", "2B", "seqd and seqc use memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 3, "seqd seqc",
     "02.8", memory, GR_JUDGE_MEMORY, 2.5, seq_memory},
    {"2B.14", "2B", "after 200 requests seqd has no more descriptors open than before", GR_HYGIENE,
     GR_PLAIN, 2, "seqd", "02.8", descriptors, 0, 0.1, seqd_closes_every_answer},
    {"2B.15", "2B", "the FIFOs have mode 0600, none of them is left, and seqd sleeps", GR_HYGIENE,
     GR_PLAIN, 2, "seqd seqc", "02.8", removes, WAITED, 0.05, seq_leaves_nothing},

    /* 2C duplex: 16 behaviour, 2 memory, 2 hygiene */
    {"2C.1", "2C", "either side may start first, and both get through their open()", GR_BEHAVIOUR,
     GR_PLAIN, 4, "duplex", "02.9", rendezvous, 0, 0.05, duplex_meets_its_peer},
    {"2C.2", "2C", "a line is on the other side at once, in both directions", GR_BEHAVIOUR,
     GR_PLAIN, 2, "duplex", "02.9", meeting, 0, 0.05, duplex_passes_lines_at_once},
    {"2C.3", "2C", "4 MiB go both ways at the same time", GR_BEHAVIOUR, GR_PLAIN, 4, "duplex",
     "02.10", both_ways, 0, 0.2, duplex_carries_much},
    {"2C.4", "2C", "each direction ends by itself, and the other goes on, without a busy loop",
     GR_BEHAVIOUR, GR_PLAIN, 3, "duplex", "02.11", hangup, 0, 0.05, duplex_closes_by_halves},
    {"2C.5", "2C", "a lost peer is reported, after its last words; so are failing output and usage",
     GR_BEHAVIOUR, GR_PLAIN, 2, "duplex", "02.11", epipe, 0, 0.05, duplex_reports_trouble},
    {"2C.6", "2C", "no byte is lost when reads and writes are cut short", GR_BEHAVIOUR, GR_INJECT,
     1, "duplex", "02.10", short_counts, 0, 0.2, duplex_survives_short_counts},
    {"2C.7", "2C", "duplex uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "duplex", "02.11",
     memory, GR_JUDGE_MEMORY, 2.0, duplex_memory},
    {"2C.8", "2C", "duplex leaves FIFOs and flags as they were, nothing else, and sleeps meanwhile",
     GR_HYGIENE, GR_PLAIN, 2, "duplex", "02.11", removes, WAITED, 0.05, duplex_leaves_nothing},

    /* Predict: 5 */
    {"2P.1", "2P", "P1: which errno a writer gets that will not wait for a reader", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "02.0", predict_first, 0, 0.05, gr_run_prediction},
    {"2P.2", "2P", "P2: what a read returns before the first writer has come", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "02.0", predict_first, 0, 0.05, gr_run_prediction},
    {"2P.3", "2P", "P3: what a write of more than PIPE_BUF bytes returns", GR_BEHAVIOUR, GR_PLAIN,
     1, "predict", "02.0", predict_first, 0, 0.05, gr_run_prediction},
    {"2P.4", "2P", "P4: what the second read of a FIFO does that was opened O_RDWR", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "02.0", predict_first, 0, 0.05, gr_run_prediction},
    {"2P.5", "2P", "P5: which mode mkfifo gives", GR_BEHAVIOUR, GR_PLAIN, 1, "predict", "02.0",
     predict_first, 0, 0.05, gr_run_prediction},

    /* Bug hunt: 10 */
    {"2H.1", "2H", "hunt_1 keeps the records of its children apart", GR_BEHAVIOUR, GR_INJECT, 5,
     "hunt_1", "02.12", atomic, 0, 0.05, hunt_1_repaired},
    {"2H.2", "2H", "hunt_2 sleeps between two clients, and serves both", GR_BEHAVIOUR, GR_PLAIN, 3,
     "hunt_2", "02.13", no_writer, 0, 0.05, hunt_2_serves_on},
    {"2H.3", "2H", "hunt_2 removes its FIFO, and can be started again", GR_BEHAVIOUR, GR_PLAIN, 2,
     "hunt_2", "02.13", removes, 0, 0.05, hunt_2_removes_its_fifo},
};

int main(int argc, char **argv)
{
    return gr_suite_main(argc, argv, "02-fifos", items, sizeof items / sizeof *items);
}
