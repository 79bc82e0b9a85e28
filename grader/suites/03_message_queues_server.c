/* SPDX-License-Identifier: MIT */
/* Lab 03: what the scenarios of all three servers share. */
#include "03_message_queues.h"

#include <signal.h>
#include <stdio.h>

const struct gr_inject interrupting = {.eintr = 100,
                                       .calls = "mq_receive,mq_timedreceive,poll,ppoll,select,"
                                                "pselect,epoll_wait,epoll_pwait",
                                       .trace = GR_MISUSE_TRACE,
                                       .assume_handler = true};

struct gr_proc *start_not_ready_before(struct gr_run *r, const char *const *argv, const char *call)
{
    char rule[48];
    const char *const rules[] = {rule, NULL};
    const struct gr_inject in = {.trace = GR_MISUSE_TRACE, .rules = rules};
    struct gr_proc *p;

    snprintf(rule, sizeof rule, "stop=before:%s:1", call);
    gr_scene(r);
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &in});
    if (gr_wait_stopped(p)) {
        gr_scene_pump(r->scene, 0); /* what it has printed lies in the pipe */
        gr_expect(r, p->outbuf.len == 0,
                  "`%s` printed READY before it called %s(): a client that comes now finds no "
                  "queue. READY says that clients can come",
                  p->command, call);
        gr_resume_held(p);
    }
    return p;
}

void kill_whole(struct gr_proc *server)
{
    gr_signal(server, SIGKILL);
    gr_wait_exit(server);
    gr_wait_settled(server->scene);
}
