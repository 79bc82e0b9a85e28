/* SPDX-License-Identifier: MIT */
/* Lab 04, semaphores: the rubric. Each row is one graded item; the scenarios are in
 * 04_semaphores_order.c (4A), _bbuf.c, _rw.c, _dine.c, _svlock.c and _rest.c (Bug hunt).
 * The points of 4A to 4D: 70 % behaviour, 10 % memory, 10 % processes and objects, 10 % races; 4E
 * shares no memory, so its share of races is behaviour. */
#include "04_semaphores.h"
#include "gr_predict.h"

static const char ordering[] = "A semaphore that starts at 0 orders two processes: one waits, the "
                               "other posts when it is done.";
static const char remembers[] =
    "A post is remembered: the order holds whoever comes first, and however late the other one is.";
static const char rendezvous[] =
    "To meet, each tells that it is there and then waits for the other: two semaphores, crosswise.";
static const char gate[] = "A barrier counts who has come, under a lock; who comes last opens the "
                           "gate, once for each who waits there.";
static const char reusable[] =
    "A barrier that is used again must let nobody into the next round on a token of this one.";
static const char interrupted[] =
    "sem_wait() and semop() can fail with EINTR; then nothing was taken, and you are not inside.";
static const char stale[] =
    "A named semaphore outlives its processes, with the value it had: O_CREAT alone finds the old "
    "one.";
static const char arguments[] =
    "A program checks what it was given before it does anything, and says "
    "so when it fails.";
static const char memory[] = "Bytes that were never written must not be used, and nothing beyond "
                             "a buffer's end touched.";
static const char leavings[] = "Semaphores and shared memory stay until somebody removes them; who "
                               "waits sleeps, and takes no processor.";
static const char races[] =
    "Two processes may touch the same data only if one semaphore or lock comes "
    "between: whatever the timing.";
static const char counting[] = "A counting semaphore counts what is there: full slots for "
                               "consumers, empty ones for producers.";
static const char apart[] =
    "A lock keeps out only those who need the same thing: who works elsewhere must not wait.";
static const char exclusion[] =
    "A semaphore that starts at 1 excludes: one process is inside, all others wait.";
static const char poison[] =
    "A reader of a queue learns that no more will come only if somebody tells it: once for each.";
static const char together[] = "Who only reads disturbs nobody who only reads.";
static const char starvation[] =
    "If those who may share always go first, the one who may not share can wait for ever.";
static const char forks[] = "Who has both forks eats, its neighbours wait; and an order in which "
                            "forks are taken keeps them from waiting for each other in a circle.";
static const char circle[] = "Who holds one lock and waits for another can be part of a circle; an "
                             "order of all locks has no "
                             "circle.";
static const char status[] =
    "waitpid() reports an exit status or a signal in one number; the W macros take it apart.";
static const char first_value[] = "A new System V set has no value yet: making it and giving it a "
                                  "value are two steps, and others "
                                  "come between.";
static const char undo[] =
    "With SEM_UNDO the kernel gives back what a process holds when it ends, even by kill -9.";
/* Not the facts: they would be the answers. */
static const char predict_first[] =
    "Say first what the kernel will do, then see it: what surprises you stays in mind.";

enum { WAITED = GR_JUDGE_WAITED | GR_JUDGE_OBJECTS };

static const struct gr_item items[] = {
    /* 4A turns, meet, barrier: 14 behaviour, 2 memory, 2 hygiene, 2 races */
    {"4A.1", "4A", "turns prints the letters in strict turn, each by a process of its own",
     GR_BEHAVIOUR, GR_PLAIN, 2, "turns", "04.1", ordering, 0, 0.2, turns_in_order},
    {"4A.2", "4A", "nobody takes its turn before its time, however late the one before it is",
     GR_BEHAVIOUR, GR_PLAIN, 3, "turns", "04.2", remembers, 0, 0.1, turns_wait_for_the_late},
    {"4A.3", "4A", "neither of the two that meet leaves before both have arrived", GR_BEHAVIOUR,
     GR_PLAIN, 2, "meet", "04.3", rendezvous, 0, 0.1, meet_both_ways},
    {"4A.4", "4A", "nobody leaves a round of the barrier before all are in", GR_BEHAVIOUR, GR_PLAIN,
     2, "barrier", "04.4", gate, 0, 0.1, barrier_holds_all_back},
    {"4A.5", "4A", "nobody is lapped, round after round", GR_BEHAVIOUR, GR_INJECT, 2, "barrier",
     "04.5", reusable, 0, 0.3, barrier_laps_nobody},
    {"4A.6", "4A", "an interrupted wait is no turn", GR_BEHAVIOUR, GR_INJECT, 1,
     "turns meet barrier", "04.5", interrupted, 0, 0.2, order_survives_interrupts},
    {"4A.7", "4A", "a run that was killed does not spoil the next one", GR_BEHAVIOUR, GR_PLAIN, 1,
     "turns meet barrier", "04.5", stale, 0, 0.1, order_after_a_killed_run},
    {"4A.8", "4A", "bad arguments are refused: usage, exit 2; a full disk is reported, exit 1",
     GR_BEHAVIOUR, GR_PLAIN, 1, "turns meet barrier", "04.5", arguments, 0, 0.1,
     order_refuses_bad_arguments},
    {"4A.9", "4A", "turns, meet and barrier use memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "turns meet barrier", "04.5", memory, GR_JUDGE_MEMORY, 4.0, order_memory},
    {"4A.10", "4A", "they leave no process and no object behind, and wait asleep", GR_HYGIENE,
     GR_PLAIN, 2, "turns meet barrier", "04.5", leavings, WAITED, 0.2, order_leaves_nothing},
    {"4A.11", "4A", "no two processes touch the same memory without an order", GR_RACES,
     GR_RACE_LENS, 2, "turns meet barrier", "04.5", races, 0, 4.0, order_races},

    /* 4B bbuf: 18 behaviour, 2 memory, 2 hygiene, 3 races */
    {"4B.1", "4B", "every item is delivered once, in the order of its producer", GR_BEHAVIOUR,
     GR_PLAIN, 4, "bbuf", "04.7", counting, 0, 0.5, bbuf_delivers},
    {"4B.2", "4B", "a consumer takes from a full slot while a producer is at another one",
     GR_BEHAVIOUR, GR_PLAIN, 3, "bbuf", "04.6", apart, 0, 0.1, bbuf_takes_beside_a_put},
    {"4B.3", "4B", "producers fill all other slots while a consumer is at one, and no more",
     GR_BEHAVIOUR, GR_PLAIN, 3, "bbuf", "04.8", apart, 0, 0.1, bbuf_puts_beside_a_take},
    {"4B.4", "4B", "no two processes are in one slot at the same time", GR_BEHAVIOUR, GR_PLAIN, 3,
     "bbuf", "04.7", exclusion, 0, 0.2, bbuf_one_in_a_slot},
    {"4B.5", "4B", "all consumers end when all items are taken, however many there are",
     GR_BEHAVIOUR, GR_PLAIN, 3, "bbuf", "04.7", poison, 0, 0.3, bbuf_ends},
    {"4B.6", "4B", "an interrupted wait takes nothing", GR_BEHAVIOUR, GR_INJECT, 1, "bbuf", "04.7",
     interrupted, 0, 0.1, bbuf_survives_interrupts},
    {"4B.7", "4B", "bad arguments are refused: usage, exit 2; a full disk is reported, exit 1",
     GR_BEHAVIOUR, GR_PLAIN, 1, "bbuf", "04.6", arguments, 0, 0.1, bbuf_refuses_bad_arguments},
    {"4B.8", "4B", "bbuf uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "bbuf", "04.8",
     memory, GR_JUDGE_MEMORY, 2.0, bbuf_memory},
    {"4B.9", "4B", "bbuf leaves no process and no object behind, and waits asleep", GR_HYGIENE,
     GR_PLAIN, 2, "bbuf", "04.8", leavings, WAITED, 0.1, bbuf_leaves_nothing},
    {"4B.10", "4B", "no two processes touch the same memory without an order", GR_RACES,
     GR_RACE_LENS, 3, "bbuf", "04.8", races, 0, 2.0, bbuf_races},

    /* bbuf_threads: to be compared with 4B.10, no points */
    {"4T.1", "4T", "bbuf_threads: Helgrind sees no race between its threads (no points)", GR_RACES,
     GR_HELGRIND, 0, "bbuf_threads", "04.8", races, 0, 4.0, threads_helgrind},
    {"4T.2", "4T", "bbuf_threads: DRD sees no race between its threads (no points)", GR_RACES,
     GR_DRD, 0, "bbuf_threads", "04.8", races, 0, 4.0, threads_drd},

    /* 4C rw: 14 behaviour, 2 memory, 2 hygiene, 2 races */
    {"4C.1", "4C", "every reader sees one whole version, the last one that was made", GR_BEHAVIOUR,
     GR_PLAIN, 3, "rw", "04.9", exclusion, 0, 0.5, rw_versions},
    {"4C.2", "4C", "readers read at the same time", GR_BEHAVIOUR, GR_PLAIN, 3, "rw", "04.10",
     together, 0, 0.1, rw_readers_together},
    {"4C.3", "4C", "a writer is alone with the page", GR_BEHAVIOUR, GR_PLAIN, 3, "rw", "04.9",
     exclusion, 0, 0.1, rw_writer_alone},
    {"4C.4", "4C", "no reader overtakes a writer that waits", GR_BEHAVIOUR, GR_PLAIN, 3, "rw",
     "04.11", starvation, 0, 0.1, rw_waiting_writer_first},
    {"4C.5", "4C", "an interrupted wait lets nobody in", GR_BEHAVIOUR, GR_INJECT, 1, "rw", "04.11",
     interrupted, 0, 0.1, rw_survives_interrupts},
    {"4C.6", "4C", "rw refuses bad arguments: usage, exit 2", GR_BEHAVIOUR, GR_PLAIN, 1, "rw",
     "04.9", arguments, 0, 0.1, rw_refuses_bad_arguments},
    {"4C.7", "4C", "rw uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "rw", "04.11", memory,
     GR_JUDGE_MEMORY, 2.0, rw_memory},
    {"4C.8", "4C", "rw leaves no process and no object behind, and waits asleep", GR_HYGIENE,
     GR_PLAIN, 2, "rw", "04.11", leavings, WAITED, 0.1, rw_leaves_nothing},
    {"4C.9", "4C", "no two processes touch the same memory without an order", GR_RACES,
     GR_RACE_LENS, 2, "rw", "04.11", races, 0, 2.0, rw_races},

    /* 4D dine: 7 behaviour, 1 memory, 1 hygiene, 1 races */
    {"4D.1", "4D", "every philosopher eats K times, and every fork is used as often as that takes",
     GR_BEHAVIOUR, GR_PLAIN, 2, "dine", "04.12", forks, 0, 0.2, dine_all_eat},
    {"4D.2", "4D", "neighbours never eat at the same time", GR_BEHAVIOUR, GR_PLAIN, 1, "dine",
     "04.12", exclusion, 0, 0.1, dine_no_neighbours},
    {"4D.3", "4D", "who shares no fork with anybody at the table eats at once", GR_BEHAVIOUR,
     GR_PLAIN, 2, "dine", "04.13", apart, 0, 0.1, dine_two_at_once},
    {"4D.4", "4D", "all eat even if each has got hold of one fork before anybody goes on",
     GR_BEHAVIOUR, GR_PLAIN, 2, "dine", "04.13", circle, 0, 0.3, dine_no_deadlock},
    {"4D.5", "4D", "dine uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "dine", "04.13",
     memory, GR_JUDGE_MEMORY, 2.0, dine_memory},
    {"4D.6", "4D", "dine leaves no process and no object behind, and waits asleep", GR_HYGIENE,
     GR_PLAIN, 1, "dine", "04.13", leavings, WAITED, 0.1, dine_leaves_nothing},
    {"4D.7", "4D", "no two processes touch the same memory without an order", GR_RACES,
     GR_RACE_LENS, 1, "dine", "04.13", races, 0, 3.0, dine_races},

    /* 4E svlock: 8 behaviour, 1 memory, 1 hygiene */
    {"4E.1", "4E", "svlock runs CMD and exits as it did", GR_BEHAVIOUR, GR_PLAIN, 1, "svlock",
     "04.14", status, 0, 0.1, svlock_runs_cmd},
    {"4E.2", "4E", "svlock refuses what is no KEY, and a missing CMD: usage, exit 2", GR_BEHAVIOUR,
     GR_PLAIN, 1, "svlock", "04.14", arguments, 0, 0.1, svlock_refuses_bad_arguments},
    {"4E.3", "4E", "one command runs at a time under one lock, and another lock is no matter",
     GR_BEHAVIOUR, GR_PLAIN, 1, "svlock", "04.14", exclusion, 0, 0.1, svlock_one_after_the_other},
    {"4E.4", "4E", "of 20 that start at once exactly one gives the set its first value",
     GR_BEHAVIOUR, GR_PLAIN, 2, "svlock", "04.15", first_value, 0, 0.3, svlock_starters},
    {"4E.5", "4E", "kill -9 of the holder frees the lock", GR_BEHAVIOUR, GR_PLAIN, 2, "svlock",
     "04.16", undo, 0, 0.1, svlock_killed_holder},
    {"4E.6", "4E", "an interrupted semop() is no lock", GR_BEHAVIOUR, GR_INJECT, 1, "svlock",
     "04.14", interrupted, 0, 0.1, svlock_survives_interrupts},
    {"4E.7", "4E", "svlock uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 1, "svlock", "04.16",
     memory, GR_JUDGE_MEMORY, 1.5, svlock_memory},
    {"4E.8", "4E", "svlock gives CMD descriptors 0, 1 and 2, and leaves nothing but its set",
     GR_HYGIENE, GR_PLAIN, 1, "svlock", "04.16", leavings, GR_JUDGE_WAITED, 0.1,
     svlock_leaves_nothing},

    /* Predict: 5 */
    {"4P.1", "4P", "P1: the value of a posted semaphore in ordinary memory, after fork",
     GR_BEHAVIOUR, GR_PLAIN, 1, "predict", "04.0", predict_first, 0, 0.05, gr_run_prediction},
    {"4P.2", "4P", "P2: the value of a named semaphore that was there before", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "04.0", predict_first, 0, 0.05, gr_run_prediction},
    {"4P.3", "4P", "P3: what SEM_UNDO does when the holder is killed and its child is not",
     GR_BEHAVIOUR, GR_PLAIN, 1, "predict", "04.0", predict_first, 0, 0.05, gr_run_prediction},
    {"4P.4", "4P", "P4: the value of a POSIX semaphore whose holder was killed", GR_BEHAVIOUR,
     GR_PLAIN, 1, "predict", "04.0", predict_first, 0, 0.05, gr_run_prediction},
    {"4P.5", "4P", "P5: how many waits succeed after three posts", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "04.0", predict_first, 0, 0.05, gr_run_prediction},

    /* Bug hunt: 10 */
    {"4H.1", "4H", "hunt_1 lets one worker at a time to the counter", GR_BEHAVIOUR, GR_PLAIN, 3,
     "hunt_1", "04.17", exclusion, WAITED, 0.1, hunt_1_excludes},
    {"4H.2", "4H", "hunt_1 does so also when waits are interrupted", GR_BEHAVIOUR, GR_INJECT, 2,
     "hunt_1", "04.17", interrupted, 0, 0.1, hunt_1_interrupted},
    {"4H.3", "4H", "hunt_2 ends, whatever each of its processes holds, and whatever was left",
     GR_BEHAVIOUR, GR_PLAIN, 2, "hunt_2", "04.18", circle, 0, 0.1, hunt_2_ends},
    {"4H.4", "4H", "hunt_2 leaves no semaphore behind", GR_BEHAVIOUR, GR_PLAIN, 1, "hunt_2",
     "04.18", stale, WAITED, 0.1, hunt_2_leaves_nothing},
    {"4H.5", "4H", "hunt_2 still touches each account under its lock", GR_BEHAVIOUR, GR_RACE_LENS,
     2, "hunt_2", "04.18", races, 0, 1.5, hunt_2_locks},
};

int main(int argc, char **argv)
{
    return gr_suite_main(argc, argv, "04-semaphores", items, sizeof items / sizeof *items);
}
