#ifndef PLUMB_RECONCILER_SECRET_MARK_H
#define PLUMB_RECONCILER_SECRET_MARK_H

/*
 * What the ledger holds in the place of a secret: "****", or "****#SALT$DIGEST", by which a later pass sees
 * whether the secret is another one, and nothing else.  The digest is PBKDF2 with HMAC-SHA-256, many rounds
 * and a salt that no other property has, so that guessing costs; a secret that a dictionary knows is guessed
 * all the same by who can read the ledger: those belong into Secrets Manager, by reference.
 */

#include "base/value.h"

/* Is that text a mark, with a digest or without? */
bool secret_is_marked(const struct value *);

/* A copy in which every secret without a reference of its own is a mark; `place` makes the salt. */
struct value *secrets_marked(struct arena *, const struct value *, struct str place);

/* The other way, for who is told what was applied last: every mark is a plain "****".  The value itself where
 * it has none. */
const struct value *secrets_hidden(struct arena *, const struct value *);

enum secret_likeness { SECRET_UNKNOWN, SECRET_SAME, SECRET_OTHER };

/* Of a mark: is that the secret? */
enum secret_likeness secret_compare(const struct value *mark, struct str secret);

#endif
