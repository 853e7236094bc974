#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_PATCH_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_PATCH_H

/*
 * The JSON patch (RFC 6902) by which an update reaches what is declared: only what differs is named, as deep
 * inside as members are known; what is not declared is left alone.  What `previous` had and nobody declares
 * any more is removed.
 *
 * A handler is given what its own read shows, patched.  So what cannot be read back has to be said with every
 * patch.
 */

#include "providers/facts.h"

struct patch {
    struct value *operations; /* list of {"op", "path", "value"} */
    bool needed;              /* false: there is only what has to be said with every patch */
};

/* `desired` in the schema's kinds (facts_kinds), `model` as it was read, `previous` may be NULL; `tags` is
 * the property that is left out, or empty. */
struct patch patch_make(struct arena *, const struct type_facts *, const struct value *desired,
                        const struct value *model, const struct value *previous, struct str tags);

/* Is all that is declared in the model, whatever it is, as far as it can be read back? */
bool patch_covers(struct arena *, const struct type_facts *, const struct value *desired,
                  const struct value *model);

/* Adds one operation at the top: "replace" where the model has the member. */
void patch_set(struct arena *, struct patch *, struct str name, const struct value *model,
               struct value *value);

#endif
