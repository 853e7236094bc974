#ifndef PLUMB_PROVIDERS_LAMBDA_FUNCTION_SETTINGS_H
#define PLUMB_PROVIDERS_LAMBDA_FUNCTION_SETTINGS_H

/* Properties of a function that have calls of their own: reserved concurrency, code signing, runtime
 * management, recursion; and what others hang on a function. */

#include "providers/resource_type.h"

/* Adds to `live` those that the map `asked` has (they cost a call each, so the others are left out). */
WARN_UNUSED bool function_settings_read(const struct resource_call *, struct str function,
                                        const struct value *asked, struct value *live, struct error *);

/* Brings them from `live` to `target`. */
WARN_UNUSED bool function_settings_write(const struct resource_call *, struct str function,
                                         const struct value *target, const struct value *live,
                                         struct error *);

/* Aliases, URLs, permissions and triggers of the function: all, since only the caller knows which of them are
 * resources of their own.  "Name" is what Ref gives for such a resource. */
WARN_UNUSED bool function_extras(const struct resource_call *, struct str function, struct value **extras,
                                 struct error *);

#endif
