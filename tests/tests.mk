# How the tests are built and run; `make test` installs what they need first.
#
# One list of executables that print TAP; tests/tally.pl runs them as prove does
# and closes with "N passed, N failed".  The same sources are built again under
# sanitizers, each where its detector is right: gcc's thread sanitizer does not
# understand libgomp, so OpenMP goes to clang with libomp and Archer.

CLANG ?= clang
CLI   := $(wildcard tests/*/*.bats)
RACES  = strategies/test_contract
SANE   = $(filter-out %/test_stats_simulation,$(TESTC:tests/%.c=%))

check: floors lint build/samework build/samework-test $(TESTS)
	$(Q)$(MAKE) --no-print-directory asan tsan archer
	$(Q)tests/tally.pl tests/floors.t tests/mutations/mutations.t $(TESTS) \
		$(CLI) tests/sanitizers.t
units: $(TESTS)			# only the unit tests, plain build
	$(Q)tests/tally.pl $(TESTS)
cli: build/samework build/samework-test
	$(Q)tests/tally.pl $(CLI)
floors:
	$(Q)scripts/floors.sh
lint:
	$(Q)shellcheck scripts/deps scripts/*.sh tests/*.sh
.PHONY: check units cli floors lint asan tsan archer

ASAN_TESTS = $(SANE:%=build/asan/tests/%)
asan:				# address and undefined behaviour, everything
	$(Q)$(MAKE) --no-print-directory BUILD=build/asan \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' $(ASAN_TESTS) \
		build/asan/samework-test
tsan:				# races, gcc: threads and processes
	$(Q)$(MAKE) --no-print-directory BUILD=build/tsan SAN=-fsanitize=thread \
		$(RACES:%=build/tsan/tests/%)
archer:				# races, clang: OpenMP
	$(Q)$(MAKE) --no-print-directory BUILD=build/archer CC=$(CLANG) \
		OPENMP='-fopenmp=libomp' SAN=-fsanitize=thread $(RACES:%=build/archer/tests/%)
