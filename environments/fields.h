#ifndef PLUMB_ENVIRONMENTS_FIELDS_H
#define PLUMB_ENVIRONMENTS_FIELDS_H

/*
 * What the keys of a repository's files may hold, and reading them; for this room, and for the settings of
 * the command line, which are described alike.  Messages carry the position.
 */

#include "environments/environment.h"

/*
 * What a key may hold.  A value fits where one of its forms fits; FIELD_DURATION, FIELD_DATE and FIELD_WHOLE
 * are narrower readings of a text and a number.
 */
enum field_form {
    FIELD_TEXT = 1 << 0,
    FIELD_NUMBER = 1 << 1,
    FIELD_FLAG = 1 << 2,
    FIELD_SCALAR = FIELD_TEXT | FIELD_NUMBER | FIELD_FLAG,
    FIELD_MAP = 1 << 3,
    FIELD_LIST = 1 << 4,
    FIELD_ANY = FIELD_SCALAR | FIELD_MAP | FIELD_LIST,
    FIELD_REQUIRED = 1 << 5,
    FIELD_WHOLE = FIELD_NUMBER | 1 << 6,
    FIELD_DURATION = FIELD_TEXT | 1 << 7, /* field_duration */
    FIELD_DATE = FIELD_TEXT | 1 << 8,     /* field_date */
    FIELD_ONE_OF = 1 << 9, /* of all keys of the mapping that have it, exactly one must be there */
};

/*
 * One key of a mapping.  fields_check reads it and environments/schema.h makes the JSON Schema of it, so that
 * an editor and plumb agree; a table without `help` is in no schema.  A nested node names its own table:
 *
 *     {"drift", FIELD_MAP, .help = "...", KEYS(drift_fields)},           a mapping
 *     {"ignore", FIELD_LIST, .help = "...", KEYS(ignore_fields)},        a list of mappings
 *     {"alarms", FIELD_LIST, .help = "...", .items = FIELD_TEXT},        a list of texts
 *     {"tags", FIELD_MAP, .help = "...", .items = FIELD_SCALAR},         a mapping with keys of the user's
 * own
 *     {"mode", FIELD_TEXT, .help = "...", WORDS(modes)},                 one of some words
 */
struct field {
    const char *name;
    unsigned form;            /* of the value */
    const char *help;         /* one sentence for editors, without a full stop */
    const struct field *keys; /* of the mapping, or of each mapping in the list */
    size_t key_count;
    unsigned items; /* form of what is in the list, or in a mapping without `keys`; 0: it may be anything */
    const char *const *words; /* all that a text may be: the value's, or those in the list */
    size_t word_count;
    int64_t least, most; /* of a whole number, of a duration in ms; `most` 0: there is no limit above */
    size_t longest;      /* a text has 1 to so many bytes; 0: the reader says */
    size_t fewest, many; /* so many entries has the list or mapping; `many` 0: there is no limit */
    const char *pattern; /* of a text, or of the keys of a mapping without `keys`: ECMA 262; only schemas have
                            it, the reader says what is wrong */
    const char *needs[2];  /* keys that must stand beside it */
    const char *otherwise; /* what holds where the key is left out, as it would be written */
};

#define KEYS(table) .keys = (table), .key_count = ARRAY_LENGTH(table)
#define WORDS(list) .words = (list), .word_count = ARRAY_LENGTH(list)

/* Only these names, each of its form, words and limits, and no required one missing; `what` is named in
 * messages. What is in lists and mappings is left to the readers, who call it again with the nested table;
 * `fewest`, `many` and `pattern` likewise. */
WARN_UNUSED bool fields_check(const struct value *map, const char *what, const struct field *, size_t count,
                              struct error *);

/* The same of one value: its form, words and limits. */
WARN_UNUSED bool field_check(const struct value *, const struct field *, struct error *);

/* A duration that fields_check found sound, or `otherwise`. */
int64_t field_ms(const struct value *map, const char *key, int64_t otherwise);

/* "1h30m", "10m", "15s", "500ms", "2d"; at most 366 days. */
WARN_UNUSED bool field_duration(const struct value *, int64_t *milliseconds, struct error *);
/* "2026-12-31" gives the end of that day, UTC. */
WARN_UNUSED bool field_date(const struct value *, int64_t *milliseconds, struct error *);
/* One of these words; *out is its index.  Others are refused with the nearest.  `what` is the key. */
WARN_UNUSED bool field_choice(const struct value *, const char *what, const char *const *words, size_t count,
                              size_t *out, struct error *);
/* Letters, digits, '-' and '_', at most 64: what names something in messages. */
#define FIELD_NAME_PATTERN "^[A-Za-z0-9_-]{1,64}$"
WARN_UNUSED bool field_name(const struct value *, const char *what, struct error *);
/* 12 digits: a text, or a number that lost no zeros. */
WARN_UNUSED bool field_account(const struct value *, struct error *);
/* A list of texts, or NULL for none. */
WARN_UNUSED bool field_names(struct arena *, const struct value *, const char *what, struct str **out,
                             size_t *count, struct error *);
/* A map of scalars and lists of scalars; never NULL. */
WARN_UNUSED bool field_parameters(struct arena *, const struct value *, struct value **out, struct error *);
/* A YAML file that holds a mapping. */
WARN_UNUSED bool field_file(const struct files *, struct arena *, struct str path, struct value **out,
                            struct error *);

/* The files as the keys of one mapping each, for environments/schema.h. */
extern const struct field environment_file, application_file, repository_file;

/* The keys of sections that have a reader of their own. */
extern const struct field guard_fields[8], trust_fields[8], pull_fields[3], promotion_fields[6],
    freeze_fields[3], stop_fields[2];

/* A path in the repository, from its root; only for schemas. */
#define FIELD_PATH_PATTERN "^(?!/)(?!(.*/)?\\.{1,2}(/|$))[^\\\\]+$"

/* The keys of plumb.yaml. */
enum { REPOSITORY_GUARDS, REPOSITORY_POLL, REPOSITORY_FIELD_COUNT };
extern const struct field repository_fields[REPOSITORY_FIELD_COUNT];

/* Fills all but name and file. */
WARN_UNUSED bool application_read(const struct files *, struct arena *, struct application *, struct error *);

#endif
