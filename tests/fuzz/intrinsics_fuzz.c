#include "base/json.h"
#include "base/yaml_reader.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/tree.h"

/* Round the value lies all that its functions may refer to. */
static const char before[] = "{\"Transform\":\"AWS::LanguageExtensions\","
                             "\"Parameters\":{\"Text\":{\"Type\":\"String\",\"Default\":\"a\"},"
                             "\"Secret\":{\"Type\":\"String\",\"Default\":\"hidden\",\"NoEcho\":true},"
                             "\"List\":{\"Type\":\"CommaDelimitedList\",\"Default\":\"a,b,c\"}},"
                             "\"Mappings\":{\"Map\":{\"a\":{\"b\":\"c\",\"d\":[1,2]}}},"
                             "\"Conditions\":{\"Yes\":{\"Fn::Equals\":[{\"Ref\":\"Text\"},\"a\"]},\"No\":{"
                             "\"Fn::Not\":[{\"Condition\":\"Yes\"}]}},"
                             "\"Resources\":{\"Table\":{\"Type\":\"AWS::DynamoDB::Table\"},"
                             "\"Absent\":{\"Type\":\"AWS::SQS::Queue\",\"Condition\":\"No\"},"
                             "\"Topic\":{\"Type\":\"AWS::SNS::Topic\",\"Properties\":{\"Value\":";
static const char behind[] = "}}},\"Outputs\":{\"Out\":{\"Value\":{\"Ref\":\"Topic\"}}}}";

/* Any value as a property, with its functions. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *value;
    if (yaml_read(arena, STR("f"), (struct str){.ptr = (const char *)data, .len = size}, &value, &error)) {
        struct str text = json_text(arena, value, JSON_COMPACT);
        fuzz_template(arena, "app/template.json",
                      arena_printf(arena, "%s%.*s%s", before, STR_ARG(text), behind));
    }
    arena_free(arena);
    return 0;
}
