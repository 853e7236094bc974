#include "environments/serverless/rest.h"

/* The preflight method of each path that has CORS. */

static const char *joined(struct sls *sls, const struct value *list)
{
    const char *text = "";
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        text = textf(sls, "%s%s%.*s", text, i ? "," : "", STR_ARG(value_text(list->items[i])));
    return text;
}

/* "a, b" is a list too. */
static struct value *origins_of(struct sls *sls, const struct value *cors)
{
    struct value *origins = value_get(cors, "origins"), *list = value_list(sls->arena);
    struct str origin = value_get_text(cors, "origin"), part;
    if (!str_contains(origin, ","))
        return origins;
    while (str_split(&origin, ',', &part))
        value_append(sls->arena, list, value_string(sls->arena, str_trim(part)));
    return list;
}

/* API Gateway matches the caller's origin by a regular expression. */
static const char *origin_template(struct sls *sls, const struct value *origins)
{
    const char *tests = "";
    for (size_t i = 0; i < origins->count; i++) {
        struct str pattern = str_from(name_replace(sls, value_text(origins->items[i]), ".", "[.]"));
        size_t star = str_find(pattern, '*');
        if (star < pattern.len)
            pattern = str_from(
                textf(sls, "%.*s.+%.*s", (int)star, pattern.ptr, STR_ARG(str_from_index(pattern, star + 1))));
        tests = textf(sls, "%s%s$origin.matches(\"%.*s\")", tests, i ? " || " : "", STR_ARG(pattern));
    }
    return textf(sls,
                 "#set($origin = $input.params(\"Origin\"))\n"
                 "#if($origin == \"\") #set($origin = $input.params(\"origin\")) #end\n"
                 "#if(%s) #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) #end",
                 tests);
}

static void set_header(struct sls *sls, struct value *headers, const char *name, const char *text)
{
    value_setz(sls->arena, headers, textf(sls, "method.response.header.%s", name),
               form_text(sls, textf(sls, "'%s'", text)));
}

static struct value *headers_of(struct sls *sls, const struct value *cors, const struct value *origins)
{
    struct value *headers = value_map(sls->arena), *age = value_get(cors, "maxAge");
    struct value *cache = value_get(cors, "cacheControl");
    const char *methods = joined(sls, value_get(cors, "methods"));
    bool many = origins && origins->count;
    set_header(sls, headers, "Access-Control-Allow-Origin",
               text_of(sls, many ? origins->items[0] : value_get(cors, "origin")));
    set_header(sls, headers, "Access-Control-Allow-Headers", joined(sls, value_get(cors, "headers")));
    if (str_contains(str_from(methods), "ANY"))
        methods = name_replace(sls, str_from(methods), "ANY", "DELETE,GET,HEAD,PATCH,POST,PUT");
    set_header(sls, headers, "Access-Control-Allow-Methods", methods);
    if (truthy(value_get(cors, "allowCredentials")))
        set_header(sls, headers, "Access-Control-Allow-Credentials", "true");
    if (truthy(age))
        set_header(sls, headers, "Access-Control-Max-Age", text_of(sls, age));
    if (truthy(cache))
        set_header(sls, headers, "Cache-Control", text_of(sls, cache));
    return headers;
}

static void compile_preflight(struct rest *rest, const char *path, const struct value *cors)
{
    struct sls *sls = rest->sls;
    struct value *origins = origins_of(sls, cors), *given = value_map(sls->arena);
    struct value *headers = headers_of(sls, cors, origins);
    const char *id = rest_method_id(rest, path, "options");
    for (size_t i = 0; i < headers->count; i++)
        value_set(sls->arena, given, headers->entries[i].key, value_bool(sls->arena, true));
    value_append(sls->arena, rest->method_ids, form_text(sls, id));
    sls_add(
        sls, id,
        form(sls,
             "{'Type': 'AWS::ApiGateway::Method', 'Properties': {'AuthorizationType': 'NONE', 'HttpMethod': "
             "'OPTIONS', 'MethodResponses': [{'StatusCode': '200', 'ResponseParameters': %v, "
             "'ResponseModels': {}}], 'RequestParameters': {}, 'Integration': {'Type': 'MOCK', "
             "'RequestTemplates': {'application/json': '{statusCode:200}'}, 'ContentHandling': "
             "'CONVERT_TO_TEXT', 'IntegrationResponses': [{'StatusCode': '200', 'ResponseParameters': %v, "
             "'ResponseTemplates': {'application/json': '%s'}}]}, 'ResourceId': %v, 'RestApiId': %v}}",
             given, headers, origins && origins->count ? origin_template(sls, origins) : "",
             rest_resource_id(rest, path), rest_api_id(rest)),
        cors);
}

/* What the events of one path say together: lists joined, the last one's own first. */
static void merge_list(struct sls *sls, struct value *all, const struct value *cors, const char *name)
{
    struct value *list = value_list(sls->arena);
    const struct value *parts[] = {value_get(cors, name), value_get(all, name)};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        for (size_t k = 0; value_is(parts[i], VALUE_LIST) && k < parts[i]->count; k++)
            value_append(sls->arena, list, parts[i]->items[k]);
    value_setz(sls->arena, all, name, unique_list(sls, list));
}

static void merge_event(struct rest *rest, const struct rest_event *event)
{
    static const char *const last_given[] = {"maxAge", "cacheControl", "allowCredentials"};
    struct sls *sls = rest->sls;
    struct value *all = value_get(rest->preflight, event->path), *origin = value_get(event->cors, "origin");
    if (!all) {
        all = value_at_position_of(value_map(sls->arena), event->http);
        value_setz(sls->arena, rest->preflight, event->path, all);
    }
    merge_list(sls, all, event->cors, "headers");
    merge_list(sls, all, event->cors, "methods");
    merge_list(sls, all, event->cors, "origins");
    value_setz(sls->arena, all, "origin", origin ? origin : value_null(sls->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(last_given); i++)
        if (truthy(value_get(event->cors, last_given[i])))
            value_setz(sls->arena, all, last_given[i], value_get(event->cors, last_given[i]));
}

void rest_compile_cors(struct rest *rest)
{
    rest->preflight = value_map(rest->sls->arena);
    for (size_t i = 0; i < rest->count; i++)
        if (rest->events[i].cors)
            merge_event(rest, &rest->events[i]);
    for (size_t i = 0; i < rest->preflight->count; i++)
        compile_preflight(rest, arena_strz(rest->sls->arena, rest->preflight->entries[i].key),
                          rest->preflight->entries[i].value);
}
