#!/bin/sh
# f1-listen: sending on, multicast, broadcast, and network captures
# SPDX-License-Identifier: MIT

# a network of our own, where that is allowed: multicast and broadcast are to leave nobody's machine
if [ -z "${F1_NETNS-}" ] && unshare -n ip link set lo up multicast on 2>/dev/null; then
	F1_NETNS=1 exec unshare -n "$0" "$@"
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/listen.sh
. "$top/tests/listen.sh"
need f1-listen f1-decode python3
[ -z "${F1_NETNS-}" ] || ip link set lo up multicast on 2>/dev/null

# --- forwarding
start f1-listen -a 127.0.0.1 -p 0 >all.out 2>all.err
all=$pid all_port=$ready
start f1-listen -a 127.0.0.1 -p 0 >some.out 2>some.err
some=$pid some_port=$ready
start f1-listen -v -a 127.0.0.1 -p 0 -f "127.0.0.1:$all_port" -f "localhost:$some_port/2,6" >out 2>said
send 127.0.0.1 "$ready" 2024 sent
send 127.0.0.1 "$ready" foreign /dev/null
stop "$pid"
stop "$all"
stop "$some"
same '-f sends on' sent all.out
like 'what is no packet as well' "$(cat all.err)" 'no F1 packet'
is 'with ids only these packets' "$(f1-decode -j some.out 2>/dev/null | sed -n 's/.*"packet_id":\([0-9]*\).*/\1/p' | sort -nu | tr '\n' ' ')" '2 6 '
same 'stdout is not touched by it' sent out

# most systems know localhost as both, IPv6 first
printf '::1 localhost\n127.0.0.1 localhost\n' >hosts
if unshare -m mount --bind hosts /etc/hosts 2>/dev/null; then
	cat >both <<-'END'
		#!/bin/sh
		exec unshare -m sh -c 'mount --bind hosts /etc/hosts && exec f1-listen "$@"' f1-listen "$@"
	END
	chmod +x both
	start f1-listen -a 127.0.0.1 -p 0 >all.out 2>all.err
	all=$pid
	start ./both -a localhost -p 0 -f "localhost:$ready" >out 2>said
	send 127.0.0.1 "$ready" 2024 sent
	stop "$pid"
	stop "$all"
	same 'a name with both addresses: the game reaches who listens there' sent out
	same 'and he reaches a program that knows IPv4 only' sent all.out
else
	skip 'no other /etc/hosts here'
fi

if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
	start f1-listen -a ::1 -p 0 >six.out 2>six.err
	six=$pid
	start f1-listen -a 127.0.0.1 -p 0 -f "[::1]:$ready/0,1,2" -f "[::1]:$ready" >out 2>said
	send 127.0.0.1 "$ready" 2025 sent
	stop "$pid"
	stop "$six"
	f1-decode -v six.out 2>&1 >/dev/null | sed 's/ packets,.*//' >count
	is '-f to IPv6, twice' "$(cat count)" "f1-decode: $(($(grep -c '^packet' "$top/lib/layout/2025") + 3))"
else
	skip 'no IPv6 here'
fi

start f1-listen -v -a 127.0.0.1 -p 0 -f "127.0.0.1:$all_port" >out 2>said
send 127.0.0.1 "$ready" 200 sent
stop "$pid"
line=$(tail -n 1 said)
is 'nobody listens there: status 0' "$status" 0
same 'the stream goes on' sent out
is 'forwarded and failures are what was sent' "$(($(counted forwarded) + $(counted 'forward failures')))" 200
is 'the refusal is said once' "$(grep -c 'forward to .*: Connection refused' said)" 1
for wrong in host 127.0.0.1: :1 127.0.0.1:x 127.0.0.1:65536 '[::1]' '[::1:1' ::1:1 127.0.0.1:1/x 127.0.0.1:1/99 127.0.0.1:1/; do
	run f1-listen -p 0 -f "$wrong" </dev/null >/dev/null 2>&1
	is "-f $wrong: status 64" "$status" 64
done
run f1-listen -p 0 -f no-such-name.invalid:1 </dev/null >/dev/null 2>&1
is 'a name that does not resolve: status 69' "$status" 69

start f1-listen -a 127.0.0.1 -p 0 >out 2>said
free=$ready
stop "$pid"
for address in 127.0.0.1 0.0.0.0; do
	run f1-listen -a "$address" -p "$free" -f "127.0.0.1:$free" >out 2>said
	is "-f to itself, on $address: status 64" "$status" 64
	is 'and said' "$(grep -v 'socket buffer' said)" "f1-listen: --forward: 127.0.0.1:$free is where f1-listen itself listens"
done
run f1-listen -p "$free" -f "localhost:$free" >out 2>said
is '-f to itself, on all addresses: status 64' "$status" 64
start f1-listen -a 127.0.0.2 -p "$free" >other.out 2>other.err
other=$pid
start f1-listen -a 127.0.0.1 -p "$free" -f "127.0.0.2:$free" >out 2>said
send 127.0.0.1 "$free" 2024 sent
stop "$pid"
stop "$other"
same '-f to the same port of another address' sent other.out

# --- multicast, broadcast, one port for two
if [ -n "${F1_NETNS-}" ] && ip route add 239.0.0.0/8 dev lo 2>/dev/null; then
	start f1-listen -a 127.0.0.1 -p 0 --group 239.1.2.3 >out 2>said
	FROM=127.0.0.1 send 239.1.2.3 "$ready" 2024 sent
	stop "$pid"
	same '--group: what is sent to the group comes' sent out
	start f1-listen -p 0 >out 2>said
	FROM=127.0.0.1 send 127.255.255.255 "$ready" 2024 sent
	stop "$pid"
	same 'a broadcast comes' sent out
else
	skip 'no rights for a network namespace' 2
fi
if [ -n "${F1_NETNS-}" ] && ip link add f1a type veth peer name f1b 2>/dev/null; then
	ip link set f1a up && ip link set f1b up && ip -6 addr add fd00::1/64 dev f1a nodad
	start f1-listen -a f1a -p 0 --group ff12::f1 >out 2>said
	FROM=fd00::1 send ff12::f1%f1a "$ready" 2024 sent
	FROM=fd00::1 send ff12::f2%f1a "$ready" 2025 /dev/null
	stop "$pid"
	same '--group: an IPv6 group, by the name of the interface, and no other' sent out
else
	skip 'no rights for a network interface'
fi
start f1-listen -a 127.0.0.1 -p 0 --reuse-port >out 2>said
first=$pid
start f1-listen -a 127.0.0.1 -p "$ready" --reuse-port >out.2 2>said.2
ok '--reuse-port: two share a port' test -n "$ready"
send 127.0.0.1 "$ready" 2024 sent
stop "$pid"
stop "$first"
cat out out.2 >both
same 'one of them gets it' sent both

# --- network captures
start f1-listen --pcap -p 0 -w race.pcap >out.pcap 2>said
send 127.0.0.1 "$ready" 2024 sent
send 127.0.0.1 "$ready" foreign /dev/null
stop "$pid"
same '--pcap: the file is what comes out' out.pcap race.pcap
f1-decode -j sent >sent.json 2>/dev/null
f1-decode -j out.pcap 2>/dev/null >pcap.json
ok 'each record has its time' sh -c '! grep -v "\"received_at\":\"20" pcap.json'
sed 's/"received_at":"[^"]*",//' pcap.json >plain.json
same 'and else is the same' sent.json plain.json
packets=$(grep -c '^packet' "$top/lib/layout/2024")
foreign=12
cut=2	# of them
# others NAME FILE STATUS: what others think of it; STATUS is tshark's for the checksums (1 good, 3 none, 4 none, but IPv6
# wants one)
others() {
	if have tcpdump; then
		tcpdump --count -nr "$2" >count 2>/dev/null
		like "$1: tcpdump reads it, with what is no packet" "$(cat count)" "^$((packets + foreign)) packets"
	else
		skip 'no tcpdump here'
	fi
	if have tshark; then
		tshark -r "$2" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -e ip.checksum.status \
			-e udp.checksum.status 2>/dev/null | sort | uniq -c | tr -s ' \t' ' ' >seen
		is "$1: so does tshark, and finds the checksums right" "$(cat seen)" "$3"
	else
		skip 'no tshark here'
	fi
}
others IPv4 out.pcap " $((packets + foreign)) 1 3"
if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
	start f1-listen --pcap -a ::1 -p 0 >six.pcap 2>said
	send ::1 "$ready" 2024 sent
	send ::1 "$ready" foreign /dev/null
	stop "$pid"
	f1-decode -j six.pcap 2>/dev/null | sed 's/"received_at":"[^"]*",//' >plain.json
	same 'IPv6: f1-decode reads it' sent.json plain.json
	others IPv6 six.pcap " $((packets + foreign - cut)) 1
 $cut 4"
else
	skip 'no IPv6 here' 3
fi
done_testing
