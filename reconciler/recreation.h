#ifndef PLUMB_RECONCILER_RECREATION_H
#define PLUMB_RECONCILER_RECREATION_H

/*
 * Must a resource be made anew to change a property?  By the words of CloudFormation's change sets, from the
 * facts.
 */

#include "providers/facts.h"

enum recreation { RECREATION_NEVER, RECREATION_CONDITIONALLY, RECREATION_ALWAYS };

/* `path` is of the facts: places in lists are left out.  NULL: absent.  A property that comes or goes as a
 * whole is as hard to change as the hardest of its parts; of a type that cannot be updated everything is.  A
 * custom resource tells itself, by the physical id that it answers, whether it was made anew; another
 * function than the one that made it cannot go on with it. */
enum recreation recreation_of(struct arena *, struct str type, struct str path, const struct value *before,
                              const struct value *after);

#endif
