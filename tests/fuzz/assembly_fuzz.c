#include "base/json.h"
#include "base/yaml_reader.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/tree.h"

static const char directory[] = "app/cdk.out";

/* The files of a cloud assembly, as a map from names to documents. */
static const struct value *find(const struct value *documents, struct str path)
{
    size_t begin = sizeof directory; /* with the slash */
    return str_starts(path, directory) && path.len > begin
               ? value_get_str(documents, str_from_index(path, begin))
               : NULL;
}

static bool no_file(struct str path, struct error *error)
{
    return error_set(error, ERROR_NOT_FOUND, "'%.*s' does not exist", STR_ARG(path));
}

static bool read_file(void *self, struct arena *arena, struct str path, size_t max, struct str *bytes,
                      struct error *error)
{
    const struct value *document = find(self, path);
    if (!document)
        return no_file(path, error);
    *bytes = json_text(arena, document, JSON_COMPACT);
    return bytes->len <= max || error_set(error, ERROR_INVALID, "'%.*s' is too large", STR_ARG(path));
}

static bool list_directory(void *self, struct arena *arena, struct str path, struct file_list *list,
                           struct error *error)
{
    (void)self;
    (void)arena;
    (void)path;
    (void)error;
    list->count = 0;
    return true;
}

static bool kind_of(void *self, struct str path, enum file_kind *kind, struct error *error)
{
    bool file = find(self, path);
    *kind = file ? FILE_REGULAR : FILE_DIRECTORY;
    return file || str_is(path, directory) || no_file(path, error);
}

static bool digest_of(void *self, struct arena *arena, struct str path, struct str *hex, struct error *error)
{
    (void)self;
    (void)path;
    (void)error;
    *hex = arena_str(arena, STR("0123456789012345678901234567890123456789"));
    return true;
}

/* Manifests of assemblies and assets, templates, and what they say of each other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *documents;
    struct str text = {.ptr = (const char *)data, .len = size};
    if (yaml_read(arena, STR("f"), text, &documents, &error) && value_is(documents, VALUE_MAP)) {
        const struct files files = {.self = documents,
                                    .read = read_file,
                                    .list = list_directory,
                                    .kind = kind_of,
                                    .digest = digest_of};
        fuzz_source(arena, &files, directory);
    }
    arena_free(arena);
    return 0;
}
