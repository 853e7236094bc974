/* AWS KMS, as of its API reference: keys, their policies, rotation and tags, aliases; nothing is encrypted.
 */

#include "tests/simulator/service.h"

#include "base/json.h"

enum { KEYS_PAGE = 100, KEYS_MAX = 1000, TAGS_PAGE = 50, PENDING_LEAST = 7, PENDING_MOST = 30 };
enum { PERIOD_LEAST = 90, PERIOD_MOST = 2560, PERIOD_USUAL = 365, POLICY_MAX = 32768 };

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

static const struct sim_paging keys_paging = {.size_member = "Limit",
                                              .token_member = "Marker",
                                              .size = KEYS_PAGE,
                                              .size_max = KEYS_MAX,
                                              .error_code = "InvalidMarkerException"};
static const struct sim_paging tags_paging = {.size_member = "Limit",
                                              .token_member = "Marker",
                                              .size = TAGS_PAGE,
                                              .size_max = TAGS_PAGE,
                                              .error_code = "InvalidMarkerException"};

/* id -> {"created", "description", "usage", "spec", "origin", "multi", "enabled", "policy", "rotates",
 * "period", "deleted": when it will be, or 0, "window", "tags": {}} */
static struct value *keys(struct call *call)
{
    return state_map(call, "keys");
}

/* Those pending deletion: the same, and "end": when they will be gone. */
static struct value *deleted_keys(struct call *call)
{
    return state_map(call, "deleted");
}

/* "alias/..." -> {"key": id} */
static struct value *aliases(struct call *call)
{
    return state_map(call, "aliases");
}

static bool not_found(struct call *call, const char *what, struct str name)
{
    return call_fail(call, 400, "NotFoundException", "%s '%.*s' does not exist", what, STR_ARG(name));
}

/* Without the ARN's beginning; a key's id without "key/". */
static struct str bare(struct str name)
{
    if (str_starts(name, "arn:"))
        name = str_from_index(name, str_find_last(name, ':') + 1);
    return str_starts(name, "key/") ? str_from_index(name, sizeof "key/" - 1) : name;
}

static struct str key_id_of(struct call *call, const char *member)
{
    struct str id = bare(call_text(call, member));
    const struct value *alias = value_get_str(aliases(call), id);
    return alias ? value_get_text(alias, "key") : id;
}

static struct value *any_key(struct call *call, const char *member)
{
    struct str id = key_id_of(call, member);
    struct value *key = value_get_str(keys(call), id), *deleted = value_get_str(deleted_keys(call), id);
    if (key)
        return key;
    if (deleted && call->now < value_get_int(deleted, "end", 0))
        return deleted;
    bool alias = str_starts(id, "alias/");
    not_found(call, alias ? "Alias" : "Key", id);
    return NULL;
}

/* One that is not to be deleted.  Only the calls that describe take an alias. */
static struct value *key_of(struct call *call)
{
    if (str_starts(bare(call_text(call, "KeyId")), "alias/")) {
        not_found(call, "Key", call_text(call, "KeyId"));
        return NULL;
    }
    struct value *key = any_key(call, "KeyId");
    if (!key || !value_get(key, "end"))
        return key;
    call_fail(call, 400, "KMSInvalidStateException", "%.*s is pending deletion.",
              STR_ARG(call_text(call, "KeyId")));
    return NULL;
}

static bool check_policy(struct call *call)
{
    struct value *policy;
    struct error ignored = ERROR_INIT;
    struct str text = call_text(call, "Policy");
    if (text.len > POLICY_MAX)
        return call_fail(call, 400, "LimitExceededException", "The policy is too long");
    return (json_read(call->arena, STR_EMPTY, text, &policy, &ignored) && value_get(policy, "Statement")) ||
           call_fail(call, 400, "MalformedPolicyDocumentException", "The policy is no policy");
}

static struct str default_policy(struct call *call)
{
    return arena_printf(call->arena,
                        "{\"Version\":\"2012-10-17\",\"Id\":\"key-default-1\",\"Statement\":[{\"Sid\":"
                        "\"Enable IAM User Permissions\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
                        "\"arn:aws:iam::%.*s:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}",
                        STR_ARG(call->account));
}

static struct str text_or(struct call *call, const char *member, const char *otherwise)
{
    return call_has(call, member) ? call_text(call, member) : str_from(otherwise);
}

static bool is_symmetric(const struct value *key)
{
    return str_is(value_get_text(key, "spec"), "SYMMETRIC_DEFAULT") &&
           str_is(value_get_text(key, "origin"), "AWS_KMS");
}

static struct str key_arn(struct call *call, struct str id)
{
    return arn(call, "kms", "key/%.*s", STR_ARG(id));
}

static void put_metadata(struct call *call, const struct value *key, struct str id)
{
    struct value *out = value_map(call->arena), *list = value_list(call->arena);
    int64_t deleted = value_get_int(key, "end", 0);
    bool enabled = !deleted && value_get_bool(key, "enabled", false);
    put_text(call, out, "AWSAccountId", call->account);
    put_text(call, out, "KeyId", id);
    put_text(call, out, "Arn", key_arn(call, id));
    put_time(call, out, "CreationDate", value_get_int(key, "created", 0));
    put_bool(call, out, "Enabled", enabled);
    put_text(call, out, "Description", value_get_text(key, "description"));
    put_text(call, out, "KeyUsage", value_get_text(key, "usage"));
    put_text(call, out, "KeyState",
             deleted   ? STR("PendingDeletion")
             : enabled ? STR("Enabled")
                       : STR("Disabled"));
    put_text(call, out, "Origin", value_get_text(key, "origin"));
    put_text(call, out, "KeyManager", STR("CUSTOMER"));
    put_text(call, out, "KeySpec", value_get_text(key, "spec"));
    put_text(call, out, "CustomerMasterKeySpec", value_get_text(key, "spec"));
    put_bool(call, out, "MultiRegion", value_get_bool(key, "multi", false));
    if (deleted)
        put_time(call, out, "DeletionDate", deleted);
    if (is_symmetric(key)) {
        value_append(call->arena, list, value_stringz(call->arena, "SYMMETRIC_DEFAULT"));
        put(call, out, "EncryptionAlgorithms", list);
    }
    put(call, call->output, "KeyMetadata", out);
}

static bool check_kind(struct call *call)
{
    struct str spec = text_or(call, "KeySpec", "SYMMETRIC_DEFAULT"),
               usage = text_or(call, "KeyUsage", "ENCRYPT_DECRYPT"),
               origin = text_or(call, "Origin", "AWS_KMS");
    bool symmetric = str_is(spec, "SYMMETRIC_DEFAULT"), encrypts = str_is(usage, "ENCRYPT_DECRYPT");
    if (!symmetric && !str_starts(spec, "RSA_") && !str_starts(spec, "ECC_") && !str_starts(spec, "HMAC_"))
        return call_fail(call, 400, "ValidationException", "KeySpec is not known");
    if (!str_is(origin, "AWS_KMS") && !str_is(origin, "EXTERNAL"))
        return call_fail(call, 400, "ValidationException", "Origin is not known");
    if ((symmetric && !encrypts) || (str_starts(spec, "HMAC_") && !str_is(usage, "GENERATE_VERIFY_MAC")) ||
        (str_starts(spec, "ECC_") && encrypts))
        return call_fail(call, 400, "ValidationException", "KeyUsage does not fit to KeySpec");
    return true;
}

static bool create_key(struct call *call)
{
    if (!check_kind(call) || (call_has(call, "Policy") && !check_policy(call)))
        return false;
    struct str id = call_uuid(call);
    struct value *key = state_put(call, keys(call), id, value_map(call->arena));
    state_int(call, key, "created", call->now);
    state_text(call, key, "description", call_text(call, "Description"));
    state_text(call, key, "usage", text_or(call, "KeyUsage", "ENCRYPT_DECRYPT"));
    state_text(call, key, "spec", text_or(call, "KeySpec", "SYMMETRIC_DEFAULT"));
    state_text(call, key, "origin", text_or(call, "Origin", "AWS_KMS"));
    state_bool(call, key, "multi", value_get_bool(call->input, "MultiRegion", false));
    state_bool(call, key, "enabled", true);
    state_text(call, key, "policy",
               call_has(call, "Policy") ? call_text(call, "Policy") : default_policy(call));
    state_merge(call, key, "tags", tags_to_map(call, call_list(call, "Tags"), "TagKey", "TagValue"));
    put_metadata(call, key, id);
    return true;
}

static bool describe_key(struct call *call)
{
    struct value *key = any_key(call, "KeyId");
    if (!key)
        return false;
    put_metadata(call, key, key_id_of(call, "KeyId"));
    return true;
}

static bool schedule_key_deletion(struct call *call)
{
    struct value *key = key_of(call);
    int64_t days = value_get_int(call->input, "PendingWindowInDays", PENDING_MOST);
    if (!key)
        return false;
    if (days < PENDING_LEAST || days > PENDING_MOST)
        return call_fail(call, 400, "ValidationException", "PendingWindowInDays must be 7 to 30");
    state_int(call, key, "end", call->now + days * day_ms);
    state_put(call, deleted_keys(call), key_id_of(call, "KeyId"), key);
    value_remove(keys(call), key_id_of(call, "KeyId"));
    put_text(call, call->output, "KeyId", key_arn(call, key_id_of(call, "KeyId")));
    put_time(call, call->output, "DeletionDate", call->now + days * day_ms);
    put_text(call, call->output, "KeyState", STR("PendingDeletion"));
    put_int(call, call->output, "PendingWindowInDays", days);
    return true;
}

static bool cancel_key_deletion(struct call *call)
{
    struct value *key = any_key(call, "KeyId");
    if (!key)
        return false;
    if (!value_remove(key, STR("end")))
        return call_fail(call, 400, "KMSInvalidStateException", "The key is not pending deletion.");
    key = state_put(call, keys(call), key_id_of(call, "KeyId"), key);
    value_remove(deleted_keys(call), key_id_of(call, "KeyId"));
    state_bool(call, key, "enabled", false);
    put_text(call, call->output, "KeyId", key_arn(call, key_id_of(call, "KeyId")));
    return true;
}

static bool is_default_policy(struct call *call)
{
    return !call_has(call, "PolicyName") || str_is(call_text(call, "PolicyName"), "default") ||
           not_found(call, "Policy", call_text(call, "PolicyName"));
}

static bool get_key_policy(struct call *call)
{
    struct value *key = key_of(call);
    if (!key || !is_default_policy(call))
        return false;
    put_text(call, call->output, "Policy", value_get_text(key, "policy"));
    put_text(call, call->output, "PolicyName", STR("default"));
    return true;
}

static bool put_key_policy(struct call *call)
{
    struct value *key = key_of(call);
    if (!key || !is_default_policy(call) || !check_policy(call))
        return false;
    state_text(call, key, "policy", call_text(call, "Policy"));
    return true;
}

/* One whose rotation can be changed. */
static struct value *rotating(struct call *call)
{
    struct value *key = key_of(call);
    if (key && is_symmetric(key) && value_get_bool(key, "enabled", false))
        return key;
    if (key && is_symmetric(key))
        call_fail(call, 400, "DisabledException", "%.*s is disabled.", STR_ARG(call_text(call, "KeyId")));
    else if (key)
        call_fail(call, 400, "UnsupportedOperationException", "The key does not rotate.");
    return NULL;
}

static bool enable_key_rotation(struct call *call)
{
    struct value *key = rotating(call);
    int64_t days = value_get_int(call->input, "RotationPeriodInDays", PERIOD_USUAL);
    if (!key)
        return false;
    if (days < PERIOD_LEAST || days > PERIOD_MOST)
        return call_fail(call, 400, "ValidationException", "RotationPeriodInDays must be 90 to 2560");
    state_int(call, key, "period", days);
    return true;
}

static bool disable_key_rotation(struct call *call)
{
    struct value *key = rotating(call);
    if (key)
        value_remove(key, STR("period"));
    return key;
}

static bool get_key_rotation_status(struct call *call)
{
    struct value *key = key_of(call);
    if (!key)
        return false;
    if (!is_symmetric(key))
        return call_fail(call, 400, "UnsupportedOperationException", "The key does not rotate.");
    put_text(call, call->output, "KeyId", key_arn(call, key_id_of(call, "KeyId")));
    put_bool(call, call->output, "KeyRotationEnabled", value_get(key, "period"));
    if (value_get(key, "period"))
        put_int(call, call->output, "RotationPeriodInDays", value_get_int(key, "period", 0));
    return true;
}

static bool set_enabled(struct call *call, bool enabled)
{
    struct value *key = key_of(call);
    if (key)
        state_bool(call, key, "enabled", enabled);
    return key;
}

static bool enable_key(struct call *call)
{
    return set_enabled(call, true);
}

static bool disable_key(struct call *call)
{
    return set_enabled(call, false);
}

static bool update_key_description(struct call *call)
{
    struct value *key = key_of(call);
    if (key)
        state_text(call, key, "description", call_text(call, "Description"));
    return key;
}

static bool put_page(struct call *call, const struct value *items, const struct sim_paging *paging,
                     const char *member)
{
    struct str next;
    struct value *page = call_page(call, items, paging, &next);
    if (!page)
        return false;
    put(call, call->output, member, page);
    put_bool(call, call->output, "Truncated", next.len);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}

static void add_keys(struct call *call, const struct value *some, struct value *shapes)
{
    for (size_t i = 0; i < some->count; i++) {
        struct str id = some->entries[i].key;
        if (call->now >= value_get_int(some->entries[i].value, "end", INT64_MAX))
            continue;
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "KeyId", id);
        put_text(call, shape, "KeyArn", key_arn(call, id));
        value_set(call->arena, shapes, id, shape);
    }
}

static bool list_keys(struct call *call)
{
    struct value *shapes = value_map(call->arena);
    add_keys(call, keys(call), shapes);
    add_keys(call, deleted_keys(call), shapes);
    return put_page(call, shapes, &keys_paging, "Keys");
}

/* --- tags --- */

static bool list_resource_tags(struct call *call)
{
    struct value *key = any_key(call, "KeyId"), *shapes = value_map(call->arena);
    if (!key)
        return false;
    const struct value *tags = value_get(key, "tags");
    for (size_t i = 0; tags && i < tags->count; i++) {
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "TagKey", tags->entries[i].key);
        put(call, shape, "TagValue", tags->entries[i].value);
        value_set(call->arena, shapes, tags->entries[i].key, shape);
    }
    return put_page(call, shapes, &tags_paging, "Tags");
}

static bool tag_resource(struct call *call)
{
    struct value *key = key_of(call);
    if (key)
        state_merge(call, key, "tags", tags_to_map(call, call_list(call, "Tags"), "TagKey", "TagValue"));
    return key;
}

static bool untag_resource(struct call *call)
{
    struct value *key = key_of(call);
    if (key)
        state_remove_keys(key, "tags", call_list(call, "TagKeys"));
    return key;
}

/* --- aliases --- */

static bool check_alias(struct call *call)
{
    struct str name = call_text(call, "AliasName");
    if (!str_starts(name, "alias/") || name.len == sizeof "alias/" - 1)
        return call_fail(call, 400, "ValidationException", "Alias must start with the prefix \"alias/\"");
    return !str_starts(name, "alias/aws/") ||
           call_fail(call, 400, "NotAuthorizedException", "The alias is AWS's own");
}

/* The key that it shall stand for. */
static struct value *target_of(struct call *call)
{
    struct value *key = any_key(call, "TargetKeyId");
    if (!key || !value_get(key, "end"))
        return key;
    call_fail(call, 400, "KMSInvalidStateException", "%.*s is pending deletion.",
              STR_ARG(call_text(call, "TargetKeyId")));
    return NULL;
}

static void set_alias(struct call *call)
{
    struct value *alias = value_map(call->arena);
    put_text(call, alias, "key", key_id_of(call, "TargetKeyId"));
    put_int(call, alias, "created", call->now);
    state_put(call, aliases(call), call_text(call, "AliasName"), alias);
}

static bool create_alias(struct call *call)
{
    struct str name = call_text(call, "AliasName");
    if (!check_alias(call) || !target_of(call))
        return false;
    if (value_get_str(aliases(call), name))
        return call_fail(call, 400, "AlreadyExistsException", "An alias with the name %.*s already exists",
                         STR_ARG(name));
    set_alias(call);
    return true;
}

static bool update_alias(struct call *call)
{
    struct str name = call_text(call, "AliasName");
    if (!check_alias(call) || !target_of(call))
        return false;
    if (!value_get_str(aliases(call), name))
        return not_found(call, "Alias", name);
    set_alias(call);
    return true;
}

static bool delete_alias(struct call *call)
{
    struct str name = call_text(call, "AliasName");
    return check_alias(call) && (value_remove(aliases(call), name) || not_found(call, "Alias", name));
}

static bool list_aliases(struct call *call)
{
    struct value *shapes = value_map(call->arena), *all = aliases(call);
    if (call_has(call, "KeyId") && !any_key(call, "KeyId"))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        struct str name = all->entries[i].key, key = value_get_text(all->entries[i].value, "key");
        if (call_has(call, "KeyId") && !str_equal(key, key_id_of(call, "KeyId")))
            continue;
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "AliasName", name);
        put_text(call, shape, "AliasArn", arn(call, "kms", "%.*s", STR_ARG(name)));
        put_text(call, shape, "TargetKeyId", key);
        put_time(call, shape, "CreationDate", value_get_int(all->entries[i].value, "created", 0));
        value_set(call->arena, shapes, name, shape);
    }
    return put_page(call, shapes, &keys_paging, "Aliases");
}

static const struct sim_operation operations[] = {
    {.name = "CancelKeyDeletion", .effect = SIM_WRITE, .handle = cancel_key_deletion},
    {.name = "CreateAlias", .effect = SIM_WRITE, .handle = create_alias},
    {.name = "CreateKey", .effect = SIM_WRITE, .handle = create_key},
    {.name = "DeleteAlias", .effect = SIM_WRITE, .handle = delete_alias},
    {.name = "DescribeKey", .effect = SIM_READ, .handle = describe_key},
    {.name = "DisableKey", .effect = SIM_WRITE, .handle = disable_key},
    {.name = "DisableKeyRotation", .effect = SIM_WRITE, .handle = disable_key_rotation},
    {.name = "EnableKey", .effect = SIM_WRITE, .handle = enable_key},
    {.name = "EnableKeyRotation", .effect = SIM_WRITE, .handle = enable_key_rotation},
    {.name = "GetKeyPolicy", .effect = SIM_READ, .handle = get_key_policy},
    {.name = "GetKeyRotationStatus", .effect = SIM_READ, .handle = get_key_rotation_status},
    {.name = "ListAliases", .effect = SIM_READ, .handle = list_aliases},
    {.name = "ListKeys", .effect = SIM_READ, .handle = list_keys},
    {.name = "ListResourceTags", .effect = SIM_READ, .handle = list_resource_tags},
    {.name = "PutKeyPolicy", .effect = SIM_WRITE, .handle = put_key_policy},
    {.name = "ScheduleKeyDeletion", .effect = SIM_WRITE, .handle = schedule_key_deletion},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
    {.name = "UpdateAlias", .effect = SIM_WRITE, .handle = update_alias},
    {.name = "UpdateKeyDescription", .effect = SIM_WRITE, .handle = update_key_description},
};

const struct sim_service sim_kms = {
    .name = "kms",
    .target = "TrentService",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
