#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_MODEL_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_MODEL_H

/*
 * Between a call and the model of a resource as Cloud Control has it: JSON with CloudFormation's names, in
 * which the properties and what AWS sets stand side by side.
 */

#include "providers/facts.h"
#include "providers/resource.h"

/* What is being managed. */
struct subject_type {
    const struct resource_type *type;
    const struct type_facts *facts;
    struct str tags; /* the property with the tags, empty where there is none */
    bool tags_fixed; /* tags cannot be changed after the create */
};

struct subject_type subject_of(const struct resource_call *);

/* The identifier of the resource that the call is about. */
WARN_UNUSED bool model_identifier(const struct resource_call *, const struct subject_type *,
                                  struct str *identifier, struct error *);
/* The identifier that a new one with these properties will have; false where AWS gives a part of it. */
bool model_wanted_identifier(const struct resource_call *, const struct subject_type *,
                             struct str *identifier);
/* The name that a new one will have, empty where plumb knows none. */
struct str model_wanted_name(const struct resource_call *, const struct subject_type *);

/* What a create asks for: properties, name and tags, in the schema's kinds. */
struct value *model_desired(const struct resource_call *, const struct subject_type *);
/* The tag property that an update has to reach, from what the model has; NULL where there is none or nothing
 * changes. */
struct value *model_tags(const struct resource_call *, const struct subject_type *,
                         const struct value *model);
/* The tags in a model as a map. */
struct value *model_live_tags(struct arena *, const struct subject_type *, const struct value *model);

/* Fills in the state from the model. */
void model_state(const struct resource_call *, const struct subject_type *, const struct value *model,
                 struct resource_state *);

/* The member at a dotted path of maps, or NULL. */
struct value *model_member(const struct value *model, struct str path);

#endif
