/*
 * AWS CloudFormation, as of its API reference: stacks of templates that lie in S3, their parameters, outputs
 * and tags.  A stack makes no resources here: an output that is a text or a parameter's value is given, of
 * any other that there is one ("A.Arn" for GetAtt of A).
 */

#include "tests/simulator/objects.h"
#include "tests/simulator/service.h"

#include "base/yaml_reader.h"

enum { NAME_MAX_LENGTH = 128, PAGE = 100 };

#define INVALID "ValidationError"

static const struct sim_paging paging = {.token_member = "NextToken", .size = PAGE, .size_max = PAGE};

/* --- stacks: {"id", "name", "status", "settles", "created", "template", "given", "tags", "arns", ...} by id
 * --- */

/* What takes time is done when its time has come. */
static void settle(struct call *call, struct value *stack)
{
    if (!str_ends(value_get_text(stack, "status"), "_IN_PROGRESS") ||
        value_get_int(stack, "settles", 0) > call->now)
        return;
    struct str status = value_get_text(stack, "status");
    state_text(call, stack, "status",
               arena_printf(call->arena, "%.*s_COMPLETE",
                            STR_ARG(str_slice(status, 0, status.len - sizeof("_IN_PROGRESS") + 1))));
}

static bool is_gone(const struct value *stack)
{
    return str_is(value_get_text(stack, "status"), "DELETE_COMPLETE");
}

/* By name only one that stands, by id any. */
static struct value *find_stack(struct call *call, struct str name)
{
    struct value *all = state_map(call, "stacks");
    for (size_t i = 0; i < all->count; i++) {
        struct value *stack = all->entries[i].value;
        settle(call, stack);
        if (str_equal(all->entries[i].key, name) ||
            (!is_gone(stack) && str_equal(value_get_text(stack, "name"), name)))
            return stack;
    }
    return NULL;
}

static struct value *stack_of(struct call *call)
{
    struct str name = call_text(call, "StackName");
    struct value *stack = find_stack(call, name);
    if (!stack)
        call_fail(call, 400, INVALID, "Stack with id %.*s does not exist", STR_ARG(name));
    return stack;
}

/* --- templates --- */

/* "https://s3.amazonaws.com/BUCKET/KEY", "https://BUCKET.s3.REGION.amazonaws.com/KEY" */
static bool split_url(struct str url, struct str *bucket, struct str *key)
{
    struct str host, rest = url;
    if (!str_starts(url, "https://"))
        return false;
    rest = str_from_index(url, sizeof("https://") - 1);
    host = str_slice(rest, 0, str_find(rest, '/'));
    *key = str_from_index(rest, host.len + 1);
    if (str_starts(host, "s3.")) {
        *bucket = str_slice(*key, 0, str_find(*key, '/'));
        *key = str_from_index(*key, bucket->len + 1);
    } else {
        *bucket = str_slice(host, 0, str_find(host, '.'));
    }
    return bucket->len && key->len;
}

static bool read_template(struct call *call, const struct value **template)
{
    struct str bucket, key, bytes = call_text(call, "TemplateBody");
    struct error error = ERROR_INIT;
    struct value *read;
    if (!bytes.len && (!split_url(call_text(call, "TemplateURL"), &bucket, &key) ||
                       object_read(call, bucket, key, &bytes) != OBJECT_FOUND))
        return call_fail(call, 400, INVALID, "S3 error: Access Denied");
    if (!yaml_read_template(call->arena, STR_EMPTY, bytes, &read, &error) || !value_is(read, VALUE_MAP))
        return call_fail(call, 400, INVALID, "Template format error: unsupported structure.");
    *template = read;
    return true;
}

/* Every parameter has a value, and none is unknown. */
static bool take_parameters(struct call *call, const struct value *template, struct value **given)
{
    const struct value *declared = value_get(template, "Parameters"), *list = call_list(call, "Parameters");
    struct value *all = *given = value_map(call->arena);
    for (size_t i = 0; i < list->count; i++) {
        struct str name = value_get_text(list->items[i], "ParameterKey");
        if (!value_get_str(declared, name))
            return call_fail(call, 400, INVALID, "Parameters: [%.*s] do not exist in the template",
                             STR_ARG(name));
        value_set(call->arena, all, name,
                  value_string(call->arena, value_get_text(list->items[i], "ParameterValue")));
    }
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++) {
        struct str name = declared->entries[i].key;
        const struct value *otherwise = value_get(declared->entries[i].value, "Default");
        if (!value_get_str(all, name) && !otherwise)
            return call_fail(call, 400, INVALID, "Parameters: [%.*s] must have values", STR_ARG(name));
        if (!value_get_str(all, name))
            value_set(call->arena, all, name, value_string(call->arena, value_text(otherwise)));
    }
    return true;
}

static struct str output_text(struct call *call, const struct value *given, const struct value *value)
{
    const struct value *attribute = value_get(value, "Fn::GetAtt"), *reference = value_get(value, "Ref");
    const struct value *parameter = value_get_str(given, value_text(reference));
    if (parameter)
        return value_text(parameter);
    if (reference)
        return value_text(reference);
    if (value_is(attribute, VALUE_LIST))
        return arena_printf(call->arena, "%.*s.%.*s", STR_ARG(value_text(value_at(attribute, 0))),
                            STR_ARG(value_text(value_at(attribute, 1))));
    return attribute                    ? value_text(attribute)
           : value_is(value, VALUE_MAP) ? STR("computed")
                                        : value_text(value);
}

static void put_outputs(struct call *call, struct value *stack, const struct value *template,
                        const struct value *given)
{
    const struct value *declared = value_get(template, "Outputs");
    struct value *outputs = value_map(call->arena);
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++)
        put_text(call, outputs, declared->entries[i].key.ptr,
                 output_text(call, given, value_get(declared->entries[i].value, "Value")));
    state_put(call, stack, STR("outputs"), outputs);
}

/* What CreateStack and UpdateStack say alike. */
static bool take(struct call *call, struct value *stack, const struct value *template,
                 const struct value *given, const char *status, const char *delay)
{
    state_put(call, stack, STR("given"), given);
    state_put(call, stack, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    state_put(call, stack, STR("arns"), call_list(call, "NotificationARNs"));
    (void)state_member(call, stack, "RoleARN");
    (void)state_member(call, stack, "TimeoutInMinutes");
    put_outputs(call, stack, template, given);
    state_put(call, stack, STR("template"), template);
    state_text(call, stack, "status", str_from(status));
    state_int(call, stack, "settles", call->now + call_delay(call, delay));
    put_text(call, call->output, "StackId", value_get_text(stack, "id"));
    return true;
}

static bool CreateStack(struct call *call)
{
    struct str name = call_text(call, "StackName"), token = call_text(call, "ClientRequestToken");
    const struct value *template;
    struct value *given, *there = find_stack(call, name);
    if (!name.len || name.len > NAME_MAX_LENGTH)
        return call_fail(call, 400, INVALID,
                         "1 validation error detected: Value at 'stackName' is not valid");
    if (there && token.len && str_equal(token, value_get_text(there, "token"))) {
        put_text(call, call->output, "StackId", value_get_text(there, "id"));
        return true;
    }
    if (there)
        return call_fail(call, 400, "AlreadyExistsException", "Stack [%.*s] already exists", STR_ARG(name));
    if (!read_template(call, &template) || !take_parameters(call, template, &given))
        return false;
    struct str id = arn(call, "cloudformation", "stack/%.*s/%.*s", STR_ARG(name), STR_ARG(call_uuid(call)));
    struct value *stack = state_put(call, state_map(call, "stacks"), id, value_map(call->arena));
    state_text(call, stack, "id", id);
    state_text(call, stack, "name", name);
    state_text(call, stack, "token", token);
    state_int(call, stack, "created", call->now);
    return take(call, stack, template, given, "CREATE_IN_PROGRESS", "cloudformation.creating");
}

static bool is_same(struct call *call, const struct value *stack, const struct value *template,
                    const struct value *given)
{
    return value_equal(value_get(stack, "template"), template) &&
           value_equal(value_get(stack, "given"), given) &&
           value_equal(value_get(stack, "tags"),
                       tags_to_map(call, call_list(call, "Tags"), "Key", "Value")) &&
           value_equal(value_get(stack, "arns"), call_list(call, "NotificationARNs"));
}

static bool UpdateStack(struct call *call)
{
    struct value *stack = stack_of(call), *given;
    const struct value *template;
    if (!stack)
        return false;
    struct str id = value_get_text(stack, "id"), status = value_get_text(stack, "status");
    if (str_ends(status, "_IN_PROGRESS") || is_gone(stack))
        return call_fail(call, 400, INVALID, "Stack:%.*s is in %.*s state and can not be updated.",
                         STR_ARG(id), STR_ARG(status));
    if (!read_template(call, &template) || !take_parameters(call, template, &given))
        return false;
    if (is_same(call, stack, template, given))
        return call_fail(call, 400, INVALID, "No updates are to be performed.");
    return take(call, stack, template, given, "UPDATE_IN_PROGRESS", "cloudformation.updating");
}

static bool DeleteStack(struct call *call)
{
    struct value *stack = find_stack(call, call_text(call, "StackName"));
    if (!stack || is_gone(stack))
        return true;
    state_text(call, stack, "status", STR("DELETE_IN_PROGRESS"));
    state_int(call, stack, "settles", call->now + call_delay(call, "cloudformation.deleting"));
    settle(call, stack);
    return true;
}

/* --- answers --- */

static struct value *pairs(struct call *call, const struct value *map, const char *key, const char *value)
{
    struct value *list = value_list(call->arena);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++) {
        struct value *pair = value_map(call->arena);
        put_text(call, pair, key, map->entries[i].key);
        put_text(call, pair, value, value_text(map->entries[i].value));
        value_append(call->arena, list, pair);
    }
    return list;
}

static struct value *shape_of(struct call *call, const struct value *stack)
{
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "StackId", value_get_text(stack, "id"));
    put_text(call, shape, "StackName", value_get_text(stack, "name"));
    put_text(call, shape, "StackStatus", value_get_text(stack, "status"));
    put_time(call, shape, "CreationTime", value_get_int(stack, "created", 0));
    put_bool(call, shape, "DisableRollback", false);
    put(call, shape, "RoleARN", value_get(stack, "RoleARN"));
    put(call, shape, "TimeoutInMinutes", value_get(stack, "TimeoutInMinutes"));
    put(call, shape, "NotificationARNs", value_get(stack, "arns"));
    put(call, shape, "Parameters", pairs(call, value_get(stack, "given"), "ParameterKey", "ParameterValue"));
    put(call, shape, "Outputs", pairs(call, value_get(stack, "outputs"), "OutputKey", "OutputValue"));
    put(call, shape, "Tags", pairs(call, value_get(stack, "tags"), "Key", "Value"));
    return shape;
}

static bool DescribeStacks(struct call *call)
{
    struct value *all = state_map(call, "stacks"), *shapes = value_map(call->arena), *page;
    struct value *one = call_text(call, "StackName").len ? stack_of(call) : NULL;
    struct str next;
    if (call_text(call, "StackName").len && !one)
        return false;
    for (size_t i = 0; i < all->count; i++) {
        settle(call, all->entries[i].value);
        if (one ? all->entries[i].value == one : !is_gone(all->entries[i].value))
            value_set(call->arena, shapes, all->entries[i].key, shape_of(call, all->entries[i].value));
    }
    if (!(page = call_page(call, shapes, &paging, &next)))
        return false;
    put(call, call->output, "Stacks", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

static bool ListExports(struct call *call)
{
    put(call, call->output, "Exports", value_list(call->arena));
    return true;
}

#define READ(NAME)                                                                                           \
    {                                                                                                        \
        .name = #NAME, .effect = SIM_READ, .handle = NAME                                                    \
    }
#define WRITE(NAME)                                                                                          \
    {                                                                                                        \
        .name = #NAME, .effect = SIM_WRITE, .handle = NAME                                                   \
    }

static const struct sim_operation operations[] = {
    WRITE(CreateStack), WRITE(DeleteStack), READ(DescribeStacks), READ(ListExports), WRITE(UpdateStack),
};

const struct sim_service sim_cloudformation = {
    .name = "cloudformation",
    .query = true,
    .xml_namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
