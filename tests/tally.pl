#!/usr/bin/perl
# tally.pl 'TEST [ARG...]'... - run each as prove does, and close with the totals.
use strict;
use warnings;
use TAP::Harness;

my $harness = TAP::Harness->new({
	exec => sub { [split ' ', $_[1]] },
	verbosity => $ENV{V} ? 1 : 0,
	timer => 1,
	color => 0,
	failures => 1,
	# four lanes, of which each waits a good part of its time: most of the bugs; the
	# others; the sanitizers and the contract; and all the rest
	jobs => 4,
	rules => { par => [
		'tests/mutations/mutations.t strategies*',
		'tests/mutations/mutations.t analysis*',
		{ seq => ['tests/sanitizers.t', 'build/tests/strategies/test_contract'] },
		{ seq => '**' },
	] },
});
# what a test says behind a "not ok" is said again at the end
my (%failed, %why);
$harness->callback(made_parser => sub {
	my ($parser, $job) = @_;
	my $name = $job->[1];
	$parser->callback(test => sub {
		$failed{$name} = !$_[0]->is_ok;
		push @{$why{$name}}, $_[0]->as_string if $failed{$name};
	});
	$parser->callback(comment => sub {
		push @{$why{$name}}, $_[0]->as_string if $failed{$name};
	});
});
my $all = $harness->runtests(@ARGV);
print join("\n", "$_:", @{$why{$_}}), "\n" for sort keys %why;
my $broken = grep { $_->has_problems && !$_->failed } $all->parsers;
my $failed = $all->failed + $broken;
printf "%d passed, %d failed\n", scalar $all->passed, $failed;
exit($failed || $all->has_errors ? 1 : 0);
