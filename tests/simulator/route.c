/* Which operation a request asks for. */

#include <string.h>

#include "base/digest.h"
#include "tests/simulator/internal.h"

static struct str signing_name(const struct sim_service *service)
{
    return str_from(service->signing_name ? service->signing_name : service->name);
}

static struct str form_decode(struct arena *arena, struct str text)
{
    char *copy = arena_strz(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] == '+')
            copy[i] = ' ';
    struct str decoded, spaced = {.ptr = copy, .len = text.len};
    return uri_decode(arena, spaced, &decoded) ? decoded : spaced;
}

static void add_parameter(struct arena *arena, struct value *map, struct str key, struct value *value)
{
    struct value *there = value_get_str(map, key);
    if (!there) {
        value_set(arena, map, key, value);
        return;
    }
    if (there->kind != VALUE_LIST) {
        struct value *list = value_list(arena);
        value_append(arena, list, there);
        value_set(arena, map, key, list);
        there = list;
    }
    value_append(arena, there, value);
}

struct value *query_parameters(struct arena *arena, struct str query)
{
    struct value *map = value_map(arena);
    struct str pair;
    while (str_split(&query, '&', &pair)) {
        if (!pair.len)
            continue;
        size_t equals = str_find(pair, '=');
        add_parameter(arena, map, form_decode(arena, str_slice(pair, 0, equals)),
                      value_string(arena, form_decode(arena, str_from_index(pair, equals + 1))));
    }
    return map;
}

static const struct sim_operation *operation_named(const struct sim_service *service, struct str name)
{
    for (size_t i = 0; i < service->operation_count; i++)
        if (str_is(name, service->operations[i].name))
            return &service->operations[i];
    return NULL;
}

/* How well a template fits: 0 not at all. */
struct fit {
    unsigned score;
    struct value *labels;
};

/* Everything that the template asks of the query is there; more asked is a better fit. */
static bool query_fits(struct str asked, const struct value *parameters, struct fit *fit)
{
    struct str part;
    while (asked.len && str_split(&asked, '&', &part)) {
        size_t equals = str_find(part, '=');
        struct value *value = value_get_str(parameters, str_slice(part, 0, equals));
        if (!value || (equals < part.len && !str_equal(value_text(value), str_from_index(part, equals + 1))))
            return false;
        fit->score++;
    }
    return true;
}

static void add_label(struct arena *arena, struct fit *fit, struct str name, struct str text)
{
    struct str decoded;
    if (!uri_decode(arena, text, &decoded))
        decoded = text;
    value_set(arena, fit->labels, name, value_string(arena, decoded));
}

static bool path_fits(struct arena *arena, struct str template, struct str path, struct fit *fit)
{
    struct str wanted, part;
    while (str_split(&template, '/', &wanted)) {
        bool label = wanted.len > 2 && wanted.ptr[0] == '{';
        bool greedy = label && wanted.ptr[wanted.len - 2] == '+';
        if (greedy) {
            add_label(arena, fit, str_slice(wanted, 1, wanted.len - 3), path);
            fit->score += 100;
            return path.len > 0;
        }
        if (!str_split(&path, '/', &part) || (label && !part.len) || (!label && !str_equal(wanted, part)))
            return false;
        fit->score += label ? 1000 : 10000;
        if (label)
            add_label(arena, fit, str_slice(wanted, 1, wanted.len - 2), part);
    }
    return path.len == 0;
}

static struct fit operation_fits(const struct call *call, const struct sim_operation *operation,
                                 struct str path, const struct value *parameters)
{
    struct fit fit = {.score = 1, .labels = value_map(call->arena)};
    struct str template = str_from(operation->path);
    size_t mark = str_find(template, '?');
    if (!operation->path || !str_is(call->request->method, operation->method) ||
        !path_fits(call->arena, str_slice(template, 1, mark ? mark - 1 : 0), str_from_index(path, 1), &fit) ||
        !query_fits(str_from_index(template, mark + 1), parameters, &fit))
        fit.score = 0;
    return fit;
}

/* "/bucket/" is "/bucket", but a key may end in "/". */
static struct str without_last_slash(struct str path)
{
    return path.len > 1 && path.ptr[path.len - 1] == '/' &&
                   str_find_last(str_slice(path, 0, path.len - 1), '/') == 0
               ? str_slice(path, 0, path.len - 1)
               : path;
}

static bool route_rest(struct call *call, const struct sim_service *service)
{
    struct fit best = {0};
    struct str path = without_last_slash(call->request->path);
    struct value *parameters = query_parameters(call->arena, call->request->query);
    for (size_t i = 0; i < service->operation_count; i++) {
        struct fit fit = operation_fits(call, &service->operations[i], path, parameters);
        if (fit.score <= best.score)
            continue;
        best = fit;
        call->operation = &service->operations[i];
    }
    if (!best.score)
        return false;
    call->protocol = service->rest_protocol;
    for (size_t i = 0; i < best.labels->count; i++)
        value_set(call->arena, parameters, best.labels->entries[i].key, best.labels->entries[i].value);
    call->input = parameters;
    return true;
}

/* Without decoding the rest of the form, which can be long. */
static struct str action_of(struct str form)
{
    struct str pair;
    while (str_split(&form, '&', &pair))
        if (str_starts(pair, "Action="))
            return str_from_index(pair, sizeof "Action=" - 1);
    return STR_EMPTY;
}

static bool route_named(struct call *call, const struct sim_service *service)
{
    struct str target = call_header(call, "x-amz-target");
    size_t dot = str_find_last(target, '.');
    if (service->target && target.len) {
        call->protocol = SIM_JSON;
        if (!str_is(str_slice(target, 0, dot), service->target))
            return false;
        call->operation = operation_named(service, str_from_index(target, dot + 1));
        return call->operation;
    }
    if (!service->query || target.len)
        return false;
    call->protocol = SIM_QUERY;
    struct str form = str_is(call->request->method, "POST") ? call->request->body : call->request->query;
    call->operation = operation_named(service, action_of(form));
    return call->operation;
}

static bool route_failed(struct call *call, bool known, struct str scope)
{
    if (!known)
        return call_fail(call, 404, "UnknownOperationException", "the simulator has no service '%.*s'",
                         STR_ARG(scope));
    if (call->protocol == SIM_QUERY)
        return call_fail(call, 400, "InvalidAction", "Could not find operation for this version");
    return call_fail(call, 404, "UnknownOperationException",
                     "the simulator has no operation %.*s %.*s %.*s of '%.*s'",
                     STR_ARG(call_header(call, "x-amz-target")), STR_ARG(call->request->method),
                     STR_ARG(call->request->path), STR_ARG(scope));
}

bool route(struct call *call, struct str scope)
{
    const struct sim_service *service;
    bool known = false;
    for (size_t i = 0; (service = sim_service_at(i)); i++) {
        if (!str_equal(signing_name(service), scope))
            continue;
        if (!known) {
            call->service = service;
            call->protocol = service->rest ? service->rest_protocol : service->query ? SIM_QUERY : SIM_JSON;
        }
        known = true;
        if (service->rest ? route_rest(call, service) : route_named(call, service)) {
            call->service = service;
            return true;
        }
    }
    call->operation = NULL;
    return route_failed(call, known, scope);
}
