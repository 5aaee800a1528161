#!/usr/bin/perl
# limit: ends a test that hangs, and all that it waits for; tests/lib.sh starts it
# usage: limit.pl SECONDS PID NAME
# SPDX-License-Identifier: MIT
use strict;
use warnings;

my ($seconds, $test, $name) = @ARGV;

sub tree {
	my ($pid) = @_;
	open my $children, '<', "/proc/$pid/task/$pid/children" or return $pid;
	return $pid, map { tree($_) } split ' ', <$children> // '';
}

sleep $seconds;
print STDERR "$name: no end within $seconds seconds\n";
kill 'TERM', tree($test);
