#ifndef PLUMB_ENVIRONMENTS_SAM_REST_API_H
#define PLUMB_ENVIRONMENTS_SAM_REST_API_H

/* The parts of AWS::Serverless::Api; inside environments/sam only. */

#include "environments/sam/editor.h"

struct rest_api {
    struct sam *sam;
    struct source_resource *source;
    struct made_list *list;
    struct value *passthrough;
    struct value *body;   /* the definition so far, or NULL */
    struct value *domain; /* or NULL */
};

struct value *api_own(const struct rest_api *, const char *name);
struct editor *api_editor(struct rest_api *);
/* Moves what OpenAPI 3 has elsewhere than Swagger 2. */
struct value *openapi_form(struct rest_api *, struct value *body);
struct value *gateway_response(struct rest_api *, const struct value *response);

void api_add_cors(struct rest_api *);
void api_add_auth(struct rest_api *);
void api_add_permissions(struct rest_api *); /* of Lambda authorizers */
void api_build_domain(struct rest_api *, struct made_list *);
void api_build_usage_plan(struct rest_api *, struct made *stage);

#endif
