# scaling.gp - the body of every figure with a panel per workload and a series per
# strategy.  Before it: style.gp, then Y, the column drawn, label(p), its axis,
# and whatever else of style.gp's last paragraph is different.
if (KIND ne 'lines' && KIND ne 'dots' && KIND ne 'names') { print 'unknown kind'; exit status 2 }
do for [FMT in 'svg pdf png'] {
	load 'open.gp'
	set multiplot
	load 'page.gp'
	do for [p = 1:NPANELS] {
		load 'panel.gp'
		if (KIND eq 'lines') { load 'lines.gp' } else { load 'dots.gp' }
	}
	unset multiplot
	set output
}
