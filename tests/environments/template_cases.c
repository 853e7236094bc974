#include "template_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "base/yaml_reader.h"
#include "memory_files.h"

bool build_template(struct arena *arena, const char *template, const char *parameters,
                    struct desired *desired, struct error *error)
{
    struct memory_file entries[] = {
        {"app/template.yaml", template, false},
        {"app/src/index.py", "pass\n", false},
        {"app/flow.asl.json", "{\"StartAt\": \"A\"}", false},
        {"app/api.yaml", "openapi: 3.0.1\ninfo: {title: t}\npaths: {}\n", false},
        {"app/queue.yaml", "Type: AWS::SQS::Queue\nProperties:\n  Name: !Ref Nam\n", false},
        {"app/tags.json", "{\"A\": {\"Fn::Sub\": \"${AWS::Region}\"},\n \"B\": 2}", false},
        {"app/included.yaml",
         "openapi: 3.0.1\npaths:\n  /a:\n    get: {x-amazon-apigateway-integration: {uri: !Ref Nobody}}\n",
         false},
        {"app/list.yaml", "- a\n- b\n", false},
        {"app/twice.yaml",
         "Fn::Transform: {Name: AWS::Include, Parameters: {Location: "
         "tags.json}}\n",
         false},
        {"app/broken.yaml", "a: [\n", false},
        {"shared/mappings.yaml", "Mappings:\n  M: {eu-west-1: {Size: 3}}\n", false}};
    struct memory_files *all = arena_alloc(arena, sizeof *all);
    struct memory_file *copy = arena_array(arena, ARRAY_LENGTH(entries), sizeof *copy);
    memcpy(copy, entries, sizeof entries);
    *all = (struct memory_files){.entries = copy, .count = ARRAY_LENGTH(entries)};
    struct files *files = arena_alloc(arena, sizeof *files);
    *files = memory_files(all);
    struct value *given = NULL;
    if (parameters && !yaml_read(arena, STR("prod/orders.yaml"), str_from(parameters), &given, error))
        return false;
    const struct template_options options = {.files = files,
                                             .path = STR("app/template.yaml"),
                                             .parameters = given,
                                             .region = STR("eu-west-1"),
                                             .account = STR("123456789012"),
                                             .stack_name = STR("prod-orders")};
    return desired_build(arena, &options, desired, error);
}

/* Every resource in order: "id type properties <- dependencies;", then the outputs; or the error. */
static struct str tell(struct arena *arena, const char *template, const char *parameters)
{
    struct desired desired;
    struct error error = ERROR_INIT;
    if (!build_template(arena, template, parameters, &desired, &error))
        return arena_str(arena, str_from(error.message));
    struct buf out = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < desired.count; i++) {
        const struct desired_resource *one = &desired.resources[i];
        buf_printf(&out, "%.*s %.*s", STR_ARG(one->logical_id),
                   STR_ARG(json_text(arena, one->properties, JSON_COMPACT)));
        for (size_t k = 0; k < one->depends_count; k++)
            buf_printf(&out, "%s%.*s", k ? "," : " <- ", STR_ARG(one->depends_on[k]));
        buf_printf(&out, "%s%s; ", one->deletion_policy == REMOVAL_RETAIN ? " kept" : "",
                   one->update_replace_policy == REMOVAL_SNAPSHOT ? " shot" : "");
    }
    if (desired.outputs->count)
        buf_add(&out, json_text(arena, desired.outputs, JSON_COMPACT));
    struct str text = arena_str(arena, str_trim(buf_str(&out)));
    buf_release(&out);
    return text;
}

void check_templates(const struct template_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = tell(arena, cases[i].template, cases[i].parameters);
        assert_case(i, found, cases[i].wanted);
        arena_free(arena);
    }
}
