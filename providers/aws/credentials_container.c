/* The endpoint that ECS and EKS Pod Identity give to a container. */

#include "base/json.h"
#include "providers/aws/session.h"

enum { TIMEOUT_MS = 5000, ANSWER_MAX = 64 * 1024 };

static struct str endpoint_of(struct arena *arena, const struct aws_environment *environment)
{
    const char *relative = environment_get(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (relative)
        return arena_printf(arena, "http://169.254.170.2%s%s", *relative == '/' ? "" : "/", relative);
    return str_from(environment_get(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI"));
}

static bool authorization(struct arena *arena, const struct aws_environment *environment, struct str *text,
                          struct error *error)
{
    const char *file = environment_get(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    *text = str_from(environment_get(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    if (file && !credentials_read_file(arena, file, text, error))
        return false;
    *text = str_trim(*text);
    if (str_find(*text, '\n') < text->len || str_find(*text, '\r') < text->len)
        return error_set(error, ERROR_INVALID, "the container's authorization token holds a line end");
    return true;
}

static bool ask(struct aws_session *session, struct arena *arena, struct str url,
                struct credentials *credentials, struct error *error)
{
    struct http_header headers[2] = {{STR("Accept"), STR("application/json")}};
    struct http_request request = {.method = STR("GET"),
                                   .url = url,
                                   .headers = headers,
                                   .header_count = 1,
                                   .timeout_ms = TIMEOUT_MS,
                                   .response_max = ANSWER_MAX,
                                   .cancelled = session->options.cancelled};
    struct http_response response;
    struct str token;
    struct value *answer;
    if (!authorization(arena, &session->environment, &token, error))
        return false;
    if (token.len)
        headers[request.header_count++] = (struct http_header){STR("Authorization"), token};
    if (!http_perform(session->options.http, arena, &request, &response, error))
        return false;
    if (response.status != 200)
        return error_set(error, ERROR_UNAVAILABLE, "%.*s answered %d", STR_ARG(url), response.status);
    return json_read(arena, url, response.body, &answer, error) &&
           credentials_read(answer, credentials, error);
}

static enum credential_outcome find(struct aws_session *session, struct str region,
                                    struct credentials *credentials, struct error *error)
{
    (void)region;
    struct arena *arena = arena_new();
    struct str url = endpoint_of(arena, &session->environment);
    enum credential_outcome outcome = CREDENTIALS_ABSENT;
    if (url.len == 0)
        error_set(error, ERROR_NOT_FOUND, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set");
    else
        outcome = ask(session, arena, url, credentials, error) ? CREDENTIALS_FOUND : CREDENTIALS_FAILED;
    arena_wipe(arena);
    return outcome;
}

const struct credential_source credentials_container = {"container", find};
