#include "providers/logs/filters.h"

const struct plain_key logs_filter_keys[] = {
    {"logGroupName", "LogGroupName"}, {"filterName", NULL}, {NULL, NULL}};
const struct plain_key logs_filter_read_keys[] = {
    {"logGroupName", "LogGroupName"}, {"filterNamePrefix", NULL}, {NULL, NULL}};

bool logs_filter_is_meant(const struct resource_call *call, const struct value *item, struct error *error)
{
    return str_equal(value_get_text(item, "filterName"), call->physical_id) ||
           error_set(error, ERROR_NOT_FOUND, "there is no filter '%.*s'", STR_ARG(call->physical_id));
}
