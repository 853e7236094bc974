/* Any application file: it is refused with a message, or says the same afterwards but for the revision. */

#include "base/yaml_reader.h"
#include "environments/revision_line.h"
#include "tests/fuzz/target.h"

#define REVISION "4f2c1e0a1b2c3d4e5f60718293a4b5c6d7e8f901"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str bytes = {.ptr = (const char *)data, .len = size}, out, again;
    struct value *before, *after;
    struct error error = ERROR_INIT;
    if (!revision_line_set(arena, STR("a.yaml"), bytes, STR(REVISION), &out, &error)) {
        if (error.code == ERROR_NONE || !error.message[0])
            abort();
    } else {
        if (!yaml_read(arena, STR("a.yaml"), bytes, &before, &error) ||
            !yaml_read(arena, STR("a.yaml"), out, &after, &error))
            abort();
        value_setz(arena, before, "revision", value_stringz(arena, REVISION));
        if (!value_equal(before, after))
            abort();
        /* A second time changes nothing. */
        if (!revision_line_set(arena, STR("a.yaml"), out, STR(REVISION), &again, &error) ||
            !str_equal(out, again))
            abort();
    }
    arena_free(arena);
    return 0;
}
