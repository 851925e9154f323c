# dots.gp - the marks of panel p in categories, which no line joins: they have no
# order.  A thin line parts one number of workers from the next.
DODGE = KIND eq 'names' ? 0 : 0.7 / NSERIES
set xrange [0.5:NTICS + 0.5]
# What tells the groups apart: what is below, or, where nothing is, the whole word.
group(t) = KIND eq 'names' ? '' : strstrt(word(TICS, t), ':') ? tail(word(TICS, t)) : word(TICS, t)
if (strlen(tail(word(TICS, 1)))) {
	set xlabel (KIND eq 'names' ? 'strategy' : 'placement').', workers' offset 0,-0.9
}
do for [t = 1:NTICS] {
	set xtics add (head(word(TICS, t))."\n".tail(word(TICS, t)) t)
	if (t > 1 && group(t) ne group(t - 1)) {
		set arrow t from t - 0.5,graph 0 to t - 0.5,graph 1 nohead lw 0.6 lc rgb 0xBBBBBB back
	}
}
at(i) = here(i) ? column('x') + DODGE * (i - (NSERIES + 1) / 2.0) : NaN
plot NaN, \
	for [k = 1:words(SURE)] DATA using (ended(sure(k))):(of(Y)):(of(LOW)):(of(HIGH)) \
		with yerrorbars ls 1 lw 1.4 ps 0 lc rgb colour(sure(k)), \
	for [k = 1:words(SOME)] DATA using (at(some(k))):(of(Y)) \
		with points ls 1 lw 1.4 lc rgb colour(some(k)) pt marker(some(k)) ps 0.9, \
	for [k = 1:words(TWO)] DATA using (at(two(k))):(of(Z)) \
		with points ls 1 lw 1.2 lc rgb colour(two(k)) pt ZMARK ps ZSIZE
