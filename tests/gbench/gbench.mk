# A second opinion: the same steps under Google Benchmark, in a build of its own
# where the library is one more strategy.  Nothing else needs C++.
BLOCKS   ?= 12
SEED     ?=
CXXFLAGS ?= $(filter -O% -g%,$(CFLAGS))
GBENCH    = $(addprefix $(BUILD)/obj/,$(addprefix tests/gbench/,agreement.o crosscheck.o \
	    google_benchmark.o gbench.o interleave.o) strategies-gbench.o)
HAVE_GBENCH = echo '\#include <benchmark/benchmark.h>' | $(CXX) -x c++ -E - >/dev/null 2>&1

crosscheck:			## a second opinion, by Google Benchmark (BLOCKS= SEED=)
	$(Q)scripts/deps crosscheck || true
	$(Q)if $(HAVE_GBENCH); then $(MAKE) --no-print-directory crosscheck-run; \
	else echo 'crosscheck: skipped, because libbenchmark-dev is not installed'; fi
crosscheck-run: $(BUILD)/crosscheck
	$(Q)mkdir -p results
	$(Q)$(BUILD)/crosscheck results $(BLOCKS) $(SEED)
.PHONY: crosscheck crosscheck-run

$(BUILD)/crosscheck: $(GBENCH) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(CXXFLAGS) $(SAN) -pthread $(OPENMP) $(LDFLAGS) -o $@ \
		$(filter-out %/strategies.o,$^) -lbenchmark $(LDLIBS)
$(BUILD)/obj/%.o: %.cc
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(CXXFLAGS) $(SAN) -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Werror \
		-fno-omit-frame-pointer -pthread -MMD -MP -c -o $@ $<
$(BUILD)/strategies-gbench.c: scripts/registry.sh harness/strategies \
		$(wildcard harness/strategies/*.c) tests/gbench/google_benchmark.c
	@mkdir -p $(@D)
	$(Q)scripts/registry.sh strategy harness/strategies/*.c \
		tests/gbench/google_benchmark.c >$@
-include $(GBENCH:.o=.d)
