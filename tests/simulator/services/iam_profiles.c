/* IAM instance profiles: each holds one role at most. */

#include "tests/simulator/services/iam.h"

enum { PROFILE_NAME_MAX = 128 };

/* name -> {"Path", "InstanceProfileName", "InstanceProfileId", "Arn", "created", "role", "tags": {}} */
static struct value *profiles(struct call *call)
{
    return state_map(call, "profiles");
}

static struct value *profile_of(struct call *call)
{
    struct str name = call_text(call, "InstanceProfileName");
    struct value *profile = value_get_str(profiles(call), name);
    if (!profile)
        call_fail(call, 404, "NoSuchEntity", "Instance Profile %.*s cannot be found.", STR_ARG(name));
    return profile;
}

static struct value *profile_shape(struct call *call, const struct value *profile)
{
    static const char *const texts[] = {"Path", "InstanceProfileName", "InstanceProfileId", "Arn"};
    struct value *shape = value_map(call->arena), *roles = value_list(call->arena);
    const struct value *role = value_get_str(state_map(call, "roles"), value_get_text(profile, "role"));
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        put(call, shape, texts[i], value_get(profile, texts[i]));
    put_time(call, shape, "CreateDate", value_get_int(profile, "created", 0));
    if (role)
        value_append(call->arena, roles, iam_role_shape(call, role));
    put(call, shape, "Roles", roles);
    put(call, shape, "Tags", tags_to_list(call, value_get(profile, "tags"), "Key", "Value"));
    return shape;
}

bool iam_CreateInstanceProfile(struct call *call)
{
    struct str name = call_text(call, "InstanceProfileName"), path = call_text(call, "Path");
    struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (!iam_name_is_valid(call, "InstanceProfileName", PROFILE_NAME_MAX) || !iam_tags_fit(call, NULL, tags))
        return false;
    if (path.len && !(str_starts(path, "/") && str_ends(path, "/")))
        return call_fail(call, 400, "ValidationError", "The specified value for path is invalid.");
    if (value_get_str(profiles(call), name))
        return call_fail(call, 409, "EntityAlreadyExists", "Instance Profile %.*s already exists.",
                         STR_ARG(name));
    struct value *profile = state_put(call, profiles(call), name, value_map(call->arena));
    path = path.len ? path : STR("/");
    state_text(call, profile, "Path", path);
    state_text(call, profile, "InstanceProfileName", name);
    state_text(call, profile, "InstanceProfileId", iam_id(call, "AIPA"));
    state_text(call, profile, "Arn",
               arn(call, "iam", "instance-profile%.*s%.*s", STR_ARG(path), STR_ARG(name)));
    state_int(call, profile, "created", call->now);
    state_put(call, profile, STR("tags"), tags);
    put(call, call->output, "InstanceProfile", profile_shape(call, profile));
    return true;
}

bool iam_GetInstanceProfile(struct call *call)
{
    struct value *profile = profile_of(call);
    if (profile)
        put(call, call->output, "InstanceProfile", profile_shape(call, profile));
    return profile;
}

bool iam_DeleteInstanceProfile(struct call *call)
{
    struct value *profile = profile_of(call);
    if (!profile)
        return false;
    if (value_get_text(profile, "role").len)
        return call_fail(call, 409, "DeleteConflict",
                         "Cannot delete entity, must remove roles from instance profile first.");
    return value_remove(profiles(call), call_text(call, "InstanceProfileName"));
}

bool iam_AddRoleToInstanceProfile(struct call *call)
{
    struct value *profile = profile_of(call);
    if (!profile || !iam_role(call))
        return false;
    if (value_get_text(profile, "role").len)
        return call_fail(call, 409, "LimitExceeded",
                         "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    state_text(call, profile, "role", call_text(call, "RoleName"));
    return true;
}

bool iam_RemoveRoleFromInstanceProfile(struct call *call)
{
    struct value *profile = profile_of(call);
    if (!profile)
        return false;
    if (!str_equal(value_get_text(profile, "role"), call_text(call, "RoleName")))
        return call_fail(call, 404, "NoSuchEntity", "Role %.*s is not in the instance profile.",
                         STR_ARG(call_text(call, "RoleName")));
    state_text(call, profile, "role", STR_EMPTY);
    return true;
}

bool iam_TagInstanceProfile(struct call *call)
{
    struct value *profile = profile_of(call),
                 *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (!profile || !iam_tags_fit(call, value_get(profile, "tags"), tags))
        return false;
    state_merge(call, profile, "tags", tags);
    return true;
}

bool iam_UntagInstanceProfile(struct call *call)
{
    struct value *profile = profile_of(call);
    if (profile)
        state_remove_keys(profile, "tags", call_list(call, "TagKeys"));
    return profile;
}

struct value *iam_profiles_of(struct call *call, struct str role)
{
    struct value *all = profiles(call), *shapes = value_list(call->arena);
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->entries[i].value, "role"), role))
            value_append(call->arena, shapes, profile_shape(call, all->entries[i].value));
    return shapes;
}
