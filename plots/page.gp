# page.gp - title, key and footer; the panels are drawn over it.
set lmargin at screen 0; set rmargin at screen 1
set tmargin at screen 1; set bmargin at screen 0
unset border; unset tics; unset xlabel; unset ylabel; unset title; unset object
unset arrow; unset logscale
set label 1 TITLE at screen across(14),down(20) left noenhanced \
	font ',14' front
set label 2 FOOTER at screen across(14),down(HEIGHT - FOOT + 20) left noenhanced \
	font ',8.5' tc rgb GREY front
set key at screen across(WIDTH - KEY),down(TOP + HEAD - 8) left top \
	Left reverse vertical noenhanced samplen 3.4 spacing 1.25 noautotitle
plot [0:1] [0:1] 2, \
	for [i = 1:NSERIES * (KIND eq 'lines')] keyentry with linespoints ls dash(i) lw 1.6 \
		lc rgb colour(i) pt marker(i) title series(i), \
	for [i = 1:NSERIES * (KIND ne 'lines')] keyentry with points lw 1.4 \
		lc rgb colour(i) pt marker(i) title series(i), \
	for [i = 1:strlen(IDEAL) > 0] keyentry with lines dt (2,3) lw 1.2 lc rgb GREY title IDEAL, \
	for [i = 1:second(NPANELS)] keyentry with points pt ZMARK lw 1.2 lc rgb GREY title EXTRA, \
	for [i = 1:START > 0] keyentry with boxes fs solid noborder fc rgb 0xDDDDDD \
		title 'workers > '.CPUS.(CPUS eq '1' ? ' CPU' : ' CPUs')
unset label 1; unset label 2; unset key
