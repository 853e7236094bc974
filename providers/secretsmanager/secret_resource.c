/*
 * AWS::SecretsManager::Secret.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
 *
 * What it holds is never read: somebody may rotate it.  It is written when the secret is made and when the
 * template says something else than it said last.
 */

#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/kms/key_id.h"
#include "providers/plain.h"
#include "providers/secretsmanager/operations.h"
#include "providers/secretsmanager/secret_value.h"
#include "providers/secretsmanager/types.h"

enum { REPLICATION_MS = 5 * 60 * 1000, REMOVE_ATTEMPTS = 3, TOKEN_LENGTH = 32 };

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "KmsKeyId", .otherwise = "\"\""},
    {.path = "ReplicaRegions", .kind = SHAPE_SET, .otherwise = "[]", .key = "Region"},
    {.path = NULL, .facts = "AWS::SecretsManager::Secret"},
};

static const struct plain_key keys[] = {{"SecretId", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {{"Id", "ARN"}, {NULL, NULL}};
static const char *const apart[] = {"GenerateSecretString", "ReplicaRegions", "SecretString", NULL};

static const struct aws_operation *row(enum secretsmanager_operation operation)
{
    return &secretsmanager_operations[operation];
}

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(rules, arena, properties);
    struct value *replicas = value_get(properties, "ReplicaRegions");
    for (size_t i = 0; value_is(replicas, VALUE_LIST) && i < replicas->count; i++)
        kms_key_normalize(arena, replicas->items[i], "KmsKeyId");
    kms_key_normalize(arena, properties, "KmsKeyId");
    secret_value_hide(arena, properties);
}

/* --- reading --- */

static struct value *replicas_of(const struct resource_call *call, const struct value *item)
{
    static const char *const shown[] = {"KmsKeyId", "Region", NULL};
    const struct value *all = value_get(item, "ReplicationStatus");
    struct value *replicas = value_list(call->arena);
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct value *replica = value_map(call->arena);
        members_copy(call->arena, replica, all->items[i], shown);
        value_append(call->arena, replicas, replica);
    }
    return replicas;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct value *live = state->properties;
    struct str key = value_get_text(live, "KmsKeyId");
    const struct value *deleted = value_get(item, "DeletedDate");
    if (deleted && deleted->kind != VALUE_NULL)
        return error_set(error, ERROR_NOT_FOUND, "secret '%.*s' is deleted", STR_ARG(call->physical_id));
    state->physical_id = value_get_text(item, "ARN");
    value_setz(call->arena, live, "ReplicaRegions", replicas_of(call, item));
    if (key.len)
        and_with(call->arena, live, "KmsKeyId",
                 kms_key_as_declared(value_get_text(plain_known(call), "KmsKeyId"), key));
    return true;
}

/* --- writing --- */

static void add_token(const struct resource_call *call, struct value *input, const struct value *versions)
{
    struct str now = versions ? json_text(call->arena, versions, JSON_CANONICAL) : STR_EMPTY;
    struct str seed = arena_printf(call->arena, "%.*s %.*s", STR_ARG(call->token), STR_ARG(now));
    and_with(call->arena, input, "ClientRequestToken",
             str_slice(sha256_hex(call->arena, seed), 0, TOKEN_LENGTH));
}

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    const struct value *replicas = value_get(target, "ReplicaRegions");
    struct value *text;
    if (live) {
        add_token(call, input, NULL);
        return true;
    }
    if (!secret_value_make(call, target, &text, error))
        return false;
    if (text)
        value_setz(call->arena, input, "SecretString", text);
    if (replicas && replicas->count)
        value_setz(call->arena, input, "AddReplicaRegions", value_copy(call->arena, replicas));
    return true;
}

/* The token is the id of the new version.  It must not be that of an older one, also where that says the
 * same, so it is made of those that there are. */
static bool write_value(const struct resource_call *call, const struct value *target, struct error *error)
{
    struct value *text, *answer, *input = input_with(call->arena, "SecretId", call->physical_id);
    if (!secret_value_changes(call->arena, call->properties, call->previous))
        return true;
    if (!secret_value_make(call, without_nulls(call->arena, target), &text, error))
        return false;
    if (!text)
        return true;
    if (!aws_call(call->aws, row(SECRETSMANAGER_DESCRIBE_SECRET), call->arena, input, &answer, error))
        return false;
    add_token(call, input, value_get(answer, "VersionIdsToStages"));
    value_setz(call->arena, input, "SecretString", text);
    return call_simply(call, row(SECRETSMANAGER_UPDATE_SECRET), input, error);
}

static const struct value *replica_in(const struct value *replicas, struct str region)
{
    for (size_t i = 0; value_is(replicas, VALUE_LIST) && i < replicas->count; i++)
        if (str_equal(value_get_text(replicas->items[i], "Region"), region))
            return replicas->items[i];
    return NULL;
}

/* Those regions of `some` that `others` have not, or with another key. */
static struct value *lacking(const struct resource_call *call, const struct value *some,
                             const struct value *others, bool declared_are_some)
{
    struct value *list = value_list(call->arena);
    for (size_t i = 0; value_is(some, VALUE_LIST) && i < some->count; i++) {
        const struct value *one = some->items[i], *other = replica_in(others, value_get_text(one, "Region"));
        if (!other || !(declared_are_some ? shape_covers(one, other) : shape_covers(other, one)))
            value_append(call->arena, list, value_copy(call->arena, one));
    }
    return list;
}

struct replication {
    const struct resource_call *call;
};

static bool is_replicated(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = ((struct replication *)self)->call;
    struct value *answer;
    if (!aws_call(call->aws, row(SECRETSMANAGER_DESCRIBE_SECRET), call->arena,
                  input_with(call->arena, "SecretId", call->physical_id), &answer, error))
        return false;
    const struct value *all = value_get(answer, "ReplicationStatus");
    *done = true;
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct str status = value_get_text(all->items[i], "Status");
        if (str_is(status, "Failed"))
            return error_set(error, ERROR_INVALID, "the secret cannot be replicated to %.*s: %.*s",
                             STR_ARG(value_get_text(all->items[i], "Region")),
                             STR_ARG(value_get_text(all->items[i], "StatusMessage")));
        *done = *done && !str_is(status, "InProgress");
    }
    return true;
}

static bool remove_replicas(const struct resource_call *call, const struct value *replicas,
                            struct error *error)
{
    struct value *regions = value_list(call->arena),
                 *input = input_with(call->arena, "SecretId", call->physical_id);
    for (size_t i = 0; i < replicas->count; i++)
        value_append(call->arena, regions, value_copy(call->arena, value_get(replicas->items[i], "Region")));
    value_setz(call->arena, input, "RemoveReplicaRegions", regions);
    return !regions->count ||
           call_simply(call, row(SECRETSMANAGER_REMOVE_REGIONS_FROM_REPLICATION), input, error);
}

static bool add_replicas(const struct resource_call *call, struct value *replicas, struct error *error)
{
    struct value *input = input_with(call->arena, "SecretId", call->physical_id);
    value_setz(call->arena, input, "AddReplicaRegions", replicas);
    return !replicas->count ||
           call_simply(call, row(SECRETSMANAGER_REPLICATE_SECRET_TO_REGIONS), input, error);
}

static bool write_replicas(const struct resource_call *call, const struct value *target,
                           const struct resource_state *live, struct error *error)
{
    const struct value *wanted = value_get(target, "ReplicaRegions"),
                       *has = value_get(live->properties, "ReplicaRegions");
    struct replication replication = {.call = call};
    if (!wanted)
        return true;
    return remove_replicas(call, lacking(call, has, wanted, false), error) &&
           add_replicas(call, lacking(call, wanted, has, true), error) &&
           wait_until(call, "the secret to be replicated", REPLICATION_MS, is_replicated, &replication,
                      error);
}

static bool write_apart(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    return write_value(call, target, error) && write_replicas(call, target, live, error);
}

/* A deleted secret keeps its name until it is gone for good, 30 days later. */
static bool secret_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str name = wanted_name(call, "Name");
    if (plain_create(call, state, error))
        return true;
    if (!error_is(error, "InvalidRequestException") || !strstr(error->message, "deletion"))
        return false;
    return error_set(
        error, ERROR_CONFLICT,
        "a secret '%.*s' was deleted and keeps its name until its recovery window ends: bring it "
        "back with 'aws secretsmanager restore-secret --secret-id %.*s', end it now with 'aws "
        "secretsmanager delete-secret --force-delete-without-recovery --secret-id %.*s', or give "
        "this one another Name",
        STR_ARG(name), STR_ARG(name), STR_ARG(name));
}

/* Replicas stand in the way of a deletion; one that is deleted already must not be deleted again. */
static bool clear(const struct resource_call *call, struct error *error)
{
    struct resource_state state = {.physical_id = STR_EMPTY};
    return plain_read(call, &state, error) &&
           remove_replicas(call, value_get(state.properties, "ReplicaRegions"), error);
}

static bool secret_remove(const struct resource_call *call, struct error *error)
{
    for (int attempt = 1; attempt < REMOVE_ATTEMPTS; attempt++) {
        if (plain_remove(call, error))
            return true;
        if (error->code != ERROR_TIMEOUT)
            return false;
        error_clear(error);
    }
    return plain_remove(call, error);
}

static const struct tag_calls tag_calls = {
    .tag = &secretsmanager_operations[SECRETSMANAGER_TAG_RESOURCE],
    .untag = &secretsmanager_operations[SECRETSMANAGER_UNTAG_RESOURCE],
    .resource = "SecretId",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static const struct plain plain = {
    .rules = rules,
    .apart = apart,
    .create = &secretsmanager_operations[SECRETSMANAGER_CREATE_SECRET],
    .read = &secretsmanager_operations[SECRETSMANAGER_DESCRIBE_SECRET],
    .update = &secretsmanager_operations[SECRETSMANAGER_UPDATE_SECRET],
    .remove = &secretsmanager_operations[SECRETSMANAGER_DELETE_SECRET],
    .keys = keys,
    .id = "ARN",
    .token = "ClientRequestToken",
    .attributes = attributes,
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .tags_read = "Tags",
    .tag_calls = &tag_calls,
    .send = send,
    .receive = receive,
    .write_apart = write_apart,
    .clear = clear,
};

static const char *const unreadable[] = {"GenerateSecretString", "SecretString", NULL};

const struct resource_type secretsmanager_secret_type = {
    .name = "AWS::SecretsManager::Secret",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "Name",
    .name_max = 512,
    .unreadable = unreadable,
    .read = plain_read,
    .find = plain_find,
    .create = secret_create,
    .update = plain_update,
    .remove = secret_remove,
    .normalize = normalize,
    .hide = secret_value_hide,
    .plain = &plain,
    .arn = "arn:{partition}:secretsmanager:{region}:{account}:secret:{Name}-??????",
};
