/* AWS Cloud Control API, as of its API reference: resources of any type, by the published schemas.
 * https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/ */

#include "tests/simulator/services/cloudcontrol.h"

#include "base/digest.h"
#include "base/json.h"

static struct value *resources(struct call *call)
{
    return state_map(call, "resources");
}

static struct str key_of(struct call *call, struct str type, struct str identifier)
{
    return arena_printf(call->arena, "%.*s %.*s", STR_ARG(type), STR_ARG(identifier));
}

/* --- what is there at which time --- */

static bool is_reached(const struct call *call, const struct value *resource, const char *time)
{
    return value_get(resource, time) && value_get_int(resource, time, 0) <= call->now;
}

static bool is_there(const struct call *call, const struct value *resource)
{
    return resource && is_reached(call, resource, "since") && !is_reached(call, resource, "gone");
}

static bool is_busy(const struct call *call, const struct value *resource)
{
    static const char *const times[] = {"since", "next_at", "gone"};
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
        if (value_get(resource, times[i]) && !is_reached(call, resource, times[i]))
            return true;
    return false;
}

static const struct value *model_now(const struct call *call, const struct value *resource)
{
    return value_get(resource, is_reached(call, resource, "next_at") ? "next" : "model");
}

/* What is there, or is being deleted. */
static struct value *record_of(struct call *call, struct str key)
{
    struct value *resource = value_get_str(resources(call), key);
    struct value *leaving = value_get_str(state_map(call, "deleted"), key);
    return resource || !leaving || is_reached(call, leaving, "gone") ? resource : leaving;
}

/* The same, after what has happened to it by now. */
static struct value *settled(struct call *call, struct str key)
{
    struct value *resource = record_of(call, key);
    if (resource && is_reached(call, resource, "next_at")) {
        state_put(call, resource, STR("model"), value_get(resource, "next"));
        value_remove(resource, STR("next"));
        value_remove(resource, STR("next_at"));
    }
    return resource;
}

/* --- checks --- */

static const struct type_facts *type_of(struct call *call, char handler)
{
    struct str type = call_text(call, "TypeName");
    const struct type_facts *facts = facts_find(type);
    if (!type.len || !str_contains(type, "::"))
        call_fail(call, 400, "ValidationException", "TypeName must have three parts");
    else if (!facts)
        call_fail(call, 404, "TypeNotFoundException", "The type '%.*s' cannot be found.", STR_ARG(type));
    else if (!facts_has_handler(facts, handler))
        call_fail(call, 405, "UnsupportedActionException", "Resource type %.*s does not support this action",
                  STR_ARG(type));
    else
        return facts;
    return NULL;
}

static bool read_json(struct call *call, const char *name, struct value **out)
{
    struct error error = ERROR_INIT;
    if (json_read(call->arena, STR_EMPTY, call_text(call, name), out, &error))
        return true;
    return call_fail(call, 400, "InvalidRequestException", "%s is no JSON: %s", name, error.message);
}

/* --- requests --- */

static void put_event(struct call *call, const struct value *request)
{
    struct value *event = value_map(call->arena);
    static const char *const texts[] = {"TypeName", "Identifier", "RequestToken", "Operation"};
    bool done = is_reached(call, request, "done");
    struct str code = value_get_text(request, "ErrorCode");
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (value_get_text(request, texts[i]).len)
            put_text(call, event, texts[i], value_get_text(request, texts[i]));
    put_textf(call, event, "OperationStatus", "%s", !done ? "IN_PROGRESS" : code.len ? "FAILED" : "SUCCESS");
    put_time(call, event, "EventTime", value_get_int(request, "begun", 0));
    if (done && code.len) {
        put_text(call, event, "ErrorCode", code);
        put_text(call, event, "StatusMessage", value_get_text(request, "StatusMessage"));
    }
    put(call, call->output, "ProgressEvent", event);
}

static struct str digest_of(struct call *call)
{
    struct value *input = value_copy(call->arena, call->input);
    value_setz(call->arena, input, "Operation", value_stringz(call->arena, call->operation->name));
    return sha256_hex(call->arena, json_text(call->arena, input, JSON_CANONICAL));
}

/* A client token that came before: *again tells that the answer is that request's. */
static bool is_repeated(struct call *call, bool *again)
{
    const struct value *known = value_get_str(state_map(call, "tokens"), call_text(call, "ClientToken"));
    *again = known != NULL;
    if (!known)
        return true;
    if (!str_equal(value_get_text(known, "digest"), digest_of(call)))
        return call_fail(call, 409, "ClientTokenConflictException",
                         "The client token was used for another request.");
    put_event(call, value_get_str(state_map(call, "requests"), value_get_text(known, "request")));
    return true;
}

/* A new request; its record is in the state. */
static struct value *begin(struct call *call, const char *operation, struct str identifier)
{
    struct str token = call_uuid(call), client = call_text(call, "ClientToken");
    struct value *request = state_put(call, state_map(call, "requests"), token, value_map(call->arena));
    state_text(call, request, "TypeName", call_text(call, "TypeName"));
    state_text(call, request, "RequestToken", token);
    state_text(call, request, "Operation", str_from(operation));
    if (identifier.len)
        state_text(call, request, "Identifier", identifier);
    state_int(call, request, "begun", call->now);
    state_int(call, request, "done", call->now + call_delay(call, "cloudcontrol.pending"));
    if (client.len) {
        struct value *known = state_put(call, state_map(call, "tokens"), client, value_map(call->arena));
        state_text(call, known, "request", token);
        state_text(call, known, "digest", digest_of(call));
    }
    return request;
}

/* The answer to the request itself never tells how it went. */
static bool answer(struct call *call, struct value *request)
{
    put_event(call, request);
    put_text(call, value_get(call->output, "ProgressEvent"), "OperationStatus", STR("IN_PROGRESS"));
    (void)value_remove(value_get(call->output, "ProgressEvent"), STR("ErrorCode"));
    (void)value_remove(value_get(call->output, "ProgressEvent"), STR("StatusMessage"));
    return true;
}

static bool answer_failed(struct call *call, struct value *request, struct str code, const char *words)
{
    state_text(call, request, "ErrorCode", code);
    state_text(call, request, "StatusMessage", str_from(words));
    return answer(call, request);
}

/* "SIMULATOR_FAILS:CODE": the first request with it fails so. */
static struct str wanted_failure(struct call *call, const struct value *model)
{
    struct str code = sim_model_failure(model);
    struct value *failed = state_map(call, "failed");
    struct str key = arena_printf(call->arena, "%.*s %s %.*s", STR_ARG(call_text(call, "TypeName")),
                                  call->operation->name, STR_ARG(code));
    if (!code.len || value_get_str(failed, key))
        return STR_EMPTY;
    state_put(call, failed, key, value_bool(call->arena, true));
    return code;
}

/* --- create --- */

/* Another one of the type with the same name, which cannot be changed. */
static const struct value *namesake(struct call *call, const struct type_facts *facts,
                                    const struct value *model)
{
    struct str name = sim_model_name(facts, model), type = facts_type(facts);
    struct str parent = sim_model_identifier(call, facts, model);
    parent = str_slice(parent, 0, str_find_last(parent, '|'));
    for (size_t i = 0; name.len && i < resources(call)->count; i++) {
        const struct value *other = resources(call)->entries[i].value;
        struct str identifier = value_get_text(other, "identifier");
        bool beside = str_find(identifier, '|') == identifier.len ||
                      str_starts(identifier, arena_strz(call->arena, parent));
        if (str_equal(value_get_text(other, "type"), type) && !is_reached(call, other, "gone") && beside &&
            str_equal(sim_model_name(facts, model_now(call, other)), name))
            return other;
    }
    return NULL;
}

static bool create_resource(struct call *call)
{
    const struct type_facts *facts = type_of(call, 'C');
    struct value *model;
    bool again;
    if (!facts || !is_repeated(call, &again) || again)
        return facts && !call->error_code;
    if (!call_need(call, "DesiredState", 400, "ValidationException") ||
        !read_json(call, "DesiredState", &model))
        return false;
    struct str why = sim_model_complaint(call, facts, model), failure = wanted_failure(call, model);
    if (why.len)
        return call_fail(call, 400, "InvalidRequestException", "%.*s", STR_ARG(why));
    struct str given = sim_model_identifier(call, facts, model);
    bool named = sim_model_name(facts, model).len > 0;
    if (failure.len)
        return answer_failed(call, begin(call, "CREATE", STR_EMPTY), failure, "as the model asked for");
    if ((given.len && settled(call, key_of(call, facts_type(facts), given))) ||
        (!given.len && named && namesake(call, facts, model)))
        return answer_failed(call, begin(call, "CREATE", given), STR("AlreadyExists"),
                             "Resource of that name or identifier exists already");
    sim_model_complete(call, facts, model);
    struct str identifier = sim_model_identifier(call, facts, model);
    struct value *request = begin(call, "CREATE", identifier);
    struct value *resource =
        state_put(call, resources(call), key_of(call, facts_type(facts), identifier), value_map(call->arena));
    state_text(call, resource, "type", facts_type(facts));
    state_text(call, resource, "identifier", identifier);
    state_put(call, resource, STR("model"), model);
    state_int(call, resource, "since", value_get_int(request, "done", 0));
    return answer(call, request);
}

/* --- read and list --- */

static void put_description(struct call *call, struct value *map, const char *name, struct str identifier,
                            const struct value *model)
{
    struct value *description = value_map(call->arena);
    put_text(call, description, "Identifier", identifier);
    put_text(call, description, "Properties", json_text(call->arena, model, JSON_COMPACT));
    if (name)
        put(call, map, name, description);
    else
        value_append(call->arena, map, description);
}

static bool no_such_resource(struct call *call, struct str identifier)
{
    return call_fail(call, 404, "ResourceNotFoundException",
                     "Resource of type '%.*s' with identifier '%.*s' was not found.",
                     STR_ARG(call_text(call, "TypeName")), STR_ARG(identifier));
}

static bool get_resource(struct call *call)
{
    const struct type_facts *facts = type_of(call, 'R');
    struct str identifier = call_text(call, "Identifier");
    if (!facts || !call_need(call, "Identifier", 400, "ValidationException"))
        return false;
    const struct value *resource = record_of(call, key_of(call, facts_type(facts), identifier));
    if (!is_there(call, resource))
        return no_such_resource(call, identifier);
    put_text(call, call->output, "TypeName", facts_type(facts));
    put_description(call, call->output, "ResourceDescription", identifier,
                    sim_model_readable(call, facts, model_now(call, resource)));
    return true;
}

static bool fits(const struct value *model, const struct value *asked)
{
    for (size_t i = 0; value_is(asked, VALUE_MAP) && i < asked->count; i++) {
        const struct value *has = value_get_str(model, asked->entries[i].key);
        if (has && !value_equal(has, asked->entries[i].value))
            return false;
    }
    return true;
}

/* Only identifiers are shown, as most handlers do. */
static bool list_resources(struct call *call)
{
    static const struct sim_paging paging = {
        .size_member = "MaxResults", .token_member = "NextToken", .size = 20, .size_max = 100};
    const struct type_facts *facts = type_of(call, 'L');
    struct value *asked = NULL, *items = value_map(call->arena), *list = value_list(call->arena);
    struct str next;
    if (!facts || (call_has(call, "ResourceModel") && !read_json(call, "ResourceModel", &asked)))
        return false;
    for (size_t i = 0; i < resources(call)->count; i++) {
        struct value *resource = resources(call)->entries[i].value;
        if (is_there(call, resource) && str_equal(value_get_text(resource, "type"), facts_type(facts)) &&
            fits(model_now(call, resource), asked))
            value_set(call->arena, items, resources(call)->entries[i].key, resource);
    }
    const struct value *page = call_page(call, items, &paging, &next);
    for (size_t i = 0; page && i < page->count; i++)
        put_description(call, list, NULL, value_get_text(page->items[i], "identifier"),
                        sim_model_of_identifier(call, facts, model_now(call, page->items[i])));
    put_text(call, call->output, "TypeName", facts_type(facts));
    put(call, call->output, "ResourceDescriptions", list);
    if (page && next.len)
        put_text(call, call->output, "NextToken", next);
    return page != NULL;
}

/* --- update and delete --- */

static bool update_resource(struct call *call)
{
    const struct type_facts *facts = type_of(call, 'U');
    struct str identifier = call_text(call, "Identifier"), why;
    struct value *patch;
    bool again;
    if (!facts || !is_repeated(call, &again) || again)
        return facts && !call->error_code;
    if (!call_need(call, "Identifier", 400, "ValidationException") ||
        !read_json(call, "PatchDocument", &patch))
        return false;
    struct value *resource = settled(call, key_of(call, facts_type(facts), identifier));
    if (!is_there(call, resource))
        return no_such_resource(call, identifier);
    if (is_busy(call, resource))
        return call_fail(call, 409, "ConcurrentOperationException",
                         "Another operation on this resource is under way.");
    const struct value *model = model_now(call, resource);
    struct value *next = sim_model_patched(call, sim_model_readable(call, facts, model), patch, &why);
    if (!next)
        return call_fail(call, 400, "InvalidRequestException", "Invalid patch: %.*s", STR_ARG(why));
    struct str fixed = sim_model_fixed_difference(call, facts, model, next);
    if (fixed.len)
        return call_fail(call, 400, "NotUpdatableException", "%.*s cannot be updated", STR_ARG(fixed));
    struct value *given = value_copy(call->arena, next);
    for (size_t i = 0; facts_path(facts, FACTS_READ_ONLY, i, &fixed); i++)
        (void)value_remove(given, fixed);
    why = sim_model_complaint(call, facts, given);
    if (why.len)
        return call_fail(call, 400, "InvalidRequestException", "%.*s", STR_ARG(why));
    struct str failure = wanted_failure(call, next);
    struct value *request = begin(call, "UPDATE", identifier);
    if (failure.len)
        return answer_failed(call, request, failure, "as the model asked for");
    state_put(call, resource, STR("next"), next);
    state_int(call, resource, "next_at", value_get_int(request, "done", 0));
    return answer(call, request);
}

static bool delete_resource(struct call *call)
{
    const struct type_facts *facts = type_of(call, 'D');
    struct str identifier = call_text(call, "Identifier");
    bool again;
    if (!facts || !is_repeated(call, &again) || again)
        return facts && !call->error_code;
    if (!call_need(call, "Identifier", 400, "ValidationException"))
        return false;
    struct value *resource = settled(call, key_of(call, facts_type(facts), identifier));
    if (resource && is_busy(call, resource))
        return call_fail(call, 409, "ConcurrentOperationException",
                         "Another operation on this resource is under way.");
    struct value *request = begin(call, "DELETE", identifier);
    if (!resource)
        return answer_failed(call, request, STR("NotFound"), "Resource was not found");
    struct str key = key_of(call, facts_type(facts), identifier);
    resource = state_put(call, state_map(call, "deleted"), key, resource);
    state_int(call, resource, "gone", value_get_int(request, "done", 0));
    value_remove(resources(call), key);
    return answer(call, request);
}

static bool get_resource_request_status(struct call *call)
{
    struct str token = call_text(call, "RequestToken");
    const struct value *request = value_get_str(state_map(call, "requests"), token);
    if (!request)
        return call_fail(call, 404, "RequestTokenNotFoundException", "Request with token %.*s was not found",
                         STR_ARG(token));
    put_event(call, request);
    return true;
}

static const struct sim_operation operations[] = {
    {.name = "CreateResource", .effect = SIM_WRITE, .handle = create_resource},
    {.name = "DeleteResource", .effect = SIM_WRITE, .handle = delete_resource},
    {.name = "GetResource", .effect = SIM_READ, .handle = get_resource},
    {.name = "GetResourceRequestStatus", .effect = SIM_READ, .handle = get_resource_request_status},
    {.name = "ListResources", .effect = SIM_READ, .handle = list_resources},
    {.name = "UpdateResource", .effect = SIM_WRITE, .handle = update_resource},
};

const struct sim_service sim_cloudcontrol = {
    .name = "cloudcontrol",
    .signing_name = "cloudcontrolapi",
    .target = "CloudApiService",
    .json_version = "1.0",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
