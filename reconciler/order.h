#ifndef PLUMB_RECONCILER_ORDER_H
#define PLUMB_RECONCILER_ORDER_H

/*
 * The order in which the applications of an environment are released: those that export before those that
 * import from them (and, for Fn::GetStackOutput, those that have the output).  One that was released with an
 * import that it does not declare any more goes before the exporter, which may then take the export back.
 *
 * Only parameters whose value lies in SSM are asked for.  An application whose template cannot be rendered
 * stands where its name puts it; its own visit tells why.
 */

#include "reconciler/session.h"

struct ordered_application {
    struct str name;
    struct error error; /* ERROR_NONE, or why it cannot be released: "a -> b -> a" */
};

/* As many as the environment has applications; in the arena. */
struct ordered_application *applications_order(struct session *, struct arena *, const struct environment *);

#endif
