#ifndef PLUMB_RECONCILER_CHANGESET_PRIVATE_H
#define PLUMB_RECONCILER_CHANGESET_PRIVATE_H

/* What the parts of the change set share; for changeset*.c alone. */

#include "providers/facts.h"
#include "reconciler/changeset.h"

/* What becomes of a resource that others refer to. */
enum fate { FATE_STAYS, FATE_MAY_BE_NEW, FATE_IS_NEW };

struct changeset_making {
    struct arena *arena;
    const struct desired *before, *after;
    enum fate *fates;       /* of after->resources */
    bool parameters_change; /* one of them, which every macro sees */
};

bool changeset_parameters_change(const struct desired *before, const struct desired *after);
/* A call of a macro of the account is somewhere in the value. */
bool changeset_holds_macro(const struct value *);

enum fate changeset_fate(const struct changeset_making *, struct str logical_id);

/* {"Ref": ...} or {"Fn::...": ...}: the entry, or NULL. */
const struct value_entry *changeset_call(const struct value *);

/* One thing that makes a property change. */
struct changeset_cause {
    enum change_source source;
    struct str entity;
    bool dynamic;
};

enum { CHANGESET_CAUSES_MAX = 64 }; /* of one property; more are not told */

struct changeset_causes {
    struct changeset_cause items[CHANGESET_CAUSES_MAX];
    size_t count;
};

/* The resources that are or may be new to which the functions left in a property refer. */
void changeset_resource_causes(const struct changeset_making *, const struct value *open,
                               struct changeset_causes *);
/* The parameters whose value changes to which a property refers as the template writes it. */
void changeset_parameter_causes(const struct changeset_making *, const struct value *written,
                                struct changeset_causes *);
/* The branch that holds of a Fn::If, else the value itself. */
const struct value *changeset_branch(const struct changeset_making *, const struct value *written);

/* The values that a resource has: what is in the templates filled in, what is new VALUE_UNKNOWN, functions
 * where only the account can tell. */
WARN_UNUSED bool changeset_values(const struct changeset_making *, const struct value *open, bool after,
                                  struct value **out, struct error *);

/* Adds the details of one attribute. */
struct changeset_attribute {
    const char *name;                   /* "Properties" */
    const struct value *before, *after; /* values; NULL: absent */
    const struct value *open, *written; /* of after: with functions, and as the template has it */
};
void changeset_compare(const struct changeset_making *, struct changeset_change *,
                       const struct changeset_attribute *);

#endif
