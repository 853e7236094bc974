/* Event buses, who may send to them, and archives of what was sent. */

#include "base/json.h"
#include "tests/simulator/services/events.h"

enum { BUS_NAME_MAX = 256, ARCHIVE_NAME_MAX = 48, POLICY_MAX = 10 * 1024 };

static const char *const bus_members[] = {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"};

static bool is_letter(char c, bool slash)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || (slash && c == '/');
}

bool events_name_is_valid(struct call *call, const char *member, size_t longest, bool slash)
{
    struct str name = call_text(call, member);
    bool good = name.len > 0 && name.len <= longest;
    for (size_t i = 0; i < name.len && good; i++)
        good = is_letter(name.ptr[i], slash);
    return good || call_fail(call, 400, "ValidationException",
                             "1 validation error detected: Value '%.*s' at '%s' failed to satisfy constraint",
                             STR_ARG(name), member);
}

bool events_list(struct call *call, struct value *map, const char *member,
                 struct value *(*shape)(struct call *, struct str name, const struct value *))
{
    struct str prefix = call_text(call, "NamePrefix"), next;
    struct value *shapes = value_map(call->arena);
    for (size_t i = 0; i < map->count; i++)
        if (str_equal(str_slice(map->entries[i].key, 0, prefix.len), prefix))
            value_set(call->arena, shapes, map->entries[i].key,
                      shape(call, map->entries[i].key, map->entries[i].value));
    struct value *page = call_page(call, shapes, &events_paging, &next);
    if (!page)
        return false;
    put(call, call->output, member, page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* --- buses --- */

static struct value *buses(struct call *call)
{
    return state_map(call, "buses");
}

static struct str bus_arn(struct call *call, struct str name)
{
    return arn(call, "events", "event-bus/%.*s", STR_ARG(name));
}

static struct str bus_name(struct str given)
{
    struct str name = str_starts(given, "arn:") ? str_from_index(given, str_find(given, '/') + 1) : given;
    return name.len ? name : STR("default");
}

struct value *events_bus(struct call *call, struct str given)
{
    struct str name = bus_name(given);
    struct value *bus =
        str_is(name, "default") ? state_map(call, "default") : value_get_str(buses(call), name);
    if (!bus)
        call_fail(call, 400, EVENTS_MISSING, "Event bus %.*s does not exist.", STR_ARG(name));
    return bus;
}

struct value *events_rules(struct call *call, struct value *bus)
{
    struct value *rules = value_get(bus, "rules");
    return rules ? rules : state_map(call, "rules");
}

struct value *events_tagged_bus(struct call *call, struct str wanted)
{
    struct value *all = buses(call);
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->entries[i].value, "arn"), wanted))
            return all->entries[i].value;
    return str_equal(wanted, bus_arn(call, STR("default"))) ? state_map(call, "default") : NULL;
}

static void answer_settings(struct call *call, const struct value *bus)
{
    for (size_t i = 0; i < ARRAY_LENGTH(bus_members); i++)
        put(call, call->output, bus_members[i], value_get(bus, bus_members[i]));
}

bool events_CreateEventBus(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (!events_name_is_valid(call, "Name", BUS_NAME_MAX, true))
        return false;
    if (str_contains(name, "/") && !call_has(call, "EventSourceName"))
        return call_fail(call, 400, "ValidationException", "Event bus name %.*s must not contain '/'.",
                         STR_ARG(name));
    if (call_has(call, "EventSourceName"))
        return call_fail(call, 400, EVENTS_MISSING, "Event source %.*s does not exist.",
                         STR_ARG(call_text(call, "EventSourceName")));
    if (value_get_str(buses(call), name) || str_is(name, "default"))
        return call_fail(call, 400, EVENTS_EXISTS, "Event bus %.*s already exists.", STR_ARG(name));
    struct value *bus = state_put(call, buses(call), name, value_map(call->arena));
    state_text(call, bus, "arn", bus_arn(call, name));
    state_put(call, bus, STR("rules"), value_map(call->arena));
    state_put(call, bus, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    state_int(call, bus, "created", call->now);
    for (size_t i = 0; i < ARRAY_LENGTH(bus_members); i++)
        state_member(call, bus, bus_members[i]);
    put_text(call, call->output, "EventBusArn", value_get_text(bus, "arn"));
    answer_settings(call, bus);
    return true;
}

/* What it is not told stays as it is. */
bool events_UpdateEventBus(struct call *call)
{
    struct value *bus = events_bus(call, call_text(call, "Name"));
    if (!bus)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(bus_members); i++)
        state_member(call, bus, bus_members[i]);
    put_text(call, call->output, "Arn", bus_arn(call, bus_name(call_text(call, "Name"))));
    put_text(call, call->output, "Name", bus_name(call_text(call, "Name")));
    answer_settings(call, bus);
    return true;
}

bool events_DeleteEventBus(struct call *call)
{
    struct str name = bus_name(call_text(call, "Name"));
    const struct value *bus = value_get_str(buses(call), name);
    if (str_is(name, "default"))
        return call_fail(call, 400, "ValidationException", "Cannot delete event bus default.");
    if (bus && value_get(bus, "rules")->count)
        return call_fail(call, 400, "ValidationException",
                         "Event bus %.*s can't be deleted since it has rules.", STR_ARG(name));
    (void)value_remove(buses(call), name);
    return true;
}

static struct value *policy_of(struct call *call, const struct value *bus)
{
    const struct value *statements = value_get(bus, "policy");
    if (!statements || !statements->count)
        return NULL;
    struct value *policy = value_map(call->arena), *list = value_list(call->arena);
    for (size_t i = 0; i < statements->count; i++)
        value_append(call->arena, list, statements->entries[i].value);
    put_text(call, policy, "Version", STR("2012-10-17"));
    put(call, policy, "Statement", list);
    return policy;
}

static struct value *bus_shape(struct call *call, struct str name, const struct value *bus)
{
    struct value *shape = value_map(call->arena), *policy = policy_of(call, bus);
    put_text(call, shape, "Name", name);
    put_text(call, shape, "Arn", bus_arn(call, name));
    put(call, shape, "Description", value_get(bus, "Description"));
    if (policy)
        put_text(call, shape, "Policy", json_text(call->arena, policy, JSON_COMPACT));
    put_time(call, shape, "CreationTime", value_get_int(bus, "created", 0));
    return shape;
}

bool events_DescribeEventBus(struct call *call)
{
    struct value *bus = events_bus(call, call_text(call, "Name"));
    if (!bus)
        return false;
    call->output = bus_shape(call, bus_name(call_text(call, "Name")), bus);
    answer_settings(call, bus);
    return true;
}

bool events_ListEventBuses(struct call *call)
{
    struct value *all = value_copy(call->arena, buses(call));
    value_set(call->arena, all, STR("default"), state_map(call, "default"));
    return events_list(call, all, "EventBuses", bus_shape);
}

/* --- who may send --- */

static struct value *statement_given(struct call *call, struct str bus)
{
    struct value *statement = value_map(call->arena), *principal = value_map(call->arena);
    struct str who = call_text(call, "Principal");
    const struct value *condition = value_get(call->input, "Condition");
    put_text(call, statement, "Sid", call_text(call, "StatementId"));
    put_text(call, statement, "Effect", STR("Allow"));
    put_textf(call, principal, "AWS", "arn:aws:iam::%.*s:root", STR_ARG(who));
    put(call, statement, "Principal", str_is(who, "*") ? value_string(call->arena, who) : principal);
    put_text(call, statement, "Action", call_text(call, "Action"));
    put_text(call, statement, "Resource", bus_arn(call, bus));
    if (condition) {
        struct value *test = value_map(call->arena), *by = value_map(call->arena);
        value_set(call->arena, test, value_get_text(condition, "Key"), value_get(condition, "Value"));
        value_set(call->arena, by, value_get_text(condition, "Type"), test);
        put(call, statement, "Condition", by);
    }
    return statement;
}

/* A whole policy takes the place of all statements. */
static bool put_policy(struct call *call, struct value *bus)
{
    struct value *policy, *by_id = value_map(call->arena);
    struct error error = ERROR_INIT;
    if (call_text(call, "Policy").len > POLICY_MAX)
        return call_fail(call, 400, "PolicyLengthExceededException", "The policy is longer than 10 KB.");
    if (!json_read(call->arena, STR_EMPTY, call_text(call, "Policy"), &policy, &error) ||
        !value_get(policy, "Statement"))
        return call_fail(call, 400, "ValidationException", "Policy is not valid.");
    struct value *statements = list_of(call, value_get(policy, "Statement"));
    for (size_t i = 0; i < statements->count; i++) {
        struct str id = value_get_text(statements->items[i], "Sid");
        if (!id.len)
            return call_fail(call, 400, "ValidationException", "A statement of the policy has no Sid.");
        value_set(call->arena, by_id, id, statements->items[i]);
    }
    state_put(call, bus, STR("policy"), by_id);
    return true;
}

bool events_PutPermission(struct call *call)
{
    struct value *bus = events_bus(call, call_text(call, "EventBusName"));
    if (!bus)
        return false;
    if (call_has(call, "Policy"))
        return put_policy(call, bus);
    if (!call_need(call, "StatementId", 400, "ValidationException") ||
        !call_need(call, "Action", 400, "ValidationException") ||
        !call_need(call, "Principal", 400, "ValidationException"))
        return false;
    if (call_has(call, "Condition") && !str_is(call_text(call, "Principal"), "*"))
        return call_fail(
            call, 400, "ValidationException",
            "Value of the parameter 'principal' must be '*' when the parameter 'condition' is set.");
    struct value *policy = value_get(bus, "policy");
    if (!policy)
        policy = state_put(call, bus, STR("policy"), value_map(call->arena));
    state_put(call, policy, call_text(call, "StatementId"),
              statement_given(call, bus_name(call_text(call, "EventBusName"))));
    return true;
}

bool events_RemovePermission(struct call *call)
{
    struct value *bus = events_bus(call, call_text(call, "EventBusName"));
    struct str id = call_text(call, "StatementId");
    if (!bus)
        return false;
    struct value *policy = value_get(bus, "policy");
    if (value_get_bool(call->input, "RemoveAllPermissions", false)) {
        (void)value_remove(bus, STR("policy"));
        return true;
    }
    if (!policy || !value_remove(policy, id))
        return call_fail(call, 400, EVENTS_MISSING, "Statement with the provided id does not exist.");
    if (!policy->count)
        (void)value_remove(bus, STR("policy"));
    return true;
}

/* --- archives --- */

static struct value *archives(struct call *call)
{
    return state_map(call, "archives");
}

static struct value *archive_of(struct call *call)
{
    struct str name = call_text(call, "ArchiveName");
    struct value *archive = value_get_str(archives(call), name);
    if (!archive)
        call_fail(call, 400, EVENTS_MISSING, "Archive %.*s does not exist.", STR_ARG(name));
    return archive;
}

static struct value *archive_shape(struct call *call, struct str name, const struct value *archive)
{
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "ArchiveName", name);
    put(call, shape, "EventSourceArn", value_get(archive, "EventSourceArn"));
    put_text(call, shape, "State", STR("ENABLED"));
    put_int(call, shape, "RetentionDays", value_get_int(archive, "RetentionDays", 0));
    put_int(call, shape, "SizeBytes", 0);
    put_int(call, shape, "EventCount", 0);
    put_time(call, shape, "CreationTime", value_get_int(archive, "created", 0));
    return shape;
}

static void archive_answer(struct call *call, const struct value *archive)
{
    put_text(call, call->output, "ArchiveArn",
             arn(call, "events", "archive/%.*s", STR_ARG(call_text(call, "ArchiveName"))));
    put_text(call, call->output, "State", STR("ENABLED"));
    put_time(call, call->output, "CreationTime", value_get_int(archive, "created", 0));
}

static bool archive_is_valid(struct call *call)
{
    struct value *pattern;
    struct error error = ERROR_INIT;
    struct str text = call_text(call, "EventPattern");
    if (text.len &&
        (!json_read(call->arena, STR_EMPTY, text, &pattern, &error) || pattern->kind != VALUE_MAP))
        return call_fail(call, 400, "InvalidEventPatternException", "Event pattern is not valid.");
    return value_get_int(call->input, "RetentionDays", 0) >= 0 ||
           call_fail(call, 400, "ValidationException", "RetentionDays must not be negative");
}

static void archive_take(struct call *call, struct value *archive)
{
    static const char *const members[] = {"Description", "EventPattern", "RetentionDays", "KmsKeyIdentifier"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, archive, members[i]);
}

bool events_CreateArchive(struct call *call)
{
    struct str name = call_text(call, "ArchiveName");
    if (!events_name_is_valid(call, "ArchiveName", ARCHIVE_NAME_MAX, false) || !archive_is_valid(call) ||
        !events_bus(call, call_text(call, "EventSourceArn")))
        return false;
    if (value_get_str(archives(call), name))
        return call_fail(call, 400, EVENTS_EXISTS, "Archive %.*s already exists.", STR_ARG(name));
    struct value *archive = state_put(call, archives(call), name, value_map(call->arena));
    state_member(call, archive, "EventSourceArn");
    state_int(call, archive, "created", call->now);
    archive_take(call, archive);
    archive_answer(call, archive);
    return true;
}

bool events_UpdateArchive(struct call *call)
{
    struct value *archive = archive_of(call);
    if (!archive || !archive_is_valid(call))
        return false;
    archive_take(call, archive);
    archive_answer(call, archive);
    return true;
}

bool events_DescribeArchive(struct call *call)
{
    static const char *const members[] = {"Description", "EventPattern", "KmsKeyIdentifier"};
    struct value *archive = archive_of(call);
    if (!archive)
        return false;
    call->output = archive_shape(call, call_text(call, "ArchiveName"), archive);
    archive_answer(call, archive);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, call->output, members[i], value_get(archive, members[i]));
    return true;
}

bool events_DeleteArchive(struct call *call)
{
    return archive_of(call) && value_remove(archives(call), call_text(call, "ArchiveName"));
}

bool events_ListArchives(struct call *call)
{
    return events_list(call, archives(call), "Archives", archive_shape);
}
