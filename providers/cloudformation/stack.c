/*
 * AWS::CloudFormation::Stack whose template lies behind a URL: CloudFormation makes what is in it, as the
 * stack of a name that plumb gives.  (A template in the repository becomes a part of the application
 * instead.)  A new template behind the same URL is no change, as for CloudFormation itself.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stack.html
 */

#include "base/xml.h"
#include "providers/cloudformation/operations.h"
#include "providers/cloudformation/types.h"
#include "providers/resource.h"
#include "providers/shape.h"

enum { MINUTE_MS = 60 * 1000, WAIT_MS = 60 * MINUTE_MS };

#define NOT_YET "plumb does not manage it on nested stacks"

static const struct shape shape[] = {
    {.path = "Capabilities", .kind = SHAPE_SET},
    {.path = "Description", .refused = "it is the template's"},
    {.path = "DisableRollback", .refused = NOT_YET},
    {.path = "EnableTerminationProtection", .refused = NOT_YET},
    {.path = "NotificationARNs", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Parameters", .kind = SHAPE_TEXTS},
    {.path = "RoleARN"},
    {.path = "StackName"},
    {.path = "StackPolicyBody", .refused = NOT_YET},
    {.path = "StackPolicyURL", .refused = NOT_YET},
    {.path = "StackStatusReason", .refused = "AWS sets it"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TemplateBody",
     .refused = "put the template into the repository and name its path by TemplateURL"},
    {.path = "TemplateURL"},
    {.path = "TimeoutInMinutes", .kind = SHAPE_NUMBER},
    {.path = NULL},
};

static const char *const unreadable[] = {"Capabilities", "TemplateURL", NULL};

/* --- reading --- */

static bool describe(const struct resource_call *call, struct str name_or_id, const struct value **stack,
                     struct error *error)
{
    struct value *list;
    if (!aws_list(call->aws, &cloudformation_operations[CLOUDFORMATION_DESCRIBE_STACKS], call->arena,
                  input_with(call->arena, "StackName", name_or_id), &list, error))
        return false;
    *stack = value_at(list, 0);
    return (*stack && !str_is(value_get_text(*stack, "StackStatus"), "DELETE_COMPLETE")) ||
           error_set(error, ERROR_NOT_FOUND, "there is no stack '%.*s'", STR_ARG(name_or_id));
}

static struct value *members(struct arena *arena, const struct value *stack, const char *list)
{
    return xml_items(arena, value_get(stack, list), "member");
}

/* Those that the template behind the URL has by default are not the user's. */
static struct value *parameters_of(const struct resource_call *call, const struct value *stack)
{
    const struct value *known = value_get(call->properties ? call->properties : call->previous, "Parameters");
    struct value *list = members(call->arena, stack, "Parameters"), *map = value_map(call->arena);
    for (size_t i = 0; i < list->count; i++) {
        struct str name = value_get_text(list->items[i], "ParameterKey");
        if (value_get_str(known, name))
            value_set(call->arena, map, name,
                      value_string(call->arena, value_get_text(list->items[i], "ParameterValue")));
    }
    return map;
}

static void give_attributes(const struct resource_call *call, const struct value *stack,
                            struct resource_state *state)
{
    static const char *const plain[] = {"StackId", "StackName", "StackStatus", NULL};
    struct value *outputs = members(call->arena, stack, "Outputs");
    state->physical_id = arena_str(call->arena, value_get_text(stack, "StackId"));
    state->attributes = value_map(call->arena);
    members_copy(call->arena, state->attributes, stack, plain);
    for (size_t i = 0; i < outputs->count; i++) {
        struct str name = value_get_text(outputs->items[i], "OutputKey");
        value_setz(call->arena, state->attributes,
                   arena_printf(call->arena, "Outputs.%.*s", STR_ARG(name)).ptr,
                   value_string(call->arena, value_get_text(outputs->items[i], "OutputValue")));
    }
}

static void give(const struct resource_call *call, const struct value *stack, struct resource_state *state)
{
    static const char *const plain[] = {"RoleARN", "StackName", "TimeoutInMinutes", NULL};
    struct arena *arena = call->arena;
    struct value *live = value_map(arena);
    *state = (struct resource_state){.properties = live};
    members_copy(arena, live, stack, plain);
    value_setz(arena, live, "NotificationARNs", members(arena, stack, "NotificationARNs"));
    value_setz(arena, live, "Parameters", parameters_of(call, stack));
    state->tags = tags_as_map(arena, members(arena, stack, "Tags"), "Key", "Value");
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    give_attributes(call, stack, state);
    shape_normalize(shape, arena, live);
}

static bool stack_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *stack;
    if (!describe(call, call->physical_id, &stack, error))
        return false;
    give(call, stack, state);
    return true;
}

static bool stack_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *stack;
    if (!describe(call, wanted_name(call, "StackName"), &stack, error))
        return false;
    give(call, stack, state);
    return true;
}

/* --- waiting --- */

struct settling {
    const struct resource_call *call;
    const struct value *stack;
    struct str id;
    bool removal;
};

static bool probe_rest(void *self, bool *done, struct error *error)
{
    struct settling *wait = self;
    *done = describe(wait->call, wait->id, &wait->stack, error);
    if (*done)
        *done = !str_ends(value_get_text(wait->stack, "StackStatus"), "_IN_PROGRESS");
    if (error->code != ERROR_NOT_FOUND || !wait->removal)
        return error->code == ERROR_NONE;
    wait->stack = NULL;
    error_clear(error);
    return *done = true;
}

/* Waits until CloudFormation is done with it. */
static bool wait_for_rest(const struct resource_call *call, struct str id, bool removal,
                          const struct value **stack, struct error *error)
{
    struct settling wait = {.call = call, .id = id, .removal = removal};
    const char *what = arena_printf(call->arena, "stack '%.*s'", STR_ARG(id)).ptr;
    if (!wait_until(call, what, WAIT_MS, probe_rest, &wait, error))
        return false;
    *stack = wait.stack;
    return true;
}

static bool is_good(const struct value *stack)
{
    struct str status = value_get_text(stack, "StackStatus");
    return str_is(status, "CREATE_COMPLETE") || str_is(status, "UPDATE_COMPLETE") ||
           str_is(status, "IMPORT_COMPLETE");
}

/* One that was never whole: it can only be deleted. */
static bool is_stillborn(const struct value *stack)
{
    struct str status = value_get_text(stack, "StackStatus");
    return str_is(status, "CREATE_FAILED") || str_is(status, "ROLLBACK_COMPLETE") ||
           str_is(status, "ROLLBACK_FAILED");
}

static bool must_be_good(const struct value *stack, struct error *error)
{
    struct str reason = value_get_text(stack, "StackStatusReason");
    return is_good(stack) ||
           error_set(error, ERROR_INVALID, "stack '%.*s' is %.*s%s%.*s",
                     STR_ARG(value_get_text(stack, "StackName")),
                     STR_ARG(value_get_text(stack, "StackStatus")), reason.len ? ": " : "", STR_ARG(reason));
}

static bool settle(const struct resource_call *call, struct str id, struct resource_state *state,
                   struct error *error)
{
    const struct value *stack;
    if (!wait_for_rest(call, id, false, &stack, error))
        return false;
    give(call, stack, state);
    return must_be_good(stack, error);
}

/* --- writing --- */

static struct value *parameter_list(struct arena *arena, const struct value *map)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++) {
        struct value *parameter = input_with(arena, "ParameterKey", map->entries[i].key);
        value_setz(arena, parameter, "ParameterValue", value_copy(arena, map->entries[i].value));
        value_append(arena, list, parameter);
    }
    return list;
}

/* Whoever merged the template has agreed to what it makes, as with CloudFormation's own nested stacks. */
static struct value *capabilities(struct arena *arena)
{
    static const char *const all[] = {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"};
    struct value *list = value_list(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
        value_append(arena, list, value_stringz(arena, all[i]));
    return list;
}

/* Tags are told as a whole: those that others put on stay. */
static struct value *all_tags(const struct resource_call *call, const struct value *live)
{
    struct value *set, *gone, *all = value_map(call->arena);
    tags_compare(call, live, &set, &gone);
    for (size_t i = 0; value_is(live, VALUE_MAP) && i < live->count; i++)
        if (!str_starts(live->entries[i].key, "aws:") && !list_has(gone, live->entries[i].key))
            value_set(call->arena, all, live->entries[i].key, live->entries[i].value);
    for (size_t i = 0; i < set->count; i++)
        value_set(call->arena, all, set->entries[i].key, set->entries[i].value);
    return tags_as_list(call->arena, all, "Key", "Value");
}

static struct value *input_of(const struct resource_call *call, struct str name, const struct value *target,
                              const struct value *live_tags)
{
    static const char *const plain[] = {"NotificationARNs", "RoleARN", "TemplateURL", NULL};
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "StackName", name);
    members_copy(arena, input, target, plain);
    value_setz(arena, input, "Parameters", parameter_list(arena, value_get(target, "Parameters")));
    value_setz(arena, input, "Capabilities", capabilities(arena));
    value_setz(arena, input, "Tags", all_tags(call, live_tags));
    return input;
}

static bool delete_stack(const struct resource_call *call, struct str id, struct error *error)
{
    const struct value *stack = NULL;
    if (!call_or_absent(call, &cloudformation_operations[CLOUDFORMATION_DELETE_STACK],
                        input_with(call->arena, "StackName", id), error) ||
        !wait_for_rest(call, id, true, &stack, error))
        return false;
    return !stack || must_be_good(stack, error) || error_prefix(error, "it was not deleted");
}

/* Nothing to do is an error for CloudFormation. */
static bool send_update(const struct resource_call *call, const struct value *input, struct error *error)
{
    if (call_simply(call, &cloudformation_operations[CLOUDFORMATION_UPDATE_STACK], input, error))
        return true;
    if (!str_contains(str_from(error->message), "No updates are to be performed"))
        return false;
    error_clear(error);
    return true;
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *stack;
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    if (!wait_for_rest(call, call->physical_id, false, &stack, error))
        return false;
    give(call, stack, state);
    return send_update(call, input_of(call, call->physical_id, target, state->tags), error) &&
           settle(call, call->physical_id, state, error);
}

static bool stack_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return update_until_answered(update_once, call, state, error);
}

static bool create_new(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer, *target = shape_target(shape, call->arena, call->properties, NULL);
    struct value *input = input_of(call, wanted_name(call, "StackName"), target, NULL);
    static const char *const once[] = {"TimeoutInMinutes", NULL};
    members_copy(call->arena, input, target, once);
    and_with(call->arena, input, "ClientRequestToken", call->token);
    if (!create_once(call, &cloudformation_stack_type,
                     &cloudformation_operations[CLOUDFORMATION_CREATE_STACK], input, NULL, 0, &answer, error))
        return false;
    struct str id = answer ? value_get_text(answer, "StackId") : wanted_name(call, "StackName");
    return settle(call, id, state, error);
}

/* What an earlier try has left is finished; one that failed goes first. */
static bool stack_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *stack;
    bool found;
    if (!find_ours(call, &cloudformation_stack_type, state, &found, error))
        return false;
    if (!found)
        return create_new(call, state, error);
    if (!wait_for_rest(call, state->physical_id, false, &stack, error))
        return false;
    if (is_stillborn(stack))
        return delete_stack(call, state->physical_id, error) && create_new(call, state, error);
    struct resource_call made = *call;
    made.physical_id = state->physical_id;
    return stack_update(&made, state, error);
}

static bool stack_remove(const struct resource_call *call, struct error *error)
{
    return delete_stack(call, call->physical_id, error);
}

static void stack_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

static bool stack_check(const struct value *properties, struct error *error)
{
    return shape_check(shape, cloudformation_stack_type.name, properties, error) &&
           (value_get(properties, "TemplateURL") ||
            value_error(properties, error, ERROR_INVALID, "a nested stack needs a 'TemplateURL'"));
}

const struct resource_type cloudformation_stack_type = {
    .name = "AWS::CloudFormation::Stack",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "StackName",
    .name_max = 128,
    .unreadable = unreadable,
    .read = stack_read,
    .find = stack_find,
    .create = stack_create,
    .update = stack_update,
    .remove = stack_remove,
    .normalize = stack_normalize,
    .check = stack_check,
    .arn = "arn:{partition}:cloudformation:{region}:{account}:stack/{StackName}/*",
};
