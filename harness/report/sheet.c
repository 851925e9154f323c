/*
 * sheet.c - a table with all that makes one readable: a caption, headings with a
 * scope, and a frame that scrolls by keyboard too where the page is narrow.
 */
#include "report/html.h"
#include "report/parts.h"

void sheet_begin(FILE *out, const char *caption, const char *const *heads)
{
	html(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table>\n"
	     "<caption>%s</caption>\n<thead><tr>", caption, caption);
	while (*heads)
		html(out, "<th scope=\"col\">%s</th>", *heads++);
	html(out, "</tr></thead>\n<tbody>\n");
}

void sheet_end(FILE *out)
{
	html(out, "</tbody>\n</table></div>\n");
}
