#!/usr/bin/perl
# marks.pl NAME - read the picture NAME.svg as people do: who by colour and shape in
# the key, what by the tics and the unit of the axis.  It must show what NAME.csv
# holds, mark by mark and bar by bar, and nothing else.  Says what is wrong.
use strict;
use warnings;

# what each kind draws: mark, ends of the bar, second mark; what it is compared with
my %KINDS = (
	speedup => ['speedup', 'speedup_lo', 'speedup_hi', '', sub { $_[0] }],
	efficiency => ['efficiency', 'efficiency_lo', 'efficiency_hi', '', sub { 1 }],
	time => ['wall_ns', 'wall_lo', 'wall_hi', ''],
	cpu => ['cpu_ns_per_unit', '', '', 'server_cpu_ns_per_unit'],
	latency => ['p50_ns', 'p50_ns', 'p99_ns', 'p90_ns'],
	spawn => ['spawn_ns', '', '', 'join_ns'],
	drift => ['percent', '', '', 'disturbed', sub { 0 }],
);
my %UNITS = (ns => 1, "\xc2\xb5s" => 1e3, ms => 1e6, s => 1e9);
my ($GREY, $PALE, $NEAR) = ('rgb(119,119,119)', 'rgb(241,241,241)', 0.2);	# pixels
my ($name) = @ARGV;
my ($kind) = $name =~ /-(\w+)$/;
$kind = 'speedup' if $kind eq 'multiprocessing';
my $bad = 0;
sub wrong { print "$name: @_\n"; $bad = 1 }
sub near { abs($_[0] - $_[1]) <= ($_[2] // $NEAR) }
sub slurp { local $/; open my $f, '<', $_[0] or die "$_[0]: $!\n"; <$f> }

my ($head, @lines) = split /\n/, slurp("$name.csv");
my @columns = split /,/, $head;
my @rows = map { my %r; @r{@columns} = split /,/, $_, -1; \%r } @lines;

# --- what is in the picture, in its order ---
my @seen;
sub see { my %thing = @_; $thing{ink} =~ s/ //g if $thing{ink}; push @seen, \%thing }
# an end of a bar is a stroke of 9 pixels across it, and two of them a bar; whatever
# else is in a path is a line
sub path {
	my ($ink, $d, @ends, @line) = @_;
	for (split /(?=M)/, $d) {
		my @at = map { [split /,/] } /([\d.]+,[\d.]+)/g;
		push @line, @at if @at > 1;
		next if @at != 2;
		my ($w, $h) = map { abs($at[1][$_] - $at[0][$_]) } 0, 1;
		($w, $h) = ($h, $w) if $kind eq 'forest';	# where bars lie
		next unless near($w, 9, 0.02) && $h < 0.02;
		push @ends, [map { ($at[0][$_] + $at[1][$_]) / 2 } 0, 1];
	}
	return see(is => 'line', ink => $ink, at => \@line) if !@ends || @ends % 2;
	while (my ($a, $b) = splice @ends, 0, 2) {
		see(is => 'bar', ink => $ink, x => $a->[0], y => $a->[1], to => $b);
	}
}
my $N = '(-?[\d.]+)';
my $picture = slurp("$name.svg");
$picture =~ s/<tspan[^>]*>|<\/tspan>//g;
while ($picture =~ m{
	<path\ stroke='rgb\(\ 51,[^']*'\s+d='M$N,$N\ L$N,$N\s+'/>\s*
		<g\ transform="[^>]*>\s*<text>\s*([^<]*)</text>(?:\s*</g>\s*<g\ [^>]*>\s*<text>([^<]*)</text>)? |
	<path\ stroke='rgb\(\ 51,[^']*'\s+d='M$N,$N\ [ML]\S+\ L$N,$N\ M\S+\ M\S+\s+' |
	<g\ transform="translate\($N,$N\)[^>]*fill="([^"]*)"[^>]*>\s*<text>([^<]*)</text> |
	xlink:href='\#gpPt(\d+)'\ transform='translate\($N,$N\)\ scale\($N\)'\ color='([^']*)' |
	<path\ stroke='([^']*)'\s*(?:stroke-dasharray='[^']*')?\s+d='([^']*)' |
	<polygon\ fill\ =\ '([^']*)'\ points\ =\ '$N,$N\ $N,$N\ $N,$N
}gx) {
	if (defined $5) { see(is => 'tic', x => $1, y => $2, up => near($1, $3), says => $5, below => $6) }
	elsif (defined $7) { see(is => 'frame', x => $7, right => $9) }
	elsif (defined $14) { see(is => 'text', x => $11, y => $12, ink => $13, says => $14) }
	elsif (defined $15) { see(is => 'mark', shape => $15, x => $16, y => $17, ink => $19) if $18 > 0 && $19 !~ /#/ }
	elsif (defined $20) { path($20, $21) }
	else { see(is => 'box', ink => $22, x => $23, y => $24, right => $25, top => $28) }
}

# --- from a value to its place ---
# by tics [value, pixel]: even, or even in the logarithm, as all but blocks are that
# do not begin at 0
sub axis {
	my ($what, @tics) = @_;
	@tics = sort { $a->[0] <=> $b->[0] } map { [$_->[0] =~ m{^1/(.*)} ? 1 / $1 : $_->[0], $_->[1]] } @tics;
	for my $scale (sub { $_[0] }, sub { log $_[0] }) {
		last if @tics < 2 || ($tics[0][0] <= 0 && $scale->(1) == 0);
		my ($v, $w) = map { $scale->($_->[0]) } @tics[0, -1];
		my $per = ($tics[-1][1] - $tics[0][1]) / ($w - $v);
		my $at = sub { $tics[0][1] + ($scale->($_[0]) - $v) * $per };
		next if grep { !near($at->($_->[0]), $_->[1]) } @tics;
		wrong("$what: is not logarithmic") if $scale->(1) && @tics > 2 && $tics[0][0] > 0 && $what !~ /block$/;
		return $at;
	}
	wrong("$what: cannot be read off these tics");
	return sub { -1 };
}
# take what is like this out of a list; whether it was there
sub take {
	my ($list, $like) = @_;
	my ($i) = grep { local $_ = $list->[$_]; $like->() } 0 .. $#$list;
	splice @$list, $i, 1 if defined $i;
	return defined $i;
}
sub of { my $is = shift; grep { $_->{is} eq $is } @_ }
sub nothing_left { my $what = shift; wrong("$what: a $_->{is} of nothing at $_->{x},$_->{y}") for @_ }

# --- a chart: a key, and panels of which each begins with its tics ---
my %key;
# where on its x axis what has this place is: by number, or from the left
sub across {
	my ($title, @tics) = @_;
	return sub { $tics[$_[0]{x} - 1]{x} } if $rows[0]{x} && grep { $_->{below} || $_->{says} =~ /\D/ } @tics;
	return sub { $tics[$_[0]{x} - 1]{x} } if $rows[0]{x} && grep { $_->{x} ne $_->{workers} } @rows;
	return sub { $tics[0]{x} } if @tics == 1;
	my $at = axis($title.($rows[0]{x} ? ', across' : ', block'), map { [$_->{says}, $_->{x}] } @tics);
	return sub { $at->($_[0]{x} // $_[0]{block}) };
}
# what is written below a mark is where it was measured
sub check_place {
	my ($says, $r, $tic) = @_;
	my $over = join ' ', grep { length } @$tic{'says', 'below'};
	wrong("$says: over '$over'") unless
		grep { $over eq $_ } $r->{workers}, map { "$_ $r->{workers}" } @$r{'placement', 'strategy'};
}
sub check_panel {
	my ($title, $scale, $tics, $frame, $all) = @_;
	my ($y, $low, $high, $second, $ideal) = @{$KINDS{$kind}};
	my @below = grep { $_->{up} } @$tics;
	my $up = axis("$title, up", map { [@$_{'says', 'y'}] } grep { !$_->{up} } @$tics);
	my $across = across($title, @below);
	my $gap = @below > 1 ? $below[1]{x} - $below[0]{x} : $frame->{right} - $frame->{x};
	my @marks = of('mark', @$all);
	my @bars = of('bar', @$all);
	for my $r (grep { $_->{workload} eq $title } @rows) {
		my $says = join ' ', map { $r->{$_} } @columns;
		my $k = $key{$r->{series} // $r->{strategy}};
		my $x = $across->($r);
		wrong("$says: not in the key"), next unless $k;
		my ($tic) = grep { near($_->{x}, $x, 0.02) } @below;
		wrong("$says: nothing written below"), next unless $tic;
		check_place($says, $r, $tic) if $r->{placement};
		# beside each other, so that they can be told apart, but not far
		my $here = sub { $_->{ink} eq $k->{ink} && near($_->{x}, $x, 0.4 * $gap) };
		my $at = sub { $up->($r->{$_[0]} / $scale) };
		for ([$y, $k], [$second, $key{EXTRA}]) {
			my ($column, $like) = @$_;
			next if !$column || $r->{$column} eq '';
			wrong("$says: no mark for $column") unless take(\@marks, sub {
				$here->() && $_->{shape} == $like->{shape} && near($_->{y}, $at->($column)) });
		}
		next if !$low || $r->{$low} eq '' || $r->{$high} eq '';
		wrong("$says: no bar from $low to $high") unless take(\@bars, sub {
			$here->() && near($_->{y}, $at->($low)) && near($_->{to}[1], $at->($high)) });
	}
	nothing_left($title, @marks, @bars);
	for my $line (of('line', @$all)) {
		next if $line->{ink} eq 'rgb(187,187,187)';	# between groups
		check_ideal($title, $line->{at}, $up, $ideal, @below), next if $line->{ink} eq $GREY && $ideal;
		my @points = grep { $_->{ink} eq $line->{ink} } of('mark', @$all);
		for my $p (@{$line->{at}}) {
			wrong("$title: a line by $p->[0],$p->[1]") unless
				grep { near($_->{x}, $p->[0]) && near($_->{y}, $p->[1]) } @points;
		}
	}
}
# the line to compare with, over every tic that it reaches
sub check_ideal {
	my ($title, $line, $up, $ideal, @tics) = @_;
	my $over = 0;
	for my $tic (@tics) {
		my ($i) = grep { $line->[$_ - 1][0] <= $tic->{x} && $tic->{x} <= $line->[$_][0] } 1 .. $#$line;
		next unless $i;
		my ($p, $q) = @$line[$i - 1, $i];
		my $y = $p->[1] + ($q->[1] - $p->[1]) * ($tic->{x} - $p->[0]) / ($q->[0] - $p->[0] || 1);
		wrong("$title: the line to compare with, at $tic->{says}") unless near($y, $up->($ideal->($tic->{says})), 1);
		$over++;
	}
	wrong("$title: the line to compare with is not there") unless $over;
}
# what is shaded is where there are more workers than CPUs
sub check_zone {
	my ($title, $cpus, $zone, @tics) = @_;
	return wrong("$title: shaded or not") if !defined $cpus != !$zone;
	for (grep { $zone } @tics) {
		wrong("$title: $_->{says} workers and $cpus CPUs") if $_->{x} > $zone->{x} != ($_->{below} || $_->{says}) > $cpus;
	}
}
sub check_chart {
	my ($scale, $cpus, $zone, $entry, @panels) = 1;
	my ($first) = grep { $seen[$_]{is} eq 'tic' } 0 .. $#seen;
	for (@seen[0 .. $first - 1]) {
		$entry = $_->{says} if $_->{is} eq 'text';
		$cpus = $1 if $_->{is} eq 'text' && $_->{says} =~ /^workers > (\d+) CPU/;
		$key{$_->{ink} eq $GREY && $KINDS{$kind}[3] ? 'EXTRA' : $entry} = $_ if $_->{is} eq 'mark';
	}
	for (@seen) {
		$zone = $_ if $_->{is} eq 'box' && $_->{ink} eq $PALE;
		push @panels, { zone => $zone } and undef $zone if $_->{is} eq 'tic' && (!@panels || $panels[-1]{frame});
		$panels[-1]{frame} = $_ if @panels && $_->{is} eq 'frame';
		push @{$panels[-1]{$_->{is} eq 'tic' ? 'tics' : 'all'}}, $_ if @panels;
	}
	my %alike = map { ("$_->{ink} $_->{shape}" => 1) } values %key;
	wrong('two of the key look alike') if keys %alike != keys %key;
	my %titles = map { $_->{workload} => 1 } @rows;
	wrong(@panels . ' panels of ' . keys %titles) if @panels != keys %titles;
	for my $p (@panels) {
		my @texts = map { $_->{says} } of('text', @{$p->{all}});
		my ($title) = $texts[-1] =~ /^(\S+)/;
		$scale = $UNITS{$1} if $texts[0] =~ /, (\S+)$/ && $UNITS{$1};
		wrong("no data for a panel $title") unless $titles{$title};
		check_panel($title, $scale, $p->{tics}, $p->{frame}, $p->{all});
		check_zone($title, $cpus, $p->{zone}, grep { $_->{up} } @{$p->{tics}});
	}
}

# --- a forest: a row for each, in the ink of its verdict ---
sub check_forest {
	my @texts = of('text', @seen);
	my ($frame) = of('frame', @seen);
	my @tics = grep { $_->{up} } of('tic', @seen);
	my $across = axis('across', map { [@$_{'says', 'x'}] } @tics);
	my @marks = of('mark', @seen);
	my @bars = of('bar', @seen);
	my @bands = of('box', @seen);
	my %shape;
	my %inks = (HOLDS => 'rgb(0,114,178)', FAILS => 'rgb(213,94,0)');
	wrong('no line at 1') unless grep { $_->{ink} eq $GREY && near($_->{at}[0][0], $across->(1)) } of('line', @seen);
	@bands = grep { $_->{ink} eq 'rgb(220,230,238)' } @bands;
	for my $r (@rows) {
		my ($says, $v) = @$r{'claim', 'verdict'};
		my ($label) = grep { $_->{says} =~ /^(A\/A )?\Q$says\E$/ && !$1 == ($v !~ /^A/) } @texts;
		wrong("$says: no row"), next unless $label;
		my $level = sub { near($_->{y}, $label->{y}, 0.02) };
		my ($verdict) = grep { $level->() && $_->{says} eq $v } @texts;
		wrong("$says: not $v"), next unless $verdict;
		wrong("$says: $v in another ink") if $inks{$v} && $verdict->{ink} ne $inks{$v};
		wrong("$says: not $r->{text}") unless grep { $level->() && $_->{says} eq $r->{text} } @texts;
		my $y = $label->{y} - 3.9;
		my $here = sub { near($_->{y}, $y) && $_->{ink} eq $verdict->{ink} };
		my $in = sub { $_[0] >= $frame->{x} - $NEAR && $_[0] <= $frame->{right} + $NEAR };
		my $at = sub { $across->($r->{$_[0]}) };
		wrong("$says: no mark") if $r->{at} ne '' && $in->($at->('at')) && !take(\@marks, sub {
			$here->() && near($_->{x}, $at->('at')) && ($shape{$v} //= $_->{shape}) eq $_->{shape} });
		wrong("$says: no bar") if $r->{at_lo} ne '' && $in->($at->('at_lo')) && $in->($at->('at_hi')) &&
			!take(\@bars, sub { $here->() && near($_->{x}, $at->('at_lo')) && near($_->{to}[0], $at->('at_hi')) });
		my $edge = sub { my $x = $r->{$_[0]} ? $at->($_[0]) : $_[1]; $x < $frame->{x} ? $frame->{x} : $x > $frame->{right} ? $frame->{right} : $x };
		wrong("$says: no band") if $v !~ /^A/ && !take(\@bands, sub {
			near(($_->{y} + $_->{top}) / 2, $y) && near($_->{x}, $edge->('expect_lo', $frame->{x})) &&
			near($_->{right}, $edge->('expect_hi', $frame->{right})) });
	}
	nothing_left('forest', @marks, @bands);
	wrong('what holds and what fails look alike') if $shape{HOLDS} && ($shape{FAILS} // '') eq $shape{HOLDS};
}

$kind eq 'forest' ? check_forest() : check_chart();
exit $bad;
