#include "base/digest.h"
#include "base/json.h"
#include "environments/make.h"
#include "environments/serverless/compile.h"

/* What the parts share: values, the template under way, the default role. */

struct value *form(struct sls *sls, const char *shape, ...)
{
    va_list arguments;
    va_start(arguments, shape);
    struct value *value = make_shape(sls->arena, shape, &arguments);
    va_end(arguments);
    return value;
}

const char *textf(struct sls *sls, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *made = make_textv(sls->arena, format, arguments);
    va_end(arguments);
    return made;
}

struct value *form_text(struct sls *sls, const char *text)
{
    return value_stringz(sls->arena, text);
}

const char *text_of(struct sls *sls, const struct value *value)
{
    return arena_strz(sls->arena, value_text(value));
}

bool truthy(const struct value *value)
{
    if (!value || value->kind == VALUE_NULL)
        return false;
    if (value->kind == VALUE_BOOL)
        return value->boolean;
    int64_t number;
    if (value->kind == VALUE_NUMBER)
        return !value_to_int(value, &number) || number != 0;
    return value->kind != VALUE_STRING || value->text.len > 0;
}

struct value *truthy_or(struct value *value, struct value *otherwise)
{
    return truthy(value) ? value : otherwise;
}

struct value *if_truthy(struct value *value)
{
    return truthy(value) ? value : NULL;
}

struct value *if_given(struct value *value)
{
    return value_is(value, VALUE_NULL) ? NULL : value;
}

bool is_function_call(const struct value *value)
{
    if (!value_is(value, VALUE_MAP) || value->count != 1)
        return false;
    struct str key = value->entries[0].key;
    return str_is(key, "Ref") || str_starts(key, "Fn::");
}

/* False where something failed before: the first mistake stays. */
PRINTF_LIKE(3, 0)
static bool is_first(struct sls *sls, struct error *mistake, const char *format, va_list arguments)
{
    if (sls->failed)
        return false;
    error_setv(mistake, ERROR_INVALID, format, arguments);
    return sls->failed = true;
}

void sls_fail(struct sls *sls, const struct value *at, const char *format, ...)
{
    struct error mistake = ERROR_INIT;
    va_list arguments;
    va_start(arguments, format);
    if (is_first(sls, &mistake, format, arguments))
        value_error(at, sls->error, ERROR_INVALID, "%s", mistake.message);
    va_end(arguments);
}

void sls_unsupported(struct sls *sls, const struct value *at, const char *format, ...)
{
    struct error mistake = ERROR_INIT;
    va_list arguments;
    va_start(arguments, format);
    if (is_first(sls, &mistake, format, arguments))
        serverless_unsupported(at, sls->error, "%s", mistake.message);
    va_end(arguments);
}

static struct value *merged(struct sls *sls, struct value *into, const struct value *from)
{
    bool both = into && into->kind == from->kind && (from->kind == VALUE_MAP || from->kind == VALUE_LIST);
    if (!both)
        return value_copy(sls->arena, from);
    sls_merge(sls, into, from);
    return into;
}

void sls_merge(struct sls *sls, struct value *into, const struct value *from)
{
    for (size_t i = 0; from && i < from->count; i++) {
        if (from->kind == VALUE_LIST && i < into->count) {
            into->items[i] = merged(sls, into->items[i], from->items[i]);
        } else if (from->kind == VALUE_LIST) {
            value_append(sls->arena, into, value_copy(sls->arena, from->items[i]));
        } else {
            const struct value_entry *entry = &from->entries[i];
            value_set(sls->arena, into, entry->key,
                      merged(sls, value_get_str(into, entry->key), entry->value));
        }
    }
}

/* What was made has the position of what it was made for, so that later messages name a line. */
static void place(struct value *made, const struct value *at)
{
    if (made->source)
        return;
    value_at_position_of(made, at);
    for (size_t i = 0; made->kind == VALUE_LIST && i < made->count; i++)
        place(made->items[i], at);
    for (size_t i = 0; made->kind == VALUE_MAP && i < made->count; i++)
        place(made->entries[i].value, at);
}

void sls_put(struct sls *sls, const char *id, struct value *resource, const struct value *at)
{
    if (at)
        place(resource, at);
    value_setz(sls->arena, sls->resources, id, resource);
}

void sls_add(struct sls *sls, const char *id, struct value *resource, const struct value *at)
{
    struct value *there = value_get(sls->resources, id);
    if (at)
        place(resource, at);
    if (there)
        sls_merge(sls, there, resource);
    else /* a copy: what is merged into it later must not reach the values that it was made of */
        sls_put(sls, id, value_copy(sls->arena, resource), at);
}

bool sls_has(const struct sls *sls, const char *id)
{
    return value_get(sls->resources, id) != NULL;
}

void sls_output(struct sls *sls, const char *id, const char *description, struct value *value)
{
    value_setz(sls->arena, sls->outputs, id,
               form(sls, "{'Description': '%s', 'Value': %v}", description, value));
}

void sls_allow(struct sls *sls, struct value *statement)
{
    if (sls->statements)
        value_append(sls->arena, sls->statements, statement);
}

void sls_allow_once(struct sls *sls, struct value *statement)
{
    for (size_t i = 0; sls->statements && i < sls->statements->count; i++)
        if (value_equal(sls->statements->items[i], statement))
            return;
    sls_allow(sls, statement);
}

struct sls_function *sls_function(struct sls *sls, struct str key)
{
    for (struct sls_function *f = sls->functions; f < sls->functions + sls->function_count; f++)
        if (str_is(key, f->key))
            return f;
    return NULL;
}

struct value *sls_target(struct sls *sls, const struct sls_function *f)
{
    struct value *arn = form(sls, "{'Fn::GetAtt': ['%s', 'Arn']}", f->lambda);
    return f->alias ? form(sls, "{'Fn::Join': [':', [%v, '%s']]}", arn, f->alias_name) : arn;
}

struct value *alias_of(struct sls *sls, const struct sls_function *f)
{
    return f->alias ? form_text(sls, f->alias) : NULL;
}

struct value *sls_permission(struct sls *sls, const struct sls_function *f, const char *principal,
                             struct value *source_arn)
{
    return form(sls,
                "{'Type': 'AWS::Lambda::Permission', 'DependsOn': %v, 'Properties': {'FunctionName': %v, "
                "'Action': 'lambda:InvokeFunction', 'Principal': '%s', 'SourceArn': %v}}",
                alias_of(sls, f), sls_target(sls, f), principal, source_arn);
}

/* The default role, one of the service's resources, or none where it lies outside of the template. */
static struct value *role_resource(struct sls *sls, const struct sls_function *f)
{
    struct value *role = custom_role(sls, f);
    if (!truthy(role))
        return form_text(sls, "IamRoleLambdaExecution");
    if (role->kind == VALUE_STRING)
        return str_contains(role->text, ":") ? NULL : role;
    const struct value *attribute = value_get(role, "Fn::GetAtt");
    if (value_is(attribute, VALUE_LIST) && attribute->count == 2 && value_is_text(attribute->items[1], "Arn"))
        return attribute->items[0];
    if (value_get(role, "Fn::ImportValue") || value_get(role, "Ref") || value_get(role, "Fn::Sub"))
        return NULL;
    return form_text(sls, "IamRoleLambdaExecution");
}

struct value *mapping_depends_on(struct sls *sls, const struct sls_function *f)
{
    return form(sls, "[%v, %v]", role_resource(sls, f), alias_of(sls, f));
}

const char *json_of(struct sls *sls, const struct value *value)
{
    return arena_strz(sls->arena, json_text(sls->arena, value, JSON_COMPACT));
}

struct value *filter_criteria(struct sls *sls, const struct value *patterns)
{
    if (!value_is(patterns, VALUE_LIST))
        return NULL;
    struct value *filters = value_list(sls->arena);
    for (size_t i = 0; i < patterns->count; i++)
        value_append(sls->arena, filters, form(sls, "{'Pattern': '%s'}", json_of(sls, patterns->items[i])));
    return form(sls, "{'Filters': %v}", filters);
}

struct value *sls_tags(struct sls *sls, const struct value *tags)
{
    struct value *list = value_list(sls->arena);
    for (size_t i = 0; value_is(tags, VALUE_MAP) && i < tags->count; i++)
        value_append(sls->arena, list,
                     form(sls, "{'Key': %v, 'Value': %v}", value_string(sls->arena, tags->entries[i].key),
                          tags->entries[i].value));
    return list;
}

struct value *sls_log_group(struct sls *sls, const char *name, const struct value *function)
{
    return form(sls,
                "{'Type': 'AWS::Logs::LogGroup', 'Properties': {'LogGroupName': '%s', 'RetentionInDays': %v, "
                "'DataProtectionPolicy': %v}}",
                name,
                if_truthy(truthy_or(value_get(function, "logRetentionInDays"),
                                    value_get(sls->provider, "logRetentionInDays"))),
                if_truthy(truthy_or(value_get(function, "logDataProtectionPolicy"),
                                    value_get(sls->provider, "logDataProtectionPolicy"))));
}

const char *md5_of(struct sls *sls, const char *text)
{
    struct str bytes;
    if (!base64_decode(sls->arena, md5_base64(sls->arena, str_from(text)), &bytes))
        return "";
    return arena_strz(sls->arena, hex_encode(sls->arena, bytes));
}

struct value *unique_list(struct sls *sls, const struct value *value)
{
    struct value *list = value_list(sls->arena);
    const struct value *all = value_is(value, VALUE_LIST) ? value : form(sls, "[%v]", value);
    for (size_t i = 0; i < all->count; i++) {
        bool there = false;
        for (size_t k = 0; k < list->count && !there; k++)
            there = value_equal(list->items[k], all->items[i]);
        if (!there)
            value_append(sls->arena, list, all->items[i]);
    }
    return list;
}

void each_event(struct sls *sls, const char *kind,
                void (*compile)(struct sls *, const struct sls_event *, void *self), void *self)
{
    for (struct sls_function *f = sls->functions; f < sls->functions + sls->function_count; f++) {
        size_t number = 0;
        for (size_t i = 0; i < f->events->count && !sls->failed; i++) {
            struct value *value = value_get(f->events->items[i], kind);
            struct sls_event event = {.function = f, .value = value, .index = i + 1};
            if (!truthy(value))
                continue;
            event.number = ++number;
            compile(sls, &event, self);
        }
    }
}
