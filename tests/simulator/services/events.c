/* Amazon EventBridge, as of its API reference: rules, their targets, tags, and the table of operations. */

#include "tests/simulator/services/events.h"

#include "base/json.h"

enum { PAGE = 100, TARGETS_MAX = 5 };

const struct sim_paging events_paging = {
    .size_member = "Limit", .token_member = "NextToken", .size = PAGE, .size_max = PAGE};

static struct value *rules_of(struct call *call)
{
    struct value *bus = events_bus(call, call_text(call, "EventBusName"));
    return bus ? events_rules(call, bus) : NULL;
}

static struct str rule_arn(struct call *call, struct str name)
{
    struct str bus = call_text(call, "EventBusName");
    bus = str_starts(bus, "arn:") ? str_from_index(bus, str_find(bus, '/') + 1) : bus;
    if (!bus.len || str_is(bus, "default"))
        return arn(call, "events", "rule/%.*s", STR_ARG(name));
    return arn(call, "events", "rule/%.*s/%.*s", STR_ARG(bus), STR_ARG(name));
}

static struct value *rule_of(struct call *call, const char *member)
{
    struct value *rules = rules_of(call);
    struct str name = call_text(call, member);
    struct value *rule = rules ? value_get_str(rules, name) : NULL;
    if (rules && !rule)
        call_fail(call, 400, "ResourceNotFoundException", "Rule %.*s does not exist on EventBus default.",
                  STR_ARG(name));
    return rule;
}

static bool check_rule(struct call *call)
{
    struct str pattern = call_text(call, "EventPattern");
    struct value *parsed;
    struct error error = ERROR_INIT;
    if (!call_text(call, "Name").len)
        return call_fail(call, 400, "ValidationException", "Name must not be empty");
    if (!pattern.len && !call_text(call, "ScheduleExpression").len)
        return call_fail(call, 400, "ValidationException",
                         "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    if (pattern.len &&
        (!json_read(call->arena, STR_EMPTY, pattern, &parsed, &error) || !value_is(parsed, VALUE_MAP)))
        return call_fail(call, 400, "InvalidEventPatternException", "Event pattern is not valid.");
    return true;
}

static bool put_rule(struct call *call)
{
    static const char *const members[] = {"EventPattern", "ScheduleExpression", "Description", "RoleArn"};
    struct str name = call_text(call, "Name");
    struct value *rules = rules_of(call);
    if (!rules || !check_rule(call))
        return false;
    struct value *rule = value_get_str(rules, name);
    if (!rule) {
        rule = state_put(call, rules, name, value_map(call->arena));
        state_put(call, rule, STR("targets"), value_map(call->arena));
        state_put(call, rule, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
        state_text(call, rule, "arn", rule_arn(call, name));
        state_text(call, rule, "Name", name);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (!state_member(call, rule, members[i])) /* PutRule sets the whole rule */
            (void)value_remove(rule, str_from(members[i]));
    state_text(call, rule, "State", call_has(call, "State") ? call_text(call, "State") : STR("ENABLED"));
    put_text(call, call->output, "RuleArn", value_get_text(rule, "arn"));
    return true;
}

static void rule_shape(struct call *call, const struct value *rule, struct value *out)
{
    static const char *const members[] = {"Name",  "EventPattern", "ScheduleExpression",
                                          "State", "Description",  "RoleArn"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, out, members[i], value_get(rule, members[i]));
    put_text(call, out, "Arn", value_get_text(rule, "arn"));
    put_text(call, out, "EventBusName",
             call_has(call, "EventBusName") ? call_text(call, "EventBusName") : STR("default"));
}

static bool describe_rule(struct call *call)
{
    struct value *rule = rule_of(call, "Name");
    if (!rule)
        return false;
    rule_shape(call, rule, call->output);
    return true;
}

static bool set_state(struct call *call, const char *state)
{
    struct value *rule = rule_of(call, "Name");
    if (!rule)
        return false;
    state_text(call, rule, "State", str_from(state));
    return true;
}

static bool enable_rule(struct call *call)
{
    return set_state(call, "ENABLED");
}

static bool disable_rule(struct call *call)
{
    return set_state(call, "DISABLED");
}

static bool delete_rule(struct call *call)
{
    struct value *rules = rules_of(call);
    struct value *rule = rules ? value_get_str(rules, call_text(call, "Name")) : NULL;
    if (!rules)
        return false;
    if (rule && value_get(rule, "targets")->count)
        return call_fail(call, 400, "ValidationException", "Rule can't be deleted since it has targets.");
    (void)value_remove(rules, call_text(call, "Name"));
    return true;
}

static bool list_rules(struct call *call)
{
    struct value *rules = rules_of(call), *shapes = value_map(call->arena);
    struct str prefix = call_text(call, "NamePrefix"), next;
    for (size_t i = 0; rules && i < rules->count; i++) {
        if (!str_equal(str_slice(rules->entries[i].key, 0, prefix.len), prefix))
            continue;
        struct value *shape = value_map(call->arena);
        rule_shape(call, rules->entries[i].value, shape);
        value_set(call->arena, shapes, rules->entries[i].key, shape);
    }
    struct value *page = rules ? call_page(call, shapes, &events_paging, &next) : NULL;
    if (!page)
        return false;
    put(call, call->output, "Rules", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* --- targets --- */

static void put_failures(struct call *call)
{
    put_int(call, call->output, "FailedEntryCount", 0);
    put(call, call->output, "FailedEntries", value_list(call->arena));
}

static bool put_targets(struct call *call)
{
    struct value *rule = rule_of(call, "Rule"), *given = call_list(call, "Targets");
    if (!rule)
        return false;
    struct value *targets = value_get(rule, "targets");
    size_t fresh = 0;
    for (size_t i = 0; i < given->count; i++) {
        struct str id = value_get_text(given->items[i], "Id");
        if (!id.len || !value_get_text(given->items[i], "Arn").len)
            return call_fail(call, 400, "ValidationException", "A target needs Id and Arn.");
        fresh += !value_get_str(targets, id);
    }
    if (targets->count + fresh > TARGETS_MAX)
        return call_fail(call, 400, "LimitExceededException",
                         "The requested resource exceeds the maximum number allowed.");
    for (size_t i = 0; i < given->count; i++)
        state_put(call, targets, value_get_text(given->items[i], "Id"), given->items[i]);
    put_failures(call);
    return true;
}

static bool remove_targets(struct call *call)
{
    struct value *rule = rule_of(call, "Rule");
    if (!rule)
        return false;
    state_remove_keys(rule, "targets", call_list(call, "Ids"));
    put_failures(call);
    return true;
}

static bool list_targets_by_rule(struct call *call)
{
    struct value *rule = rule_of(call, "Rule");
    struct str next;
    struct value *page = rule ? call_page(call, value_get(rule, "targets"), &events_paging, &next) : NULL;
    if (!page)
        return false;
    put(call, call->output, "Targets", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* --- tags --- */

static struct value *tagged_in(const struct value *rules, struct str wanted)
{
    for (size_t i = 0; i < rules->count; i++)
        if (str_equal(value_get_text(rules->entries[i].value, "arn"), wanted))
            return rules->entries[i].value;
    return NULL;
}

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "ResourceARN");
    struct value *buses = state_map(call, "buses"), *found = tagged_in(state_map(call, "rules"), wanted);
    found = found ? found : events_tagged_bus(call, wanted);
    for (size_t i = 0; !found && i < buses->count; i++)
        found = tagged_in(value_get(buses->entries[i].value, "rules"), wanted);
    if (!found)
        call_fail(call, 400, EVENTS_MISSING, "Resource %.*s does not exist.", STR_ARG(wanted));
    return found;
}

static bool tag_resource(struct call *call)
{
    struct value *one = tagged(call);
    if (!one)
        return false;
    state_merge(call, one, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return true;
}

static bool untag_resource(struct call *call)
{
    struct value *one = tagged(call);
    if (!one)
        return false;
    state_remove_keys(one, "tags", call_list(call, "TagKeys"));
    return true;
}

static bool list_tags_for_resource(struct call *call)
{
    struct value *one = tagged(call);
    if (!one)
        return false;
    put(call, call->output, "Tags", tags_to_list(call, value_get(one, "tags"), "Key", "Value"));
    return true;
}

/* PutEvents is data, not a change of what is deployed. */
#define ROW(NAME, EFFECT) {.name = #NAME, .effect = EFFECT, .handle = events_##NAME},
static const struct sim_operation operations[] = {
    EVENTS_OPERATIONS(ROW) /* of buses, connections, destinations and archives */
    {.name = "DeleteRule", .effect = SIM_WRITE, .handle = delete_rule},
    {.name = "DescribeRule", .effect = SIM_READ, .handle = describe_rule},
    {.name = "DisableRule", .effect = SIM_WRITE, .handle = disable_rule},
    {.name = "EnableRule", .effect = SIM_WRITE, .handle = enable_rule},
    {.name = "ListRules", .effect = SIM_READ, .handle = list_rules},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags_for_resource},
    {.name = "ListTargetsByRule", .effect = SIM_READ, .handle = list_targets_by_rule},
    {.name = "PutRule", .effect = SIM_WRITE, .handle = put_rule},
    {.name = "PutTargets", .effect = SIM_WRITE, .handle = put_targets},
    {.name = "RemoveTargets", .effect = SIM_WRITE, .handle = remove_targets},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
};

const struct sim_service sim_events = {
    .name = "events",
    .target = "AWSEvents",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
