#ifndef PLUMB_PROVIDERS_APIGATEWAY_REST_API_EXTRAS_H
#define PLUMB_PROVIDERS_APIGATEWAY_REST_API_EXTRAS_H

/* Resources and methods of an API that its own declaration does not name.  Those that are declared as
 * resources of their own are told by their "Id". */

#include "providers/resource.h"

/* All resources with their methods, in the API's names. */
WARN_UNUSED bool rest_api_resources(const struct resource_call *, struct str api, struct value **resources,
                                    struct error *);

/* An extra for the method of a resource; both in the API's names. */
void rest_api_method_extra(const struct resource_call *, struct str api, const struct value *resource,
                           const struct value_entry *method, struct value **extras);

/* Of an API without a document: resource_type.h. */
WARN_UNUSED bool rest_api_extras(const struct resource_call *, struct value **extras, struct error *);
WARN_UNUSED bool rest_api_remove_extra(const struct resource_call *, const struct value *extra,
                                       struct error *);

#endif
