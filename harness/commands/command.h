/*
 * command.h - what people type.  The top floor: one file is one command.
 *
 * Data goes to stdout, everything else to stderr.  `samework help COMMAND`
 * prints the usage below and exits 0.
 */
#ifndef COMMANDS_COMMAND_H
#define COMMANDS_COMMAND_H

#include "pipeline/run.h"

/* The options of all commands; each says which it takes. */
enum {
	OPTION_PROFILE = 1 << 0,
	OPTION_FILTER = 1 << 1,		/* --workloads --strategies --workers */
	OPTION_OUT = 1 << 2,
	OPTION_SEED = 1 << 3,
	OPTION_STRICT = 1 << 4,
	OPTION_JSON = 1 << 5,
	OPTION_ALL = 1 << 6,
};

struct options {
	struct request request;		/* paths: what is left on the line */
	bool strict, json, all;
};

struct command {
	const char *name;
	const char *arguments;		/* "[options] EXPERIMENT..." */
	const char *summary;		/* one line */
	unsigned takes;			/* options, or'ed */
	size_t least, most;		/* how many arguments */
	bool hidden;			/* not for people */
	enum code (*run)(const struct options *o);
};

/* The table built from the files in this folder, ended by NULL. */
extern const struct command *const commands[];
const struct command *command_find(const char *name);

/* Parse what follows the command's name.  0; 1 when help was printed; or -1,
 * reported. */
int options_parse(struct options *o, const struct command *c, int argc, char **argv);

/* Print how @c is used. */
void options_help(const struct command *c, FILE *out);

/* The folder @name of the program's own files; @name itself when it is nowhere.
 * The text is good until the next call. */
const char *data_folder(const char *name);

/* Flush stdout: CODE_OK, or CODE_INTERNAL, reported, when it could not be
 * written. */
enum code command_done(void);

/* Analyse @dir, draw it and print its verdicts. */
enum code command_conclude(const char *dir, const struct options *o);

#endif
