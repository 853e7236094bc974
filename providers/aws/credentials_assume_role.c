#include "providers/aws/session.h"
#include "providers/sts/operations.h"

enum { SESSION_SECONDS = 3600 }; /* the most that role chaining allows */

static struct str session_name(struct str wanted)
{
    return wanted.len ? wanted : STR("plumb");
}

static bool perform(struct aws_session *session, struct str region, const struct credentials *base,
                    enum sts_operation operation, struct arena *arena, const struct value *input,
                    struct credentials *credentials, struct error *error)
{
    struct value *output;
    if (!exchange_with(session, region, base, &sts_operations[operation], arena, input, &output, error))
        return false;
    return credentials_read(value_get(output, "Credentials"), credentials, error) ||
           error_prefix(error, "sts %s", sts_operations[operation].name);
}

bool credentials_assume_role(struct aws_session *session, const struct assume_role *assume,
                             struct credentials *credentials, struct error *error)
{
    struct arena *arena = arena_new();
    struct value *input = value_map(arena);
    value_setz(arena, input, "RoleArn", value_string(arena, assume->role_arn));
    value_setz(arena, input, "RoleSessionName", value_string(arena, session_name(assume->session_name)));
    value_setz(arena, input, "DurationSeconds", value_int(arena, SESSION_SECONDS));
    if (assume->external_id.len)
        value_setz(arena, input, "ExternalId", value_secret(arena, assume->external_id));
    bool done =
        perform(session, assume->region, assume->base, STS_ASSUME_ROLE, arena, input, credentials, error);
    arena_wipe(arena);
    return done || error_prefix(error, "cannot assume role '%.*s'", STR_ARG(assume->role_arn));
}

static bool by_token(struct aws_session *session, struct arena *arena, struct str region, struct str role_arn,
                     struct str name, const char *token_file, struct credentials *credentials,
                     struct error *error)
{
    struct str token;
    if (!credentials_read_file(arena, token_file, &token, error))
        return false;
    struct value *input = value_map(arena);
    value_setz(arena, input, "RoleArn", value_string(arena, role_arn));
    value_setz(arena, input, "RoleSessionName", value_string(arena, session_name(name)));
    value_setz(arena, input, "WebIdentityToken", value_secret(arena, str_trim(token)));
    return perform(session, region, NULL, STS_ASSUME_ROLE_WITH_WEB_IDENTITY, arena, input, credentials,
                   error);
}

bool credentials_assume_by_token(struct aws_session *session, struct str region, struct str role_arn,
                                 struct str name, const char *token_file, struct credentials *credentials,
                                 struct error *error)
{
    struct arena *arena = arena_new();
    bool done = by_token(session, arena, region, role_arn, name, token_file, credentials, error);
    arena_wipe(arena);
    return done || error_prefix(error, "cannot assume role '%.*s'", STR_ARG(role_arn));
}
