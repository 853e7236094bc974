#ifndef PLUMB_PROVIDERS_APPSYNC_COMMON_H
#define PLUMB_PROVIDERS_APPSYNC_COMMON_H

/* What the types of AppSync share. */

#include "providers/plain.h"

/* While the schema of the API is being altered, and while a new role is not known everywhere. */
extern const struct hurdle appsync_hurdles[];
enum { APPSYNC_HURDLES_MS = 2 * 60 * 1000 };

extern const struct tag_calls appsync_tag_calls;

/* The text at "s3://BUCKET/KEY", at most AppSync's megabyte. */
WARN_UNUSED bool appsync_text_at(const struct resource_call *, struct str location, struct str *text,
                                 struct error *);

/* A text that a property names by its place in S3: {"CodeS3Location", "code"}. */
struct appsync_place {
    const char *property, *member;
};
/* Fetches what the declared places name into the members of a request.  NULL ends the list. */
WARN_UNUSED bool appsync_fetch(const struct resource_call *, const struct appsync_place *,
                               const struct value *target, struct value *input, struct error *);

/* Code and mapping templates exclude each other: of what is live, a request tells again only what goes with
 * what is declared. */
void appsync_choose_body(const struct value *target, struct value *input);

/* Takes members out of a request that the properties do not declare.  NULL ends the list. */
void appsync_drop_undeclared(const struct value *target, struct value *input,
                             const struct appsync_place *members);

#endif
