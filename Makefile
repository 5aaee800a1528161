# f1: telemetry of the Formula 1 games through Unix pipes
# SPDX-License-Identifier: MIT
#
# make [all|check|lint|fuzz|bench|install|uninstall|clean]; CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR are yours.
# make O=build/asan CFLAGS='-g -O1 -fsanitize=address,undefined' LDFLAGS=-fsanitize=address,undefined: a second build.

VERSION = 0.1.0
O = build
PREFIX = /usr/local
MANDIR = $(PREFIX)/share/man
CFLAGS = -O2 -g
WERROR =
AWK = awk
PKG_CONFIG = pkg-config

PROGRAMS = f1-listen f1-replay f1-decode f1-route f1-pg
TOOLS = f1-sim

# ours stand beside the user's
f1_CPPFLAGS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Ilib -I$O/gen
f1_CFLAGS = -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla $(WERROR) \
	-fstack-protector-strong -fstack-clash-protection -fPIE
f1_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
# glibc's checked functions need an optimizer and their own say in sanitizer builds
f1_CPPFLAGS += $(if $(findstring -fsanitize,$(CFLAGS))$(findstring -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)

COMPILE = $(CC) $(f1_CPPFLAGS) $(CPPFLAGS) $(f1_CFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(f1_CFLAGS) $(CFLAGS) $(f1_LDFLAGS) $(LDFLAGS)

LIB = $O/libf1.a
# capture needs libpcap, so it stands beside the library, for the programs that link libpcap
CAPTURE = $O/lib/capture.o
LIB_OBJ = $(filter-out $(CAPTURE),$(patsubst %.c,$O/%.o,$(sort $(wildcard lib/*.c)))) $O/gen/layouts.o
objects = $(patsubst %.c,$O/%.o,$(sort $(wildcard $1/*.c)))
LAYOUTS = lib/layout/records lib/layout/enums $(sort $(wildcard lib/layout/20??))

all: $(PROGRAMS) $(TOOLS) $O/bin/f1-load man/f1-fields.5
$(PROGRAMS) $(TOOLS): %: $O/bin/%
.PHONY: all check lint fuzz bench install uninstall clean $(PROGRAMS) $(TOOLS)

# the libraries that a program links, asked only for that program
f1-decode_PKG = msgpack libpcap
f1-replay_PKG = libpcap zlib
f1-pg_PKG = libpq
f1-pg_LIBS = -pthread

# a script that is installed like a program
$O/bin/f1-load: scripts/f1-load
	@mkdir -p $(@D)
	install -m 755 scripts/f1-load $@

$O/gen/layouts.c: scripts/layout.awk $(LAYOUTS)
	@mkdir -p $(@D)
	$(AWK) -f scripts/layout.awk $(LAYOUTS) >$@.new
	mv $@.new $@

$O/gen/%.o: $O/gen/%.c
	$(COMPILE) -c -o $@ $<

$O/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(LIB): $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $(LIB_OBJ)

# $1 the program, $2 its folder
define program
$O/bin/$1: $(call objects,$2) $(if $(filter libpcap,$($1_PKG)),$(CAPTURE)) $(LIB)
	@mkdir -p $$(@D)
	$$(LINK) -o $$@ $$^ $(if $($1_PKG),$$$$($(PKG_CONFIG) --libs $($1_PKG))) $($1_LIBS) -lm
$(call objects,$2): CPPFLAGS += $(if $($1_PKG),$$(shell $(PKG_CONFIG) --cflags $($1_PKG)))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$p,$p)))
$(eval $(call program,f1-sim,tests/sim))

# committed, so that it can be read on the web, and written only when it changes
man/f1-fields.5: $O/bin/f1-decode scripts/fields.awk $(LAYOUTS)
	$O/bin/f1-decode --layout | $(AWK) -f scripts/fields.awk input=layout - input=records lib/layout/records \
	    input=enums lib/layout/enums >$O/f1-fields.5
	cmp -s $O/f1-fields.5 $@ || cp $O/f1-fields.5 $@
	@touch $@

# tests: TAP by shell scripts, and by small programs of tests/*.c beside them
TEST_PROGRAMS = $(patsubst tests/%.c,$O/tests/%,$(wildcard tests/*.c))
$O/tests/%: tests/%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIB) $$($(PKG_CONFIG) --cflags --libs msgpack) -lm

check: all $(TEST_PROGRAMS) fuzz-replay
	O='$(abspath $O)' prove $(PROVEFLAGS) tests

# an entry is a function of libFuzzer's shape; replay.c feeds it files, so that any compiler can replay the corpus
FUZZ = $(patsubst tests/fuzz/%.c,%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_TIME = 60
DECODE_OBJ = $(filter-out $O/f1-decode/main.o,$(call objects,f1-decode)) $(CAPTURE)
# what an entry links: f1-decode without its main, or the part of another program that reads what is hostile
ROW_OBJ = $(patsubst %,$O/f1-pg/%.o,plan row stats table)
define fuzz_entry
$O/fuzz/replay-$1: tests/fuzz/$1.c tests/fuzz/replay.c $(LIB) $2
	@mkdir -p $$(@D)
	$(COMPILE) -I$3 $(LDFLAGS) -o $$@ $$(filter-out %.a,$$^) $(LIB) $$$$($(PKG_CONFIG) --cflags --libs msgpack libpcap zlib) -lm
$O/fuzz/fuzz-$1: tests/fuzz/$1.c $(LIB) $2
	@mkdir -p $$(@D)
	$(COMPILE) -I$3 -fsanitize=fuzzer $(LDFLAGS) -o $$@ $$(filter-out %.a,$$^) $(LIB) $$$$($(PKG_CONFIG) --cflags --libs msgpack libpcap zlib) -lm
endef
$(foreach f,$(filter-out f1pcap rows route,$(FUZZ)),$(eval $(call fuzz_entry,$f,$(DECODE_OBJ),f1-decode)))
$(eval $(call fuzz_entry,f1pcap,$O/f1-replay/f1pcap.o,f1-replay))
$(eval $(call fuzz_entry,rows,$(ROW_OBJ),f1-pg))
$(eval $(call fuzz_entry,route,$O/f1-route/rule.o,f1-route))
fuzz-replay: $(FUZZ:%=$O/fuzz/replay-%)
.PHONY: fuzz-replay
.SECONDARY:

fuzz:
	$(MAKE) O=$O/libfuzzer CC=clang WERROR= CFLAGS='-g -O1 -fsanitize=address,undefined,fuzzer-no-link' \
	    LDFLAGS='-fsanitize=address,undefined' $(FUZZ:%=$O/libfuzzer/fuzz/fuzz-%)
	for f in $(FUZZ); do \
	    mkdir -p $O/libfuzzer/corpus/$$f && \
	    $O/libfuzzer/fuzz/fuzz-$$f -max_total_time=$(FUZZ_TIME) -max_len=8192 -close_fd_mask=2 -print_final_stats=1 \
	        $O/libfuzzer/corpus/$$f tests/fuzz/corpus/$$f || exit 1; \
	done
$O/bench/packloop: tests/bench/packloop.c $(LIB) $(DECODE_OBJ)
	@mkdir -p $(@D)
	$(COMPILE) -If1-decode $(LDFLAGS) -o $@ $(filter-out %.a,$^) $(LIB) $$($(PKG_CONFIG) --cflags --libs msgpack libpcap) -lm

$O/bench/udp%: tests/bench/udp%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIB) -lm

bench: all $O/bench/packloop $O/bench/udpsend $O/bench/udpdrop
	O='$(abspath $O)' scripts/bench
	O='$(abspath $O)' scripts/bench-udp

lint:
	mandoc -T lint -W warning $(wildcard man/*)
	shellcheck -x -e SC2119,SC2120,SC2317 scripts/bench scripts/bench-pg scripts/bench-udp scripts/check scripts/demo scripts/f1-load \
	    scripts/packages scripts/pg-local \
	    $(wildcard tests/*.t) tests/lib.sh tests/listen.sh tests/pg.sh .ci/run

install: all
	mkdir -p '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(MANDIR)/man1' '$(DESTDIR)$(MANDIR)/man5' '$(DESTDIR)$(MANDIR)/man7'
	for p in $(PROGRAMS) f1-load; do install -m 755 $O/bin/$$p '$(DESTDIR)$(PREFIX)/bin/' || exit; done
	for s in 1 5 7; do install -m 644 man/*.$$s '$(DESTDIR)$(MANDIR)'/man$$s/ || exit; done

uninstall:
	for p in $(PROGRAMS) f1-load; do rm -f '$(DESTDIR)$(PREFIX)'/bin/$$p; done
	for m in man/*.[157]; do rm -f '$(DESTDIR)$(MANDIR)'/man$${m##*.}/$${m##*/}; done

clean:
	rm -rf $O

-include $(LIB_OBJ:.o=.d) $(CAPTURE:.o=.d) $(foreach p,$(PROGRAMS) tests/sim,$(patsubst %.o,%.d,$(call objects,$p)))
