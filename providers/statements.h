#ifndef PLUMB_PROVIDERS_STATEMENTS_H
#define PLUMB_PROVIDERS_STATEMENTS_H

/*
 * What the policies of a resource say: every statement of every policy document among its properties, and who
 * gets what by one.  Only what a statement itself gives is told: a Deny beside it, a boundary or a policy of
 * the organization may take it away again.
 *
 * Documents are known by their form (statements with an Effect), as trees and as JSON in texts, so that those
 * of every type are found.  Of types that spread one statement over their properties (Lambda's Permission) it
 * is put together.
 */

#include "base/value.h"

struct statement {
    const struct value *tree;  /* as policy_normalize has it */
    const struct value *place; /* where it stands, where the tree does not know */
    bool hidden;               /* its text came by a secret: what it says is not to be shown */
};

/* `tree` lives in the arena. */
typedef void statement_function(void *self, const struct statement *);
void statements_each(struct arena *, struct str type, const struct value *properties, statement_function *,
                     void *self);

/* REACH_UNKNOWN: a part that decides is known only after apply. */
enum reach { REACH_NO, REACH_YES, REACH_UNKNOWN };

/* Does it say to whom?  Then it belongs to a resource, else to a role, user or group. */
bool statement_names_principals(const struct statement *);

/* Does it allow an action that the pattern stands for?  "*" alone asks for all actions at once, or for all
 * but those of a NotAction.  `which` is the value that allows it. */
enum reach statement_gives(struct arena *, const struct statement *, struct str pattern,
                           const struct value **which);

/* Does it let in a principal that the pattern stands for?  "*" alone asks for everybody; any pattern stands
 * for somebody among everybody.  Accounts may be written as their number or as the ARN of their root. */
enum reach statement_admits(struct arena *, const struct statement *, struct str pattern,
                            const struct value **which);

/* Does it let in everybody, as S3 means "public": nothing but fixed principals, and no condition with fixed
 * values that says whence.  See "The meaning of 'public'" in
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
enum reach statement_is_public(const struct statement *, const struct value **which);

#endif
