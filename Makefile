# f1: telemetry of the Formula 1 games through Unix pipes
# SPDX-License-Identifier: MIT
#
# make [all|check|check-spark|check-connect|check-superset|soak|lint|fuzz|bench|install|uninstall|deb|clean]; CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR are yours.
# make O=build/asan CFLAGS='-g -O1 -fsanitize=address,undefined' LDFLAGS=-fsanitize=address,undefined: a second build.

VERSION = 0.1.0
O = build
PREFIX = /usr/local
MANDIR = $(PREFIX)/share/man
UNITDIR = $(PREFIX)/lib/systemd/system
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
CFLAGS = -O2 -g
WERROR =
AWK = awk
PKG_CONFIG = pkg-config

PROGRAMS = f1-listen f1-replay f1-decode f1-route f1-ws f1-kafka f1-pg
SCRIPTS = f1-load f1-live f1-export
COMPLETIONS = $O/completions/f1 $O/completions/_f1
UNITS = f1-live.service f1-load.service f1-load.timer
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
# pcap needs libpcap, so it stands beside the library; without libpcap (or with PCAP=) nopcap stands for it
PCAP := $(shell $(PKG_CONFIG) --exists libpcap 2>/dev/null && echo libpcap)
CAPTURE = $O/lib/$(if $(PCAP),pcap,nopcap).o
LIB_OBJ = $(filter-out %pcap.o,$(patsubst %.c,$O/%.o,$(sort $(wildcard lib/*.c)))) $O/gen/layouts.o
objects = $(patsubst %.c,$O/%.o,$(sort $(wildcard $1/*.c)))
# in the order in which they need one another
SQL = $(patsubst %,f1-pg/sql/%.sql,loads frames summary sessions drivers samples laps classification events wear trace loss common)
LAYOUTS = lib/layout/records lib/layout/enums $(sort $(wildcard lib/layout/20??))

all: $(PROGRAMS) $(TOOLS) man/f1-fields.5 www $(SCRIPTS:%=$O/bin/%) $(UNITS:%=$O/systemd/%) $(COMPLETIONS) man/f1-views.5
$(PROGRAMS) $(TOOLS): %: $O/bin/%
.PHONY: all www check check-spark check-connect check-superset soak lint fuzz bench install uninstall deb clean $(PROGRAMS) $(TOOLS)

# the libraries that a program links, asked only for that program
f1-decode_PKG = msgpack $(PCAP)
f1-replay_PKG = $(PCAP) zlib
f1-decode_GEN = $(CAPTURE)
f1-replay_GEN = $(CAPTURE)
f1-ws_PKG = libwebsockets
f1-pg_PKG = libpq
f1-pg_LIBS = -pthread
f1-kafka_PKG = rdkafka

f1-pg_GEN = $O/gen/sql.o

# scripts that are installed like programs
$(SCRIPTS:%=$O/bin/%): $O/bin/%: scripts/%
	@mkdir -p $(@D)
	install -m 755 $< $@

# units of systemd; all services have one sandbox, and programs where they will be installed
$O/systemd/%.service: scripts/systemd/%.service.in scripts/systemd/sandbox
	@mkdir -p $(@D)
	sed -e '/^@sandbox@/{' -e 'r scripts/systemd/sandbox' -e d -e '}' $< >$@
$O/systemd/%.timer: scripts/systemd/%.timer
	@mkdir -p $(@D)
	cp $< $@

# completions for bash and, with _, for zsh, of what the programs' tables of options say
$(COMPLETIONS): scripts/completion.awk lib/layout/records $(PROGRAMS:%=$O/bin/%) $(SCRIPTS:%=$O/bin/%)
	@mkdir -p $(@D)
	for p in $(PROGRAMS) $(SCRIPTS); do $O/bin/$$p --help || exit; done >$@.help
	$(AWK) -v shell=$(if $(findstring /_,$@),zsh,bash) -f scripts/completion.awk input=records lib/layout/records input=help - <$@.help >$@.new
	rm $@.help
	mv $@.new $@

$O/gen/layouts.c: scripts/layout.awk $(LAYOUTS)
	@mkdir -p $(@D)
	$(AWK) -f scripts/layout.awk $(LAYOUTS) >$@.new
	mv $@.new $@

$O/gen/sql.c: scripts/sql.awk $(SQL) Makefile
	@mkdir -p $(@D)
	$(AWK) -f scripts/sql.awk $(SQL) >$@.new
	mv $@.new $@

$O/gen/sql.o: CPPFLAGS += -If1-pg
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
$O/bin/$1: $(call objects,$2) $($1_GEN) $(LIB)
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

# the page of f1-ws, where the program looks for it, beside its folder; without npm it has no charts
WWW = $O/share/f1/www
www: $(WWW)/index.html
UPLOT = f1-ws/node_modules/uplot
$(UPLOT): f1-ws/package-lock.json
	command -v npm >/dev/null && cd f1-ws && npm ci --silent --no-audit --no-fund || echo 'no npm ci: the page has no charts'
	@mkdir -p $@ && touch $@
$(WWW)/index.html: $(wildcard f1-ws/www/*) $(UPLOT)
	rm -rf $(@D) && mkdir -p $(@D)/vendor
	for f in dist/uPlot.esm.js dist/uPlot.min.css LICENSE; do \
	    ! test -f $(UPLOT)/$$f || cp $(UPLOT)/$$f $(@D)/vendor/ || exit; done
	cp f1-ws/www/* $(@D)

# what drives the browser in tests/browser; without it they are skipped
PLAYWRIGHT = tests/browser/node_modules
$(PLAYWRIGHT): tests/browser/package-lock.json
	command -v npm >/dev/null && cd $(@D) && npm ci --silent --no-audit --no-fund || echo 'no npm ci: no test in a browser'
	@mkdir -p $@ && touch $@

# the picture in README.md, taken by the test of the page
picture: all $(PLAYWRIGHT)
	PICTURE='$(abspath f1-ws/live.webp)' O='$(abspath $O)' tests/5400-ws-page.t
.PHONY: picture

# the types that Grafana publishes, for the dashboards of f1-pg
GRAFANA = tests/grafana/node_modules
$(GRAFANA): tests/grafana/package-lock.json
	command -v npm >/dev/null && cd $(@D) && npm ci --silent --no-audit --no-fund || echo 'no npm ci: no test of types'
	@mkdir -p $@ && touch $@

# the same for what the comments on the views tell
man/f1-views.5: scripts/views.awk f1-pg/sql/f1-views.5.in $(SQL)
	@mkdir -p $O
	$(AWK) -f scripts/views.awk f1-pg/sql/f1-views.5.in $(SQL) >$O/f1-views.5
	cmp -s $O/f1-views.5 $@ || cp $O/f1-views.5 $@
	@touch $@

# tests: TAP by shell scripts, and by small programs of tests/*.c beside them
TEST_PROGRAMS = $(patsubst tests/%.c,$O/tests/%,$(wildcard tests/*.c))
TEST_NEEDS = msgpack
$O/tests/kafka-mock: TEST_NEEDS = rdkafka
$O/tests/%: tests/%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIB) $$($(PKG_CONFIG) --cflags --libs $(TEST_NEEDS)) -lm

# what tests/8300-faults.t loads before a program
FAULT = $O/tests/fault.so
$(FAULT): tests/fault/fault.c
	@mkdir -p $(@D)
	$(CC) $(f1_CPPFLAGS) -U_FORTIFY_SOURCE $(CPPFLAGS) $(f1_CFLAGS) $(CFLAGS) -fPIC -shared $(LDFLAGS) -o $@ $<

# the tests send SIGHUP, which nohup would have them ignore; prove tells what failed, and what the tests note (the table of faults)
check: all $(TEST_PROGRAMS) $(FAULT) fuzz-replay $(PLAYWRIGHT) $(GRAFANA)
	O='$(abspath $O)' env --default-signal=HUP prove --failures --comments $(PROVEFLAGS) tests

# Spark is large, so it is tested apart, and may take its time; scripts/packages spark installs what it needs
check-spark: all
	F1_SPARK=1 TEST_LIMIT=7200 O='$(abspath $O)' prove -v tests/7500-kafka-spark.t

# and so is Kafka Connect
check-connect: all
	F1_CONNECT=1 TEST_LIMIT=7200 O='$(abspath $O)' prove -v tests/7600-kafka-connect.t

# the same for Superset, and for what makes Parquet: scripts/packages superset, and npm for the browser
check-superset: all $(PLAYWRIGHT)
	F1_SUPERSET=1 TEST_LIMIT=7200 O='$(abspath $O)' prove -v tests/6800-export.t tests/6900-superset.t

# two hours of a race at ten times its speed
soak: all
	F1_SOAK=1 TEST_LIMIT=20000 O='$(abspath $O)' prove -v tests/8310-soak.t

# an entry is a function of libFuzzer's shape; replay.c feeds it files, so that any compiler can replay the corpus
FUZZ = $(patsubst tests/fuzz/%.c,%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_TIME = 60
DECODE_OBJ = $(filter-out $O/f1-decode/main.o,$(call objects,f1-decode)) $(CAPTURE)
# what an entry links: f1-decode without its main, or the part of another program that reads what is hostile
ROW_OBJ = $(patsubst %,$O/f1-pg/%.o,plan row stats table)
WS_OBJ = $(patsubst %,$O/f1-ws/%.o,feed gate latest player stats)
define fuzz_entry
$O/fuzz/replay-$1: tests/fuzz/$1.c tests/fuzz/replay.c $(LIB) $2
	@mkdir -p $$(@D)
	$(COMPILE) -I$3 $(LDFLAGS) -o $$@ $$(filter-out %.a,$$^) $(LIB) $$$$($(PKG_CONFIG) --cflags --libs msgpack $(PCAP) zlib) -lm
$O/fuzz/fuzz-$1: tests/fuzz/$1.c $(LIB) $2
	@mkdir -p $$(@D)
	$(COMPILE) -I$3 -fsanitize=fuzzer $(LDFLAGS) -o $$@ $$(filter-out %.a,$$^) $(LIB) $$$$($(PKG_CONFIG) --cflags --libs msgpack $(PCAP) zlib) -lm
endef
$(foreach f,$(filter-out f1pcap rows route rules publish gate topic,$(FUZZ)),$(eval $(call fuzz_entry,$f,$(DECODE_OBJ),f1-decode)))
$(eval $(call fuzz_entry,f1pcap,$O/f1-replay/f1pcap.o,f1-replay))
$(eval $(call fuzz_entry,rows,$(ROW_OBJ),f1-pg))
$(eval $(call fuzz_entry,route,$O/f1-route/rule.o,f1-route))
$(eval $(call fuzz_entry,rules,$(patsubst %,$O/f1-route/%.o,rule rules),f1-route))
$(eval $(call fuzz_entry,topic,$O/f1-kafka/template.o,f1-kafka))
$(foreach f,publish gate,$(eval $(call fuzz_entry,$f,$(WS_OBJ),f1-ws)))
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
	$(COMPILE) -If1-decode $(LDFLAGS) -o $@ $(filter-out %.a,$^) $(LIB) $$($(PKG_CONFIG) --cflags --libs msgpack $(PCAP)) -lm

$O/bench/ws: tests/bench/ws.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $^

$O/bench/udp%: tests/bench/udp%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIB) -lm

$O/bench/produce: tests/bench/produce.c
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $$($(PKG_CONFIG) --cflags --libs rdkafka)

bench: all $O/bench/packloop $O/bench/produce $O/bench/udpsend $O/bench/udpdrop $O/bench/ws
	O='$(abspath $O)' scripts/bench
	O='$(abspath $O)' scripts/bench-udp

lint:
	mandoc -T lint -W warning $(wildcard man/*)
	shellcheck -x -e SC2119,SC2120,SC2317 $(shell grep -slE '^#!/bin/(ba)?sh' scripts/* scripts/*/*) $(wildcard tests/*.t tests/*.sh) .ci/run

install: all
	mkdir -p '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(MANDIR)/man1' '$(DESTDIR)$(MANDIR)/man5' '$(DESTDIR)$(MANDIR)/man7'
	for p in $(PROGRAMS) $(SCRIPTS); do install -m 755 $O/bin/$$p '$(DESTDIR)$(PREFIX)/bin/' || exit; done
	mkdir -p '$(DESTDIR)$(PREFIX)/share/f1' && cp -R $(WWW) f1-ws/grafana '$(DESTDIR)$(PREFIX)/share/f1/'
	mkdir -p '$(DESTDIR)$(PREFIX)/share/f1/pg' && cp -R f1-pg/grafana '$(DESTDIR)$(PREFIX)/share/f1/pg/'
	cd '$(DESTDIR)$(PREFIX)/share/f1' && \
	    sed -i 's,/usr/local/share/f1,$(PREFIX)/share/f1,' grafana/README.md pg/grafana/README.md grafana/provisioning/dashboards/f1.yaml pg/grafana/provisioning/dashboards/f1-pg.yaml
	for s in 1 5 7; do install -m 644 man/*.$$s '$(DESTDIR)$(MANDIR)'/man$$s/ || exit; done
	install -m 644 scripts/systemd/default '$(DESTDIR)$(PREFIX)/share/f1/'
	mkdir -p '$(DESTDIR)$(BASHDIR)' '$(DESTDIR)$(ZSHDIR)' '$(DESTDIR)$(UNITDIR)'
	install -m 644 $O/completions/f1 '$(DESTDIR)$(BASHDIR)/'
	for p in $(PROGRAMS) $(SCRIPTS); do ln -sf f1 '$(DESTDIR)$(BASHDIR)'/$$p || exit; done
	install -m 644 $O/completions/_f1 '$(DESTDIR)$(ZSHDIR)/'
	for u in $(UNITS); do \
	    sed 's,@bindir@,$(PREFIX)/bin,g' $O/systemd/$$u >'$(DESTDIR)$(UNITDIR)'/$$u && chmod 644 '$(DESTDIR)$(UNITDIR)'/$$u || exit; done

uninstall:
	for p in $(PROGRAMS) $(SCRIPTS); do rm -f '$(DESTDIR)$(PREFIX)'/bin/$$p; done
	rm -rf '$(DESTDIR)$(PREFIX)/share/f1'
	for p in f1 $(PROGRAMS) $(SCRIPTS); do rm -f '$(DESTDIR)$(BASHDIR)'/$$p; done
	rm -f '$(DESTDIR)$(ZSHDIR)/_f1'
	for u in $(UNITS); do rm -f '$(DESTDIR)$(UNITDIR)'/$$u; done
	for m in man/*.[157]; do rm -f '$(DESTDIR)$(MANDIR)'/man$${m##*.}/$${m##*/}; done

# a Debian package of it, in $O
deb: all
	O='$(abspath $O)' scripts/deb $O

clean:
	rm -rf $O

-include $(LIB_OBJ:.o=.d) $(CAPTURE:.o=.d) $(foreach p,$(PROGRAMS) tests/sim,$(patsubst %.o,%.d,$(call objects,$p)))
