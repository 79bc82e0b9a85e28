/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipcgrind, a Valgrind tool that finds data races between processes.
 *
 * One instance runs in each traced process; all of them share one session file, which the program
 * `ipcgrind` (ipcgrind.c) made and whose findings it prints. What is where:
 *
 *   ig_layout.h      everything that lies in the session
 *   ig_session       mapping it, memory from it, its hash tables; strings
 *   ig_lock          locks whose holder may be killed or stopped
 *   ig_clock         vector clocks;  ig_task: who they belong to
 *   ig_object        shared mappings and the objects behind them; the access filter
 *   ig_segment       which of the System V segments of one number
 *   ig_instrument    the filter in the program's code;  ig_access: what it calls
 *   ig_shadow        the history of each shared byte and the race test
 *   ig_stack         call stacks;  ig_report: findings
 *   ig_text          what the functions of libc for text touch
 *   ig_words         why a race is one, in words;  ig_misuse, ig_handler: other findings
 *   ig_edge          sync objects: one clock, ig_queue, ig_stream, ig_round
 *   ig_edge_*.c      one mechanism each: system calls, and wrappers of libc functions
 *   ig_socket        who is at the other end
 *   ig_syscall       hands calls and requests to the mechanisms
 *   ig_trace         the event log
 *   ig_sched         other schedules from a seed
 *
 * To add an edge, write one ig_edge_<mechanism>.c and its pair of tests: ig_edge.h tells how.
 * Nothing here, in the Makefile or in another edge changes.
 */
#include "ig_access.h"
#include "ig_edge.h"
#include "ig_instrument.h"
#include "ig_object.h"
#include "ig_process.h"
#include "ig_session.h"
#include "ig_syscall.h"
#include "ig_task.h"
#include "ig_thread.h"
#include "ig_trace.h"
#include "pub_tool_libcbase.h"    // VG_(strncmp)()
#include "pub_tool_libcprint.h"   // VG_(printf)()
#include "pub_tool_threadstate.h" // VG_N_THREADS
#include "pub_tool_tooliface.h"

static const HChar *session_path;

static Bool option(const HChar *arg)
{
    static const HChar name[] = "--session=";
    if (VG_(strncmp)(arg, name, sizeof(name) - 1) != 0)
        return False;
    session_path = arg + sizeof(name) - 1;
    return True;
}

static void usage(void)
{
    VG_(printf)("    --session=FILE   the session made by the program ipcgrind, which is the\n"
                "                     way to start this tool: ipcgrind --help\n");
}

static void debug_usage(void)
{
    VG_(printf)("    (none)\n");
}

static void start(void)
{
    const HChar *wrong = session_path ? ig_session_open(session_path) : "is not given";
    if (wrong) {
        VG_(umsg)("ipcgrind: the session %s %s; this program runs unwatched. "
                  "Start it with build/bin/ipcgrind.\n",
                  session_path ? session_path : "(--session=FILE)", wrong);
        return;
    }
    ig_trace_open();
    ig_syscall_init();
    ig_task_start();
    ig_object_rescan(NULL);
}

/* A process that dies by a signal of its own makes no exit call. */
static void finish(Int status)
{
    for (ThreadId tid = 1; tid < VG_N_THREADS; tid++)
        if (ig_me(tid)) {
            ig_leave(tid, False);
            break;
        }
    ig_task_end_all();
}

static void init(void)
{
    VG_(details_name)("ipcgrind");
    VG_(details_version)(NULL);
    VG_(details_description)("a detector of data races between processes");
    VG_(details_copyright_author)("The ipclab authors; GPL-2.0-or-later");
    VG_(details_bug_reports_to)("the tracker of ipclab");
    VG_(details_avg_translation_sizeB)(400);
    VG_(basic_tool_funcs)(start, ig_instrument, finish);
    VG_(needs_command_line_options)(option, usage, debug_usage);
    VG_(needs_client_requests)(ig_client_request);
    VG_(needs_syscall_wrapper)(ig_pre_syscall, ig_post_syscall);
    VG_(track_pre_mem_read)(ig_pre_mem_read);
    VG_(track_pre_mem_read_asciiz)(ig_pre_mem_read_asciiz);
    VG_(track_post_mem_write)(ig_post_mem_write);
    VG_(track_pre_deliver_signal)(ig_pre_signal);
    VG_(track_post_deliver_signal)(ig_post_signal);
    ig_thread_init();
    ig_process_init();
}

VG_DETERMINE_INTERFACE_VERSION(init)
