#include "providers/aws/session.h"

static enum credential_outcome find(struct aws_session *session, struct str region,
                                    struct credentials *credentials, struct error *error)
{
    (void)region;
    const char *access_key = environment_get(&session->environment, "AWS_ACCESS_KEY_ID");
    const char *secret_key = environment_get(&session->environment, "AWS_SECRET_ACCESS_KEY");
    if (!access_key && !secret_key) {
        error_set(error, ERROR_NOT_FOUND, "AWS_ACCESS_KEY_ID is not set");
        return CREDENTIALS_ABSENT;
    }
    if (!access_key || !secret_key) {
        error_set(error, ERROR_INVALID, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together");
        return CREDENTIALS_FAILED;
    }
    credentials_set(credentials, str_from(access_key), str_from(secret_key),
                    str_from(environment_get(&session->environment, "AWS_SESSION_TOKEN")), 0);
    return CREDENTIALS_FOUND;
}

const struct credential_source credentials_environment = {"environment", find};
