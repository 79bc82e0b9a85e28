/* SPDX-License-Identifier: MIT */
/** Predict: the questions that open a lab, judged by asking the kernel. */
#ifndef GR_PREDICT_H
#define GR_PREDICT_H

#include "gr_suite.h"

/**
 * The scenario of each item of Predict: judge the line of the student's predict.txt that belongs to
 * it, `01.P3 = answer` for item 1P.3 of lab 01.
 *
 * Runs predict_01, a program of grader/tools, with "P3" as its argument. It makes the experiment on
 * this kernel and prints two lines, `01.P3 = SIGPIPE 13` (several words are names of one thing) and
 * `because = a sentence`. Case and blanks of the student's answer do not matter. Ends the item
 * when the prediction is missing, empty or wrong; INFRA when the experiment gave no result.
 */
void gr_run_prediction(struct gr_run *r);

#endif
