/*
 * draw.h - figures of a run's folder, by the static scripts in plots/.
 *
 * For each experiment, where its data allows: EXPERIMENT-speedup, -efficiency,
 * -time, -cpu, -latency, -spawn, -forest (claims and A/A) and -drift (blocks);
 * for the run: gil-versus-multiprocessing.  Equal tables give equal bytes.
 */
#ifndef FIGURES_DRAW_H
#define FIGURES_DRAW_H

/* Write DIR/figures/NAME.{svg,pdf,png}, and NAME.csv with what is drawn, from the
 * tables of folder @dir with the scripts of folder @plots.  0; 1 having said which
 * package is missing; -1, reported. */
int draw(const char *dir, const char *plots);

#endif
