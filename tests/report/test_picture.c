/*
 * A drawing in the page: its marks are its own, and one that is torn, or holds
 * what runs or is fetched, is left out with the reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/picture.h"

#define SVG(inside) "<svg width=\"9\" height=\"9\" viewBox=\"0 0 9 9\">" inside "</svg>\n"
#define LABEL " role=\"img\" aria-label=\"a &amp; b\""
#define NAMESPACES " xmlns=\"http://www.w3.org/2000/svg\"" \
	" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
#define ROOT "<svg" NAMESPACES LABEL " width=\"9\" height=\"9\" viewBox=\"0 0 9 9\">"

struct place {
	char path[64];
	struct arena arena;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	int fd;

	assert_non_null(p);
	strcpy(p->path, "/tmp/test_picture.XXXXXX");
	fd = mkstemp(p->path);
	assert_true(fd >= 0);
	close(fd);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	arena_release(&p->arena);
	free(p);
	return 0;
}

/* Why @n bytes of text are refused, or NULL. */
static const char *read_bytes(struct place *p, struct picture *picture, const char *text,
			      size_t n)
{
	FILE *f = fopen(p->path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
	return picture_read(picture, p->path, &p->arena);
}

/* What is printed for @text, the arena's. */
static const char *copy(struct place *p, const char *text)
{
	struct picture picture;
	const char *kept;
	char *got = NULL;
	size_t n;
	FILE *f;

	assert_null(read_bytes(p, &picture, text, strlen(text)));
	f = open_memstream(&got, &n);
	picture_print(f, &picture, "f7-", "a & b");
	fclose(f);
	kept = arena_strdup(&p->arena, got);
	free(got);
	return kept;
}

static void copies_what_charts_are_made_of(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		/* ids get the prefix; those of no use go */
		{ "<path id='m' d='M0,0'/><use xlink:href='#m' x='1'/>",
		  "<path id=\"f7-m\" d='M0,0'/><use xlink:href=\"#f7-m\" x='1'/>" },
		{ "<g id=\"plot_1\"><rect id=\"r\" filter=\"url(#f)\"/></g>"
		  "<filter id=\"f\"></filter>",
		  "<g><rect filter=\"url(#f7-f)\"/></g>\n<filter id=\"f7-f\"></filter>\n" },
		/* the first of two that have one id is meant */
		{ "<use href='#m'/><path id='m'/><path id='m'/>",
		  "<use href=\"#f7-m\"/><path id=\"f7-m\"/><path/>" },
		/* one that is not there stays a link into the drawing */
		{ "<use href='#gone'/>", "<use href=\"#f7-gone\"/>" },
		/* words stay, space between marks goes */
		{ "\n<text x=\"1\">a &lt; b <tspan>c</tspan> d</text>\n",
		  "<text x=\"1\">a &lt; b <tspan>c</tspan> d</text>\n" },
		{ "<g>\n<title>fine</title><path/></g>",
		  "<g><title>fine</title>\n<path/></g>\n" },
		/* empty groups and the title of the program that drew it */
		{ "<title>Gnuplot</title><desc>made by</desc><g fill=\"none\">\n</g><path/>",
		  "<path/>" },
		/* what a drawing needs not */
		{ "<path onclick='x' class='y' style='z' d='M1'/>", "<path d='M1'/>" },
		{ "<!-- <script> --><?php x ?><path/>", "<path/>" },
		{ "<text font-family='a \"b\"'>\xc2\xb5s</text>",
		  "<text font-family='a \"b\"'>\xc2\xb5s</text>\n" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *in = arena_printf(&p->arena, SVG("%s"), cases[i].in);
		char *want = arena_printf(&p->arena, ROOT "%s</svg>\n", cases[i].out);

		assert_string_equal(copy(p, in), want);
	}
}

static void reads_past_a_prologue(void **state)
{
	struct place *p = *state;

	assert_string_equal(copy(p, "<?xml version=\"1.0\"?>\n<!-- x -->\n" SVG("") "<!-- y -->\n"),
			    ROOT "</svg>\n");
}

static void refuses_what_runs_or_is_fetched(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ SVG("<script>x()</script>"), "an element 'script'" },
		{ SVG("<style>*{}</style>"), "an element 'style'" },
		{ SVG("<foreignObject/>"), "an element 'foreignObject'" },
		{ SVG("<image href='x.png'/>"), "an element 'image'" },
		{ SVG("<a href='#x'/>"), "an element 'a'" },
		{ SVG("<animate/>"), "an element 'animate'" },
		{ SVG("<use href='http://x/y#z'/>"), "refers to what is not in it" },
		{ SVG("<use xlink:href='data:x'/>"), "refers to what is not in it" },
		{ SVG("<use xlink:href=''/>"), "refers to what is not in it" },
		{ SVG("<rect fill='url(http://x/y)'/>"), "refers to what is not in it" },
		{ SVG("<rect fill='URL(#a) url(//x)'/>"), "refers to what is not in it" },
		{ SVG("<rect fill='\\75rl(//x)'/>"), "refers to what is not in it" },
		{ SVG("<rect id='a b'/>"), "a strange id" },
		{ "<html></html>", "an element 'html'" },
		{ "<g></g>", "no drawing" },
	};
	struct place *p = *state;
	struct picture picture;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *why = read_bytes(p, &picture, cases[i].text, strlen(cases[i].text));

		assert_non_null(why);
		assert_non_null(strstr(why, cases[i].why));
	}
}

static void refuses_what_is_not_well_formed(void **state)
{
	static const char *const cases[] = {
		"", "x", "<svg>", "<svg></g>", "</svg>", SVG("<g>"), SVG("</g>"),
		SVG("<g></svg>"), SVG("<g></g></g>"), SVG("") SVG(""), SVG("") "x",
		SVG("<path d='1' d='2'/>"), SVG("<path d/>"), SVG("<path d=1/>"),
		SVG("<path d='1'e='2'/>"), SVG("<path d='<'/>"), SVG("<path d='< />"), SVG("<path d='&'/>"),
		SVG("<path d='&#60;'/>"), SVG("<path / >"), SVG("< path/>"), SVG("<path"),
		SVG("<1/>"), SVG("<text>&nbsp;</text>"), SVG("<text>a & b</text>"),
		SVG("<text>]]></text>"), SVG("<![CDATA[x]]>"), SVG("<!-- "), SVG("<?x"),
		"<!DOCTYPE svg [<!ENTITY x 'y'>]>" SVG("&x;"),
		SVG("<text>\x01</text>"), SVG("<text>\xff</text>"),
		"<svg a1='' a2='' a3='' a4='' a5='' a6='' a7='' a8='' a9='' b1='' b2='' b3=''"
		" b4='' b5='' b6='' b7='' b8='' b9='' c1='' c2='' c3='' c4='' c5='' c6=''"
		" c7='' c8='' c9='' d1='' d2='' d3='' d4='' d5='' d6=''/>",
	};
	struct place *p = *state;
	struct picture picture;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_non_null(read_bytes(p, &picture, cases[i], strlen(cases[i])));
	assert_non_null(read_bytes(p, &picture, "<svg/>\0", 7));
	unlink(p->path);
	assert_non_null(strstr(picture_read(&picture, p->path, &p->arena), "No such file"));
}

/* The deepest nesting is fine, one more is not. */
static void refuses_what_is_too_deep(void **state)
{
	struct place *p = *state;
	struct picture picture;

	for (int depth = 31; depth <= 32; depth++) {
		const char *text = "<path/>";

		for (int i = 0; i < depth; i++)
			text = arena_printf(&p->arena, "<g>%s</g>", text);
		text = arena_printf(&p->arena, SVG("%s"), text);
		assert_int_equal(!read_bytes(p, &picture, text, strlen(text)), depth == 31);
	}
}

/* No beginning of a drawing is a drawing. */
static void refuses_every_torn_one(void **state)
{
	static const char whole[] = "<?xml version='1.0'?>\n<svg viewBox='0 0 1 1'><defs>"
		"<path id='a' d='M0'/></defs><!-- c --><g fill=\"none\"><text>x &amp; \xc2\xb5"
		"<tspan>y</tspan></text></g><use xlink:href='#a'/></svg>";
	struct place *p = *state;
	struct picture picture;

	for (size_t n = 0; n < sizeof whole - 1; n++)
		assert_non_null(read_bytes(p, &picture, whole, n));
	assert_null(read_bytes(p, &picture, whole, sizeof whole - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(copies_what_charts_are_made_of),
		TEST(reads_past_a_prologue),
		TEST(refuses_what_runs_or_is_fetched),
		TEST(refuses_what_is_not_well_formed),
		TEST(refuses_what_is_too_deep),
		TEST(refuses_every_torn_one),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
