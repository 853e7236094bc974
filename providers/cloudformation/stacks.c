#include "providers/cloudformation/stacks.h"

#include "base/xml.h"
#include "providers/cloudformation/operations.h"
#include "providers/resource.h"

/* A list of {key: name, value: text} as a map. */
static struct value *as_map(struct arena *arena, const struct value *list, const char *key, const char *value)
{
    struct value *map = value_map(arena);
    for (size_t i = 0; i < list->count; i++)
        value_set(arena, map, value_get_text(list->items[i], key),
                  value_string(arena, value_get_text(list->items[i], value)));
    return map;
}

bool stack_exports_read(struct aws *aws, struct arena *arena, struct value **exports, struct error *error)
{
    struct value *list;
    if (!aws_list(aws, &cloudformation_operations[CLOUDFORMATION_LIST_EXPORTS], arena, NULL, &list, error))
        return false;
    *exports = as_map(arena, list, "Name", "Value");
    return true;
}

bool stack_outputs_read(struct aws *aws, struct arena *arena, struct str stack, struct value **outputs,
                        struct error *error)
{
    struct value *list, *input = input_with(arena, "StackName", stack);
    if (!aws_list(aws, &cloudformation_operations[CLOUDFORMATION_DESCRIBE_STACKS], arena, input, &list,
                  error))
        return false;
    const struct value *found = value_get(value_at(list, 0), "Outputs");
    *outputs = as_map(arena, xml_items(arena, found, "member"), "OutputKey", "OutputValue");
    return list->count > 0 || error_set(error, ERROR_NOT_FOUND, "there is no stack '%.*s'", STR_ARG(stack));
}

bool stack_look(struct aws *aws, struct arena *arena, struct str name_or_id, struct str *name, bool *stands,
                struct error *error)
{
    struct value *list, *input = input_with(arena, "StackName", name_or_id);
    if (!aws_list(aws, &cloudformation_operations[CLOUDFORMATION_DESCRIBE_STACKS], arena, input, &list,
                  error))
        return false;
    const struct value *stack = value_at(list, 0);
    *name = value_get_text(stack, "StackName");
    *stands = !str_is(value_get_text(stack, "StackStatus"), "DELETE_COMPLETE");
    return stack || error_set(error, ERROR_NOT_FOUND, "there is no stack '%.*s'", STR_ARG(name_or_id));
}

bool stack_resources_read(struct aws *aws, struct arena *arena, struct str name_or_id, struct value **ids,
                          struct error *error)
{
    struct value *list, *input = input_with(arena, "StackName", name_or_id);
    if (!aws_list(aws, &cloudformation_operations[CLOUDFORMATION_LIST_STACK_RESOURCES], arena, input, &list,
                  error))
        return false;
    *ids = value_map(arena);
    for (size_t i = 0; i < list->count; i++) {
        struct str id = value_get_text(list->items[i], "PhysicalResourceId");
        bool gone = str_is(value_get_text(list->items[i], "ResourceStatus"), "DELETE_COMPLETE");
        if (id.len && !gone)
            value_set(arena, *ids, value_get_text(list->items[i], "LogicalResourceId"),
                      value_string(arena, id));
    }
    return true;
}
