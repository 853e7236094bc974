#ifndef PLUMB_BASE_VALUE_H
#define PLUMB_BASE_VALUE_H

/*
 * The value tree: what a YAML or JSON document says, what a template evaluates to, what AWS answers.  One
 * shape for desired, last applied and live, so that they can be compared.
 *
 * A tree lives in an arena and is freed with it.  Every node remembers where it was read, so that a message
 * can name file, line and column.  Numbers are kept as their text: nothing is rounded.  Maps keep the order
 * in which keys were added and never hold a key twice.  Lookups accept NULL and other kinds and answer NULL,
 * so that value_path(v, "a", "b", NULL) needs no checks between.
 *
 * One thread at a time may change a tree; many may read it.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_NUMBER,  /* text: a JSON number */
    VALUE_STRING,  /* text */
    VALUE_LIST,    /* items, count */
    VALUE_MAP,     /* entries, count */
    VALUE_UNKNOWN, /* known after apply; text says of what: "OrderTable.Arn" */
    VALUE_SECRET,  /* text is the clear text: printed as its reference or "****", never itself */
};

struct source {
    struct str file; /* as a user would name it */
};

struct value_entry;

struct value {
    enum value_kind kind;
    bool boolean;          /* of a secret: its clear text could not be read */
    uint8_t mark;          /* of the module that rewrites the tree; value_copy keeps it */
    uint32_t line, column; /* from 1; 0 where the value was not read from a file */
    const struct source *source;
    struct str text;
    size_t count, capacity;
    struct value **items; /* of a string or secret: the reference that it came by, or none */
    struct value_entry *entries;
    uint32_t *index; /* hash index of a large map, or NULL */
    size_t index_size;
    void *extra; /* of the module that rewrites the tree; value_copy leaves it out, value_equal too */
};

struct value_entry {
    struct str key;
    struct value *value;
    uint32_t line, column; /* of the key */
};

/* Makers.  Texts are copied into the arena. */
struct value *value_null(struct arena *);
struct value *value_bool(struct arena *, bool);
struct value *value_int(struct arena *, int64_t);
struct value *value_number(struct arena *, struct str text); /* text must be a JSON number */
struct value *value_string(struct arena *, struct str);
struct value *value_stringz(struct arena *, const char *);
struct value *value_stringf(struct arena *, const char *format, ...) PRINTF_LIKE(2, 3);
struct value *value_list(struct arena *);
struct value *value_map(struct arena *);
struct value *value_unknown(struct arena *, struct str of);
struct value *value_secret(struct arena *, struct str clear_text);
/* Makes a string or secret be printed as `reference`, the text that it came by: "{{resolve:ssm:/db/url}}";
 * gives `value` back. */
struct value *value_came_by(struct arena *, struct value *value, struct str reference);
/* A secret with a reference whose clear text cannot be had: it equals nothing. */
struct value *value_secret_unread(struct arena *, struct str reference);
/* The same position as `from`; gives `value` back. */
struct value *value_at_position_of(struct value *value, const struct value *from);

/* Lists. */
void value_append(struct arena *, struct value *list, struct value *item);
struct value *value_at(const struct value *list, size_t index); /* NULL past the end */

/* Maps.  value_set replaces the value of a key that is there, in its place. */
void value_set(struct arena *, struct value *map, struct str key, struct value *);
void value_setz(struct arena *, struct value *map, const char *key, struct value *);
/* The same with the key of `entry`, one of `from`, and where it stands: for rewrites. */
void value_set_entry(struct arena *, struct value *map, const struct value *from,
                     const struct value_entry *entry, struct value *);
struct value *value_get(const struct value *map, const char *key);
struct value *value_get_str(const struct value *map, struct str key);
struct value_entry *value_entry(const struct value *map, struct str key);
bool value_remove(struct value *map, struct str key); /* false if it was not there */
/* value_path(v, "a", "b", NULL) is v.a.b, or NULL. */
struct value *value_path(const struct value *map, ...) __attribute__((sentinel));

/* Readings.  A NULL value is of no kind. */
bool value_is(const struct value *, enum value_kind);
bool value_is_text(const struct value *, const char *text); /* a string with just this text */
struct str value_text(const struct value *);                /* of string or number, "true"/"false"; else "" */
struct str value_get_text(const struct value *map, const char *key);
struct str value_reference(const struct value *); /* of a string or secret that has one, else "" */
WARN_UNUSED bool value_to_int(const struct value *, int64_t *out); /* number, or string of digits */
WARN_UNUSED bool value_to_bool(const struct value *, bool *out);   /* boolean, or "true"/"false" */
bool value_get_bool(const struct value *map, const char *key, bool otherwise);
int64_t value_get_int(const struct value *map, const char *key, int64_t otherwise);
const char *value_kind_name(enum value_kind); /* "a string", "a list": for messages */

/* Deep copy into another arena; positions are kept (the source must live on). */
struct value *value_copy(struct arena *, const struct value *);
/* Same tree?  Map order does not matter, list order does; numbers compare by what they stand for
 * (1 = 1.0 = 1e0); unknown equals nothing; secrets compare by their clear text. */
bool value_equal(const struct value *, const struct value *);
/* The first value of the tree, itself included, of which `is` is true; NULL where there is none, or no tree.
 * `self` is handed on. */
const struct value *value_find(const struct value *, bool (*is)(const struct value *, const void *self),
                               const void *self);
/* Does the tree hold a VALUE_UNKNOWN?  The first one found, or NULL. */
const struct value *value_find_unknown(const struct value *);
/* The same of a VALUE_SECRET. */
const struct value *value_find_secret(const struct value *);

/* Sets the error with " (file:line:column)" behind the message.  Always returns false. */
bool value_error(const struct value *, struct error *, enum error_code, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* The same for the key of an entry of `map`. */
bool value_key_error(const struct value *map, const struct value_entry *, struct error *, enum error_code,
                     const char *format, ...) PRINTF_LIKE(5, 6);

#endif
