/*
 * AWS::Logs::LogGroup.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-loggroup.html
 */

#include "providers/logs/operations.h"
#include "providers/logs/types.h"
#include "providers/policy.h"
#include "providers/resource.h"
#include "providers/shape.h"

enum { BUSY_MS = 30 * 1000 };

static const struct shape shape[] = {
    {.path = "BearerTokenAuthenticationEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DataProtectionPolicy", .kind = SHAPE_JSON},
    {.path = "DeletionProtectionEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "FieldIndexPolicies", .kind = SHAPE_LIST},
    {.path = "FieldIndexPolicies.Fields", .kind = SHAPE_SET},
    {.path = "FieldIndexPolicies.FieldsV2", .refused = "name the fields in 'Fields'"},
    {.path = "KmsKeyId", .otherwise = "\"\""},
    {.path = "LogGroupClass", .otherwise = "\"STANDARD\""},
    {.path = "LogGroupName"},
    {.path = "ResourcePolicyDocument", .kind = SHAPE_POLICY},
    {.path = "RetentionInDays", .kind = SHAPE_NUMBER},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};

/* Another change of the same group is under way. */
static const struct hurdle busy[] = {{"OperationAbortedException", NULL}, {NULL, NULL}};

/* --- reading --- */

/* Documents that hang on a group and cost a call each: read where somebody asks for them. */
static bool read_protection(const struct resource_call *call, struct str arn, struct value *live,
                            struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &logs_operations[LOGS_GET_DATA_PROTECTION_POLICY], call->arena,
                  input_with(call->arena, "logGroupIdentifier", arn), &answer, error))
        return false;
    if (value_get(answer, "policyDocument"))
        value_setz(call->arena, live, "DataProtectionPolicy", value_get(answer, "policyDocument"));
    return true;
}

static bool read_indexes(const struct resource_call *call, struct str arn, struct value *live,
                         struct error *error)
{
    struct value *identifiers = value_list(call->arena), *input = value_map(call->arena), *policies;
    value_append(call->arena, identifiers, value_string(call->arena, arn));
    value_setz(call->arena, input, "logGroupIdentifiers", identifiers);
    if (!aws_list(call->aws, &logs_operations[LOGS_DESCRIBE_INDEX_POLICIES], call->arena, input, &policies,
                  error))
        return false;
    struct value *own = value_list(call->arena);
    for (size_t i = 0; i < policies->count; i++) { /* the account's index policy is listed too */
        struct value *document;
        if (!value_is_text(value_get(policies->items[i], "source"), "LOG_GROUP"))
            continue;
        if (!json_of_answer(call->arena, value_get_text(policies->items[i], "policyDocument"), &document,
                            error))
            return false;
        value_append(call->arena, own, document);
    }
    value_setz(call->arena, live, "FieldIndexPolicies", own);
    return true;
}

static bool read_policy(const struct resource_call *call, struct str arn, struct value *live,
                        struct error *error)
{
    struct value *policies;
    struct value *input = input_with(call->arena, "resourceArn", arn);
    if (!aws_list(call->aws, &logs_operations[LOGS_DESCRIBE_RESOURCE_POLICIES], call->arena,
                  and_with(call->arena, input, "policyScope", STR("RESOURCE")), &policies, error))
        return false;
    if (policies->count)
        value_setz(call->arena, live, "ResourcePolicyDocument",
                   value_get(policies->items[0], "policyDocument"));
    return true;
}

static bool read_documents(const struct resource_call *call, struct str arn, const struct value *asked,
                           struct value *live, struct error *error)
{
    static const struct {
        const char *property;
        bool (*read)(const struct resource_call *, struct str arn, struct value *live, struct error *);
    } documents[] = {
        {"DataProtectionPolicy", read_protection},
        {"FieldIndexPolicies", read_indexes},
        {"ResourcePolicyDocument", read_policy},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(documents); i++)
        if (value_get(asked, documents[i].property) && !documents[i].read(call, arn, live, error))
            return false;
    return true;
}

/* There is no Get; the group itself comes first among those whose names begin with its name. */
static bool describe(const struct resource_call *call, struct str name, const struct value **group,
                     struct error *error)
{
    struct value *groups;
    if (!aws_list(call->aws, &logs_operations[LOGS_DESCRIBE_LOG_GROUPS], call->arena,
                  input_with(call->arena, "logGroupNamePrefix", name), &groups, error))
        return false;
    for (size_t i = 0; i < groups->count; i++) {
        *group = groups->items[i];
        if (str_equal(value_get_text(*group, "logGroupName"), name))
            return true;
    }
    return error_set(error, ERROR_NOT_FOUND, "log group '%.*s' does not exist", STR_ARG(name));
}

/* The ARN that tags and policies want: without the ":*" of the attribute. */
static struct str group_arn(const struct value *group)
{
    struct str arn = value_get_text(group, "arn");
    return str_ends(arn, ":*") ? str_slice(arn, 0, arn.len - 2) : arn;
}

static bool read_named(const struct resource_call *call, struct str name, const struct value *asked,
                       struct resource_state *state, struct error *error)
{
    static const char *const names[][2] = {
        {"logGroupName", "LogGroupName"},
        {"retentionInDays", "RetentionInDays"},
        {"kmsKeyId", "KmsKeyId"},
        {"logGroupClass", "LogGroupClass"},
        {"deletionProtectionEnabled", "DeletionProtectionEnabled"},
        {"bearerTokenAuthenticationEnabled", "BearerTokenAuthenticationEnabled"},
    };
    struct arena *arena = call->arena;
    const struct value *group;
    struct value *tags;
    if (!describe(call, name, &group, error) ||
        !aws_call(call->aws, &logs_operations[LOGS_LIST_TAGS_FOR_RESOURCE], arena,
                  input_with(arena, "resourceArn", group_arn(group)), &tags, error))
        return false;
    struct value *live = state->properties = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (value_get(group, names[i][0]))
            value_setz(arena, live, names[i][1], value_get(group, names[i][0]));
    if (!read_documents(call, group_arn(group), asked, live, error))
        return false;
    state->tags = value_get(tags, "tags") ? value_get(tags, "tags") : value_map(arena);
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    state->physical_id = name;
    state->attributes = input_with(arena, "Arn", value_get_text(group, "arn"));
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
    return true;
}

static bool log_group_read(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    return read_named(call, call->physical_id, call->properties, state, error);
}

static bool log_group_find(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    return read_named(call, wanted_name(call, "LogGroupName"), call->properties, state, error);
}

/* --- writing --- */

struct write {
    const char *property;
    const char *member;                /* of `set`'s input */
    bool arn;                          /* named by ARN, not by name */
    const char *identifier;            /* the member that names the group */
    enum logs_operation set, take_off; /* LOGS_OPERATION_COUNT: the default is set */
};

static const struct write writes[] = {
    {"RetentionInDays", "retentionInDays", false, "logGroupName", LOGS_PUT_RETENTION_POLICY,
     LOGS_DELETE_RETENTION_POLICY},
    {"KmsKeyId", "kmsKeyId", false, "logGroupName", LOGS_ASSOCIATE_KMS_KEY, LOGS_DISASSOCIATE_KMS_KEY},
    {"DeletionProtectionEnabled", "deletionProtectionEnabled", false, "logGroupIdentifier",
     LOGS_PUT_LOG_GROUP_DELETION_PROTECTION, LOGS_OPERATION_COUNT},
    {"BearerTokenAuthenticationEnabled", "bearerTokenAuthenticationEnabled", false, "logGroupIdentifier",
     LOGS_PUT_BEARER_TOKEN_AUTHENTICATION, LOGS_OPERATION_COUNT},
    {"DataProtectionPolicy", "policyDocument", true, "logGroupIdentifier", LOGS_PUT_DATA_PROTECTION_POLICY,
     LOGS_DELETE_DATA_PROTECTION_POLICY},
    {"FieldIndexPolicies", "policyDocument", true, "logGroupIdentifier", LOGS_PUT_INDEX_POLICY,
     LOGS_DELETE_INDEX_POLICY},
    {"ResourcePolicyDocument", "policyDocument", true, "resourceArn", LOGS_PUT_RESOURCE_POLICY,
     LOGS_DELETE_RESOURCE_POLICY},
};

static bool is_document(const struct write *write)
{
    return str_is(str_from(write->member), "policyDocument");
}

static bool write_one(const struct resource_call *call, const struct write *write, struct str name,
                      struct str arn, const struct value *wanted, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, write->identifier, write->arn ? arn : name);
    bool nothing = shape_covers(NULL, wanted);
    if (nothing && write->take_off != LOGS_OPERATION_COUNT)
        return call_or_absent(call, &logs_operations[write->take_off], input, error);
    if (value_is(wanted, VALUE_LIST)) /* of index policies: AWS takes one */
        wanted = value_at(wanted, 0);
    if (is_document(write))
        and_with(arena, input, write->member, policy_text(arena, wanted));
    else
        value_setz(arena, input, write->member, value_copy(arena, wanted));
    return call_over_hurdles(call->aws, &logs_operations[write->set], arena, input, busy, BUSY_MS, NULL,
                             error);
}

static bool write_all(const struct resource_call *call, struct str name, struct str arn,
                      const struct value *target, const struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(writes); i++)
        if (shape_differs(target, live, writes[i].property) &&
            !write_one(call, &writes[i], name, arn, value_get(target, writes[i].property), error))
            return false;
    return true;
}

static const struct tag_calls tag_calls = {
    .tag = &logs_operations[LOGS_TAG_RESOURCE],
    .untag = &logs_operations[LOGS_UNTAG_RESOURCE],
    .resource = "resourceArn",
    .tags = "tags",
    .names = "tagKeys",
};

static struct str arn_of(const struct resource_state *state)
{
    struct str arn = value_get_text(state->attributes, "Arn");
    return str_ends(arn, ":*") ? str_slice(arn, 0, arn.len - 2) : arn;
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    if (!read_named(call, call->physical_id, target, state, error))
        return false;
    if (shape_differs(target, state->properties, "LogGroupClass"))
        return error_set(error, ERROR_INVALID,
                         "the class of log group '%.*s' cannot be changed: give the new class to a log group "
                         "of another name",
                         STR_ARG(call->physical_id));
    return write_all(call, call->physical_id, arn_of(state), target, state->properties, error) &&
           tags_write(call, &tag_calls, arn_of(state), state->tags, error);
}

static bool check(const struct resource_call *call, struct error *error)
{
    const struct value *indexes = value_get(call->properties, "FieldIndexPolicies");
    if (value_is(indexes, VALUE_LIST) && indexes->count > 1)
        return value_error(indexes, error, ERROR_INVALID, "a log group can have one index policy, not %zu",
                           indexes->count);
    return shape_check(shape, logs_log_group_type.name, call->properties, error);
}

static bool log_group_update(const struct resource_call *call, struct resource_state *state,
                             struct error *error)
{
    return check(call, error) && update_until_answered(update_once, call, state, error);
}

static bool log_group_create(const struct resource_call *call, struct resource_state *state,
                             struct error *error)
{
    static const char *const given[] = {"KmsKeyId", "LogGroupClass", "DeletionProtectionEnabled", NULL};
    static const char *const sent[] = {"kmsKeyId", "logGroupClass", "deletionProtectionEnabled"};
    struct arena *arena = call->arena;
    if (!check(call, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL), *made = value_map(arena);
    struct str name = wanted_name(call, "LogGroupName");
    struct value *input = input_with(arena, "logGroupName", name), *answer;
    members_copy(arena, made, target, given);
    for (size_t i = 0; given[i]; i++)
        if (value_get(made, given[i]))
            value_setz(arena, input, sent[i], value_get(made, given[i]));
    value_setz(arena, input, "tags", resource_tags(call));
    if (!create_once(call, &logs_log_group_type, &logs_operations[LOGS_CREATE_LOG_GROUP], input, busy,
                     BUSY_MS, &answer, error))
        return false;
    if (!answer) {
        struct resource_call found = *call;
        found.physical_id = name;
        return update_until_answered(update_once, &found, state, error);
    }
    struct str arn =
        arena_printf(arena, "arn:%.*s:logs:%.*s:%.*s:log-group:%.*s", STR_ARG(aws_partition(call->aws)),
                     STR_ARG(aws_region(call->aws)), STR_ARG(aws_account(call->aws)), STR_ARG(name));
    state->physical_id = name;
    state->attributes = input_with(arena, "Arn", arena_printf(arena, "%.*s:*", STR_ARG(arn)));
    return write_all(call, name, arn, target, made, error);
}

static bool log_group_remove(const struct resource_call *call, struct error *error)
{
    struct value *input = input_with(call->arena, "logGroupName", call->physical_id);
    if (call_over_hurdles(call->aws, &logs_operations[LOGS_DELETE_LOG_GROUP], call->arena, input, busy,
                          BUSY_MS, NULL, error))
        return true;
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static void log_group_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type logs_log_group_type = {
    .name = "AWS::Logs::LogGroup",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "LogGroupName",
    .name_max = 512,
    .read = log_group_read,
    .find = log_group_find,
    .create = log_group_create,
    .update = log_group_update,
    .remove = log_group_remove,
    .normalize = log_group_normalize,
    .arn = "arn:{partition}:logs:{region}:{account}:log-group:{LogGroupName}:*",
};
