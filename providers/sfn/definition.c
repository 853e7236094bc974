#include "providers/sfn/definition.h"

#include "base/json.h"
#include "providers/policy.h"

/* Step Functions takes 1 MB. */
enum { DEFINITION_MAX = 4 * 1024 * 1024 };

/* At text[i] stands "${Name}": its value, and its length. */
static const struct value *substitute_at(const struct value *values, struct str text, size_t i,
                                         size_t *length)
{
    struct str rest = str_from_index(text, i);
    if (!str_starts(rest, "${"))
        return NULL;
    size_t end = str_find(rest, '}');
    *length = end + 1;
    return end < rest.len ? value_get_str(values, str_slice(rest, 2, end - 2)) : NULL;
}

static struct str substituted(struct arena *arena, struct str text, const struct value *values)
{
    struct buf out = BUF_INIT(DEFINITION_MAX);
    for (size_t i = 0, length; i < text.len;) {
        const struct value *value = substitute_at(values, text, i, &length);
        if (value) {
            buf_add(&out, value_text(value));
            i += length;
        } else {
            buf_addc(&out, text.ptr[i++]);
        }
    }
    struct str result = out.overflow ? text : arena_str(arena, buf_str(&out));
    buf_release(&out);
    return result;
}

static const char *const parts[] = {"Definition", "DefinitionString", "DefinitionSubstitutions"};

/* The definition as it was written, or NULL. */
static const struct value *own_definition(const struct value *properties)
{
    const struct value *tree = value_get(properties, "Definition");
    return tree ? tree : value_get(properties, "DefinitionString");
}

static struct str merged_text(struct arena *arena, const struct value *properties)
{
    const struct value *own = own_definition(properties);
    const struct value *values = value_get(properties, "DefinitionSubstitutions");
    struct str text = value_is(own, VALUE_MAP) ? json_for_request(arena, own) : value_text(own);
    return value_is(values, VALUE_MAP) ? substituted(arena, text, values) : text;
}

bool definition_text(struct arena *arena, const struct value *properties, struct str *text,
                     struct error *error)
{
    const struct value *own = own_definition(properties);
    struct error why = ERROR_INIT;
    struct value *parsed;
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        const struct value *secret = value_find_secret(value_get(properties, parts[i]));
        if (secret)
            return value_error(secret, error, ERROR_INVALID,
                               "a state machine's definition cannot hold a secret, since everybody who may "
                               "read the machine sees it: let a function fetch it");
    }
    if (!own)
        return value_error(properties, error, ERROR_INVALID,
                           "a state machine needs a 'Definition' or a 'DefinitionString'");
    *text = merged_text(arena, properties);
    return json_read(arena, STR_EMPTY, *text, &parsed, &why) ||
           value_error(own, error, ERROR_INVALID, "the definition of the state machine is not JSON: %s",
                       why.message);
}

void definition_merge(struct arena *arena, struct value *properties)
{
    const struct value *own = own_definition(properties), *unknown = NULL, *secret = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        const struct value *part = value_get(properties, parts[i]);
        unknown = unknown ? unknown : value_find_unknown(part);
        secret = secret ? secret : value_find_secret(part);
    }
    if (!own || secret)
        return;
    struct error ignored = ERROR_INIT;
    struct value *merged = unknown ? value_unknown(arena, unknown->text) : NULL;
    struct str text = unknown ? STR_EMPTY : merged_text(arena, properties);
    if (!unknown && !json_read(arena, STR_EMPTY, text, &merged, &ignored))
        merged = value_string(arena, text);
    value_setz(arena, properties, "DefinitionString", value_at_position_of(merged, own));
    value_remove(properties, STR("Definition"));
    value_remove(properties, STR("DefinitionSubstitutions"));
}
