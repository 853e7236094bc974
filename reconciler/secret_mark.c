#include "reconciler/secret_mark.h"

#include "base/digest.h"

enum { ROUNDS = 20000, SALT_DIGITS = 16, DIGEST_DIGITS = 32 };

#define MARK "****"
#define MARK_WITH_DIGEST MARK "#"

bool secret_is_marked(const struct value *value)
{
    return value_is_text(value, MARK) ||
           (value_is(value, VALUE_STRING) && str_starts(value->text, MARK_WITH_DIGEST));
}

static struct str digest_of(struct arena *arena, struct str secret, struct str salt)
{
    return str_slice(pbkdf2_hex(arena, secret, salt, ROUNDS), 0, DIGEST_DIGITS);
}

static struct value *mark_of(struct arena *arena, const struct value *secret, struct str place)
{
    struct str salt = str_slice(sha256_hex(arena, place), 0, SALT_DIGITS);
    return value_stringf(arena, MARK_WITH_DIGEST "%.*s$%.*s", STR_ARG(salt),
                         STR_ARG(digest_of(arena, secret->text, salt)));
}

/* Its text is its own: not read, not made of what the ledger hides. */
static bool has_digest(const struct value *value)
{
    return value_is(value, VALUE_SECRET) && !value_reference(value).len && !value->boolean &&
           !str_contains(value->text, MARK);
}

struct value *secrets_marked(struct arena *arena, const struct value *value, struct str place)
{
    if (has_digest(value))
        return mark_of(arena, value, place);
    struct value *copy = value_copy(arena, value);
    for (size_t i = 0; value_is(copy, VALUE_LIST) && i < copy->count; i++)
        copy->items[i] =
            secrets_marked(arena, value->items[i], arena_printf(arena, "%.*s[%zu]", STR_ARG(place), i));
    for (size_t i = 0; value_is(copy, VALUE_MAP) && i < copy->count; i++)
        copy->entries[i].value =
            secrets_marked(arena, value->entries[i].value,
                           arena_printf(arena, "%.*s.%.*s", STR_ARG(place), STR_ARG(value->entries[i].key)));
    return copy;
}

static bool is_mark(const struct value *value, const void *self)
{
    (void)self;
    return value->kind == VALUE_STRING && str_starts(value->text, MARK_WITH_DIGEST);
}

static struct value *hidden(struct arena *arena, struct value *copy)
{
    if (is_mark(copy, NULL))
        return value_stringz(arena, MARK);
    for (size_t i = 0; value_is(copy, VALUE_LIST) && i < copy->count; i++)
        copy->items[i] = hidden(arena, copy->items[i]);
    for (size_t i = 0; value_is(copy, VALUE_MAP) && i < copy->count; i++)
        copy->entries[i].value = hidden(arena, copy->entries[i].value);
    return copy;
}

const struct value *secrets_hidden(struct arena *arena, const struct value *value)
{
    return value_find(value, is_mark, NULL) ? hidden(arena, value_copy(arena, value)) : value;
}

enum secret_likeness secret_compare(const struct value *mark, struct str secret)
{
    struct str rest = value_text(mark), salt;
    if (!str_starts(rest, MARK_WITH_DIGEST))
        return SECRET_UNKNOWN;
    rest = str_from_index(rest, sizeof(MARK_WITH_DIGEST) - 1);
    if (!str_split(&rest, '$', &salt) || rest.len != DIGEST_DIGITS)
        return SECRET_UNKNOWN;
    struct arena *arena = arena_new();
    bool same = equal_constant_time(digest_of(arena, secret, salt), rest);
    arena_free(arena);
    return same ? SECRET_SAME : SECRET_OTHER;
}
