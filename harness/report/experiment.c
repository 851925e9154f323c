/*
 * experiment.c - the question first, then the answer, then the numbers.
 */
#include "report/html.h"
#include "report/parts.h"

void experiment_print(FILE *out, const struct source *s, size_t i)
{
	const struct spec *x = &s->spec[i];

	html(out, "<section id=\"experiment:%s\" aria-labelledby=\"title:%s\">\n"
	     "<h2 id=\"title:%s\">%s</h2>\n",
	     x->name, x->name, x->name, x->title);
	html(out, "<p class=\"question\">%s</p>\n", x->question);
	html(out, "<h3>Verdicts</h3>\n");
	verdicts_print(out, s, x->name);
	html(out, "<h3>Figures</h3>\n");
	if (!gallery_print(out, s, x->name, false))
		html(out, "<p class=\"note\">There is no figure of this experiment. With gnuplot "
		     "(Debian package gnuplot-nox) <code>samework plot</code> draws them from "
		     "the tables; all their numbers are below.</p>\n");
	html(out, "<h3>Cells</h3>\n");
	cells_print(out, s, x->name);
	html(out, "<h3>Failed and disturbed trials</h3>\n");
	troubles_print(out, s, i);
	html(out, "</section>\n");
}
