/*
 * stats.c - exact small-sample statistics, from the binomial and the
 * signed-rank distribution alone.  No table, no random number, no iteration
 * whose end depends on the data: the same samples give the same bits.
 */
#include <math.h>
#include <stdlib.h>

#include "base/stats.h"

static const struct interval nothing = { NAN, NAN, NAN, NAN };

int stats_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int all_finite(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return 0;
	return 1;
}

/* Sort @x; -1 when there is nothing to sort or something that has no order. */
static int sort(double *x, size_t n)
{
	if (!n || !all_finite(x, n))
		return -1;
	qsort(x, n, sizeof *x, stats_compare);
	return 0;
}

/* Of sorted @x. */
static double quantile(const double *x, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	return i + 1 < n ? x[i] + (at - (double)i) * (x[i + 1] - x[i]) : x[n - 1];
}

double stats_quantile(double *x, size_t n, double q)
{
	if (!(q >= 0 && q <= 1) || sort(x, n) < 0)
		return NAN;
	return quantile(x, n, q);
}

double stats_median(double *x, size_t n)
{
	return stats_quantile(x, n, 0.5);
}

/* The chance of at most @k successes in @n, each with chance 0 < @p < 1. */
static double binomial_cdf(size_t k, size_t n, double p)
{
	double all = lgamma((double)n + 1), sum = 0;

	for (size_t i = 0; i <= k; i++)
		sum += exp(all - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) +
			   (double)i * log(p) + (double)(n - i) * log1p(-p));
	return fmin(sum, 1);
}

/* The chance of at most @k heads in @n tosses: exact in binary while 2^-n is. */
static double coin_cdf(size_t k, size_t n)
{
	double chance = ldexp(1, -(int)n), sum = 0;

	if (chance < 1e-300)	/* about to lose digits: below 2^-1000 */
		return binomial_cdf(k, n, 0.5);
	for (size_t i = 0; i <= k; i++) {
		sum += chance;
		chance = chance * (double)(n - i) / (double)(i + 1);
	}
	return sum;
}

struct interval stats_order_interval(double *x, size_t n)
{
	struct interval v = nothing;
	size_t r = 1;

	if (sort(x, n) < 0)
		return v;
	v.mid = quantile(x, n, 0.5);
	if (n < STATS_FLOOR)
		return v;
	while (2 * coin_cdf(r, n) <= STATS_ALPHA)
		r++;
	v.lo = x[r - 1];
	v.hi = x[n - r];
	v.level = 1 - 2 * coin_cdf(r - 1, n);
	return v;
}

/* The sorted means of all pairs of ln @x, a value with itself included; NULL
 * when a value has no logarithm or memory is out.  The caller frees it. */
static double *walsh_averages(const double *x, size_t n)
{
	double *w = malloc(n * (n + 1) / 2 * sizeof *w);
	size_t k = 0;

	for (size_t i = 0; w && i < n; i++)
		for (size_t j = i; j < n; j++)
			w[k++] = (log(x[i]) + log(x[j])) / 2;
	if (w && sort(w, k) < 0) {
		free(w);
		return NULL;
	}
	return w;
}

/* The null distribution of the signed-rank statistic: chance[s] that the ranks
 * 1 .. n with random signs have positive ones that sum to s. */
static double *signed_rank(size_t n)
{
	double *chance = calloc(n * (n + 1) / 2 + 1, sizeof *chance);

	if (!chance)
		return NULL;
	chance[0] = 1;
	for (size_t i = 1; i <= n; i++)
		for (size_t s = i * (i + 1) / 2 + 1; s-- > 0;)
			chance[s] = (chance[s] + (s >= i ? chance[s - i] : 0)) / 2;
	return chance;
}

struct interval stats_walsh_interval(const double *x, size_t n)
{
	size_t pairs = n * (n + 1) / 2, k = 0;
	double *w = n && all_finite(x, n) ? walsh_averages(x, n) : NULL;
	double *chance = signed_rank(n), tail = 0;
	struct interval v = nothing;

	if (w && chance)
		v.mid = exp(quantile(w, pairs, 0.5));
	if (w && chance && n >= STATS_FLOOR) {
		while (2 * (tail + chance[k]) <= STATS_ALPHA)
			tail += chance[k++];
		v.lo = exp(w[k - 1]);
		v.hi = exp(w[pairs - k]);
		v.level = 1 - 2 * tail;
	}
	free(chance);
	free(w);
	return v;
}

double stats_sign_p(const double *x, size_t n, double lo, double hi)
{
	size_t above = 0, below = 0, wrong;

	if (!n || !all_finite(x, n) || isnan(lo) || isnan(hi))
		return NAN;
	for (size_t i = 0; i < n; i++) {
		above += x[i] > hi;
		below += x[i] < lo;
	}
	wrong = above > below ? above : below;
	return fmin(1, 2 * coin_cdf(n - wrong, n));
}

struct ranked {
	double p;
	size_t at;
};

static int compare_ranked(const void *a, const void *b)
{
	return stats_compare(&((const struct ranked *)a)->p, &((const struct ranked *)b)->p);
}

void stats_holm(double *p, size_t n)
{
	struct ranked *r = all_finite(p, n) ? calloc(n + 1, sizeof *r) : NULL;
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		if (r)
			r[i] = (struct ranked){ p[i], i };
		p[i] = NAN;
	}
	if (!r)
		return;
	qsort(r, n, sizeof *r, compare_ranked);
	for (size_t i = 0; i < n; i++) {
		most = fmax(most, fmin(1, (double)(n - i) * r[i].p));
		p[r[i].at] = most;
	}
	free(r);
}

/* The chance of success at which at most @k of @n happen with chance @want. */
static double binomial_solve(size_t k, size_t n, double want)
{
	double lo = 0, hi = 1, p = 0.5;

	for (int i = 0; i < 60; i++) {	/* a double has 53 bits */
		if (binomial_cdf(k, n, p) > want)
			lo = p;
		else
			hi = p;
		p = (lo + hi) / 2;
	}
	return p;
}

struct interval stats_proportion(size_t k, size_t n)
{
	struct interval v = nothing;

	if (!n || k > n)
		return v;
	v.mid = (double)k / (double)n;
	v.lo = k ? binomial_solve(k - 1, n, 1 - STATS_ALPHA / 2) : 0;
	v.hi = k < n ? binomial_solve(k, n, STATS_ALPHA / 2) : 1;
	v.level = 1 - STATS_ALPHA;
	return v;
}

double stats_spread(double *x, size_t n)
{
	double mid = stats_median(x, n), spread = NAN;
	double *off = isnan(mid) || mid == 0 ? NULL : malloc(n * sizeof *off);

	for (size_t i = 0; off && i < n; i++)
		off[i] = fabs(x[i] - mid);
	if (off)
		spread = stats_median(off, n) / fabs(mid);
	free(off);
	return spread;
}

double stats_karp_flatt(double s, double p)
{
	if (!(p >= 2) || !(s > 0) || !isfinite(s) || !isfinite(p))
		return NAN;
	return (1 / s - 1 / p) / (1 - 1 / p);
}
