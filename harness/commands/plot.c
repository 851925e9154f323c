#include "commands/command.h"
#include "figures/draw.h"

static enum code plot_run(const struct options *o)
{
	return draw(o->request.path[0], o->request.plots) ? CODE_INTERNAL : CODE_OK;
}

const struct command command_plot = {
	.name = "plot",
	.arguments = "DIR",
	.summary = "Draw the figures of an analysed run again.",
	.least = 1,
	.most = 1,
	.run = plot_run,
};
