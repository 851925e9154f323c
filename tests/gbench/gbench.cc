/*
 * The only C++ of the suite: what Google Benchmark asks to be written in it.
 *
 * The loop, the clock (std::chrono) and the arithmetic are the library's own;
 * the number taken is the one that its console reporter would print, real time
 * per iteration.  How many iterations is said, not left to its search, because
 * both sides must do the same tasks, and be checked for it; and nothing is
 * paused inside the loop, which would cost a system call each time.
 */
#include <benchmark/benchmark.h>

#include <vector>

#include "gbench.h"

namespace {

class listener : public benchmark::BenchmarkReporter {
public:
	double ns = 0;
	int64_t iterations = 0;

	bool ReportContext(const Context &) override
	{
		return true;
	}

	void ReportRuns(const std::vector<Run> &runs) override
	{
		for (const Run &run : runs) {
			ns += run.GetAdjustedRealTime() *
			      static_cast<double>(run.iterations);
			iterations += run.iterations;
		}
	}
};

} // namespace

extern "C" double gbench_time_ns(uint64_t n, int (*body)(void *), void *ctx)
{
	char name[] = "samework", *argv[] = { name, nullptr };
	int argc = 1;
	listener ear;

	benchmark::Initialize(&argc, argv);
	benchmark::ClearRegisteredBenchmarks();
	benchmark::RegisterBenchmark(name, [=](benchmark::State &state) {
		for (auto _ : state)
			if (body(ctx) < 0) {
				state.SkipWithError("a task failed");
				break;
			}
	})->Iterations(static_cast<int64_t>(n))->UseRealTime()->Unit(benchmark::kNanosecond);
	benchmark::RunSpecifiedBenchmarks(&ear);
	return ear.iterations == static_cast<int64_t>(n) ? ear.ns : -1;
}
