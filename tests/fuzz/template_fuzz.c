#include "tests/fuzz/target.h"
#include "tests/fuzz/tree.h"

/* Any text as a template. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    fuzz_template(arena, "app/template.yaml", (struct str){.ptr = (const char *)data, .len = size});
    arena_free(arena);
    return 0;
}
