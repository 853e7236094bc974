#include <string.h>

#include "environments/sam/transform.h"

static const struct {
    const char *type;
    int order; /* functions and state machines edit APIs, connectors read what others made */
    void (*build)(struct sam *, struct source_resource *, struct made_list *);
} builders[] = {
    {"AWS::Serverless::Api", 2, build_api},
    {"AWS::Serverless::Application", 3, build_application},
    {"AWS::Serverless::CapacityProvider", 3, build_capacity_provider},
    {"AWS::Serverless::Connector", 4, build_connector},
    {"AWS::Serverless::Function", 0, build_function},
    {"AWS::Serverless::GraphQLApi", 3, build_graphql_api},
    {"AWS::Serverless::HttpApi", 2, build_http_api},
    {"AWS::Serverless::LayerVersion", 3, build_layer},
    {"AWS::Serverless::SimpleTable", 3, build_simple_table},
    {"AWS::Serverless::StateMachine", 1, build_state_machine},
    {"AWS::Serverless::WebSocketApi", 2, build_websocket_api},
};

enum { ORDER_LAST = 4 };

/* SAM type, property, and the type of the generated resource that "Id.Property" stands for. */
static const char *const referable[][3] = {
    {"AWS::Serverless::Api", "ApiKey", "AWS::ApiGateway::ApiKey"},
    {"AWS::Serverless::Api", "Deployment", "AWS::ApiGateway::Deployment"},
    {"AWS::Serverless::Api", "DomainName", "AWS::ApiGateway::DomainName"},
    {"AWS::Serverless::Api", "DomainNameV2", "AWS::ApiGateway::DomainNameV2"},
    {"AWS::Serverless::Api", "Stage", "AWS::ApiGateway::Stage"},
    {"AWS::Serverless::Api", "UsagePlan", "AWS::ApiGateway::UsagePlan"},
    {"AWS::Serverless::Api", "UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"},
    {"AWS::Serverless::Function", "Alias", "AWS::Lambda::Alias"},
    {"AWS::Serverless::Function", "DestinationQueue", "AWS::SQS::Queue"},
    {"AWS::Serverless::Function", "DestinationTopic", "AWS::SNS::Topic"},
    {"AWS::Serverless::Function", "Version", "AWS::Lambda::Version"},
    {"AWS::Serverless::HttpApi", "DomainName", "AWS::ApiGatewayV2::DomainName"},
    {"AWS::Serverless::HttpApi", "Stage", "AWS::ApiGatewayV2::Stage"},
    {"AWS::Serverless::WebSocketApi", "DomainName", "AWS::ApiGatewayV2::DomainName"},
    {"AWS::Serverless::WebSocketApi", "Stage", "AWS::ApiGatewayV2::Stage"},
};

/* A generated resource may have the id of the resource that it comes from. */
static const char *const same_id[][2] = {
    {"AWS::ApiGateway::RestApi", "AWS::Serverless::Api"},
    {"AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi"},
    {"AWS::ApiGatewayV2::Api", "AWS::Serverless::WebSocketApi"},
    {"AWS::AppSync::GraphQLApi", "AWS::Serverless::GraphQLApi"},
    {"AWS::CloudFormation::Stack", "AWS::Serverless::Application"},
    {"AWS::Cognito::UserPool", "AWS::Cognito::UserPool"},
    {"AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable"},
    {"AWS::Lambda::CapacityProvider", "AWS::Serverless::CapacityProvider"},
    {"AWS::Lambda::Function", "AWS::Serverless::Function"},
    {"AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion"},
    {"AWS::S3::Bucket", "AWS::S3::Bucket"},
    {"AWS::SNS::Topic", "AWS::SNS::Topic"},
    {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"},
};

static size_t builder_of(const struct value *resource)
{
    struct str type = value_get_text(resource, "Type");
    size_t i = 0;
    while (i < ARRAY_LENGTH(builders) && !str_is(type, builders[i].type))
        i++;
    return i;
}

/* Types that AWS's transform looks at only when it comes to them. */
static bool is_late(const struct value *type)
{
    return value_is_text(type, "AWS::Serverless::Connector") ||
           value_is_text(type, "AWS::Serverless::GraphQLApi");
}

/* What must hold before anything is rewritten. */
static void check_shape(struct sam *sam)
{
    const struct value *resources = sam->resources;
    if (!value_is(resources, VALUE_MAP) || resources->count == 0) {
        sam_fail(sam, sam->template, "", "the template has no 'Resources'");
        return;
    }
    const struct value *mappings = value_get(sam->template, "Mappings");
    const struct value *conditions = value_get(sam->template, "Conditions");
    if (!is_none(conditions) && !value_is(conditions, VALUE_MAP))
        sam_fail(sam, conditions, "", "section 'Conditions' must be a mapping");
    if (mappings && !value_is(mappings, VALUE_MAP))
        sam_fail(sam, mappings->source ? mappings : sam->template, "",
                 "section 'Mappings' must be a mapping");
    for (size_t i = 0; i < resources->count && !sam->failed; i++) {
        const struct value *resource = resources->entries[i].value;
        const char *id = resources->entries[i].key.ptr;
        const struct value *condition = value_get(resource, "Condition"),
                           *properties = value_get(resource, "Properties");
        if (is_truthy(condition) && !value_is(condition, VALUE_STRING))
            sam_fail(sam, condition, id, "'Condition' must be a condition's name");
        if (!value_is(resource, VALUE_MAP)) {
            sam_fail(sam, resource, id, "a resource must be a mapping");
            return;
        }
        if (builder_of(resource) == ARRAY_LENGTH(builders)) {
            if (str_starts(value_get_text(resource, "Type"), "AWS::Serverless::"))
                sam_fail(sam, value_get(resource, "Type"), id, "there is no type '%.*s' in SAM",
                         STR_ARG(value_get_text(resource, "Type")));
            continue;
        }
        if (properties && !value_is(properties, VALUE_MAP) && !is_late(value_get(resource, "Type")))
            sam_fail(sam, properties, id, "'Properties' must be a mapping");
    }
}

/* A value that could refer to parameters, and so to itself, would never end. */
static bool is_plain(const struct value *value)
{
    bool plain = !value_is(value, VALUE_MAP);
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        plain = plain && !value_is(value->items[i], VALUE_MAP) && !value_is(value->items[i], VALUE_LIST);
    return plain;
}

static void take_parameters(struct sam *sam)
{
    const struct value *declared = value_get(sam->template, "Parameters");
    const struct value *given[] = {sam->options->shared_parameters, sam->options->parameters};
    sam->parameters = value_map(sam->arena);
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++) {
        struct value *value = value_get(declared->entries[i].value, "Default");
        if (value && is_plain(value))
            value_set(sam->arena, sam->parameters, declared->entries[i].key, value);
    }
    for (size_t k = 0; k < ARRAY_LENGTH(given); k++)
        for (size_t i = 0; value_is(given[k], VALUE_MAP) && i < given[k]->count; i++) {
            if (k == 0 && !value_get_str(declared, given[k]->entries[i].key))
                continue;
            struct value *value = value_copy(sam->arena, given[k]->entries[i].value);
            python_convert(sam->arena, value);
            value_set(sam->arena, sam->parameters, given[k]->entries[i].key, value);
        }
    value_setz(sam->arena, sam->parameters, "AWS::Region", value_string(sam->arena, sam->options->region));
    value_setz(sam->arena, sam->parameters, "AWS::Partition", make_text(sam, sam->partition));
}

static void check_parameters(struct sam *sam)
{
    const struct value *declared = value_get(sam->template, "Parameters");
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++) {
        const struct value *value = value_get(declared->entries[i].value, "Default");
        sam->failed = false;
        if (!is_plain(value))
            sam_fail(sam, value, "", "'Default' of parameter '%.*s' must be a single value",
                     STR_ARG(declared->entries[i].key));
    }
}

/* Marks what can reach an API's definition as Python 2.7 has it (see python.h). */
static void convert_resource(struct sam *sam, struct value *resource)
{
    struct str type = value_get_text(resource, "Type");
    struct value *properties = value_get(resource, "Properties");
    if (str_is(type, "AWS::Serverless::Api") || str_is(type, "AWS::Serverless::HttpApi"))
        python_convert(sam->arena, properties);
    if (!str_is(type, "AWS::Serverless::Function") && !str_is(type, "AWS::Serverless::StateMachine"))
        return;
    python_convert(sam->arena, value_get(resource, "Condition"));
    python_convert(sam->arena, value_get(properties, "FunctionName"));
    python_convert(sam->arena, value_get(properties, "Events"));
}

static bool has_event(const struct value *resource, const char *type)
{
    const struct value *events = value_path(resource, "Properties", "Events", NULL);
    for (size_t i = 0; value_is(events, VALUE_MAP) && i < events->count; i++)
        if (value_is_text(value_get(events->entries[i].value, "Type"), type))
            return true;
    return false;
}

/* Without a REST API, or an HTTP API with a default authorizer, AWS's transform leaves the order of Python 3.
 */
static bool has_old_order(const struct sam *sam)
{
    bool authorizer =
        is_truthy(value_path(sam->template, "Globals", "HttpApi", "Auth", "DefaultAuthorizer", NULL));
    for (size_t i = 0; i < sam->resources->count; i++) {
        const struct value *resource = sam->resources->entries[i].value, *type = value_get(resource, "Type");
        bool function = value_is_text(type, "AWS::Serverless::Function");
        bool http = value_is_text(type, "AWS::Serverless::HttpApi");
        if (value_is_text(type, "AWS::Serverless::Api") ||
            ((function || value_is_text(type, "AWS::Serverless::StateMachine")) &&
             has_event(resource, "Api")) ||
            (authorizer && (http || (function && has_event(resource, "HttpApi")))) ||
            (http && is_truthy(value_path(resource, "Properties", "Auth", "DefaultAuthorizer", NULL))))
            return true;
    }
    return false;
}

static void convert_template(struct sam *sam)
{
    if (!has_old_order(sam))
        return;
    struct value *parameters = value_get(sam->template, "Parameters");
    struct value *resources = python_dict(sam->arena);
    python_convert(sam->arena, value_path(sam->template, "Globals", "Api", NULL));
    for (size_t i = 0; value_is(parameters, VALUE_MAP) && i < parameters->count; i++)
        python_convert(sam->arena, value_get(parameters->entries[i].value, "Default"));
    for (size_t i = 0; i < sam->resources->count; i++) {
        convert_resource(sam, sam->resources->entries[i].value);
        python_set(sam->arena, resources, sam->resources->entries[i].key, true,
                   sam->resources->entries[i].value);
    }
    sam->resources = value_at_position_of(resources, sam->resources);
    value_setz(sam->arena, sam->template, "Resources", resources);
}

/* Names of functions whose Api events use an explicit API: part of its deployment's hash. */
static void collect_function_names(struct sam *sam, const struct source_resource *source)
{
    struct python_items events = python_items(sam->arena, value_get(source->properties, "Events"));
    struct value *name = value_get(source->properties, "FunctionName");
    if (!value_is_text(value_get(source->node, "Type"), "AWS::Serverless::Function") || is_none(name))
        return;
    name = resolve_parameters(sam, python_deepcopy(sam->arena, name));
    for (size_t i = 0; i < events.count; i++) {
        struct value *api = api_id_of(value_path(events.items[i].value, "Properties", "RestApiId", NULL));
        if (!value_is_text(value_get(events.items[i].value, "Type"), "Api") || !value_is(api, VALUE_STRING) ||
            !is_truthy(api) || !is_truthy(name))
            continue;
        struct buf all = BUF_INIT(BUF_LARGE);
        buf_add(&all, value_text(value_get_str(sam->function_names, api->text)));
        if (name->kind == VALUE_STRING)
            buf_add(&all, name->text);
        else
            python_repr(sam->arena, &all, name);
        value_set(sam->arena, sam->function_names, api->text, value_string(sam->arena, buf_str(&all)));
        buf_release(&all);
    }
}

static bool may_have_id(const struct sam *sam, const struct made *made)
{
    const struct value *existing = value_get(sam->resources, made->id);
    if (!existing)
        return true;
    struct str type = value_get_text(existing, "Type");
    for (size_t i = 0; i < ARRAY_LENGTH(same_id); i++)
        if (str_is(str_from(made->type), same_id[i][0]) && str_is(type, same_id[i][1]))
            return true;
    return false;
}

static void add_references(struct sam *sam, const struct source_resource *source,
                           const struct made_list *list)
{
    struct str type = value_get_text(source->node, "Type");
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < ARRAY_LENGTH(referable); k++) {
            if (!str_is(type, referable[k][0]) || !str_is(str_from(list->items[i]->type), referable[k][2]))
                continue;
            struct value *map = value_get(sam->references, source->id);
            if (!map) {
                map = value_map(sam->arena);
                value_setz(sam->arena, sam->references, source->id, map);
            }
            value_setz(sam->arena, map, referable[k][1], make_text(sam, list->items[i]->id));
        }
}

static void finish_resource(struct sam *sam, const struct source_resource *source,
                            const struct made_list *list)
{
    add_references(sam, source, list);
    if (source->new_id)
        value_setz(sam->arena, sam->changed_ids, source->id, make_text(sam, source->new_id));
    /* taken out at the end, as each removal moves all others */
    value_setz(sam->arena, sam->output, source->id, value_null(sam->arena));
    for (size_t i = 0; i < list->count; i++) {
        struct made *made = list->items[i];
        sam->failed = false;
        if (!may_have_id(sam, made))
            sam_fail(sam, source->node, made->id,
                     "'%s' would create it with type '%s', but the template has one already", source->id,
                     made->type);
        else
            value_setz(sam->arena, sam->output, made->id, made_value(sam, made));
    }
}

static void transform_one(struct sam *sam, size_t builder, const struct python_item *item)
{
    struct source_resource source = {.id = item->key.ptr, .id_unicode = true, .node = item->value};
    struct made_list list = {.count = 0};
    const char *type = builders[builder].type;
    sam->failed = false;
    sam->current = item->value;
    source.properties = value_get(item->value, "Properties");
    if (!source.properties)
        source.properties = value_at_position_of(value_map(sam->arena), item->value);
    source.attributes = own_attributes(sam, item->value);
    if (!is_alphanumeric(item->key))
        sam_fail(sam, item->value, source.id, "a logical id must be letters and digits");
    if (!value_is(source.properties, VALUE_MAP))
        sam_fail(sam, source.properties, source.id, "'Properties' must be a mapping");
    expand_policy_templates(sam, &source);
    check_properties(sam, item->value, source.id, type, resource_properties(type), source.properties);
    if (!sam->failed)
        collect_function_names(sam, &source);
    if (!sam->failed)
        builders[builder].build(sam, &source, &list);
    if (!sam->failed)
        finish_resource(sam, &source, &list);
}

static void take_out_replaced(struct sam *sam, struct value *template)
{
    struct value *kept = value_at_position_of(value_map(sam->arena), sam->output);
    for (size_t i = 0; i < sam->output->count; i++)
        if (!is_none(sam->output->entries[i].value))
            value_set(sam->arena, kept, sam->output->entries[i].key, sam->output->entries[i].value);
    sam->output = kept;
    value_setz(sam->arena, template, "Resources", kept);
}

static void transform_resources(struct sam *sam)
{
    struct python_items all = python_items(sam->arena, sam->resources);
    for (int order = 0; order <= ORDER_LAST; order++)
        for (size_t i = 0; i < all.count; i++) {
            size_t builder = builder_of(all.items[i].value);
            if (builder < ARRAY_LENGTH(builders) && builders[builder].order == order)
                transform_one(sam, builder, &all.items[i]);
        }
}

static void run(struct sam *sam)
{
    void (*const phases[])(struct sam *) = {check_shape,         convert_template, take_parameters,
                                            default_definitions, implicit_apis,    globals_merge};
    for (size_t i = 0; i < ARRAY_LENGTH(phases) && sam->mistakes == 0; i++)
        phases[i](sam);
    if (sam->mistakes > 0)
        return;
    embedded_connectors(sam);
    struct value *output = python_deepcopy(sam->arena, sam->template);
    sam->output = value_get(output, "Resources");
    sam->output->extra = NULL; /* from here on, order does not matter */
    sam->conditions = value_get(output, "Conditions");
    sam->conditions = is_none(sam->conditions) ? NULL : sam->conditions;
    sam->mappings = value_get(output, "Mappings");
    transform_resources(sam);
    sam->current = NULL;
    take_out_replaced(sam, output);
    sam->failed = false;
    preferences_finish(sam);
    check_parameters(sam);
    value_remove(output, STR("Transform"));
    if (sam->mistakes == 0)
        resolve_references(sam, output);
    sam->template = output;
}

/* All mistakes in full where they fit; else the first in full and the names of the others. */
static void tell_mistakes(struct sam *sam, struct error *error)
{
    struct buf others = BUF_INIT(BUF_LARGE), names = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < sam->mistake_list->count; i++) {
        struct str id = value_get_text(sam->mistake_list->items[i], "id");
        buf_printf(&others, "; %.*s", STR_ARG(value_get_text(sam->mistake_list->items[i], "message")));
        if (id.len > 0)
            buf_printf(&names, "%s%.*s", names.len ? ", " : "; also wrong: ", STR_ARG(id));
    }
    *error = sam->first;
    struct str all = buf_str(&others);
    if (strlen(error->message) + all.len >= ERROR_MESSAGE_MAX)
        all = str_slice(buf_str(&names), 0, ERROR_MESSAGE_MAX * 3 / 4);
    if (all.len > 0)
        error_suffix(error, "%.*s", STR_ARG(all));
    buf_release(&others);
    buf_release(&names);
}

bool sam_transform(struct arena *arena, const struct template_options *options, struct value **template,
                   struct error *error)
{
    struct sam sam = {.arena = arena,
                      .options = options,
                      .partition = partition_of_region(options->region).ptr,
                      .template = *template,
                      .resources = value_get(*template, "Resources"),
                      .changed_ids = value_map(arena),
                      .references = value_map(arena),
                      .function_names = value_map(arena),
                      .preferences = value_map(arena),
                      .record_sets = value_map(arena),
                      .mistake_list = value_list(arena)};
    run(&sam);
    if (sam.mistakes > 0)
        tell_mistakes(&sam, error);
    *template = sam.template;
    return sam.mistakes == 0;
}
