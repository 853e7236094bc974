#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_TYPES_TABLE_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_TYPES_TABLE_H

/* The generated table of types, sorted by name, and what its rows are made of. */

#include "providers/resource_type.h"

extern const struct resource_type cloudcontrol_types[];
extern const size_t cloudcontrol_type_count;

WARN_UNUSED bool cloudcontrol_read(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool cloudcontrol_find(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool cloudcontrol_create(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool cloudcontrol_update(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool cloudcontrol_remove(const struct resource_call *, struct error *);

/* `NAME_LENGTH` is 0 where plumb gives no name of its own: it is required, or the type takes none of plumb's
 * form. */
#define CLOUDCONTROL_TYPE(NAME, TRAITS, NAME_PROPERTY, NAME_LENGTH, LOWERCASE, UPDATE)                       \
    {                                                                                                        \
        .name = NAME, .traits = TRAITS | RESOURCE_BY_FACTS, .name_property = NAME_PROPERTY,                  \
        .name_max = NAME_LENGTH, .name_lowercase = LOWERCASE, .read = cloudcontrol_read,                     \
        .find = cloudcontrol_find, .create = cloudcontrol_create, .update = UPDATE,                          \
        .remove = cloudcontrol_remove                                                                        \
    }

#endif
