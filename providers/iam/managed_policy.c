/*
 * AWS::IAM::ManagedPolicy.  A changed document becomes a new default version; of the five that AWS keeps, the
 * oldest makes room.  What others attached it to is shown as an extra and left alone.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-managedpolicy.html
 */

#include "base/xml.h"
#include "providers/iam/principals.h"
#include "providers/iam/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

enum { VERSIONS_MAX = 5, PAGES_MAX = 1000 };

static const struct shape shape[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Groups", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "ManagedPolicyName"},
    {.path = "Path", .otherwise = "\"/\""},
    {.path = "PolicyDocument", .kind = SHAPE_POLICY},
    {.path = "Roles", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Users", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = NULL},
};

static struct value *named(const struct resource_call *call, struct str arn)
{
    return input_with(call->arena, "PolicyArn", arn);
}

/* --- reading --- */

/* The three lists of one page, behind those of the pages before. */
static void take_page(struct arena *arena, const struct value *answer, struct value *lists)
{
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct iam_principals *kind = &iam_principals[k];
        struct value *items = xml_items(arena, value_get(answer, kind->attached), "member");
        struct value *list = value_get(lists, kind->property);
        for (size_t i = 0; i < items->count; i++)
            value_append(arena, list, value_string(arena, value_get_text(items->items[i], kind->member)));
    }
}

static bool read_attachments(const struct resource_call *call, struct str arn, struct value *live,
                             struct error *error)
{
    struct value *input = named(call, arn), *answer;
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++)
        value_setz(call->arena, live, iam_principals[k].property, value_list(call->arena));
    for (int page = 0; page < PAGES_MAX; page++) {
        if (!aws_call(call->aws, &iam_operations[IAM_LIST_ENTITIES_FOR_POLICY], call->arena, input, &answer,
                      error))
            return false;
        take_page(call->arena, answer, live);
        struct str marker = value_get_text(answer, "Marker");
        if (!str_is(value_get_text(answer, "IsTruncated"), "true") || !marker.len)
            return true;
        and_with(call->arena, input, "Marker", marker);
    }
    return error_set(error, ERROR_CORRUPT, "policy '%.*s' has more than %d pages of attachments",
                     STR_ARG(arn), PAGES_MAX);
}

static void state_of(const struct resource_call *call, const struct value *policy,
                     struct resource_state *state)
{
    static const char *const attributes[] = {"AttachmentCount",
                                             "CreateDate",
                                             "DefaultVersionId",
                                             "IsAttachable",
                                             "PermissionsBoundaryUsageCount",
                                             "PolicyId",
                                             "UpdateDate",
                                             NULL};
    static const char *const same[] = {"Description", "Path", NULL};
    struct arena *arena = call->arena;
    state->physical_id = value_get_text(policy, "Arn");
    state->attributes = input_with(arena, "PolicyArn", state->physical_id);
    members_copy(arena, state->attributes, policy, attributes);
    state->properties = input_with(arena, "ManagedPolicyName", value_get_text(policy, "PolicyName"));
    members_copy(arena, state->properties, policy, same);
    state->tags = tags_as_map(arena, xml_items(arena, value_get(policy, "Tags"), "member"), "Key", "Value");
}

/* All attachments, whoever made them. */
static bool read_all(const struct resource_call *call, struct str arn, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer, *version, *document;
    if (!aws_call(call->aws, &iam_operations[IAM_GET_POLICY], arena, named(call, arn), &answer, error))
        return false;
    const struct value *policy = value_get(answer, "Policy");
    state_of(call, policy, state);
    struct value *input =
        and_with(arena, named(call, arn), "VersionId", value_get_text(policy, "DefaultVersionId"));
    if (!aws_call(call->aws, &iam_operations[IAM_GET_POLICY_VERSION], arena, input, &version, error) ||
        !policy_decode(arena, value_text(value_path(version, "PolicyVersion", "Document", NULL)), &document,
                       error) ||
        !read_attachments(call, arn, state->properties, error))
        return false;
    value_setz(arena, state->properties, "PolicyDocument", document);
    shape_fill(shape, arena, state->properties);
    shape_normalize(shape, arena, state->properties);
    return true;
}

/* What nobody declared in it becomes an extra. */
static void split_extras(const struct resource_call *call, struct resource_state *state)
{
    for (size_t k = 0; call->properties && k < IAM_PRINCIPALS_COUNT; k++) {
        const char *property = iam_principals[k].property;
        const struct value *all = value_get(state->properties, property);
        struct value *kept = value_list(call->arena);
        for (size_t i = 0; i < all->count; i++) {
            struct str name = value_text(all->items[i]);
            if (list_has(value_get(call->properties, property), name))
                value_append(call->arena, kept, all->items[i]);
            else
                add_extra(call->arena, &state->extras, "attachment", name, str_from(property));
        }
        value_setz(call->arena, state->properties, property, kept);
    }
}

static bool managed_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!read_all(call, call->physical_id, state, error))
        return false;
    split_extras(call, state);
    return true;
}

static struct str wanted_arn(const struct resource_call *call)
{
    struct str path = value_get_text(call->properties, "Path");
    return arena_printf(call->arena, "arn:%.*s:iam::%.*s:policy%.*s%.*s", STR_ARG(aws_partition(call->aws)),
                        STR_ARG(aws_account(call->aws)), STR_ARG(path.len ? path : STR("/")),
                        STR_ARG(wanted_name(call, "ManagedPolicyName")));
}

static bool managed_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call found = *call;
    found.physical_id = wanted_arn(call);
    return managed_read(&found, state, error);
}

/* --- writing --- */

/* "v12" -> 12 */
static uint64_t version_number(const struct value *version)
{
    uint64_t number;
    return str_to_uint(str_from_index(value_get_text(version, "VersionId"), 1), UINT64_MAX, &number) ? number
                                                                                                     : 0;
}

static bool list_versions(const struct resource_call *call, struct str arn, struct value **versions,
                          struct error *error)
{
    return aws_list(call->aws, &iam_operations[IAM_LIST_POLICY_VERSIONS], call->arena, named(call, arn),
                    versions, error);
}

static bool delete_version(const struct resource_call *call, struct str arn, const struct value *version,
                           struct error *error)
{
    return call_or_absent(
        call, &iam_operations[IAM_DELETE_POLICY_VERSION],
        and_with(call->arena, named(call, arn), "VersionId", value_get_text(version, "VersionId")), error);
}

static bool is_default(const struct value *version)
{
    return str_is(value_get_text(version, "IsDefaultVersion"), "true");
}

static bool make_room(const struct resource_call *call, struct str arn, struct error *error)
{
    const struct value *oldest = NULL;
    struct value *versions;
    if (!list_versions(call, arn, &versions, error))
        return false;
    for (size_t i = 0; i < versions->count; i++) {
        const struct value *version = versions->items[i];
        if (!is_default(version) && (!oldest || version_number(version) < version_number(oldest)))
            oldest = version;
    }
    return versions->count < VERSIONS_MAX || !oldest || delete_version(call, arn, oldest, error);
}

static bool write_document(const struct resource_call *call, struct str arn, const struct value *target,
                           const struct value *live, struct error *error)
{
    if (!shape_differs(target, live, "PolicyDocument"))
        return true;
    struct value *input = and_with(call->arena, named(call, arn), "PolicyDocument",
                                   policy_text(call->arena, value_get(target, "PolicyDocument")));
    value_setz(call->arena, input, "SetAsDefault", value_bool(call->arena, true));
    return make_room(call, arn, error) &&
           call_simply(call, &iam_operations[IAM_CREATE_POLICY_VERSION], input, error);
}

static bool attach(const struct resource_call *call, struct str arn, const struct value *target,
                   const struct value *live, struct error *error)
{
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct iam_principals *kind = &iam_principals[k];
        const struct value *names = value_get(target, kind->property);
        for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
            struct str name = value_text(names->items[i]);
            if (list_has(value_get(live, kind->property), name))
                continue;
            if (!call_over_hurdles(call->aws, &iam_operations[kind->attach], call->arena,
                                   iam_on_principal(call->arena, kind, name, "PolicyArn", arn),
                                   iam_new_principal, IAM_PROPAGATION_MS, NULL, error))
                return false;
        }
    }
    return true;
}

static bool detach(const struct resource_call *call, struct str arn, const struct value *kept,
                   struct error *error)
{
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct iam_principals *kind = &iam_principals[k];
        const struct value *names = value_get(call->previous, kind->property);
        for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
            struct str name = value_text(names->items[i]);
            if (!list_has(value_get(kept, kind->property), name) &&
                !call_or_absent(call, &iam_operations[kind->detach],
                                iam_on_principal(call->arena, kind, name, "PolicyArn", arn), error))
                return false;
        }
    }
    return true;
}

static bool write_tags(const struct resource_call *call, struct str arn, const struct value *live_tags,
                       struct error *error)
{
    struct value *set, *gone, *input = named(call, arn);
    tags_compare(call, live_tags, &set, &gone);
    value_setz(call->arena, input, "Tags", tags_as_list(call->arena, set, "Key", "Value"));
    return set->count == 0 || call_simply(call, &iam_operations[IAM_TAG_POLICY], input, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str arn = call->physical_id;
    if (!read_all(call, arn, state, error))
        return false;
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    return write_document(call, arn, target, state->properties, error) &&
           attach(call, arn, target, state->properties, error) && detach(call, arn, target, error) &&
           write_tags(call, arn, state->tags, error);
}

static bool managed_update(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    return shape_check(shape, iam_managed_policy_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool managed_create(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    static const char *const same[] = {"Description", "Path", NULL};
    struct arena *arena = call->arena;
    struct value *answer;
    if (!shape_check(shape, iam_managed_policy_type.name, call->properties, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL);
    struct value *input = input_with(arena, "PolicyName", wanted_name(call, "ManagedPolicyName"));
    members_copy(arena, input, target, same);
    and_with(arena, input, "PolicyDocument", policy_text(arena, value_get(target, "PolicyDocument")));
    value_setz(arena, input, "Tags", tags_as_list(arena, resource_tags(call), "Key", "Value"));
    if (!create_once(call, &iam_managed_policy_type, &iam_operations[IAM_CREATE_POLICY], input, NULL, 0,
                     &answer, error))
        return false;
    if (!answer) {
        struct resource_call found = *call;
        found.physical_id = wanted_arn(call);
        return update_until_answered(update_once, &found, state, error);
    }
    state_of(call, value_get(answer, "Policy"), state);
    return attach(call, state->physical_id, target, NULL, error);
}

static bool delete_policy(const struct resource_call *call, struct str arn, struct error *error)
{
    struct value *versions;
    if (!list_versions(call, arn, &versions, error))
        return false;
    for (size_t i = 0; i < versions->count; i++)
        if (!is_default(versions->items[i]) && !delete_version(call, arn, versions->items[i], error))
            return false;
    return call_simply(call, &iam_operations[IAM_DELETE_POLICY], named(call, arn), error);
}

static bool managed_remove(const struct resource_call *call, struct error *error)
{
    struct str arn = call->physical_id;
    if (detach(call, arn, NULL, error) && delete_policy(call, arn, error))
        return true;
    if (error->code == ERROR_NOT_FOUND) {
        error_clear(error);
        return true;
    }
    if (error_is(error, "DeleteConflict"))
        error_suffix(error, "; it is attached to something that its declaration does not name: detach it "
                            "there, or keep the policy");
    return false;
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct iam_principals *kind = &iam_principals[k];
        if (str_is(value_get_text(extra, "Detail"), kind->property))
            return call_or_absent(call, &iam_operations[kind->detach],
                                  iam_on_principal(call->arena, kind, value_get_text(extra, "Name"),
                                                   "PolicyArn", call->physical_id),
                                  error);
    }
    return true;
}

static void managed_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type iam_managed_policy_type = {
    .name = "AWS::IAM::ManagedPolicy",
    .traits = RESOURCE_TAGGED,
    .name_property = "ManagedPolicyName",
    .name_max = 128,
    .read = managed_read,
    .find = managed_find,
    .create = managed_create,
    .update = managed_update,
    .remove = managed_remove,
    .remove_extra = remove_extra,
    .normalize = managed_normalize,
    .arn = "arn:{partition}:iam::{account}:policy/{ManagedPolicyName}",
};
