#include "base/json.h"
#include "environments/serverless/native.h"
#include "environments/serverless/serverless.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/tree.h"

/* As the state and the template of a packaged folder. */
static void read_package(struct arena *arena, const struct files *files)
{
    const struct template_options options = {
        .files = files, .path = STR("app/.serverless"), .region = STR("eu-west-1")};
    struct value *template;
    struct error error = ERROR_INIT;
    if (serverless_packaged.read(arena, &options, &template, &error))
        json_text(arena, template, JSON_CANONICAL);
    else if (error.code == ERROR_NONE || error.code == ERROR_BUG || !error.message[0])
        abort();
}

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
    read_package(arena, &files);
    arena_free(arena);
    return 0;
}
