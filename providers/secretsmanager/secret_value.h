#ifndef PLUMB_PROVIDERS_SECRETSMANAGER_SECRET_VALUE_H
#define PLUMB_PROVIDERS_SECRETSMANAGER_SECRET_VALUE_H

/* What a secret that a template makes shall hold. */

#include "providers/resource_type.h"

/* The text of "SecretString", or a new password as "GenerateSecretString" describes it; *text is NULL where
 * the properties have neither.  It is a secret, so that nothing prints it. */
WARN_UNUSED bool secret_value_make(const struct resource_call *, const struct value *properties,
                                   struct value **text, struct error *);

/* Is another value declared than was applied last?  What came by a reference is compared as that.  False
 * where nobody knows what was applied: a value is never made anew without need. */
bool secret_value_changes(struct arena *, const struct value *properties, const struct value *previous);

/* Puts a digest in the place of a text that a template has in clear, so that two can be told apart where
 * neither is shown. */
void secret_value_hide(struct arena *, struct value *properties);

#endif
