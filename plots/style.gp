# style.gp - what every figure shares: how it is called, the palette, the page.
#
# cd plots && gnuplot -d -c ./KIND.gp DATA OUT SERIES PANELS TICS SHAPE TITLE FOOTER
#   DATA    the figure's own table, a path that starts with /
#   OUT     OUT.svg, OUT.pdf and OUT.png are written; starts with / too
#   SERIES  words label:strategy, in the order of the key
#   PANELS  words label:bound:unit:scale:log:ymin:ymax:mask:loop, in reading order;
#           mask: a digit per series, 1 it has values, 2 intervals, 4 extras;
#           loop: closed, or open where requests have their hour
#   TICS    words, one per place on the x axis: workers, or above:below
#   SHAPE   start:cpus:kind: where the oversubscribed zone starts (0: nowhere),
#           CPUs, and lines, dots or names
# Names come from people: they are only compared, or printed noenhanced.
if (ARGC != 8) { print 'usage: see plots/style.gp'; exit status 2 }
DATA = ARG1; OUT = ARG2; SERIES = ARG3; PANELS = ARG4
TICS = ARG5; SHAPE = ARG6; TITLE = ARG7; FOOTER = ARG8

set encoding utf8
set datafile separator comma
set datafile columnheaders

# Field n of a word whose fields are separated by colons.
tail(s) = (COLON = strstrt(s, ':'), COLON ? s[COLON + 1:*] : '')
head(s) = (COLON = strstrt(s, ':'), COLON ? s[1:COLON - 1] : s)
field(s, n) = n == 1 ? head(s) : field(tail(s), n - 1)
series(i) = head(word(SERIES, i))
panel(p, n) = field(word(PANELS, p), n)
NSERIES = words(SERIES); NPANELS = words(PANELS); NTICS = words(TICS)
START = real(head(SHAPE)); CPUS = field(SHAPE, 2); KIND = field(SHAPE, 3)

# One colour, marker and dash per strategy, the same in every figure.  The first
# eight colours are CIE76 23 or more apart in normal, protan, deutan and tritan
# sight, and have 3:1 contrast on white.  A strategy that is not here takes after
# the one its name starts with; what shares a strategy is told apart by shades.
FAMILIES = 'single gil global fine openmp fork pool async async-epoll async-uring'
OTHER = 11
array COLOUR[11] = [0x000000, 0xDA7E0B, 0xC51B50, 0x4C12FC, 0x00A38B, 0xBF75ED, \
	0x00558B, 0x633604, 0xA0522D, 0xA08A00, 0x666666]
array MARKER[11] = [7, 5, 15, 9, 13, 11, 10, 3, 1, 2, 6]
set style line 1 dt solid
set style line 2 dt solid
set style line 3 dt (10,3,3,3)
set style line 4 dt (9,4)
set style line 5 dt (4,3)
set style line 6 dt (14,3)
set style line 7 dt (14,3,3,3,3,3)
set style line 8 dt (2,4)
set style line 9 dt (5,2,2,2)
set style line 10 dt (7,2,2,2)
set style line 11 dt (6,3,1,3)

found(name) = sum [f = 1:words(FAMILIES)] (word(FAMILIES, f) eq name ? f : 0)
begins(s, name) = strlen(s) > strlen(name) && s[1:strlen(name)] eq name
kin(name) = sum [f = 1:8] (begins(name, word(FAMILIES, f)) ? f : 0)
family(name) = found(name) ? found(name) : kin(name) ? kin(name) : OTHER
array FAMILY[NSERIES]
array VARIANT[NSERIES]
do for [i = 1:NSERIES] {
	FAMILY[i] = family(tail(word(SERIES, i)))
	VARIANT[i] = found(tail(word(SERIES, i))) || FAMILY[i] == OTHER ? 0 : 1
	do for [j = 1:i - 1] { if (FAMILY[j] == FAMILY[i]) { VARIANT[i] = VARIANT[j] + 1 } }
}
# Variants of a dark colour are lighter, those of a light one darker.
TONES = '0 0.32 0.5 0.64'
byte(c, n) = (c >> n) & 255
light(c) = 0.3 * byte(c, 16) + 0.59 * byte(c, 8) + 0.11 * byte(c, 0) > 100
tone(i) = real(word(TONES, VARIANT[i] % 4 + 1))
mix(b, t, l) = int(l ? b * (1 - t) : b + (255 - b) * t)
shade(c, t, l) = mix(byte(c, 16), t, l) * 65536 + mix(byte(c, 8), t, l) * 256 + \
	mix(byte(c, 0), t, l)
colour(i) = shade(COLOUR[FAMILY[i]], tone(i), light(COLOUR[FAMILY[i]]))
MARKERS = '4 6 8 12 14 1 2'
marker(i) = VARIANT[i] ? int(word(MARKERS, (VARIANT[i] - 1) % 7 + 1)) : MARKER[FAMILY[i]]
dash(i) = FAMILY[i]

# The page, in pixels of the SVG: panels in a grid, the key to their right.
GREY = 0x777777; PALE = 0xF1F1F1
LEFT = 74; TOP = 46; HEAD = 26; BELOW = strlen(tail(word(TICS, 1))) ? 66 : 54; FOOT = 62
PW = NPANELS == 1 ? 470 : NPANELS == 2 ? 320 : 270
PH = NPANELS == 1 ? 330 : NPANELS == 2 ? 300 : 260
if (KIND ne 'lines' && KIND ne 'forest' && PW < 56 * NTICS) { PW = 56 * NTICS }
COLUMNS = PW > 470 ? 1 : PW > 320 || NPANELS == 4 ? 2 : 3
if (COLUMNS > NPANELS) { COLUMNS = NPANELS }
if (COLUMNS == 1 && NPANELS > 1) { PH = 220 }
ROWS = (NPANELS + COLUMNS - 1) / COLUMNS
longer(a, b) = a > b ? a : b
longest(n) = n ? longer(longest(n - 1), strlen(series(n))) : 14
KEY = 72 + 7 * longest(NSERIES)
WIDTH = COLUMNS * (LEFT + PW) + KEY + 16
HEIGHT = TOP + ROWS * (HEAD + PH + BELOW) + FOOT
across(px) = px / (1.0 * WIDTH)
down(px) = 1 - px / (1.0 * HEIGHT)

# What the fields of a panel's word mean.
kind(b) = b eq 'cpu' ? ' (CPU-bound)' : b eq 'io' ? ' (I/O-bound)' : \
	b eq 'memory' ? ' (memory-bound)' : b eq 'mixed' ? ' (CPU and I/O)' : ''
unit(p) = (SCALE = panel(p, 4), SCALE eq 'us' ? 1e3 : SCALE eq 'ms' ? 1e6 : \
	SCALE eq 's' ? 1e9 : 1.0)
shown(p) = panel(p, 4) eq 'us' ? 'µs' : panel(p, 4)
here(i) = strcol('workload') eq panel(p, 1) && strcol(NAME) eq series(i)
of(name) = column(name) / unit(p)
# a bar without an end would be a stroke at the edge
ended(i) = strlen(LOW) && strlen(strcol(LOW)) && strlen(strcol(HIGH)) ? at(i) : NaN

# Powers of 2: the exponent nearest to x, and 2 to the e as people write it.
octave(x) = int(floor(log(x) / log(2) + 0.5))
power(e) = e < -3 ? sprintf('1/%d', 2**(-e)) : sprintf('%g', 2.0**e)

# Has any panel a second value to show?
second(p) = p && (second(p - 1) || \
	sum [i = 1:NSERIES] (int(substr(panel(p, 8), i, i)) & 4))

# What a script may set otherwise: the columns of names, of x, of a second value
# and of the interval; names in the key for the second value and a line to
# compare with, and that line.
NAME = 'strategy'; X = 'workers'; XLOG = 2; XLABEL = 'workers (tasks in flight)'
Z = ''; EXTRA = ''; ZMARK = 6; ZSIZE = 0.8; LOW = ''; HIGH = ''
IDEAL = ''; ideal(x) = NaN

# (A loop of no turns is still parsed as if it had one.)
pick(list, k) = k > words(list) ? 1 : int(word(list, k))
some(k) = pick(SOME, k)
sure(k) = pick(SURE, k)
two(k) = pick(TWO, k)
