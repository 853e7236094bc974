#ifndef PLUMB_ENVIRONMENTS_SAM_EDITOR_H
#define PLUMB_ENVIRONMENTS_SAM_EDITOR_H

/*
 * Editing an API's definition: Swagger 2 / OpenAPI 3 of a REST API, OpenAPI 3 of an HTTP API.
 *
 * An editor works on a copy, and editor_result is a copy of it with the parts that were added: copies rebuild
 * the hash tables that the deployment's id depends on (python_document_copy).  So the document given must not
 * be used any more; editor_view only looks at it.
 */

#include "environments/sam/transform.h"

struct editor {
    struct sam *sam;
    const char *id; /* of the API: for messages */
    bool http;      /* HTTP API */
    struct value *doc, *paths;
    struct value *security, *responses, *policy, *definitions; /* dictionaries, maybe empty */
    struct value *tags, *info;                                 /* of HTTP APIs */
};

#define INTEGRATION "x-amazon-apigateway-integration"
#define ANY_METHOD "x-amazon-apigateway-any-method"

/* "swagger" or "openapi" of the right version, and "paths". */
bool editor_takes(const struct value *doc, bool http);
/* NULL, with a mistake, where the document is not one. */
struct editor *editor_new(struct sam *, struct value *doc, const char *id, bool http);
struct editor editor_view(struct sam *, struct value *doc, const char *id, bool http);
struct value *editor_result(struct editor *);
struct value *skeleton(struct sam *, bool http);

/* The item itself, or the branches of its Fn::If. */
struct value *conditional_contents(struct sam *, struct value *item);
struct str method_name(struct sam *, struct str method); /* small; "any" is the long name */
bool editor_has_integration(struct editor *, struct str path, struct str method);
void editor_add_path(struct editor *, const struct value *path, const struct value *method);
void editor_make_path_conditional(struct editor *, struct str path, struct value *condition);

/* Calls `edit` for every definition of the method, or of all methods (method empty), that has an integration.
 */
void editor_each(struct editor *, struct str path, struct str method,
                 void (*edit)(void *self, struct str method, struct value *definition), void *self);

void editor_add_lambda(struct editor *, const struct value *path, const struct value *method,
                       struct value *uri, const struct value *method_auth, const struct value *api_auth,
                       struct value *condition, const struct value *mode);
void editor_add_machine(struct editor *, const struct value *path, const struct value *method,
                        struct value *uri, struct value *credentials, struct value *templates,
                        struct value *condition);
/* An event's Auth: authorizer, scopes, key and resource policy. */
void editor_add_method_auth(struct editor *, struct str path, struct str method, const struct value *auth,
                            const struct value *api);
void editor_add_resource_policy(struct editor *, const struct value *policy, const struct value *path,
                                struct value *stage);
void editor_add_custom_statements(struct editor *, struct value *statements);
void editor_need_iam(struct editor *);
void editor_need_key(struct editor *);
/* Every "{id}" becomes a star; with `plus` also "{rest+}". */
struct str star_path(struct sam *, struct str path, bool plus);
/* The APIs of events (events_api.c, events_http.c); and what Api events of functions and state machines
 * share. */
bool link_rest_api(struct sam *, struct event *, struct value **id, struct value **api, struct value **stage);
bool link_http_api(struct sam *, struct event *, struct value **id, struct value **api);
void add_event_auth(struct sam *, struct event *, struct value *api, struct value *api_id, struct value *path,
                    struct value *method, struct value *stage, struct editor *);
struct value *single(struct sam *, const char *key, bool unicode,
                     struct value *); /* a dictionary of one key */

#endif
