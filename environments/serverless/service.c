#include <math.h>
#include <stdlib.h>

#include "environments/serverless/native.h"
#include "environments/serverless/service.h"

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

struct str serverless_number_text(struct arena *arena, struct str number)
{
    if (str_find(number, '.') == number.len && str_find(number, 'e') == number.len &&
        str_find(number, 'E') == number.len && !str_is(number, "-0"))
        return number;
    double value = strtod(arena_strz(arena, number), NULL);
    if (fabs(value) < 1e15 && floor(value) == value)
        return arena_printf(arena, "%.0f", value == 0 ? 0.0 : value);
    for (int digits = 15; digits < 17; digits++) {
        struct str text = arena_printf(arena, "%.*g", digits, value);
        if (strtod(text.ptr, NULL) == value)
            return text;
    }
    return arena_printf(arena, "%.17g", value);
}
