#include <string.h>

#include "environments/cloudformation/pattern.h"
#include "environments/cloudformation/template.h"

/* Bytes; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
enum { VALUE_MAX = 4096, DESCRIPTION_MAX = 4000 };

static const char *const parameter_keys[] = {"AllowedPattern", "AllowedValues", "ConstraintDescription",
                                             "Default",        "Description",   "MaxLength",
                                             "MaxValue",       "MinLength",     "MinValue",
                                             "NoEcho",         "Type"};

/* Types whose values are single texts; List<type> holds for all but String. */
static const char *const scalar_types[] = {
    "String",
    "Number",
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::Volume::Id",
    "AWS::EC2::VPC::Id",
    "AWS::Route53::HostedZone::Id",
    "AWS::SSM::Parameter::Name",
};

struct parameter {
    struct arena *arena;
    struct str name;
    const struct value *declaration;
    const struct value *at; /* the value that is checked: position for messages */
    bool number;
    bool secret;
    size_t *steps; /* that patterns may still take, those of all parameters together */
    bool ssm;      /* what is given is the name of the SSM parameter that holds the value */
};

static bool known_scalar(struct str type)
{
    for (size_t i = 0; i < ARRAY_LENGTH(scalar_types); i++)
        if (str_is(type, scalar_types[i]))
            return true;
    return false;
}

static bool parameter_type(struct parameter *parameter, bool *list, bool *number, struct error *error)
{
    const struct value *node = value_get(parameter->declaration, "Type");
    if (!value_is(node, VALUE_STRING))
        return value_error(parameter->declaration, error, ERROR_INVALID, "parameter '%.*s' has no 'Type'",
                           STR_ARG(parameter->name));
    struct str type = node->text, element = type;
    if (str_starts(type, SSM_PARAMETER_TYPE) && str_ends(type, ">")) {
        size_t prefix = sizeof SSM_PARAMETER_TYPE - 1;
        element = type = str_slice(type, prefix, type.len - prefix - 1);
        parameter->ssm = true;
    }
    *list = str_is(type, "CommaDelimitedList");
    if (str_starts(type, "List<") && str_ends(type, ">")) {
        *list = true;
        element = str_slice(type, 5, type.len - 6);
    }
    *number = str_is(element, "Number");
    bool in_ssm = !parameter->ssm || !*number; /* CloudFormation has no numbers there */
    if ((!str_is(type, "CommaDelimitedList") && !known_scalar(element)) || !in_ssm)
        return value_error(
            node, error, ERROR_INVALID, "parameter '%.*s' has the unknown type '%.*s'%s",
            STR_ARG(parameter->name), STR_ARG(node->text),
            in_ssm ? nearest_name(parameter->arena, type, scalar_types, ARRAY_LENGTH(scalar_types)) : "");
    return true;
}

/* ConstraintDescription replaces the reason, as CloudFormation does. */
static bool refuse(const struct parameter *parameter, struct error *error, const char *reason)
{
    struct str own = value_get_text(parameter->declaration, "ConstraintDescription");
    if (own.len > 0)
        return value_error(parameter->at, error, ERROR_INVALID, "parameter '%.*s': %.*s",
                           STR_ARG(parameter->name), STR_ARG(own));
    return value_error(parameter->at, error, ERROR_INVALID, "parameter '%.*s' %s", STR_ARG(parameter->name),
                       reason);
}

static bool check_pattern(const struct parameter *parameter, struct str text, struct error *error)
{
    const struct value *pattern = value_get(parameter->declaration, "AllowedPattern");
    if (!pattern)
        return true;
    switch (pattern_match(value_text(pattern), text, parameter->steps)) {
    case PATTERN_MATCHES:
        return true;
    case PATTERN_DIFFERS:
        return refuse(parameter, error, "does not match its AllowedPattern");
    case PATTERN_SLOW:
        return value_error(
            pattern, error, ERROR_INVALID,
            "AllowedPattern of parameter '%.*s' takes too long to check: repeats in repeats, or a "
            "back reference, try every way",
            STR_ARG(parameter->name));
    case PATTERN_UNSOUND:
        break;
    }
    return value_error(
        pattern, error, ERROR_INVALID,
        "AllowedPattern of parameter '%.*s' is no regular expression of Java, or needs more than %d "
        "steps with its repeats written out",
        STR_ARG(parameter->name), PATTERN_PROGRAM_MAX);
}

static bool check_allowed(const struct parameter *parameter, struct str text, struct error *error)
{
    const struct value *allowed = value_get(parameter->declaration, "AllowedValues");
    if (!allowed)
        return true;
    if (!value_is(allowed, VALUE_LIST))
        return value_error(allowed, error, ERROR_INVALID, "AllowedValues of parameter '%.*s' must be a list",
                           STR_ARG(parameter->name));
    struct buf names = BUF_INIT(512);
    for (size_t i = 0; i < allowed->count; i++) {
        struct str one = value_text(allowed->items[i]);
        if (str_equal(one, text)) {
            buf_release(&names);
            return true;
        }
        buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(one));
    }
    struct str shown =
        parameter->secret ? STR_EMPTY : arena_printf(parameter->arena, "is '%.*s' but ", STR_ARG(text));
    struct str reason =
        arena_printf(parameter->arena, "%.*smust be one of: %.*s", STR_ARG(shown), STR_ARG(buf_str(&names)));
    buf_release(&names);
    return refuse(parameter, error, reason.ptr);
}

/* strtod reads more than a number has: hexadecimal, "nan", spaces before it. */
static bool is_number(struct str text, double *out)
{
    char copy[64], *end;
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.eE", text.ptr[i]))
            return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *out = strtod(copy, &end);
    return !*end && *out - *out == 0;
}

static bool bound(const struct parameter *parameter, const char *key, double *out, bool *given,
                  struct error *error)
{
    const struct value *node = value_get(parameter->declaration, key);
    *given = node != NULL;
    return !node || is_number(value_text(node), out) ||
           value_error(node, error, ERROR_INVALID, "%s of parameter '%.*s' must be a number", key,
                       STR_ARG(parameter->name));
}

static bool check_range(const struct parameter *parameter, double found, const char *low_key,
                        const char *high_key, struct error *error)
{
    double low = 0, high = 0;
    bool has_low, has_high;
    if (!bound(parameter, low_key, &low, &has_low, error) ||
        !bound(parameter, high_key, &high, &has_high, error))
        return false;
    if ((!has_low || found >= low) && (!has_high || found <= high))
        return true;
    bool below = has_low && found < low;
    struct str reason =
        arena_printf(parameter->arena, "must be %s its %s of %.*s", below ? "at least" : "at most",
                     below ? low_key : high_key,
                     STR_ARG(value_get_text(parameter->declaration, below ? low_key : high_key)));
    return refuse(parameter, error, reason.ptr);
}

static size_t count_characters(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

static bool check_scalar(const struct parameter *parameter, struct str text, struct error *error)
{
    if (text.len > VALUE_MAX)
        return refuse(parameter, error, "is longer than 4,096 bytes");
    if (parameter->number) {
        double number;
        if (!is_number(text, &number))
            return refuse(parameter, error, "must be a number");
        if (!check_range(parameter, number, "MinValue", "MaxValue", error))
            return false;
    } else if (!check_range(parameter, (double)count_characters(text), "MinLength", "MaxLength", error)) {
        return false;
    }
    return check_allowed(parameter, text, error) && check_pattern(parameter, text, error);
}

static bool take_scalar(const struct parameter *parameter, const struct value *given, struct value **out,
                        struct error *error)
{
    struct str text = given->kind == VALUE_SECRET ? given->text : value_text(given);
    if (!value_is(given, VALUE_STRING) && !value_is(given, VALUE_NUMBER) && !value_is(given, VALUE_BOOL) &&
        !value_is(given, VALUE_SECRET))
        return value_error(given, error, ERROR_INVALID, "parameter '%.*s' must be a scalar, not %s",
                           STR_ARG(parameter->name), value_kind_name(given->kind));
    if (!check_scalar(parameter, text, error))
        return false;
    *out = parameter->secret || given->kind == VALUE_SECRET ? value_secret(parameter->arena, text)
                                                            : value_string(parameter->arena, text);
    value_at_position_of(*out, given);
    return true;
}

static bool take_list(const struct parameter *parameter, const struct value *given, struct value **out,
                      struct error *error)
{
    struct value *list = value_at_position_of(value_list(parameter->arena), given);
    *out = list;
    for (size_t i = 0; value_is(given, VALUE_LIST) && i < given->count; i++) {
        struct value *item;
        if (!take_scalar(parameter, given->items[i], &item, error))
            return false;
        value_append(parameter->arena, list, item);
    }
    if (value_is(given, VALUE_LIST))
        return true;
    struct str rest = given->kind == VALUE_SECRET ? given->text : value_text(given), part;
    while (str_split(&rest, ',', &part)) {
        struct value *item, *text = value_string(parameter->arena, str_trim(part));
        text->kind = given->kind == VALUE_SECRET ? VALUE_SECRET : text->kind;
        if (!take_scalar(parameter, value_at_position_of(text, given), &item, error))
            return false;
        value_append(parameter->arena, list, item);
    }
    return true;
}

/* What a nested stack is given may be known to the account only; then nothing can be checked. */
static struct value *take_open(const struct parameter *parameter, bool list, const struct value *given)
{
    if (!list || !function_call(given))
        return value_copy(parameter->arena, given);
    struct value *split = value_list(parameter->arena), *call = value_map(parameter->arena);
    value_append(parameter->arena, split, value_stringz(parameter->arena, ","));
    value_append(parameter->arena, split, value_copy(parameter->arena, given));
    value_setz(parameter->arena, call, "Fn::Split", split);
    return value_at_position_of(call, given);
}

static bool check_keys(const struct parameter *parameter, struct error *error)
{
    const struct value *declaration = parameter->declaration;
    if (!value_is(declaration, VALUE_MAP))
        return value_error(declaration, error, ERROR_INVALID,
                           "parameter '%.*s' must be a mapping with a 'Type'", STR_ARG(parameter->name));
    for (size_t i = 0; i < declaration->count; i++) {
        const struct value_entry *entry = &declaration->entries[i];
        bool known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(parameter_keys); k++)
            known = known || str_is(entry->key, parameter_keys[k]);
        if (!known)
            return value_key_error(
                declaration, entry, error, ERROR_INVALID, "parameter '%.*s' has the unknown key '%.*s'%s",
                STR_ARG(parameter->name), STR_ARG(entry->key),
                nearest_name(parameter->arena, entry->key, parameter_keys, ARRAY_LENGTH(parameter_keys)));
    }
    return true;
}

/* What must hold whatever the value is. */
static bool check_declaration(const struct parameter *parameter, struct error *error)
{
    const struct value *declaration = parameter->declaration,
                       *allowed = value_get(declaration, "AllowedValues");
    const struct value *description = value_get(declaration, "Description"),
                       *hidden = value_get(declaration, "NoEcho");
    const struct value *otherwise = value_get(declaration, "Default");
    bool ignored;
    struct str text;
    if (description && (!value_is(description, VALUE_STRING) || description->text.len > DESCRIPTION_MAX))
        return value_error(description, error, ERROR_INVALID,
                           "Description of parameter '%.*s' must be a text of at most %d bytes",
                           STR_ARG(parameter->name), DESCRIPTION_MAX);
    if (hidden && !value_to_bool(hidden, &ignored))
        return value_error(hidden, error, ERROR_INVALID, "NoEcho of parameter '%.*s' must be true or false",
                           STR_ARG(parameter->name));
    for (size_t i = 0; value_is(allowed, VALUE_LIST) && i < allowed->count; i++)
        if (!scalar_text(allowed->items[i], &text))
            return value_error(allowed->items[i], error, ERROR_INVALID,
                               "AllowedValues of parameter '%.*s' must be texts, not %s",
                               STR_ARG(parameter->name), value_kind_name(allowed->items[i]->kind));
    return !otherwise || scalar_text(otherwise, &text) ||
           value_error(otherwise, error, ERROR_INVALID,
                       "Default of parameter '%.*s' must be a text, not %s: lists are written with commas",
                       STR_ARG(parameter->name), value_kind_name(otherwise->kind));
}

static bool take(struct parameter *parameter, const struct value *given, bool list, struct value **out,
                 struct error *error)
{
    parameter->at = given->source ? given : parameter->declaration;
    return list && !parameter->ssm ? take_list(parameter, given, out, error)
                                   : take_scalar(parameter, given, out, error);
}

static bool parameter_value(struct parameter *parameter, const struct template_options *options,
                            struct value **out, struct error *error)
{
    bool list;
    if (!check_keys(parameter, error) || !parameter_type(parameter, &list, &parameter->number, error) ||
        !check_declaration(parameter, error))
        return false;
    parameter->secret = value_get_bool(parameter->declaration, "NoEcho", false);
    const struct value *otherwise = value_get(parameter->declaration, "Default");
    const struct value *given = value_get_str(options->parameters, parameter->name);
    given = given ? given : value_get_str(options->shared_parameters, parameter->name);
    /* CloudFormation holds a Default to the constraints although another value is given. */
    if (given && otherwise && !take(parameter, otherwise, list, out, error))
        return error_prefix(error, "Default");
    given = given ? given : otherwise;
    if (!given && options->parameters_open) {
        *out = value_unknown(parameter->arena, parameter->name);
        return true;
    }
    if (!given)
        return value_error(parameter->declaration, error, ERROR_INVALID,
                           "parameter '%.*s' has no value: set it under 'parameters' or give it a Default",
                           STR_ARG(parameter->name));
    if (function_find(given) && parameter->ssm)
        return value_error(
            given, error, ERROR_INVALID,
            "parameter '%.*s' takes its value from SSM, under a name that must be known when the "
            "template is rendered",
            STR_ARG(parameter->name));
    if (function_find(given)) {
        *out = take_open(parameter, list, given);
        return true;
    }
    return take(parameter, given, list, out, error);
}

bool parameters_evaluate(struct arena *arena, const struct value *template,
                         const struct template_options *options, struct value **values, struct error *error)
{
    const struct value *declared = value_get(template, "Parameters");
    size_t steps = PATTERN_STEPS_MAX;
    *values = value_map(arena);
    if (!value_is(declared, VALUE_MAP)) /* the check of sections says so, which may come later */
        declared = NULL;
    for (size_t i = 0; declared && i < declared->count; i++) {
        struct parameter parameter = {.arena = arena,
                                      .name = declared->entries[i].key,
                                      .declaration = declared->entries[i].value,
                                      .steps = &steps};
        struct value *value;
        if (!parameter_value(&parameter, options, &value, error))
            return false;
        value_set(arena, *values, parameter.name, value);
    }
    if (!ssm_parameters(arena, template, options, *values, error))
        return false;
    const struct value *given = options->parameters;
    for (size_t i = 0; given && i < given->count; i++)
        if (!value_get_str(declared, given->entries[i].key))
            return value_key_error(given, &given->entries[i], error, ERROR_INVALID,
                                   "the template '%.*s' has no parameter '%.*s'%s", STR_ARG(options->path),
                                   STR_ARG(given->entries[i].key),
                                   nearest_key(arena, given->entries[i].key, declared));
    return true;
}
