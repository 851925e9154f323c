/*
 * tree.h - a made-up root with the files of /proc and /sys that a test wants.
 */
#ifndef TESTS_MACHINE_TREE_H
#define TESTS_MACHINE_TREE_H

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct file {
	const char *path, *text;
};

static inline void make_parents(char *path)
{
	for (char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		*s = 0;
		assert_true(!mkdir(path, 0700) || errno == EEXIST);
		*s = '/';
	}
}

/* Make @root, a template as mkdtemp() wants it, of the files up to one without a
 * path. */
static inline void make_tree(char *root, const struct file *f)
{
	assert_non_null(mkdtemp(root));
	for (; f->path; f++) {
		char path[512];
		FILE *out;

		snprintf(path, sizeof path, "%s/%s", root, f->path);
		make_parents(path);
		out = fopen(path, "w");
		assert_non_null(out);
		fputs(f->text, out);
		assert_int_equal(fclose(out), 0);
	}
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void remove_tree(const char *root)
{
	assert_int_equal(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

#endif
