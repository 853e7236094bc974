#include "base/json.h"
#include "base/yaml_reader.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/tree.h"

/* Any document as a template of SAM. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *template;
    struct str text = {.ptr = (const char *)data, .len = size};
    if (yaml_read(arena, STR("f"), text, &template, &error) && value_is(template, VALUE_MAP)) {
        value_setz(arena, template, "Transform", value_stringz(arena, "AWS::Serverless-2016-10-31"));
        fuzz_template(arena, "app/template.yaml", json_text(arena, template, JSON_COMPACT));
    }
    arena_free(arena);
    return 0;
}
