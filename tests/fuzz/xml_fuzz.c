#include "base/xml.h"
#include "tests/fuzz/target.h"

/* A tree that was read, written and read again is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct value *value, *again;
    struct error error = ERROR_INIT;
    struct str root, input = {.ptr = (const char *)data, .len = size};
    bool read = xml_read(arena, input, &root, &value, &error);
    check(read || (error.code != ERROR_NONE && error.message[0]));
    /* behind a prefix there may be what is no name by itself */
    if (read && value->kind == VALUE_MAP && !str_contains(input, ":")) {
        struct buf buf = BUF_INIT(BUF_LARGE);
        xml_write(&buf, root.ptr, NULL, value);
        check(xml_read(arena, buf_str(&buf), NULL, &again, &error));
        check(value_equal(value, again));
        buf_release(&buf);
    }
    arena_free(arena);
    return 0;
}
