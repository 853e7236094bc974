#ifndef PLUMB_RECONCILER_INPUTS_H
#define PLUMB_RECONCILER_INPUTS_H

/*
 * What of a repository something was made from: each file and directory that was read, and the revisions that
 * were resolved, with Git's ids.  A commit that leaves all of them as they were changes nothing of it.
 *
 * Lives on the heap, since it outlives the pass; at most INPUTS_MAX things, past them it is never the same.
 * One thread at a time.
 */

#include "gitsync/mirror.h"

enum { INPUTS_MAX = 100 * 1000 };

struct inputs;

struct inputs *inputs_new(void);
void inputs_free(struct inputs *); /* NULL is fine */
void inputs_clear(struct inputs *);

/* The same files; each that is asked for is noted.  `inner` must outlive them; so must the inputs. */
struct files inputs_files(struct inputs *, struct arena *, const struct files *inner);

/* A file or directory that was read otherwise. */
void inputs_note(struct inputs *, const struct files *, struct str path);
/* A revision ("main", "4f2c1e0") and what it came to. */
void inputs_note_revision(struct inputs *, struct str revision, struct str commit);

/* Is everything there as it was, and do the revisions come to the same?  False also where nothing was noted.
 */
bool inputs_same(const struct inputs *, const struct files *, struct mirror *);

#endif
