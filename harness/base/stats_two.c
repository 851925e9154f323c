#include <math.h>
#include <stdlib.h>

#include "base/stats_two.h"

static int finite_logs(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]) || x[i] <= 0)
			return 0;
	return 1;
}

/* All ln @b - ln @a, sorted; NULL when memory is out.  The caller frees them. */
static double *differences(const double *a, size_t n, const double *b, size_t m)
{
	double *d = malloc(n * m * sizeof *d);

	if (!d)
		return NULL;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			d[i * m + j] = log(b[j]) - log(a[i]);
	qsort(d, n * m, sizeof *d, stats_compare);
	return d;
}

/*
 * The null distribution of Mann and Whitney's U: [n * m + 1] chances, the
 * caller's to free, or NULL.  The largest of all samples belongs to a set in
 * proportion to its size, and then is above all of the other set or of none:
 * P(i, j, u) = (i P(i - 1, j, u - j) + j P(i, j - 1, u)) / (i + j).
 */
static double *mann_whitney(size_t n, size_t m)
{
	size_t wide = n * m + 1;
	double *all = calloc((m + 1) * wide, sizeof *all), *chance;

	if (!all)
		return NULL;
	for (size_t j = 0; j <= m; j++)
		all[j * wide] = 1;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++)
			for (size_t u = i * j + 1; u-- > 0;) {
				double *at = &all[j * wide + u];
				double above = u >= j ? at[-(ptrdiff_t)j] : 0;

				*at = ((double)i * above + (double)j * *(at - wide)) /
				      (double)(i + j);
			}
	chance = malloc(wide * sizeof *chance);
	for (size_t u = 0; chance && u < wide; u++)
		chance[u] = all[m * wide + u];
	free(all);
	return chance;
}

/* How many of sorted @d are at most @x, or less than it. */
static size_t at_most(const double *d, size_t n, double x)
{
	size_t k = 0;

	while (k < n && d[k] <= x)
		k++;
	return k;
}

static size_t less(const double *d, size_t n, double x)
{
	size_t k = 0;

	while (k < n && d[k] < x)
		k++;
	return k;
}

static double two_sided(const double *chance, size_t u)
{
	double tail = 0;

	for (size_t i = 0; i <= u; i++)
		tail += chance[i];
	return fmin(1, 2 * tail);
}

/* Both ends and p, from the sorted differences @d of @pairs. */
static void bound(struct shift *s, const double *d, size_t pairs, const double *chance)
{
	size_t k = 0, up = pairs - less(d, pairs, 0), down = at_most(d, pairs, 0);
	double tail = 0;

	while (2 * (tail + chance[k]) <= STATS_ALPHA)
		tail += chance[k++];
	s->ratio.lo = exp(d[k - 1]);
	s->ratio.hi = exp(d[pairs - k]);
	s->ratio.level = 1 - 2 * tail;
	s->p = two_sided(chance, up < down ? up : down);
}

struct shift stats_shift(const double *a, size_t n, const double *b, size_t m)
{
	struct shift s = { { NAN, NAN, NAN, NAN }, NAN };
	size_t pairs = n * m;
	double *d, *chance;

	if (!pairs || !finite_logs(a, n) || !finite_logs(b, m))
		return s;
	d = differences(a, n, b, m);
	chance = mann_whitney(n, m);
	if (d && chance)
		s.ratio.mid = exp((d[(pairs - 1) / 2] + d[pairs / 2]) / 2);
	if (d && chance && n >= STATS_FLOOR && m >= STATS_FLOOR)
		bound(&s, d, pairs, chance);
	free(chance);
	free(d);
	return s;
}

double stats_shift_least_p(size_t n, size_t m)
{
	double total = lgamma((double)(n + m) + 1) - lgamma((double)n + 1) -
		       lgamma((double)m + 1);

	return n && m ? fmin(1, 2 * exp(-total)) : NAN;
}

/* A value that the median of a resample can have, with its chance. */
struct atom {
	double x, chance;
};

/* The chance that at least @k of @n draws are among the first @i of @n. */
static double at_least(size_t k, size_t n, size_t i)
{
	double sum = 0, all = lgamma((double)n + 1), p = (double)i / (double)n;

	if (i == 0 || i == n)
		return i == n;
	for (; k <= n; k++)
		sum += exp(all - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) +
			   (double)k * log(p) + (double)(n - k) * log1p(-p));
	return sum;
}

/* The chance that the two in the middle of @n draws, an even number, are number
 * @i and number @j of the sample, from 0, i < j: half of the draws end at i, the
 * others begin at j. */
static double middle(size_t n, size_t i, size_t j)
{
	double half = (double)n / 2, all = (double)n;
	double low = pow((double)(i + 1) / all, half) - pow((double)i / all, half);
	double high = pow((double)(n - j) / all, half) - pow((double)(n - j - 1) / all, half);

	return exp(lgamma(all + 1) - 2 * lgamma(half + 1)) * low * high;
}

static int by_value(const void *a, const void *b)
{
	return stats_compare(&((const struct atom *)a)->x, &((const struct atom *)b)->x);
}

/* All medians of resamples of sorted @x, in order; returns how many. */
static size_t resample(const double *x, size_t n, struct atom *atom)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		size_t rank = (n + 1) / 2, self = k++;
		double rest = at_least(rank, n, i + 1) - at_least(rank, n, i);

		for (size_t j = i + 1; j < n && n % 2 == 0; j++, k++) {
			atom[k] = (struct atom){ (x[i] + x[j]) / 2, middle(n, i, j) };
			rest -= atom[k].chance;
		}
		atom[self] = (struct atom){ x[i], rest };
	}
	qsort(atom, k, sizeof *atom, by_value);
	return k;
}

/* The chance that a median of @b over one of @a is at most @ratio. */
static double ratio_cdf(const struct atom *a, size_t n, const struct atom *b, size_t m,
			double ratio)
{
	double sum = 0, below = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		for (; k < m && b[k].x <= ratio * a[i].x; k++)
			below += b[k].chance;
		sum += a[i].chance * below;
	}
	return sum;
}

/* The ratio below which @want of the chance lies. */
static double ratio_quantile(const struct atom *a, size_t n, const struct atom *b, size_t m,
			     double want)
{
	double lo = log(b[0].x / a[n - 1].x), hi = log(b[m - 1].x / a[0].x);

	for (int i = 0; i < 60; i++) {	/* a double has 53 bits */
		double mid = (lo + hi) / 2;

		if (ratio_cdf(a, n, b, m, exp(mid)) < want)
			lo = mid;
		else
			hi = mid;
	}
	return exp(hi);
}

struct interval stats_medians(double *a, size_t n, double *b, size_t m)
{
	struct interval v = { NAN, NAN, NAN, NAN };
	struct atom *of_a, *of_b;

	if (!n || !m || !finite_logs(a, n) || !finite_logs(b, m))
		return v;
	v.mid = stats_median(b, m) / stats_median(a, n);	/* which sorts them */
	of_a = malloc(n * (n + 1) / 2 * sizeof *of_a);
	of_b = malloc(m * (m + 1) / 2 * sizeof *of_b);
	if (of_a && of_b && n >= STATS_FLOOR && m >= STATS_FLOOR) {
		size_t i = resample(a, n, of_a), k = resample(b, m, of_b);

		v.lo = ratio_quantile(of_a, i, of_b, k, STATS_ALPHA / 2);
		v.hi = ratio_quantile(of_a, i, of_b, k, 1 - STATS_ALPHA / 2);
		v.level = 1 - STATS_ALPHA;
	}
	free(of_a);
	free(of_b);
	return v;
}
