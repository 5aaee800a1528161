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

# when a process began; another one may have its id by then
sub began {
	open my $stat, '<', "/proc/$test/stat" or return 0;
	return (split ' ', <$stat> =~ s/.*\) //r)[19];
}

my $began = began();
sleep $seconds;
exit if began() != $began;
print STDERR "$name: no end within $seconds seconds\n";
kill 'TERM', tree($test);
