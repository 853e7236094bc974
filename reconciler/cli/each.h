#ifndef PLUMB_RECONCILER_CLI_EACH_H
#define PLUMB_RECONCILER_CLI_EACH_H

#include "reconciler/cli/command.h"

/*
 * What plan, apply, drift and status share: the session is opened, then `visit` is called for each
 * application that the target names.  An error of one is printed and the others go on.
 *
 * In JSON form each visit appends to `list`, which becomes {"applications": [...]}; an application that
 * failed is there with "error".
 */
struct each {
    struct context *context;
    struct session *session;
    struct value *list; /* of JSON results, in the context's arena */
    struct buf *text;   /* printed and emptied after each visit */
    bool refused;       /* by a visit that failed no further: EXIT_ERROR all the same */
};

/* "prod/orders: TEXT", and the same in JSON; `order` is what was asked for, or NULL. */
void each_tell(struct each *, const struct subject *, const char *order, struct str text);

/* {"applications": list} on standard output. */
void print_applications(struct context *, struct value *list);

/* False with the error: this application failed.  `differences` is what EXIT_DIFFERENCES is made of. */
typedef bool visit_function(struct each *, struct subject *, bool *differences, struct error *);

/* EXIT_ERROR if one failed, else EXIT_DIFFERENCES if one had differences. */
enum exit_status for_each_application(struct context *, visit_function *, struct error *);
/* The same in the order of releases (reconciler/order.h). */
enum exit_status for_each_in_order(struct context *, visit_function *, struct error *);

#endif
