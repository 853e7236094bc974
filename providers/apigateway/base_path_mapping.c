/*
 * AWS::ApiGateway::BasePathMapping: where below a domain an API stands.  The root of the domain is called
 * "(none)".  Its physical id is "orders.example|v1".
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-basepathmapping.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

#define ROOT "(none)"

static const struct shape shape[] = {
    {.path = "BasePath"}, {.path = "DomainName"}, {.path = "RestApiId"}, {.path = "Stage"}, {.path = NULL},
};
static const struct patch_row patch[] = {
    {"RestApiId", "/restapiId", PATCH_FIXED},
    {"Stage", "/stage", PATCH_TEXT},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"domainName", "DomainName"}, {NULL, NULL}};
static const char *const not_in_create[] = {"DomainName", NULL};

static void normalize_path(struct arena *arena, struct value *properties)
{
    const struct value *path = value_get(properties, "BasePath");
    if (value_is_text(path, ""))
        value_setz(arena, properties, "BasePath", value_at_position_of(value_stringz(arena, ROOT), path));
}

static void place(const struct resource_call *call, struct value *input)
{
    const struct value *from = call->properties ? call->properties : call->previous;
    struct str path = value_get_text(from, "BasePath");
    and_with(call->arena, input, "basePath", path.len ? path : STR(ROOT));
}

static void send(const struct resource_call *call, struct value *input)
{
    (void)call;
    if (value_is_text(value_get(input, "basePath"), ROOT))
        value_remove(input, STR("basePath"));
}

static void receive(const struct resource_call *call, const struct value *answer,
                    struct resource_state *state)
{
    struct str path = value_get_text(answer, "basePath");
    if (!path.len)
        and_with(call->arena, state->properties, "BasePath", path = STR(ROOT));
    state->physical_id = arena_printf(
        call->arena, "%.*s|%.*s", STR_ARG(value_get_text(state->properties, "DomainName")), STR_ARG(path));
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .inside = keys,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_BASE_PATH_MAPPING,
    .read = APIGATEWAY_GET_BASE_PATH_MAPPING,
    .update = APIGATEWAY_UPDATE_BASE_PATH_MAPPING,
    .remove = APIGATEWAY_DELETE_BASE_PATH_MAPPING,
    .id = "basePath",
    .normalize = normalize_path,
    .place = place,
    .send = send,
    .receive = receive,
};
TABLE_LIFE(table, apigateway_base_path_mapping_type)

const struct resource_type apigateway_base_path_mapping_type = {
    .name = "AWS::ApiGateway::BasePathMapping",
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/domainnames/{DomainName}/basepathmappings/{BasePath}",
};
