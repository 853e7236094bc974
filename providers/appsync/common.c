#include "providers/appsync/common.h"

#include "providers/appsync/operations.h"
#include "providers/s3/objects.h"

/* https://docs.aws.amazon.com/general/latest/gr/appsync.html: a schema has at most 1 MB. */
enum { TEXT_MAX = 1024 * 1024 };

const struct hurdle appsync_hurdles[] = {
    {"ConcurrentModificationException", NULL},
    {"BadRequestException", "cannot be assumed"},
    {NULL, NULL},
};

const struct tag_calls appsync_tag_calls = {
    .tag = &appsync_operations[APPSYNC_TAG_RESOURCE],
    .untag = &appsync_operations[APPSYNC_UNTAG_RESOURCE],
    .resource = "resourceArn",
    .tags = "tags",
    .names = "tagKeys",
};

bool appsync_text_at(const struct resource_call *call, struct str location, struct str *text,
                     struct error *error)
{
    struct str rest = str_from_index(location, sizeof "s3://" - 1);
    size_t slash = str_find(rest, '/');
    if (!str_starts(location, "s3://") || slash == 0 || slash + 1 >= rest.len)
        return error_set(error, ERROR_INVALID, "'%.*s' is no place in S3: write s3://BUCKET/KEY",
                         STR_ARG(location));
    struct object_place place = {
        .aws = call->aws, .bucket = str_slice(rest, 0, slash), .key = str_from_index(rest, slash + 1)};
    if (!object_get(&place, call->arena, TEXT_MAX, text, error))
        return error_prefix(error, "cannot read %.*s", STR_ARG(location));
    return text->len <= TEXT_MAX ||
           error_set(error, ERROR_INVALID, "%.*s has more than AppSync's limit of 1 MB", STR_ARG(location));
}

bool appsync_fetch(const struct resource_call *call, const struct appsync_place *places,
                   const struct value *target, struct value *input, struct error *error)
{
    for (; places->property; places++) {
        struct str location = value_get_text(target, places->property), text;
        if (!location.len)
            continue;
        if (!appsync_text_at(call, location, &text, error))
            return false;
        and_with(call->arena, input, places->member, text);
    }
    return true;
}

static bool is_declared(const struct value *target, const char *name)
{
    const struct value *value = value_get(target, name);
    return value && value->kind != VALUE_NULL;
}

void appsync_drop_undeclared(const struct value *target, struct value *input,
                             const struct appsync_place *members)
{
    for (; members->property; members++)
        if (!is_declared(target, members->property))
            value_remove(input, str_from(members->member));
}

const struct wire_name appsync_body_names[] = {
    {"CodeS3Location", ""},
    {"RequestMappingTemplateS3Location", ""},
    {"ResponseMappingTemplateS3Location", ""},
    {NULL, NULL},
};

const char *const appsync_body_unreadable[] = {"CodeS3Location", "RequestMappingTemplateS3Location",
                                               "ResponseMappingTemplateS3Location", NULL};

bool appsync_send_body(const struct resource_call *call, const struct value *target, struct value *input,
                       struct error *error)
{
    static const struct appsync_place templates[] = {
        {"RequestMappingTemplate", "requestMappingTemplate"},
        {"ResponseMappingTemplate", "responseMappingTemplate"},
        {"FunctionVersion", "functionVersion"},
        {NULL, NULL},
    };
    static const struct appsync_place code[] = {{"Code", "code"}, {"Runtime", "runtime"}, {NULL, NULL}};
    static const struct appsync_place places[] = {
        {"CodeS3Location", "code"},
        {"RequestMappingTemplateS3Location", "requestMappingTemplate"},
        {"ResponseMappingTemplateS3Location", "responseMappingTemplate"},
        {NULL, NULL},
    };
    bool coded = is_declared(target, "Code") || is_declared(target, "CodeS3Location");
    appsync_drop_undeclared(target, input, coded ? templates : code);
    return appsync_fetch(call, places, target, input, error);
}
