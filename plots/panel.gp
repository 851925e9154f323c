# panel.gp - the frame of panel p: its place, its title, its y axis.
CX = (p - 1) % COLUMNS; CY = (p - 1) / COLUMNS
set lmargin at screen across(CX * (LEFT + PW) + LEFT)
set rmargin at screen across((CX + 1) * (LEFT + PW))
set tmargin at screen down(TOP + HEAD + CY * (HEAD + PH + BELOW))
set bmargin at screen down(TOP + HEAD + PH + CY * (HEAD + PH + BELOW))
set border 3 lc rgb 0x333333
set tics nomirror out scale 0.6 tc rgb 0x000000
set title panel(p, 1).kind(panel(p, 2)) noenhanced offset 0,-0.6
set ylabel (CX == 0 || panel(p, 4) ne '1') ? label(p) : '' noenhanced offset 1,0
set xlabel XLABEL noenhanced
set xtics nomirror ()
set grid y lt 1 lw 0.6 lc rgb 0xDDDDDD
unset object 1; unset arrow; unset logscale

LOG = int(panel(p, 5)); LO = panel(p, 6) / unit(p); HI = panel(p, 7) / unit(p)
set yrange [LO:HI]
set ytics nomirror autofreq
if (LOG) { set logscale y LOG }
if (LOG == 2 && LO >= 0.1 && HI / LO <= 8) {
	set ytics nomirror (0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8)
}
if (LOG == 2 && LO < 0.1) {
	set ytics nomirror ()
	do for [e = octave(LO):octave(HI)] { set ytics add (power(e) 2.0**e) }
}
if (LOG == 10 && HI / LO <= 2000) {
	set ytics nomirror ()
	STEPS = HI / LO <= 12 ? '1 1.2 1.5 2 3 4 5 6 8' : '1 2 5'
	do for [e = -3:9] { do for [t in STEPS] { set ytics add (t * 10.0**e) } }
}
if (START > 0) {
	set object 1 rectangle from START,graph 0 to graph 1,graph 1 \
		fc rgb PALE fs solid noborder behind
}

# The series that have a value here, an interval, a second value.
SOME = ''; SURE = ''; TWO = ''
do for [i = 1:NSERIES] {
	BITS = int(substr(panel(p, 8), i, i))
	if (BITS & 1) { SOME = SOME.' '.i }
	if (BITS & 2) { SURE = SURE.' '.i }
	if (BITS & 4) { TWO = TWO.' '.i }
}
