#ifndef PLUMB_ENVIRONMENTS_FIELDS_H
#define PLUMB_ENVIRONMENTS_FIELDS_H

/* Reading the fields of environment files; inside this room only.  Messages carry the position. */

#include "environments/environment.h"

enum { FIELD_SCALAR = 1, FIELD_MAP = 2, FIELD_LIST = 4, FIELD_REQUIRED = 8 };

struct field {
    const char *name;
    unsigned form;
};

/* Only these names, each of its form, and no required one missing; `what` is named in messages. */
WARN_UNUSED bool fields_check(const struct value *map, const char *what, const struct field *, size_t count,
                              struct error *);

/* "1h30m", "10m", "15s", "500ms", "2d"; at most 366 days. */
WARN_UNUSED bool field_duration(const struct value *, int64_t *milliseconds, struct error *);
/* "2026-12-31" gives the end of that day, UTC. */
WARN_UNUSED bool field_date(const struct value *, int64_t *milliseconds, struct error *);
/* These leave *out as it is where the value is NULL, so that defaults can be set before.  `what` is the key.
 */
WARN_UNUSED bool field_flag(const struct value *, const char *what, bool *out, struct error *);
/* A whole number in these limits. */
WARN_UNUSED bool field_number(const struct value *, const char *what, int64_t least, int64_t most,
                              int64_t *out, struct error *);
/* One of these words; *out is its index.  Others are refused with the nearest. */
WARN_UNUSED bool field_choice(const struct value *, const char *what, const char *const *words, size_t count,
                              size_t *out, struct error *);
/* Letters, digits, '-' and '_', at most 64: what names something in messages. */
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

/* Fills all but name and file. */
WARN_UNUSED bool application_read(const struct files *, struct arena *, struct application *, struct error *);

#endif
