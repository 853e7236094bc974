/* AppSync's event APIs and their channel namespaces. */

#include "tests/simulator/services/appsync.h"

static struct value *apis(struct call *call)
{
    return state_map(call, "events");
}

struct value *appsync_event_api(struct call *call)
{
    return value_get_str(apis(call), call_text(call, "apiId"));
}

static struct value *event_api(struct call *call)
{
    struct value *api = appsync_event_api(call);
    if (!api)
        appsync_absent(call, "API %.*s not found.", STR_ARG(call_text(call, "apiId")));
    return api;
}

static struct value *namespaces(struct value *api)
{
    return value_path(api, "inner", "namespaces", NULL);
}

/* Does the list name only providers that the API has? */
static bool modes_known(struct call *call, const struct value *config, const struct value *modes)
{
    const struct value *providers = value_get(config, "authProviders");
    for (size_t i = 0; modes && i < modes->count; i++) {
        struct str kind = value_get_text(modes->items[i], "authType");
        bool known = false;
        for (size_t k = 0; providers && k < providers->count; k++)
            known = known || str_equal(value_get_text(providers->items[k], "authType"), kind);
        if (!known)
            return appsync_bad(call, "The API has no authentication provider %.*s", STR_ARG(kind));
    }
    return true;
}

/* --- APIs --------------------------------------------------------------------------------------------- */

static bool check_api(struct call *call)
{
    static const char *const lists[] = {"connectionAuthModes", "defaultPublishAuthModes",
                                        "defaultSubscribeAuthModes"};
    const struct value *config = value_get(call->input, "eventConfig"), *log = value_get(config, "logConfig");
    if (!call_need(call, "name", 400, "BadRequestException") ||
        !call_need(call, "eventConfig", 400, "BadRequestException"))
        return false;
    const struct value *providers = value_get(config, "authProviders");
    if (!value_is(providers, VALUE_LIST) || !providers->count)
        return appsync_bad(call, "authProviders is required");
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        const struct value *modes = value_get(config, lists[i]);
        if (!value_is(modes, VALUE_LIST) || !modes->count)
            return appsync_bad(call, "%s is required", lists[i]);
        if (!modes_known(call, config, modes))
            return false;
    }
    return !log || appsync_check_role(call, value_get_text(log, "cloudWatchLogsRoleArn"));
}

static void put_api(struct call *call, const struct value *api)
{
    struct value *shape = value_copy(call->arena, api);
    (void)value_remove(shape, STR("inner"));
    (void)value_remove(shape, STR("since"));
    put_time(call, shape, "created", value_get_int(api, "since", 0));
    put(call, call->output, "api", shape);
}

static void set_api(struct call *call, struct value *api)
{
    static const char *const members[] = {"name", "ownerContact", "eventConfig"};
    appsync_set(call, api, members, ARRAY_LENGTH(members));
    put_api(call, api);
}

bool appsync_create_event_api(struct call *call)
{
    static const char *const parts[] = {"keys", "sources", "namespaces"};
    if (!check_api(call))
        return false;
    struct str id = call_id(call, "abcdefghijklmnopqrstuvwxyz234567", 26);
    struct value *api = state_put(call, apis(call), id, value_map(call->arena)),
                 *dns = value_map(call->arena);
    state_text(call, api, "apiId", id);
    state_text(call, api, "apiArn", arn(call, "appsync", "apis/%.*s", STR_ARG(id)));
    state_put(call, api, STR("tags"),
              call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
    state_bool(call, api, "xrayEnabled", false);
    state_int(call, api, "since", call->now);
    put_textf(call, dns, "HTTP", "%.*s.appsync-api.%.*s.amazonaws.com", STR_ARG(id), STR_ARG(call->region));
    put_textf(call, dns, "REALTIME", "%.*s.appsync-realtime-api.%.*s.amazonaws.com", STR_ARG(id),
              STR_ARG(call->region));
    state_put(call, api, STR("dns"), dns);
    struct value *inner = state_put(call, api, STR("inner"), value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        state_put(call, inner, str_from(parts[i]), value_map(call->arena));
    set_api(call, api);
    return true;
}

bool appsync_get_event_api(struct call *call)
{
    struct value *api = event_api(call);
    if (api)
        put_api(call, api);
    return api;
}

bool appsync_update_event_api(struct call *call)
{
    struct value *api = event_api(call);
    if (!api || !check_api(call))
        return false;
    set_api(call, api);
    return true;
}

bool appsync_delete_event_api(struct call *call)
{
    return event_api(call) && value_remove(apis(call), call_text(call, "apiId"));
}

bool appsync_list_event_apis(struct call *call)
{
    struct value *all = apis(call), *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        put_api(call, all->entries[i].value);
        value_set(call->arena, shapes, all->entries[i].key, value_get(call->output, "api"));
    }
    (void)value_remove(call->output, STR("api"));
    return appsync_page(call, shapes, "apis");
}

/* --- channel namespaces ------------------------------------------------------------------------------- */

static void put_namespace(struct call *call, const struct value *one)
{
    static const char *const times[][2] = {{"since", "created"}, {"changed", "lastModified"}};
    struct value *shape = value_copy(call->arena, one);
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++) {
        put_time(call, shape, times[i][1], value_get_int(one, times[i][0], 0));
        (void)value_remove(shape, str_from(times[i][0]));
    }
    put(call, call->output, "channelNamespace", shape);
}

static void set_namespace(struct call *call, struct value *one)
{
    static const char *const members[] = {"subscribeAuthModes", "publishAuthModes", "codeHandlers",
                                          "handlerConfigs"};
    appsync_set(call, one, members, ARRAY_LENGTH(members));
    state_int(call, one, "changed", call->now);
    put_namespace(call, one);
}

static bool check_namespace(struct call *call, struct value *api)
{
    static const char *const lists[] = {"subscribeAuthModes", "publishAuthModes"};
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        if (!modes_known(call, value_get(api, "eventConfig"), value_get(call->input, lists[i])))
            return false;
    return true;
}

bool appsync_create_namespace(struct call *call)
{
    struct value *api = event_api(call);
    struct str name = call_text(call, "name");
    if (!api || !call_need(call, "name", 400, "BadRequestException") || !check_namespace(call, api))
        return false;
    if (value_get_str(namespaces(api), name))
        return call_fail(call, 409, "ConflictException", "Channel namespace %.*s already exists.",
                         STR_ARG(name));
    struct value *one = state_put(call, namespaces(api), name, value_map(call->arena));
    state_text(call, one, "name", name);
    state_text(call, one, "apiId", call_text(call, "apiId"));
    state_text(call, one, "channelNamespaceArn",
               arn(call, "appsync", "apis/%.*s/channelNamespace/%.*s", STR_ARG(call_text(call, "apiId")),
                   STR_ARG(name)));
    state_put(call, one, STR("tags"),
              call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
    state_int(call, one, "since", call->now);
    set_namespace(call, one);
    return true;
}

static struct value *namespace_of(struct call *call)
{
    struct value *api = event_api(call);
    struct value *one = api ? value_get_str(namespaces(api), call_text(call, "name")) : NULL;
    if (api && !one)
        appsync_absent(call, "Channel namespace not found.");
    return one;
}

bool appsync_get_namespace(struct call *call)
{
    struct value *one = namespace_of(call);
    if (one)
        put_namespace(call, one);
    return one;
}

bool appsync_update_namespace(struct call *call)
{
    struct value *one = namespace_of(call);
    if (!one || !check_namespace(call, event_api(call)))
        return false;
    set_namespace(call, one);
    return true;
}

bool appsync_delete_namespace(struct call *call)
{
    return namespace_of(call) && value_remove(namespaces(event_api(call)), call_text(call, "name"));
}

/* What an ARN below an event API names, or NULL: "apis/ID[/channelNamespace/NAME]". */
struct value *appsync_event_tagged(struct call *call, struct str rest)
{
    struct str id = str_slice(rest, 0, str_find(rest, '/'));
    struct value *api = value_get_str(apis(call), id);
    return api && id.len < rest.len
               ? value_get_str(namespaces(api), str_from_index(rest, str_find_last(rest, '/') + 1))
               : api;
}
