#include "providers/secretsmanager/secret_value.h"

#include "base/digest.h"
#include "base/json.h"
#include "providers/policy.h"
#include "providers/resource.h"
#include "providers/secretsmanager/operations.h"
#include "providers/shape.h"

enum { DIGEST_SHOWN = 16 };

static bool new_password(const struct resource_call *call, const struct value *rules, struct str *password,
                         struct error *error)
{
    static const char *const asked[] = {"ExcludeCharacters",  "ExcludeLowercase",        "ExcludeNumbers",
                                        "ExcludePunctuation", "ExcludeUppercase",        "IncludeSpace",
                                        "PasswordLength",     "RequireEachIncludedType", NULL};
    struct value *input = value_map(call->arena), *answer;
    members_copy(call->arena, input, rules, asked);
    if (!aws_call(call->aws, &secretsmanager_operations[SECRETSMANAGER_GET_RANDOM_PASSWORD], call->arena,
                  input, &answer, error))
        return false;
    *password = value_get_text(answer, "RandomPassword");
    return password->len || error_set(error, ERROR_CORRUPT, "GetRandomPassword gave no password");
}

/* The password as one more member of the template's JSON. */
static bool in_template(const struct resource_call *call, const struct value *rules, struct str password,
                        struct str *text, struct error *error)
{
    struct str pattern = value_get_text(rules, "SecretStringTemplate"),
               key = value_get_text(rules, "GenerateStringKey");
    struct error ignored = ERROR_INIT;
    struct value *object;
    *text = password;
    if (!pattern.len && !key.len)
        return true;
    if (!pattern.len || !key.len)
        return error_set(
            error, ERROR_INVALID,
            "GenerateSecretString needs both SecretStringTemplate and GenerateStringKey, or neither");
    if (!json_read(call->arena, STR_EMPTY, pattern, &object, &ignored) || !value_is(object, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "SecretStringTemplate is no JSON object");
    value_set(call->arena, object, key, value_string(call->arena, password));
    *text = json_for_request(call->arena, object);
    return true;
}

bool secret_value_make(const struct resource_call *call, const struct value *properties, struct value **text,
                       struct error *error)
{
    const struct value *given = value_get(properties, "SecretString"),
                       *rules = value_get(properties, "GenerateSecretString");
    struct str made;
    *text = NULL;
    if (given && rules)
        return error_set(error, ERROR_INVALID,
                         "a secret takes SecretString or GenerateSecretString, not both");
    if (given)
        made = value_is(given, VALUE_SECRET) ? given->text : value_text(given);
    else if (!rules)
        return true;
    else if (!new_password(call, rules, &made, error) || !in_template(call, rules, made, &made, error))
        return false;
    *text = value_secret(call->arena, made);
    return true;
}

static bool is_same(const struct value *now, const struct value *was)
{
    struct str reference = value_reference(now);
    return reference.len ? str_equal(reference, value_text(was)) : value_equal(now, was);
}

bool secret_value_changes(struct arena *arena, const struct value *properties, const struct value *previous)
{
    static const char *const names[] = {"GenerateSecretString", "SecretString"};
    bool known = false, same = true;
    struct value *hidden = value_copy(arena, properties),
                 *before = previous ? value_copy(arena, previous) : NULL;
    secret_value_hide(arena, hidden);
    if (before)
        secret_value_hide(arena, before);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const struct value *now = value_get(hidden, names[i]), *was = value_get(before, names[i]);
        known = known || was;
        same = same && (now && was ? is_same(now, was) : !now);
    }
    return known && !same;
}

void secret_value_hide(struct arena *arena, struct value *properties)
{
    struct value *text = value_get(properties, "SecretString");
    if (!value_is(text, VALUE_STRING) || value_reference(text).len || str_starts(text->text, "****") ||
        str_starts(text->text, "sha256:") || str_contains(text->text, "{{resolve:"))
        return;
    struct str digest = str_slice(sha256_hex(arena, text->text), 0, DIGEST_SHOWN);
    struct value *shown = value_stringf(arena, "sha256:%.*s", STR_ARG(digest));
    value_setz(arena, properties, "SecretString", value_at_position_of(shown, text));
}
