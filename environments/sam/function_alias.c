#include "environments/sam/transform.h"

/* What a function publishes: versions, an alias, a URL, where asynchronous results go. */

static const char *layer_ids(struct sam *sam, const struct value *layer, const struct value **properties)
{
    const char *id = id_of_intrinsic(sam, layer);
    *properties = id ? value_path(sam->output, id, "Properties", NULL) : NULL;
    return id && is_truthy(value_get(*properties, "PublishLambdaVersion")) ? id : NULL;
}

/* What makes a new version: the code, environment and memory, or all properties. */
static struct value *version_data(struct sam *sam, struct source_resource *source, struct made *function)
{
    struct value *code = resolve_parameters(sam, made_get(function, "Code"));
    struct value *snap_start = made_get(function, "SnapStart"), *memory = made_get(function, "MemorySize");
    if (is_truthy(value_get(source->properties, "AutoPublishAliasAllProperties"))) {
        struct value *all = python_copy(sam->arena, function->properties);
        const struct value *layers = made_get(function, "Layers"), *layer;
        for (size_t i = 0; value_is(layers, VALUE_LIST) && i < layers->count; i++) {
            const char *id = layer_ids(sam, layers->items[i], &layer);
            if (id)
                value_setz(sam->arena, all, id, (struct value *)layer);
        }
        return all;
    }
    struct value *data = python_copy(sam->arena, code);
    if (is_truthy(made_get(function, "Environment")))
        python_update(sam->arena, data, made_get(function, "Environment"));
    if (is_truthy(memory))
        value_setz(sam->arena, data, "MemorySize", memory);
    if (is_truthy(snap_start) && value_get(snap_start, "ApplyOn") &&
        !value_is_text(value_get(snap_start, "ApplyOn"), "None"))
        value_setz(sam->arena, data, "SnapStart", snap_start);
    return data;
}

static void describe_code(struct sam *sam, struct made *function, struct value *digest)
{
    struct value *description = resolve_parameters(sam, made_get(function, "Description"));
    if (!is_truthy(description))
        made_set(sam, function, "Description", digest);
    else if (value_is(description, VALUE_STRING))
        made_set(sam, function, "Description",
                 value_stringf(sam->arena, "%.*s %.*s", STR_ARG(description->text), STR_ARG(digest->text)));
    else
        made_set(sam, function, "Description",
                 make(sam, "{'Fn::Join': [' ', [%v, %v]]}", description, digest));
}

static struct made *build_version(struct sam *sam, struct source_resource *source, struct made *function)
{
    struct value *digest = resolve_parameters(sam, value_get(source->properties, "AutoPublishCodeSha256"));
    struct value *policy = value_get(source->properties, "VersionDeletionPolicy");
    bool capacity = !is_none(value_get(source->properties, "CapacityProviderConfig"));
    const char *prefix = text(sam, "%sVersion", source->id), *id;
    if (is_truthy(digest) && !value_is(digest, VALUE_STRING))
        sam_fail(sam, digest, source->id, "'AutoPublishCodeSha256' must be a text");
    if (is_truthy(digest)) {
        describe_code(sam, function, digest);
        version_data(sam, source, function);
        id = text(sam, "%s%.*s", prefix, STR_ARG(str_slice(value_text(digest), 0, 10)));
    } else {
        id = hashed_id(sam, prefix, version_data(sam, source, function));
    }
    struct value *attributes = passthrough_attributes(sam, source->attributes);
    if (!value_get(attributes, "DeletionPolicy"))
        value_setz(sam->arena, attributes, "DeletionPolicy",
                   !is_none(policy) ? policy : make_text(sam, capacity ? "Delete" : "Retain"));
    struct made *version = made_new(sam, id, "AWS::Lambda::Version", attributes);
    made_set(sam, version, "FunctionName", make(sam, "{'Ref': '%s'}", function->id));
    made_set(sam, version, "Description", value_get(source->properties, "VersionDescription"));
    if (capacity)
        made_set(sam, version, "FunctionScalingConfig",
                 value_get(source->properties, "FunctionScalingConfig"));
    return version;
}

/* Letters, digits, '-' and '_', not only digits; in a logical id '-' is D and '_' is U. */
static const char *alias_suffix(struct sam *sam, const struct source_resource *source, struct str name)
{
    char *suffix = arena_strz(sam->arena, name);
    bool sound = name.len > 0, digits = true;
    for (char *c = suffix; *c; c++) {
        digits = digits && *c >= '0' && *c <= '9';
        *c = (char)(*c == '-' ? 'D' : *c == '_' ? 'U' : *c);
    }
    sound = sound && !digits && is_alphanumeric(str_from(suffix));
    if (!sound)
        sam_fail(sam, value_get(source->properties, "AutoPublishAlias"), source->id,
                 "alias '%.*s' must be letters, digits, '-' and '_', and not digits alone", STR_ARG(name));
    return suffix;
}

void function_version_and_alias(struct sam *sam, struct source_resource *source, struct made *function,
                                struct made_list *list, struct made **alias)
{
    struct value *name = resolve_parameters(sam, value_get(source->properties, "AutoPublishAlias"));
    if (!value_is(name, VALUE_STRING)) {
        sam_fail(sam, value_get(source->properties, "AutoPublishAlias"), source->id,
                 "'AutoPublishAlias' must be a text or a Ref to a parameter");
        return;
    }
    struct made *version = build_version(sam, source, function);
    const char *id = text(sam, "%sAlias%s", source->id, alias_suffix(sam, source, name->text));
    if (sam->failed)
        return;
    *alias = made_new(sam, id, "AWS::Lambda::Alias", passthrough_attributes(sam, source->attributes));
    made_set(sam, *alias, "Name", name);
    made_set(sam, *alias, "FunctionName", make(sam, "{'Ref': '%s'}", function->id));
    made_set(sam, *alias, "FunctionVersion", make(sam, "{'Fn::GetAtt': ['%s', 'Version']}", version->id));
    struct value *concurrency = value_get(source->properties, "ProvisionedConcurrencyConfig");
    if (is_truthy(concurrency))
        made_set(sam, *alias, "ProvisionedConcurrencyConfig", concurrency);
    made_add(sam, list, version);
    made_add(sam, list, *alias);
}

static void check_cors(struct sam *sam, const struct source_resource *source, const struct value *cors)
{
    static const struct {
        const char *name;
        enum value_kind kind;
    } known[] = {
        {"AllowCredentials", VALUE_BOOL}, {"AllowHeaders", VALUE_LIST},  {"AllowMethods", VALUE_LIST},
        {"AllowOrigins", VALUE_LIST},     {"ExposeHeaders", VALUE_LIST}, {"MaxAge", VALUE_NUMBER},
    };
    if (!is_truthy(cors) || is_intrinsic(cors) ||
        !expect(sam, cors, source->node, source->id, "FunctionUrlConfig.Cors", VALUE_MAP))
        return;
    for (size_t i = 0; i < cors->count; i++) {
        size_t k = 0;
        while (k < ARRAY_LENGTH(known) && !str_is(cors->entries[i].key, known[k].name))
            k++;
        if (k == ARRAY_LENGTH(known))
            sam_fail(sam, cors->entries[i].value, source->id, "'Cors' has no '%.*s'",
                     STR_ARG(cors->entries[i].key));
        else if (!is_intrinsic(cors->entries[i].value))
            expect(sam, cors->entries[i].value, cors, source->id, known[k].name, known[k].kind);
    }
}

static void url_permission(struct sam *sam, struct source_resource *source, const char *suffix,
                           struct value *name, bool url, struct made_list *list)
{
    struct made *permission = made_new(sam, text(sam, "%s%s", source->id, suffix), "AWS::Lambda::Permission",
                                       passthrough_attributes(sam, source->attributes));
    made_set(sam, permission, "Action",
             make_text(sam, url ? "lambda:InvokeFunctionUrl" : "lambda:InvokeFunction"));
    made_set(sam, permission, "FunctionName", name);
    made_set(sam, permission, "Principal", make_text(sam, "*"));
    if (url)
        made_set(sam, permission, "FunctionUrlAuthType", make_text(sam, "NONE"));
    else
        made_set(sam, permission, "InvokedViaFunctionUrl", value_bool(sam->arena, true));
    made_add(sam, list, permission);
}

void function_url(struct sam *sam, struct source_resource *source, struct made *function, struct made *alias,
                  struct made_list *list)
{
    struct value *config = value_get(source->properties, "FunctionUrlConfig"),
                 *type = value_get(config, "AuthType");
    struct value *name = make(sam, "{'Ref': '%s'}", alias ? alias->id : function->id);
    if (!is_intrinsic(config) && !is_intrinsic(type) && !value_is_text(type, "AWS_IAM") &&
        !value_is_text(type, "NONE"))
        sam_fail(sam, config, source->id, "'FunctionUrlConfig' needs 'AuthType' AWS_IAM or NONE");
    if (!is_intrinsic(config))
        check_cors(sam, source, value_get(config, "Cors"));
    struct made *url = made_new(sam, text(sam, "%sUrl", source->id), "AWS::Lambda::Url",
                                passthrough_attributes(sam, source->attributes));
    if (is_truthy(value_get(config, "Cors")))
        made_set(sam, url, "Cors", value_get(config, "Cors"));
    made_set(sam, url, "AuthType", type);
    made_set(sam, url, "TargetFunctionArn", name);
    made_set(sam, url, "InvokeMode", value_get(config, "InvokeMode"));
    made_add(sam, list, url);
    if (!value_is_text(type, "NONE") || is_intrinsic(config))
        return;
    url_permission(sam, source, "UrlPublicPermissions", name, true, list);
    url_permission(sam, source, "URLInvokeAllowPublicAccess", name, false, list);
}

struct invoke {
    struct sam *sam;
    struct source_resource *source;
    struct made_list *list;
    struct value *policies;
};

static const char *generated_condition(struct sam *sam, const char *name, const char *hash_input)
{
    const char *whole = text(sam, "%s%s", name, sha1_digits(sam, str_from(hash_input), 10));
    return arena_strz(sam->arena, str_slice(str_from(whole), 0, 255));
}

/* Destination: {"Fn::If": [c, NoValue, arn]}: under which condition a queue or topic must be made, and what
 * stands otherwise. */
static struct value *missing_condition(struct invoke *invoke, struct value *destination, const char *id,
                                       struct value **otherwise)
{
    struct sam *sam = invoke->sam;
    struct value *branches = value_get(destination, "Fn::If");
    *otherwise = NULL;
    if (!is_intrinsic_if(destination))
        return NULL;
    if (!value_is(branches, VALUE_LIST) || branches->count != 3) {
        sam_fail(sam, branches, id, "'Fn::If' of 'Destination' needs a condition and two values");
        return NULL;
    }
    struct value *condition = branches->items[0];
    bool then = is_no_value(branches->items[1]), other = is_no_value(branches->items[2]);
    if (then == other || !expect(sam, condition, branches, id, "Destination.Fn::If", VALUE_STRING))
        return NULL;
    *otherwise = branches->items[then ? 2 : 1];
    if (then)
        return condition;
    const char *name = generated_condition(sam, text(sam, "NOT%.*s", STR_ARG(value_text(condition))), id);
    if (sam->conditions)
        value_setz(sam->arena, sam->conditions, name,
                   make(sam, "{'Fn::Not': [{'Condition': %v}]}", condition));
    return make_text(sam, name);
}

static struct value *both_conditions(struct invoke *invoke, struct value *first, struct value *second)
{
    struct sam *sam = invoke->sam;
    if (is_none(first) || is_none(second))
        return is_none(first) ? second : first;
    const char *name = generated_condition(
        sam, text(sam, "%.*sAND%.*s", STR_ARG(value_text(first)), STR_ARG(value_text(second))),
        invoke->source->id);
    /* the reference wraps each condition twice */
    if (sam->conditions)
        value_setz(sam->arena, sam->conditions, name,
                   make(sam,
                        "{'Fn::And': [{'Condition': {'Condition': %v}}, {'Condition': {'Condition': %v}}]}",
                        first, second));
    return make_text(sam, name);
}

static struct value *invoke_policy(struct invoke *invoke, const struct value *type, struct value *arn,
                                   const char *id)
{
    static const struct {
        const char *type, *suffix, *action;
    } policies[] = {
        {"SQS", "SQSPolicy", "sqs:SendMessage"},
        {"SNS", "SNSPolicy", "sns:publish"},
        {"EventBridge", "EventBridgePolicy", "events:PutEvents"},
        {"Lambda", "LambdaPolicy", "lambda:InvokeFunction"},
    };
    struct sam *sam = invoke->sam;
    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++)
        if (value_is_text(type, policies[i].type))
            return simple_policy(sam, text(sam, "%s%s", id, policies[i].suffix), policies[i].action, arn);
    return s3_payload_policy(sam, arn, id);
}

static struct value *made_destination(struct invoke *invoke, const struct value *type, const char *id,
                                      struct value *condition, struct value *otherwise)
{
    struct sam *sam = invoke->sam;
    bool queue = value_is_text(type, "SQS");
    struct value *attributes = passthrough_attributes(sam, invoke->source->attributes);
    struct made *made = made_new(sam, text(sam, "%s%s", id, queue ? "Queue" : "Topic"),
                                 queue ? "AWS::SQS::Queue" : "AWS::SNS::Topic", attributes);
    struct value *combined = both_conditions(invoke, value_get(attributes, "Condition"), condition);
    struct value *arn =
        queue ? make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", made->id) : make(sam, "{'Ref': '%s'}", made->id);
    if (is_truthy(combined))
        value_setz(sam->arena, made->attributes, "Condition", combined);
    made_add(sam, invoke->list, made);
    return condition ? make_if(sam, condition, arn, otherwise) : arn;
}

static struct value *one_destination(struct invoke *invoke, struct value *config, const char *event,
                                     const char *base)
{
    struct sam *sam = invoke->sam;
    static const char *const types[] = {"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"};
    struct value *type = value_get(config, "Type"), *destination = value_get(config, "Destination"),
                 *otherwise;
    const char *id = text(sam, "%s%s", base, event);
    bool known = false;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        known = known || value_is_text(type, types[i]);
    if (!known) {
        sam_fail(sam, config, invoke->source->id,
                 "'Type' of a destination must be SQS, SNS, EventBridge, Lambda or S3Bucket");
        return NULL;
    }
    struct value *condition = missing_condition(invoke, destination, base, &otherwise);
    if (is_none(destination) || condition) {
        if (!value_is_text(type, "SQS") && !value_is_text(type, "SNS")) {
            sam_fail(sam, config, invoke->source->id,
                     "'Destination' is required unless 'Type' is SQS or SNS");
            return NULL;
        }
        destination = made_destination(invoke, type, id, condition, otherwise);
    }
    value_append(sam->arena, invoke->policies, invoke_policy(invoke, type, destination, id));
    return destination;
}

void function_invoke_config(struct sam *sam, struct source_resource *source, const char *alias_name,
                            struct made *alias, struct made_list *list, struct value *policies)
{
    static const char *const events[] = {"OnSuccess", "OnFailure"};
    struct invoke invoke = {.sam = sam, .source = source, .list = list, .policies = policies};
    struct value *config = resolve_parameters(sam, value_get(source->properties, "EventInvokeConfig"));
    const char *id = text(sam, "%sEventInvokeConfig", source->id);
    struct value *given = value_get(config, "DestinationConfig"), *destinations = value_map(sam->arena);
    if (is_truthy(given) &&
        !expect(sam, given, config, source->id, "EventInvokeConfig.DestinationConfig", VALUE_MAP))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(events) && is_truthy(given); i++) {
        struct value *one = value_get(given, events[i]);
        if (is_none(one))
            continue;
        if (!expect(sam, one, given, source->id, events[i], VALUE_MAP))
            return;
        struct value *destination = one_destination(&invoke, one, events[i], id);
        if (destination) /* functions that have it from Globals share the first one's queue or topic */
            value_setz(sam->arena, one, "Destination", destination);
        value_setz(sam->arena, destinations, events[i], make(sam, "{'Destination': %v}", destination));
    }
    struct made *made = made_new(sam, id, "AWS::Lambda::EventInvokeConfig", source->attributes);
    if (alias)
        made->depends_on = make(sam, "['%s']", alias->id);
    made_set(sam, made, "FunctionName", make(sam, "{'Ref': '%s'}", source->id));
    made_set(sam, made, "Qualifier", make_text(sam, alias_name));
    made_set(sam, made, "DestinationConfig", destinations);
    made_set(sam, made, "MaximumEventAgeInSeconds", value_get(config, "MaximumEventAgeInSeconds"));
    made_set(sam, made, "MaximumRetryAttempts", value_get(config, "MaximumRetryAttempts"));
    made_add(sam, list, made);
}
