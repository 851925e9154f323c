# Against the tools people trust: wrk, redis-benchmark, fio, libuv and bare loops, in
# a build of its own where they are strategies like any other.  What is not installed
# is skipped, by name.
PEERS_OBJ = $(addprefix $(BUILD)/obj/,$(addprefix tests/peers/,peers.o pairs.o rounds.o peer.o blocks.o draw.o tool.o \
	    wrk.o redis_benchmark.o fio.o bare.o) tests/gbench/interleave.o strategies-peers.o)
PEERS_STRATEGIES = $(addprefix tests/peers/,wrk.c redis_benchmark.c fio.c bare.c)

peers:				## our speed against wrk, redis-benchmark, fio, libuv (PAIRS= BLOCKS= OUT=)
	$(Q)scripts/deps real || true
	$(Q)$(MAKE) --no-print-directory peers-run
peers-run: $(BUILD)/peers
	$(Q)dir=$(or $(OUT),results/peers/$$(date -u +%Y%m%dt%H%M%Sz)) && mkdir -p "$$dir" && \
		$(BUILD)/peers "$$dir" plots $(BLOCKS) $(or $(SEED),-) $(PAIRS)
.PHONY: peers peers-run

$(BUILD)/peers: $(PEERS_OBJ) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(OPENMP) $(LDFLAGS) -o $@ $(filter-out %/strategies.o,$^) $(LDLIBS)
$(BUILD)/obj/tests/peers/%.o: EXTRA = -Itests -Itests/gbench
$(BUILD)/strategies-peers.c: scripts/registry.sh harness/strategies \
		$(wildcard harness/strategies/*.c) $(PEERS_STRATEGIES)
	@mkdir -p $(@D)
	$(Q)scripts/registry.sh strategy harness/strategies/*.c $(PEERS_STRATEGIES) >$@
-include $(PEERS_OBJ:.o=.d)
