# How the tests are built and run; `make test` installs what they need first.
#
# One list of executables that print TAP; tests/tally.pl runs them as prove does
# and closes with "N passed, N failed".  The same sources are built again under
# sanitizers, each where its detector is right: gcc's thread sanitizer does not
# understand libgomp, so OpenMP goes to clang with libomp and Archer.

CLANG ?= clang
JOBS  := $(shell nproc)
CLI   := $(wildcard tests/*/*.bats)
RACES ?= strategies/test_contract strategies/test_gate strategies/test_gil \
         strategies/test_gil2 strategies/test_gil_lock \
         strategies/test_parking strategies/test_subinterp strategies/test_tick_lock \
         strategies/test_threads strategies/test_loop strategies/test_offload \
         workloads/test_bytecode base/test_status
# as the sanitizers' manuals advise
SANCFLAGS = -O1 -g
# folders whose tests notice most of the planted bugs: tally.pl has a lane for them
BUGS  = strategies pipeline
OTHER_BUGS = $(filter-out $(BUGS),$(patsubst tests/%/,%,$(wildcard tests/*/)))
# no memory of others to spoil, and long: plain builds only
PLAIN = %_simulation
SANE  = $(filter-out $(PLAIN),$(TESTC:tests/%.c=%))

check:				# everything; built on all CPUs, run on one
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) build/samework build/samework-test build/peers $(TESTS)
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) asan tsan archer
	$(Q)tests/tally.pl tests/floors.t $(TESTS) $(CLI) tests/strategies/gil_model.t \
		'tests/mutations/mutations.t $(BUGS)' 'tests/mutations/mutations.t $(OTHER_BUGS)' \
		tests/sanitizers.t
units: $(TESTS)			# only the unit tests, plain build
	$(Q)tests/tally.pl $(TESTS)
cli: build/samework build/samework-test build/peers
	$(Q)tests/tally.pl $(CLI)
floors:
	$(Q)tests/tally.pl tests/floors.t
.PHONY: check units cli floors asan tsan archer

asan:				# address and undefined behaviour, everything
	$(Q)$(MAKE) --no-print-directory BUILD=build/asan CFLAGS='$(SANCFLAGS)' \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' \
		$(SANE:%=build/asan/tests/%) build/asan/samework-test
tsan:				# races, gcc: threads and processes
	$(Q)$(MAKE) --no-print-directory BUILD=build/tsan CFLAGS='$(SANCFLAGS)' SAN=-fsanitize=thread \
		$(RACES:%=build/tsan/tests/%)
archer:				# races, clang: OpenMP
	$(Q)$(MAKE) --no-print-directory BUILD=build/archer CC=$(CLANG) CFLAGS='$(SANCFLAGS)' \
		OPENMP='-fopenmp=libomp' SAN=-fsanitize=thread \
		build/archer/tests/strategies/test_contract
