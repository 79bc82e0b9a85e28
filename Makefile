# ipclab: one non-recursive Makefile. `make` alone prints help.
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
B := build
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

# Ours, so that a user's CFLAGS cannot drop them.
GR_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
             -Igrader/lib -Igrader/report
GR_LIBS := -ljansson -linih

lib_src    := $(wildcard grader/lib/*.c grader/report/*.c)
warden_src := $(wildcard grader/warden/*.c)
ipclab_src := $(wildcard grader/ipclab/*.c)
suite_main := $(wildcard grader/suites/[0-9][0-9]_*.c)
tool_src   := $(wildcard grader/tools/*.c)
utest_src  := $(wildcard grader/selftest/test_*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
LIB := $(B)/lib/libgrader.a

labs_with_suite := $(sort $(foreach s,$(wildcard labs/[0-9][0-9]-*),$(notdir $(s))))
suites := $(foreach l,$(labs_with_suite),$(if $(wildcard grader/suites/$(subst -,_,$(l)).c),$(B)/suites/$(l)))
tools  := $(patsubst grader/tools/%.c,$(B)/tools/%,$(tool_src))
utests := $(patsubst grader/selftest/%.c,$(B)/selftest/%,$(utest_src))

.PHONY: help
help: ## what you can type
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: build
build: $(B)/bin/ipclab $(B)/bin/gr-warden $(suites) $(tools) ## build everything

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@printf '  CC  %s\n' '$<'
	$(Q)$(CC) $(GR_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(call obj,$(lib_src))
	@mkdir -p $(@D)
	@printf '  AR  %s\n' '$@'
	$(Q)rm -f $@ && ar rcs $@ $^

define link
	@mkdir -p $(@D)
	@printf '  LD  %s\n' '$@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(1)
endef

$(B)/bin/ipclab: $(call obj,$(ipclab_src)) $(LIB)
	$(call link,$(GR_LIBS))
# Static: the warden runs in a jail that may hold another libc's idea of the world.
$(B)/bin/gr-warden: $(call obj,$(warden_src)) $(LIB)
	$(call link,-static)
$(tools): $(B)/tools/%: $(B)/obj/grader/tools/%.o
	$(call link,)
$(utests): $(B)/selftest/%: $(B)/obj/grader/selftest/%.o $(LIB)
	$(call link,$(GR_LIBS) -lcheck -lsubunit -lm -lrt -lpthread)

# Programs with known behaviour, built as a student's are.
$(B)/selftest/programs/%: grader/selftest/programs/%.c
	@mkdir -p $(@D)
	@printf '  CC  %s\n' '$<'
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -g -O0 -w -o $@ $< -lrt -lpthread
$(B)/selftest/test_vg_live: | $(patsubst grader/selftest/%.c,$(B)/selftest/%,$(wildcard grader/selftest/programs/vg_*.c))

# A suite is NN_topic.c and any NN_topic_*.c beside it.
define suite_rule
$(B)/suites/$(1): $(call obj,$(wildcard grader/suites/$(subst -,_,$(1)).c grader/suites/$(subst -,_,$(1))_*.c)) $(LIB)
	$$(call link,$$(GR_LIBS) -lcheck -lsubunit -lm -lrt -lpthread)
endef
$(foreach l,$(labs_with_suite),$(eval $(call suite_rule,$(l))))

.PHONY: clean
clean: ## remove build/ (never a student's file)
	$(Q)rm -rf $(B)

-include $(shell [ -d $(B)/obj ] && find $(B)/obj -name '*.d')
