# ipcgrind: the Valgrind tool, its preloaded library and the program that starts them. Included by
# the Makefile; everything lands in build/lib/ipcgrind and build/bin/ipcgrind.
#
# The tool links against the archives of the installed valgrind package and uses a little of what
# its headers do not promise (ig_vgcore.h), so only versions that were tested are accepted. With
# another one the rest of the kit is built, and the race lens says NOT_JUDGED.
IG_TESTED := 3.19.0
IG_FOUND := $(shell pkg-config --modversion valgrind 2>/dev/null)
IG_PLATFORM := $(shell pkg-config --variable=platform valgrind 2>/dev/null)
IG_DIR := $(B)/lib/ipcgrind
IG_OBJ := $(B)/obj/ipcgrind

ig := grader/ipcgrind
ig_tool_src := $(wildcard $(ig)/ig_*.c)
ig_edge_src := $(wildcard $(ig)/ig_edge_*.c)
ig_prog_src := $(wildcard $(ig)/prog_*.c)

ifneq ($(and $(filter $(IG_TESTED),$(IG_FOUND)),$(filter amd64-linux,$(IG_PLATFORM))),)
IPCGRIND := $(B)/bin/ipcgrind
else
# A word for each build, no file: make build goes on without the tool.
IPCGRIND := ipcgrind-left-out
endif

.PHONY: ipcgrind-left-out
ipcgrind-left-out: | $(B)/.setup-run
	@rm -f $(B)/bin/ipcgrind
	@printf 'ipcgrind is left out: it needs Valgrind %s for amd64-linux and here is %s, so races between processes are NOT_JUDGED.\n' \
	    '$(IG_TESTED)' '$(if $(IG_FOUND),$(IG_FOUND) for $(IG_PLATFORM),no Valgrind)'

IG_INC := $(shell pkg-config --variable=includedir valgrind 2>/dev/null)
IG_LIB := $(shell pkg-config --variable=libdir valgrind 2>/dev/null)/valgrind
IG_TEXT := $(shell pkg-config --variable=valt_load_address valgrind 2>/dev/null)
# Valgrind's headers are not written for our warnings, hence -isystem. Its callbacks fix the
# parameters of ours, hence no -Wunused-parameter; names of the form VG_(x)() are not pedantic C.
IG_DEFS := -DVGA_amd64=1 -DVGO_linux=1 -DVGP_amd64_linux=1 -DVGPV_amd64_linux_vanilla=1
IG_WARN := -Wall -Wextra -Wshadow -Wconversion -Werror -Wno-unused-parameter
IG_CFLAGS := -std=gnu11 -O2 -g $(IG_WARN) $(IG_DEFS) -isystem $(IG_INC) -I$(ig) -m64 \
             -fno-builtin -fno-stack-protector -fno-strict-aliasing -fomit-frame-pointer
IG_TOOL_LD := -no-pie -static -nodefaultlibs -nostartfiles -u _start \
              -Wl,-Ttext-segment=$(IG_TEXT) -Wl,--build-id=none

ig_tool_obj := $(patsubst $(ig)/%.c,$(IG_OBJ)/%.o,$(ig_tool_src))
ig_pre_obj  := $(patsubst $(ig)/%.c,$(IG_OBJ)/%.pre.o,$(ig_edge_src))
ig_tool := $(IG_DIR)/ipcgrind-$(IG_PLATFORM)
ig_pre  := $(IG_DIR)/vgpreload_ipcgrind-$(IG_PLATFORM).so
ig_atomics := $(IG_DIR)/ig_atomics.o
ig_links := $(IG_DIR)/vgpreload_core-$(IG_PLATFORM).so $(IG_DIR)/default.supp

$(IG_OBJ)/%.pre.o: $(ig)/%.c | $(B)/.setup-run
	@mkdir -p $(@D)
	@printf '  CC  %s (preload)\n' '$<'
	$(Q)$(CC) $(IG_CFLAGS) -DIG_PRELOAD -fpic -Wno-cast-function-type -MMD -MP -c -o $@ $<
$(IG_OBJ)/%.o: $(ig)/%.c | $(B)/.setup-run
	@mkdir -p $(@D)
	@printf '  CC  %s\n' '$<'
	$(Q)$(CC) $(IG_CFLAGS) -fno-pie -fno-pic -MMD -MP -c -o $@ $<

$(ig_tool): $(ig_tool_obj)
	@mkdir -p $(@D)
	@printf '  LD  %s\n' '$@'
	$(Q)$(CC) -o $@ $(ig_tool_obj) $(IG_TOOL_LD) $(IG_LIB)/libcoregrind-$(IG_PLATFORM).a \
	    $(IG_LIB)/libvex-$(IG_PLATFORM).a -lgcc $(IG_LIB)/libgcc-sup-$(IG_PLATFORM).a
# The name is what IG_WRAP says. With libc, to get the versions of its functions that programs get.
$(ig_pre): $(ig_pre_obj)
	@mkdir -p $(@D)
	@printf '  LD  %s\n' '$@'
	$(Q)$(CC) -o $@ $(ig_pre_obj) -nodefaultlibs -shared -Wl,-soname,ipcgrind.so,-z,interpose,-z,initfirst \
	    -Wl,--no-as-needed -lc

# Linked into the programs that are watched, not into anything of ours.
$(ig_atomics): $(ig)/runtime/ig_atomics.c | $(B)/.setup-run
	@mkdir -p $(@D)
	@printf '  CC  %s\n' '$<'
	$(Q)$(CC) -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Wconversion -Werror -fPIC -isystem $(IG_INC) -I$(ig) -MMD -MP -MF $(IG_OBJ)/ig_atomics.d -c -o $@ $<

# Where the distribution keeps them is what its valgrind looks in first.
$(ig_links): | $(B)/.setup-run
	@mkdir -p $(@D)
	@dir=$$(for d in /usr/libexec/valgrind /usr/lib/valgrind $(IG_LIB); do \
	    [ -e $$d/$(@F) ] && echo $$d && break; done); \
	[ -n "$$dir" ] || { echo 'ipcgrind: $(@F) of the valgrind package is nowhere to be found.' >&2; exit 1; }; \
	ln -sf $$dir/$(@F) $@

$(IG_OBJ)/prog/%.o: $(ig)/%.c | $(B)/.setup-run
	@mkdir -p $(@D)
	@printf '  CC  %s\n' '$<'
	$(Q)$(CC) $(GR_CFLAGS) -Wno-pedantic -I$(ig) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/bin/ipcgrind: $(patsubst $(ig)/%.c,$(IG_OBJ)/prog/%.o,$(ig_prog_src)) | $(ig_tool) $(ig_pre) $(ig_links) $(ig_atomics)
	$(call link,-ljansson)

# Each test is two programs, see tests/pair.h; the others of the folder are one.
ig_tests := $(filter-out hammer big,$(patsubst $(ig)/tests/%.c,%,$(wildcard $(ig)/tests/*.c)))
IG_TESTS := $(foreach t,$(ig_tests),$(B)/selftest/ipcgrind/$(t).ordered $(B)/selftest/ipcgrind/$(t).race) \
            $(B)/selftest/ipcgrind/hammer.race $(B)/selftest/ipcgrind/big.race \
            $(B)/selftest/ipcgrind_json
$(B)/selftest/ipcgrind/%.ordered: $(ig)/tests/%.c $(ig)/tests/pair.h $(ig)/ipcgrind.h | $(B)/.setup-run
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -g -O0 -Wall -Wextra -Werror -o $@ $< -lrt -lpthread
$(B)/selftest/ipcgrind/%.race: $(ig)/tests/%.c $(ig)/tests/pair.h $(ig)/ipcgrind.h | $(B)/.setup-run
	@mkdir -p $(@D)
	$(Q)$(CC) -DRACE -std=gnu11 -D_GNU_SOURCE -g -O0 -Wall -Wextra -Werror -o $@ $< -lrt -lpthread

# Those about C11 atomics are compiled as the manual says.
IG_VISIBLE := -fsanitize=thread -Wno-tsan --param tsan-instrument-func-entry-exit=0
define ig_atomic_test
	@mkdir -p $(@D)
	$(Q)$(CC) $(1) $(IG_VISIBLE) -std=gnu11 -D_GNU_SOURCE -g -O0 -Wall -Wextra -Werror -c -o $@.o $<
	$(Q)$(CC) -o $@ $@.o $(ig_atomics)
endef
$(B)/selftest/ipcgrind/atomic_%.ordered: $(ig)/tests/atomic_%.c $(ig)/tests/pair.h $(ig_atomics)
	$(call ig_atomic_test,)
$(B)/selftest/ipcgrind/atomic_%.race: $(ig)/tests/atomic_%.c $(ig)/tests/pair.h $(ig_atomics)
	$(call ig_atomic_test,-DRACE)

# Looks at what ipcgrind wrote.
$(B)/selftest/ipcgrind_json: $(B)/obj/grader/selftest/ipcgrind_json.o
	$(call link,-ljansson)

# The workloads of the benchmark: for ipcgrind, for thread checkers, and for ThreadSanitizer.
IG_BENCH := $(foreach w,start private update locked pipe sem,\
                $(foreach k,processes threads tsan,$(B)/bench/$(w).$(k))) $(B)/bench/measure
ig_bench = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -o $@ $< -lpthread
ig_kind_processes :=
ig_kind_threads := -DTHREADS
ig_kind_tsan := -DTHREADS -fsanitize=thread
define ig_bench_rule
$(B)/bench/%.$(1): $(ig)/bench/%.c $(ig)/bench/bench.h | $(B)/.setup-run
	@mkdir -p $$(@D)
	$(Q)$(CC) $(ig_kind_$(1)) $$(ig_bench)
$(B)/bench/pipe.$(1): $(ig)/bench/pingpong.c $(ig)/bench/bench.h | $(B)/.setup-run
	@mkdir -p $$(@D)
	$(Q)$(CC) $(ig_kind_$(1)) $$(ig_bench)
$(B)/bench/sem.$(1): $(ig)/bench/pingpong.c $(ig)/bench/bench.h | $(B)/.setup-run
	@mkdir -p $$(@D)
	$(Q)$(CC) -DSEMAPHORES $(ig_kind_$(1)) $$(ig_bench)
endef
$(foreach k,processes threads tsan,$(eval $(call ig_bench_rule,$(k))))
$(B)/bench/measure: $(B)/obj/$(ig)/bench/measure.o
	$(call link,)

.PHONY: ipcgrind-tests test-ipcgrind soak-ipcgrind bench-race
bench-race: $(IPCGRIND) $(IG_BENCH) ## what ipcgrind costs beside other race checkers (RUNS=5 rounds)
	@bash grader/selftest/bench_race.sh "$${RUNS:-5}"
ipcgrind-tests: $(IG_TESTS)
test-ipcgrind: $(IPCGRIND) $(IG_TESTS) ## the tests of ipcgrind alone (make test has them, too)
	@bash grader/selftest/t_ipcgrind.sh
soak-ipcgrind: $(IPCGRIND) $(IG_TESTS) ## its pairs again and again: make soak-ipcgrind MINUTES=10 (SEED=, KILLS=200)
	@bash grader/selftest/soak_ipcgrind.sh "$${MINUTES:-10}" "$$SEED"

-include $(shell [ -d $(IG_OBJ) ] && find $(IG_OBJ) -name '*.d')
