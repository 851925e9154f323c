# forest.gp - a row per claim: the range claimed, what was found, the verdict in
# words.  SERIES are the rows, claim:verdict, from the top.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
ROW = 24; LEFT = 34 + 7 * longest(NSERIES); PW = 340; PH = ROW * (NSERIES + 0.6); KEY = 280
TOP = 56; BELOW = 50
WIDTH = LEFT + PW + KEY; HEIGHT = TOP + PH + BELOW + FOOT
verdict(i) = tail(word(SERIES, i))
name(i) = (class(i) < 3 ? 'A/A ' : '').series(i)

VERDICTS = 'A/A A/A-OFF HOLDS FAILS UNCLEAR SKIPPED'
array INK[6] = [0x000000, 0xD55E00, 0x0072B2, 0xD55E00, 0x777777, 0x777777]
array SHAPES[6] = [13, 12, 7, 5, 6, 6]
number(v) = sum [f = 1:6] (word(VERDICTS, f) eq v ? f : 0)
class(i) = number(verdict(i)) ? number(verdict(i)) : 6

LO = real(panel(1, 6)); HI = real(panel(1, 7))
SOME = ''; SURE = ''; BANDS = sum [i = 1:NSERIES] (class(i) > 2)
do for [i = 1:NSERIES] {
	BITS = int(substr(panel(1, 8), i, i))
	if (BITS & 1) { SOME = SOME.' '.i }
	if (BITS & 2) { SURE = SURE.' '.i }
}
y(r) = NSERIES + 1 - r
at(i) = column('row') == i ? y(i) : NaN
# on the edge itself a label may be a rounding error outside, and is not drawn
EDGE = HI * (1 - 1e-6)
low(x) = strlen(strcol('expect_lo')) && column('expect_lo') > LO ? column('expect_lo') : LO
high(x) = strlen(strcol('expect_hi')) ? column('expect_hi') : HI
# (A loop of no turns reads its data all the same, and complains of none.)
end(name) = words(SURE) ? column(name) : 1
banded(x) = BANDS && strcol('verdict')[1:3] eq 'A/A' ? NaN : y(column('row'))

do for [FMT in 'svg pdf png'] {
	load 'open.gp'
	unset key
	set lmargin at screen across(LEFT); set rmargin at screen across(LEFT + PW)
	set tmargin at screen down(TOP); set bmargin at screen down(TOP + PH)
	set label 1 TITLE at screen across(14),down(20) left noenhanced font ',14'
	set label 2 FOOTER at screen across(14),down(HEIGHT - FOOT + 20) left noenhanced \
		font ',8.5' tc rgb GREY
	set border 1 lc rgb 0x333333
	set xlabel 'left over right; a single value: over its bound' noenhanced
	set logscale x 2
	set xrange [LO:HI]; set yrange [0.2:NSERIES + 0.8]
	set xtics nomirror out scale 0.6 ()
	if (HI / LO <= 8) { set xtics add (0.125, 0.1875, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8) }
	# every second or third power, 1 among them, where there is no room for all
	STEP = 1 + (octave(HI) - octave(LO)) / 8
	if (HI / LO > 8) {
		do for [e = octave(LO):octave(HI)] {
			if (e % STEP == 0) { set xtics add (power(e) 2.0**e) }
		}
	}
	set ytics nomirror scale 0 noenhanced ()
	do for [i = 1:NSERIES] { set ytics add (name(i) y(i)) }
	set arrow 1 from 1,graph 0 to 1,graph 1 nohead dt (2,3) lw 1.2 lc rgb GREY back
	plot NaN notitle, \
		for [b = 1:BANDS > 0] DATA \
			using (low(0)):(banded(0)):(low(0)):(high(0)):(banded(0) - 0.32):(banded(0) + 0.32) \
			with boxxyerror fs solid noborder fc rgb 0xDCE6EE, \
		for [k = 1:words(SURE)] DATA \
			using (column('at')):(at(sure(k))):(end('at_lo')):(end('at_hi')) \
			with xerrorbars ls 1 lw 1.6 ps 0 lc rgb INK[class(sure(k))], \
		for [k = 1:words(SOME)] DATA using (column('at')):(at(some(k))) \
			with points ls 1 lw 1.6 lc rgb INK[class(some(k))] pt SHAPES[class(some(k))] ps 1, \
		for [i = 1:NSERIES] DATA using (EDGE):(at(i)):(verdict(i)) \
			with labels left offset 1.5,0 noenhanced tc rgb INK[class(i)], \
		for [i = 1:NSERIES] DATA using (EDGE):(at(i)):(strcol('text')) \
			with labels left offset 11.5,0 noenhanced
	set output
}
