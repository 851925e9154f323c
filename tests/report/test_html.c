/*
 * Whatever a text holds, it comes out as text: nothing in it opens an element,
 * ends an attribute or breaks an XML parser.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/html.h"

#define LOST "\xef\xbf\xbd"		/* U+FFFD */

static const struct {
	const char *in, *out;
} texts[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
	{ "a & b", "a &amp; b" },
	{ "&lt;", "&amp;lt;" },
	{ "\" onload=\"x", "&quot; onload=&quot;x" },
	{ "' onload='x", "&#39; onload=&#39;x" },
	{ "]]>", "]]&gt;" },
	{ "%s %n %%", "%s %n %%" },
	{ "tab\tline\n", "tab\tline\n" },
	{ "\x01\x1b[31m\r\x7f", LOST LOST "[31m" LOST LOST },
	/* UTF-8: 2, 3 and 4 bytes; the last character there is */
	{ "\xc2\xb5s \xe2\x89\xa4 \xf0\x9f\x90\x8d", "\xc2\xb5s \xe2\x89\xa4 \xf0\x9f\x90\x8d" },
	{ "\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd" },
	/* cut off, alone, overlong, a surrogate, beyond the last, no characters */
	{ "\xe2\x89", LOST LOST },
	{ "a\x80z", "a" LOST "z" },
	{ "\xc0\xbc", LOST LOST },
	{ "\xe0\x80\xbc", LOST LOST LOST },
	{ "\xed\xa0\x80", LOST LOST LOST },
	{ "\xf4\x90\x80\x80", LOST LOST LOST LOST },
	{ "\xef\xbf\xbe", LOST LOST LOST },
	{ "\xef\xb7\x90", LOST LOST LOST },
	{ "\xc2\x85", LOST LOST },
	/* what a cut-off character would swallow */
	{ "\xe2<b>", LOST "&lt;b&gt;" },
};

static void escapes_every_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *got = NULL, *want = NULL;
		size_t n;
		FILE *f = open_memstream(&got, &n);

		html(f, "<b title=\"%s\">%s</b>", texts[i].in, texts[i].in);
		fclose(f);
		assert_true(asprintf(&want, "<b title=\"%s\">%s</b>", texts[i].out,
				     texts[i].out) > 0);
		assert_string_equal(got, want);
		free(got);
		free(want);
	}
}

static void leaves_the_format_alone(void **state)
{
	char *got = NULL;
	size_t n;
	FILE *f = open_memstream(&got, &n);

	(void)state;
	html(f, "<i>100 %%</i> & %s", "<");
	fclose(f);
	assert_string_equal(got, "<i>100 %</i> & &lt;");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_every_text),
		cmocka_unit_test(leaves_the_format_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
