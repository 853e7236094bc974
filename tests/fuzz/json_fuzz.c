#include <cjson/cJSON.h>

#include "base/json.h"
#include "tests/fuzz/target.h"

static void check_other_reader(struct str text)
{
    cJSON *other = cJSON_ParseWithLength(text.ptr, text.len);
    check(other != NULL);
    cJSON_Delete(other);
}

/* What is read can be written in every style, read again, and is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum json_style styles[] = {JSON_COMPACT, JSON_PRETTY, JSON_CANONICAL};
    struct arena *arena = arena_new();
    struct value *first, *again;
    struct error error = ERROR_INIT;
    struct str input = {.ptr = (const char *)data, .len = size};
    if (!json_read(arena, STR("f"), input, &first, &error)) {
        check(error.code != ERROR_NONE && error.message[0]);
        arena_free(arena);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(styles); i++) {
        struct str text = json_text(arena, first, styles[i]);
        check(str_is_utf8(text));
        check(json_read(arena, STR_EMPTY, text, &again, &error));
        check(str_equal(json_text(arena, again, styles[i]), text));
        if (size < 60) /* cJSON reads numbers of up to 63 characters */
            check_other_reader(text);
    }
    arena_free(arena);
    return 0;
}
