#!/bin/sh
# make deb: a package that Debian's own checker finds nothing wrong with, and whose programs run
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need dpkg-deb dpkg-shlibdeps dpkg-architecture strip make f1-listen f1-replay f1-decode f1-route f1-ws f1-kafka f1-pg
case $(readelf -d "$O/bin/f1-listen" 2>/dev/null) in
*asan*) skip_all 'a build with sanitizers is no package' ;;
esac

unset MAKEFLAGS MFLAGS MAKEOVERRIDES
deb=$("$top/scripts/deb" "$tmp/out" 2>err)
is 'it is made, and nothing is said' "$?$(cat err)" 0
like 'its name' "${deb##*/}" "^f1_$(f1-listen -V | cut -d ' ' -f 2)_$(dpkg-architecture -qDEB_HOST_ARCH)[.]deb\$"
depends=$(dpkg-deb -f "$deb" Depends)
for library in libc6 libpcap libpq5 librdkafka libwebsockets; do
	like "it depends on $library" "$depends" "(^|, )$library"
done

dpkg-deb -x "$deb" root
dpkg-deb -e "$deb" control
ok 'its sums' sh -c 'cd root && md5sum --quiet -c ../control/md5sums'
is 'all its files have one' "$(wc -l <control/md5sums)" "$(find root -type f | wc -l)"
is 'what the administrator changes is kept' "$(cat control/conffiles)" /etc/default/f1
same 'and is the example' root/etc/default/f1 "$top/scripts/systemd/default"
for program in f1-listen f1-replay f1-decode f1-route f1-ws f1-kafka f1-pg f1-live f1-load; do
	like "$program runs" "$(PATH=$tmp/root/usr/bin:$PATH "root/usr/bin/$program" -V 2>&1)" "^$program [0-9]"
	ok "$program: its manual" gzip -t "root/usr/share/man/man1/$program.1.gz"
done
like 'the service runs it' "$(cat root/*/systemd/system/f1-live.service root/usr/*/systemd/system/f1-live.service 2>&1)" '^ExecStart="/usr/bin/f1-live"$'
ok 'a service that runs goes on through an upgrade' grep -q '= remove ' control/prerm
ok 'the scripts of the package parse' sh -n control/prerm

if have lintian; then
	run lintian --fail-on error,warning "$deb" >said 2>err
	is 'lintian: no error, no warning' "$status$(cat said)" 0
else
	skip 'no lintian here'
fi
done_testing
