#ifndef PLUMB_ENVIRONMENTS_SAM_PYTHON_H
#define PLUMB_ENVIRONMENTS_SAM_PYTHON_H

/*
 * What of Python the SAM transform's results depend on.
 *
 * AWS's transform was written for Python 2.7, and the logical id of every API deployment is a hash over
 * `str(swagger)` of that version: text from the template is unicode (u'x'), the transform's own text is not
 * ('x'), and the order of a dictionary's keys is that of its hash table, which depends on every insertion and
 * removal.  Today's transform imitates this, so we do too: a map that takes part carries its table in
 * value.extra (PYTHON_DICT), a text from the template is marked PYTHON_UNICODE.
 * Objects/dictobject.c of CPython 2.7.18 describes the table.
 */

#include "base/value.h"

enum { PYTHON_UNICODE = 1, PYTHON_DICT = 2 };

struct python_item {
    struct str key;
    bool unicode;
    struct value *value;
};

struct python_items {
    struct python_item *items;
    size_t count;
};

/* Memory that python_document_copy needs again and again; begins as zeros. */
struct python_scratch {
    uint32_t *orders[3], *slots[2];
    size_t size;
};

/* An empty dictionary of Python 2.7. */
struct value *python_dict(struct arena *);
/* A dictionary of Python 3, in order of insertion, that remembers which keys are unicode. */
struct value *python_ordered_dict(struct arena *);
/* The tree as it comes from the template: maps become dictionaries, texts unicode.  In place. */
void python_convert(struct arena *, struct value *);
/* Like value_set and value_remove, with the table kept.  On a map without a table they are the same. */
void python_set(struct arena *, struct value *map, struct str key, bool unicode, struct value *);
void python_put(struct arena *, struct value *map, const char *key, struct value *);
bool python_remove(struct arena *, struct value *map, struct str key);
/* dict.update: as in 2.7, the table grows first. */
void python_update(struct arena *, struct value *map, const struct value *from);
/* The entries in Python's order. */
struct python_items python_items(struct arena *, const struct value *map);
/* copy.copy and copy.deepcopy; tables are built anew, as Python does. */
struct value *python_copy(struct arena *, const struct value *);
struct value *python_deepcopy(struct arena *, const struct value *);
/*
 * copy.deepcopy of a tree that is copied as a whole again and again.  The first copy is made, the later ones
 * are counted: what they do to the tables is made up for where one is looked at, so that editing stays
 * linear.  The older copy must not be used any more.  Values that python_set puts into the tree become parts
 * of it: a list is cloned, so put it when it is complete.  The scratch must outlive the tree.
 */
struct value *python_document_copy(struct arena *, struct python_scratch *, struct value *root);

/* The code point at `*at` of UTF-8 text that was checked when it was read; moves on. */
uint32_t python_code_point(struct str, size_t *at);

struct value *python_unicode(struct arena *, struct str);
bool is_unicode(const struct value *);

/* str(value) of Python 2.7. */
void python_repr(struct arena *, struct buf *, const struct value *);
/* json.dumps: non-ASCII escaped; separators "," and ":" where compact, else ", " and ": ". */
enum { DUMPS_SORTED = 1, DUMPS_COMPACT = 2, DUMPS_INDENTED = 4 };
void python_dumps(struct arena *, struct buf *, const struct value *, unsigned flags);

/* None: absent or null.  Truthy: what `if value` takes. */
bool is_none(const struct value *);
bool is_truthy(const struct value *);
/* "map", "list", ... as the transform's messages say. */
const char *python_type_name(const struct value *);

#endif
