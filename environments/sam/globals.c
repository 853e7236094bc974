#include <string.h>

#include "environments/cloudformation/template.h"
#include "environments/sam/transform.h"

enum { GLOBAL_VALUES_MAX = TEMPLATE_VALUES_MAX };

/* Which properties Globals may set, by section. */
static const struct {
    const char *section, *properties;
} sections[] = {
    {"Api", "Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables "
            "EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors "
            "GatewayResponses AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain "
            "AlwaysDeploy PropagateTags SecurityPolicy EndpointAccessMode"},
    {"CapacityProvider",
     "VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags"},
    {"Function", "Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig "
                 "Environment Tags PropagateTags Tracing KmsKeyArn AutoPublishAlias "
                 "AutoPublishAliasAllProperties Layers DeploymentPreference RolePath PermissionsBoundary "
                 "ReservedConcurrentExecutions ProvisionedConcurrencyConfig AssumeRolePolicyDocument "
                 "EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart "
                 "EphemeralStorage FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop "
                 "SourceKMSKeyArn TenancyConfig DurableConfig CapacityProviderConfig FunctionScalingConfig "
                 "PublishToLatestPublished VersionDeletionPolicy"},
    {"HttpApi", "Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain "
                "RouteSettings FailOnWarnings PropagateTags"},
    {"LayerVersion", "PublishLambdaVersion"},
    {"SimpleTable", "SSESpecification"},
    {"StateMachine", "PropagateTags"},
    {"WebSocketApi",
     "AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint "
     "DisableSchemaValidation Domain FailOnWarnings IpAddressType PropagateTags "
     "RouteSelectionExpression RouteSettings StageVariables Tags"},
};

static const char *section_properties(struct str section)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
        if (str_is(section, sections[i].section))
            return sections[i].properties;
    return NULL;
}

static bool lists(const char *names, struct str name)
{
    struct str rest = str_from(names), word;
    while (str_split(&rest, ' ', &word))
        if (str_equal(word, name))
            return true;
    return false;
}

static void refuse_property(struct sam *sam, const struct value_entry *section, const char *properties,
                            const struct value_entry *property)
{
    enum { MOST = 64 }; /* more than any section has */
    const char *names[MOST];
    size_t count = 0;
    struct str rest = str_from(properties), word;
    while (count < MOST && str_split(&rest, ' ', &word))
        names[count++] = arena_strz(sam->arena, word);
    sam_fail(sam, property->value, "", "section 'Globals': '%.*s' has no '%.*s'%s", STR_ARG(section->key),
             STR_ARG(property->key), nearest_name(sam->arena, property->key, names, count));
}

static void check_globals(struct sam *sam, const struct value *globals)
{
    const char *names[ARRAY_LENGTH(sections)];
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
        names[i] = sections[i].section;
    if (!value_is(globals, VALUE_MAP)) {
        sam_fail(sam, globals, "", "section 'Globals' must be a mapping");
        return;
    }
    for (size_t i = 0; i < globals->count; i++) {
        const struct value_entry *section = &globals->entries[i];
        const char *properties = section_properties(section->key);
        const char *near = str_nearest(section->key, names, ARRAY_LENGTH(names));
        if (!properties)
            sam_fail(sam, section->value, "", "section 'Globals' has no '%.*s'%s%s%s", STR_ARG(section->key),
                     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
        else if (!value_is(section->value, VALUE_MAP))
            sam_fail(sam, section->value, "", "'%.*s' in section 'Globals' must be a mapping",
                     STR_ARG(section->key));
        for (size_t k = 0; properties && !sam->failed && k < section->value->count; k++)
            if (!lists(properties, section->value->entries[k].key))
                refuse_property(sam, section, properties, &section->value->entries[k]);
    }
}

/* A mapping of properties: no function, and not what stands for local code (packaging.h). */
static bool is_mapping(const struct value *value)
{
    return value_is(value, VALUE_MAP) && !is_intrinsic(value) &&
           !(value->count == 1 && str_starts(value->entries[0].key, "Plumb::"));
}

static struct value *merge(struct sam *sam, struct value *global, struct value *local)
{
    bool maps = is_mapping(global) && is_mapping(local);
    if (value_is(global, VALUE_LIST) && value_is(local, VALUE_LIST)) {
        struct value *list = value_at_position_of(value_list(sam->arena), local);
        append_all(sam, list, global);
        append_all(sam, list, local);
        return list;
    }
    if (!maps)
        return local;
    struct value *merged = value_at_position_of(python_copy(sam->arena, global), local);
    struct python_items all = python_items(sam->arena, local);
    for (size_t i = 0; i < all.count; i++) {
        struct value *other = value_get_str(merged, all.items[i].key);
        struct value *value = all.items[i].value;
        python_set(sam->arena, merged, all.items[i].key, all.items[i].unicode,
                   other ? merge(sam, other, value) : value);
    }
    return merged;
}

/* IgnoreGlobals: "*" or a list of properties. */
static struct value *without_ignored(struct sam *sam, struct value *global, const struct value *ignore,
                                     const char *id)
{
    if (!is_truthy(ignore))
        return global;
    if (value_is_text(ignore, "*"))
        return value_map(sam->arena);
    if (!value_is(ignore, VALUE_LIST)) {
        sam_fail(sam, ignore, id, "'IgnoreGlobals' must be '*' or a list of properties");
        return global;
    }
    struct value *rest = python_deepcopy(sam->arena, global);
    for (size_t i = 0; i < ignore->count; i++)
        if (!python_remove(sam->arena, rest, value_text(ignore->items[i])))
            sam_fail(sam, ignore->items[i], id, "'IgnoreGlobals' names '%.*s', which 'Globals' does not set",
                     STR_ARG(value_text(ignore->items[i])));
    return rest;
}

/* "3.0" and "3.0.1", as the transform tells OpenAPI 3 apart. */
static bool is_version(struct str version, char low, char high)
{
    bool sound = version.len == 3 || version.len == 5;
    for (size_t i = 0; sound && i < version.len; i++) {
        char c = version.ptr[i];
        sound = i == 0 ? c >= low && c <= high : i % 2 ? c == '.' : c >= '0' && c <= '9';
    }
    return sound;
}

bool is_openapi_3(const struct value *version)
{
    return is_version(value_text(version), '3', '3');
}

bool is_openapi_version(const struct value *version)
{
    return is_version(value_text(version), '2', '3');
}

/* Globals may say that a generated definition is OpenAPI 3 after it was begun as Swagger 2. */
static void fix_version(struct sam *sam, struct value *properties)
{
    struct value *version = value_get(properties, "OpenApiVersion"), *body;
    if (!version || !value_get(properties, "__MANAGE_SWAGGER") || !is_openapi_3(version))
        return;
    if (!value_is(version, VALUE_STRING)) {
        version = value_at_position_of(value_string(sam->arena, value_text(version)), version);
        python_put(sam->arena, properties, "OpenApiVersion", version);
    }
    body = value_get(properties, "DefinitionBody");
    if (!value_is(body, VALUE_MAP))
        return;
    python_put(sam->arena, body, "openapi", version);
    if (is_truthy(value_get(body, "swagger")))
        python_remove(sam->arena, body, STR("swagger"));
}

/* Every resource gets a copy: what a template could not hold if it were written out is refused before it is
 * made. */
static bool count_copy(struct sam *sam, const struct value *global, const char *id, size_t *total)
{
    *total += template_count_values(global);
    if (*total > GLOBAL_VALUES_MAX)
        sam_fail(sam, global, id, "'Globals' gives resources more than %d values together",
                 GLOBAL_VALUES_MAX);
    return *total <= GLOBAL_VALUES_MAX;
}

void globals_merge(struct sam *sam)
{
    size_t total = 0;
    struct value *globals = value_get(sam->template, "Globals");
    if (globals)
        check_globals(sam, globals);
    for (size_t i = 0; i < sam->resources->count && !sam->failed; i++) {
        struct value *resource = sam->resources->entries[i].value;
        struct str type = value_get_text(resource, "Type");
        struct value *global =
            str_starts(type, "AWS::Serverless::") ? value_get_str(globals, str_from_index(type, 17)) : NULL;
        struct value *local = value_get(resource, "Properties");
        if (!global)
            continue;
        if (!count_copy(sam, global, sam->resources->entries[i].key.ptr, &total))
            break;
        global = without_ignored(sam, global, value_get(resource, "IgnoreGlobals"),
                                 sam->resources->entries[i].key.ptr);
        value_setz(sam->arena, resource, "Properties",
                   merge(sam, global, local ? local : value_map(sam->arena)));
    }
    value_remove(sam->template, STR("Globals"));
    for (size_t i = 0; i < sam->resources->count && !sam->failed; i++)
        if (value_is_text(value_get(sam->resources->entries[i].value, "Type"), "AWS::Serverless::Api"))
            fix_version(sam, value_get(sam->resources->entries[i].value, "Properties"));
}
