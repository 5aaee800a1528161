#!/bin/sh
# scripts/jars: what Maven brings is what the list says, or there is nothing, and why not is told
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need mvn java

# with the cache that all tests share, which keeps Maven from being run twice at once; then with one of its own
run "$top/scripts/jars" "$top/scripts/kafka.jars" >out 2>err
is 'Kafka: status' "$status" 0 || note <err
cd "$(cat out)" && ls >"$tmp/got"
cd "$tmp" || exit
sed '/^#/d; s,.*/,,' "$top/scripts/kafka.jars" | sort >expected
same 'Kafka: the archives of the list, and no others' got expected

XDG_CACHE_HOME=$tmp/cache
export XDG_CACHE_HOME
grep jopt-simple "$top/scripts/kafka.jars" >one.jars
run "$top/scripts/jars" one.jars >out 2>err
is 'one: status' "$status" 0 || note <err
is 'one: it is there' "$(ls "$(cat out)")" "$(sed 's,.*/,,' one.jars)"
sed 's/^.\{8\}/01234567/' one.jars >other.jars
run "$top/scripts/jars" other.jars 2>err >out
is 'another sum: status' "$status" 65
like 'another sum: words' "$(cat err)" 'not what the list says'

# a mirror that cannot be reached
mkdir -p home/.m2
echo '<settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>http://127.0.0.1:1/</url></mirror></mirrors></settings>' >home/.m2/settings.xml
MAVEN_OPTS=-Duser.home=$tmp/home
export MAVEN_OPTS
run "$top/scripts/jars" other.jars 2>err >out
is 'no way to a repository: status' "$status" 69
like 'no way to a repository: words' "$(cat err)" 'Connection refused'
run "$top/scripts/jars" one.jars 2>err >out
is 'what is there already is not fetched' "$status $(cat err)" '0 '
is 'of what failed nothing is left' "$(ls cache/f1)" "$(basename "$(cat out)")"
done_testing
