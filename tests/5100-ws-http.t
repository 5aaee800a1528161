#!/bin/sh
# f1-ws: the page's files and what else is answered over HTTP, who is let in, TLS
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ws.sh
. "$top/tests/ws.sh"
need f1-ws f1-decode f1-sim python3 jq

# body: of the answer
body() {
	python3 -c 'import sys; sys.stdout.buffer.write(open("answer", "rb").read().split(b"\r\n\r\n", 1)[1])'
}
# field NAME: of the answer's head
field() {
	tr -d '\r' <answer | sed -n "1,/^\$/s/^$1: //p"
}

mkdir www www/vendor www/.hidden secret
echo '<!doctype html>' >www/index.html
for name in app.js module.mjs style.css flag.svg data.json font.woff2 vendor/plot.js; do
	echo "$name" >"www/$name"
done
head -c 3000000 /dev/urandom >www/large.png
echo secret | tee secret/file.js www/.hidden/file.js www/.hidden.js >www/noise.exe
ln -s ../secret www/link
ln -s ../secret/file.js www/link.js
ln -s app.js www/inner.js
mkfifo www/pipe.js
mkdir www/folder.js
ln -s www page

f1-sim -y 2025 -c 3 -r 2 -l 1 --duration 2 | f1-decode >race.f1
serve --www page

# --- files
is 'GET /: status 200' "$(ask "$port" /)" 200
body >got
same 'GET /: the page' got www/index.html
while read -r name type; do
	is "/$name: 200" "$(ask "$port" "/$name")" 200
	body >got
	same "/$name: what is in the file" got "www/$name"
	is "/$name: its type" "$(field content-type)" "$type"
done <<-'END'
	index.html text/html; charset=utf-8
	app.js text/javascript; charset=utf-8
	module.mjs text/javascript; charset=utf-8
	style.css text/css; charset=utf-8
	flag.svg image/svg+xml
	data.json application/json
	font.woff2 font/woff2
	vendor/plot.js text/javascript; charset=utf-8
	large.png image/png
END
is 'nosniff' "$(field x-content-type-options)" nosniff
like 'a policy for what the page loads' "$(field content-security-policy)" "^default-src 'self'; connect-src 'self' ws: wss:;"
is 'asked for again each time' "$(field cache-control)" no-cache
is 'no address goes out' "$(field referrer-policy)" no-referrer
is 'a length' "$(field content-length)" 3000000
is 'the query is not for files' "$(ask "$port" '/app.js?v=1')" 200

# --- and nothing else
for path in /nothing.js /noise.exe /.hidden.js /.hidden/file.js /link/file.js /link.js /inner.js /pipe.js /folder.js /vendor /vendor/ \
	/../secret/file.js /vendor/../../secret/file.js /%2e%2e/secret/file.js /%2e%2e%2fsecret%2ffile.js //etc/passwd /etc/passwd \
	/./.hidden.js '/app.js%20' /app%2ejs/ /www/app.js; do
	echo "$path"
done >paths
is 'what is no file of the folder: 404' "$(by_hand others "$port" GET 404 <paths)" ''
while read -r path; do
	by_hand get "$port" "$path"
done <paths >answers
is 'and nothing of it' "$(grep -ac '^secret\|root:' answers)" 0
printf '/app.js%%00\n/%%\n/%%zz\n' >paths
is 'bad escapes get nothing' "$(by_hand others "$port" GET x <paths | grep -c '^200')" 0
for method in POST PUT DELETE OPTIONS PATCH; do
	is "$method: 405" "$(METHOD=$method ask "$port" / 'Content-Length: 0')" 405
done
is 'it says what is allowed' "$(METHOD=POST ask "$port" / >/dev/null; field allow)" 'GET, HEAD'
METHOD=CONNECT ask "$port" / >/dev/null
is 'CONNECT: nothing' "$(cat answer)" ''
is 'HEAD: 200' "$(METHOD=HEAD ask "$port" /large.png)" 200
is 'HEAD: the length' "$(field content-length)" 3000000
is 'HEAD: no body' "$(body | wc -c | tr -d ' ')" 0
is 'a body with a GET: the answer, once' "$(ask "$port" /app.js 'Content-Length: 1000'; grep -ac '^HTTP' answer)" "$(printf '200\n1')"
is 'HTTP/2 is not begun' "$(ask "$port" / 'Upgrade: h2c' 'Connection: Upgrade, HTTP2-Settings' 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA')" 400

# --- what is made
is '/healthz before the first record' "$(ask "$port" /healthz)$(body)" '200ok, 0 clients, no record yet'
client some "$port" /session
some=$pid
cat race.f1 >&3
is 'records are there' "$(COUNT=1 by_hand read "$port" /session 2>/dev/null | jq -r .packet)" session
ask "$port" /healthz >/dev/null
like '/healthz: how old the last record is' "$(body)" '^ok, 1 clients, last record [0-9.]+ s ago$'
is '/metrics: 200' "$(ask "$port" /metrics)" 200
body >metrics
like '/metrics: records' "$(cat metrics)" "^f1_ws_records_total [1-9][0-9]*\$"
is '/metrics: clients' "$(sed -n 's/^f1_ws_connected //p' metrics)" 1
is '/metrics: each has its type' "$(grep -v '^#' metrics | sed 's/[{ ].*//' | sort -u)" "$(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' metrics | sort)"
is '/fields.json: 200' "$(ask "$port" /fields.json)" 200
body >fields.json
is '/fields.json: a field' "$(jq -c '.records.car_telemetry.fields.speed | [.type, .count, .unit, .enum]' fields.json)" '["u16",1,"km/h",""]'
is '/fields.json: a record' "$(jq -c '.records.lap_history | [.packet_id, .kind, .keys]' fields.json)" '[11,"state",["car","lap_num"]]'
is '/fields.json: an enumeration' "$(jq -r '.enums.track.values[] | select(.value == "0") | .name' fields.json | head -n 1)" Melbourne
jq -r '.records | to_entries[] | .key as $r | .value.fields | keys[] | "\($r) \(.)"' fields.json | sort >got
f1-decode --layout | awk -F '\t' 'NR > 1 && $4 != "" { print $4, $8 }' | sort -u >want
same '/fields.json: all fields of all records' got want
is '/fields.json: no enumeration is missing' "$(jq -r '(.enums | keys) as $e | [.records[].fields[].enum] - $e - [""] | length' fields.json)" 0
exec 3>&-
finish "$some"
finish "$server"
is 'ends: status 0' "$status" 0

F1_WWW=$tmp/www
export F1_WWW
serve
is 'F1_WWW names the folder' "$(ask "$port" /app.js)" 200
unset F1_WWW
exec 3>&-
finish "$server"
serve --www nowhere
is 'no page: 404' "$(ask "$port" /)" 404
like 'no page: words' "$(body)" '[-][-]www'
is 'no page: the rest is there' "$(ask "$port" /healthz)" 200
exec 3>&-
finish "$server"

# --- who is let in: the name
serve --host f1.example --host Pit.Example --origin https://wall.example
for host in localhost localhost:1234 LocalHost. 127.0.0.1 10.0.0.1:3001 '[::1]' '[fe80::1%25eth0]:3001' f1.example F1.EXAMPLE:3001 pit.example; do
	printf '/healthz\tHost: %s\n' "$host"
done >hosts
is 'names of ours' "$(by_hand others "$port" GET 200 <hosts)" ''
for host in evil.example f1.example.evil.example localhost.evil.example 127.0.0.1.evil.example '[::1' '[]' 'localhost:x' ':3001' '' 256.0.0.1 1 0x7f000001; do
	printf '/healthz\tHost: %s\n' "$host"
done >hosts
is 'names of others: 421' "$(by_hand others "$port" GET 421 <hosts)" ''
is 'no Host: 421' "$(ask "$port" /healthz 'Host: none')" 421
upgrade() {
	ask "$port" "$@" 'Upgrade: websocket' 'Connection: Upgrade' 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'Sec-WebSocket-Version: 13'
}
is 'WebSocket with a wrong Host: 421' "$(upgrade /session 'Host: evil.example')" 421

# --- the page that asks
opens() {
	COUNT=0 timeout 20 python3 "$top/tests/ws.py" probe "$port" /session "$@"
}
for origin in http://localhost https://localhost https://wall.example HTTPS://WALL.EXAMPLE; do
	printf '/session\tOrigin: %s\n' "$origin"
done >origins
is 'our pages, and those of --origin, open' "$(by_hand others "$port" WEBSOCKET 101 <origins)" ''
is 'a page of our own port opens' "$(opens 'Host: f1.example:3001' 'Origin: http://f1.example:3001')" 101
for origin in https://evil.example null http://localhost:1 http://localhost.evil.example https://wall.example.evil.example file://localhost wall.example; do
	printf '/session\tOrigin: %s\n' "$origin"
done >origins
is 'pages of others: 403' "$(by_hand others "$port" WEBSOCKET 403 <origins)" ''
is 'files are for everybody who has the name' "$(ask "$port" /healthz 'Origin: https://evil.example')" 200
is 'and no other page may read them' "$(field access-control-allow-origin)" ''
exec 3>&-
finish "$server"
serve --origin '*'
is '--origin *: any' "$(opens 'Origin: https://evil.example')" 101

# --- what is asked for
while read -r target expected why; do
	is "$target: $expected" "$(echo "$target" | by_hand others "$port" WEBSOCKET "$expected")" ''
	[ -z "$why" ] || like "$target: $why" "$(upgrade "$target" >/dev/null; body)" "$why"
done <<-'END'
	/nix 404 no record of this name
	/car_telemetry/player/20hz 101
	/6/3 101
	/* 101
	/player 101
	/lap_data/ 404 CAR is an index
	/session/player 404 have no car
	/car_telemetry/99 404 CAR is an index
	/car_telemetry/0hz 404 RATE is from
	/99 404 no packet of this id
	/lap_data,session 404 Several selectors stand behind
	/?select=lap_data,session 101
	/?select=player,session 101
	/?select= 400 no record of this name
	/?select=lap_data,, 400 no record of this name
	/session?select=lap_data 400 stands behind / only
	/app.js 404 no record
	/?select=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 101
	/?select=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 400 too many
END
is 'an unknown subprotocol: 400' "$(opens 'Sec-WebSocket-Protocol: chat')" 400
is 'no extension, not even compression' "$(timeout 20 python3 "$top/tests/ws.py" probe "$port" /session \
	'Sec-WebSocket-Extensions: permessage-deflate' head | grep -ci extensions)" 0
exec 3>&-
finish "$server"

# --- a token
echo 'sesame-0123456789' >token
serve --token-file token --www www
is 'no token: 401' "$(ask "$port" /)" 401
is 'it says how' "$(field www-authenticate)" Bearer
is 'no token: no health, but that it lives' "$(ask "$port" /healthz)" 200
for path in /app.js /fields.json /metrics /nothing; do
	is "$path without a token: 401" "$(ask "$port" "$path")" 401
done
is 'a header' "$(ask "$port" / 'Authorization: Bearer sesame-0123456789')" 200
is 'no cookie for it' "$(field set-cookie)" ''
is 'a query' "$(ask "$port" '/?token=sesame-0123456789')" 200
is 'a cookie for what comes next' "$(field set-cookie)" 'f1-token=sesame-0123456789; Path=/; HttpOnly; SameSite=Strict'
is 'the cookie' "$(ask "$port" /app.js 'Cookie: a=b; f1-token=sesame-0123456789; c=d')" 200
for wrong in sesame-012345678 sesame-01234567890 x '' sesame-0123456780 SESAME-0123456789 "$(head -c 600 /dev/zero | tr '\0' s)"; do
	printf '/?token=%s\n/\tAuthorization: Bearer %s\n/\tCookie: f1-token=%s\n/\tAuthorization: Basic %s\n' "$wrong" "$wrong" "$wrong" "$wrong"
done >tokens
is 'wrong tokens: 401' "$(by_hand others "$port" GET 401 <tokens)" ''
is 'and for WebSockets' "$(by_hand others "$port" WEBSOCKET 401 <tokens)" ''
is 'WebSocket without: 401' "$(opens)" 401
is 'WebSocket with a header' "$(opens 'Authorization: Bearer sesame-0123456789')" 101
is 'WebSocket with a cookie' "$(opens 'Cookie: f1-token=sesame-0123456789')" 101
is 'WebSocket with a query' "$(timeout 20 python3 "$top/tests/ws.py" probe "$port" '/?select=session&token=sesame-0123456789')" 101
exec 3>&-
finish "$server"
: >empty
printf 'bad token;\n' >bad
for file in empty bad nowhere; do
	run f1-ws -l 127.0.0.1:0 --token-file "$file" </dev/null >out 2>said
	is "--token-file $file: status 78" "$status" 78
done

# --- the limit of clients
serve --max-clients 2
client one "$port" /session
one=$pid
client two "$port" /session
two=$pid
is '--max-clients: the third is refused' "$(opens)" 503
is 'and HTTP is served' "$(ask "$port" /healthz)" 200
kill "$one"
finish "$one"
is_open() {
	[ "$(opens)" = 101 ]
}
ok 'a place that is free is given again' until_true is_open
exec 3>&-
finish "$two"
finish "$server"

# --- where it listens
run f1-ws -l 127.0.0.1:0 --cert token </dev/null >out 2>said
is '--cert alone: status 64' "$status" 64
for wrong in x 127.0.0.1 :x ::1:3001 127.0.0.1: 127.0.0.1:70000; do
	run f1-ws -l "$wrong" </dev/null >out 2>said
	is "-l $wrong: status 64" "$status" 64
done
serve
run f1-ws -l "127.0.0.1:$port" </dev/null >out 2>said.2
is 'a port that is taken: status 69' "$status" 69
like 'a port that is taken: words' "$(cat said.2)" "^f1-ws: listen on 127.0.0.1:$port: Address already in use\$"
exec 3>&-
finish "$server"
if python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null; then
	start f1-ws -l '[::1]:0' --linger </dev/null >out 2>said
	is '-l [::1]: IPv6' "$(python3 -c 'import socket, sys
s = socket.create_connection(("::1", int(sys.argv[1])))
s.sendall(b"GET /healthz HTTP/1.1\r\nHost: [::1]\r\n\r\n")
print(s.recv(100).split(b"\r\n")[0].decode())' "$ready")" 'HTTP/1.1 200 OK'
	stop "$pid"
	start f1-ws -l :0 --linger </dev/null >out 2>said
	is '-l :PORT: IPv4' "$(ask "$ready" /healthz)" 200
	is '-l :PORT: and IPv6' "$(python3 -c 'import socket, sys
print(socket.create_connection(("::1", int(sys.argv[1]))) and "there")' "$ready")" there
	stop "$pid"
else
	skip 'no IPv6 here' 3
fi

# --- TLS
if have openssl && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 1 -keyout key.pem -out cert.pem 2>openssl.err; then
	TLS=1
	export TLS
	serve --cert cert.pem --key key.pem --www www
	is 'TLS: 200' "$(ask "$port" /large.png)" 200
	body >got
	same 'TLS: a large file' got www/large.png
	client text "$port" '/*'
	text=$pid
	client bytes "$port" '/*' 'Sec-WebSocket-Protocol: f1.msgpack'
	bytes=$pid
	cat race.f1 >&3
	exec 3>&-
	finish "$text"
	finish "$bytes"
	finish "$server"
	f1-sim -y 2025 -c 3 -r 2 -l 1 --duration 2 | f1-decode --json >want
	same 'TLS: text' text.out want
	same 'TLS: binary' bytes.out race.f1
	is 'TLS: closed as going away' "$(tail -n 1 text.err)" 'closed 1001'
	serve --cert cert.pem --key key.pem
	unset TLS
	ask "$port" / >/dev/null
	ok 'TLS: plain HTTP is not answered' sh -c '! grep -q "200 OK" answer'
	TLS=1
	export TLS
	is 'TLS: HTTP/2 is not offered' "$(python3 - "$port" <<-'END'
		import socket, ssl, sys
		c = ssl.create_default_context()
		c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
		c.set_alpn_protocols(['h2', 'http/1.1'])
		print(c.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1])))).selected_alpn_protocol())
	END
	)" http/1.1
	exec 3>&-
	finish "$server"
	unset TLS
	# libwebsockets leaks a little when it does not begin
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	export ASAN_OPTIONS
	run f1-ws -l 127.0.0.1:0 --cert cert.pem --key token </dev/null >out 2>said
	is 'TLS: a key that is none: status 78' "$status" 78
	run f1-ws -l 127.0.0.1:0 --cert nowhere --key key.pem </dev/null >out 2>said
	is 'TLS: no certificate: status 78' "$status" 78
else
	skip 'no openssl here' 9
fi
done_testing
