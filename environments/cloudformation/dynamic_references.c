#include <string.h>

#include "environments/cloudformation/template.h"

/*
 * Dynamic references, "{{resolve:ssm:/db/url:3}}": they stay in place as text while a template is built, so
 * that joining works on them as on any text; with a resolver they become their values, shown as that text.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */

static const char opening[] = "{{resolve:";
static const char *const services[] = {"secretsmanager", "ssm", "ssm-secure"};

/* Where CloudFormation takes secure strings of SSM, on the same pages. */
static const struct {
    const char *type, *path;
} secure_places[] = {
    {"AWS::DirectoryService::MicrosoftAD", "Password"},
    {"AWS::DirectoryService::SimpleAD", "Password"},
    {"AWS::ElastiCache::ReplicationGroup", "AuthToken"},
    {"AWS::IAM::User", "LoginProfile.Password"},
    {"AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration.Password"},
    {"AWS::OpsWorks::App", "AppSource.Password"},
    {"AWS::OpsWorks::Stack", "CustomCookbooksSource.Password"},
    {"AWS::OpsWorks::Stack", "RdsDbInstances.DbPassword"},
    {"AWS::RDS::DBCluster", "MasterUserPassword"},
    {"AWS::RDS::DBInstance", "MasterUserPassword"},
    {"AWS::Redshift::Cluster", "MasterUserPassword"},
};

/* The position of `part` in the text from `from` on, or its length. */
static size_t find_from(struct str text, size_t from, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = from; i + length <= text.len; i++)
        if (memcmp(text.ptr + i, part, length) == 0)
            return i;
    return text.len;
}

/* The next reference from *at on, "{{resolve:...}}" whole; *at moves behind it.  One that does not end is
 * given without its end. */
static bool next_reference(struct str text, size_t *at, struct str *before, struct str *reference)
{
    size_t begin = find_from(text, *at, opening), end = find_from(text, begin, "}}");
    *before = str_slice(text, *at, begin - *at);
    if (begin == text.len)
        return false;
    end = end == text.len ? end : end + 2;
    *reference = str_slice(text, begin, end - begin);
    *at = end;
    return true;
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              strchr("_.-/", c)))
            return false;
    }
    return name.len > 0;
}

static bool bad_reference(const struct value *at, struct str reference, struct error *error, const char *why)
{
    return value_error(at, error, ERROR_INVALID, "dynamic reference '%.*s': %s", STR_ARG(reference), why);
}

/* An ARN has colons of its own: that many parts belong to it. */
static struct str cut_name(struct str *rest, int arn_parts)
{
    struct str part = STR_EMPTY, whole = *rest;
    int parts = str_starts(whole, "arn:") ? arn_parts : 1;
    while (parts-- > 0 && str_split(rest, ':', &part))
        ;
    return str_slice(whole, 0, (size_t)(part.ptr - whole.ptr) + part.len);
}

static bool read_ssm(const struct value *at, struct str rest, struct outside_value *out, struct error *error)
{
    uint64_t number;
    struct str more;
    out->name = cut_name(&rest, 6);
    bool sound = is_name(out->name) || str_starts(out->name, "arn:");
    if (!sound)
        return bad_reference(at, out->reference, error,
                             "the name of an SSM parameter is letters, digits and '_.-/'");
    if (str_split(&rest, ':', &out->version) && (!str_to_uint(out->version, INT64_MAX, &number) || !number))
        return bad_reference(at, out->reference, error, "the version must be a number from 1");
    return !str_split(&rest, ':', &more) ||
           bad_reference(at, out->reference, error, "nothing may follow the version");
}

static bool read_secret(const struct value *at, struct str rest, struct outside_value *out,
                        struct error *error)
{
    struct str kind = STR_EMPTY, more;
    out->name = cut_name(&rest, 7);
    if (!out->name.len)
        return bad_reference(at, out->reference, error, "the secret's name or ARN is missing");
    if (str_split(&rest, ':', &kind) && kind.len && !str_is(kind, "SecretString"))
        return bad_reference(at, out->reference, error,
                             "only 'SecretString' may follow the secret's name: a secret's binary value "
                             "cannot be taken");
    if (!str_split(&rest, ':', &out->key) || !str_split(&rest, ':', &out->stage) ||
        !str_split(&rest, ':', &out->version))
        return true;
    if (out->stage.len && out->version.len)
        return bad_reference(at, out->reference, error, "give a version's stage or its id, not both");
    return !str_split(&rest, ':', &more) ||
           bad_reference(at, out->reference, error, "nothing may follow the version's id");
}

static bool read_reference(struct arena *arena, const struct value *at, struct str reference,
                           struct outside_value *out, struct error *error)
{
    struct str service = STR_EMPTY, rest = str_from_index(reference, sizeof opening - 1);
    *out = (struct outside_value){.reference = reference};
    if (!str_ends(reference, "}}"))
        return bad_reference(at, str_clip(reference, 80), error, "its end '}}' is missing");
    rest.len -= 2;
    str_split(&rest, ':', &service);
    if (str_is(service, "ssm") || str_is(service, "ssm-secure")) {
        out->kind = str_is(service, "ssm") ? OUTSIDE_SSM : OUTSIDE_SSM_SECURE;
        return read_ssm(at, rest, out, error);
    }
    out->kind = OUTSIDE_SECRET;
    if (str_is(service, "secretsmanager"))
        return read_secret(at, rest, out, error);
    return value_error(at, error, ERROR_INVALID,
                       "dynamic reference '%.*s': the service must be ssm, ssm-secure or secretsmanager, not "
                       "'%.*s'%s",
                       STR_ARG(reference), STR_ARG(service),
                       nearest_name(arena, service, services, ARRAY_LENGTH(services)));
}

bool reference_next(struct arena *arena, const struct value *text, size_t *at, struct outside_value *out)
{
    struct str before, reference;
    while (next_reference(text->text, at, &before, &reference)) {
        struct error ignored = ERROR_INIT;
        if (read_reference(arena, text, reference, out, &ignored))
            return true;
    }
    return false;
}

static const char *maker_type(enum outside_kind kind)
{
    return kind == OUTSIDE_SSM      ? "AWS::SSM::Parameter"
           : kind == OUTSIDE_SECRET ? "AWS::SecretsManager::Secret"
                                    : NULL;
}

const struct desired_resource *reference_maker(const struct desired *desired,
                                               const struct outside_value *wanted)
{
    const char *type = maker_type(wanted->kind);
    for (size_t i = 0; type && i < desired->count; i++) {
        const struct desired_resource *resource = &desired->resources[i];
        const struct value *name = value_get(resource->properties, "Name");
        if (str_is(resource->type, type) && value_is(name, VALUE_STRING) &&
            str_equal(name->text, wanted->name))
            return resource;
    }
    return NULL;
}

/* The properties of one resource under inspection. */
struct inspection {
    struct arena *arena;
    size_t *count;   /* of references in the whole template */
    struct str type; /* "" outside of resources */
    bool open;       /* inside a call that is left: its texts may be parts of a reference */
};

static bool is_secure_place(struct str type, struct str path)
{
    for (size_t i = 0; i < ARRAY_LENGTH(secure_places); i++)
        if (str_is(type, secure_places[i].type) && str_is(path, secure_places[i].path))
            return true;
    return false;
}

static bool inspect_text(const struct inspection *inspection, const struct value *at, struct str path,
                         struct error *error)
{
    struct outside_value found;
    struct str before, reference;
    for (size_t i = 0; next_reference(at->text, &i, &before, &reference);) {
        if (++*inspection->count > TEMPLATE_REFERENCES_MAX)
            return value_error(
                at, error, ERROR_INVALID,
                "the template has more than %d dynamic references, which is CloudFormation's limit",
                TEMPLATE_REFERENCES_MAX);
        if (inspection->open && !str_ends(reference, "}}"))
            continue;
        if (!read_reference(inspection->arena, at, reference, &found, error))
            return false;
        if (found.kind == OUTSIDE_SSM_SECURE && !is_secure_place(inspection->type, path))
            return value_error(
                at, error, ERROR_INVALID,
                "dynamic reference '%.*s': CloudFormation takes secure strings of SSM only in a few "
                "properties, and '%.*s' of %.*s is none of them: keep the secret in Secrets Manager",
                STR_ARG(reference), STR_ARG(path), STR_ARG(inspection->type));
    }
    return true;
}

static bool inspect(const struct inspection *inspection, const struct value *value, struct str path,
                    struct error *error)
{
    struct inspection inner = *inspection;
    inner.open = inner.open || function_call(value);
    if (value_is(value, VALUE_STRING))
        return inspect_text(inspection, value, path, error);
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        if (!inspect(&inner, value->items[i], path, error))
            return false;
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++) {
        struct str key = value->entries[i].key;
        struct str below = inner.open ? path
                                      : arena_printf(inspection->arena, "%.*s%s%.*s", STR_ARG(path),
                                                     path.len ? "." : "", STR_ARG(key));
        if (!inspect(&inner, value->entries[i].value, below, error))
            return false;
    }
    return true;
}

/* Is there a dynamic reference in it that is not resolved yet? */
static bool is_open(const struct value *value, const void *self)
{
    (void)self;
    return (value->kind == VALUE_STRING || value->kind == VALUE_SECRET) && !value->count &&
           str_contains(value->text, opening);
}

static bool has_reference(const struct value *value)
{
    return value_find(value, is_open, NULL);
}

bool outside_check(struct evaluation *evaluation, struct str type, const struct value *properties,
                   struct error *error)
{
    const struct inspection inspection = {
        .arena = evaluation->arena, .count = &evaluation->references, .type = type};
    return !has_reference(properties) || inspect(&inspection, properties, STR_EMPTY, error);
}

/* The text with its references' values, shown as the text was; a secret where one went into it. */
static bool resolve_text(struct evaluation *evaluation, const struct value *at, struct value **out,
                         struct error *error)
{
    struct buf clear = BUF_INIT(EVALUATED_TEXT_MAX);
    struct outside_value wanted;
    struct value *part, *unknown = NULL, *result = NULL;
    struct str before, reference;
    bool sound = true, unread = false, secret = at->kind == VALUE_SECRET;
    size_t i = 0;
    while (next_reference(at->text, &i, &before, &reference)) {
        buf_add(&clear, before);
        sound = read_reference(evaluation->arena, at, reference, &wanted, error) &&
                outside_ask(evaluation, at, &wanted, &part, error);
        if (!sound)
            break;
        unknown = value_is(part, VALUE_UNKNOWN) ? part : unknown;
        unread = unread || part->boolean;
        secret = secret || part->kind == VALUE_SECRET;
        buf_add(&clear, part->text);
    }
    buf_add(&clear, str_from_index(at->text, i));
    if (sound && clear.overflow)
        sound = value_error(at, error, ERROR_OUT_OF_MEMORY,
                            "its dynamic references make more than 1 MiB of text");
    /* What was a secret already does not show its text. */
    struct str shown = at->kind == VALUE_SECRET ? STR("****") : at->text;
    if (unknown)
        result = value_unknown(evaluation->arena, unknown->text);
    else
        result = unread ? value_secret_unread(evaluation->arena, shown)
                        : value_came_by(evaluation->arena,
                                        secret ? value_secret(evaluation->arena, buf_str(&clear))
                                               : value_string(evaluation->arena, buf_str(&clear)),
                                        shown);
    *out = value_at_position_of(result, at);
    memset(clear.ptr ? clear.ptr : (char[1]){0}, 0, clear.len);
    buf_release(&clear);
    return sound;
}

bool outside_resolve(struct evaluation *evaluation, struct value *in, struct value **out, struct error *error)
{
    struct value *part;
    *out = in;
    if (!has_reference(in))
        return true;
    if (in->kind != VALUE_LIST && in->kind != VALUE_MAP)
        return resolve_text(evaluation, in, out, error);
    *out = value_at_position_of(
        in->kind == VALUE_LIST ? value_list(evaluation->arena) : value_map(evaluation->arena), in);
    for (size_t i = 0; in->kind == VALUE_LIST && i < in->count; i++) {
        if (!outside_resolve(evaluation, in->items[i], &part, error))
            return false;
        value_append(evaluation->arena, *out, part);
    }
    for (size_t i = 0; in->kind == VALUE_MAP && i < in->count; i++) {
        if (!outside_resolve(evaluation, in->entries[i].value, &part, error))
            return false;
        value_set(evaluation->arena, *out, in->entries[i].key, part);
    }
    return true;
}

bool references_resolve(struct arena *arena, const struct value *value, const struct outside *outside,
                        struct value **out, struct error *error)
{
    const struct resolver resolver = {.outside = outside};
    struct evaluation evaluation = {.arena = arena, .resolver = &resolver};
    return outside_resolve(&evaluation, (struct value *)value, out, error);
}

bool outside_is_needed(const struct evaluation *evaluation, struct str function, const struct value *argument)
{
    static const char *const functions[] = {"Fn::Base64", "Fn::Cidr", "Fn::Split"};
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++)
        if (str_is(function, functions[i]))
            return !evaluation->before_resources && has_reference(argument);
    return false;
}
