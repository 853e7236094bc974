#ifndef PLUMB_ENVIRONMENTS_SAM_HTTP_API_H
#define PLUMB_ENVIRONMENTS_SAM_HTTP_API_H

/* The parts of AWS::Serverless::HttpApi and, for domains, of WebSocketApi; inside environments/sam only. */

#include "environments/sam/editor.h"

struct http_api {
    struct sam *sam;
    struct source_resource *source;
    struct made_list *list;
    struct value *passthrough;
    struct value *body;  /* the definition so far, or NULL */
    struct value *tags;  /* with SAM's own, or NULL */
    const char *created; /* the key of SAM's own tag */
};

struct value *http_own(const struct http_api *, const char *name);
void http_add_auth(struct http_api *);
void http_add_permissions(struct http_api *);
void http_build_domain(struct http_api *, struct made_list *);
/* A permission for an authorizer of the API. */
struct made *authorizer_permission(struct http_api *, const char *id, struct value *function);

#endif
