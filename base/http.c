#include "base/http.h"

enum { TIMEOUT_DEFAULT_MS = 30 * 1000, RESPONSE_DEFAULT_MAX = 16 * 1024 * 1024 };

bool http_perform(const struct http *http, struct arena *arena, const struct http_request *request,
                  struct http_response *response, struct error *error)
{
    struct http_request complete = *request;
    if (complete.timeout_ms == 0)
        complete.timeout_ms = TIMEOUT_DEFAULT_MS;
    if (complete.response_max == 0)
        complete.response_max = RESPONSE_DEFAULT_MAX;
    if (complete.cancelled && atomic_load(complete.cancelled))
        return error_set(error, ERROR_CANCELLED, "cancelled before the request was sent");
    *response = (struct http_response){.body = STR_EMPTY};
    return http->perform(http->self, arena, &complete, response, error);
}

struct str http_header(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (str_equal_nocase(response->headers[i].name, str_from(name)))
            return response->headers[i].value;
    return STR_EMPTY;
}
