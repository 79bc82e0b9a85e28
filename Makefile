# ipclab: one non-recursive Makefile. `make` alone prints help.
#
# Everything here is thin: the work is in build/bin/ipclab and in grader/selftest/*.sh.
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

# What a user may say, on the command line only: a stray DIR or TEST in the environment must not
# change a grade. The values are frozen unexpanded and reach the shell as "$LAB", never as text of
# a command, so a folder called `a b; $(x)` is just a folder.
user_vars := LAB SRC DIR TEST SEED JOBS JSON JAIL COLOR TIME_SCALE STEP LEVEL MINUTES PROG RUNS \
             RING FRAME TOOLS
given = $(if $(findstring command,$(origin $(1))),$$(value $(1)))
$(foreach v,$(user_vars),$(eval override export $(v) := $(call given,$(v))))
# --option "$VAR" when VAR was given
flag = $(if $($(1)),--$(2) "$$$(1)")

# Ours, so that a user's CFLAGS cannot drop them.
GR_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
             -Igrader/lib -Igrader/report
GR_LIBS := -ljansson -linih
# Asked when the recipe runs, after setup: which libraries Check needs differs between systems.
CHECK_LIBS = $(shell pkg-config --libs check)

lib_src    := $(wildcard grader/lib/*.c grader/report/*.c)
warden_src := $(wildcard grader/warden/*.c)
ipclab_src := $(wildcard grader/ipclab/*.c)
suite_main := $(wildcard grader/suites/[0-9][0-9]_*.c)
tool_src   := $(wildcard grader/tools/*.c)
comma := ,
inject_src := $(wildcard grader/inject/*.c)
utest_src  := $(wildcard grader/selftest/test_*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
LIB := $(B)/lib/libgrader.a
IPCLAB := $(B)/bin/ipclab

labs := $(sort $(patsubst labs/%/lab.ini,%,$(wildcard labs/[0-9][0-9]-*/lab.ini)))
labs_with_suite := $(sort $(foreach s,$(wildcard labs/[0-9][0-9]-*),$(notdir $(s))))
suites := $(foreach l,$(labs_with_suite),$(if $(wildcard grader/suites/$(subst -,_,$(l)).c),$(B)/suites/$(l)))
tools  := $(patsubst grader/tools/%.c,$(B)/tools/%,$(tool_src))
# Beside the tools, because all of them go into the jail's /kit.
INJECT := $(if $(inject_src),$(B)/tools/gr_inject.so)
utests := $(patsubst grader/selftest/%.c,$(B)/selftest/%,$(utest_src))

# Sets IPCGRIND and builds it where the installed Valgrind allows.
include $(wildcard grader/ipcgrind/build.mk)

##@ The two commands

.PHONY: grade
grade: build ## grade your files: make grade LAB=pipes (SRC=solutions: the reference); all without LAB
ifneq ($(LAB),)
	@$(IPCLAB) grade --lab "$$LAB" $(grade_args)
else
	$(if $(JSON),$(json_of_which))
	$(if $(TEST),$(test_of_which))
	@$(IPCLAB) board $(board_args)
endif
json_of_which = @echo 'JSON= names one file: say which lab, make grade LAB=pipes JSON=...' >&2; exit 2
test_of_which = @echo 'TEST= chooses items of one lab: say which, make grade LAB=pipes TEST=...' >&2; exit 2
board_args = $(call flag,SRC,src) $(call flag,SEED,seed) $(call flag,JOBS,jobs) \
    $(call flag,JAIL,jail) $(call flag,COLOR,color) $(call flag,TIME_SCALE,time-scale)
grade_args = $(call flag,SRC,src) $(call flag,TEST,test) $(call flag,SEED,seed) \
    $(call flag,JOBS,jobs) $(call flag,JSON,json) $(call flag,JAIL,jail) \
    $(call flag,COLOR,color) $(call flag,TIME_SCALE,time-scale)

.PHONY: test
test: build $(utests) $(B)/.setup-dev ## the project's own tests, all of them
	@bash grader/selftest/run_all.sh test

##@ Doing a lab

which_lab = @printf 'Which lab? Type: make %s LAB=%s\n' $@ '$(or $(firstword $(labs)),pipes)' >&2; \
    printf 'Labs here: %s\n' '$(labs)' >&2; exit 2

.PHONY: start
start: $(if $(LAB),build) ## make start LAB=pipes: the skeleton into labs/ (or DIR=...), nothing overwritten
	$(if $(LAB),,$(which_lab))
	@$(IPCLAB) start --lab "$$LAB" $(call flag,DIR,dir)

.PHONY: reset
reset: $(if $(LAB),build) ## make reset LAB=pipes: begin a lab again
	$(if $(LAB),,$(which_lab))
	@$(IPCLAB) reset --lab "$$LAB"

.PHONY: list
list: build ## the labs, or what one of them grades: make list LAB=pipes
	@$(IPCLAB) list $(call flag,LAB,lab)

.PHONY: hint
hint: $(if $(LAB),build) ## make hint LAB=pipes STEP=01.5: a nudge; LEVEL=2 the idea, LEVEL=3 nearly the line
	$(if $(LAB),,$(which_lab))
	@$(IPCLAB) hint --lab "$$LAB" $(call flag,STEP,step) $(call flag,LEVEL,level)

.PHONY: race
race: build ## make race PROG='./a.out args': races between processes of any program (RUNS=3 SEED=7)
	$(if $(PROG),,@echo "Which program? Type: make race PROG='./a.out args'" >&2; exit 2)
	@[ -x $(B)/bin/ipcgrind ] || { echo 'ipcgrind is not here: make build says why.' >&2; exit 75; }
	@sh -c "exec $(B)/bin/ipcgrind $${RUNS:+--runs=\"\$$RUNS\"} $${SEED:+--seed=\"\$$SEED\"} $$PROG"

##@ Teaching

.PHONY: slides
slides: $(B)/.setup-slides ## the seven decks, offline HTML (and PDF where Chromium is), into build/slides
	@bash slides/build.sh

.PHONY: shootout
shootout: $(B)/.setup-slides ## measure all six mechanisms here (RING=, FRAME=: with your ring.c, your frame.c)
	@bash slides/shootout/run.sh

##@ Building

.PHONY: setup
setup: ## install the packages that building and grading need
	@sh grader/setup.sh --say run

.PHONY: setup-dev
setup-dev: setup ## install what make check and make test need, too
	@sh grader/setup.sh --say dev

.PHONY: build
build: $(IPCLAB) $(B)/bin/gr-warden $(suites) $(tools) $(INJECT) $(IPCGRIND) ## build everything (V=1 shows the commands)

.PHONY: clean
clean: ## remove build/ (never a student's file)
	$(Q)rm -rf $(B)

##@ Working on the kit

.PHONY: check
check: build $(utests) $(B)/.setup-dev ## the quick gates: lint, quick unit tests, a pass of each reference
	@bash grader/selftest/run_all.sh check

.PHONY: lint
lint: $(B)/.setup-dev ## format, clang-tidy, cppcheck, shellcheck, house rules
	@bash grader/selftest/lint.sh all

.PHONY: format
format: $(B)/.setup-dev ## let clang-format rewrite every C file that is ours
	@bash grader/selftest/lint.sh reformat

.PHONY: mutants
mutants: build ## plant each known mistake: is it caught for its own reason? (LAB=, SEED=, TOOLS=all|none)
	@bash grader/mutants/run.sh $(call flag,LAB,lab) $(call flag,SEED,seed) $(call flag,JOBS,jobs) $(call flag,TEST,only) $(call flag,TOOLS,tools)

.PHONY: steps
steps: build ## does each step of a walkthrough keep its promise: a program that goes just as far (LAB=)
	@bash grader/selftest/lab_steps.sh $(if $(LAB),"$$LAB",all)

.PHONY: soak
soak: build ## make soak LAB=pipes MINUTES=10: right answers again and again, half of the time under load
	$(if $(LAB),,$(which_lab))
	@bash grader/selftest/soak.sh "$$LAB" "$${MINUTES:-10}" "$$SEED"

.PHONY: bench-grader
bench-grader: build ## how long grading takes
	@[ -f grader/selftest/bench.sh ] || { echo 'grader/selftest/bench.sh does not exist.' >&2; exit 1; }
	@bash grader/selftest/bench.sh "$${LAB:-pipes}"

.PHONY: help
help: ## this text
	@awk -f grader/help.awk $(firstword $(MAKEFILE_LIST))
.DEFAULT_GOAL := help

# Missing packages come before the first compilation, whatever the first command was. Asked on
# each run, because the list may have grown and build/ may be seen from another machine; the stamp
# makes that cheap, and order-only use keeps it from rebuilding anything.
.PHONY: FORCE
FORCE:
$(B)/.setup-run: FORCE
	@sh grader/setup.sh --stamp $@ run
$(B)/.setup-slides: FORCE
	@sh grader/setup.sh --stamp $@ slides
$(B)/.setup-dev: FORCE | $(B)/.setup-run
	@sh grader/setup.sh --stamp $@ dev

$(B)/obj/%.o: %.c | $(B)/.setup-run
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

$(IPCLAB): $(call obj,$(ipclab_src)) $(LIB)
	$(call link,$(GR_LIBS))
# Static: the warden runs in a jail that may hold another libc's idea of the world.
$(B)/bin/gr-warden: $(call obj,$(warden_src)) $(LIB)
	$(call link,-static)
# Preloaded into the student's programs: nothing of ours is linked in, and only the wrappers show.
$(call obj,$(inject_src)): GR_CFLAGS += -fPIC -fvisibility=hidden
$(B)/tools/gr_inject.so: $(call obj,$(inject_src)) grader/inject/versions.map
	$(call link,-shared -Wl$(comma)--version-script=grader/inject/versions.map)
$(tools): $(B)/tools/%: $(B)/obj/grader/tools/%.o
	$(call link,)
$(utests): $(B)/selftest/%: $(B)/obj/grader/selftest/%.o $(LIB)
	$(call link,$(GR_LIBS) $(CHECK_LIBS))

# Programs with known behaviour, built as a student's are.
$(B)/selftest/programs/%: grader/selftest/programs/%.c
	@mkdir -p $(@D)
	@printf '  CC  %s\n' '$<'
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -g -O0 -w -o $@ $< -lrt -lpthread
selftest_programs := $(patsubst grader/selftest/%.c,$(B)/selftest/%,$(wildcard grader/selftest/programs/*.c))
$(B)/selftest/test_vg_live $(B)/selftest/test_scene $(B)/selftest/test_judge $(B)/selftest/test_warden \
    $(B)/selftest/test_fifo $(B)/selftest/test_server $(B)/selftest/test_moment \
    $(B)/selftest/test_queue \
    $(filter $(B)/selftest/test_inject%,$(utests)): | \
    $(selftest_programs) $(B)/bin/gr-warden $(tools) $(INJECT)

$(B)/selftest/test_peer: | $(selftest_programs) $(B)/bin/gr-warden $(tools) $(INJECT)
$(B)/selftest/test_hang $(B)/selftest/test_spin: $(B)/obj/grader/selftest/hang_util.o | \
    $(selftest_programs) $(B)/bin/gr-warden
# Parts of ipclab are not in the library.
$(B)/selftest/test_pool: $(call obj,grader/ipclab/pool.c grader/ipclab/pool_buf.c)

# A suite is NN_topic.c and any NN_topic_*.c beside it.
define suite_rule
$(B)/suites/$(1): $(call obj,$(wildcard grader/suites/$(subst -,_,$(1)).c grader/suites/$(subst -,_,$(1))_*.c)) $(LIB)
	$$(call link,$$(GR_LIBS) $$(CHECK_LIBS))
endef
$(foreach l,$(labs_with_suite),$(eval $(call suite_rule,$(l))))

-include $(shell [ -d $(B)/obj ] && find $(B)/obj -name '*.d')
