#ifndef PLUMB_RECONCILER_WHEREABOUTS_H
#define PLUMB_RECONCILER_WHEREABOUTS_H

/*
 * To which application what was changed in an account belongs: the physical ids of what this process keeps,
 * as of the last look at each application.  Safe from any thread.
 */

#include "reconciler/record.h"

struct whereabouts;

struct whereabouts *whereabouts_new(void);
void whereabouts_free(struct whereabouts *);

/* What the application has now, in the place of what it had. */
void whereabouts_set(struct whereabouts *, struct str environment, struct str application,
                     const struct inventory *);

/* Tells each application that has something of that name: a physical id as it is, or the last part of an ARN,
 * URL or path.  A name that many have brings a look at each of them. */
void whereabouts_find(struct whereabouts *, struct str name, void *self,
                      void (*found)(void *self, struct str environment, struct str application));

#endif
