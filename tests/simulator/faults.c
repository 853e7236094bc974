#include "tests/simulator/faults.h"

#include "tests/simulator/internal.h"

static const char *const kind_names[] = {
    [FAULT_NONE] = "none",
    [FAULT_THROTTLE] = "throttle",
    [FAULT_500] = "500",
    [FAULT_503] = "503",
    [FAULT_ERROR] = "error",
    [FAULT_DROP_BEFORE] = "drop-before",
    [FAULT_DROP_AFTER] = "drop-after",
    [FAULT_DELAY] = "delay",
    [FAULT_STALE] = "stale",
    [FAULT_HTML] = "html",
    [FAULT_TRUNCATE] = "truncate",
};

const char *fault_kind_name(enum fault_kind kind)
{
    return kind_names[kind];
}

static bool refuse_unknown(const struct value *map, const char *const *known, size_t count,
                           struct error *error)
{
    for (size_t i = 0; i < map->count; i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found = found || str_is(map->entries[i].key, known[k]);
        if (!found)
            return error_set(error, ERROR_INVALID, "unknown key '%.*s' of a fault",
                             STR_ARG(map->entries[i].key));
    }
    return true;
}

static void copy_text(char *out, size_t size, const struct value *map, const char *key)
{
    snprintf(out, size, "%.*s", STR_ARG(value_get_text(map, key)));
}

static bool has_operation(const struct sim_service *service, const char *name)
{
    for (size_t i = 0; i < service->operation_count; i++)
        if (str_is(str_from(name), service->operations[i].name))
            return true;
    return false;
}

/* A rule that can match nothing is a mistake in a test. */
static bool can_match(const struct fault *fault, struct error *error)
{
    const struct sim_service *service;
    for (size_t i = 0; (service = sim_service_at(i)); i++)
        if ((!fault->service[0] || str_is(str_from(fault->service), service->name)) &&
            (!fault->operation[0] || has_operation(service, fault->operation)))
            return true;
    return error_set(error, ERROR_INVALID, "no service '%s' with an operation '%s' is simulated",
                     fault->service, fault->operation);
}

static bool read_match(const struct value *match, struct fault *fault, struct error *error)
{
    static const char *const known[] = {"service", "operation", "account", "mutating", "nth"};
    fault->nth = 1;
    if (!match)
        return true;
    if (!value_is(match, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "'match' of a fault must be a mapping");
    if (!refuse_unknown(match, known, ARRAY_LENGTH(known), error))
        return false;
    copy_text(fault->service, sizeof fault->service, match, "service");
    copy_text(fault->operation, sizeof fault->operation, match, "operation");
    copy_text(fault->account, sizeof fault->account, match, "account");
    fault->of_effect = value_to_bool(value_get(match, "mutating"), &fault->mutating);
    int64_t nth = value_get_int(match, "nth", 1);
    if (nth < 1)
        return error_set(error, ERROR_INVALID, "'nth' of a fault counts from 1");
    fault->nth = (uint64_t)nth;
    return can_match(fault, error);
}

static bool read_kind(const struct value *rule, struct fault *fault, struct error *error)
{
    struct str name = value_get_text(rule, "fault");
    for (size_t i = 1; i < ARRAY_LENGTH(kind_names); i++)
        if (str_is(name, kind_names[i])) {
            fault->kind = (enum fault_kind)i;
            return true;
        }
    return error_set(error, ERROR_INVALID, "unknown fault '%.*s'", STR_ARG(name));
}

static bool add_rule(struct faults *faults, const struct value *rule, struct error *error)
{
    static const char *const known[] = {"match", "fault", "times", "ms", "status", "code"};
    struct fault fault = {0};
    if (!value_is(rule, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "a fault must be a mapping");
    if (!refuse_unknown(rule, known, ARRAY_LENGTH(known), error) || !read_kind(rule, &fault, error) ||
        !read_match(value_get(rule, "match"), &fault, error))
        return false;
    int64_t times = value_get_int(rule, "times", 1), status = value_get_int(rule, "status", 400);
    fault.ms = value_get_int(rule, "ms", 0);
    if (times < 0 || fault.ms < 0 || fault.ms > 600000 || status < 400 || status > 599)
        return error_set(error, ERROR_INVALID,
                         "'times' must not be negative, 'ms' be 0 to 600000, 'status' 400 to 599");
    if (fault.kind == FAULT_ERROR && !value_get_text(rule, "code").len)
        return error_set(error, ERROR_INVALID, "the fault 'error' needs a 'code'");
    fault.times = (uint64_t)times;
    fault.status = (int)status;
    copy_text(fault.code, sizeof fault.code, rule, "code");
    if (faults->count == FAULTS_MAX)
        return error_set(error, ERROR_INVALID, "more than %d faults", FAULTS_MAX);
    faults->rules[faults->count++] = fault;
    return true;
}

bool faults_add(struct faults *faults, const struct value *rules, struct error *error)
{
    if (!value_is(rules, VALUE_LIST))
        return add_rule(faults, rules, error);
    for (size_t i = 0; i < rules->count; i++)
        if (!add_rule(faults, rules->items[i], error))
            return false;
    return true;
}

static bool matches(const struct fault *fault, const struct call *call)
{
    return (!fault->service[0] || str_is(str_from(call->service->name), fault->service)) &&
           (!fault->operation[0] || str_is(str_from(call->operation->name), fault->operation)) &&
           (!fault->account[0] || str_is(call->account, fault->account)) &&
           (!fault->of_effect || fault->mutating == (call->operation->effect == SIM_WRITE));
}

const struct fault *faults_next(struct faults *faults, const struct call *call)
{
    const struct fault *hit = NULL;
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->rules[i];
        if (!matches(fault, call))
            continue;
        fault->matched++;
        bool due = fault->matched >= fault->nth && (!fault->times || fault->fired < fault->times);
        if (due && !hit) {
            fault->fired++;
            hit = fault;
        }
    }
    return hit;
}

bool faults_hold(const struct faults *faults, enum fault_kind kind)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->rules[i].kind == kind)
            return true;
    return false;
}

struct value *faults_value(struct arena *arena, const struct faults *faults)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->rules[i];
        struct value *value = value_map(arena);
        value_setz(arena, value, "fault", value_stringz(arena, kind_names[fault->kind]));
        value_setz(arena, value, "service", value_stringz(arena, fault->service));
        value_setz(arena, value, "operation", value_stringz(arena, fault->operation));
        value_setz(arena, value, "nth", value_int(arena, (int64_t)fault->nth));
        value_setz(arena, value, "times", value_int(arena, (int64_t)fault->times));
        value_setz(arena, value, "matched", value_int(arena, (int64_t)fault->matched));
        value_setz(arena, value, "fired", value_int(arena, (int64_t)fault->fired));
        value_append(arena, list, value);
    }
    return list;
}
