#ifndef PLUMB_PROVIDERS_SECRETSMANAGER_SECRET_H
#define PLUMB_PROVIDERS_SECRETSMANAGER_SECRET_H

/* Reading a secret: for dynamic references. */

#include "providers/aws/aws.h"

struct secret_name {
    struct str id;      /* name or ARN */
    struct str key;     /* of the JSON in it; empty: the whole text */
    struct str stage;   /* empty: AWSCURRENT */
    struct str version; /* id, or empty */
};

struct secret {
    struct str text;    /* clear */
    struct str version; /* id */
};

/* ERROR_NOT_FOUND: there is no such secret or version.  Errors never show what it holds. */
WARN_UNUSED bool secret_read(struct aws *, struct arena *, const struct secret_name *, struct secret *,
                             struct error *);

#endif
