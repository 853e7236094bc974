#include <string.h>

#include "base/json.h"
#include "environments/sam/http_api.h"

/* AWS::Serverless::HttpApi. */

struct value *http_own(const struct http_api *api, const char *name)
{
    return value_get(api->source->properties, name);
}

static void fail(struct http_api *api, const struct value *at, const char *what)
{
    sam_fail(api->sam, at ? at : api->source->node, api->source->id, "%s", what);
}

static struct editor *edit(struct http_api *api)
{
    return editor_new(api->sam, api->body, api->source->id, true);
}

/* {"Fn::If": [c, {AllowOrigins: ...}, ...]}: the keys become those of the extension wherever they stand. */
static struct value *renamed_cors(struct http_api *api, const struct value *given)
{
    static const char *const names[][2] = {{"AllowOrigins", "allowOrigins"},
                                           {"AllowHeaders", "allowHeaders"},
                                           {"AllowMethods", "allowMethods"},
                                           {"ExposeHeaders", "exposeHeaders"},
                                           {"MaxAge", "maxAge"},
                                           {"AllowCredentials", "allowCredentials"}};
    struct sam *sam = api->sam;
    struct buf dumped = BUF_INIT(BUF_LARGE), renamed = BUF_INIT(BUF_LARGE);
    struct error ignored = ERROR_INIT;
    struct value *result = NULL;
    python_dumps(sam->arena, &dumped, given, 0);
    for (struct str rest = buf_str(&dumped); rest.len > 0;) {
        size_t k = 0;
        while (k < ARRAY_LENGTH(names) && !str_starts(rest, names[k][0]))
            k++;
        buf_add(&renamed, k < ARRAY_LENGTH(names) ? str_from(names[k][1]) : str_slice(rest, 0, 1));
        rest = str_from_index(rest, k < ARRAY_LENGTH(names) ? strlen(names[k][0]) : 1);
    }
    if (!json_read(sam->arena, STR_EMPTY, buf_str(&renamed), &result, &ignored))
        fail(api, given, "'CorsConfiguration' cannot be read");
    buf_release(&dumped);
    buf_release(&renamed);
    return result;
}

static bool is_true(const struct value *value)
{
    return value_is(value, VALUE_BOOL) && value->boolean;
}

static void set_cors(struct http_api *api, struct value *cors, const struct value *given)
{
    static const char *const lists[][2] = {{"AllowOrigins", "allowOrigins"},
                                           {"AllowHeaders", "allowHeaders"},
                                           {"AllowMethods", "allowMethods"},
                                           {"ExposeHeaders", "exposeHeaders"}};
    struct sam *sam = api->sam;
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        if (is_truthy(value_get(given, lists[i][0])))
            python_put(sam->arena, cors, lists[i][1], value_get(given, lists[i][0]));
    if (!is_none(value_get(given, "MaxAge")))
        python_put(sam->arena, cors, "maxAge", value_get(given, "MaxAge"));
    if (is_true(value_get(given, "AllowCredentials")))
        python_put(sam->arena, cors, "allowCredentials", value_get(given, "AllowCredentials"));
}

static void check_cors(struct http_api *api, const struct value *given)
{
    static const char *const known[] = {"AllowMethods", "AllowHeaders",  "AllowOrigins",
                                        "MaxAge",       "ExposeHeaders", "AllowCredentials"};
    const struct value *origins = value_get(given, "AllowOrigins");
    if (!value_is(given, VALUE_MAP) && !value_is(given, VALUE_BOOL))
        fail(api, given, "'CorsConfiguration' must be a mapping, or true");
    for (size_t i = 0; value_is(given, VALUE_MAP) && !is_intrinsic(given) && i < given->count; i++) {
        bool found = false;
        for (size_t k = 0; k < ARRAY_LENGTH(known); k++)
            found = found || str_is(given->entries[i].key, known[k]);
        if (!found)
            sam_fail(api->sam, given->entries[i].value, api->source->id, "'CorsConfiguration' has no '%.*s'",
                     STR_ARG(given->entries[i].key));
    }
    if (is_true(value_get(given, "AllowCredentials")) && value_is(origins, VALUE_LIST) &&
        origins->count == 1 && value_is_text(origins->items[0], "*"))
        fail(api, given, "'AllowCredentials' cannot be true where 'AllowOrigins' is '*'");
}

static void add_cors(struct http_api *api)
{
    struct sam *sam = api->sam;
    struct value *given = http_own(api, "CorsConfiguration");
    if (!is_truthy(given))
        return;
    if (!is_truthy(api->body) || !editor_takes(api->body, true)) {
        fail(api, given, "'CorsConfiguration' needs an OpenAPI document in 'DefinitionBody'");
        return;
    }
    check_cors(api, given);
    struct editor *editor = sam->failed ? NULL : edit(api);
    if (!editor)
        return;
    struct value *cors = value_get(editor->doc, "x-amazon-apigateway-cors");
    cors = cors ? cors : value_map(sam->arena);
    if (!expect(sam, cors, api->body, api->source->id, "x-amazon-apigateway-cors", VALUE_MAP))
        return;
    if (value_is(given, VALUE_BOOL))
        python_put(sam->arena, cors, "allowOrigins", make(sam, "['*']"));
    else if (is_intrinsic(given))
        python_update(sam->arena, cors, renamed_cors(api, given));
    else if (is_intrinsic(value_get(given, "AllowOrigins")))
        python_update(sam->arena, cors, renamed_cors(api, value_get(given, "AllowOrigins")));
    else
        set_cors(api, cors, given);
    python_put(sam->arena, editor->doc, "x-amazon-apigateway-cors", cors);
    api->body = editor_result(editor);
}

static void add_tags(struct http_api *api)
{
    struct sam *sam = api->sam;
    struct value *tags = http_own(api, "Tags");
    bool sound = is_truthy(api->body) && editor_takes(api->body, true);
    api->tags = tags;
    if (is_truthy(tags) && !sound)
        fail(api, tags, "'Tags' needs an OpenAPI document in 'DefinitionBody'");
    if (!sound || sam->failed)
        return;
    if (!is_truthy(tags))
        tags = value_map(sam->arena);
    python_put(sam->arena, tags, api->created, make_text(sam, "SAM"));
    api->tags = tags;
    struct editor *editor = edit(api);
    struct python_items all = python_items(sam->arena, tags);
    if (editor && !expect(sam, editor->tags, api->body, api->source->id, "tags", VALUE_LIST))
        return;
    for (size_t i = 0; editor && i < all.count; i++) {
        size_t k = 0;
        while (k < editor->tags->count &&
               !str_equal(value_get_text(editor->tags->items[k], "name"), all.items[i].key))
            k++;
        if (k == editor->tags->count) {
            struct value *tag = python_dict(sam->arena);
            python_put(sam->arena, tag, "name", value_string(sam->arena, all.items[i].key));
            value_append(sam->arena, editor->tags, tag);
        }
        python_put(sam->arena, editor->tags->items[k], "x-amazon-apigateway-tag-value", all.items[i].value);
    }
    if (editor)
        api->body = editor_result(editor);
}

static void disable_endpoint(struct http_api *api)
{
    static const char key[] = "x-amazon-apigateway-endpoint-configuration";
    struct sam *sam = api->sam;
    struct value *disable = http_own(api, "DisableExecuteApiEndpoint");
    if (is_none(disable))
        return;
    if (!is_truthy(api->body)) {
        fail(api, disable, "'DisableExecuteApiEndpoint' needs 'DefinitionBody'");
        return;
    }
    struct editor *editor = edit(api);
    struct value *servers = editor ? value_get(editor->doc, "servers") : NULL;
    if (!editor)
        return;
    if (!servers)
        servers = make(sam, "[%v]", python_dict(sam->arena));
    for (size_t i = 0; i < servers->count; i++) {
        if (!expect(sam, servers->items[i], servers, api->source->id, "servers", VALUE_MAP))
            return;
        struct value *configuration = value_get(servers->items[i], key);
        configuration = configuration ? configuration : value_map(sam->arena);
        python_put(sam->arena, configuration, "disableExecuteApiEndpoint", disable);
        python_put(sam->arena, servers->items[i], key, configuration);
    }
    python_put(sam->arena, editor->doc, "servers", servers);
    api->body = editor_result(editor);
}

/* Name and Description, where the document does not say them already. */
static void add_info(struct http_api *api, const char *property, const char *key)
{
    struct sam *sam = api->sam;
    struct value *given = http_own(api, property), *info = value_get(api->body, "info");
    if (!is_truthy(given))
        return;
    if (!is_truthy(api->body) || (!is_none(info) && !value_is(info, VALUE_MAP))) {
        sam_fail(sam, given, api->source->id, "'%s' needs an OpenAPI document in 'DefinitionBody'", property);
        return;
    }
    const struct value *written = value_get(info, key);
    bool own_title =
        str_is(str_from(key), "title") && value_is_text(value_get(written, "Ref"), "AWS::StackName");
    if (str_is(str_from(key), "title") ? !own_title : is_truthy(written)) {
        sam_fail(sam, given, api->source->id, "'%s' cannot be set: the document in 'DefinitionBody' has a %s",
                 property, key);
        return;
    }
    struct editor *editor = edit(api);
    if (!editor)
        return;
    python_put(sam->arena, editor->info, key, given);
    api->body = editor_result(editor);
}

/* With FailOnWarnings the path $default must begin with a slash. */
static void rename_default(struct http_api *api)
{
    struct value *paths = value_get(api->body, "paths"), *item = value_get(paths, "$default");
    if (!is_truthy(http_own(api, "FailOnWarnings")) || !item)
        return;
    python_remove(api->sam->arena, paths, STR("$default"));
    python_put(api->sam->arena, paths, "/$default", item);
}

static struct made *construct_api(struct http_api *api)
{
    struct sam *sam = api->sam;
    struct value *uri = http_own(api, "DefinitionUri"), *warnings = http_own(api, "FailOnWarnings");
    struct made *made = made_new(sam, api->source->id, "AWS::ApiGatewayV2::Api", api->source->attributes);
    made->depends_on = value_get(api->source->node, "DependsOn");
    if (is_truthy(uri) && is_truthy(api->body))
        fail(api, uri, "'DefinitionUri' and 'DefinitionBody' cannot both be set");
    void (*const steps[])(struct http_api *) = {add_cors, http_add_auth, add_tags, disable_endpoint};
    for (size_t i = 0; i < ARRAY_LENGTH(steps) && !sam->failed; i++)
        steps[i](api);
    if (!sam->failed)
        add_info(api, "Name", "title");
    if (!sam->failed)
        add_info(api, "Description", "description");
    if (sam->failed)
        return made;
    rename_default(api);
    if (is_truthy(warnings))
        made_set(sam, made, "FailOnWarnings", warnings);
    if (is_truthy(uri)) {
        struct value *pointer = s3_pointer(sam, uri, api->source->id, "DefinitionUri");
        made_set(sam, made, "BodyS3Location",
                 make(sam, "{'Bucket': %v, 'Key': %v, 'Version': %v}", value_get(pointer, "Bucket"),
                      value_get(pointer, "Key"), value_get(pointer, "Version")));
    } else if (is_truthy(api->body)) {
        made_set(sam, made, "Body", api->body);
    } else {
        fail(api, NULL, "'DefinitionUri', 'DefinitionBody' or an event of type HttpApi is needed");
    }
    return made;
}

static struct made *construct_stage(struct http_api *api)
{
    struct sam *sam = api->sam;
    struct value *name = http_own(api, "StageName");
    static const char *const same[] = {"StageVariables", "AccessLogSettings", "DefaultRouteSettings",
                                       "RouteSettings"};
    if (!is_truthy(name))
        name = make_text(sam, "$default");
    struct str prefix = value_is(name, VALUE_STRING) ? name->text : STR_EMPTY;
    const char *id = api->source->id;
    const char *stage_id = is_alphanumeric(prefix) ? text(sam, "%s%.*sStage", id, STR_ARG(prefix))
                           : str_is(prefix, "$default")
                               ? text(sam, "%sApiGatewayDefaultStage", id)
                               : hashed_id(sam, text(sam, "%sStage", id), value_string(sam->arena, prefix));
    struct made *stage = made_new(sam, stage_id, "AWS::ApiGatewayV2::Stage", api->passthrough);
    made_set(sam, stage, "ApiId", make(sam, "{'Ref': '%s'}", id));
    made_set(sam, stage, "StageName", name);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, stage, same[i], http_own(api, same[i]));
    made_set(sam, stage, "Tags", api->tags);
    made_set(sam, stage, "AutoDeploy", value_bool(sam->arena, true));
    return stage;
}

void build_http_api(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct http_api api = {.sam = sam,
                           .source = source,
                           .list = list,
                           .passthrough = passthrough_attributes(sam, source->attributes),
                           .body = value_get(source->properties, "DefinitionBody"),
                           .created = "httpapi:createdBy"};
    static const char *const resolved[] = {"CorsConfiguration", "Domain"};
    for (size_t i = 0; i < ARRAY_LENGTH(resolved); i++) {
        struct value_entry *entry = value_entry(source->properties, str_from(resolved[i]));
        if (entry)
            entry->value = resolve_parameters(sam, entry->value);
    }
    made_add(sam, list, construct_api(&api));
    if (!sam->failed)
        http_build_domain(&api, list);
    if (!sam->failed)
        http_add_permissions(&api);
    made_add(sam, list, construct_stage(&api));
    propagate_tags(sam, list, http_own(&api, "Tags"), !is_none(http_own(&api, "DefinitionBody")));
}
