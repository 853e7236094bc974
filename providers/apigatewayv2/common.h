#ifndef PLUMB_PROVIDERS_APIGATEWAYV2_COMMON_H
#define PLUMB_PROVIDERS_APIGATEWAYV2_COMMON_H

/* What the types of HTTP and WebSocket APIs share. */

#include "providers/apigatewayv2/operations.h"
#include "providers/plain.h"

enum { APIGATEWAYV2_BUSY_MS = 60 * 1000 };

/* Another change of the same API is under way. */
extern const struct hurdle apigatewayv2_busy[];

extern const struct tag_calls apigatewayv2_tag_calls;

/* "arn:aws:apigateway:eu-west-1::/<path>": with `path` such as "apis/a1b2c3". */
struct str apigatewayv2_arn(const struct resource_call *, struct str path);

/* {"apiId"}: what a create of and the list of an API's things carry. */
extern const struct plain_key apigatewayv2_inside[];

/* What an update has of a map, that is written key by key: beside the wanted keys those that are live and not
 * wanted, as `gone` (copied).  `member` is the map's name in the input, `property` in live properties. */
void apigatewayv2_drop_keys(const struct resource_call *, const struct value *target,
                            const struct resource_state *live, const char *property, struct value *input,
                            const char *member, const struct value *gone);

/* The keys of the live map `property` that are not wanted any more: where the properties or those of before
 * declare it. */
struct value *apigatewayv2_keys_gone(const struct resource_call *, const struct value *target,
                                     const struct resource_state *live, const char *property);

#endif
