#ifndef PLUMB_SIMULATOR_COGNITO_H
#define PLUMB_SIMULATOR_COGNITO_H

/* What the files of Amazon Cognito's user pools share. */

#include "tests/simulator/service.h"

/* InvalidParameterException with this text.  Always false. */
bool cognito_invalid(struct call *, const char *format, ...) PRINTF_LIKE(2, 3);
/* ResourceNotFoundException with this text.  Always false. */
bool cognito_absent(struct call *, const char *format, ...) PRINTF_LIKE(2, 3);
/* The pool that UserPoolId names, or NULL after call_fail. */
struct value *cognito_pool(struct call *);
/* Pages of a map's values, as `list` in the answer; at most 60, as all lists of Cognito. */
bool cognito_page(struct call *, const struct value *items, const char *list, const char *size_member);

/* cognito_schema.c: the attributes that users have. */
struct value *cognito_standard_attributes(struct call *);
/* Checks attributes as they come in Schema or CustomAttributes; then adds them to pool.SchemaAttributes. */
bool cognito_check_attributes(struct call *, const struct value *there, const struct value *given,
                              bool standard_too);
void cognito_add_attributes(struct call *, struct value *pool, const struct value *given);

/* cognito_mfa.c */
/* May UpdateUserPool or CreateUserPool set this MfaConfiguration? */
bool cognito_check_mfa(struct call *, const struct value *pool);
bool cognito_check_sms(struct call *, const struct value *sms);
/* What MfaConfiguration OFF takes away. */
void cognito_settle_mfa(struct value *pool);
bool cognito_get_mfa(struct call *);
bool cognito_set_mfa(struct call *);

/* cognito_client.c */
bool cognito_create_client(struct call *);
bool cognito_describe_client(struct call *);
bool cognito_update_client(struct call *);
bool cognito_delete_client(struct call *);
bool cognito_list_clients(struct call *);

/* cognito_parts.c: domains, groups and resource servers. */
bool cognito_create_domain(struct call *);
bool cognito_describe_domain(struct call *);
bool cognito_update_domain(struct call *);
bool cognito_delete_domain(struct call *);
/* Has the pool a domain? */
bool cognito_has_domain(struct call *, struct str pool_id);
bool cognito_create_group(struct call *);
bool cognito_get_group(struct call *);
bool cognito_update_group(struct call *);
bool cognito_delete_group(struct call *);
bool cognito_list_groups(struct call *);
bool cognito_create_server(struct call *);
bool cognito_describe_server(struct call *);
bool cognito_update_server(struct call *);
bool cognito_delete_server(struct call *);
bool cognito_list_servers(struct call *);
bool cognito_scope_exists(const struct value *pool, struct str scope);

#endif
