#include "base/json.h"
#include "base/yaml_reader.h"
#include "tests/fuzz/target.h"

/* Whatever is read can be said in JSON, and means the same there. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct value *value, *again;
    struct error error = ERROR_INIT;
    struct str input = {.ptr = (const char *)data, .len = size};
    if (yaml_read(arena, STR("f"), input, &value, &error)) {
        struct str text = json_text(arena, value, JSON_COMPACT);
        check(json_read(arena, STR("f"), text, &again, &error));
        check(value_equal(value, again));
    } else {
        check(error.code != ERROR_NONE && str_contains(str_from(error.message), " (f"));
    }
    arena_free(arena);
    return 0;
}
