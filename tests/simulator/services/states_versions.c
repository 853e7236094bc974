/* Step Functions' versions and aliases of state machines, and activities. */

#include "tests/simulator/services/states.h"

enum { ROUTES_MAX = 2, WEIGHTS = 100, PAGE_OF_VERSIONS = 100, PAGE_MOST = 1000 };

static const struct sim_paging paging = {.size_member = "maxResults",
                                         .token_member = "nextToken",
                                         .size = PAGE_OF_VERSIONS,
                                         .size_max = PAGE_MOST,
                                         .error_code = "InvalidToken"};

static bool no_machine(struct call *call, struct str arn)
{
    return call_fail(call, 400, "StateMachineDoesNotExist", "State Machine Does Not Exist: '%.*s'",
                     STR_ARG(arn));
}

/* machine.name, made if it is not there. */
static struct value *part_of(struct call *call, struct value *machine, const char *name)
{
    struct value *part = value_get(machine, name);
    return part ? part : state_put(call, machine, str_from(name), value_map(call->arena));
}

static struct str without_last(struct str arn)
{
    return str_slice(arn, 0, str_find_last(arn, ':'));
}

static struct str last_part(struct str arn)
{
    return str_from_index(arn, str_find_last(arn, ':') + 1);
}

/* --- versions: machine.versions is number -> the machine as it was, "revision", "description", "published"
 * --- */

const struct value *states_version(struct call *call, struct str version_arn)
{
    const struct value *machine = states_machine(call, without_last(version_arn));
    return value_get_str(value_get(machine, "versions"), last_part(version_arn));
}

static struct str revision_of(const struct value *machine)
{
    struct str revision = value_get_text(machine, "revision");
    return revision.len ? revision : STR("INITIAL");
}

static void put_version(struct call *call, const struct value *version, struct str machine_arn,
                        struct str number)
{
    put_textf(call, call->output, "stateMachineVersionArn", "%.*s:%.*s", STR_ARG(machine_arn),
              STR_ARG(number));
    put_time(call, call->output, "creationDate", value_get_int(version, "published", 0));
}

bool states_PublishStateMachineVersion(struct call *call)
{
    static const char *const same[] = {"name",
                                       "definition",
                                       "roleArn",
                                       "type",
                                       "loggingConfiguration",
                                       "tracingConfiguration",
                                       "encryptionConfiguration",
                                       "created"};
    struct str arn = call_text(call, "stateMachineArn");
    struct value *machine = states_machine(call, arn);
    if (!machine)
        return no_machine(call, arn);
    if (call_has(call, "revisionId") && !str_equal(call_text(call, "revisionId"), revision_of(machine)))
        return call_fail(call, 400, "ConflictException", "The revision is not the current one");
    struct value *versions = part_of(call, machine, "versions");
    for (size_t i = 0; i < versions->count; i++)
        if (str_equal(revision_of(versions->entries[i].value), revision_of(machine))) {
            put_version(call, versions->entries[i].value, arn, versions->entries[i].key);
            return true;
        }
    int64_t number = value_get_int(machine, "newest", 0) + 1;
    state_int(call, machine, "newest", number);
    struct str key = arena_printf(call->arena, "%lld", (long long)number);
    struct value *version = state_put(call, versions, key, value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        if (value_get(machine, same[i]))
            state_put(call, version, str_from(same[i]), value_get(machine, same[i]));
    state_text(call, version, "revision", value_get_text(machine, "revision"));
    if (call_has(call, "description"))
        state_text(call, version, "description", call_text(call, "description"));
    state_int(call, version, "published", call->now);
    put_version(call, version, arn, key);
    return true;
}

/* The newest first. */
bool states_ListStateMachineVersions(struct call *call)
{
    struct str arn = call_text(call, "stateMachineArn"), next;
    const struct value *machine = states_machine(call, arn), *versions = value_get(machine, "versions");
    struct value *shapes = value_map(call->arena);
    for (size_t i = 0; versions && i < versions->count; i++) {
        struct str number = versions->entries[i].key;
        struct value *shape = value_map(call->arena);
        int64_t order = 0;
        if (!str_to_int(number, &order))
            continue;
        put_textf(call, shape, "stateMachineVersionArn", "%.*s:%.*s", STR_ARG(arn), STR_ARG(number));
        put_time(call, shape, "creationDate", value_get_int(versions->entries[i].value, "published", 0));
        value_set(call->arena, shapes, arena_printf(call->arena, "%09lld", 999999999LL - (long long)order),
                  shape);
    }
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "stateMachineVersions", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

static bool is_routed_to(const struct value *aliases, struct str version_arn)
{
    for (size_t i = 0; aliases && i < aliases->count; i++) {
        const struct value *routes = value_get(aliases->entries[i].value, "routingConfiguration");
        for (size_t k = 0; k < routes->count; k++)
            if (str_equal(value_get_text(routes->items[k], "stateMachineVersionArn"), version_arn))
                return true;
    }
    return false;
}

bool states_DeleteStateMachineVersion(struct call *call)
{
    struct str arn = call_text(call, "stateMachineVersionArn");
    struct value *machine = states_machine(call, without_last(arn));
    if (is_routed_to(value_get(machine, "aliases"), arn))
        return call_fail(call, 400, "ConflictException",
                         "Version to be deleted must not be referenced by an alias.");
    if (machine)
        (void)value_remove(value_get(machine, "versions"), last_part(arn)); /* what is gone is no error */
    return true;
}

/* --- aliases: machine.aliases is name -> {"description", "routingConfiguration", "created", "updated"} ---
 */

static bool check_routes(struct call *call, struct str *machine_arn)
{
    struct value *routes = call_list(call, "routingConfiguration");
    int64_t sum = 0;
    if (!routes->count || routes->count > ROUTES_MAX)
        return call_fail(call, 400, "ValidationException", "routingConfiguration must have one or two items");
    *machine_arn = without_last(value_get_text(routes->items[0], "stateMachineVersionArn"));
    for (size_t i = 0; i < routes->count; i++) {
        struct str version = value_get_text(routes->items[i], "stateMachineVersionArn");
        sum += value_get_int(routes->items[i], "weight", 0);
        if (!str_equal(without_last(version), *machine_arn))
            return call_fail(call, 400, "ValidationException", "The versions are of two state machines");
        if (!states_version(call, version))
            return call_fail(call, 400, "ResourceNotFound", "Resource not found: '%.*s'", STR_ARG(version));
    }
    return sum == WEIGHTS || call_fail(call, 400, "ValidationException", "The weights must sum up to 100");
}

static bool set_alias(struct call *call, struct value *alias)
{
    (void)state_member(call, alias, "description");
    (void)state_member(call, alias, "routingConfiguration");
    state_int(call, alias, "updated", call->now);
    return true;
}

bool states_CreateStateMachineAlias(struct call *call)
{
    struct str machine_arn, name = call_text(call, "name");
    if (!states_name_is_valid(name))
        return call_fail(call, 400, "InvalidName", "Invalid Name: '%.*s'", STR_ARG(name));
    if (!check_routes(call, &machine_arn))
        return false;
    struct value *aliases = part_of(call, states_machine(call, machine_arn), "aliases"),
                 *alias = value_get_str(aliases, name);
    if (alias && (!value_equal(value_get(alias, "routingConfiguration"),
                               value_get(call->input, "routingConfiguration")) ||
                  !str_equal(value_get_text(alias, "description"), call_text(call, "description"))))
        return call_fail(call, 400, "ConflictException", "The alias %.*s exists already", STR_ARG(name));
    if (!alias) {
        alias = state_put(call, aliases, name, value_map(call->arena));
        state_int(call, alias, "created", call->now);
        (void)set_alias(call, alias);
    }
    put_textf(call, call->output, "stateMachineAliasArn", "%.*s:%.*s", STR_ARG(machine_arn), STR_ARG(name));
    put_time(call, call->output, "creationDate", value_get_int(alias, "created", 0));
    return true;
}

static struct value *alias_of(struct call *call)
{
    struct str arn = call_text(call, "stateMachineAliasArn");
    const struct value *machine = states_machine(call, without_last(arn));
    struct value *alias = value_get_str(value_get(machine, "aliases"), last_part(arn));
    if (!alias)
        call_fail(call, 400, "ResourceNotFound", "Resource not found: '%.*s'", STR_ARG(arn));
    return alias;
}

bool states_DescribeStateMachineAlias(struct call *call)
{
    struct value *alias = alias_of(call);
    struct str arn = call_text(call, "stateMachineAliasArn");
    if (!alias)
        return false;
    put_text(call, call->output, "stateMachineAliasArn", arn);
    put_text(call, call->output, "name", last_part(arn));
    if (value_get_text(alias, "description").len)
        put(call, call->output, "description", value_get(alias, "description"));
    put(call, call->output, "routingConfiguration", value_get(alias, "routingConfiguration"));
    put_time(call, call->output, "creationDate", value_get_int(alias, "created", 0));
    put_time(call, call->output, "updateDate", value_get_int(alias, "updated", 0));
    return true;
}

bool states_UpdateStateMachineAlias(struct call *call)
{
    struct value *alias = alias_of(call);
    struct str machine_arn, own = without_last(call_text(call, "stateMachineAliasArn"));
    if (!alias)
        return false;
    if (call_has(call, "routingConfiguration") && !check_routes(call, &machine_arn))
        return false;
    if (call_has(call, "routingConfiguration") && !str_equal(machine_arn, own))
        return call_fail(call, 400, "ValidationException", "The versions are of another state machine");
    put_time(call, call->output, "updateDate", call->now);
    return set_alias(call, alias);
}

bool states_DeleteStateMachineAlias(struct call *call)
{
    struct str arn = call_text(call, "stateMachineAliasArn");
    return alias_of(call) &&
           value_remove(value_get(states_machine(call, without_last(arn)), "aliases"), last_part(arn));
}

bool states_ListStateMachineAliases(struct call *call)
{
    struct str arn = call_text(call, "stateMachineArn"), next;
    const struct value *machine = states_machine(call, arn), *aliases = value_get(machine, "aliases");
    struct value *shapes = value_map(call->arena);
    if (!machine)
        return no_machine(call, arn);
    for (size_t i = 0; aliases && i < aliases->count; i++) {
        struct value *shape = value_map(call->arena);
        put_textf(call, shape, "stateMachineAliasArn", "%.*s:%.*s", STR_ARG(arn),
                  STR_ARG(aliases->entries[i].key));
        put_time(call, shape, "creationDate", value_get_int(aliases->entries[i].value, "created", 0));
        value_set(call->arena, shapes, aliases->entries[i].key, shape);
    }
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "stateMachineAliases", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

/* --- activities --- */

struct value *states_activity(struct call *call, struct str activity_arn)
{
    return value_get_str(state_map(call, "activities"), activity_arn);
}

bool states_CreateActivity(struct call *call)
{
    struct str name = call_text(call, "name");
    if (!states_name_is_valid(name))
        return call_fail(call, 400, "InvalidName", "Invalid Name: '%.*s'", STR_ARG(name));
    struct str activity_arn = arn(call, "states", "activity:%.*s", STR_ARG(name));
    struct value *activity = states_activity(call, activity_arn);
    const struct value *asked = value_get(call->input, "encryptionConfiguration");
    if (activity && asked && !value_equal(asked, value_get(activity, "encryptionConfiguration")))
        return call_fail(call, 400, "ActivityAlreadyExists", "Activity Already Exists: '%.*s'",
                         STR_ARG(activity_arn));
    if (!activity) {
        activity = state_put(call, state_map(call, "activities"), activity_arn, value_map(call->arena));
        state_text(call, activity, "name", name);
        state_int(call, activity, "created", call->now);
        (void)state_member(call, activity, "encryptionConfiguration");
        state_put(call, activity, STR("tags"), tags_to_map(call, call_list(call, "tags"), "key", "value"));
    }
    put_text(call, call->output, "activityArn", activity_arn);
    put_time(call, call->output, "creationDate", value_get_int(activity, "created", 0));
    return true;
}

bool states_DescribeActivity(struct call *call)
{
    struct str wanted = call_text(call, "activityArn");
    const struct value *activity = states_activity(call, wanted);
    if (!activity)
        return call_fail(call, 400, "ActivityDoesNotExist", "Activity Does Not Exist: '%.*s'",
                         STR_ARG(wanted));
    put_text(call, call->output, "activityArn", wanted);
    put(call, call->output, "name", value_get(activity, "name"));
    put(call, call->output, "encryptionConfiguration", value_get(activity, "encryptionConfiguration"));
    put_time(call, call->output, "creationDate", value_get_int(activity, "created", 0));
    return true;
}

bool states_DeleteActivity(struct call *call)
{
    (void)value_remove(state_map(call, "activities"),
                       call_text(call, "activityArn")); /* absent is no error */
    return true;
}
