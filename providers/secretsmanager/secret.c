#include "providers/secretsmanager/secret.h"

#include "base/json.h"
#include "providers/resource.h"
#include "providers/secretsmanager/operations.h"

static bool take_key(struct arena *arena, const struct secret_name *name, struct secret *out,
                     struct error *error)
{
    struct error ignored = ERROR_INIT; /* it may quote what it read */
    struct value *object;
    if (!json_read(arena, STR_EMPTY, out->text, &object, &ignored) || !value_is(object, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "the secret '%.*s' is no JSON object, so it has no key '%.*s'",
                         STR_ARG(name->id), STR_ARG(name->key));
    const struct value *member = value_get_str(object, name->key);
    if (!member)
        return error_set(error, ERROR_INVALID, "the secret '%.*s' has no key '%.*s'", STR_ARG(name->id),
                         STR_ARG(name->key));
    if (value_is(member, VALUE_MAP) || value_is(member, VALUE_LIST) || value_is(member, VALUE_NULL))
        return error_set(error, ERROR_INVALID, "the key '%.*s' of the secret '%.*s' holds no text",
                         STR_ARG(name->key), STR_ARG(name->id));
    out->text = value_text(member);
    return true;
}

bool secret_read(struct aws *aws, struct arena *arena, const struct secret_name *name, struct secret *out,
                 struct error *error)
{
    struct value *output, *input = input_with(arena, "SecretId", name->id);
    if (name->stage.len)
        and_with(arena, input, "VersionStage", name->stage);
    if (name->version.len)
        and_with(arena, input, "VersionId", name->version);
    if (!aws_call(aws, &secretsmanager_operations[SECRETSMANAGER_GET_SECRET_VALUE], arena, input, &output,
                  error))
        return false;
    const struct value *text = value_get(output, "SecretString");
    if (!value_is(text, VALUE_STRING))
        return error_set(error, ERROR_INVALID, "the secret '%.*s' is binary, not text", STR_ARG(name->id));
    *out = (struct secret){.text = text->text, .version = value_get_text(output, "VersionId")};
    return !name->key.len || take_key(arena, name, out, error);
}
