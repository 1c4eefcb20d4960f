# taxa - build, test, install. `make help` lists the targets.
#
# BUILD chooses the variant, each in a folder of its own below build/, so that variants never mix:
#   release (default)  debug  asan (address + undefined)  tsan (thread)
# WERROR=1 makes warnings errors (CI); CC=clang works as well as gcc.

BUILD   ?= release
CC      ?= cc
PREFIX  ?= /usr/local
DESTDIR ?=
V       ?= 0
OUT     := build/$(BUILD)

# The first command of the README must work on a machine that has nothing: install before anything
# asks pkg-config. Only for the two targets that a newcomer types; others report what is missing.
ifneq ($(filter run check,$(MAKECMDGOALS)),)
  ifeq ($(TAXA_DEPS_DONE),)
    export TAXA_DEPS_DONE := 1
    DEPS_LOG := $(shell sh .ci/deps $(if $(filter check,$(MAKECMDGOALS)),build check,build) >&2 || echo failed)
    ifeq ($(DEPS_LOG),failed)
      $(error some packages are missing, see above)
    endif
  endif
endif

PKGS      := ncursesw libcurl sqlite3 libcjson libpcre2-8
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

IS_CLANG := $(shell $(CC) --version 2>/dev/null | grep -q clang && echo 1)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align \
  -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations \
  -Wold-style-definition -Wundef -Wvla -Wformat=2 -Wswitch-enum -Wnull-dereference \
  -Wdouble-promotion -Wpointer-arith -Wredundant-decls -Wdate-time -Wfloat-equal
ifeq ($(IS_CLANG),1)
  WARN += -Wimplicit-fallthrough -Wcomma -Wunreachable-code -Wthread-safety
else
  WARN += -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Walloc-zero -Wformat-signedness
endif
ifeq ($(WERROR),1)
  WARN += -Werror
endif

HARDEN := -fstack-protector-strong -fstack-clash-protection -fno-common -fPIE
ifeq ($(shell uname -m),x86_64)
  HARDEN += -fcf-protection
endif
LINK_HARDEN := -pie -Wl,-z,relro,-z,now
ifeq ($(BUILD),asan)
  OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
else ifeq ($(BUILD),tsan)
  OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
else ifeq ($(BUILD),fuzz)
  OPT := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
else ifeq ($(BUILD),debug)
  OPT := -Og -g3
else
  OPT := -O2 -g -D_FORTIFY_SOURCE=2
endif

CPPFLAGS_ALL := -D_GNU_SOURCE -Isrc -I$(OUT)/gen $(CPPFLAGS)
CFLAGS_ALL   := -std=c17 $(OPT) $(HARDEN) $(WARN) $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL  := $(OPT) $(LINK_HARDEN) $(LDFLAGS)
LIBS_ALL     := $(PKG_LIBS) -lm -lpthread $(LIBS)

FLOORS   := base domain command store task teacher teacher/offline engine server ui ui/panels
LIB_SRC  := $(sort $(foreach f,$(FLOORS),$(wildcard src/$f/*.c)))
LIB_OBJ  := $(LIB_SRC:src/%.c=$(OUT)/src/%.o) $(OUT)/gen/prompts.o
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT     := $(UNIT_SRC:tests/unit/%.c=$(OUT)/tests/%)
E2E_SRC  := $(sort $(wildcard tests/e2e/test_*.c))
E2E      := $(E2E_SRC:tests/e2e/%.c=$(OUT)/tests/%)
BENCH_SRC := $(sort $(wildcard tests/bench/bench_*.c))
BENCH    := $(BENCH_SRC:tests/bench/%.c=$(OUT)/tests/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ     := $(FUZZ_SRC:tests/fuzz/%.c=$(OUT)/tests/%)
PROMPTS  := $(sort $(wildcard src/task/prompts/*.txt))

ifeq ($(V),0)
  say = @printf '  %-6s %s\n' "$(1)" "$(2)";
else
  say =
endif

all: build/taxa
.PHONY: all run check unit e2e install uninstall lint format docs asan tsan fuzz fuzz-run bench screens help clean man

build/taxa: $(OUT)/taxa
	@ln -sfn $(BUILD)/taxa $@.new && mv -f $@.new $@

$(OUT)/taxa: $(OUT)/src/main.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(OUT)/src/main.o $(OUT)/libtaxa.a $(LIBS_ALL)

$(OUT)/libtaxa.a: $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $(LIB_OBJ)

# A change of flags rebuilds everything of that variant, a change of PREFIX the one file that holds
# it. The files are looked at when make reads this, and written only when their text changes.
ifeq ($(filter help clean lint format uninstall,$(MAKECMDGOALS)),)
  remember = $(shell mkdir -p $(OUT); printf '%s\n' '$(2)' >$(OUT)/$(1).new; \
    if cmp -s $(OUT)/$(1).new $(OUT)/$(1); then rm -f $(OUT)/$(1).new; \
    else mv -f $(OUT)/$(1).new $(OUT)/$(1); fi)
  REMEMBERED := $(call remember,flags,$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL))$(call \
    remember,datadir,$(PREFIX)/share/taxa)
endif
$(OUT)/src/ui/data_folder.o: $(OUT)/datadir
$(OUT)/src/ui/data_folder.o: CPPFLAGS_ALL += -DTAXA_DATADIR='"$(PREFIX)/share/taxa"'

$(OUT)/src/%.o: src/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(OUT)/gen/prompts.c: src/task/embed.sh $(PROMPTS)
	@mkdir -p $(@D)
	$(call say,EMBED,$@)sh src/task/embed.sh $@ $(PROMPTS)

$(OUT)/gen/prompts.o: $(OUT)/gen/prompts.c $(OUT)/flags
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(OUT)/tests/%.o: tests/unit/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/tests/%.o: tests/e2e/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/tests/%.o: tests/bench/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/tests/%.o: tests/fuzz/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/tests/%.o: tests/mock/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(OUT)/tests/%.o: tests/tools/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(UNIT): $(OUT)/tests/%: $(OUT)/tests/%.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(OUT)/libtaxa.a -lcmocka $(LIBS_ALL)
$(E2E): $(OUT)/tests/%: $(OUT)/tests/%.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(OUT)/libtaxa.a -lcmocka -lvterm -lutil $(LIBS_ALL)
$(BENCH): $(OUT)/tests/%: $(OUT)/tests/%.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(OUT)/libtaxa.a -lvterm -lutil $(LIBS_ALL)
$(OUT)/tests/http_mock: $(OUT)/tests/http_mock.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(OUT)/libtaxa.a $(LIBS_ALL)
$(OUT)/tests/docs: $(OUT)/tests/docs.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(OUT)/libtaxa.a $(LIBS_ALL)
$(OUT)/tests/tour: $(OUT)/tests/tour.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(OUT)/libtaxa.a -lvterm -lutil $(LIBS_ALL)
.SECONDARY:

# ---- use
run: build/taxa
	@sh tests/tools/demo build/taxa sessions/gsm8k.session

# ---- test
check: build/taxa $(UNIT) $(E2E) $(OUT)/tests/http_mock $(OUT)/tests/docs $(OUT)/tests/tour
	@TAXA_BIN=$(CURDIR)/$(OUT)/taxa TAXA_MOCK=$(CURDIR)/$(OUT)/tests/http_mock sh tests/run $(OUT)
unit: $(UNIT) $(OUT)/tests/http_mock
	@TAXA_MOCK=$(CURDIR)/$(OUT)/tests/http_mock sh tests/run $(OUT) unit
e2e: build/taxa $(E2E) $(OUT)/tests/http_mock $(OUT)/tests/docs $(OUT)/tests/tour
	@TAXA_BIN=$(CURDIR)/$(OUT)/taxa TAXA_MOCK=$(CURDIR)/$(OUT)/tests/http_mock sh tests/run $(OUT) e2e
asan:
	@$(MAKE) --no-print-directory BUILD=asan check
tsan:
	@$(MAKE) --no-print-directory BUILD=tsan check
lint:
	@sh tests/lint/run
format:
	@clang-format -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]')
bench: build/taxa $(BENCH) $(OUT)/tests/http_mock
	@TAXA_BIN=$(CURDIR)/$(OUT)/taxa TAXA_MOCK=$(CURDIR)/$(OUT)/tests/http_mock sh tests/bench/run $(OUT)
FUZZ_SECONDS ?= 20
fuzz:
	@$(MAKE) --no-print-directory BUILD=fuzz CC=clang fuzz-run
$(FUZZ): $(OUT)/tests/%: $(OUT)/tests/%.o $(OUT)/libtaxa.a
	$(call say,LD,$@)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $< $(OUT)/libtaxa.a $(LIBS_ALL)
fuzz-run: $(FUZZ)
	@for f in $(FUZZ); do corpus=$(OUT)/corpus/$$(basename $$f); mkdir -p $$corpus && \
	  $$f -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -artifact_prefix=$(OUT)/ $$corpus \
	  >$$f.log 2>&1 || { tail -40 $$f.log; exit 1; }; echo "ok $$(basename $$f)"; done

# ---- install
# The generated parts of the manual page and the README, from the program's own tables and screens.
docs man screens: build/taxa $(OUT)/tests/docs $(OUT)/tests/tour
	@sh tests/tools/docs-make build/taxa $(OUT)/tests/docs $(OUT)/tests/tour
install: build/taxa
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/taxa/sessions \
	  $(DESTDIR)$(PREFIX)/share/taxa/themes $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(OUT)/taxa $(DESTDIR)$(PREFIX)/bin/taxa
	install -m 644 sessions/*.session $(DESTDIR)$(PREFIX)/share/taxa/sessions
	install -m 644 themes/*.theme $(DESTDIR)$(PREFIX)/share/taxa/themes
	install -m 644 man/taxa.1 $(DESTDIR)$(PREFIX)/share/man/man1
uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/taxa $(DESTDIR)$(PREFIX)/share/taxa $(DESTDIR)$(PREFIX)/share/man/man1/taxa.1

clean:
	rm -rf build

help:
	@printf '%s\n' \
	'make            build build/taxa (BUILD=release|debug|asan|tsan, WERROR=1, CC=clang)' \
	'make run        install what is missing, build, open the grade-school maths session' \
	'make check      install what is missing, build, run all tests' \
	'make unit, e2e  only the tests of modules, only those of the whole program' \
	'make lint       formatting, include directions, banned calls, clang-tidy, cppcheck, man page' \
	'make asan, tsan all tests under address and undefined, thread sanitizers' \
	'make fuzz       every fuzz target for FUZZ_SECONDS (20) each' \
	'make bench      the numbers of the README, as ratios measured in one run' \
	'make screens    write the screens of the README again from the real program' \
	'make install    DESTDIR= PREFIX=/usr/local' \
	'make clean      remove build/'

-include $(LIB_OBJ:.o=.d) $(OUT)/src/main.d $(UNIT:=.d) $(E2E:=.d) $(BENCH:=.d) $(OUT)/tests/http_mock.d $(OUT)/tests/docs.d $(OUT)/tests/tour.d
