#ifndef PLUMB_RECONCILER_NOTE_H
#define PLUMB_RECONCILER_NOTE_H

/*
 * A small file of an application's in the ledger, beside release.json: what people ask of it, what is
 * remembered about it.  It is changed from what is there: where another writer of the ledger was faster it is
 * read again, and made anew.
 */

#include "base/clock.h"
#include "reconciler/record.h"

struct note {
    struct ledger *ledger;
    const struct clock *clock;
    struct str region, environment, application;
    const char *file; /* "order.json" */
};

/* The file of an application.  Only note_change needs a clock. */
struct note note_at(struct ledger *, const struct clock *, struct str region, struct str environment,
                    struct str application, const char *file);

/* The event that a change is. */
struct note_change {
    struct str what; /* "pause asked for", behind "prod/orders: " */
    struct str body;
    struct ledger_trailer trailer; /* beside Environment and Application; without a key there is none */
    struct value *content;         /* a map, which gets "version"; NULL: nothing is written */
};

/* Of the ledger as it was last refreshed; *content is NULL where there is none. */
WARN_UNUSED bool note_load(const struct note *, struct arena *, struct value **content, struct error *);

/* Writes it without a look at what is there, once: ERROR_CONFLICT where another writer was faster. */
WARN_UNUSED bool note_append(const struct note *, struct arena *, const struct note_change *, struct error *);

/* `make` is given what is there (or NULL), maybe several times. */
WARN_UNUSED bool note_change(const struct note *, struct arena *, void *self,
                             bool (*make)(void *self, struct arena *, const struct value *before,
                                          struct note_change *, struct error *),
                             struct error *);

#endif
