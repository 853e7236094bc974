#ifndef PLUMB_GITSYNC_DELIVERIES_H
#define PLUMB_GITSYNC_DELIVERIES_H

/*
 * Which deliveries have been seen, so that one that is sent again is worked on once: the newest
 * DELIVERIES_MAX, in memory alone (a start looks at everything anyway).
 *
 * A delivery is known again by its id, and by what its signature covers: no forge signs the id with the body
 * (but GitLab's newer tokens), so that whoever has caught a delivery could send it again under another id.
 *
 * Safe from any thread.
 */

#include "gitsync/webhook.h"

enum { DELIVERIES_MAX = 10000 };

struct deliveries;

struct deliveries *deliveries_new(size_t max); /* of keys that are kept; a delivery has two */
void deliveries_free(struct deliveries *);     /* NULL is fine */
/* Remembers it; true where it was not known before. */
bool deliveries_add(struct deliveries *, const struct webhook_event *);
/* The same of something else that has an id: "event" and that. */
bool deliveries_add_id(struct deliveries *, const char *of_what, struct str id);

#endif
