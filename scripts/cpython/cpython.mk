# Model and CPython side by side.  First a tick of CPython is measured, then the
# models are given its cost; what that fits, and what it predicts, the table says.
VALIDATE ?= $(wildcard experiments/cpython/*.yaml)
FITTED    = $(BUILD)/cpython

validate-cpython:		## the models against every CPython found (STRICT=1: fail outside a band)
	$(Q)scripts/deps cpython || true
	$(Q)$(MAKE) --no-print-directory $(SW)
	$(Q)rm -rf $(FITTED) && mkdir -p $(FITTED)
	$(Q)$(SW) run --profile quick --out $(FITTED)/tick experiments/cpython/fit/tick.yaml >/dev/null || \
		[ $$? -eq 3 ]	# some failed; fit takes what is there
	$(Q)scripts/cpython/fit $(FITTED)/tick/samples.csv $(FITTED) $(VALIDATE)
	$(Q)$(SW) experiments --profile $(PROFILE) $(if $(STRICT),--strict) $(FLAGS) \
		$(patsubst experiments/cpython/%,$(FITTED)/%,$(VALIDATE)); code=$$?; \
		case $$code in 0|3|4) scripts/cpython/ratios $(or $(OUT),results/latest) ;; esac; \
		exit $$code	# after any other there is no new run to tell of
.PHONY: validate-cpython
