#ifndef PLUMB_RECONCILER_GUARDS_PRIVATE_H
#define PLUMB_RECONCILER_GUARDS_PRIVATE_H

/* What the files of guards share: one change, looked at by the guards of one file. */

#include "providers/statements.h"
#include "reconciler/guards.h"

struct guard_look {
    const struct plan *plan;
    const struct guards *guards;
    const struct change *change;
    struct arena *arena;
    struct guard_findings *out;
    bool undecided; /* a value that decides is not known yet */
};

/* Something that a rule may refuse. */
struct guard_offence {
    enum guard_rule rule;
    const struct value *rule_node; /* where the guards say so */
    const struct value *place;     /* where the template does, as near as is known; or NULL */
    struct str value;
    const char *what;   /* names the value's kind: "the action" */
    const char *remedy; /* "take it out" */
};

/* Adds a finding, if no exception covers it and it is not there yet. */
void guard_refuse(struct guard_look *, const struct guard_offence *);

/* The text, or what stands for a secret. */
struct str guard_shown(const struct value *, bool hidden);

/* The place of a part of the statement, as near as is known. */
const struct value *guard_place(const struct statement *, const struct value *part);

bool guard_matches(struct str pattern, struct str text);

void guard_policies(struct guard_look *); /* actions, principals, managed policies, boundary */
void guard_public(struct guard_look *);
void guard_accounts(struct guard_look *);

#endif
