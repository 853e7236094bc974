#ifndef PLUMB_PROVIDERS_LAMBDA_FUNCTION_SETTINGS_H
#define PLUMB_PROVIDERS_LAMBDA_FUNCTION_SETTINGS_H

/* Properties of a function that have calls of their own: reserved concurrency, code signing, runtime
 * management, recursion; and what others hang on a function. */

#include "providers/lambda/common.h"

/* Adds to `live` those that the map `asked` has (they cost a call each, so the others are left out). */
WARN_UNUSED bool function_settings_read(const struct resource_call *, struct str function,
                                        const struct value *asked, struct value *live, struct error *);

/* Brings them from `live` to `target`. */
WARN_UNUSED bool function_settings_write(const struct resource_call *, struct str function,
                                         const struct value *target, const struct value *live,
                                         struct error *);

/* What hangs on the function, whoever made it: only the caller knows which of it is a resource of its own.
 * "Name" is what Ref gives for such a resource.  Of a function without qualifier: aliases, triggers, its own
 * URL and permissions; of an alias: the URL and permissions of the alias. */
WARN_UNUSED bool function_extras(const struct resource_call *, struct function_name, struct value **extras,
                                 struct error *);

/* Takes one of these away: a URL, permission, alias or trigger. */
WARN_UNUSED bool function_remove_extra(const struct resource_call *, struct function_name,
                                       const struct value *extra, struct error *);

#endif
