#!/bin/sh
# f1-kafka: a broker with users and permissions: secrets of a file; who may not write ends at once, with dead letters
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
need f1-kafka f1-decode f1-sim
kafka_start num.partitions=3
# the third of its ports is for users
port=${F1_BROKERS##*:}
kafka_kill
kafka_again "listeners=CLIENT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),SECURE://127.0.0.1:$((port + 2))" \
	listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_PLAINTEXT \
	sasl.enabled.mechanisms=PLAIN \
	'listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_team="open sesame" user_guest="guest";' \
	authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer 'super.users=User:ANONYMOUS;User:team' || {
	ok 'a broker with users' false
	note <"$tmp/kafka/server.log"
	done_testing
}

f1-sim -y 2025 -c 4 -l 1 -r 1 | f1-decode >race.f1

# user NAME PASSWORD: its file
user() {
	cat <<-END
		bootstrap.servers=127.0.0.1:$((port + 2))
		security.protocol=sasl_plaintext
		sasl.mechanisms=PLAIN
		sasl.username=$1
		sasl.password=$2
	END
}
unset F1_BROKERS
user team 'open sesame' >team.conf
user guest guest >guest.conf
user guest wrong >wrong.conf

run timeout 60 f1-kafka -v -F team.conf -t open <race.f1 2>err
is 'a user who may: status' "$status" 0
like 'a user who may: all are delivered' "$(cat err)" ' \([1-9][0-9]* open\), 0 undelivered$'

run timeout 60 f1-kafka -v -F guest.conf -t closed --dead-letter dead.f1 <race.f1 2>err
is 'a user who may not: status' "$status" 75
# librdkafka gives this up for good, which it calls a fatal error
is 'a user who may not: said once' "$(grep -c 'idempotence PID .*Cluster authorization failed$' err)" 1 || note <err
same 'a user who may not: all are dead letters' dead.f1 race.f1
like 'a user who may not: counted' "$(cat err)" ' 0 delivered.* [1-9][0-9]* undelivered'

# a pipe that stays open, without a record, and with some
rm -f fifo
mkfifo fifo
exec 3<>fifo
background timeout 60 f1-kafka -v -F guest.conf -t closed <fifo 2>err
finish "$pid"
is 'a user who may not, and no record yet: it does not wait for one' "$status" 69
like 'a user who may not, and no record yet: counted' "$(cat err)" '^f1-kafka: 0 records'
head -c 30000 race.f1 >&3
background timeout 60 f1-kafka -F guest.conf -t closed <fifo 2>err
finish "$pid"
# 69 if the answer was there before they were read
like 'a user who may not, and some records: it does not wait for more' "$status" '^(69|75)$'
exec 3>&-

rm fifo
mkfifo fifo
exec 4<>fifo
background timeout 60 f1-kafka -F wrong.conf -t open --drain-timeout 0 --dead-letter wrong.f1 <fifo 2>err
exec 3>fifo 4<&-
cat race.f1 >&3
ok 'a wrong password: said' until_true grep -q '[Aa]uthentication failed' err
exec 3>&-
finish "$pid"
is 'a wrong password: status' "$status" 75
same 'a wrong password: all are dead letters' wrong.f1 race.f1
is 'a wrong password: it is not shown' "$(grep -c 'wrong$' err)" 0
done_testing
