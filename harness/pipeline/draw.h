/*
 * draw.h - figures of a run's folder, by the static scripts in plots/.
 */
#ifndef PIPELINE_DRAW_H
#define PIPELINE_DRAW_H

/* Write DIR/figures/NAME.{svg,pdf,png} from the tables there, with the scripts in
 * folder @plots.  0; 1 having said which package is missing; -1, reported. */
int draw(const char *dir, const char *plots);

#endif
