/* SPDX-License-Identifier: MIT */
/* Lab 01, pipes: the rubric. Each row is one graded item; the scenarios are in 01_pipes_io.c,
 * 01_pipes_io_errors.c, 01_pipes_sieve.c, 01_pipes_pl.c, 01_pipes_through.c,
 * 01_pipes_through_exit.c and 01_pipes_rest.c (Bug hunt); 01_pipes_words.c is for all of them.
 * The points of 1A to 1D: 80 % behaviour (the race lens has nothing
 * to see here, no memory is shared), 10 % memory, 10 % descriptors and processes. */
#include "01_pipes.h"
#include "gr_predict.h"

static const char short_counts[] =
    "A read() or write() on a pipe may move fewer bytes than asked; only a loop moves them all.";
static const char end_of_file[] =
    "A pipe ends when its last write end is closed: read() then returns 0, and what was asked "
    "for may be only partly there.";
static const char interrupted[] =
    "A signal handler that runs during a blocking call makes it fail with EINTR, or cut it short: "
    "neither is an error, nor an end.";
static const char no_lookahead[] =
    "What one read() takes out of a pipe is gone for every other reader.";
static const char errors[] = "A library reports a failed call to its caller: -1, and errno as "
                             "the kernel set it.";
static const char memory[] = "Bytes that were never written must not be used, and nothing beyond "
                             "a buffer's end touched.";
static const char descriptors[] =
    "fork() copies every open descriptor, and exec keeps it open: who does not need an end closes "
    "it.";
static const char waiting[] =
    "A child that ended stays in the process table until its parent waits for it.";
static const char arguments[] = "A program checks what it was given before it does anything.";
static const char chain[] =
    "Processes connected by pipes work at the same time, each on its part of the stream.";
static const char statuses[] =
    "waitpid() reports an exit status or a signal in one number; the W macros take it apart.";
static const char failures[] =
    "Any call can fail: a full disk shows only in what write() returns, and what went wrong in "
    "another process only in its exit status.";
static const char exec_fails[] =
    "After a failed exec the child is still your program: it says so and leaves, at once. After a "
    "failed pipe or fork pl ends what runs already, and waits for it.";
static const char both_ways[] =
    "Whoever blocks on one side of a filter cannot serve the other: poll() tells which side is "
    "ready.";
static const char no_reader[] =
    "Each direction has its own end: a read of 0 means no more input; no reader any more means "
    "SIGPIPE in a write, or EPIPE to those who ignore it.";
static const char flags[] =
    "O_NONBLOCK belongs to the open file, and everybody who inherited the descriptor shares it.";
static const char quiet[] =
    "Who has nothing to do sleeps in a blocking call; asking in a loop takes a processor from the "
    "others.";
/* Not the facts: they would be the answers. */
static const char predict_first[] =
    "Say first what the kernel will do, then see it: what surprises you stays in mind.";
static const char padding[] =
    "write() sends every byte that it is told to. One that no line of the program has set holds "
    "whatever was there before, readable by the receiver.";

enum { WAITED = GR_JUDGE_WAITED | GR_JUDGE_OBJECTS };

static const struct gr_item items[] = {
    /* 1A io.c: 16 behaviour, 2 memory, 2 hygiene */
    {"1A.1", "1A", "write_full writes every byte, also when a signal cuts a write() short",
     GR_BEHAVIOUR, GR_INJECT, 3, "io_driver", "01.1", short_counts, 0, 0.05, write_full_cut_short},
    {"1A.2", "1A", "read_full returns all n bytes, however small the pieces they come in",
     GR_BEHAVIOUR, GR_INJECT, 3, "io_driver", "01.2", short_counts, 0, 0.05, read_full_in_pieces},
    {"1A.3", "1A", "read_full stops at the end of the input and takes no byte too many",
     GR_BEHAVIOUR, GR_INJECT, 3, "io_driver", "01.2", end_of_file, 0, 0.05, read_full_at_the_end},
    {"1A.4", "1A", "read_line returns one line, or a piece of it, and takes nothing beyond it",
     GR_BEHAVIOUR, GR_PLAIN, 4, "io_driver", "01.3", no_lookahead, 0, 0.1, read_line_pieces},
    {"1A.5", "1A", "a signal while they wait does not make read_full or read_line give up",
     GR_BEHAVIOUR, GR_INJECT, 2, "io_driver", "01.3", interrupted, 0, 0.05, io_survives_signals},
    {"1A.6", "1A", "a failed call comes back as -1 with its errno", GR_BEHAVIOUR, GR_PLAIN, 1,
     "io_driver", "01.3", errors, 0, 0.05, io_reports_errors},
    {"1A.7", "1A", "io.c uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "io_driver", "01.3",
     memory, GR_JUDGE_MEMORY, 1.8, io_uses_memory_well},
    {"1A.8", "1A", "io.c leaves no descriptor open and no process behind", GR_HYGIENE, GR_PLAIN, 2,
     "io_driver", "01.3", descriptors, WAITED, 0.05, io_keeps_no_descriptor},

    /* 1B sieve: 16 behaviour, 2 memory, 2 hygiene */
    {"1B.1", "1B", "sieve prints every prime up to N, in order", GR_BEHAVIOUR, GR_PLAIN, 5, "sieve",
     "01.5", chain, 0, 0.1, sieve_small},
    {"1B.2", "1B", "sieve 1000 works with 16 descriptors a process", GR_BEHAVIOUR, GR_PLAIN, 4,
     "sieve", "01.6", descriptors, 0, 0.3, sieve_with_few_descriptors},
    {"1B.3", "1B", "every prime has a process of its own, and none is started in vain",
     GR_BEHAVIOUR, GR_PLAIN, 3, "sieve", "01.5", chain, 0, 0.3, sieve_process_per_prime},
    {"1B.4", "1B", "sieve refuses what is not a number from 2 to 100000: usage, exit 2",
     GR_BEHAVIOUR, GR_PLAIN, 2, "sieve", "01.4", arguments, 0, 0.05, sieve_refuses_bad_numbers},
    {"1B.5", "1B", "sieve exits 1 and says why when its output is full or a process cannot be made",
     GR_BEHAVIOUR, GR_PLAIN, 2, "sieve", "01.6", failures, 0, 0.05, sieve_reports_failures},
    {"1B.6", "1B", "sieve uses memory cleanly in every process", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "sieve", "01.6", memory, GR_JUDGE_MEMORY, 2.5, sieve_memory},
    {"1B.7", "1B", "sieve exits only after every process it started was waited for", GR_HYGIENE,
     GR_PLAIN, 2, "sieve", "01.6", waiting, WAITED, 0.1, sieve_waits_for_all},

    /* 1C pl: 20 behaviour, 2 memory, 3 hygiene */
    {"1C.1", "1C", "pl passes data through one, two, five and 64 stages", GR_BEHAVIOUR, GR_PLAIN, 4,
     "pl", "01.8", chain, 0, 0.1, pl_passes_data},
    {"1C.2", "1C", "pl reports each stage's exit status in order and exits as the last",
     GR_BEHAVIOUR, GR_PLAIN, 3, "pl", "01.8", statuses, 0, 0.05, pl_reports_exits},
    {"1C.3", "1C", "pl tells a stage that died by a signal from one that exited", GR_BEHAVIOUR,
     GR_PLAIN, 3, "pl", "01.9", statuses, 0, 0.05, pl_reports_signals},
    {"1C.4", "1C",
     "a command that cannot be run gives 127 or 126; what pl cannot do ends pl and all stages",
     GR_BEHAVIOUR, GR_PLAIN, 3, "pl", "01.9", exec_fails, WAITED, 0.05, pl_exec_fails},
    {"1C.5", "1C", "all stages run at the same time", GR_BEHAVIOUR, GR_PLAIN, 4, "pl", "01.8",
     chain, 0, 0.1, pl_runs_stages_together},
    {"1C.6", "1C", "an empty stage is a usage error, and nothing is started", GR_BEHAVIOUR,
     GR_PLAIN, 3, "pl", "01.7", arguments, 0, 0.05, pl_refuses_empty_stages},
    {"1C.7", "1C", "pl uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "pl", "01.9", memory,
     GR_JUDGE_MEMORY, 1.2, pl_memory},
    {"1C.8", "1C", "no stage inherits a descriptor beyond 0, 1 and 2", GR_HYGIENE, GR_PLAIN, 2,
     "pl", "01.8", descriptors, 0, 0.05, pl_stages_inherit_nothing},
    {"1C.9", "1C", "pl waits for every stage it started, and waits asleep", GR_HYGIENE, GR_PLAIN, 1,
     "pl", "01.8", waiting, WAITED, 0.05, pl_waits_for_all},

    /* 1D through: 16 behaviour, 2 memory, 2 hygiene */
    {"1D.1", "1D", "through gives its input to CMD and passes on what CMD writes", GR_BEHAVIOUR,
     GR_PLAIN, 2, "through", "01.10", chain, 0, 0.1, through_passes_data},
    {"1D.2", "1D", "4 MiB go both ways, and the first line comes back before the second is sent",
     GR_BEHAVIOUR, GR_PLAIN, 4, "through", "01.11", both_ways, 0, 0.2, through_carries_much},
    {"1D.3", "1D", "a CMD that only writes is drained to its end, whatever there is to feed it",
     GR_BEHAVIOUR, GR_PLAIN, 3, "through", "01.11", both_ways, 0, 0.2, through_drains_writers},
    {"1D.4", "1D", "through feeds CMD until CMD stops reading or ends, or own input ends or fails",
     GR_BEHAVIOUR, GR_PLAIN, 2, "through", "01.12", no_reader, 0, 0.1, through_stops_feeding},
    {"1D.5", "1D",
     "through exits as CMD did, 127 or 126 if it cannot be run, 1 if through itself fails",
     GR_BEHAVIOUR, GR_PLAIN, 2, "through", "01.10", statuses, 0, 0.1, through_exits_as_cmd},
    {"1D.6", "1D", "the flags of standard input and output are afterwards as before", GR_BEHAVIOUR,
     GR_PLAIN, 1, "through", "01.12", flags, 0, 0.05, through_keeps_flags},
    {"1D.7", "1D", "no byte is lost when reads and writes are cut short", GR_BEHAVIOUR, GR_INJECT,
     2, "through", "01.11", short_counts, 0, 0.2, through_survives_short_counts},
    {"1D.8", "1D", "through uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "through",
     "01.12", memory, GR_JUDGE_MEMORY, 1.5, through_memory},
    {"1D.9", "1D", "CMD gets descriptors 0, 1 and 2 only, and is waited for", GR_HYGIENE, GR_PLAIN,
     1, "through", "01.12", descriptors, WAITED, 0.05, through_leaves_nothing},
    {"1D.10", "1D", "through sleeps while there is nothing to do", GR_HYGIENE, GR_PLAIN, 1,
     "through", "01.12", quiet, 0, 0.05, through_waits_quietly},

    /* Predict: 5 */
    {"1P.1", "1P", "P1: what one read returns after two writes", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "01.0", predict_first, 0, 0.05, gr_run_prediction},
    {"1P.2", "1P", "P2: what a read does while a sleeping child has the write end", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "01.0", predict_first, 0, 0.05, gr_run_prediction},
    {"1P.3", "1P", "P3: which signal ends a writer that nobody reads", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "01.0", predict_first, 0, 0.05, gr_run_prediction},
    {"1P.4", "1P", "P4: which errno says that a pipe is empty for now", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "01.0", predict_first, 0, 0.05, gr_run_prediction},
    {"1P.5", "1P",
     "P5: which number a write of PIPE_BUF bytes returns when one byte too few is free",
     GR_BEHAVIOUR, GR_PLAIN, 1, "predict", "01.0", predict_first, 0, 0.05, gr_run_prediction},

    /* Bug hunt: 10 */
    {"1H.1", "1H", "hunt_1 sends only bytes that were set, and prints as it did", GR_BEHAVIOUR,
     GR_MEMCHECK_LENS, 5, "hunt_1", "01.13", padding, GR_JUDGE_MEMORY, 1.0, hunt_1_repaired},
    {"1H.2", "1H", "hunt_2 ends, with the right sum", GR_BEHAVIOUR, GR_PLAIN, 3, "hunt_2", "01.14",
     end_of_file, 0, 0.1, hunt_2_repaired},
    {"1H.3", "1H", "hunt_2 waits for every worker", GR_BEHAVIOUR, GR_PLAIN, 2, "hunt_2", "01.14",
     waiting, WAITED, 0.05, hunt_2_waits},
};

int main(int argc, char **argv)
{
    return gr_suite_main(argc, argv, "01-pipes", items, sizeof items / sizeof *items);
}
