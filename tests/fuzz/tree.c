#include "tests/fuzz/tree.h"

#include "base/json.h"

static bool read_file(void *self, struct arena *arena, struct str path, size_t max, struct str *bytes,
                      struct error *error)
{
    (void)path;
    *bytes = arena_str(arena, *(struct str *)self);
    return bytes->len <= max || error_set(error, ERROR_INVALID, "too large (f)");
}

static bool list_directory(void *self, struct arena *arena, struct str directory, struct file_list *list,
                           struct error *error)
{
    (void)self;
    (void)arena;
    (void)error;
    (void)directory;
    list->count = 0;
    return true;
}

static bool kind_of(void *self, struct str path, enum file_kind *kind, struct error *error)
{
    (void)self;
    (void)path;
    (void)error;
    *kind = FILE_REGULAR;
    return true;
}

static bool digest_of(void *self, struct arena *arena, struct str path, struct str *hex, struct error *error)
{
    (void)self;
    (void)path;
    (void)error;
    *hex = arena_str(arena, STR("0123456789012345678901234567890123456789"));
    return true;
}

struct files fuzz_files(struct str *text)
{
    return (struct files){
        .self = text, .read = read_file, .list = list_directory, .kind = kind_of, .digest = digest_of};
}

static bool look_up(void *self, struct arena *arena, struct str id, struct str attribute, struct value **out,
                    struct error *error)
{
    (void)self;
    (void)id;
    (void)error;
    *out = attribute.len % 2 ? value_unknown(arena, attribute) : value_stringz(arena, "known");
    return true;
}

/* Anything that can be asked for is there, but for what is known later or too late. */
static bool answer(void *self, struct arena *arena, const struct outside_value *wanted, struct value **out,
                   struct error *error)
{
    (void)self;
    (void)error;
    if (wanted->kind == OUTSIDE_ZONES)
        *out = value_list(arena);
    else if (wanted->kind > OUTSIDE_ZONES)
        *out = wanted->name.len % 2 ? value_unknown(arena, wanted->name) : value_string(arena, wanted->name);
    else
        *out = wanted->name.len % 2
                   ? value_secret_unread(arena, wanted->reference)
                   : value_came_by(arena, value_secret(arena, wanted->name), wanted->reference);
    return true;
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

void fuzz_template(struct arena *arena, const char *path, struct str text)
{
    const struct files files = fuzz_files(&text);
    fuzz_source(arena, &files, path);
}

void fuzz_source(struct arena *arena, const struct files *files, const char *path)
{
    const struct template_options options = {.files = files,
                                             .path = str_from(path),
                                             .region = STR("eu-west-1"),
                                             .account = STR("123456789012"),
                                             .stack_name = STR("beta-orders"),
                                             .environment = STR("beta"),
                                             .stage = STR("Beta")};
    const struct outside outside = {.value = answer};
    const struct resolver resolver = {.lookup = look_up, .outside = &outside};
    struct desired desired;
    struct error error = ERROR_INIT;
    if (!desired_build(arena, &options, &desired, &error)) {
        check(error.code != ERROR_NONE && error.code != ERROR_BUG && error.message[0]);
        return;
    }
    for (size_t i = 0; i < desired.count; i++) {
        struct value *resolved;
        if (desired_resolve(arena, desired.resources[i].properties, &resolver, &resolved, &error))
            json_text(arena, resolved, JSON_CANONICAL);
    }
}
