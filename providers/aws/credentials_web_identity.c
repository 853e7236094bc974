#include "providers/aws/session.h"

static enum credential_outcome find(struct aws_session *session, struct str region,
                                    struct credentials *credentials, struct error *error)
{
    const struct aws_environment *environment = &session->environment;
    const char *file = environment_get(environment, "AWS_WEB_IDENTITY_TOKEN_FILE");
    const char *role = environment_get(environment, "AWS_ROLE_ARN");
    if (!file) {
        error_set(error, ERROR_NOT_FOUND, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
        return CREDENTIALS_ABSENT;
    }
    if (!role) {
        error_set(error, ERROR_INVALID, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
        return CREDENTIALS_FAILED;
    }
    struct str name = str_from(environment_get(environment, "AWS_ROLE_SESSION_NAME"));
    return credentials_assume_by_token(session, region, str_from(role), name, file, credentials, error)
               ? CREDENTIALS_FOUND
               : CREDENTIALS_FAILED;
}

const struct credential_source credentials_web_identity = {"web identity", find};
