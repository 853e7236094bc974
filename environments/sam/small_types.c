#include "environments/sam/transform.h"

/* The SAM types that become one resource: SimpleTable, LayerVersion, Application. */

static struct value *own(const struct source_resource *source, const char *name)
{
    return value_get(source->properties, name);
}

static void set_truthy(struct sam *sam, struct made *made, const struct source_resource *source,
                       const char *name)
{
    if (is_truthy(own(source, name)))
        made_set(sam, made, name, own(source, name));
}

static struct value *attribute_type(struct sam *sam, const struct source_resource *source,
                                    const struct value *type)
{
    static const char *const types[][2] = {{"String", "S"}, {"Number", "N"}, {"Binary", "B"}};
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (value_is_text(type, types[i][0]))
            return make_text(sam, types[i][1]);
    sam_fail(sam, type, source->id, "'Type' of 'PrimaryKey' must be String, Number or Binary");
    return NULL;
}

void build_simple_table(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct made *table = made_new(sam, source->id, "AWS::DynamoDB::Table", source->attributes);
    struct value *key = own(source, "PrimaryKey"), *name = make_text(sam, "id"), *type = make_text(sam, "S");
    table->depends_on = value_get(source->node, "DependsOn");
    if (is_truthy(key)) {
        name = value_get(key, "Name");
        if (is_none(name) || is_none(value_get(key, "Type"))) {
            sam_fail(sam, key, source->id, "'PrimaryKey' needs 'Name' and 'Type'");
            return;
        }
        type = attribute_type(sam, source, value_get(key, "Type"));
    }
    made_set(sam, table, "AttributeDefinitions",
             make(sam, "[{'AttributeName': %v, 'AttributeType': %v}]", name, type));
    made_set(sam, table, "KeySchema", make(sam, "[{'AttributeName': %v, 'KeyType': 'HASH'}]", name));
    set_truthy(sam, table, source, "PointInTimeRecoverySpecification");
    set_truthy(sam, table, source, "ProvisionedThroughput");
    if (!made_get(table, "ProvisionedThroughput"))
        made_set(sam, table, "BillingMode", make_text(sam, "PAY_PER_REQUEST"));
    set_truthy(sam, table, source, "SSESpecification");
    set_truthy(sam, table, source, "TableName");
    if (is_truthy(own(source, "Tags")))
        made_set(sam, table, "Tags", tag_list(sam, own(source, "Tags")));
    made_add(sam, list, table);
}

static struct value *retention(struct sam *sam, const struct source_resource *source)
{
    const struct value *policy = own(source, "RetentionPolicy");
    static const char *const options[] = {"Retain", "Delete"};
    if (is_none(policy))
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
        if (value_is(policy, VALUE_STRING) && str_equal_nocase(policy->text, str_from(options[i])))
            return make_text(sam, options[i]);
    sam_fail(sam, policy, source->id, "'RetentionPolicy' must be Retain or Delete");
    return NULL;
}

static void check_architectures(struct sam *sam, const struct source_resource *source, const char *id)
{
    const struct value *all = own(source, "CompatibleArchitectures");
    if (is_truthy(all) && !value_is(all, VALUE_LIST) && !is_intrinsic(all))
        sam_fail(sam, all, id, "'CompatibleArchitectures' must be a list of arm64 and x86_64");
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++)
        if (!is_intrinsic(all->items[i]) && !value_is_text(all->items[i], "arm64") &&
            !value_is_text(all->items[i], "x86_64"))
            sam_fail(sam, all->items[i], id, "'CompatibleArchitectures' must be arm64 or x86_64");
}

/* The id changes with anything about the layer but how long it is kept. */
static const char *layer_id(struct sam *sam, const struct source_resource *source)
{
    struct value *whole = make(sam, "{'Type': 'AWS::Serverless::LayerVersion'}"),
                 *properties = value_map(sam->arena);
    static const char *const kept[] = {"UpdatePolicy", "Condition"};
    struct value *depends_on = value_get(source->node, "DependsOn");
    if (is_truthy(depends_on))
        value_setz(sam->arena, whole, "DependsOn", depends_on);
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        if (value_get(source->attributes, kept[i]))
            value_setz(sam->arena, whole, kept[i], value_get(source->attributes, kept[i]));
    for (size_t i = 0; i < source->properties->count; i++)
        if (!is_none(source->properties->entries[i].value))
            value_set(sam->arena, properties, source->properties->entries[i].key,
                      source->properties->entries[i].value);
    value_setz(sam->arena, whole, "Properties", properties);
    return hashed_id(sam, source->id, make(sam, "{'%s': %v}", source->id, whole));
}

void build_layer(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    static const char *const resolved[] = {"LayerName", "LicenseInfo", "Description", "RetentionPolicy"};
    static const char *const same[] = {"Description", "CompatibleArchitectures", "CompatibleRuntimes",
                                       "LicenseInfo"};
    for (size_t i = 0; i < ARRAY_LENGTH(resolved); i++) {
        struct value_entry *entry = value_entry(source->properties, str_from(resolved[i]));
        if (!entry || !is_truthy(entry->value))
            continue;
        entry->value = resolve_parameters(sam, entry->value);
        if (!value_is(entry->value, VALUE_STRING) && !value_is(entry->value, VALUE_MAP))
            sam_fail(sam, entry->value, source->id, "'%s' must be a text", resolved[i]);
    }
    struct value *attributes = passthrough_attributes(sam, source->attributes),
                 *policy = retention(sam, source);
    if (policy || !value_get(attributes, "DeletionPolicy"))
        value_setz(sam->arena, attributes, "DeletionPolicy", policy ? policy : make_text(sam, "Retain"));
    source->new_id = layer_id(sam, source);
    check_architectures(sam, source, source->new_id);
    struct made *layer = made_new(sam, source->new_id, "AWS::Lambda::LayerVersion", attributes);
    layer->depends_on = value_get(source->node, "DependsOn");
    made_set(sam, layer, "LayerName",
             is_truthy(own(source, "LayerName")) ? own(source, "LayerName") : make_text(sam, source->id));
    made_set(sam, layer, "Content",
             code_location(sam, own(source, "ContentUri"), source->new_id, "ContentUri"));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, layer, same[i], own(source, same[i]));
    made_add(sam, list, layer);
}

/* A nested stack.  One of the Serverless Application Repository needs a call to it, which rendering never
 * makes. */
void build_application(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct value *location = own(source, "Location");
    struct made *stack = made_new(sam, source->id, "AWS::CloudFormation::Stack",
                                  passthrough_attributes(sam, source->attributes));
    if (value_is(location, VALUE_MAP)) {
        sam_fail(
            sam, location, source->id,
            "an application of the Serverless Application Repository cannot be rendered without the account: "
            "commit its template and give its path as 'Location'");
        return;
    }
    struct value *tags = make(sam, "[{'Key': 'lambda:createdBy', 'Value': 'SAM'}]");
    append_all(sam, tags, tag_list(sam, own(source, "Tags")));
    stack->depends_on = value_get(source->node, "DependsOn");
    made_set(sam, stack, "TemplateURL", location);
    made_set(sam, stack, "Parameters", own(source, "Parameters"));
    made_set(sam, stack, "NotificationARNs", own(source, "NotificationARNs"));
    made_set(sam, stack, "TimeoutInMinutes", own(source, "TimeoutInMinutes"));
    made_set(sam, stack, "Tags", tags);
    made_add(sam, list, stack);
}
