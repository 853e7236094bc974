#ifndef PLUMB_RECONCILER_PERMISSIONS_PRIVATE_H
#define PLUMB_RECONCILER_PERMISSIONS_PRIVATE_H

#include "providers/grants.h"
#include "reconciler/permissions.h"

/* Who collects them for one application. */
struct permission_search {
    bool late; /* what is asked for now is no part of planning */
    struct subject *subject;
    struct arena *arena;
    struct permissions *out;
    struct value *seen[2]; /* permissions that planning, applying have, as texts */
    struct value *noted;
};

/* A resource that is declared, or was applied. */
struct permission_target {
    struct str logical_id, type_name;
    const struct resource_type *type;
    const struct grants_of_type *grants;
    const struct value *properties; /* with patterns where only the account knows */
    const struct desired_resource *desired;
    struct str physical_id; /* of what was applied; or empty */
};

void permission_add(struct permission_search *, bool planning, const struct permission *);
void permission_note(struct permission_search *, struct str sentence);

/* The resource's properties, each function with what the account would give for it as a pattern; what the
 * template asks of the account by it is added to the permissions. */
struct value *permission_properties(struct permission_search *, const struct value *properties);

/* Its own name, or what it begins with and "*". */
struct str permission_name(struct permission_search *, const struct permission_target *);

/* What the call table says that the call needs, with the names of the target in it. */
void permission_operation(struct permission_search *, const struct permission_target *,
                          const struct aws_operation *, bool planning);
/* What is called while traffic moves, for the aliases that move in steps. */
void permission_traffic(struct permission_search *);
/* What `deployment:` of the application asks for, as it was written; NULL: nothing. */
void permission_rollout(struct permission_search *, const struct value *deployment);

/* Calls back for every resource that the form ("arn:{partition}:...{FunctionName}", several with a comma
 * between) stands for. */
typedef void resource_function(void *self, struct str resource);
void permission_resources(struct permission_search *, const struct permission_target *, const char *form,
                          resource_function *, void *self);
/* Standard places only. */
struct str permission_place(struct permission_search *, struct str form);

#endif
