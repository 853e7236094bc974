#ifndef PLUMB_PROVIDERS_SSM_PARAMETERS_H
#define PLUMB_PROVIDERS_SSM_PARAMETERS_H

/* Reading SSM parameters: for dynamic references and for template parameters that lie in SSM. */

#include "providers/aws/aws.h"

enum { SSM_PARAMETERS_MAX = 10 }; /* of one GetParameters */

struct ssm_parameter {
    struct str value;
    struct str version; /* a number */
    bool secure;        /* a SecureString */
};

/* By name or ARN, `version` empty for the newest.  ERROR_NOT_FOUND: there is no such parameter or version; a
 * SecureString is refused unless `secure`, and any other type where it is. */
WARN_UNUSED bool ssm_parameter_read(struct aws *, struct arena *, struct str name, struct str version,
                                    bool secure, struct ssm_parameter *, struct error *);

/* The plain parameters of these names (a list of strings), as a map to strings; what does not exist is left
 * out, a SecureString is refused.  Ten go into one call. */
WARN_UNUSED bool ssm_parameters_read(struct aws *, struct arena *, const struct value *names,
                                     struct value **values, struct error *);

#endif
