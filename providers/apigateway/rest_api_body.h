#ifndef PLUMB_PROVIDERS_APIGATEWAY_REST_API_BODY_H
#define PLUMB_PROVIDERS_APIGATEWAY_REST_API_BODY_H

/*
 * The OpenAPI document of a REST API.  AWS takes it in and does not give it back: an export is another
 * document.  So its digest is kept in a tag of the API, and what the API really has is compared with the
 * document where the two can be compared: which methods there are, and to what they are integrated.
 */

#include "providers/resource.h"

#define REST_API_BODY_TAG "plumb:body"

/* `declared` are normalized properties.  Gives state->properties the document as it is live: the declared one
 * without the methods that the API has not, with the integrations that it has.  A document of another digest
 * than the tag's was never taken in as a whole: then nothing is known but the tag's digest.  Methods that
 * nobody declared become extras. */
WARN_UNUSED bool rest_api_read_body(const struct resource_call *, struct str api,
                                    const struct value *declared, struct resource_state *, struct error *);

/* The tag that says which document is in: written with the API's other tags, after the document. */
struct value *rest_api_body_tag(struct arena *, const struct value *properties);

WARN_UNUSED bool rest_api_put_body(const struct resource_call *, struct str api, const struct value *target,
                                   struct error *);

#endif
