#include "base/json.h"
#include "environments/serverless/native.h"
#include "tests/fuzz/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any document as serverless.yml, beside files that hold the same: its variables are replaced or it is
 * refused with a sentence; then the template is made. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str text = {.ptr = (const char *)data, .len = size};
    const struct files files = fuzz_files(&text);
    const struct template_options options = {.files = &files,
                                             .path = STR("app/serverless.yml"),
                                             .region = STR("eu-west-1"),
                                             .environment = STR("beta"),
                                             .stage = STR("Beta")};
    struct value *service, *taken;
    struct error error = ERROR_INIT;
    if (native_read(arena, &options, &service, &taken, &error)) {
        json_text(arena, service, JSON_CANONICAL);
        fuzz_template(arena, "app/serverless.yml", text);
    } else if (error.code == ERROR_NONE || error.code == ERROR_BUG || !error.message[0]) {
        abort();
    }
    arena_free(arena);
    return 0;
}
