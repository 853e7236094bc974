#ifndef PLUMB_PROVIDERS_COGNITO_USER_POOL_H
#define PLUMB_PROVIDERS_COGNITO_USER_POOL_H

/* What the files of AWS::Cognito::UserPool share. */

#include "providers/plain.h"

/* While a pool changes, and while a new role is not known everywhere. */
extern const struct hurdle cognito_hurdles[];
enum { COGNITO_HURDLES_MS = 60 * 1000 };

/* --- user_pool_schema.c: attributes can be added, and never changed or taken away --- */

/* The live schema as CloudFormation writes it: the declared attributes in the call's properties; without
 * them, the custom ones.  Custom ones that nobody declared are extras. */
void pool_schema_receive(const struct resource_call *, const struct value *item, struct resource_state *);
/* Refuses what Cognito cannot do, before anything is written. */
WARN_UNUSED bool pool_schema_check(const struct resource_call *, const struct value *target,
                                   const struct resource_state *live, struct error *);
/* Adds the attributes that are not there yet. */
WARN_UNUSED bool pool_schema_add(const struct resource_call *, const struct value *target,
                                 const struct resource_state *live, struct error *);

/* --- user_pool_mfa.c: second factors have calls of their own --- */

extern const char *const pool_mfa_properties[]; /* NULL-ended */
/* Reads them, unless nobody asks. */
WARN_UNUSED bool pool_mfa_receive(const struct resource_call *, struct resource_state *, struct error *);
/* Brings them to `target`; what it does not declare to what `live` was before. */
WARN_UNUSED bool pool_mfa_write(const struct resource_call *, const struct value *target,
                                const struct resource_state *live, struct error *);

#endif
