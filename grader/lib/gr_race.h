/* SPDX-License-Identifier: MIT */
/**
 * The race lens: programs run under ipcgrind, our Valgrind tool for races between processes.
 *
 * All programs of a scene share one session, a file in the jail's temporary folder that only the
 * grader keeps open from outside. It is begun before the first of them starts and read when all
 * have ended, by the program `ipcgrind` of the kit's folder, which alone knows its form.
 *
 * The session can be reached by the student's programs as they run as the same user: one that
 * scribbles in it is found out when it is no session any more (TAMPER), and can else hide its own
 * races. That takes a program which looks for it, and the points for races are few.
 */
#ifndef GR_RACE_H
#define GR_RACE_H

#include "gr_suite.h"

/** Is the tool here? Without it the item is NOT_JUDGED. */
bool gr_race_available(const struct gr_place *place);
/** Begin the scene's session, if it has none. Return: 0 or an errno. */
int gr_race_begin(struct gr_scene *s);
/** Where the programs find it, for --session. Return: a static string. */
const char *gr_race_session(const struct gr_scene *s);
/** Forget the session. */
void gr_race_end(struct gr_scene *s);
/** Read the session of the finished scene: findings into the record, RACE where there is one. */
void gr_race_judge(struct gr_run *r);

#endif
