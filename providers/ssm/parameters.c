#include "providers/ssm/parameters.h"

#include "providers/resource.h"
#include "providers/ssm/operations.h"

static bool refuse_secure(struct str name, struct error *error)
{
    return error_set(
        error, ERROR_INVALID,
        "the SSM parameter '%.*s' is a SecureString: only ssm-secure may name it, in the few properties "
        "that take it; a secret of Secrets Manager may be named anywhere",
        STR_ARG(name));
}

bool ssm_parameter_read(struct aws *aws, struct arena *arena, struct str name, struct str version,
                        bool secure, struct ssm_parameter *out, struct error *error)
{
    struct value *output, *input = value_map(arena);
    struct str full = version.len ? arena_printf(arena, "%.*s:%.*s", STR_ARG(name), STR_ARG(version)) : name;
    value_setz(arena, input, "Name", value_string(arena, full));
    if (secure)
        value_setz(arena, input, "WithDecryption", value_bool(arena, true));
    if (!aws_call(aws, &ssm_operations[SSM_GET_PARAMETER], arena, input, &output, error))
        return false;
    const struct value *parameter = value_get(output, "Parameter");
    *out = (struct ssm_parameter){
        .value = value_get_text(parameter, "Value"),
        .version = value_get_text(parameter, "Version"),
        .secure = str_is(value_get_text(parameter, "Type"), "SecureString"),
    };
    if (out->secure && !secure)
        return refuse_secure(name, error);
    return out->secure == secure ||
           error_set(error, ERROR_INVALID, "the SSM parameter '%.*s' is no SecureString: name it with ssm",
                     STR_ARG(name));
}

/* As it was asked for: by its name or ARN, with ":VERSION" or ":LABEL" behind where that was given. */
static bool is_named(struct arena *arena, const struct value *parameter, struct str asked)
{
    struct str selector = value_get_text(parameter, "Selector");
    static const char *const members[] = {"Name", "ARN"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        struct str name = value_get_text(parameter, members[i]);
        if (str_equal(asked, name) ||
            str_equal(asked, arena_printf(arena, "%.*s%.*s", STR_ARG(name), STR_ARG(selector))))
            return true;
    }
    return false;
}

static bool take(struct arena *arena, const struct value *names, const struct value *found,
                 struct value *values, struct error *error)
{
    for (size_t i = 0; i < names->count; i++)
        for (size_t k = 0; value_is(found, VALUE_LIST) && k < found->count; k++) {
            const struct value *parameter = found->items[k];
            if (!is_named(arena, parameter, names->items[i]->text))
                continue;
            if (str_is(value_get_text(parameter, "Type"), "SecureString"))
                return refuse_secure(names->items[i]->text, error);
            value_set(arena, values, names->items[i]->text, value_get(parameter, "Value"));
        }
    return true;
}

bool ssm_parameters_read(struct aws *aws, struct arena *arena, const struct value *names,
                         struct value **values, struct error *error)
{
    struct value *each = value_map(arena);
    *values = value_map(arena);
    for (size_t i = 0; i < names->count; i++)
        value_set(arena, each, names->items[i]->text, value_null(arena));
    const struct value *all = keys_of(arena, each);
    for (size_t from = 0; from < all->count; from += SSM_PARAMETERS_MAX) {
        struct value *output, *input = value_map(arena), *some = value_list(arena);
        for (size_t i = from; i < all->count && i < from + SSM_PARAMETERS_MAX; i++)
            value_append(arena, some, all->items[i]);
        value_setz(arena, input, "Names", some);
        if (!aws_call(aws, &ssm_operations[SSM_GET_PARAMETERS], arena, input, &output, error) ||
            !take(arena, some, value_get(output, "Parameters"), *values, error))
            return false;
    }
    return true;
}
