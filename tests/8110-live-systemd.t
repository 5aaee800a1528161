#!/bin/sh
# the units of systemd: what systemd makes of them, and how small their sandbox is
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-live f1-load systemd-analyze

mkdir units
for unit in "$O"/systemd/*; do
	sed "s,@bindir@,$O/bin,g" "$unit" >"units/${unit##*/}"
done
cd units || exit
is 'there are' "$(echo *)" 'f1-live.service f1-load.service f1-load.timer'
for unit in *; do
	run systemd-analyze verify --man=no "./$unit" >said 2>&1
	if grep -q 'Failed to initialize manager' said; then
		skip "systemd-analyze cannot verify here ($unit)"
		continue
	fi
	is "$unit: nothing to say of it" "$status$(cat said)" 0
done
for unit in *.service; do
	run systemd-analyze security --offline=true --threshold=20 --no-pager "./$unit" >said 2>&1
	if grep -qE 'unrecognized option|Unknown' said; then
		skip "systemd-analyze is too old to rate a file ($unit)"
		continue
	fi
	is "$unit: exposed to 2.0 at most" "$status" 0
	note "$(grep Overall said)"
	# the test itself: without its sandbox it would not pass
	sed '/^DynamicUser/,/^SystemCallErr/d' "$unit" >bare.service
	run systemd-analyze security --offline=true --threshold=20 --no-pager ./bare.service >said 2>&1
	is "$unit: without its sandbox it is more" "$status" 1
	rm bare.service
done

# what systemd gives them is what the programs know
sed -n 's/^#\(F1_[A-Z0-9_]*\)=.*/\1/p' "$top/scripts/systemd/default" >names
ok 'the example has variables' test -s names
while read -r name; do
	ok "$name of the example is in a manual" grep -qE "Ev (.* )?$name\$|Ev (.* )?$name " "$top/man/f1-live.1" "$top/man/f1-kafka.1"
done <names
done_testing
