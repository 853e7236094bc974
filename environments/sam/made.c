#include <string.h>

#include "environments/sam/transform.h"

/* Types that take the propagated tags as they are, and those that take a list of them. */
static const char *const tags_as_map[] = {"AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"};
static const char *const tags_as_list[] = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::DomainNameAccessAssociation",
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::DynamoDB::Table",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::CapacityProvider",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
};

struct made *made_new(struct sam *sam, const char *id, const char *type, struct value *attributes)
{
    struct made *made = arena_alloc(sam->arena, sizeof *made);
    made->id = id;
    made->type = type;
    made->attributes = value_map(sam->arena);
    if (attributes)
        python_update(sam->arena, made->attributes, attributes);
    made->properties = value_map(sam->arena);
    if (!is_alphanumeric(str_from(id)))
        sam_fail(sam, NULL, id, "a logical id must be letters and digits");
    return made;
}

void made_set(struct sam *sam, struct made *made, const char *property, struct value *value)
{
    if (is_none(value))
        value_remove(made->properties, str_from(property));
    else
        value_setz(sam->arena, made->properties, property, value);
}

struct value *made_get(const struct made *made, const char *property)
{
    return value_get(made->properties, property);
}

void made_add(struct sam *sam, struct made_list *list, struct made *made)
{
    if (!made)
        return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct made **items = arena_array(sam->arena, capacity, sizeof *items);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = made;
}

struct value *made_value(struct sam *sam, const struct made *made)
{
    struct value *value = make(sam, "{'Type': '%s'}", made->type);
    if (is_truthy(made->depends_on))
        value_setz(sam->arena, value, "DependsOn", made->depends_on);
    for (size_t i = 0; i < made->attributes->count; i++)
        value_set(sam->arena, value, made->attributes->entries[i].key, made->attributes->entries[i].value);
    value_setz(sam->arena, value, "Properties", made->properties);
    return value;
}

static struct value *pick(struct sam *sam, const struct value *from, const char *const *names, size_t count)
{
    struct value *picked = value_map(sam->arena);
    for (size_t i = 0; i < count; i++) {
        struct value *value = value_get(from, names[i]);
        if (value)
            value_setz(sam->arena, picked, names[i], value);
    }
    return picked;
}

struct value *passthrough_attributes(struct sam *sam, const struct value *attributes)
{
    static const char *const names[] = {"Condition", "DeletionPolicy", "UpdateReplacePolicy"};
    return pick(sam, attributes, names, ARRAY_LENGTH(names));
}

struct value *own_attributes(struct sam *sam, const struct value *resource)
{
    static const char *const names[] = {"DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy",
                                        "Metadata"};
    return pick(sam, resource, names, ARRAY_LENGTH(names));
}

struct value *tag_list(struct sam *sam, const struct value *tags)
{
    struct value *list = value_list(sam->arena);
    struct python_items all = python_items(sam->arena, tags);
    for (size_t i = 0; i < all.count; i++) {
        struct value *value = all.items[i].value;
        value_append(sam->arena, list,
                     make(sam, "{'Key': %v, 'Value': %v}", value_string(sam->arena, all.items[i].key),
                          is_none(value) ? make_text(sam, "") : value));
    }
    return list;
}

void append_all(struct sam *sam, struct value *list, const struct value *more)
{
    for (size_t i = 0; value_is(more, VALUE_LIST) && i < more->count; i++)
        value_append(sam->arena, list, more->items[i]);
}

static bool is_one_of(const char *type, const char *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(str_from(type), types[i]))
            return true;
    return false;
}

void propagate_tags(struct sam *sam, struct made_list *list, const struct value *tags, bool propagate)
{
    if (!propagate || !is_truthy(tags))
        return;
    for (size_t i = 0; i < list->count; i++) {
        struct made *made = list->items[i];
        bool websocket = made_get(made, "ProtocolType") && str_ends(str_from(made->type), "V2::Api");
        if (websocket || is_one_of(made->type, tags_as_map, ARRAY_LENGTH(tags_as_map)))
            made_set(sam, made, "Tags", (struct value *)tags);
        else if (is_one_of(made->type, tags_as_list, ARRAY_LENGTH(tags_as_list)))
            made_set(sam, made, "Tags", tag_list(sam, tags));
    }
}
