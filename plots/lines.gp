# lines.gp - the marks of panel p over an ordered x axis, joined by lines; side by
# side by some per cent, so that equal ones can be told apart.
if (XLOG) {
	set logscale x XLOG
	set xrange [word(TICS, 1) / 1.25:word(TICS, NTICS) * 1.25]
	at(i) = here(i) ? column(X) * (1 + 0.014 * (i - (NSERIES + 1) / 2.0)) : NaN
} else {
	set xrange [word(TICS, 1) - 0.5:word(TICS, NTICS) + 0.5]
	at(i) = here(i) ? column(X) : NaN
}
do for [t = 1:NTICS] { set xtics add (word(TICS, t) int(word(TICS, t))) }
plot ideal(x) with lines dt (2,3) lw 1.2 lc rgb GREY, \
	for [k = 1:words(SURE)] DATA using (ended(sure(k))):(of(Y)):(of(LOW)):(of(HIGH)) \
		with yerrorbars ls 1 lw 1.2 ps 0 lc rgb colour(sure(k)), \
	for [k = 1:words(SOME)] DATA using (at(some(k))):(of(Y)) \
		with linespoints ls dash(some(k)) lw 1.6 lc rgb colour(some(k)) pt marker(some(k)) ps 0.8, \
	for [k = 1:words(TWO)] DATA using (at(two(k))):(of(Z)) \
		with points ls 1 lw 1.2 lc rgb colour(two(k)) pt ZMARK ps ZSIZE
