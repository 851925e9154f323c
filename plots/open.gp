# open.gp - begin a page of WIDTH x HEIGHT pixels in the format FMT.  A PDF of 900
# pixels is 17.5 cm wide, the text of a paper; a PNG has two pixels for each.
if (FMT eq 'svg') {
	set terminal svg size WIDTH,HEIGHT font 'sans-serif,12' background rgb 'white'
}
if (FMT eq 'pdf') {
	PT = 0.551 / 72
	set terminal pdfcairo size WIDTH * PT,HEIGHT * PT \
		font 'sans,12' fontscale 0.38 linewidth 0.9 pointscale 0.65
}
if (FMT eq 'png') {
	set terminal pngcairo size 2 * WIDTH,2 * HEIGHT \
		font 'sans,12' fontscale 1.5 linewidth 2 pointscale 2
}
set output OUT.'.'.FMT
