#ifndef PLUMB_PROVIDERS_APIGATEWAYV2_API_BODY_H
#define PLUMB_PROVIDERS_APIGATEWAYV2_API_BODY_H

/*
 * The OpenAPI document of an HTTP API, in 'Body' or as an object in S3.  AWS takes it in and does not give it
 * back: an export is another document.  So the digest of what was taken in is kept in a tag of the API,
 * written after it, and what the API really has is compared with the document where the two can be compared:
 * which routes there are, to what they are integrated, and whether they ask who calls.  Of a document in S3
 * only its place is compared, as CloudFormation does.
 */

#include "providers/resource.h"

#define API_BODY_TAG "plumb:body"

/* Do the properties have a document? */
bool api_has_body(const struct value *properties);

/* {API_BODY_TAG: digest} of the document, or of the place where it is. */
struct value *api_body_tag(struct arena *, const struct value *properties);

/* `declared` are normalized properties.  Gives state->properties the document as it is live: the declared one
 * without the routes that the API has not, with the integrations that it has.  Where the tag has another
 * digest nothing is known but that. */
WARN_UNUSED bool api_read_body(const struct resource_call *, const struct value *declared,
                               struct resource_state *, struct error *);

/* Routes that neither the document has nor AWS's quick creation made become extras. */
WARN_UNUSED bool api_extra_routes(const struct resource_call *, const struct value *declared,
                                  struct value **extras, struct error *);

/* The document overwrites all that the API has, but not its stages. */
WARN_UNUSED bool api_put_body(const struct resource_call *, const struct value *target, struct error *);

#endif
