#ifndef PLUMB_BASE_WILDCARD_H
#define PLUMB_BASE_WILDCARD_H

/*
 * Patterns as IAM writes them: '*' stands for any text, also none, and '?' for one character; nothing escapes
 * them.  Without allocation but where said, in a time of at most one length times the other.
 */

#include "base/arena.h"

enum wildcard_case { WILDCARD_EXACT, WILDCARD_FOLDED /* ASCII letters compare without their case */ };

/* Does `outer` match all that `inner` matches, which may be a pattern itself or a plain text?  Of two
 * patterns the answer "no" may be wrong where '?' and '*' follow one another; "yes" never is. */
bool wildcard_covers(struct str outer, struct str inner, enum wildcard_case);

/* Is there a text that both match? */
bool wildcards_meet(struct arena *, struct str, struct str, enum wildcard_case);

#endif
