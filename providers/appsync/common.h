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

/* The body of a resolver or function: code or mapping templates, as texts or at places in S3, which AppSync
 * does not know and which cannot be read back. */
extern const struct wire_name appsync_body_names[];
extern const char *const appsync_body_unreadable[];
/* Mends a request: code and templates exclude each other, so that of what is live only what goes with what is
 * declared is told again; and what lies in S3 is fetched. */
WARN_UNUSED bool appsync_send_body(const struct resource_call *, const struct value *target,
                                   struct value *input, struct error *);

/* Takes members out of a request that the properties do not declare.  NULL ends the list. */
void appsync_drop_undeclared(const struct value *target, struct value *input,
                             const struct appsync_place *members);

#endif
