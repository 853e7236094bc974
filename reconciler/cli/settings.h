#ifndef PLUMB_RECONCILER_CLI_SETTINGS_H
#define PLUMB_RECONCILER_CLI_SETTINGS_H

/*
 * Everything that can be set, as one table: the options of the commands, their environment variables, the
 * keys of plumb.yaml.  getopt_long's list, `--help` and `plumb help configuration` are made of it; a new
 * setting is one row, and docs/configuration.md (a test compares).
 *
 * A flag goes before an environment variable, that before plumb.yaml at the root of the repository, and that
 * before the default.  What is in plumb.yaml is read with the repository's commit
 * (environments/repository.h): here such a setting stays zero where neither flag nor variable says it.
 *
 * A secret has no flag and no key, so that it stands in no list of processes and in no repository: only a
 * variable, or a file that a setting of its own names.
 */

#include "environments/fields.h"
#include "reconciler/cli/command.h"

enum setting_store {
    STORE_TEXT,   /* struct str */
    STORE_NUMBER, /* int64_t; a duration in milliseconds */
    STORE_FLAG,   /* bool */
    STORE_CHOICE, /* unsigned: which of the field's words */
    STORE_NAMED,  /* struct value *: NAME=VALUE goes into that map */
    STORE_SECRET, /* const struct value *: a VALUE_SECRET */
    STORE_HELP,   /* nowhere: only the help is asked for */
};

struct setting {
    const struct field *field; /* what it may be, and in a sentence what it is */
    const char *flag;          /* "poll" for --poll; NULL: it has none */
    char letter;               /* 'o' for -o; 0: none */
    const char *value;         /* "DURATION": how help calls the flag's value; NULL: the flag has none */
    const char *variable;      /* "PLUMB_POLL"; NULL: none; any text in it sets a flag that has no value */
    const char *key;           /* in plumb.yaml: "poll", "forge.url"; NULL: it is a process's own */
    unsigned commands;         /* enum option_flag; 0: every command takes it */
    const char
        *unset; /* in words what holds where nothing is said; NULL: the field's `otherwise`, or nothing */
    enum setting_store store;
    size_t at; /* in struct options */
};

extern const struct setting settings[];
extern const size_t setting_count;

bool setting_is_of(const struct setting *, const struct command *);

/* Reads the arguments behind the command's name, and the environment.  *help: only the help is asked for. */
WARN_UNUSED bool settings_read(struct context *, const struct command *, int count, char **arguments,
                               bool *help, struct error *);

/* The command's options, as `--help` shows them. */
void settings_help(struct buf *, const struct command *);
/* The whole table, as `plumb help configuration` shows it. */
void settings_table(struct buf *);

#endif
