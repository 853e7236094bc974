#include <string.h>

#include "base/json.h"
#include "environments/cloudformation/template.h"
#include "environments/serverless/compile.h"

/*
 * The framework checks a service by a JSON schema that also converts: a number where a text is wanted becomes
 * its text, a scalar where a list is wanted a list of it, a list of one where a scalar is wanted that one.
 * The template shows the converted values.
 *
 * A rule here is a text: alternatives between '|', tried in order, of
 *   text int number bool any map     a value of that kind; a map of any keys
 *   arn api                          a text that starts with "arn:" or "execute-api:/"
 *   id                               the name of a resource: letters, digits and "#-_./", one '*' at the end
 *   'a'                              just this text
 *   function                         an intrinsic function of CloudFormation
 *   [rule]                           a list
 *   {key: rule, key!: rule, *: rule} a map; '!' must be there, '*' is any other key
 *   @name                            the rule of that name (schemas.c)
 */

enum { SCHEMA_DEPTH_MAX = 32 };

struct schema {
    struct sls *sls;
    int depth;
    bool quiet; /* an alternative is tried: no message, no change */
};

static bool check(struct schema *, struct str rule, const char *where, struct value **slot);

/* Cuts the part before `separator` that is not inside of brackets. */
static bool cut(struct str *rest, char separator, struct str *part)
{
    int depth = 0;
    size_t i = 0;
    if (!rest->ptr)
        return false;
    for (; i < rest->len; i++) {
        char c = rest->ptr[i];
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (c == separator && depth == 0)
            break;
    }
    *part = str_trim(str_slice(*rest, 0, i));
    *rest = i < rest->len ? str_from_index(*rest, i + 1) : (struct str){.ptr = NULL};
    return true;
}

static struct str inner(struct str rule)
{
    return str_slice(rule, 1, rule.len - 2);
}

/* "@name" as the rule of that name, which may have alternatives. */
static struct str resolve(struct str rule)
{
    while (str_starts(rule, "@") && !str_contains(rule, "|"))
        rule = str_trim(str_from(schema_text(str_from_index(rule, 1))));
    return rule;
}

/* "{a: x, b!: y}": the rule of a key, or the one of '*'. */
static bool rule_of_key(struct str members, struct str key, struct str *rule)
{
    struct str member, name;
    while (cut(&members, ',', &member)) {
        if (!cut(&member, ':', &name))
            continue;
        if (str_ends(name, "!"))
            name.len--;
        if (str_equal(name, key) || str_is(name, "*")) {
            *rule = str_trim(member);
            return true;
        }
    }
    return false;
}

static bool unknown_key(struct schema *schema, struct str members, const char *where, const struct value *map,
                        const struct value_entry *entry)
{
    const char *names[128];
    size_t count = 0;
    struct str member, name;
    struct sls *sls = schema->sls;
    if (schema->quiet || sls->failed)
        return false;
    while (cut(&members, ',', &member) && count < ARRAY_LENGTH(names))
        if (cut(&member, ':', &name))
            names[count++] =
                arena_strz(sls->arena, str_slice(name, 0, name.len - (size_t)(str_ends(name, "!") ? 1 : 0)));
    sls->failed = true;
    return value_key_error(map, entry, sls->error, ERROR_INVALID, "unknown key '%.*s' in %s%s",
                           STR_ARG(entry->key), where, nearest_name(sls->arena, entry->key, names, count));
}

static bool needed_keys(struct schema *schema, struct str members, const char *where, const struct value *map)
{
    struct str member, name;
    while (cut(&members, ',', &member)) {
        if (!cut(&member, ':', &name) || !str_ends(name, "!"))
            continue;
        name.len--;
        if (value_is(value_get_str(map, name), VALUE_NULL) || !value_get_str(map, name)) {
            if (!schema->quiet)
                sls_fail(schema->sls, map, "%s needs '%.*s'", where, STR_ARG(name));
            return false;
        }
    }
    return true;
}

static bool check_map(struct schema *schema, struct str rule, const char *where, struct value *map)
{
    struct str members = inner(rule), of_key;
    for (size_t i = 0; i < map->count; i++) {
        struct value_entry *entry = &map->entries[i];
        if (!rule_of_key(members, entry->key, &of_key))
            return unknown_key(schema, members, where, map, entry);
        const char *inside = textf(schema->sls, "'%.*s' of %s", STR_ARG(entry->key), where);
        if (entry->value->kind != VALUE_NULL && !check(schema, of_key, inside, &entry->value))
            return false;
    }
    return needed_keys(schema, members, where, map);
}

static bool check_list(struct schema *schema, struct str rule, const char *where, struct value **slot)
{
    struct value *list = *slot;
    if (list->kind == VALUE_MAP)
        return false;
    if (list->kind != VALUE_LIST) {
        list = value_at_position_of(value_list(schema->sls->arena), *slot);
        value_append(schema->sls->arena, list, *slot);
    }
    for (size_t i = 0; i < list->count; i++)
        if (!check(schema, inner(rule), textf(schema->sls, "item %zu of %s", i + 1, where), &list->items[i]))
            return false;
    if (!schema->quiet)
        *slot = list;
    return true;
}

static bool is_scalar(const struct value *value)
{
    return value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_BOOL);
}

/* The scalar in the place of `value`, converted to the kind, or NULL. */
static struct value *converted(struct schema *schema, const struct value *value, enum value_kind kind)
{
    struct arena *arena = schema->sls->arena;
    bool boolean;
    if (value->kind == VALUE_LIST && value->count == 1)
        value = value->items[0];
    if (value->kind == kind)
        return (struct value *)value;
    if (!is_scalar(value))
        return NULL;
    struct value *made = NULL;
    if (kind == VALUE_STRING && value->kind == VALUE_NUMBER)
        made = value_string(arena, serverless_number_text(arena, value->text));
    else if (kind == VALUE_STRING)
        made = value_string(arena, value_text(value));
    else if (kind == VALUE_NUMBER && value->kind == VALUE_STRING && json_is_number(value->text))
        made = value_number(arena, value->text);
    else if (kind == VALUE_BOOL && value_to_bool(value, &boolean))
        made = value_bool(arena, boolean);
    return made ? value_at_position_of(made, value) : NULL;
}

static bool is_resource_name(struct str text)
{
    size_t length = str_ends(text, "*") ? text.len - 1 : text.len;
    for (size_t i = 0; i < length; i++) {
        char c = text.ptr[i];
        bool known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("#-_./", c));
        if (!known)
            return false;
    }
    return length > 0;
}

static bool text_fits(struct str rule, struct str text)
{
    if (rule.ptr[0] == '\'')
        return str_equal(inner(rule), text);
    if (str_is(rule, "arn"))
        return str_starts(text, "arn:");
    if (str_is(rule, "api"))
        return str_starts(text, "execute-api:/");
    return !str_is(rule, "id") || is_resource_name(text);
}

static bool check_scalar(struct schema *schema, struct str rule, struct value **slot)
{
    bool number = str_is(rule, "int") || str_is(rule, "number");
    enum value_kind kind = number ? VALUE_NUMBER : str_is(rule, "bool") ? VALUE_BOOL : VALUE_STRING;
    /* A constant is compared as it is. */
    struct value *value =
        rule.ptr[0] == '\'' ? ((*slot)->kind == VALUE_STRING ? *slot : NULL) : converted(schema, *slot, kind);
    if (!value || (kind == VALUE_STRING && !text_fits(rule, value->text)))
        return false;
    if (!schema->quiet)
        *slot = value;
    return true;
}

/* One alternative. */
static bool check_one(struct schema *schema, struct str rule, const char *where, struct value **slot)
{
    struct value *value = *slot;
    if (str_starts(rule, "@"))
        return check(schema, resolve(rule), where, slot);
    if (str_is(rule, "any"))
        return true;
    if (str_is(rule, "map"))
        return value->kind == VALUE_MAP;
    if (str_is(rule, "function"))
        return is_function_call(value);
    if (str_starts(rule, "["))
        return check_list(schema, rule, where, slot);
    if (str_starts(rule, "{"))
        return value->kind == VALUE_MAP && check_map(schema, rule, where, value);
    return check_scalar(schema, rule, slot);
}

static const char *word_of(struct schema *schema, struct str rule)
{
    static const char *const words[][2] = {
        {"text", "a string"},  {"int", "an integer"},         {"number", "a number"},
        {"bool", "a boolean"}, {"map", "a mapping"},          {"function", "a function of CloudFormation"},
        {"arn", "an ARN"},     {"api", "'execute-api:/...'"}, {"id", "the name of a resource"},
    };
    if (str_starts(rule, "[") || str_starts(rule, "{"))
        return str_starts(rule, "[") ? "a list" : "a mapping";
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is(rule, words[i][0]))
            return words[i][1];
    return arena_strz(schema->sls->arena, rule);
}

static const char *words_of(struct schema *schema, struct str rule)
{
    struct str alternative;
    const char *words = "";
    while (cut(&rule, '|', &alternative)) {
        alternative = resolve(alternative);
        const char *word = str_contains(alternative, "|") && !strchr("[{", alternative.ptr[0])
                               ? words_of(schema, alternative)
                               : word_of(schema, alternative);
        words = textf(schema->sls, "%s%s%s", words, *words ? " or " : "", word);
    }
    return words;
}

/* Nothing fits: the message of the alternative for values of this kind, where there is one. */
static bool explain(struct schema *schema, struct str rule, const char *where, struct value **slot)
{
    struct str alternative, rest = rule;
    while (cut(&rest, '|', &alternative)) {
        bool map = str_starts(resolve(alternative), "{") && (*slot)->kind == VALUE_MAP;
        bool list = str_starts(resolve(alternative), "[") && (*slot)->kind == VALUE_LIST;
        if (map || list)
            check_one(schema, alternative, where, slot);
    }
    if (!schema->sls->failed)
        sls_fail(schema->sls, *slot, "%s must be %s, not %s", where, words_of(schema, rule),
                 value_kind_name((*slot)->kind));
    return false;
}

static bool check(struct schema *schema, struct str rule, const char *where, struct value **slot)
{
    struct str alternative, rest = rule;
    bool quiet = schema->quiet, fits = false;
    if (++schema->depth > SCHEMA_DEPTH_MAX) {
        sls_fail(schema->sls, *slot, "%s is deeper than %d levels", where, SCHEMA_DEPTH_MAX);
        return false;
    }
    while (!fits && cut(&rest, '|', &alternative)) {
        schema->quiet = true;
        fits = check_one(schema, alternative, where, slot);
        schema->quiet = quiet;
        if (fits && !quiet)
            check_one(schema, alternative, where, slot);
    }
    schema->depth--;
    return fits || (!quiet && explain(schema, rule, where, slot));
}

void schema_check(struct sls *sls, const char *rule, const char *where, struct value **value)
{
    struct schema schema = {.sls = sls};
    if (!sls->failed && *value && (*value)->kind != VALUE_NULL)
        (void)check(&schema, str_from(schema_text(str_from(rule))), where, value);
}
