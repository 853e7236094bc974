#ifndef PLUMB_SIMULATOR_APPSYNC_H
#define PLUMB_SIMULATOR_APPSYNC_H

/* What the files of AWS AppSync share. */

#include "tests/simulator/service.h"

/* BadRequestException with this text.  Always false. */
bool appsync_bad(struct call *, const char *format, ...) PRINTF_LIKE(2, 3);
/* NotFoundException with this text.  Always false. */
bool appsync_absent(struct call *, const char *format, ...) PRINTF_LIKE(2, 3);
/* The API that apiId names, of either kind, or NULL after call_fail. */
struct value *appsync_api(struct call *);
/* The same for what changes an API: fails while its schema is being altered. */
struct value *appsync_still_api(struct call *);
/* Pages of a map's values, as `list` in the answer. */
bool appsync_page(struct call *, const struct value *items, const char *list);
/* Sets these members of a map to those of the input; what the input lacks goes. */
void appsync_set(struct call *, struct value *map, const char *const *members, size_t count);
/* May this role be one of AppSync's? */
bool appsync_check_role(struct call *, struct str role_arn);

/* appsync_events.c */
struct value *appsync_event_api(struct call *); /* the event API that apiId names, or NULL */
struct value *appsync_event_tagged(struct call *, struct str rest);
bool appsync_create_event_api(struct call *);
bool appsync_get_event_api(struct call *);
bool appsync_update_event_api(struct call *);
bool appsync_delete_event_api(struct call *);
bool appsync_list_event_apis(struct call *);
bool appsync_create_namespace(struct call *);
bool appsync_get_namespace(struct call *);
bool appsync_update_namespace(struct call *);
bool appsync_delete_namespace(struct call *);

/* appsync_schema.c */
bool appsync_start_schema(struct call *);
bool appsync_schema_status(struct call *);
bool appsync_introspection(struct call *);
bool appsync_schema_is_new(struct call *, const struct value *api);
/* Does the schema have that field? */
bool appsync_has_field(struct call *, const struct value *api, struct str type, struct str field);

/* appsync_parts.c */
bool appsync_create_key(struct call *);
bool appsync_update_key(struct call *);
bool appsync_delete_key(struct call *);
bool appsync_list_keys(struct call *);
bool appsync_create_source(struct call *);
bool appsync_get_source(struct call *);
bool appsync_update_source(struct call *);
bool appsync_delete_source(struct call *);
bool appsync_list_sources(struct call *);

/* appsync_resolver.c: functions and resolvers. */
bool appsync_create_function(struct call *);
bool appsync_get_function(struct call *);
bool appsync_update_function(struct call *);
bool appsync_delete_function(struct call *);
bool appsync_list_functions(struct call *);
bool appsync_create_resolver(struct call *);
bool appsync_get_resolver(struct call *);
bool appsync_update_resolver(struct call *);
bool appsync_delete_resolver(struct call *);
bool appsync_list_resolvers(struct call *);

#endif
