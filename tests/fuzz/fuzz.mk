# Fuzzing by clang's libFuzzer, as long as one likes.  The tests do the same with
# a fixed seed (tests/workloads/test_parse.c); this looks further.
FUZZ_SECONDS  ?= 30
HAVE_FUZZER = echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	    $(CLANG) -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null
FUZZ_PARSERS = $(wildcard harness/workloads/*_parse.c)

fuzz:				## look for input that the parsers mistake (FUZZ_SECONDS=)
	$(Q)mkdir -p $(BUILD)/fuzz
	$(Q)if $(HAVE_FUZZER); then \
		$(CLANG) -O1 -g -std=c11 -D_GNU_SOURCE -Iharness -Itests $(WARN) \
			-fsanitize=fuzzer,address,undefined -o $(BUILD)/fuzz/parse \
			tests/fuzz/fuzz_parse.c $(FUZZ_PARSERS) && \
		$(BUILD)/fuzz/parse -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
			-artifact_prefix=$(BUILD)/fuzz/ -print_final_stats=1; \
	else echo 'fuzz: skipped, because clang with libFuzzer is not installed'; fi
.PHONY: fuzz
