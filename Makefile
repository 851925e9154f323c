# make help says what there is.  A new workload, strategy or experiment is one
# new file and needs no edit here: tables are made from the file names.

# --- settings ---
MAKEFLAGS  += -r	# no rules but these: to look through its own takes make ten times as long
CC          ?= cc
CFLAGS      ?= -O2 -g
PREFIX      ?= /usr/local
PROFILE     ?= default
EXPERIMENTS ?= $(wildcard experiments/*.yaml)
RUN         ?= results/latest
RUNS        ?= $(RUN)

WARN = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
       -Wmissing-prototypes -Werror
BUILD ?= build
override CFLAGS += -std=c11 -D_GNU_SOURCE -Iharness $(WARN) -fno-omit-frame-pointer -pthread $(SAN)
OPENMP ?= -fopenmp
LDLIBS = -lhwloc -lyaml -ljansson -lxxhash -lm
# Engines on a library that need not be there: without it they say so and skip.
URING := $(shell pkg-config --atleast-version=2.3 liburing 2>/dev/null && echo -DHAVE_LIBURING)
LIBUV := $(shell pkg-config --atleast-version=1.30 libuv 2>/dev/null && echo -DHAVE_LIBUV)
LDLIBS += $(if $(URING),-luring) $(if $(LIBUV),-luv)

COMMIT := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
BUILT_WITH := -DCOMMIT='"$(COMMIT)"' -DCFLAGS_USED='"$(filter -O% -g% -march% -fsan%,$(CFLAGS))"'

SRC   := $(wildcard harness/*.c harness/*/*.c)
TESTC := $(wildcard tests/*/test_*.c)
TESTS  = $(TESTC:tests/%.c=$(BUILD)/tests/%)
TABLES = $(BUILD)/obj/workloads.o $(BUILD)/obj/strategies.o $(BUILD)/obj/commands.o
OBJ    = $(SRC:%.c=$(BUILD)/obj/%.o) $(TABLES)
LIB    = $(filter-out %/main.o,$(OBJ))
# Workloads that exist to fail: in the test build only.
FAULTS := $(wildcard tests/workloads/faults/*.c)
FAULT  = $(FAULTS:%.c=$(BUILD)/obj/%.o)

# What else there is to make, each beside what it is about.
PARTS := $(wildcard tests/*.mk tests/*/*.mk scripts/*/*.mk)

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))
SW = $(BUILD)/samework
FLAGS = $(if $(WORKLOADS),--workloads '$(WORKLOADS)') \
        $(if $(STRATEGIES),--strategies '$(STRATEGIES)') \
        $(if $(WORKERS),--workers '$(WORKERS)') $(if $(OUT),--out '$(OUT)')

# --- what people type ---
all: $(SW)			## build the harness (default)

experiments: deps		## the main job: run everything, analyse, draw (< 15 min)
	$(Q)$(MAKE) --no-print-directory $(SW)
	$(Q)$(SW) experiments --profile $(PROFILE) $(FLAGS) $(EXPERIMENTS)
quick:				## the same in under 2 minutes
	$(Q)$(MAKE) --no-print-directory experiments PROFILE=quick
smoke:				## the same in under 1 minute, without verdicts
	$(Q)$(MAKE) --no-print-directory experiments PROFILE=smoke
gil: deps			## the interpreter lock: models, deadlocks, prices (about 40 min)
	$(Q)$(MAKE) --no-print-directory experiments EXPERIMENTS='$(wildcard experiments/gil/*.yaml)'
io: deps deps-optional		## engines, files, servers of our own (about 30 min)
	$(Q)$(MAKE) --no-print-directory experiments EXPERIMENTS='$(wildcard experiments/io/*.yaml)'
io-real:			## nginx, redis and memcached, installed if missing (about 8 min)
	$(Q)scripts/deps real
	$(Q)$(MAKE) --no-print-directory experiments EXPERIMENTS='$(wildcard experiments/real/*.yaml)'
plan: $(SW)			## what would run, and how long it would take
	$(Q)$(SW) plan --profile $(PROFILE) $(FLAGS) $(EXPERIMENTS)
resume: $(SW)			## go on with an interrupted run (RUN=results/...)
	$(Q)$(SW) resume $(RUN)
plots: $(SW)			## analyse and draw again what was measured (RUN=...)
	$(Q)$(SW) analyse $(RUN) && $(SW) plot $(RUN)
report: $(SW)			## write the page of a run again: report.html (RUN=...)
	$(Q)$(SW) report $(RUN)
notes: $(SW)			## what the study notes say, against runs (RUNS='DIR...')
	$(Q)$(SW) notes $(RUNS)
doctor: $(SW)			## what this machine would do to the numbers
	$(Q)$(SW) doctor
test: deps-test			## every test that needs no quiet machine
	$(Q)$(MAKE) --no-print-directory check
clean:				## remove what was built (results stay)
	rm -rf build
install: $(SW)			## copy the program and its data to PREFIX
	install -D $(SW) $(DESTDIR)$(PREFIX)/bin/samework
	install -d $(DESTDIR)$(PREFIX)/share/samework/scripts
	cp -r experiments plots $(DESTDIR)$(PREFIX)/share/samework
	cp -r scripts/cpython $(DESTDIR)$(PREFIX)/share/samework/scripts
help:				## this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile $(PARTS) | expand -t 20
	@echo "  variables: EXPERIMENTS= STRATEGIES= WORKLOADS= WORKERS= PROFILE= OUT= RUN= RUNS= V=1"
.PHONY: all experiments quick smoke gil io io-real plan resume plots report notes doctor test clean install help
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
# One measurement at a time, whatever -j says: two would measure each other.
# (make before 4.4 ignores what .NOTPARALLEL names, and would build serially.)
ifneq ($(filter experiments quick smoke gil io io-real resume,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

deps:
	$(Q)scripts/deps run
	$(Q)scripts/deps optional || true
deps-optional:
	$(Q)scripts/deps optional || true
deps-test:
	$(Q)scripts/deps run test
	$(Q)scripts/deps optional || true
.PHONY: deps deps-optional deps-test

# --- how it is built ---
$(SW): $(OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(OPENMP) $(LDFLAGS) -o $@ $^ $(LDLIBS)
# As the program, with workloads that exist to fail.
$(BUILD)/samework-test: $(OBJ) $(FAULT) $(BUILD)/obj/workloads-test.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(OPENMP) $(LDFLAGS) -o $@ \
		$(filter-out %/workloads.o,$^) $(LDLIBS)
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(CFLAGS) $(OPENMP) -o $@ $^ $(LDLIBS) -lcmocka
$(BUILD)/obj/tests/%.o: EXTRA = -Itests
$(BUILD)/obj/harness/strategies/openmp.o: EXTRA = $(OPENMP)
$(BUILD)/obj/harness/strategies/openmp_default.o: EXTRA = $(OPENMP)
$(BUILD)/obj/harness/engines/uring%: EXTRA = $(URING)
$(BUILD)/obj/harness/engines/libuv.o: EXTRA = $(LIBUV)
$(BUILD)/obj/tests/engines/test_uring.o: EXTRA = $(URING)
$(addprefix $(BUILD)/obj/,$(addprefix harness/engines/,uring.o uring_prepare.o libuv.o) \
	tests/engines/test_uring.o): $(BUILD)/optional
$(BUILD)/optional: FORCE
	@mkdir -p $(@D)
	@echo '$(URING) $(LIBUV)' | cmp -s - $@ || echo '$(URING) $(LIBUV)' >$@
$(BUILD)/obj/harness/pipeline/manifest.o: EXTRA = $(BUILT_WITH)
$(BUILD)/obj/harness/pipeline/manifest.o: $(BUILD)/commit
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@
FORCE:
.PHONY: FORCE
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.o: $(BUILD)/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<
$(BUILD)/workloads.c: scripts/registry.sh harness/workloads $(wildcard harness/workloads/*.c)
	@mkdir -p $(@D)
	$(Q)scripts/registry.sh workload harness/workloads/*.c >$@
$(BUILD)/workloads-test.c: scripts/registry.sh $(wildcard harness/workloads/*.c) $(FAULTS)
	@mkdir -p $(@D)
	$(Q)scripts/registry.sh workload harness/workloads/*.c $(FAULTS) >$@
$(BUILD)/commands.c: scripts/registry.sh harness/commands $(wildcard harness/commands/*.c)
	@mkdir -p $(@D)
	$(Q)scripts/registry.sh command harness/commands/*.c >$@
$(BUILD)/strategies.c: scripts/registry.sh harness/strategies $(wildcard harness/strategies/*.c)
	@mkdir -p $(@D)
	$(Q)scripts/registry.sh strategy harness/strategies/*.c >$@
.SECONDARY:

include $(PARTS)
-include $(OBJ:.o=.d) $(FAULT:.o=.d) $(TESTS:$(BUILD)/tests/%=$(BUILD)/obj/tests/%.d)
