#include <stdlib.h>
#include <string.h>

#include "environments/sam/editor.h"

/*
 * Api and HttpApi events without an API of their own share an implicit one, and every event's path is
 * written into the definition of its API.  The implicit API is created under the conditions of its functions.
 */

struct implicit {
    struct sam *sam;
    const char *id, *condition, *event_type, *id_property, *type;
    bool http;
    struct value *conditions;                           /* API -> path -> method -> condition or null */
    struct value *deletion_policies, *replace_policies; /* of the implicit API's functions */
    struct value *existing;
};

void default_definitions(struct sam *sam)
{
    for (size_t i = 0; i < sam->resources->count; i++) {
        struct value *resource = sam->resources->entries[i].value, *properties;
        bool http = value_is_text(value_get(resource, "Type"), "AWS::Serverless::HttpApi");
        if (!http && !value_is_text(value_get(resource, "Type"), "AWS::Serverless::Api"))
            continue;
        properties = value_get(resource, "Properties");
        if (!properties) {
            properties = value_at_position_of(value_map(sam->arena), resource);
            value_setz(sam->arena, resource, "Properties", properties);
        }
        if (is_truthy(value_get(properties, "DefinitionBody")) ||
            is_truthy(value_get(properties, "DefinitionUri")))
            continue;
        python_put(sam->arena, properties, "DefinitionBody", skeleton(sam, http));
        python_put(sam->arena, properties, "__MANAGE_SWAGGER", value_bool(sam->arena, true));
    }
}

struct value *api_id_of(struct value *reference)
{
    struct value *id = value_get(reference, "Ref");
    return id ? id : reference;
}

static struct value *or_global(struct implicit *implicit, const struct value *resource, const char *name)
{
    struct value *own = value_path(resource, "Properties", name, NULL);
    struct str section = str_from_index(value_get_text(resource, "Type"), 17);
    return is_truthy(own)
               ? own
               : value_get(value_get_str(value_get(implicit->sam->template, "Globals"), section), name);
}

/* The functions' tags go to the implicit API where they ask for it. */
static void add_tags(struct implicit *implicit, const struct value *event, const struct value *resource)
{
    struct sam *sam = implicit->sam;
    struct value *api = value_path(sam->resources, implicit->id, "Properties", NULL);
    struct value *tags = or_global(implicit, resource, "Tags");
    if (value_get(event, implicit->id_property) || !api || !value_is(tags, VALUE_MAP) || !is_truthy(tags) ||
        !is_truthy(or_global(implicit, resource, "PropagateTags")))
        return;
    if (!value_get(api, "Tags"))
        python_put(sam->arena, api, "Tags", value_map(sam->arena));
    python_update(sam->arena, value_get(api, "Tags"), tags);
    python_put(sam->arena, api, "PropagateTags", value_bool(sam->arena, true));
}

static struct value *child(struct sam *sam, struct value *map, struct str key)
{
    struct value *found = value_get_str(map, key);
    if (!found) {
        found = value_map(sam->arena);
        value_set(sam->arena, map, key, found);
    }
    return found;
}

static void remember(struct implicit *implicit, const struct value *resource, const struct value *event,
                     const struct value *api)
{
    struct sam *sam = implicit->sam;
    struct value *condition = value_get(resource, "Condition");
    struct value *deletion = value_get(resource, "DeletionPolicy");
    struct value *replace = value_get(resource, "UpdateReplacePolicy");
    struct value *methods =
        child(sam, child(sam, implicit->conditions, api->text), value_get_text(event, "Path"));
    value_set(sam->arena, methods, value_get_text(event, "Method"),
              condition ? condition : value_null(sam->arena));
    if (!str_is(api->text, implicit->id))
        return;
    if (deletion)
        value_append(sam->arena, implicit->deletion_policies, deletion);
    if (replace)
        value_append(sam->arena, implicit->replace_policies, replace);
}

static void add_to_definition(struct implicit *implicit, const char *function_id, const struct value *event,
                              const struct value *api)
{
    struct sam *sam = implicit->sam;
    struct value *resource = value_get_str(sam->resources, api->text);
    struct value *properties = value_get(resource, "Properties");
    if (!resource ||
        (value_is_text(value_get(resource, "Type"), "AWS::Serverless::HttpApi") && !implicit->http)) {
        sam_fail(sam, api, function_id, "'%s' of an event must name an '%s' of this template",
                 implicit->id_property, implicit->type);
        return;
    }
    if (!editor_takes(value_get(properties, "DefinitionBody"), implicit->http) ||
        !is_truthy(value_get(properties, "__MANAGE_SWAGGER")))
        return;
    struct editor *editor =
        editor_new(sam, value_get(properties, "DefinitionBody"), api->text.ptr, implicit->http);
    if (!editor)
        return;
    editor_add_path(editor, value_get(event, "Path"), value_get(event, "Method"));
    python_put(sam->arena, properties, "DefinitionBody", editor_result(editor));
}

static void add_route_settings(struct implicit *implicit, const char *function_id, struct value *resource,
                               const struct value *event, const struct value *api)
{
    struct sam *sam = implicit->sam;
    struct value *properties = value_path(sam->resources, api->text.ptr, "Properties", NULL);
    struct value *all = value_get(properties, "RouteSettings"), *own = value_get(event, "RouteSettings");
    struct value *condition = value_get(resource, "Condition");
    struct str path = value_get_text(event, "Path"), method = value_get_text(event, "Method");
    if (!properties || !own)
        return;
    if (!all) {
        all = value_map(sam->arena);
        python_put(sam->arena, properties, "RouteSettings", all);
    }
    if (is_truthy(condition))
        own = make_if(sam, condition, own, NULL);
    if (!expect(sam, all, properties, api->text.ptr, "RouteSettings", VALUE_MAP) ||
        !expect(sam, own, event, function_id, "RouteSettings", VALUE_MAP))
        return;
    char *upper = arena_strz(sam->arena, method);
    for (size_t i = 0; i < method.len; i++)
        upper[i] = (char)(upper[i] >= 'a' && upper[i] <= 'z' ? upper[i] - 'a' + 'A' : upper[i]);
    const char *route = str_is(method, ANY_METHOD) ? path.ptr : text(sam, "%s %.*s", upper, STR_ARG(path));
    if (!value_get(all, route))
        python_set(sam->arena, all, str_from(route), false, value_map(sam->arena));
    python_update(sam->arena, value_get(all, route), own);
}

static bool complete_event(struct implicit *implicit, struct value *event)
{
    struct sam *sam = implicit->sam;
    if (!value_get(event, implicit->id_property))
        python_put(sam->arena, event, implicit->id_property, make(sam, "{'Ref': '%s'}", implicit->id));
    if (implicit->http && !is_truthy(value_get(event, "Path")) && !is_truthy(value_get(event, "Method"))) {
        python_put(sam->arena, event, "Path", make_text(sam, "$default"));
        python_put(sam->arena, event, "Method", make_text(sam, ANY_METHOD));
    }
    return true;
}

static void process_event(struct implicit *implicit, const char *function_id, struct value *resource,
                          struct str name, struct value *node)
{
    struct sam *sam = implicit->sam;
    struct value *event = value_get(node, "Properties");
    if (implicit->http && is_none(event)) {
        event = python_dict(sam->arena);
        python_put(sam->arena, node, "Properties", event);
    }
    if (!implicit->http && !is_truthy(event))
        return;
    if (!value_is(event, VALUE_MAP)) {
        sam_fail(sam, event, function_id, "event '%.*s': 'Properties' must be a mapping", STR_ARG(name));
        return;
    }
    add_tags(implicit, event, resource);
    complete_event(implicit, event);
    struct value *api = api_id_of(value_get(event, implicit->id_property));
    const char *const names[] = {"Path", "Method"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (!value_is(value_get(event, names[i]), VALUE_STRING))
            sam_fail(sam, value_get(event, names[i]) ? value_get(event, names[i]) : event, function_id,
                     "event '%.*s': '%s' must be a text", STR_ARG(name), names[i]);
    if (!value_is(api, VALUE_STRING))
        sam_fail(sam, api, function_id, "event '%.*s': '%s' must name an '%s' of this template",
                 STR_ARG(name), implicit->id_property, implicit->type);
    if (sam->failed)
        return;
    remember(implicit, resource, event, api);
    add_to_definition(implicit, function_id, event, api);
    if (implicit->http && !sam->failed && value_get(event, "RouteSettings"))
        add_route_settings(implicit, function_id, resource, event, api);
}

static void process_events(struct implicit *implicit)
{
    struct sam *sam = implicit->sam;
    struct python_items all = python_items(sam->arena, sam->resources);
    for (size_t i = 0; i < all.count; i++) {
        struct value *resource = all.items[i].value;
        struct str type = value_get_text(resource, "Type");
        struct value *events = value_path(resource, "Properties", "Events", NULL);
        if (!str_is(type, "AWS::Serverless::Function") && !str_is(type, "AWS::Serverless::StateMachine"))
            continue;
        struct python_items named = python_items(sam->arena, events);
        /* the events of this type go through a dictionary of their own */
        struct value *chosen = python_dict(sam->arena);
        for (size_t k = 0; k < named.count; k++)
            if (value_is(named.items[k].value, VALUE_MAP) &&
                value_is_text(value_get(named.items[k].value, "Type"), implicit->event_type))
                python_set(sam->arena, chosen, named.items[k].key, named.items[k].unicode,
                           named.items[k].value);
        named = python_items(sam->arena, chosen);
        sam->failed = false;
        for (size_t k = 0; k < named.count && !sam->failed; k++)
            process_event(implicit, all.items[i].key.ptr, resource, named.items[k].key, named.items[k].value);
        if (named.count > 0)
            python_update(sam->arena, events, chosen);
    }
}

static int compare_texts(const void *left, const void *right)
{
    return str_compare((*(struct value *const *)left)->text, (*(struct value *const *)right)->text);
}

/* The conditions of all methods, each once and sorted; NULL where one method has none. */
static struct value *method_conditions(struct sam *sam, const struct value *methods, struct value *into)
{
    for (size_t i = 0; methods && i < methods->count; i++) {
        struct value *condition = methods->entries[i].value;
        bool known = false;
        if (!value_is(condition, VALUE_STRING))
            return NULL;
        for (size_t k = 0; k < into->count; k++)
            known = known || str_equal(into->items[k]->text, condition->text);
        if (!known)
            value_append(sam->arena, into, condition);
    }
    if (into->count > 1)
        qsort(into->items, into->count, sizeof *into->items, compare_texts);
    return into;
}

/* Fn::Or takes ten at most: longer lists are folded into helper conditions. */
void add_combined_condition(struct sam *sam, struct value *conditions, struct value *names, const char *name)
{
    enum { AT_MOST = 10 };
    size_t helpers = names->count > 1 ? (names->count - 2) / (AT_MOST - 1) : 0, from = 0;
    struct value *rest = python_copy(sam->arena, names);
    while (rest->count - from > 1) {
        const char *own = helpers > 0 ? text(sam, "%s%zu", name, helpers--) : name;
        struct value *list = value_list(sam->arena);
        for (size_t i = 0; i < AT_MOST && from < rest->count; i++, from++)
            value_append(sam->arena, list, make(sam, "{'Condition': %v}", rest->items[from]));
        value_append(sam->arena, rest, make_text(sam, own));
        value_setz(sam->arena, conditions, own, make(sam, "{'Fn::Or': %v}", list));
    }
}

static struct value *combined(struct implicit *implicit, struct value *conditions, const char *name)
{
    struct sam *sam = implicit->sam;
    if (conditions->count == 1)
        return conditions->items[0];
    struct value *all = value_get(sam->template, "Conditions");
    if (is_none(all)) {
        all = value_map(sam->arena);
        value_setz(sam->arena, sam->template, "Conditions", all);
    }
    add_combined_condition(sam, all, conditions, name);
    return make_text(sam, name);
}

static void condition_of_api(struct implicit *implicit)
{
    struct sam *sam = implicit->sam;
    const struct value *paths = value_get(implicit->conditions, implicit->id);
    struct value *conditions = value_list(sam->arena);
    for (size_t i = 0; paths && conditions && i < paths->count; i++)
        conditions = method_conditions(sam, paths->entries[i].value, conditions);
    if (paths && conditions && conditions->count > 0)
        value_setz(sam->arena, value_get(sam->resources, implicit->id), "Condition",
                   combined(implicit, conditions, implicit->condition));
}

static void policy_of_api(struct implicit *implicit, const char *attribute, const struct value *policies)
{
    static const char *const strongest[] = {"Retain", "Snapshot", "Delete"};
    bool snapshots = str_is(str_from(attribute), "UpdateReplacePolicy");
    for (size_t s = 0; s < ARRAY_LENGTH(strongest); s++)
        for (size_t i = 0; i < policies->count; i++)
            if (value_is_text(policies->items[i], strongest[s]) && (s != 1 || snapshots)) {
                value_setz(implicit->sam->arena, value_get(implicit->sam->resources, implicit->id), attribute,
                           make_text(implicit->sam, strongest[s]));
                return;
            }
}

/* "/a/{id}" gives "SLASHaSLASHOBidCB". */
static const char *path_condition_name(struct sam *sam, struct str api, struct str path)
{
    struct buf name = BUF_INIT(BUF_SMALL);
    buf_add(&name, api);
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == '/' || c == '{' || c == '}')
            buf_addz(&name, c == '/' ? "SLASH" : c == '{' ? "OB" : "CB");
        else
            buf_addc(&name, c);
    }
    buf_addz(&name, "PathCondition");
    const char *copy = arena_strz(sam->arena, buf_str(&name));
    buf_release(&name);
    return copy;
}

static void conditions_of_paths(struct implicit *implicit)
{
    struct sam *sam = implicit->sam;
    struct python_items all = python_items(sam->arena, sam->resources);
    for (size_t i = 0; i < all.count; i++) {
        struct value *properties = value_get(all.items[i].value, "Properties");
        if (!value_is_text(value_get(all.items[i].value, "Type"), implicit->type) ||
            !is_truthy(value_get(properties, "__MANAGE_SWAGGER")))
            continue;
        struct editor *editor =
            editor_new(sam, value_get(properties, "DefinitionBody"), all.items[i].key.ptr, implicit->http);
        if (!editor)
            return;
        struct python_items paths = python_items(sam->arena, editor->paths);
        for (size_t k = 0; k < paths.count; k++) {
            const struct value *methods =
                value_get_str(value_get_str(implicit->conditions, all.items[i].key), paths.items[k].key);
            struct value *conditions = method_conditions(sam, methods, value_list(sam->arena));
            if (methods && conditions && conditions->count > 0)
                editor_make_path_conditional(
                    editor, paths.items[k].key,
                    combined(implicit, conditions,
                             path_condition_name(sam, all.items[i].key, paths.items[k].key)));
        }
        python_put(sam->arena, properties, "DefinitionBody", editor_result(editor));
    }
}

static void run_implicit(struct implicit *implicit)
{
    struct sam *sam = implicit->sam;
    struct value *properties =
        make(sam, "{'StageName': 'Prod', 'DefinitionBody': %v, '__MANAGE_SWAGGER': true}",
             skeleton(sam, implicit->http));
    if (implicit->http)
        value_remove(properties, STR("StageName"));
    implicit->conditions = value_map(sam->arena);
    implicit->deletion_policies = value_list(sam->arena);
    implicit->replace_policies = value_list(sam->arena);
    implicit->existing = python_deepcopy(sam->arena, value_get(sam->resources, implicit->id));
    python_put(sam->arena, sam->resources, implicit->id,
               make(sam, "{'Type': '%s', 'Properties': %v}", implicit->type, properties));
    process_events(implicit);
    if (sam->mistakes > 0)
        return;
    condition_of_api(implicit);
    policy_of_api(implicit, "DeletionPolicy", implicit->deletion_policies);
    policy_of_api(implicit, "UpdateReplacePolicy", implicit->replace_policies);
    conditions_of_paths(implicit);
    struct value *paths =
        value_path(sam->resources, implicit->id, "Properties", "DefinitionBody", "paths", NULL);
    if (paths && paths->count > 0)
        return;
    if (implicit->existing)
        python_put(sam->arena, sam->resources, implicit->id, implicit->existing);
    else
        python_remove(sam->arena, sam->resources, str_from(implicit->id));
}

void implicit_apis(struct sam *sam)
{
    struct implicit rest = {.sam = sam,
                            .id = "ServerlessRestApi",
                            .condition = "ServerlessRestApiCondition",
                            .event_type = "Api",
                            .id_property = "RestApiId",
                            .type = "AWS::Serverless::Api"};
    struct implicit http = {.sam = sam,
                            .id = "ServerlessHttpApi",
                            .condition = "ServerlessHttpApiCondition",
                            .event_type = "HttpApi",
                            .id_property = "ApiId",
                            .type = "AWS::Serverless::HttpApi",
                            .http = true};
    run_implicit(&rest);
    sam->failed = false;
    if (sam->mistakes == 0)
        run_implicit(&http);
}
