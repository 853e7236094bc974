#ifndef PLUMB_PROVIDERS_APIGATEWAY_STAGE_PATCH_H
#define PLUMB_PROVIDERS_APIGATEWAY_STAGE_PATCH_H

/*
 * A stage is changed by patches.  Its method settings are a map there, from "~1orders/GET" or, for all, from
 * "*" "/" "*"; CloudFormation has a list with "ResourcePath" ("/~1orders", and people write "/orders" too)
 * and "HttpMethod".
 */

#include "providers/apigateway/patch.h"
#include "providers/shape.h"

/* The API's map as CloudFormation's list. */
struct value *method_settings_in(struct arena *, const struct value *map);

/* One form of all paths, in one order. */
void method_settings_normalize(struct arena *, struct value *list);

/* Gives what a method's previous item set and the wanted one does not AWS's default.  Both normalized. */
void method_settings_reset(struct arena *, struct value *wanted, const struct value *previous);

/* The steps from live to target; both normalized. */
struct value *stage_patch(struct arena *, const struct value *target, const struct value *live);

#endif
