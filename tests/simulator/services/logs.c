/* Amazon CloudWatch Logs, as of its API reference: log groups, their retention, tags and filters. */

#include "base/json.h"
#include "tests/simulator/service.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 512, PAGE = 50, TAGS_MAX = 50, METRIC_FILTERS_MAX = 100, SUBSCRIPTIONS_MAX = 2 };

static const int64_t retentions[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                     365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

static const struct sim_paging paging = {.size_member = "limit",
                                         .token_member = "nextToken",
                                         .size = PAGE,
                                         .size_max = PAGE,
                                         .error_code = "InvalidParameterException"};

static bool invalid(struct call *call, const char *message)
{
    return call_fail(call, 400, "InvalidParameterException", "%s", message);
}

static struct value *groups(struct call *call)
{
    return state_map(call, "groups");
}

static struct str group_arn(struct call *call, struct str name)
{
    return arn(call, "logs", "log-group:%.*s", STR_ARG(name));
}

/* The name in "arn:aws:logs:...:log-group:NAME", with or without ":*" behind; names are left as they are. */
static struct str name_in(struct call *call, struct str text)
{
    struct str prefix = group_arn(call, STR_EMPTY);
    if (!str_starts(text, prefix.ptr))
        return text;
    text = str_from_index(text, prefix.len);
    return str_ends(text, ":*") ? str_slice(text, 0, text.len - 2) : text;
}

/* The log group that a member names, or NULL after call_fail. */
static struct value *group_of(struct call *call, const char *member)
{
    struct value *group = value_get_str(groups(call), name_in(call, call_text(call, member)));
    if (!group)
        call_fail(call, 400, "ResourceNotFoundException", "The specified log group does not exist.");
    return group;
}

static bool tags_fit(struct call *call, const struct value *there, const struct value *added)
{
    size_t count = there ? there->count : 0;
    for (size_t i = 0; added && i < added->count; i++)
        count += !value_get_str(there, added->entries[i].key);
    return count <= TAGS_MAX || invalid(call, "Too many tags: a log group can have up to 50");
}

static bool name_is_valid(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/.#-", name.ptr[i]))
            return false;
    return name.len > 0 && name.len <= NAME_MAX_LENGTH;
}

static bool create_log_group(struct call *call)
{
    struct str name = call_text(call, "logGroupName"), class = call_text(call, "logGroupClass");
    struct value *tags = value_get(call->input, "tags");
    if (!name_is_valid(name))
        return invalid(call,
                       "1 validation error detected: Value at 'logGroupName' failed to satisfy constraint: "
                       "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+");
    if (!tags_fit(call, NULL, tags))
        return false;
    if (value_get_str(groups(call), name))
        return call_fail(call, 400, "ResourceAlreadyExistsException",
                         "The specified log group already exists");
    struct value *group = state_put(call, groups(call), name, value_map(call->arena));
    state_text(call, group, "logGroupName", name);
    state_text(call, group, "logGroupClass", class.len ? class : STR("STANDARD"));
    state_bool(call, group, "deletionProtectionEnabled",
               value_get_bool(call->input, "deletionProtectionEnabled", false));
    state_member(call, group, "kmsKeyId");
    state_int(call, group, "creationTime", call->now);
    state_put(call, group, STR("tags"), tags ? tags : value_map(call->arena));
    state_put(call, group, STR("metric"), value_map(call->arena));
    state_put(call, group, STR("subscription"), value_map(call->arena));
    return true;
}

static bool delete_log_group(struct call *call)
{
    struct value *group = group_of(call, "logGroupName");
    if (!group)
        return false;
    if (value_get_bool(group, "deletionProtectionEnabled", false))
        return call_fail(call, 400, "ValidationException",
                         "The log group is protected against deletion. Disable deletion protection first.");
    return value_remove(groups(call), value_get_text(group, "logGroupName"));
}

static struct value *group_shape(struct call *call, const struct value *group)
{
    static const char *const members[] = {"logGroupName",
                                          "creationTime",
                                          "retentionInDays",
                                          "kmsKeyId",
                                          "logGroupClass",
                                          "deletionProtectionEnabled",
                                          "bearerTokenAuthenticationEnabled"};
    struct value *shape = value_map(call->arena);
    struct str text = group_arn(call, value_get_text(group, "logGroupName"));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(group, members[i]));
    put_int(call, shape, "metricFilterCount", (int64_t)value_get(group, "metric")->count);
    put_int(call, shape, "storedBytes", 0);
    put_textf(call, shape, "arn", "%.*s:*", STR_ARG(text));
    put_text(call, shape, "logGroupArn", text);
    return shape;
}

static bool describe_log_groups(struct call *call)
{
    struct value *all = groups(call), *found = value_map(call->arena);
    struct str pattern = call_text(call, "logGroupNamePattern"), class = call_text(call, "logGroupClass"),
               next;
    const char *prefix = arena_strz(call->arena, call_text(call, "logGroupNamePrefix"));
    if (pattern.len && prefix[0])
        return invalid(call,
                       "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    for (size_t i = 0; i < all->count; i++) {
        struct str name = all->entries[i].key;
        if (str_starts(name, prefix) && str_contains(name, arena_strz(call->arena, pattern)) &&
            (!class.len || str_equal(class, value_get_text(all->entries[i].value, "logGroupClass"))))
            value_set(call->arena, found, name, all->entries[i].value);
    }
    struct value *page = call_page(call, found, &paging, &next);
    if (!page)
        return false;
    for (size_t i = 0; i < page->count; i++)
        page->items[i] = group_shape(call, page->items[i]);
    put(call, call->output, "logGroups", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

static bool put_retention_policy(struct call *call)
{
    struct value *group = group_of(call, "logGroupName");
    int64_t days = value_get_int(call->input, "retentionInDays", 0);
    bool known = false;
    if (!group)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(retentions); i++)
        known = known || retentions[i] == days;
    if (!known)
        return call_fail(
            call, 400, "InvalidParameterException",
            "1 validation error detected: Value '%lld' at 'retentionInDays' failed to satisfy "
            "constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, "
            "180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
            (long long)days);
    state_int(call, group, "retentionInDays", days);
    return true;
}

static bool delete_retention_policy(struct call *call)
{
    struct value *group = group_of(call, "logGroupName");
    if (group)
        (void)value_remove(group, STR("retentionInDays"));
    return group;
}

static bool associate_kms_key(struct call *call)
{
    struct value *group =
        group_of(call, call_has(call, "logGroupName") ? "logGroupName" : "resourceIdentifier");
    return group && state_member(call, group, "kmsKeyId");
}

static bool disassociate_kms_key(struct call *call)
{
    struct value *group =
        group_of(call, call_has(call, "logGroupName") ? "logGroupName" : "resourceIdentifier");
    if (group)
        (void)value_remove(group, STR("kmsKeyId"));
    return group;
}

static bool put_log_group_deletion_protection(struct call *call)
{
    struct value *group = group_of(call, "logGroupIdentifier");
    return group && state_member(call, group, "deletionProtectionEnabled");
}

static bool put_bearer_token_authentication(struct call *call)
{
    struct value *group = group_of(call, "logGroupIdentifier");
    return group && state_member(call, group, "bearerTokenAuthenticationEnabled");
}

/* --- Documents that hang on a group -------------------------------------------------------------------- */

static bool is_document(struct call *call)
{
    struct value *read;
    struct error ignored = ERROR_INIT;
    return (json_read(call->arena, STR_EMPTY, call_text(call, "policyDocument"), &read, &ignored) &&
            value_is(read, VALUE_MAP)) ||
           invalid(call, "The policy document is not JSON");
}

/* Keeps the document under `name`; gives what is kept, or NULL after call_fail. */
static struct value *keep_document(struct call *call, const char *member, const char *name)
{
    struct value *group = group_of(call, member);
    if (!group || !is_document(call))
        return NULL;
    struct value *kept = state_put(call, group, str_from(name), value_map(call->arena));
    state_member(call, kept, "policyDocument");
    state_int(call, kept, "time", call->now);
    return kept;
}

static bool drop_document(struct call *call, const char *member, const char *name)
{
    struct value *group = group_of(call, member);
    return group && (value_remove(group, str_from(name)) ||
                     call_fail(call, 400, "ResourceNotFoundException", "The policy does not exist."));
}

static struct value *document_shape(struct call *call, const struct value *kept, const char *time)
{
    struct value *shape = value_map(call->arena);
    put(call, shape, "policyDocument", value_get(kept, "policyDocument"));
    put(call, shape, time, value_get(kept, "time"));
    return shape;
}

static bool put_data_protection_policy(struct call *call)
{
    struct value *kept = keep_document(call, "logGroupIdentifier", "protection");
    if (!kept)
        return false;
    call->output = document_shape(call, kept, "lastUpdatedTime");
    put(call, call->output, "logGroupIdentifier", value_get(call->input, "logGroupIdentifier"));
    return true;
}

static bool get_data_protection_policy(struct call *call)
{
    struct value *group = group_of(call, "logGroupIdentifier");
    if (!group)
        return false;
    if (value_get(group, "protection"))
        call->output = document_shape(call, value_get(group, "protection"), "lastUpdatedTime");
    put(call, call->output, "logGroupIdentifier", value_get(call->input, "logGroupIdentifier"));
    return true;
}

static bool delete_data_protection_policy(struct call *call)
{
    return drop_document(call, "logGroupIdentifier", "protection");
}

static struct value *index_shape(struct call *call, const struct value *group)
{
    struct value *shape = document_shape(call, value_get(group, "index"), "lastUpdateTime");
    put_text(call, shape, "logGroupIdentifier", group_arn(call, value_get_text(group, "logGroupName")));
    put_text(call, shape, "source", STR("LOG_GROUP"));
    return shape;
}

static bool put_index_policy(struct call *call)
{
    if (!keep_document(call, "logGroupIdentifier", "index"))
        return false;
    put(call, call->output, "indexPolicy", index_shape(call, group_of(call, "logGroupIdentifier")));
    return true;
}

static bool delete_index_policy(struct call *call)
{
    return drop_document(call, "logGroupIdentifier", "index");
}

static bool describe_index_policies(struct call *call)
{
    struct value *list = value_list(call->arena), *asked = call_list(call, "logGroupIdentifiers");
    for (size_t i = 0; i < asked->count; i++) {
        struct value *group = value_get_str(groups(call), name_in(call, value_text(asked->items[i])));
        if (!group)
            return call_fail(call, 400, "ResourceNotFoundException",
                             "The specified log group does not exist.");
        if (value_get(group, "index"))
            value_append(call->arena, list, index_shape(call, group));
    }
    put(call, call->output, "indexPolicies", list);
    return true;
}

static struct value *policy_shape(struct call *call, const struct value *group)
{
    struct value *shape = document_shape(call, value_get(group, "policy"), "lastUpdatedTime");
    put_text(call, shape, "policyScope", STR("RESOURCE"));
    put_text(call, shape, "resourceArn", group_arn(call, value_get_text(group, "logGroupName")));
    return shape;
}

/* Of a log group only: the account's own, which have names, are not simulated. */
static bool put_resource_policy(struct call *call)
{
    if (!keep_document(call, "resourceArn", "policy"))
        return false;
    put(call, call->output, "resourcePolicy", policy_shape(call, group_of(call, "resourceArn")));
    return true;
}

static bool delete_resource_policy(struct call *call)
{
    return drop_document(call, "resourceArn", "policy");
}

static bool describe_resource_policies(struct call *call)
{
    struct value *list = value_list(call->arena), *group = group_of(call, "resourceArn");
    if (!group)
        return false;
    if (value_get(group, "policy"))
        value_append(call->arena, list, policy_shape(call, group));
    put(call, call->output, "resourcePolicies", list);
    return true;
}

/* --- Tags, by ARN and by name ------------------------------------------------------------------------- */

static bool add_tags(struct call *call, const char *member)
{
    struct value *group = group_of(call, member), *tags = value_get(call->input, "tags");
    if (!group || !tags_fit(call, value_get(group, "tags"), tags))
        return false;
    state_merge(call, group, "tags", tags);
    return true;
}

static bool remove_tags(struct call *call, const char *member, const char *keys)
{
    struct value *group = group_of(call, member);
    if (group)
        state_remove_keys(group, "tags", call_list(call, keys));
    return group;
}

static bool list_tags(struct call *call, const char *member)
{
    struct value *group = group_of(call, member);
    if (group)
        put(call, call->output, "tags", value_get(group, "tags"));
    return group;
}

static bool tag_resource(struct call *call)
{
    return add_tags(call, "resourceArn");
}

static bool untag_resource(struct call *call)
{
    return remove_tags(call, "resourceArn", "tagKeys");
}

static bool list_tags_for_resource(struct call *call)
{
    return list_tags(call, "resourceArn");
}

static bool tag_log_group(struct call *call)
{
    return add_tags(call, "logGroupName");
}

static bool untag_log_group(struct call *call)
{
    return remove_tags(call, "logGroupName", "tags");
}

static bool list_tags_log_group(struct call *call)
{
    return list_tags(call, "logGroupName");
}

/* --- Metric and subscription filters ------------------------------------------------------------------ */

struct filter_kind {
    const char *map;
    size_t most;
    const char *list;
    const char *const *members;
    size_t member_count;
};

static const char *const metric_members[] = {"filterName", "filterPattern", "metricTransformations",
                                             "applyOnTransformedLogs"};
static const char *const subscription_members[] = {"filterName", "filterPattern", "destinationArn",
                                                   "roleArn",    "distribution",  "applyOnTransformedLogs"};
static const struct filter_kind metric_filters = {"metric", METRIC_FILTERS_MAX, "metricFilters",
                                                  metric_members, ARRAY_LENGTH(metric_members)};
static const struct filter_kind subscriptions = {"subscription", SUBSCRIPTIONS_MAX, "subscriptionFilters",
                                                 subscription_members, ARRAY_LENGTH(subscription_members)};

static bool put_filter(struct call *call, const struct filter_kind *kind)
{
    struct value *group = group_of(call, "logGroupName");
    struct str name = call_text(call, "filterName");
    if (!group || !call_need(call, "filterName", 400, "InvalidParameterException"))
        return false;
    struct value *filters = value_get(group, kind->map), *filter = value_get_str(filters, name);
    if (!filter && filters->count >= kind->most)
        return call_fail(call, 400, "LimitExceededException", "Resource limit exceeded.");
    int64_t created = value_get_int(filter, "creationTime", call->now);
    filter = state_put(call, filters, name, value_map(call->arena));
    for (size_t i = 0; i < kind->member_count; i++)
        state_member(call, filter, kind->members[i]);
    state_put(call, filter, STR("logGroupName"), value_get(group, "logGroupName"));
    state_int(call, filter, "creationTime", created);
    return true;
}

static bool delete_filter(struct call *call, const struct filter_kind *kind)
{
    struct value *group = group_of(call, "logGroupName");
    return group && (value_remove(value_get(group, kind->map), call_text(call, "filterName")) ||
                     call_fail(call, 400, "ResourceNotFoundException",
                               "The specified filter does not exist in the log group."));
}

static void add_filters(struct call *call, struct value *found, const struct value *group,
                        const struct filter_kind *kind)
{
    const struct value *filters = value_get(group, kind->map);
    const char *prefix = arena_strz(call->arena, call_text(call, "filterNamePrefix"));
    for (size_t i = 0; i < filters->count; i++)
        if (str_starts(filters->entries[i].key, prefix))
            value_set(call->arena, found,
                      arena_printf(call->arena, "%.*s:%.*s", STR_ARG(value_get_text(group, "logGroupName")),
                                   STR_ARG(filters->entries[i].key)),
                      filters->entries[i].value);
}

static bool describe_filters(struct call *call, const struct filter_kind *kind)
{
    struct value *found = value_map(call->arena), *all = groups(call);
    struct str next;
    if (call_has(call, "logGroupName")) {
        struct value *group = group_of(call, "logGroupName");
        if (!group)
            return false;
        add_filters(call, found, group, kind);
    } else {
        for (size_t i = 0; i < all->count; i++)
            add_filters(call, found, all->entries[i].value, kind);
    }
    struct value *page = call_page(call, found, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, kind->list, page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

static bool put_metric_filter(struct call *call)
{
    return put_filter(call, &metric_filters);
}

static bool delete_metric_filter(struct call *call)
{
    return delete_filter(call, &metric_filters);
}

static bool describe_metric_filters(struct call *call)
{
    return describe_filters(call, &metric_filters);
}

static bool put_subscription_filter(struct call *call)
{
    return put_filter(call, &subscriptions);
}

static bool delete_subscription_filter(struct call *call)
{
    return delete_filter(call, &subscriptions);
}

static bool describe_subscription_filters(struct call *call)
{
    return describe_filters(call, &subscriptions);
}

static const struct sim_operation operations[] = {
    {.name = "AssociateKmsKey", .effect = SIM_WRITE, .handle = associate_kms_key},
    {.name = "CreateLogGroup", .effect = SIM_WRITE, .handle = create_log_group},
    {.name = "DeleteDataProtectionPolicy", .effect = SIM_WRITE, .handle = delete_data_protection_policy},
    {.name = "DeleteIndexPolicy", .effect = SIM_WRITE, .handle = delete_index_policy},
    {.name = "DeleteLogGroup", .effect = SIM_WRITE, .handle = delete_log_group},
    {.name = "DeleteMetricFilter", .effect = SIM_WRITE, .handle = delete_metric_filter},
    {.name = "DeleteResourcePolicy", .effect = SIM_WRITE, .handle = delete_resource_policy},
    {.name = "DeleteRetentionPolicy", .effect = SIM_WRITE, .handle = delete_retention_policy},
    {.name = "DeleteSubscriptionFilter", .effect = SIM_WRITE, .handle = delete_subscription_filter},
    {.name = "DescribeIndexPolicies", .effect = SIM_READ, .handle = describe_index_policies},
    {.name = "DescribeLogGroups", .effect = SIM_READ, .handle = describe_log_groups},
    {.name = "DescribeMetricFilters", .effect = SIM_READ, .handle = describe_metric_filters},
    {.name = "DescribeResourcePolicies", .effect = SIM_READ, .handle = describe_resource_policies},
    {.name = "DescribeSubscriptionFilters", .effect = SIM_READ, .handle = describe_subscription_filters},
    {.name = "DisassociateKmsKey", .effect = SIM_WRITE, .handle = disassociate_kms_key},
    {.name = "GetDataProtectionPolicy", .effect = SIM_READ, .handle = get_data_protection_policy},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags_for_resource},
    {.name = "ListTagsLogGroup", .effect = SIM_READ, .handle = list_tags_log_group},
    {.name = "PutBearerTokenAuthentication", .effect = SIM_WRITE, .handle = put_bearer_token_authentication},
    {.name = "PutDataProtectionPolicy", .effect = SIM_WRITE, .handle = put_data_protection_policy},
    {.name = "PutIndexPolicy", .effect = SIM_WRITE, .handle = put_index_policy},
    {.name = "PutLogGroupDeletionProtection",
     .effect = SIM_WRITE,
     .handle = put_log_group_deletion_protection},
    {.name = "PutMetricFilter", .effect = SIM_WRITE, .handle = put_metric_filter},
    {.name = "PutResourcePolicy", .effect = SIM_WRITE, .handle = put_resource_policy},
    {.name = "PutRetentionPolicy", .effect = SIM_WRITE, .handle = put_retention_policy},
    {.name = "PutSubscriptionFilter", .effect = SIM_WRITE, .handle = put_subscription_filter},
    {.name = "TagLogGroup", .effect = SIM_WRITE, .handle = tag_log_group},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagLogGroup", .effect = SIM_WRITE, .handle = untag_log_group},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
};

const struct sim_service sim_logs = {
    .name = "logs",
    .target = "Logs_20140328",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
