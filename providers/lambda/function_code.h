#ifndef PLUMB_PROVIDERS_LAMBDA_FUNCTION_CODE_H
#define PLUMB_PROVIDERS_LAMBDA_FUNCTION_CODE_H

/* The property Code of a function: where the code comes from, and whether it is what is live. */

#include "providers/resource_type.h"

/* The members of CreateFunction's Code, which are also those of UpdateFunctionCode.  `digest` is that of the
 * zip as Lambda gives it (CodeSha256), or empty where only AWS can tell (S3, image). */
WARN_UNUSED bool function_code(const struct resource_call *, const struct value *code, struct str runtime,
                               struct value **members, struct str *digest, struct error *);

/* Writes the code where it differs from the live one, or the architectures do.  `*written` says so. */
WARN_UNUSED bool function_code_update(const struct resource_call *, const struct value *target,
                                      const struct value *live, const struct value *configuration,
                                      bool *written, struct error *);

#endif
