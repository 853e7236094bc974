#ifndef PLUMB_RECONCILER_STACK_TAGS_H
#define PLUMB_RECONCILER_STACK_TAGS_H

/*
 * Tags of stacks are for everything in them: each resource whose type has tags gets them into its properties,
 * as if its template said so.  What the template does say wins.
 */

#include "environments/desired.h"

void stack_tags_apply(struct arena *, struct desired *);

#endif
