/* SPDX-License-Identifier: MIT */
/* Lab 03, message queues: the rubric. Each row is one graded item; the scenarios are in
 * 03_message_queues_jobs.c, _job.c, _watch.c, _calc.c, _wire.c, _raw.c, _crowd.c and _rest.c (Bug
 * hunt).
 * The points of 3A to 3D: 80 % behaviour (the race lens has nothing to see here, no memory is
 * shared), 10 % memory, 10 % processes and objects. */
#include "03_message_queues.h"
#include "gr_predict.h"

static const char priorities[] =
    "A POSIX queue gives the message of the highest priority first, and those of one priority in "
    "the order in which they were sent.";
static const char attributes[] =
    "A queue keeps the attributes it was made with: whoever opens it asks mq_getattr() how long a "
    "message may be, and receives with that much room.";
static const char limits[] =
    "What an unprivileged process may ask of a queue is limited; above the limit mq_open() fails "
    "with EINVAL.";
static const char whole_messages[] =
    "A message goes in and comes out as a whole, with its length and its priority; a full queue "
    "makes the sender wait.";
static const char failures[] =
    "A call that failed gives no queue: its result is compared with the -1 it returns.";
static const char accepted[] =
    "What the kernel has accepted before SIGTERM is done before the end. The signal may come just "
    "before you begin to wait, and EINTR alone is no reason to end.";
static const char persistence[] =
    "A queue lives in the kernel until it is removed, whoever made it; its maker removes it.";
static const char memory[] =
    "Bytes that were never written must not be used or sent, and nothing beyond a buffer's end "
    "touched.";
static const char two_queues[] =
    "mq_receive() waits for one queue only: who serves several waits for all of them at once.";
static const char one_shot[] =
    "A notification is for once: after it has come, mq_notify() must ask for the next one.";
static const char lost_wakeup[] =
    "A notification comes only when a message arrives in an empty queue. So ask for the next one "
    "first, and empty the queue then.";
static const char safe_calls[] =
    "A signal handler may interrupt any function half done; it may call only those that are "
    "async-signal-safe.";
static const char quiet[] =
    "Who has nothing to do sleeps in a blocking call; asking in a loop takes a processor from the "
    "others.";
static const char request_reply[] =
    "Requests and replies are messages of an agreed form; the type says whom a message is for.";
static const char mtext_size[] =
    "msgsnd() and msgrcv() count the bytes behind the long mtype, which is first and positive; "
    "and a message carries bytes, never addresses.";
static const char own_type[] =
    "msgrcv() takes the first message of the type it asks for: each client asks for its own.";
static const char interrupted[] =
    "msgsnd() and msgrcv() are never restarted after a signal handler: EINTR says ask again.";
static const char not_cut[] = "MSG_NOERROR cuts a message that is too long, and tells nobody.";
static const char keys[] =
    "ftok() makes a key of a file that exists; its -1 is a failure and no key.";
static const char full_queue[] =
    "Who waits for room in a queue that only he empties waits for himself.";
static const char predict_first[] =
    "Say first what the kernel will do, then see it: what surprises you stays in mind.";

/* One queue the programs make, and up to two that are planted, counted as large as any may be. */
enum { OBJECTS = GR_JUDGE_WAITED | GR_JUDGE_OBJECTS, JOBS = GR_QUEUES(2), WATCH = GR_QUEUES(2) };

static const struct gr_item items[] = {
    /* 3A jobd, job: 24 behaviour, 3 memory, 3 hygiene */
    {"3A.1", "3A", "jobd prints the highest priority first, and equal ones as they came",
     GR_BEHAVIOUR, GR_PLAIN, 5, "jobd", "03.1", priorities, JOBS, 0.05, jobd_prints_in_order},
    {"3A.2", "3A", "job puts its text into the queue with its priority, and waits for room",
     GR_BEHAVIOUR, GR_PLAIN, 4, "job", "03.2", whole_messages, JOBS, 0.05, job_sends},
    {"3A.3", "3A", "jobd takes over a queue with other attributes, and the jobs in it",
     GR_BEHAVIOUR, GR_INJECT, 5, "jobd", "03.3", attributes, JOBS, 0.05, jobd_keeps_old_queue},
    {"3A.4", "3A", "jobd makes the queue that jobs.h describes, as an ordinary user", GR_BEHAVIOUR,
     GR_INJECT, 3, "jobd job", "03.1", limits, JOBS, 0.05, jobd_makes_queue},
    {"3A.5", "3A", "job exits with 1 without a queue, with 3 for a text too long, with 2 for usage",
     GR_BEHAVIOUR, GR_INJECT, 4, "job jobd", "03.2", failures, JOBS, 0.05, job_says_what_failed},
    {"3A.6", "3A",
     "jobd ends at SIGTERM only, whenever that comes, and prints first what was accepted",
     GR_BEHAVIOUR, GR_INJECT, 3, "jobd", "03.4", accepted, JOBS, 0.05, jobd_ends_on_term},
    {"3A.7", "3A", "jobd and job use memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 3, "jobd job",
     "03.4", memory, GR_JUDGE_MEMORY | JOBS, 1.5, jobs_memory},
    {"3A.8", "3A", "jobd sleeps, finds its jobs again after a kill, and leaves no queue behind",
     GR_HYGIENE, GR_INJECT, 3, "jobd job", "03.4", persistence, OBJECTS | JOBS, 0.05,
     jobd_leaves_nothing},

    /* 3B mqwatch: 16 behaviour, 2 memory, 2 hygiene */
    {"3B.1", "3B", "mqwatch prints each message of both queues once, with its queue's number",
     GR_BEHAVIOUR, GR_PLAIN, 4, "mqwatch", "03.5", two_queues, WATCH, 0.05, watch_prints_both},
    {"3B.2", "3B", "mqwatch sees every burst of messages, not only the first", GR_BEHAVIOUR,
     GR_INJECT, 4, "mqwatch", "03.6", one_shot, WATCH, 0.05, watch_sees_every_burst},
    {"3B.3", "3B", "mqwatch loses no message that comes just before it asks for a notification",
     GR_BEHAVIOUR, GR_INJECT, 4, "mqwatch", "03.6", lost_wakeup, WATCH, 0.05, watch_survives_gap},
    {"3B.4", "3B", "mqwatch ends at SIGTERM only, and prints first what was there", GR_BEHAVIOUR,
     GR_INJECT, 2, "mqwatch", "03.7", accepted, WATCH, 0.05, watch_ends_on_term},
    {"3B.5", "3B", "mqwatch exits with 1 if a queue is missing, with 2 for usage", GR_BEHAVIOUR,
     GR_INJECT, 1, "mqwatch", "03.5", failures, WATCH, 0.05, watch_says_what_failed},
    {"3B.6", "3B", "mqwatch calls nothing in a signal handler that is not safe there", GR_BEHAVIOUR,
     GR_INJECT, 1, "mqwatch", "03.6", safe_calls, WATCH, 0.05, watch_handler_is_safe},
    {"3B.7", "3B", "mqwatch uses memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2, "mqwatch", "03.7",
     memory, GR_JUDGE_MEMORY | WATCH, 1.0, watch_memory},
    {"3B.8", "3B", "mqwatch sleeps while nothing comes, and leaves the queues where they are",
     GR_HYGIENE, GR_INJECT, 2, "mqwatch", "03.7", quiet, OBJECTS | WATCH, 0.05, watch_sleeps},

    /* 3C calcd, calc: 20 behaviour, 2 memory, 3 hygiene */
    {"3C.1", "3C", "calc prints what calcd computed", GR_BEHAVIOUR, GR_INJECT, 4, "calcd calc",
     "03.9", request_reply, 0, 0.05, calc_computes},
    {"3C.2", "3C", "calc exits with 4 when there is no result, and calcd serves on", GR_BEHAVIOUR,
     GR_PLAIN, 3, "calcd calc", "03.9", request_reply, 0, 0.05, calc_refuses_bad_expressions},
    {"3C.3", "3C", "calc's request is on the wire what calc.h says, and it believes the reply",
     GR_BEHAVIOUR, GR_INJECT, 3, "calc", "03.8", mtext_size, 0, 0.05, calc_keeps_to_the_wire},
    {"3C.4", "3C", "calc takes its own reply and nobody else's, also among twenty clients",
     GR_BEHAVIOUR, GR_INJECT, 3, "calc calcd", "03.10", own_type, 0, 0.1, calc_takes_only_its_own},
    {"3C.5", "3C", "calcd and calc go on when msgsnd() and msgrcv() are interrupted", GR_BEHAVIOUR,
     GR_INJECT, 2, "calcd calc", "03.10", interrupted, 0, 0.1, calc_survives_signals},
    {"3C.6", "3C", "calcd answers any client that keeps to calc.h, and survives those that do not",
     GR_BEHAVIOUR, GR_PLAIN, 2, "calcd", "03.9", not_cut, 0, 0.05, calcd_answers_raw_requests},
    {"3C.7", "3C", "calcd and calc exit with 1 when they cannot go on, with 2 for usage",
     GR_BEHAVIOUR, GR_INJECT, 2, "calc calcd", "03.8", keys, 0, 0.05, calc_says_what_failed},
    {"3C.8", "3C", "calcd answers what came before SIGTERM, whenever that comes, and ends",
     GR_BEHAVIOUR, GR_INJECT, 1, "calcd calc", "03.11", accepted, 0, 0.05, calcd_ends_on_term},
    {"3C.9", "3C", "calcd and calc use memory cleanly", GR_MEMORY, GR_MEMCHECK_LENS, 2,
     "calcd calc", "03.11", memory, GR_JUDGE_MEMORY, 2.0, calc_memory},
    {"3C.10", "3C", "calcd removes what it made, once, and no client does", GR_HYGIENE, GR_INJECT,
     2, "calcd calc", "03.11", persistence, OBJECTS, 0.05, calcd_removes_once},
    {"3C.11", "3C", "calcd sleeps while nobody asks", GR_HYGIENE, GR_INJECT, 1, "calcd calc",
     "03.11", quiet, 0, 0.05, calcd_sleeps},

    /* 3D the same, forty clients: 8 behaviour, 1 memory, 1 hygiene */
    {"3D.1", "3D", "forty long requests are answered, however slow the server is", GR_BEHAVIOUR,
     GR_INJECT, 5, "calcd calc", "03.12", full_queue, 0, 0.3, crowd_with_slow_server},
    {"3D.2", "3D", "forty long requests at once are answered", GR_BEHAVIOUR, GR_PLAIN, 3,
     "calcd calc", "03.12", full_queue, 0, 0.2, crowd_at_once},
    {"3D.3", "3D", "the longest requests are handled with clean memory", GR_MEMORY,
     GR_MEMCHECK_LENS, 1, "calcd calc", "03.12", memory, GR_JUDGE_MEMORY, 3.0, crowd_memory},
    {"3D.4", "3D", "after forty clients nothing is left behind", GR_HYGIENE, GR_PLAIN, 1,
     "calcd calc", "03.12", persistence, OBJECTS, 0.2, crowd_leaves_nothing},

    /* Predict: 5 */
    {"3P.1", "3P", "P1: the order in which four messages come out", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "03.0", predict_first, GR_QUEUES(1), 0.05, gr_run_prediction},
    {"3P.2", "3P", "P2: what receiving into a small buffer does", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "03.0", predict_first, GR_QUEUES(1), 0.05, gr_run_prediction},
    {"3P.3", "3P", "P3: how many notifications three messages bring", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "03.0", predict_first, GR_QUEUES(1), 0.05, gr_run_prediction},
    {"3P.4", "3P", "P4: what SA_RESTART does for msgrcv()", GR_BEHAVIOUR, GR_PLAIN, 1, "predict",
     "03.0", predict_first, 0, 0.05, gr_run_prediction},
    {"3P.5", "3P", "P5: where a server with one queue waits for ever", GR_BEHAVIOUR, GR_PLAIN, 1,
     "predict", "03.0", predict_first, 0, 0.05, gr_run_prediction},

    /* Bug hunt: 10 */
    {"3H.1", "3H", "hunt_1 sends only what it has, and prints as it did", GR_BEHAVIOUR,
     GR_MEMCHECK_LENS, 5, "hunt_1", "03.13", mtext_size, GR_JUDGE_MEMORY, 1.0, hunt_1_repaired},
    {"3H.2", "3H", "hunt_2 ends, with the right sum", GR_BEHAVIOUR, GR_INJECT, 3, "hunt_2", "03.14",
     full_queue, GR_QUEUES(2), 0.1, hunt_2_repaired},
    {"3H.3", "3H", "hunt_2 leaves no queue behind", GR_BEHAVIOUR, GR_PLAIN, 2, "hunt_2", "03.14",
     persistence, OBJECTS | GR_QUEUES(2), 0.05, hunt_2_leaves_nothing},
};

int main(int argc, char **argv)
{
    return gr_suite_main(argc, argv, "03-message-queues", items, sizeof items / sizeof *items);
}
