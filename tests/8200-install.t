#!/bin/sh
# make install: all that is to be there, where it is asked for; make uninstall: nothing of it
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
programs='f1-listen f1-replay f1-decode f1-route f1-ws f1-kafka f1-pg f1-load f1-live f1-export'
# shellcheck disable=SC2086	# words are wanted
need make curl $programs

# without the flags of the make that runs us
unset MAKEFLAGS MFLAGS MAKEOVERRIDES
into() {
	make -s -C "$top" O="$O" DESTDIR="$tmp/a root" PREFIX='/opt/our f1' "$@" >>make.out 2>&1
}
: >make.out
ok 'make install' into install
note <make.out
(cd 'a root' && find . ! -type d) >installed
is 'nothing outside of PREFIX' "$(grep -v '^\./opt/our f1/' installed)" ''
at='a root/opt/our f1'
for program in $programs; do
	ok "$program" test -x "$at/bin/$program"
	ok "$program: its manual" cmp "$at/share/man/man1/$program.1" "$top/man/$program.1"
	ok "$program: its completion" test -s "$at/share/bash-completion/completions/$program"
	is "$program runs" "$("$at/bin/$program" -V | cut -d ' ' -f 1)" "$program"
done
for page in "$top"/man/*.[57]; do
	ok "${page##*/}" cmp "$at/share/man/man${page##*.}/${page##*/}" "$page"
done
like 'completion of zsh' "$(head -n 1 "$at/share/zsh/site-functions/_f1")" '^#compdef f1-listen '
is 'units run what is installed' "$(sed -n 's/^ExecStart="\([^"]*\)".*/\1/p' "$at"/lib/systemd/system/*.service | paste -sd ,)" \
	'/opt/our f1/bin/f1-live,/opt/our f1/bin/f1-load'
for script in f1-live f1-load f1-export; do
	is "$script finds the programs beside it" "$(PATH=/usr/bin:/bin "$at/bin/$script" -V)" "$script $(f1-listen -V | cut -d ' ' -f 2)"
done
is 'nothing is left to be filled in' "$(grep -rl '@[a-z]*@' "$at/lib")" ''
ok 'the timer' test -s "$at/lib/systemd/system/f1-load.timer"
ok 'the example of /etc/default/f1' test -s "$at/share/f1/default"
# the paths that Grafana is told, and what is there
for board in grafana/dashboards/f1-live.json pg/grafana/dashboards/f1-session.json; do
	provider=$(echo "$at/share/f1/${board%/dashboards/*}"/provisioning/dashboards/*.yaml)
	is "$board is where Grafana is told" "$(sed -n 's/^ *path: //p' "$provider")" "/opt/our f1/share/f1/${board%/*}"
	ok "$board" test -s "$at/share/f1/$board"
done
is 'and nothing else is told elsewhere' "$(grep -rl /usr/local "$at/share/f1")" ''
mkfifo in
exec 5<>in
PATH="$tmp/$at/bin:$PATH"
start f1-ws -l 127.0.0.1:0 <in 2>err
like 'f1-ws finds its page' "$(curl -s "http://127.0.0.1:$ready/")" '<title>'
exec 5>&-
stop "$pid"

ok 'make install again' into install
: >"$at/bin/of-others"
ok 'make uninstall' into uninstall
is 'only what others put there is left' "$(cd 'a root' && find . ! -type d)" './opt/our f1/bin/of-others'
is 'nor is its own folder' "$(ls "$at/share")" "$(printf '%s\n' bash-completion man zsh)"
done_testing
