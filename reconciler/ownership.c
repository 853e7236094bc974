#include "reconciler/ownership.h"

#include "base/digest.h"

enum { NAME_HASH = 12, TOKEN_LENGTH = 32 };

struct str repository_name(struct str url)
{
    while (url.len && url.ptr[url.len - 1] == '/')
        url.len--;
    if (str_ends(url, "/.git"))
        url.len -= 5;
    if (str_ends(url, ".git"))
        url.len -= 4;
    size_t slash = str_find_last(url, '/');
    size_t colon = str_find_last(url, ':');
    if (slash < url.len)
        return str_from_index(url, slash + 1);
    return colon < url.len ? str_from_index(url, colon + 1) : url;
}

static struct str generation_id(struct arena *arena, struct str logical_id, int64_t generation)
{
    return generation ? arena_printf(arena, "%.*s/%lld", STR_ARG(logical_id), (long long)generation)
                      : logical_id;
}

struct value *ownership_tags(struct arena *arena, const struct owner *owner, struct str logical_id,
                             int64_t generation)
{
    struct value *tags =
        owner->environment_tags ? value_copy(arena, owner->environment_tags) : value_map(arena);
    value_setz(arena, tags, TAG_REPOSITORY, value_string(arena, owner->repository));
    value_setz(arena, tags, TAG_ENVIRONMENT, value_string(arena, owner->environment));
    value_setz(arena, tags, TAG_APPLICATION, value_string(arena, owner->application));
    value_setz(arena, tags, TAG_LOGICAL_ID,
               value_string(arena, generation_id(arena, logical_id, generation)));
    return tags;
}

static struct str name_other(struct arena *arena, const struct value *tags)
{
    struct str stack = value_get_text(tags, "aws:cloudformation:stack-name");
    if (stack.len)
        return arena_printf(arena, "CloudFormation stack '%.*s'", STR_ARG(stack));
    struct str environment = value_get_text(tags, TAG_ENVIRONMENT);
    if (!environment.len)
        return STR_EMPTY;
    struct str application = value_get_text(tags, TAG_APPLICATION);
    struct str repository = value_get_text(tags, TAG_REPOSITORY);
    struct str logical_id = value_get_text(tags, TAG_LOGICAL_ID);
    return arena_printf(arena, "'%.*s/%.*s' of repository '%.*s' as '%.*s'", STR_ARG(environment),
                        STR_ARG(application), STR_ARG(repository), STR_ARG(logical_id));
}

enum ownership ownership_of(struct arena *arena, const struct owner *owner, struct str logical_id,
                            const struct value *live_tags, struct ownership_label *label)
{
    *label = (struct ownership_label){.who = name_other(arena, live_tags)};
    if (!label->who.len)
        return OWNED_BY_NOBODY;
    if (!str_equal(value_get_text(live_tags, TAG_REPOSITORY), owner->repository) ||
        !str_equal(value_get_text(live_tags, TAG_ENVIRONMENT), owner->environment) ||
        !str_equal(value_get_text(live_tags, TAG_APPLICATION), owner->application))
        return OWNED_BY_OTHER;
    struct str id = value_get_text(live_tags, TAG_LOGICAL_ID), base = str_slice(id, 0, str_find(id, '/'));
    uint64_t generation = 0;
    if (str_to_uint(str_from_index(id, base.len + 1), INT32_MAX, &generation))
        label->generation = (int64_t)generation;
    if (str_equal(base, logical_id))
        return OWNED_BY_US;
    label->who = base;
    return OWNED_BY_SIBLING;
}

static struct str intent_hash(struct arena *arena, const struct owner *owner, struct str logical_id,
                              int64_t generation, struct str more)
{
    struct str text =
        arena_printf(arena, "%.*s/%.*s/%.*s/%.*s/%.*s/%lld/%.*s", STR_ARG(owner->account),
                     STR_ARG(owner->region), STR_ARG(owner->environment), STR_ARG(owner->application),
                     STR_ARG(logical_id), (long long)generation, STR_ARG(more));
    return sha256_hex(arena, text);
}

struct str resource_name(struct arena *arena, const struct owner *owner, struct str logical_id,
                         int64_t generation, const struct resource_type *type)
{
    struct str hash = str_slice(intent_hash(arena, owner, logical_id, generation, STR_EMPTY), 0, NAME_HASH);
    struct str words = arena_printf(arena, "%.*s-%.*s-%.*s", STR_ARG(owner->environment),
                                    STR_ARG(owner->application), STR_ARG(logical_id));
    size_t room = (type->name_max ? type->name_max : 64) - NAME_HASH - 1;
    struct str name = arena_printf(arena, "%.*s-%.*s", STR_ARG(str_slice(words, 0, room)), STR_ARG(hash));
    char *bytes = arena_strz(arena, name);
    for (size_t i = 0; i < name.len; i++)
        if (type->name_lowercase && bytes[i] >= 'A' && bytes[i] <= 'Z')
            bytes[i] = (char)(bytes[i] - 'A' + 'a');
    return (struct str){.ptr = bytes, .len = name.len};
}

struct str idempotency_token(struct arena *arena, const struct owner *owner, struct str logical_id,
                             int64_t generation, struct str commit)
{
    return str_slice(intent_hash(arena, owner, logical_id, generation, commit), 0, TOKEN_LENGTH);
}
