/* The instance metadata service of EC2, version 2: a token first, then the role's name, then its keys. */

#include "base/digest.h"
#include "base/json.h"
#include "providers/aws/session.h"

enum { TIMEOUT_MS = 1000, ATTEMPTS = 2, ANSWER_MAX = 64 * 1024 };

struct imds {
    struct aws_session *session;
    struct arena *arena;
    struct str base, token;
};

static bool ask(const struct imds *imds, struct str method, const char *path, struct str more,
                struct str *body, struct error *error)
{
    struct http_header headers[] = {
        imds->token.len ? (struct http_header){STR("X-aws-ec2-metadata-token"), imds->token}
                        : (struct http_header){STR("X-aws-ec2-metadata-token-ttl-seconds"), STR("300")},
    };
    struct http_request request = {
        .method = method,
        .url = arena_printf(imds->arena, "%.*s%s%.*s", STR_ARG(imds->base), path, STR_ARG(more)),
        .headers = headers,
        .header_count = 1,
        .timeout_ms = TIMEOUT_MS,
        .response_max = ANSWER_MAX,
        .cancelled = imds->session->options.cancelled};
    struct http_response response;
    struct error failure = ERROR_INIT;
    bool answered = false;
    for (int i = 0; i < ATTEMPTS && !answered; i++)
        answered = http_perform(imds->session->options.http, imds->arena, &request, &response, &failure);
    if (!answered) {
        *error = failure;
        return false;
    }
    if (response.status == 404)
        return error_set(error, ERROR_NOT_FOUND, "the instance has no role");
    if (response.status != 200)
        return error_set(error, ERROR_UNAVAILABLE, "%.*s answered %d", STR_ARG(request.url), response.status);
    *body = str_trim(response.body);
    return true;
}

static bool read_role(const struct imds *imds, struct credentials *credentials, struct error *error)
{
    static const char path[] = "/latest/meta-data/iam/security-credentials/";
    struct str roles, role, keys;
    struct value *answer;
    if (!ask(imds, STR("GET"), path, STR_EMPTY, &roles, error))
        return false;
    role = str_slice(roles, 0, str_find(roles, '\n'));
    if (!ask(imds, STR("GET"), path, uri_encode(imds->arena, role, ""), &keys, error))
        return false;
    return json_read(imds->arena, STR("instance metadata"), keys, &answer, error) &&
           credentials_read(answer, credentials, error);
}

static enum credential_outcome look(struct imds *imds, struct credentials *credentials, struct error *error)
{
    const struct aws_environment *environment = &imds->session->environment;
    const char *disabled = environment_get(environment, "AWS_EC2_METADATA_DISABLED");
    const char *endpoint = environment_get(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (str_equal_nocase(str_from(disabled), STR("true"))) {
        error_set(error, ERROR_NOT_FOUND, "AWS_EC2_METADATA_DISABLED is set");
        return CREDENTIALS_ABSENT;
    }
    imds->base = str_from(endpoint ? endpoint : "http://169.254.169.254");
    while (str_ends(imds->base, "/"))
        imds->base.len--;
    if (!ask(imds, STR("PUT"), "/latest/api/token", STR_EMPTY, &imds->token, error))
        return CREDENTIALS_ABSENT;
    if (read_role(imds, credentials, error))
        return CREDENTIALS_FOUND;
    return error->code == ERROR_NOT_FOUND ? CREDENTIALS_ABSENT : CREDENTIALS_FAILED;
}

static enum credential_outcome find(struct aws_session *session, struct str region,
                                    struct credentials *credentials, struct error *error)
{
    (void)region;
    struct imds imds = {.session = session, .arena = arena_new(), .token = STR_EMPTY};
    enum credential_outcome outcome = look(&imds, credentials, error);
    arena_wipe(imds.arena);
    return outcome;
}

const struct credential_source credentials_imds = {"instance metadata", find};
