#include "environments/serverless/service.h"
#include "environments/serverless/native.h"

struct str serverless_service_name(const struct value *service)
{
    return value_get_text(service, "service");
}

struct str serverless_stage(const struct value *service)
{
    return value_text(value_path(service, "provider", "stage", NULL));
}

struct str serverless_region(const struct value *service)
{
    return value_text(value_path(service, "provider", "region", NULL));
}

bool serverless_unsupported(const struct value *at, struct error *error, const char *format, ...)
{
    struct error reason = ERROR_INIT;
    va_list arguments;
    va_start(arguments, format);
    error_setv(&reason, ERROR_INVALID, format, arguments);
    va_end(arguments);
    return value_error(at, error, ERROR_INVALID, "%s: " SERVERLESS_ADVICE, reason.message);
}
