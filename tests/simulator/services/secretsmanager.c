/* AWS Secrets Manager, as of its API reference: secrets with the stages of their versions, their recovery,
 * policies and replicas, of which only the primary knows.  A version that no stage names any more is gone at
 * once; AWS keeps it for a while. */

#include "tests/simulator/service.h"

#include "base/json.h"

#include <string.h>

enum {
    NAME_LONGEST = 512,
    TEXT_LONGEST = 65536,
    WINDOW_LEAST = 7,
    WINDOW_MOST = 30,
    PASSWORD_LONGEST = 4096
};

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* name -> {"arn", "description", "key", "policy", "tags": {}, "replicas": {region: {"KmsKeyId"}}, "created",
 * "current": id, "previous": id, "versions": {id: {"text", "created"}}} */
static struct value *secrets(struct call *call)
{
    return state_map(call, "secrets");
}

/* The same, and "end": when they will be gone. */
static struct value *deleted_secrets(struct call *call)
{
    return state_map(call, "deleted");
}

static struct value *look_in(struct call *call, struct value *all, struct str *name)
{
    struct str id = call_text(call, "SecretId");
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(all->entries[i].key, id) ||
            str_equal(value_get_text(all->entries[i].value, "arn"), id)) {
            *name = all->entries[i].key;
            return all->entries[i].value;
        }
    return NULL;
}

/* Also one that is deleted and may be restored. */
static struct value *any_secret(struct call *call, struct str *name)
{
    struct value *secret = look_in(call, secrets(call), name);
    if (!secret)
        secret = look_in(call, deleted_secrets(call), name);
    if (secret && call->now < value_get_int(secret, "end", INT64_MAX))
        return secret;
    call_fail(call, 400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return NULL;
}

static struct value *secret_of(struct call *call, struct str *name)
{
    struct value *secret = any_secret(call, name);
    if (!secret || !value_get(secret, "end"))
        return secret;
    call_fail(call, 400, "InvalidRequestException",
              "You can't perform this operation on the secret because it was marked for deletion.");
    return NULL;
}

static bool is_token(struct str token)
{
    return !token.len || (token.len >= 32 && token.len <= 64);
}

static bool check_text(struct call *call)
{
    if (!is_token(call_text(call, "ClientRequestToken")))
        return call_fail(call, 400, "InvalidParameterException",
                         "ClientRequestToken must be 32-64 characters long.");
    return call_text(call, "SecretString").len <= TEXT_LONGEST ||
           call_fail(call, 400, "InvalidParameterException", "SecretString is too long");
}

static void add_version(struct call *call, struct value *secret)
{
    struct value *version = value_map(call->arena), *versions = value_get(secret, "versions");
    struct str id = call_text(call, "ClientRequestToken"), previous = value_get_text(secret, "previous");
    id = id.len ? id : call_uuid(call);
    put_text(call, version, "text", call_text(call, "SecretString"));
    put_int(call, version, "created", call->now);
    if (previous.len)
        value_remove(versions, previous);
    state_text(call, secret, "previous", value_get_text(secret, "current"));
    state_text(call, secret, "current", id);
    state_put(call, versions, id, version);
    put_text(call, call->output, "VersionId", id);
}

static void put_name(struct call *call, const struct value *secret, struct str name)
{
    put_text(call, call->output, "ARN", value_get_text(secret, "arn"));
    put_text(call, call->output, "Name", name);
}

static void set_members(struct call *call, struct value *secret)
{
    if (call_has(call, "Description"))
        state_text(call, secret, "description", call_text(call, "Description"));
    if (call_has(call, "KmsKeyId"))
        state_text(call, secret, "key", call_text(call, "KmsKeyId"));
    if (call_has(call, "Type"))
        state_text(call, secret, "type", call_text(call, "Type"));
}

static struct value *replicas_shape(struct call *call, const struct value *secret)
{
    const struct value *replicas = value_get(secret, "replicas");
    struct value *list = value_list(call->arena);
    for (size_t i = 0; replicas && i < replicas->count; i++) {
        struct str key = value_get_text(replicas->entries[i].value, "KmsKeyId");
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "Region", replicas->entries[i].key);
        put_text(call, shape, "KmsKeyId", key.len ? key : STR("alias/aws/secretsmanager"));
        put_text(call, shape, "Status", STR("InSync"));
        value_append(call->arena, list, shape);
    }
    return list;
}

static bool check_replicas(struct call *call, const struct value *secret)
{
    struct value *asked = call_list(call, "AddReplicaRegions");
    for (size_t i = 0; i < asked->count; i++) {
        struct str region = value_get_text(asked->items[i], "Region");
        if (!region.len || str_equal(region, call->region))
            return call_fail(call, 400, "InvalidParameterException", "Invalid replica region.");
        if (value_get_str(value_get(secret, "replicas"), region))
            return call_fail(call, 400, "InvalidParameterException",
                             "The secret is replicated there already.");
    }
    return true;
}

static void add_replicas(struct call *call, struct value *secret)
{
    struct value *asked = call_list(call, "AddReplicaRegions"), *all = value_get(secret, "replicas");
    for (size_t i = 0; i < asked->count; i++)
        state_put(call, all, value_get_text(asked->items[i], "Region"), asked->items[i]);
}

/* The same token and text once more is the same request. */
static bool create_again(struct call *call, const struct value *there, struct str name)
{
    struct str id = call_text(call, "ClientRequestToken");
    const struct value *version = value_get_str(value_get(there, "versions"), id);
    if (!id.len || !version || !str_equal(value_get_text(version, "text"), call_text(call, "SecretString")))
        return call_fail(call, 400, "ResourceExistsException",
                         "The operation failed because the secret %.*s already exists.", STR_ARG(name));
    put_name(call, there, name);
    put_text(call, call->output, "VersionId", id);
    return true;
}

static bool check_name(struct call *call)
{
    struct str name = call_text(call, "Name");
    for (size_t i = 0; i < name.len; i++)
        if (!strchr(letters, name.ptr[i]) && !strchr("/_+=.@-", name.ptr[i]))
            return call_fail(
                call, 400, "ValidationException",
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of -/_+=.@!");
    return (name.len && name.len <= NAME_LONGEST) ||
           call_fail(call, 400, "InvalidParameterException", "Name must have 1 to 512 characters");
}

static struct value *new_secret(struct call *call, struct str name)
{
    struct value *secret = state_put(call, secrets(call), name, value_map(call->arena));
    state_text(
        call, secret, "arn",
        arn(call, "secretsmanager", "secret:%.*s-%.*s", STR_ARG(name), STR_ARG(call_id(call, letters, 6))));
    state_int(call, secret, "created", call->now);
    state_put(call, secret, STR("versions"), value_map(call->arena));
    state_put(call, secret, STR("replicas"), value_map(call->arena));
    state_merge(call, secret, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return secret;
}

static bool create_secret(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (!check_name(call) || !check_text(call) || !check_replicas(call, NULL))
        return false;
    const struct value *there = value_get_str(secrets(call), name),
                       *deleted = value_get_str(deleted_secrets(call), name);
    if (there)
        return create_again(call, there, name);
    if (deleted && call->now < value_get_int(deleted, "end", 0))
        return call_fail(
            call, 400, "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for "
            "deletion.");
    struct value *secret = new_secret(call, name);
    set_members(call, secret);
    add_replicas(call, secret);
    if (call_has(call, "SecretString"))
        add_version(call, secret);
    put_name(call, secret, name);
    if (value_get(secret, "replicas")->count)
        put(call, call->output, "ReplicationStatus", replicas_shape(call, secret));
    return true;
}

static bool put_secret_value(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret || !call_need(call, "SecretString", 400, "InvalidParameterException") || !check_text(call))
        return false;
    add_version(call, secret);
    put_name(call, secret, name);
    return true;
}

static bool update_secret(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret || !check_text(call))
        return false;
    struct str id = call_text(call, "ClientRequestToken");
    if (call_has(call, "SecretString") && id.len && value_get_str(value_get(secret, "versions"), id))
        return call_fail(call, 400, "ResourceExistsException", "The version %.*s exists already.",
                         STR_ARG(id));
    set_members(call, secret);
    if (call_has(call, "SecretString"))
        add_version(call, secret);
    put_name(call, secret, name);
    return true;
}

static struct value *versions_shape(struct call *call, const struct value *secret)
{
    struct value *stages = value_map(call->arena);
    const char *const names[][2] = {{"current", "AWSCURRENT"}, {"previous", "AWSPREVIOUS"}};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct str id = value_get_text(secret, names[i][0]);
        struct value *list = value_list(call->arena);
        value_append(call->arena, list, value_stringz(call->arena, names[i][1]));
        if (id.len)
            value_set(call->arena, stages, id, list);
    }
    return stages;
}

static bool describe_secret(struct call *call)
{
    struct str name;
    struct value *secret = any_secret(call, &name);
    if (!secret)
        return false;
    put_name(call, secret, name);
    if (value_get_text(secret, "description").len)
        put(call, call->output, "Description", value_get(secret, "description"));
    if (value_get_text(secret, "key").len)
        put(call, call->output, "KmsKeyId", value_get(secret, "key"));
    put(call, call->output, "Type", value_get(secret, "type"));
    put(call, call->output, "Tags", tags_to_list(call, value_get(secret, "tags"), "Key", "Value"));
    put(call, call->output, "VersionIdsToStages", versions_shape(call, secret));
    put_time(call, call->output, "CreatedDate", value_get_int(secret, "created", 0));
    if (value_get(secret, "end"))
        put_time(call, call->output, "DeletedDate", value_get_int(secret, "gone", 0));
    if (value_get(secret, "replicas")->count) {
        put_text(call, call->output, "PrimaryRegion", call->region);
        put(call, call->output, "ReplicationStatus", replicas_shape(call, secret));
    }
    return true;
}

static bool get_secret_value(struct call *call)
{
    struct str name, id = call_text(call, "VersionId"), stage = call_text(call, "VersionStage");
    struct value *secret = secret_of(call, &name), *stages = value_list(call->arena);
    if (!secret)
        return false;
    if (!id.len && (!stage.len || str_is(stage, "AWSCURRENT")))
        id = value_get_text(secret, "current");
    else if (!id.len && str_is(stage, "AWSPREVIOUS"))
        id = value_get_text(secret, "previous");
    const struct value *version = value_get_str(value_get(secret, "versions"), id);
    if (!version)
        return call_fail(call, 400, "ResourceNotFoundException",
                         "Secrets Manager can't find the specified secret value for VersionId: %.*s",
                         STR_ARG(id));
    put_name(call, secret, name);
    put_text(call, call->output, "VersionId", id);
    put_text(call, call->output, "SecretString", value_get_text(version, "text"));
    bool current = str_equal(id, value_get_text(secret, "current"));
    value_append(call->arena, stages, value_stringz(call->arena, current ? "AWSCURRENT" : "AWSPREVIOUS"));
    put(call, call->output, "VersionStages", stages);
    put_time(call, call->output, "CreatedDate", value_get_int(version, "created", 0));
    return true;
}

static bool delete_secret(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    int64_t days = value_get_int(call->input, "RecoveryWindowInDays", WINDOW_MOST);
    bool force = value_get_bool(call->input, "ForceDeleteWithoutRecovery", false);
    if (!secret)
        return false;
    if (days < WINDOW_LEAST || days > WINDOW_MOST || (force && call_has(call, "RecoveryWindowInDays")))
        return call_fail(call, 400, "InvalidParameterException",
                         "RecoveryWindowInDays must be 7 to 30, without force");
    if (value_get(secret, "replicas")->count)
        return call_fail(call, 400, "InvalidParameterException",
                         "You can't delete secret %.*s that still has replica regions", STR_ARG(name));
    int64_t end = call->now + (force ? 0 : days * day_ms);
    put_name(call, secret, name);
    put_time(call, call->output, "DeletionDate", end);
    state_int(call, secret, "gone", call->now);
    state_int(call, secret, "end", end);
    state_put(call, deleted_secrets(call), name, secret);
    return value_remove(secrets(call), name);
}

static bool restore_secret(struct call *call)
{
    struct str name;
    struct value *secret = any_secret(call, &name);
    if (!secret)
        return false;
    put_name(call, secret, name);
    if (!value_remove(secret, STR("end")))
        return true;
    state_put(call, secrets(call), name, secret);
    return value_remove(deleted_secrets(call), name);
}

/* --- passwords --- */

struct alphabet {
    const char *excluded; /* the member that leaves it out */
    const char *letters;
};
static const struct alphabet alphabets[] = {
    {"ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"},
    {"ExcludeNumbers", "0123456789"},
    {"ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
};

/* The letters that a password may have; one of each kind begins it. */
static bool get_random_password(struct call *call)
{
    int64_t length = value_get_int(call->input, "PasswordLength", 32);
    struct str excluded = call_text(call, "ExcludeCharacters"), all = STR_EMPTY, password = STR_EMPTY;
    if (length < 1 || length > PASSWORD_LONGEST)
        return call_fail(call, 400, "InvalidParameterException", "PasswordLength must be 1 to 4096");
    for (size_t i = 0; i <= ARRAY_LENGTH(alphabets); i++) {
        bool space = i == ARRAY_LENGTH(alphabets);
        struct str own = STR_EMPTY, from = space ? STR(" ") : str_from(alphabets[i].letters);
        if (value_get_bool(call->input, space ? "IncludeSpace" : alphabets[i].excluded, false) != space)
            continue;
        for (size_t k = 0; k < from.len; k++)
            if (str_find(excluded, from.ptr[k]) == excluded.len)
                own = arena_printf(call->arena, "%.*s%c", STR_ARG(own), from.ptr[k]);
        all = arena_printf(call->arena, "%.*s%.*s", STR_ARG(all), STR_ARG(own));
        if (own.len && value_get_bool(call->input, "RequireEachIncludedType", true))
            password =
                arena_printf(call->arena, "%.*s%c", STR_ARG(password), own.ptr[call_random(call, own.len)]);
    }
    if (!all.len || (int64_t)password.len > length)
        return call_fail(call, 400, "InvalidParameterException", "The password cannot be made");
    while ((int64_t)password.len < length)
        password =
            arena_printf(call->arena, "%.*s%c", STR_ARG(password), all.ptr[call_random(call, all.len)]);
    put_text(call, call->output, "RandomPassword", password);
    return true;
}

/* --- tags, replicas, policies --- */

static bool tag_resource(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (secret)
        state_merge(call, secret, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return secret;
}

static bool untag_resource(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (secret)
        state_remove_keys(secret, "tags", call_list(call, "TagKeys"));
    return secret;
}

static bool put_replicas(struct call *call, const struct value *secret)
{
    put_text(call, call->output, "ARN", value_get_text(secret, "arn"));
    put(call, call->output, "ReplicationStatus", replicas_shape(call, secret));
    return true;
}

static bool replicate(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret || !call_need(call, "AddReplicaRegions", 400, "InvalidParameterException") ||
        !check_replicas(call, secret))
        return false;
    add_replicas(call, secret);
    return put_replicas(call, secret);
}

static bool remove_regions(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret || !call_need(call, "RemoveReplicaRegions", 400, "InvalidParameterException"))
        return false;
    state_remove_keys(secret, "replicas", call_list(call, "RemoveReplicaRegions"));
    return put_replicas(call, secret);
}

static bool put_resource_policy(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name), *policy;
    struct error ignored = ERROR_INIT;
    if (!secret)
        return false;
    if (!json_read(call->arena, STR_EMPTY, call_text(call, "ResourcePolicy"), &policy, &ignored) ||
        !value_get(policy, "Statement"))
        return call_fail(call, 400, "MalformedPolicyDocumentException", "This resource policy is malformed.");
    state_text(call, secret, "policy", call_text(call, "ResourcePolicy"));
    put_name(call, secret, name);
    return true;
}

static bool get_resource_policy(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret)
        return false;
    put_name(call, secret, name);
    put(call, call->output, "ResourcePolicy", value_get(secret, "policy"));
    return true;
}

static bool delete_resource_policy(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret)
        return false;
    value_remove(secret, STR("policy"));
    put_name(call, secret, name);
    return true;
}

static const struct sim_operation operations[] = {
    {.name = "CreateSecret", .effect = SIM_WRITE, .handle = create_secret},
    {.name = "DeleteResourcePolicy", .effect = SIM_WRITE, .handle = delete_resource_policy},
    {.name = "DeleteSecret", .effect = SIM_WRITE, .handle = delete_secret},
    {.name = "DescribeSecret", .effect = SIM_READ, .handle = describe_secret},
    {.name = "GetRandomPassword", .effect = SIM_READ, .handle = get_random_password},
    {.name = "GetResourcePolicy", .effect = SIM_READ, .handle = get_resource_policy},
    {.name = "GetSecretValue", .effect = SIM_READ, .handle = get_secret_value},
    {.name = "PutResourcePolicy", .effect = SIM_WRITE, .handle = put_resource_policy},
    {.name = "PutSecretValue", .effect = SIM_WRITE, .handle = put_secret_value},
    {.name = "RemoveRegionsFromReplication", .effect = SIM_WRITE, .handle = remove_regions},
    {.name = "ReplicateSecretToRegions", .effect = SIM_WRITE, .handle = replicate},
    {.name = "RestoreSecret", .effect = SIM_WRITE, .handle = restore_secret},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
    {.name = "UpdateSecret", .effect = SIM_WRITE, .handle = update_secret},
};

const struct sim_service sim_secretsmanager = {
    .name = "secretsmanager",
    .target = "secretsmanager",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
