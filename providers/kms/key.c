/*
 * AWS::KMS::Key.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html
 *
 * A key has no name, and no call finds one by its tags.  So find asks every key of the account and region for
 * its tags, a thousand keys in one list: it is asked only as long as the ledger does not know the key.
 *
 * Deleting a key only schedules that; one that is pending deletion takes no requests and counts as absent.
 */

#include "providers/kms/operations.h"
#include "providers/kms/types.h"
#include "providers/policy.h"
#include "providers/resource.h"
#include "providers/shape.h"

enum { PROPAGATION_MS = 60 * 1000, KEYS_OF_A_PAGE = 1000, TAGS_OF_A_PAGE = 50 };

static const struct shape shape[] = {
    {.path = "BypassPolicyLockoutSafetyCheck", .kind = SHAPE_BOOL},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "EnableKeyRotation", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "Enabled", .kind = SHAPE_BOOL, .otherwise = "true"},
    {.path = "KeyPolicy", .kind = SHAPE_POLICY},
    {.path = "KeySpec", .otherwise = "\"SYMMETRIC_DEFAULT\""},
    {.path = "KeyUsage", .otherwise = "\"ENCRYPT_DECRYPT\""},
    {.path = "MultiRegion", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "Origin", .otherwise = "\"AWS_KMS\""},
    {.path = "PendingWindowInDays", .kind = SHAPE_NUMBER},
    {.path = "RotationPeriodInDays", .kind = SHAPE_NUMBER, .otherwise = "365"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};

/* A role that was made a moment ago is not known to KMS at once. */
static const struct hurdle hurdles[] = {{"MalformedPolicyDocumentException", "principal"}, {NULL, NULL}};

static const struct aws_operation *row(enum kms_operation operation)
{
    return &kms_operations[operation];
}

/* The period says nothing where nothing rotates. */
static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    if (!value_get_bool(properties, "EnableKeyRotation", false))
        value_remove(properties, STR("RotationPeriodInDays"));
}

static struct value *key_input(const struct resource_call *call, struct str id)
{
    return input_with(call->arena, "KeyId", id);
}

/* --- reading --- */

static bool is_going(const struct value *metadata)
{
    struct str state = value_get_text(metadata, "KeyState");
    return str_is(state, "PendingDeletion") || str_is(state, "PendingReplicaDeletion");
}

static bool describe(const struct resource_call *call, struct str id, struct value **metadata,
                     struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, row(KMS_DESCRIBE_KEY), call->arena, key_input(call, id), &answer, error))
        return false;
    *metadata = value_get(answer, "KeyMetadata");
    return !is_going(*metadata) ||
           error_set(error, ERROR_NOT_FOUND, "key '%.*s' is pending deletion", STR_ARG(id));
}

static bool read_policy(const struct resource_call *call, struct str id, struct value *live,
                        struct error *error)
{
    struct value *answer, *policy;
    struct value *input = and_with(call->arena, key_input(call, id), "PolicyName", STR("default"));
    if (!aws_call(call->aws, row(KMS_GET_KEY_POLICY), call->arena, input, &answer, error) ||
        !json_of_answer(call->arena, value_get_text(answer, "Policy"), &policy, error))
        return false;
    value_setz(call->arena, live, "KeyPolicy", policy);
    return true;
}

/* Only keys whose material is made by KMS, for symmetric encryption, rotate by themselves. */
static bool read_rotation(const struct resource_call *call, struct str id, struct value *live,
                          struct error *error)
{
    struct value *answer;
    if (!str_is(value_get_text(live, "KeySpec"), "SYMMETRIC_DEFAULT") ||
        !str_is(value_get_text(live, "Origin"), "AWS_KMS"))
        return true;
    if (!aws_call(call->aws, row(KMS_GET_KEY_ROTATION_STATUS), call->arena, key_input(call, id), &answer,
                  error))
        return false;
    bool rotates = value_get_bool(answer, "KeyRotationEnabled", false);
    const struct value *period = value_get(answer, "RotationPeriodInDays");
    value_setz(call->arena, live, "EnableKeyRotation", value_bool(call->arena, rotates));
    if (period)
        value_setz(call->arena, live, "RotationPeriodInDays", value_copy(call->arena, period));
    return true;
}

static bool read_tags(const struct resource_call *call, struct str id, struct value **tags,
                      struct error *error)
{
    struct value *list, *input = key_input(call, id);
    value_setz(call->arena, input, "Limit", value_int(call->arena, TAGS_OF_A_PAGE));
    if (!aws_list(call->aws, row(KMS_LIST_RESOURCE_TAGS), call->arena, input, &list, error))
        return false;
    *tags = tags_as_map(call->arena, list, "TagKey", "TagValue");
    return true;
}

static bool read_id(const struct resource_call *call, struct str id, struct resource_state *state,
                    struct error *error)
{
    static const char *const same[] = {"Description", "Enabled", "KeySpec", "KeyUsage",
                                       "MultiRegion", "Origin",  NULL};
    struct arena *arena = call->arena;
    struct value *metadata, *live = state->properties = value_map(arena);
    if (!describe(call, id, &metadata, error))
        return false;
    state->physical_id = value_get_text(metadata, "KeyId");
    state->attributes = input_with(arena, "Arn", value_get_text(metadata, "Arn"));
    and_with(arena, state->attributes, "KeyId", state->physical_id);
    members_copy(arena, live, metadata, same);
    if (!read_policy(call, id, live, error) || !read_rotation(call, id, live, error) ||
        !read_tags(call, id, &state->tags, error))
        return false;
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, live);
    normalize(arena, live);
    return true;
}

static bool key_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_id(call, call->physical_id, state, error);
}

static bool has_ownership(const struct value *tags)
{
    for (size_t i = 0; value_is(tags, VALUE_MAP) && i < tags->count; i++)
        if (str_starts(tags->entries[i].key, "plumb:"))
            return true;
    return false;
}

/* *ours, unless it is somebody else's, hidden from us, or gone since it was listed. */
static bool look_at(const struct resource_call *call, struct str id, struct resource_state *state, bool *ours,
                    struct error *error)
{
    struct value *tags = NULL;
    *ours = !list_has(call->taken, id) && read_tags(call, id, &tags, error) && carries_our_tags(call, tags) &&
            read_id(call, id, state, error);
    if (error->code == ERROR_DENIED || error->code == ERROR_NOT_FOUND)
        error_clear(error);
    return error->code == ERROR_NONE;
}

static bool key_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *keys, *input = value_map(call->arena);
    bool ours = false;
    value_setz(call->arena, input, "Limit", value_int(call->arena, KEYS_OF_A_PAGE));
    if (has_ownership(call->tags)) {
        if (!aws_list(call->aws, row(KMS_LIST_KEYS), call->arena, input, &keys, error))
            return false;
        for (size_t i = 0; i < keys->count && !ours; i++)
            if (!look_at(call, value_get_text(keys->items[i], "KeyId"), state, &ours, error))
                return false;
    }
    return ours ||
           error_set(error, ERROR_NOT_FOUND, "no key carries the tags of '%.*s'", STR_ARG(call->logical_id));
}

/* --- writing --- */

static struct str default_policy(const struct resource_call *call)
{
    return arena_printf(call->arena,
                        "{\"Version\":\"2012-10-17\",\"Id\":\"key-default\",\"Statement\":[{\"Sid\":"
                        "\"Enable IAM User Permissions\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
                        "\"arn:%.*s:iam::%.*s:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}",
                        STR_ARG(aws_partition(call->aws)), STR_ARG(aws_account(call->aws)));
}

static const struct hurdle *policy_hurdles(const struct resource_call *call)
{
    return call->new_permissions ? hurdles : NULL;
}

static void add_bypass(const struct resource_call *call, struct value *input)
{
    if (value_is_text(value_get(call->properties, "BypassPolicyLockoutSafetyCheck"), "true") ||
        value_get_bool(call->properties, "BypassPolicyLockoutSafetyCheck", false))
        value_setz(call->arena, input, "BypassPolicyLockoutSafetyCheck", value_bool(call->arena, true));
}

/* CloudFormation refuses them, too, so that nobody loses a key by an edit. */
static bool refuse_new_kind(const struct value *target, const struct value *live, struct error *error)
{
    static const char *const fixed[] = {"KeySpec", "KeyUsage", "MultiRegion", "Origin"};
    for (size_t i = 0; i < ARRAY_LENGTH(fixed); i++)
        if (shape_differs(target, live, fixed[i]))
            return error_set(error, ERROR_INVALID,
                             "the %s of a key can never be changed: give the new one to a key of another "
                             "logical id",
                             fixed[i]);
    return true;
}

static bool write_policy(const struct resource_call *call, const struct value *target,
                         const struct value *live, struct error *error)
{
    const struct value *wanted = value_get(call->properties, "KeyPolicy");
    if (!shape_differs_at_all(target, live, "KeyPolicy"))
        return true;
    struct value *input =
        and_with(call->arena, key_input(call, call->physical_id), "PolicyName", STR("default"));
    and_with(call->arena, input, "Policy", wanted ? policy_text(call->arena, wanted) : default_policy(call));
    add_bypass(call, input);
    return call_over_hurdles(call->aws, row(KMS_PUT_KEY_POLICY), call->arena, input, policy_hurdles(call),
                             PROPAGATION_MS, NULL, error);
}

static bool write_description(const struct resource_call *call, const struct value *target,
                              const struct value *live, struct error *error)
{
    struct value *input = key_input(call, call->physical_id);
    and_with(call->arena, input, "Description", value_get_text(target, "Description"));
    return !shape_differs(target, live, "Description") ||
           call_simply(call, row(KMS_UPDATE_KEY_DESCRIPTION), input, error);
}

static bool set_enabled(const struct resource_call *call, bool *is, bool wanted, struct error *error)
{
    if (*is == wanted)
        return true;
    *is = wanted;
    return call_simply(call, row(wanted ? KMS_ENABLE_KEY : KMS_DISABLE_KEY),
                       key_input(call, call->physical_id), error);
}

static bool write_rotation(const struct resource_call *call, const struct value *target, struct error *error)
{
    struct value *input = key_input(call, call->physical_id);
    const struct value *period = value_get(target, "RotationPeriodInDays");
    if (!value_get_bool(target, "EnableKeyRotation", false))
        return call_simply(call, row(KMS_DISABLE_KEY_ROTATION), input, error);
    if (value_is(period, VALUE_NUMBER))
        value_setz(call->arena, input, "RotationPeriodInDays", value_copy(call->arena, period));
    return call_simply(call, row(KMS_ENABLE_KEY_ROTATION), input, error);
}

/* The rotation of a disabled key cannot be changed, so that it is enabled for a moment. */
static bool write_states(const struct resource_call *call, const struct value *target,
                         const struct value *live, struct error *error)
{
    bool is = value_get_bool(live, "Enabled", true), wanted = value_get_bool(target, "Enabled", is);
    bool rotates = shape_differs(target, live, "EnableKeyRotation") ||
                   (value_get_bool(target, "EnableKeyRotation", false) &&
                    shape_differs(target, live, "RotationPeriodInDays"));
    if (rotates && (!set_enabled(call, &is, true, error) || !write_rotation(call, target, error)))
        return false;
    return set_enabled(call, &is, wanted, error);
}

static const struct tag_calls tag_calls = {
    .tag = &kms_operations[KMS_TAG_RESOURCE],
    .untag = &kms_operations[KMS_UNTAG_RESOURCE],
    .resource = "KeyId",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "TagKey",
    .value = "TagValue",
};

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    if (!read_id(call, call->physical_id, state, error) || !refuse_new_kind(target, state->properties, error))
        return false;
    const struct value *live = state->properties;
    return write_description(call, target, live, error) && write_policy(call, target, live, error) &&
           write_states(call, target, live, error) &&
           tags_write(call, &tag_calls, call->physical_id, state->tags, error);
}

static bool key_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, kms_key_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool is_seen(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    struct value *metadata;
    *done = describe(call, call->physical_id, &metadata, error);
    if (!*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static bool make(const struct resource_call *call, struct str *id, struct error *error)
{
    static const char *const given[] = {"Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin", NULL};
    struct arena *arena = call->arena;
    struct value *input = value_map(arena), *answer,
                 *target = shape_target(shape, arena, call->properties, NULL);
    const struct value *policy = value_get(call->properties, "KeyPolicy");
    struct resource_state found = {.physical_id = STR_EMPTY};
    members_copy(arena, input, target, given);
    if (policy)
        and_with(arena, input, "Policy", policy_text(arena, policy));
    add_bypass(call, input);
    value_setz(arena, input, "Tags", tags_as_list(arena, resource_tags(call), "TagKey", "TagValue"));
    if (!create_once(call, &kms_key_type, row(KMS_CREATE_KEY), input, policy_hurdles(call), PROPAGATION_MS,
                     &answer, error))
        return false;
    if (!answer && !key_find(call, &found, error))
        return false;
    *id = answer ? value_text(value_path(answer, "KeyMetadata", "KeyId", NULL)) : found.physical_id;
    return true;
}

static bool key_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call made = *call;
    made.previous = NULL;
    return shape_check(shape, kms_key_type.name, call->properties, error) &&
           make(call, &made.physical_id, error) &&
           wait_until(call, "the key to be seen", PROPAGATION_MS, is_seen, &made, error) &&
           update_until_answered(update_once, &made, state, error);
}

/* A key that is pending deletion refuses to be deleted again, and is gone all the same. */
static bool key_remove(const struct resource_call *call, struct error *error)
{
    struct value *metadata, *input = key_input(call, call->physical_id);
    const struct value *known = call->properties ? call->properties : call->previous;
    int64_t days;
    if (str_to_int(value_get_text(known, "PendingWindowInDays"), &days))
        value_setz(call->arena, input, "PendingWindowInDays", value_int(call->arena, days));
    if (call_or_absent(call, row(KMS_SCHEDULE_KEY_DELETION), input, error))
        return true;
    struct error ignored = ERROR_INIT;
    if (!error_is(error, "KMSInvalidStateException") ||
        describe(call, call->physical_id, &metadata, &ignored) || ignored.code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static const char *const unreadable[] = {"BypassPolicyLockoutSafetyCheck", "PendingWindowInDays", NULL};
static const char *const readable[] = {"RotationPeriodInDays", NULL};

const struct resource_type kms_key_type = {
    .name = "AWS::KMS::Key",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .unreadable = unreadable,
    .readable = readable,
    .read = key_read,
    .find = key_find,
    .create = key_create,
    .update = key_update,
    .remove = key_remove,
    .normalize = normalize,
    .arn = "arn:{partition}:kms:{region}:{account}:key/*",
};
