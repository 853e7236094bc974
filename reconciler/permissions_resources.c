/* What stands in the resources of a policy: names as far as Git knows them. */

#include <string.h>

#include "providers/facts.h"
#include "reconciler/permissions_private.h"

static const struct str anything = {.ptr = "*", .len = 1};

/* --- what the account would give for functions --- */

struct lookup {
    struct permission_search *search;
    struct outside outside;
};

static struct str arn_of(struct permission_search *search, const struct permission_target *target);

static bool is_the_arn(const struct permission_target *target, struct str attribute)
{
    struct str kind = str_from_index(target->type_name, str_find_last(target->type_name, ':') + 1);
    if (!str_ends(attribute, "Arn"))
        return false;
    struct str before = str_slice(attribute, 0, attribute.len - 3);
    return !before.len || str_equal(before, kind);
}

/* What Ref gives, by the published facts. */
static struct str reference_to(struct permission_search *search, const struct permission_target *target)
{
    const struct type_facts *facts = facts_find(target->type_name);
    struct str path;
    if (!facts || !facts_path(facts, FACTS_REF, 0, &path))
        return anything;
    if (target->type->name_property && str_is(path, target->type->name_property))
        return permission_name(search, target);
    if (str_is(path, "QueueUrl"))
        return arena_printf(search->arena, "https://*/%.*s", STR_ARG(permission_name(search, target)));
    return is_the_arn(target, path) ? arn_of(search, target) : anything;
}

static struct str attribute_of(struct permission_search *search, const struct permission_target *target,
                               struct str attribute)
{
    if (!target->type)
        return anything;
    if (!attribute.len)
        return reference_to(search, target);
    if (target->type->name_property && str_is(attribute, target->type->name_property))
        return permission_name(search, target);
    return is_the_arn(target, attribute) ? arn_of(search, target) : anything;
}

static bool look_up(void *self, struct arena *arena, struct str logical_id, struct str attribute,
                    struct value **out, struct error *error)
{
    struct lookup *lookup = self;
    const struct desired_resource *resource = desired_find(&lookup->search->subject->desired, logical_id);
    struct str text = anything;
    (void)error;
    if (resource) {
        struct permission_target target = {.logical_id = logical_id,
                                           .type_name = resource->type,
                                           .type = resource_type_find(resource->type),
                                           .properties = resource->properties,
                                           .desired = resource};
        text = attribute_of(lookup->search, &target, attribute);
    }
    *out = value_string(arena, text);
    return true;
}

static void ask_for(struct permission_search *search, const char *action, struct str resource)
{
    permission_add(
        search, !search->late,
        &(struct permission){.action = str_from(action), .resource = permission_place(search, resource)});
}

static void ask_for_secret(struct permission_search *search, struct str name)
{
    struct arena *arena = search->arena;
    ask_for(search, "secretsmanager:GetSecretValue",
            str_starts(name, "arn:")
                ? name /* six characters of AWS's own stand behind the name */
                : arena_printf(arena, "arn:{partition}:secretsmanager:{region}:{account}:secret:%.*s-??????",
                               STR_ARG(name)));
    permission_note(search, STR("a secret that is encrypted with a key of your own also needs kms:Decrypt on "
                                "that key"));
}

static void ask_for_parameter(struct permission_search *search, const struct outside_value *wanted)
{
    struct str name = wanted->name;
    ask_for(search, "ssm:GetParameter",
            arena_printf(search->arena, "arn:{partition}:ssm:{region}:{account}:parameter%s%.*s",
                         str_starts(name, "/") ? "" : "/", STR_ARG(name)));
    if (wanted->kind == OUTSIDE_SSM_SECURE)
        permission_note(search, STR("a secure parameter that is encrypted with a key of your own also needs "
                                    "kms:Decrypt on that key"));
}

/* What no ledger has may be a stack's of CloudFormation. */
static void ask_for_stack(struct permission_search *search, const struct outside_value *wanted)
{
    struct str region = search->subject->environment.region;
    if (wanted->role.len || (wanted->region.len && !str_equal(wanted->region, region)))
        return;
    if (wanted->kind == OUTSIDE_IMPORT)
        ask_for(search, "cloudformation:ListExports", anything);
    else
        ask_for(search, "cloudformation:DescribeStacks",
                arena_printf(search->arena, "arn:{partition}:cloudformation:{region}:{account}:stack/%.*s/*",
                             STR_ARG(wanted->name)));
}

/* What other applications export is in the ledger; for the rest the permission to ask is noted. */
static bool outside_value(void *self, struct arena *arena, const struct outside_value *wanted,
                          struct value **out, struct error *error)
{
    struct permission_search *search = self;
    struct question question = {.answers = search->subject->answers};
    const struct outside ledger = question_outside(&question);
    *out = value_string(arena, anything);
    switch (wanted->kind) {
    case OUTSIDE_SSM:
    case OUTSIDE_SSM_SECURE:
        ask_for_parameter(search, wanted);
        return true;
    case OUTSIDE_SECRET:
        ask_for_secret(search, wanted->name);
        return true;
    case OUTSIDE_ZONES:
        ask_for(search, "ec2:DescribeAvailabilityZones", anything);
        return true;
    case OUTSIDE_IMPORT:
    case OUTSIDE_OUTPUT:
        break;
    }
    if (!ledger.value(ledger.self, arena, wanted, out, error) || value_is(*out, VALUE_UNKNOWN)) {
        error_clear(error);
        *out = value_string(arena, anything);
        ask_for_stack(search, wanted);
    }
    return true;
}

static struct value *pattern_of(struct permission_search *search, const struct value *value)
{
    struct lookup lookup = {.search = search, .outside = {.self = search, .value = outside_value}};
    const struct resolver resolver = {.self = &lookup, .lookup = look_up, .outside = &lookup.outside};
    struct value *out = NULL;
    struct error ignored = ERROR_INIT;
    return desired_resolve(search->arena, value, &resolver, &out, &ignored)
               ? out
               : value_string(search->arena, anything);
}

struct value *permission_properties(struct permission_search *search, const struct value *properties)
{
    struct value *out = value_map(search->arena);
    for (size_t i = 0; value_is(properties, VALUE_MAP) && i < properties->count; i++) {
        struct value *value = pattern_of(search, properties->entries[i].value);
        if (value)
            value_set(search->arena, out, properties->entries[i].key, value);
    }
    return out;
}

/* --- names --- */

/* "prod-orders-": all deterministic names of the application begin so. */
static struct str common_beginning(struct permission_search *search, const struct permission_target *target)
{
    const struct owner *owner = &search->subject->owner;
    struct str name = resource_name(search->arena, owner, target->logical_id, 0, target->type);
    size_t common = owner->environment.len + 1 + owner->application.len + 1,
           hash = str_find_last(name, '-') + 1;
    return arena_printf(search->arena, "%.*s*", STR_ARG(str_slice(name, 0, common < hash ? common : hash)));
}

/* The last part of an ARN or URL: what the API calls the thing. */
static struct str last_part(struct str text)
{
    struct str rest = text, part;
    if (str_contains(text, "://"))
        return str_from_index(text, str_find_last(text, '/') + 1);
    if (!str_starts(text, "arn:"))
        return text;
    for (int i = 0; i < 5 && str_split(&rest, ':', &part); i++)
        ;
    size_t slash = str_find_last(rest, '/'), colon = str_find(rest, ':');
    if (slash < rest.len)
        return str_from_index(rest, slash + 1);
    return colon < rest.len ? str_from_index(rest, colon + 1) : rest;
}

struct str permission_name(struct permission_search *search, const struct permission_target *target)
{
    const char *property = target->type->name_property;
    const struct value *given = property ? value_get(target->properties, property) : NULL;
    if (given) {
        struct value *pattern = pattern_of(search, given);
        struct str name = value_text(pattern);
        return name.len ? name : anything;
    }
    if (!target->type->name_max)
        return anything;
    return target->physical_id.len ? last_part(target->physical_id) : common_beginning(search, target);
}

/* --- resources --- */

struct str permission_place(struct permission_search *search, struct str form)
{
    const struct environment *environment = &search->subject->environment;
    const struct {
        const char *name;
        struct str text;
    } places[] = {
        {"{partition}", partition_of_region(environment->region)},
        {"{region}", environment->region},
        {"{account}", environment->account},
    };
    struct buf out = BUF_INIT(BUF_SMALL);
    while (form.len) {
        size_t used = 0;
        for (size_t i = 0; i < ARRAY_LENGTH(places) && !used; i++)
            if (str_starts(form, places[i].name)) {
                buf_add(&out, places[i].text);
                used = strlen(places[i].name);
            }
        if (!used)
            buf_addc(&out, form.ptr[0]);
        form = str_from_index(form, used ? used : 1);
    }
    struct str result = arena_str(search->arena, buf_str(&out));
    buf_release(&out);
    return result;
}

static bool is_type(const struct permission_target *target, const char *name)
{
    return str_is(target->type_name, name);
}

/* Names that stand deeper in an ARN than the name itself: roles below a path, rules of a bus. */
static struct str name_in_arn(struct permission_search *search, const struct permission_target *target)
{
    struct str name = permission_name(search, target);
    struct str path = last_part(value_get_text(target->properties, "Path"));
    struct str bus = last_part(value_get_text(target->properties, "EventBusName"));
    if (is_type(target, "AWS::IAM::Role") && path.len > 1)
        return arena_printf(search->arena, "%.*s%.*s", STR_ARG(str_from_index(path, 1)), STR_ARG(name));
    if (is_type(target, "AWS::Events::Rule") && bus.len && !str_is(bus, "default"))
        return arena_printf(search->arena, "%.*s/%.*s", STR_ARG(bus), STR_ARG(name));
    return name;
}

/* The values that stand for "{MEMBER}": a list, not empty. */
static struct value *values_of(struct permission_search *search, const struct permission_target *target,
                               struct str member)
{
    struct arena *arena = search->arena;
    struct value *list = value_list(arena);
    const char *place = grants_place(target->type_name, member);
    char *property = arena_strz(arena, place ? str_from(place) : member);
    if (property[0] >= 'a' && property[0] <= 'z')
        property[0] = (char)(property[0] - 'a' + 'A');
    bool own = target->type->name_property && strcmp(property, target->type->name_property) == 0;
    const struct value *value = value_get(target->properties, property);
    if (own)
        value_append(arena, list, value_string(arena, name_in_arn(search, target)));
    else if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            value_append(arena, list, value_string(arena, last_part(value_text(value->items[i]))));
    else if (value_text(pattern_of(search, value)).len)
        value_append(arena, list, value_string(arena, last_part(value_text(pattern_of(search, value)))));
    if (!list->count)
        value_append(arena, list, value_string(arena, anything));
    return list;
}

/* The bucket in which the answers of custom resources arrive. */
static struct str form_of_answers(struct permission_search *search, struct str form)
{
    const char *bucket = "arn:{partition}:s3:::plumb-{account}-{region}";
    if (str_ends(form, "{Bucket}/{Key}"))
        return arena_printf(search->arena, "%s/custom-resources/*", bucket);
    return str_ends(form, "{Bucket}") ? str_from(bucket) : form;
}

static void expand(struct permission_search *search, const struct permission_target *target, struct str text,
                   resource_function *give, void *self)
{
    size_t open = str_find(text, '{');
    size_t close = open + str_find(str_from_index(text, open), '}');
    if (open == text.len || close >= text.len) {
        give(self, text);
        return;
    }
    struct value *values = values_of(search, target, str_slice(text, open + 1, close - open - 1));
    for (size_t i = 0; i < values->count; i++) {
        struct str value = value_text(values->items[i]);
        if (str_find(value, '{') < value.len || str_find(value, '$') < value.len)
            value = anything;
        /* Nothing stands behind the qualifier of a function. */
        if (str_find(value, ':') < value.len && str_is(str_from_index(text, close + 1), ":*"))
            continue;
        expand(search, target,
               arena_printf(search->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, open)), STR_ARG(value),
                            STR_ARG(str_from_index(text, close + 1))),
               give, self);
    }
}

static void take(void *self, struct str resource)
{
    *(struct str *)self = resource;
}

static struct str arn_of(struct permission_search *search, const struct permission_target *target)
{
    struct str arn = anything;
    if (target->type->arn)
        expand(search, target, permission_place(search, str_from(target->type->arn)), take, &arn);
    return arn;
}

/* Does a form with "*" take in what the ARN of the type stands for? */
static bool takes_in(struct str form, struct str arn)
{
    size_t star = str_find(form, '*');
    return str_equal(str_slice(form, 0, star), str_slice(arn, 0, star)) && star < form.len;
}

static void give_wildcard(struct permission_search *search, const struct permission_target *target,
                          struct str form, resource_function *give, void *self)
{
    struct str arn = target->type->arn ? permission_place(search, str_from(target->type->arn)) : STR_EMPTY;
    if (takes_in(form, arn))
        expand(search, target, arn, give, self);
    else
        give(self, form);
}

/* "{TopicArn}", or that and ":*": a property with an ARN, or the type's own. */
static void give_arn(struct permission_search *search, const struct permission_target *target,
                     struct str form, resource_function *give, void *self)
{
    size_t close = str_find(form, '}');
    struct str member = str_slice(form, 1, close - 1), behind = str_from_index(form, close + 1);
    const char *place = grants_place(target->type_name, member);
    const char *property = arena_strz(search->arena, place ? str_from(place) : member);
    const struct value *value = value_get(target->properties, property);
    struct str arn = value_text(pattern_of(search, value));
    if (!str_starts(arn, "arn:"))
        arn = value ? anything : arn_of(search, target);
    if (!str_is(arn, "*"))
        arn = arena_printf(search->arena, "%.*s%.*s", STR_ARG(arn), STR_ARG(behind));
    give(self, arn);
}

/* Objects that properties name: "s3://bucket/key", or a map with Bucket and Key.  None: then none is read. */
static void give_objects(struct permission_search *search, const struct value *value, resource_function *give,
                         void *self)
{
    struct str text = value_text(value), bucket = value_get_text(value, "Bucket"),
               key = value_get_text(value, "Key");
    if (str_starts(text, "s3://"))
        bucket = str_from_index(text, 5);
    if (bucket.len)
        give(self, permission_place(search, arena_printf(search->arena, "arn:{partition}:s3:::%.*s%s%.*s",
                                                         STR_ARG(bucket), key.len ? "/" : "", STR_ARG(key))));
    bool list = value_is(value, VALUE_LIST);
    for (size_t i = 0; (list || value_is(value, VALUE_MAP)) && i < value->count; i++)
        give_objects(search, list ? value->items[i] : value->entries[i].value, give, self);
}

void permission_resources(struct permission_search *search, const struct permission_target *target,
                          const char *form, resource_function *give, void *self)
{
    struct str forms = str_from(form), each;
    bool custom = strcmp(target->grants->type, "AWS::CloudFormation::CustomResource") == 0;
    while (str_split(&forms, ',', &each)) {
        struct str text = permission_place(search, custom ? form_of_answers(search, each) : each);
        if (!custom && str_ends(text, "{Bucket}/{Key}"))
            give_objects(search, target->properties, give, self);
        else if (str_is(text, "*") || (custom && str_find(text, '{') == text.len))
            give(self, text);
        else if (str_starts(text, "{"))
            give_arn(search, target, text, give, self);
        else if (str_find(text, '{') < text.len)
            expand(search, target, text, give, self);
        else
            give_wildcard(search, target, text, give, self);
    }
}
