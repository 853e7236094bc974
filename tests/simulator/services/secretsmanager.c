/* AWS Secrets Manager, as of its API reference: secrets with the stages of their versions, as much as
 * templates ask of it.  A version that no stage names any more is gone at once; AWS keeps it for a while. */

#include "tests/simulator/service.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* name -> {"arn", "current": id, "previous": id, "versions": {id: {"text", "created"}}} */
static struct value *secrets(struct call *call)
{
    return state_map(call, "secrets");
}

static struct value *secret_of(struct call *call, struct str *name)
{
    struct str id = call_text(call, "SecretId");
    for (size_t i = 0; i < secrets(call)->count; i++) {
        struct value_entry *entry = &secrets(call)->entries[i];
        if (str_equal(entry->key, id) || str_equal(value_get_text(entry->value, "arn"), id)) {
            *name = entry->key;
            return entry->value;
        }
    }
    call_fail(call, 400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return NULL;
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

static bool create_secret(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (!call_need(call, "Name", 400, "InvalidParameterException") ||
        !call_need(call, "SecretString", 400, "InvalidParameterException"))
        return false;
    if (value_get_str(secrets(call), name))
        return call_fail(call, 400, "ResourceExistsException",
                         "The operation failed because the secret %.*s already exists.", STR_ARG(name));
    struct value *secret = state_put(call, secrets(call), name, value_map(call->arena));
    state_text(
        call, secret, "arn",
        arn(call, "secretsmanager", "secret:%.*s-%.*s", STR_ARG(name), STR_ARG(call_id(call, letters, 6))));
    state_put(call, secret, STR("versions"), value_map(call->arena));
    add_version(call, secret);
    put_name(call, secret, name);
    return true;
}

static bool put_secret_value(struct call *call)
{
    struct str name;
    struct value *secret = secret_of(call, &name);
    if (!secret || !call_need(call, "SecretString", 400, "InvalidParameterException"))
        return false;
    add_version(call, secret);
    put_name(call, secret, name);
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
    if (!secret)
        return false;
    put_name(call, secret, name);
    put_time(call, call->output, "DeletionDate", call->now);
    return value_remove(secrets(call), name);
}

static const struct sim_operation operations[] = {
    {.name = "CreateSecret", .effect = SIM_WRITE, .handle = create_secret},
    {.name = "DeleteSecret", .effect = SIM_WRITE, .handle = delete_secret},
    {.name = "GetSecretValue", .effect = SIM_READ, .handle = get_secret_value},
    {.name = "PutSecretValue", .effect = SIM_WRITE, .handle = put_secret_value},
};

const struct sim_service sim_secretsmanager = {
    .name = "secretsmanager",
    .target = "secretsmanager",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
