#include "strategies/strategy.h"

unsigned strategy_streams(const struct strategy *s, unsigned workers, unsigned cpus)
{
	unsigned most = s->max_workers && s->max_workers < workers ? s->max_workers : workers;

	switch (s->streams) {
	case STREAMS_ONE:
		return 1;
	case STREAMS_CPUS:
		return cpus && cpus < most ? cpus : most;
	default:
		return most;
	}
}
