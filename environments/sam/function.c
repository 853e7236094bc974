#include "environments/sam/transform.h"

/* AWS::Serverless::Function. */

static bool among(const struct value *value, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (value_is_text(value, texts[i]))
            return true;
    return false;
}

static void check_combinations(struct sam *sam, const struct source_resource *source)
{
    static const struct {
        const char *first, *second;
        bool requires;
    } rules[] = {
        {"CapacityProviderConfig", "ProvisionedConcurrencyConfig", false},
        {"CapacityProviderConfig", "VpcConfig", false},
        {"FunctionScalingConfig", "CapacityProviderConfig", true},
        {"VersionDeletionPolicy", "AutoPublishAlias", true},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        bool first = !is_none(value_get(source->properties, rules[i].first));
        bool second = !is_none(value_get(source->properties, rules[i].second));
        if (first && rules[i].requires != second)
            sam_fail(sam, value_get(source->properties, rules[i].first), source->id, "'%s' %s '%s'",
                     rules[i].first, rules[i].requires ? "requires" : "cannot be used together with",
                     rules[i].second);
    }
}

static void check_dead_letter_queue(struct sam *sam, const struct source_resource *source)
{
    const struct value *queue = value_get(source->properties, "DeadLetterQueue");
    static const char *const types[] = {"SQS", "SNS"};
    if (is_truthy(queue) && (!among(value_get(queue, "Type"), types, ARRAY_LENGTH(types)) ||
                             !is_truthy(value_get(queue, "TargetArn"))))
        sam_fail(sam, queue, source->id, "'DeadLetterQueue' requires 'Type' SQS or SNS and 'TargetArn'");
}

static void check_tenancy(struct sam *sam, const struct source_resource *source)
{
    static const char *const excluded[] = {"ProvisionedConcurrencyConfig", "FunctionUrlConfig", "SnapStart"};
    static const char *const events_allowed[] = {"Api", "HttpApi"};
    const struct value *events = value_get(source->properties, "Events");
    if (!is_truthy(value_get(source->properties, "TenancyConfig")))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(excluded); i++)
        if (is_truthy(value_get(source->properties, excluded[i])))
            sam_fail(sam, value_get(source->properties, excluded[i]), source->id,
                     "'%s' is not supported with 'TenancyConfig'", excluded[i]);
    for (size_t i = 0; events && i < events->count; i++)
        if (!among(value_get(events->entries[i].value, "Type"), events_allowed, ARRAY_LENGTH(events_allowed)))
            sam_fail(sam, events->entries[i].value, source->id,
                     "only Api and HttpApi events are supported with 'TenancyConfig'");
}

/* s3://bucket/key?versionId=v, or a map of Bucket, Key and Version. */
struct value *s3_pointer(struct sam *sam, struct value *uri, const char *id, const char *property)
{
    if (value_is(uri, VALUE_MAP)) {
        if (!is_truthy(value_get(uri, "Bucket")) || !is_truthy(value_get(uri, "Key")))
            sam_fail(sam, uri, id, "'%s' requires 'Bucket' and 'Key'", property);
        return uri;
    }
    struct str rest = value_text(uri);
    bool s3 = str_starts(rest, "s3://");
    rest = str_from_index(rest, 5);
    size_t slash = str_find(rest, '/'), question = str_find(rest, '?');
    if (value_is(uri, VALUE_STRING) && str_contains(uri->text, "{{resolve:") && str_contains(uri->text, ":/"))
        sam_fail(sam, uri, id, "'%s' cannot be a dynamic reference to a path: use 'Bucket' and 'Key'",
                 property);
    if (value_is(uri, VALUE_STRING) && !s3 && uri->text.len > 0 && !str_contains(uri->text, "://"))
        sam_fail(sam, uri, id, "'%s' must be an S3 URI or a path: there is no '%.*s' in the repository",
                 property, STR_ARG(uri->text));
    if (!s3 || str_find(str_slice(rest, 0, slash), '[') < slash || slash == 0 || slash >= question ||
        (question == rest.len && slash == rest.len)) {
        sam_fail(sam, uri, id, "'%s' must be a path in the repository or an S3 URI, as in 's3://bucket/key'",
                 property);
        return NULL;
    }
    struct str key = str_slice(rest, slash, question - slash), query = str_from_index(rest, question + 1);
    while (key.len > 0 && key.ptr[0] == '/')
        key = str_from_index(key, 1);
    struct value *version =
        str_starts(query, "versionId=") ? value_string(sam->arena, str_from_index(query, 10)) : NULL;
    return make(sam, "{'Bucket': %v, 'Key': %v, 'Version': %v}",
                value_string(sam->arena, str_slice(rest, 0, slash)), value_string(sam->arena, key), version);
}

struct value *code_location(struct sam *sam, struct value *uri, const char *id, const char *property)
{
    if (value_get(uri, "Plumb::Artifact"))
        return python_copy(sam->arena, uri);
    struct value *pointer = s3_pointer(sam, uri, id, property);
    return make(sam, "{'S3Bucket': %v, 'S3Key': %v, 'S3ObjectVersion': %v}", value_get(pointer, "Bucket"),
                value_get(pointer, "Key"), value_get(pointer, "Version"));
}

static struct value *code_of(struct sam *sam, const struct source_resource *source, bool image)
{
    struct value *inline_code = value_get(source->properties, "InlineCode");
    struct value *uri = value_get(source->properties, "CodeUri"), *code = NULL;
    struct value *image_uri = value_get(source->properties, "ImageUri");
    struct value *key = value_get(source->properties, "SourceKMSKeyArn");
    if (image && is_truthy(image_uri))
        code = make(sam, "{'ImageUri': %v}", image_uri);
    else if (image)
        sam_fail(sam, source->node, source->id, "'ImageUri' must be set where 'PackageType' is Image");
    else if (!is_none(inline_code))
        code = make(sam, "{'ZipFile': %v}", inline_code);
    else if (!is_none(uri))
        code = code_location(sam, uri, source->id, "CodeUri");
    else
        sam_fail(sam, source->node, source->id, "'InlineCode' or 'CodeUri' must be set");
    if (code && is_truthy(key) && !image)
        value_setz(sam->arena, code, "SourceKMSKeyArn", key);
    return code;
}

static void check_package(struct sam *sam, const struct source_resource *source, bool image)
{
    const struct value *properties = source->properties;
    bool runtime = is_truthy(value_get(properties, "Runtime")),
         handler = is_truthy(value_get(properties, "Handler"));
    bool config = is_truthy(value_get(properties, "ImageConfig")),
         layers = is_truthy(value_get(properties, "Layers"));
    if (!image && (!runtime || !handler))
        sam_fail(sam, source->node, source->id,
                 "'Runtime' and 'Handler' must be set where 'PackageType' is Zip");
    if (!image && config)
        sam_fail(sam, source->node, source->id, "'ImageConfig' needs 'PackageType' Image");
    if (image && (runtime || handler || layers))
        sam_fail(sam, source->node, source->id,
                 "'Runtime', 'Handler' and 'Layers' cannot be set where 'PackageType' is Image");
}

static bool has_reserved_tag(struct sam *sam, const struct source_resource *source)
{
    static const char *const reserved[] = {"lambda:createdBy", "serverlessrepo:applicationId",
                                           "serverlessrepo:semanticVersion"};
    for (size_t i = 0; i < ARRAY_LENGTH(reserved); i++)
        if (value_path(source->properties, "Tags", reserved[i], NULL))
            sam_fail(sam, value_get(source->properties, "Tags"), source->id, "tag '%s' is reserved",
                     reserved[i]);
    return sam->failed;
}

/* SAM's own tag and those of the resource. */
static struct value *function_tags(struct sam *sam, const struct source_resource *source)
{
    struct value *tags = make(sam, "[{'Key': 'lambda:createdBy', 'Value': 'SAM'}]");
    has_reserved_tag(sam, source);
    append_all(sam, tags, tag_list(sam, value_get(source->properties, "Tags")));
    return tags;
}

static bool traces(struct sam *sam, const struct source_resource *source)
{
    struct value *tracing = value_get(source->properties, "Tracing");
    return is_truthy(tracing) && !value_is_text(resolve_parameters(sam, tracing), "Disabled");
}

static struct value *capacity_config(struct sam *sam, const struct source_resource *source)
{
    struct value *config = value_get(source->properties, "CapacityProviderConfig");
    if (!is_truthy(config))
        return NULL;
    fit_to_model(sam, source->id, config, source->node, "CapacityProviderConfig", "CapacityProviderConfig");
    struct value *concurrency = value_get(config, "PerExecutionEnvironmentMaxConcurrency");
    struct value *memory = value_get(config, "ExecutionEnvironmentMemoryGiBPerVCpu");
    return make(sam,
                "{'LambdaManagedInstancesCapacityProviderConfig': {'CapacityProviderArn': %v, "
                "'PerExecutionEnvironmentMaxConcurrency': %v, 'ExecutionEnvironmentMemoryGiBPerVCpu': %v}}",
                value_get(config, "Arn"), is_none(concurrency) ? NULL : concurrency,
                is_none(memory) ? NULL : memory);
}

static struct made *construct_function(struct sam *sam, struct source_resource *source)
{
    static const char *const same[] = {"Handler",
                                       "Runtime",
                                       "Description",
                                       "MemorySize",
                                       "Timeout",
                                       "VpcConfig",
                                       "Role",
                                       "Environment",
                                       "KmsKeyArn",
                                       "Layers",
                                       "ReservedConcurrentExecutions",
                                       "FileSystemConfigs",
                                       "ImageConfig",
                                       "PackageType",
                                       "Architectures",
                                       "SnapStart",
                                       "EphemeralStorage",
                                       "CodeSigningConfigArn",
                                       "RuntimeManagementConfig",
                                       "LoggingConfig",
                                       "TenancyConfig",
                                       "RecursiveLoop",
                                       "DurableConfig",
                                       "PublishToLatestPublished"};
    const struct value *package = value_get(source->properties, "PackageType");
    bool image = value_is_text(package, "Image");
    struct made *made = made_new(sam, source->id, "AWS::Lambda::Function", source->attributes);
    made->id_unicode = source->id_unicode;
    made->depends_on = value_get(source->node, "DependsOn");
    if (is_truthy(package) && !image && !value_is_text(package, "Zip"))
        sam_fail(sam, package, source->id, "'PackageType' must be Zip or Image");
    if (is_truthy(value_get(source->properties, "FunctionName")))
        made_set(sam, made, "FunctionName", value_get(source->properties, "FunctionName"));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, made, same[i], value_get(source->properties, same[i]));
    made_set(sam, made, "Code", code_of(sam, source, image));
    made_set(sam, made, "Tags", function_tags(sam, source));
    if (traces(sam, source))
        made_set(sam, made, "TracingConfig",
                 make(sam, "{'Mode': %v}", value_get(source->properties, "Tracing")));
    const struct value *queue = value_get(source->properties, "DeadLetterQueue");
    if (is_truthy(queue))
        made_set(sam, made, "DeadLetterConfig",
                 make(sam, "{'TargetArn': %v}", value_get(queue, "TargetArn")));
    made_set(sam, made, "CapacityProviderConfig", capacity_config(sam, source));
    if (is_truthy(value_get(source->properties, "FunctionScalingConfig")))
        made_set(sam, made, "FunctionScalingConfig", value_get(source->properties, "FunctionScalingConfig"));
    check_package(sam, source, image);
    return made;
}

static struct made *construct_role(struct sam *sam, struct source_resource *source,
                                   struct value *invoke_policies)
{
    struct value *properties = source->properties, *queue = value_get(properties, "DeadLetterQueue");
    struct value *assume = value_get(properties, "AssumeRolePolicyDocument");
    bool durable = is_truthy(value_get(properties, "DurableConfig"));
    struct value *managed =
        make(sam, "[%v]",
             managed_policy_arn(sam, durable ? "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
                                             : "service-role/AWSLambdaBasicExecutionRole"));
    struct value *documents = value_list(sam->arena);
    if (traces(sam, source))
        value_append(sam->arena, managed, managed_policy_arn(sam, xray_policy(sam)));
    if (is_truthy(value_get(properties, "VpcConfig")))
        value_append(sam->arena, managed,
                     managed_policy_arn(sam, "service-role/AWSLambdaVPCAccessExecutionRole"));
    if (is_truthy(queue))
        value_append(
            sam->arena, documents,
            make(sam,
                 "{'PolicyName': 'DeadLetterQueuePolicy', 'PolicyDocument': {'Version': '2012-10-17', "
                 "'Statement': [{'Action': '%s', 'Resource': %v, 'Effect': 'Allow'}]}}",
                 value_is_text(value_get(queue, "Type"), "SQS") ? "sqs:SendMessage" : "sns:Publish",
                 value_get(queue, "TargetArn")));
    append_all(sam, documents, invoke_policies);
    struct role_options options = {
        .resource_id = source->id,
        .attributes = passthrough_attributes(sam, source->attributes),
        .assume_role = !is_none(assume) ? assume : assume_role_of(sam, "lambda.amazonaws.com"),
        .policies = value_get(properties, "Policies"),
        .managed = managed,
        .documents = documents,
        .path = value_get(properties, "RolePath"),
        .boundary = value_get(properties, "PermissionsBoundary"),
        .tags = function_tags(sam, source),
    };
    return build_role(sam, &options);
}

/* Role: {"Fn::If": [c, arn, NoValue]}: the generated role stands in where there is none. */
static void conditional_role(struct sam *sam, struct source_resource *source, struct made *function,
                             struct made *role, struct made_list *list)
{
    struct value *branches = value_get(resolve_parameters(sam, made_get(function, "Role")), "Fn::If");
    struct value *arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", role->id);
    if (!value_is(branches, VALUE_LIST) || branches->count != 3) {
        sam_fail(sam, branches, source->id, "'Fn::If' of 'Role' needs a condition and two values");
        return;
    }
    struct value *condition = branches->items[0], *then = branches->items[1], *other = branches->items[2];
    if (is_no_value(then) && is_no_value(other)) {
        made_set(sam, function, "Role", arn);
    } else if (is_no_value(then)) {
        made_set(sam, function, "Role", make_if(sam, condition, arn, other));
        value_setz(sam->arena, role->attributes, "Condition", condition);
    } else if (is_no_value(other)) {
        const char *negated = text(sam, "NOT%.*s", STR_ARG(value_text(condition)));
        made_set(sam, function, "Role", make_if(sam, condition, then, arn));
        value_setz(sam->arena, role->attributes, "Condition", make_text(sam, negated));
        if (sam->conditions)
            value_setz(sam->arena, sam->conditions, negated,
                       make(sam, "{'Fn::Not': [{'Condition': %v}]}", condition));
    } else {
        return;
    }
    made_add(sam, list, role);
}

/* Events are taken by the path of API events, else by their name. */
static struct str event_order(const struct python_item *item)
{
    const struct value *path = value_path(item->value, "Properties", "Path", NULL);
    return value_is(path, VALUE_STRING) ? path->text : item->key;
}

static void build_event(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    if (is_pull_event(event->type))
        build_pull_event(sam, event, target, list);
    else if (str_is(str_from(event->type), "Api"))
        build_api_event(sam, event, target, list);
    else if (str_is(str_from(event->type), "HttpApi"))
        build_http_api_event(sam, event, target, list);
    else if (str_is(str_from(event->type), "ScheduleV2"))
        build_schedule_v2(sam, event, target, false, list);
    else
        build_push_event(sam, event, target, list);
}

bool event_read(struct sam *sam, const char *function_id, const struct python_item *item,
                const char *(*properties_of)(const char *), struct event *event)
{
    const char *type = value_get_text(item->value, "Type").ptr;
    const char *specification = properties_of(type);
    *event = (struct event){.id = text(sam, "%s%.*s", function_id, STR_ARG(item->key)),
                            .relative = item->key.ptr,
                            .type = type,
                            .function_id = function_id,
                            .node = item->value,
                            .properties = value_get(item->value, "Properties")};
    if (!specification)
        sam_fail(sam, item->value, function_id, "event '%s' has the unknown type '%s'", event->relative,
                 type);
    else if (!is_alphanumeric(str_from(event->id)))
        sam_fail(sam, item->value, event->id,
                 "logical ids, and so the names of events, must be letters and digits");
    else if (!is_none(event->properties) && !value_is(event->properties, VALUE_MAP))
        sam_fail(sam, event->properties, event->id, "'Properties' must be a mapping");
    else
        check_properties(sam, item->value, event->id, type, specification, event->properties);
    return !sam->failed;
}

static void link_events(struct sam *sam, struct source_resource *source)
{
    struct python_items all = python_items(sam->arena, value_get(source->properties, "Events"));
    struct event event;
    for (size_t i = 0; i < all.count && !sam->failed; i++)
        if (event_read(sam, source->id, &all.items[i], function_event_properties, &event))
            event_link(sam, &event);
}

static void build_events(struct sam *sam, struct source_resource *source, struct target *target,
                         struct made_list *list)
{
    struct python_items all = python_items(sam->arena, value_get(source->properties, "Events"));
    struct event event;
    /* an insertion sort keeps the order of equals, as Python's does */
    for (size_t i = 1; i < all.count; i++)
        for (size_t k = i;
             k > 0 && str_compare(event_order(&all.items[k - 1]), event_order(&all.items[k])) > 0; k--) {
            struct python_item one = all.items[k];
            all.items[k] = all.items[k - 1];
            all.items[k - 1] = one;
        }
    for (size_t i = 0; i < all.count && !sam->failed; i++)
        if (event_read(sam, source->id, &all.items[i], function_event_properties, &event))
            build_event(sam, &event, target, list);
}

void build_function(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct value *properties = source->properties;
    struct made *alias = NULL;
    link_events(sam, source);
    check_combinations(sam, source);
    check_dead_letter_queue(sam, source);
    check_tenancy(sam, source);
    struct made *function = construct_function(sam, source);
    made_add(sam, list, function);
    if (is_truthy(value_get(properties, "ProvisionedConcurrencyConfig")) &&
        !is_truthy(value_get(properties, "AutoPublishAlias")))
        sam_fail(sam, value_get(properties, "ProvisionedConcurrencyConfig"), source->id,
                 "'ProvisionedConcurrencyConfig' requires 'AutoPublishAlias'");
    if (sam->failed)
        return;
    if (is_truthy(value_get(properties, "AutoPublishAlias")))
        function_version_and_alias(sam, source, function, list, &alias);
    if (is_truthy(value_get(properties, "FunctionUrlConfig")) && !sam->failed)
        function_url(sam, source, function, alias, list);
    if (is_truthy(value_get(properties, "DeploymentPreference")) && !sam->failed)
        preference_add(sam, source, alias);
    struct value *invoke_policies = value_list(sam->arena);
    if (is_truthy(value_get(properties, "EventInvokeConfig")) && !sam->failed)
        function_invoke_config(sam, source, alias ? value_text(made_get(alias, "Name")).ptr : "$LATEST",
                               alias, list, invoke_policies);
    if (sam->failed)
        return;
    struct made *role = construct_role(sam, source, invoke_policies);
    struct value *arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", role->id);
    if (!made_get(function, "Role")) {
        made_set(sam, function, "Role", arn);
        made_add(sam, list, role);
    } else if (is_intrinsic_if(made_get(function, "Role"))) {
        conditional_role(sam, source, function, role, list);
    }
    struct value *function_id = make_text(sam, source->id);
    function_id->mark = source->id_unicode ? PYTHON_UNICODE : 0;
    struct target target = {
        .function = alias ? alias : function,
        .role = role,
        .arn = alias ? make(sam, "{'Ref': '%s'}", alias->id)
                     : make(sam, "{'Fn::GetAtt': [%v, 'Arn']}", function_id),
        .name = alias ? make(sam, "{'Ref': '%s'}", alias->id) : make(sam, "{'Ref': %v}", function_id),
        .attributes = passthrough_attributes(sam, alias ? alias->attributes : function->attributes),
    };
    build_events(sam, source, &target, list);
    propagate_tags(sam, list, value_get(properties, "Tags"),
                   is_truthy(value_get(properties, "PropagateTags")));
}
