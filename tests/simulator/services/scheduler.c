/* Amazon EventBridge Scheduler, as of its API reference: schedules, their groups, and the groups' tags. */

#include "tests/simulator/roles.h"
#include "tests/simulator/service.h"

#include <string.h>

enum { PAGE = 100, NAME_MAX_LENGTH = 64, EXPRESSION_MAX = 256, AGE_DEFAULT = 86400, RETRIES_DEFAULT = 185 };

#define MISSING "ResourceNotFoundException"
#define INVALID "ValidationException"

static const struct sim_paging paging = {
    .size_member = "MaxResults", .token_member = "NextToken", .size = PAGE, .size_max = PAGE};

static bool name_is_valid(struct call *call, const char *member)
{
    struct str name = call_text(call, member);
    bool good = name.len > 0 && name.len <= NAME_MAX_LENGTH;
    for (size_t i = 0; i < name.len && good; i++)
        good = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", name.ptr[i]);
    return good ||
           call_fail(call, 400, INVALID,
                     "1 validation error detected: Value '%.*s' at '%s' failed to satisfy constraint: "
                     "Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$",
                     STR_ARG(name), member);
}

/* --- groups: {"tags", "schedules", "created", "modified", "gone"}; the default one is always there --- */

/* What has been deleted for long enough is forgotten. */
static struct value *groups(struct call *call)
{
    struct value *all = state_map(call, "groups");
    for (size_t i = all->count; i > 0; i--)
        if (value_get_int(all->entries[i - 1].value, "gone", INT64_MAX) <= call->now)
            (void)value_remove(all, all->entries[i - 1].key);
    return all;
}

static struct str group_arn(struct call *call, struct str name)
{
    return arn(call, "scheduler", "schedule-group/%.*s", STR_ARG(name));
}

static struct value *group_new(struct call *call, struct str name)
{
    struct value *group = state_put(call, groups(call), name, value_map(call->arena));
    state_put(call, group, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    state_put(call, group, STR("schedules"), value_map(call->arena));
    state_int(call, group, "created", call->now);
    state_int(call, group, "modified", call->now);
    return group;
}

static struct value *group_with(struct call *call, struct str name)
{
    struct value *group = value_get_str(groups(call), name);
    if (!group && str_is(name, "default")) { /* it is always there */
        group = state_put(call, groups(call), name, value_map(call->arena));
        state_put(call, group, STR("tags"), value_map(call->arena));
        state_put(call, group, STR("schedules"), value_map(call->arena));
    }
    if (!group)
        call_fail(call, 404, MISSING, "Schedule group %.*s does not exist.", STR_ARG(name));
    return group;
}

static bool CreateScheduleGroup(struct call *call)
{
    struct str name = call_text(call, "Name"), token = call_text(call, "ClientToken");
    if (!name_is_valid(call, "Name"))
        return false;
    struct value *there = value_get_str(groups(call), name);
    bool same = there && token.len && str_equal(token, value_get_text(there, "token"));
    if (str_is(name, "default") || (there && !same))
        return call_fail(call, 409, "ConflictException", "Schedule group %.*s already exists.",
                         STR_ARG(name));
    if (!same)
        state_text(call, group_new(call, name), "token", token);
    put_text(call, call->output, "ScheduleGroupArn", group_arn(call, name));
    return true;
}

static struct value *group_shape(struct call *call, struct str name, const struct value *group)
{
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "Arn", group_arn(call, name));
    put_text(call, shape, "Name", name);
    put_text(call, shape, "State", value_get(group, "gone") ? STR("DELETING") : STR("ACTIVE"));
    put_time(call, shape, "CreationDate", value_get_int(group, "created", 0));
    put_time(call, shape, "LastModificationDate", value_get_int(group, "modified", 0));
    return shape;
}

static bool GetScheduleGroup(struct call *call)
{
    struct str name = call_text(call, "Name");
    struct value *group = group_with(call, name);
    if (group)
        call->output = group_shape(call, name, group);
    return group;
}

/* A group goes with its schedules, and is DELETING until they are gone. */
static bool DeleteScheduleGroup(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (str_is(name, "default"))
        return call_fail(call, 400, INVALID, "The default schedule group cannot be deleted.");
    struct value *group = group_with(call, name);
    if (!group)
        return false;
    if (value_get(group, "gone"))
        return call_fail(call, 409, "ConflictException", "Schedule group %.*s is being deleted.",
                         STR_ARG(name));
    state_int(call, group, "gone", call->now + call_delay(call, "scheduler.deleting"));
    return true;
}

static bool has_prefix(struct call *call, struct str name)
{
    struct str prefix = call_text(call, "NamePrefix");
    return str_equal(str_slice(name, 0, prefix.len), prefix);
}

static bool put_page(struct call *call, const char *member, const struct value *shapes)
{
    struct str next;
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, member, page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

static bool ListScheduleGroups(struct call *call)
{
    struct value *all = groups(call), *shapes = value_map(call->arena);
    (void)group_with(call, STR("default"));
    for (size_t i = 0; i < all->count; i++)
        if (has_prefix(call, all->entries[i].key))
            value_set(call->arena, shapes, all->entries[i].key,
                      group_shape(call, all->entries[i].key, all->entries[i].value));
    return put_page(call, "ScheduleGroups", shapes);
}

/* --- schedules --- */

/* GroupName is in the body of writes and in the query of reads, as groupName. */
static struct str group_name(struct call *call)
{
    struct str name = call_text(call, "GroupName");
    name = name.len ? name : call_text(call, "groupName");
    return name.len ? name : STR("default");
}

static struct str schedule_arn(struct call *call, struct str group, struct str name)
{
    return arn(call, "scheduler", "schedule/%.*s/%.*s", STR_ARG(group), STR_ARG(name));
}

static struct value *schedule_with(struct call *call, struct str group_name, struct str name)
{
    struct value *group = group_with(call, group_name);
    struct value *schedule = group ? value_get_str(value_get(group, "schedules"), name) : NULL;
    if (group && !schedule)
        call_fail(call, 404, MISSING, "Schedule %.*s does not exist.", STR_ARG(name));
    return schedule;
}

static bool expression_is_valid(struct call *call)
{
    static const char *const kinds[] = {"rate(", "cron(", "at("};
    struct str text = call_text(call, "ScheduleExpression");
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (text.len <= EXPRESSION_MAX && str_starts(text, kinds[i]) && str_ends(text, ")"))
            return true;
    return call_fail(call, 400, INVALID, "Invalid Schedule Expression %.*s.", STR_ARG(text));
}

static bool window_is_valid(struct call *call)
{
    const struct value *window = value_get(call->input, "FlexibleTimeWindow");
    struct str mode = value_get_text(window, "Mode");
    int64_t minutes = value_get_int(window, "MaximumWindowInMinutes", 0);
    if (!str_is(mode, "OFF") && !str_is(mode, "FLEXIBLE"))
        return call_fail(call, 400, INVALID, "FlexibleTimeWindow.Mode must be OFF or FLEXIBLE.");
    if (str_is(mode, "OFF") ? minutes != 0 : minutes < 1 || minutes > 1440)
        return call_fail(
            call, 400, INVALID,
            "MaximumWindowInMinutes must be 1 to 1440 in mode FLEXIBLE, and absent in mode OFF.");
    return true;
}

static bool dates_are_valid(struct call *call)
{
    int64_t start = value_get_int(call->input, "StartDate", 0);
    int64_t end = value_get_int(call->input, "EndDate", INT64_MAX);
    return start < end || call_fail(call, 400, INVALID, "The StartDate must be before the EndDate.");
}

static bool target_is_valid(struct call *call)
{
    const struct value *target = value_get(call->input, "Target");
    struct str role = value_get_text(target, "RoleArn");
    if (!str_starts(value_get_text(target, "Arn"), "arn:"))
        return call_fail(call, 400, INVALID, "Provided Arn is not in correct format.");
    switch (role_check(call, role, "scheduler.amazonaws.com")) {
    case ROLE_GOOD:
        return true;
    case ROLE_MALFORMED:
        return call_fail(call, 400, INVALID, "1 validation error detected: Value '%.*s' at 'target.roleArn'",
                         STR_ARG(role));
    case ROLE_FOREIGN:
    case ROLE_UNKNOWN:
    case ROLE_UNTRUSTING:
        break;
    }
    return call_fail(
        call, 400, INVALID,
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
}

static bool schedule_is_valid(struct call *call)
{
    static const char *const states[] = {"", "ENABLED", "DISABLED"};
    bool known = false;
    for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
        known = known || str_is(call_text(call, "State"), states[i]);
    if (!known)
        return call_fail(call, 400, INVALID, "State must be ENABLED or DISABLED.");
    return name_is_valid(call, "Name") && expression_is_valid(call) && window_is_valid(call) &&
           dates_are_valid(call) && target_is_valid(call);
}

static void set_or(struct call *call, struct value *map, const char *name, const char *otherwise)
{
    state_text(call, map, name, call_has(call, name) ? call_text(call, name) : str_from(otherwise));
}

/* Both writes say the whole schedule. */
static struct value *take(struct call *call, struct value *group, int64_t created)
{
    static const char *const members[] = {
        "Description", "EndDate", "FlexibleTimeWindow", "KmsKeyArn", "ScheduleExpression",
        "StartDate",   "Target"};
    struct value *schedule =
        state_put(call, value_get(group, "schedules"), call_text(call, "Name"), value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, schedule, members[i]);
    set_or(call, schedule, "ScheduleExpressionTimezone", "UTC");
    set_or(call, schedule, "State", "ENABLED");
    set_or(call, schedule, "ActionAfterCompletion", "NONE");
    struct value *target = value_get(schedule, "Target");
    if (!value_get(target, "RetryPolicy"))
        state_put(call, target, STR("RetryPolicy"), value_map(call->arena));
    struct value *retries = value_get(target, "RetryPolicy");
    if (!value_get(retries, "MaximumEventAgeInSeconds"))
        state_int(call, retries, "MaximumEventAgeInSeconds", AGE_DEFAULT);
    if (!value_get(retries, "MaximumRetryAttempts"))
        state_int(call, retries, "MaximumRetryAttempts", RETRIES_DEFAULT);
    state_int(call, schedule, "created", created);
    state_int(call, schedule, "modified", call->now);
    state_text(call, schedule, "token", call_text(call, "ClientToken"));
    put_text(call, call->output, "ScheduleArn",
             schedule_arn(call, group_name(call), call_text(call, "Name")));
    return schedule;
}

static bool CreateSchedule(struct call *call)
{
    struct str name = call_text(call, "Name"), token = call_text(call, "ClientToken");
    struct value *group = schedule_is_valid(call) ? group_with(call, group_name(call)) : NULL;
    if (!group)
        return false;
    if (value_get(group, "gone"))
        return call_fail(call, 409, "ConflictException", "Schedule group %.*s is being deleted.",
                         STR_ARG(group_name(call)));
    struct value *there = value_get_str(value_get(group, "schedules"), name);
    if (there && !(token.len && str_equal(token, value_get_text(there, "token"))))
        return call_fail(call, 409, "ConflictException", "Schedule %.*s already exists.", STR_ARG(name));
    if (!there)
        (void)take(call, group, call->now);
    put_text(call, call->output, "ScheduleArn", schedule_arn(call, group_name(call), name));
    return true;
}

static bool UpdateSchedule(struct call *call)
{
    if (!schedule_is_valid(call))
        return false;
    struct value *there = schedule_with(call, group_name(call), call_text(call, "Name"));
    if (!there)
        return false;
    int64_t created = value_get_int(there, "created", 0);
    (void)take(call, group_with(call, group_name(call)), created);
    return true;
}

static bool GetSchedule(struct call *call)
{
    static const char *const members[] = {"ActionAfterCompletion",
                                          "Description",
                                          "EndDate",
                                          "FlexibleTimeWindow",
                                          "KmsKeyArn",
                                          "ScheduleExpression",
                                          "ScheduleExpressionTimezone",
                                          "StartDate",
                                          "State",
                                          "Target"};
    struct str name = call_text(call, "Name");
    struct value *schedule = schedule_with(call, group_name(call), name);
    if (!schedule)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, call->output, members[i], value_get(schedule, members[i]));
    put_text(call, call->output, "Arn", schedule_arn(call, group_name(call), name));
    put_text(call, call->output, "GroupName", group_name(call));
    put_text(call, call->output, "Name", name);
    put_time(call, call->output, "CreationDate", value_get_int(schedule, "created", 0));
    put_time(call, call->output, "LastModificationDate", value_get_int(schedule, "modified", 0));
    return true;
}

static bool DeleteSchedule(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (!schedule_with(call, group_name(call), name))
        return false;
    (void)value_remove(value_get(group_with(call, group_name(call)), "schedules"), name);
    return true;
}

static void list_group(struct call *call, struct str group, const struct value *schedules,
                       struct value *shapes)
{
    for (size_t i = 0; i < schedules->count; i++) {
        struct str name = schedules->entries[i].key;
        const struct value *schedule = schedules->entries[i].value;
        struct value *shape = value_map(call->arena), *target = value_map(call->arena);
        if (!has_prefix(call, name))
            continue;
        put_text(call, shape, "Arn", schedule_arn(call, group, name));
        put_text(call, shape, "GroupName", group);
        put_text(call, shape, "Name", name);
        put(call, shape, "State", value_get(schedule, "State"));
        put(call, target, "Arn", value_path(schedule, "Target", "Arn", NULL));
        put(call, shape, "Target", target);
        put_time(call, shape, "CreationDate", value_get_int(schedule, "created", 0));
        put_time(call, shape, "LastModificationDate", value_get_int(schedule, "modified", 0));
        value_set(call->arena, shapes, schedule_arn(call, group, name), shape);
    }
}

static bool ListSchedules(struct call *call)
{
    struct str wanted = call_text(call, "ScheduleGroup");
    struct value *all = groups(call), *shapes = value_map(call->arena);
    if (wanted.len && !group_with(call, wanted))
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (!wanted.len || str_equal(wanted, all->entries[i].key))
            list_group(call, all->entries[i].key, value_get(all->entries[i].value, "schedules"), shapes);
    return put_page(call, "Schedules", shapes);
}

/* --- tags --- */

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "ResourceArn"), prefix = group_arn(call, STR_EMPTY);
    if (str_starts(wanted, prefix.ptr))
        return group_with(call, str_from_index(wanted, prefix.len));
    call_fail(call, 404, MISSING, "Resource %.*s does not exist.", STR_ARG(wanted));
    return NULL;
}

static bool TagResource(struct call *call)
{
    struct value *group = tagged(call);
    if (group)
        state_merge(call, group, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return group;
}

static bool UntagResource(struct call *call)
{
    struct value *group = tagged(call);
    if (group)
        state_remove_keys(group, "tags", call_list(call, "TagKeys"));
    return group;
}

static bool ListTagsForResource(struct call *call)
{
    struct value *group = tagged(call);
    if (group)
        put(call, call->output, "Tags", tags_to_list(call, value_get(group, "tags"), "Key", "Value"));
    return group;
}

#define ROW(NAME, EFFECT, METHOD, PATH)                                                                      \
    {                                                                                                        \
        .name = #NAME, .effect = EFFECT, .handle = NAME, .method = METHOD, .path = PATH                      \
    }

static const struct sim_operation operations[] = {
    ROW(CreateSchedule, SIM_WRITE, "POST", "/schedules/{Name}"),
    ROW(CreateScheduleGroup, SIM_WRITE, "POST", "/schedule-groups/{Name}"),
    ROW(DeleteSchedule, SIM_WRITE, "DELETE", "/schedules/{Name}"),
    ROW(DeleteScheduleGroup, SIM_WRITE, "DELETE", "/schedule-groups/{Name}"),
    ROW(GetSchedule, SIM_READ, "GET", "/schedules/{Name}"),
    ROW(GetScheduleGroup, SIM_READ, "GET", "/schedule-groups/{Name}"),
    ROW(ListScheduleGroups, SIM_READ, "GET", "/schedule-groups"),
    ROW(ListSchedules, SIM_READ, "GET", "/schedules"),
    ROW(ListTagsForResource, SIM_READ, "GET", "/tags/{ResourceArn}"),
    ROW(TagResource, SIM_WRITE, "POST", "/tags/{ResourceArn}"),
    ROW(UntagResource, SIM_WRITE, "DELETE", "/tags/{ResourceArn}"),
    ROW(UpdateSchedule, SIM_WRITE, "PUT", "/schedules/{Name}"),
};

const struct sim_service sim_scheduler = {
    .name = "scheduler",
    .rest = true,
    .rest_protocol = SIM_RESTJSON,
    .throttle_status = 429,
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
