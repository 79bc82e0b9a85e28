/* SPDX-License-Identifier: MIT */
/* Lab 05, shared memory: the rubric. Each row is one graded item; the scenarios are in the files
 * 05_shared_memory_*.c. The points of each part: 70 % behaviour, 10 % memory, 10 % processes and
 * objects, 10 % races. 5E has no lock and makes no objects: there behaviour gets these two. */
#include "05_shared_memory.h"
#include "gr_predict.h"

static const char together[] =
    "x++ on shared memory is a load, an addition and a store; a lock makes one step of the three.";
static const char exclusion[] =
    "A lock works between processes only if it lies in the shared memory and was made for that.";
static const char creation[] =
    "One process makes the segment, and nobody uses it before the creator has said that it is "
    "ready: O_EXCL chooses the creator, a flag set last publishes what it made.";
static const char arguments[] = "A program checks what it was given before it does anything.";
static const char patience[] =
    "Whoever waits for another process must be able to give up, and sleeps meanwhile.";
static const char failures[] =
    "mmap fails with MAP_FAILED, which is not NULL; who made a segment removes it when it fails.";
static const char memory[] = "Bytes that were never written must not be used, and nothing beyond "
                             "a buffer's end touched.";
static const char objects[] =
    "A segment outlives all processes that use it; somebody must remove its name, and nobody else "
    "should be able to open it.";
static const char order[] =
    "Data is published by a release store and found by an acquire load: without that pair another "
    "process may see the flag and not yet the data.";
static const char ring_indices[] =
    "Indices that only grow, and are cut to the size only where memory is touched, tell full from "
    "empty and pass the top of their type by themselves.";
static const char blocking[] =
    "Look, and sleep only if nothing has changed since you looked: a wake-up between the two must "
    "not be lost.";
static const char closing[] =
    "Both sides must learn that the other one wants no more, also while they sleep.";
static const char journal[] =
    "Write down what you are going to do before you do it: then whoever finds you dead can finish "
    "it.";
static const char robust[] =
    "A robust mutex tells the next owner that the last one died; who gets EOWNERDEAD repairs the "
    "data and marks the mutex consistent.";
static const char seqlock[] =
    "A reader of a seqlock looks at the counter before and after: odd, or changed, means that what "
    "it copied is no sample.";
static const char offsets[] =
    "An address means something in one mapping of one process; what is stored in shared memory is "
    "the distance from its start.";
static const char unlinking[] =
    "To remove a node is to change all that led to it: the node before it, or the head; and what "
    "says which one is the last.";
static const char refusing[] =
    "Look first whether it can be done, and change something only then: who fails leaves all as it "
    "was.";
static const char reuse[] =
    "Shared memory has no malloc: who removes something must keep its room for the next one.";
/* Not the facts: they would be the answers. */
static const char predict_first[] =
    "Say first what will happen, then see it: what surprises you stays in mind.";
static const char stale[] =
    "System V segments have no name that a dead program takes along: a stale one of another size "
    "is still there.";

enum { WAITED = GR_JUDGE_WAITED | GR_JUDGE_OBJECTS };

static const struct gr_item items[] = {
    /* 5A tally: 14 behaviour, 2 memory, 2 hygiene, 2 races */
    {"5A.1", "5A", "P processes started at once count to P*K, and the last one says so",
     GR_BEHAVIOUR, GR_INJECT, 3, "tally", "05.4", together, 0, 0.3, tally_counts},
    {"5A.2", "5A", "while one process counts, no other does", GR_BEHAVIOUR, GR_INJECT, 3, "tally",
     "05.3", exclusion, 0, 0.1, tally_one_at_a_time},
    {"5A.3", "5A", "who comes while the segment is being made waits until it is ready",
     GR_BEHAVIOUR, GR_INJECT, 3, "tally", "05.4", creation, 0, 0.2, tally_waits_for_the_creator},
    {"5A.4", "5A", "tally refuses wrong arguments: usage, exit 2", GR_BEHAVIOUR, GR_PLAIN, 2,
     "tally", "05.2", arguments, 0, 0.05, tally_refuses_bad_arguments},
    {"5A.5", "5A", "a segment that nobody makes ready ends the wait, asleep, with exit 1",
     GR_BEHAVIOUR, GR_INJECT, 2, "tally", "05.4", patience, 0, 0.1, tally_gives_up},
    {"5A.6", "5A", "a call that fails is reported, exit 1, and the segment is removed",
     GR_BEHAVIOUR, GR_INJECT, 1, "tally", "05.2", failures, GR_JUDGE_OBJECTS, 0.05,
     tally_reports_failures},
    {"5A.7", "5A", "tally uses memory cleanly in every process", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "tally", "05.4", memory, GR_JUDGE_MEMORY, 1.8, tally_together},
    {"5A.8", "5A", "the segment has mode 0600 and is removed at the end", GR_HYGIENE, GR_INJECT, 2,
     "tally", "05.2", objects, WAITED, 0.1, tally_leaves_nothing},
    {"5A.9", "5A", "no two processes touch the count without an order between them", GR_RACES,
     GR_RACE_LENS, 2, "tally", "05.3", together, 0, 2.0, tally_races},

    /* 5B ring.c, rsend, rrecv: 17 behaviour, 2 memory, 3 hygiene, 3 races */
    {"5B.1", "5B", "what is pushed is popped, whole and in order, wherever the end of data lies",
     GR_BEHAVIOUR, GR_PLAIN, 3, "ring_driver", "05.5", ring_indices, 0, 0.1, ring_keeps_order},
    {"5B.2", "5B", "a ring of N bytes takes N bytes, and refuses what can never fit", GR_BEHAVIOUR,
     GR_PLAIN, 2, "ring_driver", "05.5", ring_indices, 0, 0.1, ring_holds_all_it_can},
    {"5B.3", "5B", "indices pass from UINT32_MAX to 0 and nothing happens", GR_BEHAVIOUR, GR_PLAIN,
     2, "ring_driver", "05.5", ring_indices, 0, 0.1, ring_passes_the_top},
    {"5B.4", "5B", "thousands of records pass, wherever the two processes meet", GR_BEHAVIOUR,
     GR_INJECT, 3, "ring_driver meet_driver", "05.6", blocking, 0, 1.0, ring_between_processes},
    {"5B.5", "5B", "an empty and a full ring are waited for asleep, and no signal ends the wait",
     GR_BEHAVIOUR, GR_PLAIN, 2, "ring_driver", "05.6", blocking, 0, 0.2, ring_waits_asleep},
    {"5B.6", "5B", "a close wakes the other side, and loses nothing", GR_BEHAVIOUR, GR_PLAIN, 2,
     "ring_driver meet_driver", "05.6", closing, 0, 0.1, ring_closes},
    {"5B.7", "5B", "rrecv prints each line that rsend read, as soon as it comes", GR_BEHAVIOUR,
     GR_INJECT, 2, "rsend rrecv", "05.7", blocking, 0, 0.2, rsend_passes_lines},
    {"5B.8", "5B", "rsend and rrecv report what goes wrong, and neither waits for the other then",
     GR_BEHAVIOUR, GR_PLAIN, 1, "rsend rrecv", "05.7", closing, 0, 0.1, rsend_reports_failures},
    {"5B.9", "5B", "ring.c uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "ring_driver",
     "05.5", memory, GR_JUDGE_MEMORY, 1.0, ring_memory},
    {"5B.10", "5B", "rsend and rrecv use memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1,
     "rsend rrecv", "05.7", memory, GR_JUDGE_MEMORY, 1.5, rsend_memory},
    {"5B.11", "5B", "the segment has mode 0600, is removed, and is waited for asleep", GR_HYGIENE,
     GR_INJECT, 3, "rsend rrecv", "05.7", objects, WAITED, 0.1, rsend_leaves_nothing},
    {"5B.12", "5B", "a record is published before it is taken, and taken before it is overwritten",
     GR_RACES, GR_RACE_LENS, 3, "ring_driver", "05.6", order, 0, 2.0, ring_races},

    /* 5C ledger: 14 behaviour, 2 memory, 2 hygiene, 2 races */
    {"5C.1", "5C", "all transfers are made, and the accounts are right to the coin", GR_BEHAVIOUR,
     GR_PLAIN, 3, "ledger journal_driver", "05.8", journal, 0, 0.2, ledger_moves_money},
    {"5C.2", "5C", "an owner is killed, the others go on, and the sum is as it was", GR_BEHAVIOUR,
     GR_INJECT, 3, "ledger", "05.9", robust, 0, 0.4, ledger_outlives_an_owner},
    {"5C.3", "5C", "the transfer of a killed owner is there as a whole, or not at all",
     GR_BEHAVIOUR, GR_INJECT, 2, "ledger journal_driver", "05.9", journal, 0, 0.4,
     ledger_keeps_transfers_whole},
    {"5C.4", "5C", "three owners are killed, one after the other", GR_BEHAVIOUR, GR_INJECT, 3,
     "ledger", "05.9", robust, 0, 0.4, ledger_outlives_two_owners},
    {"5C.5", "5C", "an owner is killed, and then who repairs what it left", GR_BEHAVIOUR, GR_INJECT,
     2, "ledger", "05.9", journal, 0, 0.5, ledger_outlives_a_repair},
    {"5C.6", "5C", "all workers are killed, and the first process repairs and reports",
     GR_BEHAVIOUR, GR_INJECT, 1, "ledger", "05.9", robust, 0, 0.1, ledger_outlives_all},
    {"5C.7", "5C", "ledger uses memory cleanly in every process", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "ledger", "05.8", memory, GR_JUDGE_MEMORY, 1.2, ledger_together},
    {"5C.8", "5C", "who waits for the lock sleeps, stays outside, and leaves nothing", GR_HYGIENE,
     GR_INJECT, 2, "ledger", "05.8", exclusion, WAITED, 0.1, ledger_waits_well},
    {"5C.9", "5C", "no two processes touch an account without an order between them", GR_RACES,
     GR_RACE_LENS, 2, "ledger", "05.8", together, 0, 2.0, ledger_races},

    /* 5D telem: 7 behaviour, 1 memory, 1 hygiene, 1 races */
    {"5D.1", "5D", "a reader prints the newest sample", GR_BEHAVIOUR, GR_PLAIN, 2, "telem", "05.10",
     seqlock, 0, 0.2, telem_shows_the_sample},
    {"5D.2", "5D", "a write that comes while a reader copies is never mixed in", GR_BEHAVIOUR,
     GR_INJECT, 2, "telem seqlock_driver", "05.11", seqlock, 0, 0.1, telem_is_never_torn},
    {"5D.3", "5D", "while the writer stands inside a write, a reader says stale and exits 4",
     GR_BEHAVIOUR, GR_INJECT, 2, "telem", "05.11", seqlock, 0, 0.1, telem_gives_up},
    {"5D.4", "5D", "six readers at once get whole samples, none older than the one before",
     GR_BEHAVIOUR, GR_PLAIN, 1, "telem", "05.11", seqlock, 0, 0.5, telem_serves_many},
    {"5D.5", "5D", "telem uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "telem", "05.11",
     memory, GR_JUDGE_MEMORY, 1.5, telem_together},
    {"5D.6", "5D", "the segment has mode 0600 and is removed by the writer", GR_HYGIENE, GR_PLAIN,
     1, "telem", "05.10", objects, WAITED, 0.1, telem_leaves_nothing},
    {"5D.7", "5D", "readers look at the values while they are written, and that is allowed",
     GR_RACES, GR_RACE_LENS, 1, "telem", "05.11", order, 0, 2.0, telem_together},

    /* 5E shlist.c: 9 behaviour, 1 memory */
    {"5E.1", "5E", "texts are added and visited in order, at two addresses by turns", GR_BEHAVIOUR,
     GR_PLAIN, 2, "shlist_driver", "05.12", offsets, 0, 0.05, shlist_keeps_order},
    {"5E.2", "5E", "a text is removed from the front, the middle and the end", GR_BEHAVIOUR,
     GR_PLAIN, 2, "shlist_driver", "05.13", unlinking, 0, 0.05, shlist_removes},
    {"5E.3", "5E", "room that was freed is used again, and nothing beyond the area", GR_BEHAVIOUR,
     GR_PLAIN, 2, "shlist_driver", "05.13", reuse, 0, 0.1, shlist_uses_room_again},
    {"5E.4", "5E", "the area may lie at any address, in any process", GR_BEHAVIOUR, GR_PLAIN, 2,
     "shlist_driver", "05.13", offsets, 0, 0.05, shlist_can_be_anywhere},
    {"5E.5", "5E", "what cannot be done is refused with an errno, and changes nothing",
     GR_BEHAVIOUR, GR_PLAIN, 1, "shlist_driver", "05.13", refusing, 0, 0.05, shlist_reports_errors},
    {"5E.6", "5E", "shlist.c uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "shlist_driver",
     "05.13", memory, GR_JUDGE_MEMORY, 1.2, shlist_memory},

    /* Predict: 5 */
    {"5P.1", "5P", "P1: what two increments make of 7", GR_BEHAVIOUR, GR_PLAIN, 1, "predict",
     "05.0", predict_first, 0, 0.05, gr_run_prediction},
    {"5P.2", "5P", "P2: which signal a store into an empty segment brings", GR_BEHAVIOUR, GR_PLAIN,
     1, "predict", "05.0", predict_first, 0, 0.05, gr_run_prediction},
    {"5P.3", "5P", "P3: who sees what was stored through MAP_PRIVATE", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "05.0", predict_first, 0, 0.05, gr_run_prediction},
    {"5P.4", "5P", "P4: what becomes of a robust mutex that nobody marks consistent", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "05.0", predict_first, 0, 0.05, gr_run_prediction},
    {"5P.5", "5P", "P5: what is left of memory whose name is gone", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "05.0", predict_first, 0, 0.05, gr_run_prediction},

    /* Bug hunt: 10 */
    {"5H.1", "5H", "hunt_1 works after a run that was killed", GR_BEHAVIOUR, GR_INJECT, 3, "hunt_1",
     "05.14", stale, 0, 0.1, hunt_1_survives_a_crash},
    {"5H.2", "5H", "hunt_1 leaves no segment behind", GR_BEHAVIOUR, GR_PLAIN, 2, "hunt_1", "05.14",
     objects, WAITED, 0.05, hunt_1_leaves_nothing},
    {"5H.3", "5H", "hunt_2 loses no update, whoever is slow", GR_BEHAVIOUR, GR_INJECT, 3, "hunt_2",
     "05.15", together, 0, 0.1, hunt_2_loses_nothing},
    {"5H.4", "5H", "the lock of hunt_2 works between processes", GR_RACES, GR_RACE_LENS, 2,
     "hunt_2", "05.15", exclusion, 0, 1.0, hunt_2_races},
};

int main(int argc, char **argv)
{
    return gr_suite_main(argc, argv, "05-shared-memory", items, sizeof items / sizeof *items);
}
