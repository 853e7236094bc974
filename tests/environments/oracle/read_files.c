/* Reads what schema_oracle_test.py asks for: one JSON request a line on standard input, as
 * {"kind": "application", "text": "template: ..."}, one answer a line on standard output: {"value": what the
 * YAML says, absent where it is none, "error": the refusal, or ""}. */

#include "base/yaml_reader.h"
#include "environments/environment.h"
#include "environments/repository.h"
#include "memory_files.h"
#include "tests/base/json_lines.h"

static bool read_file(struct arena *arena, const char *kind, const char *text, struct error *error)
{
    bool application = str_is(str_from(kind), "application"), plumb = str_is(str_from(kind), "plumb");
    struct memory_file entries[] = {
        {"apps/orders/template.yaml", "Resources: {}", false},
        {"environments/prod/environment.yaml",
         application || plumb ? "account: \"333333333333\"\nregion: us-east-1\n" : text, false},
        {plumb ? "plumb.yaml" : "environments/prod/orders.yaml", text, false},
    };
    struct memory_files all = {.entries = entries, .count = application || plumb ? 3 : 2};
    struct files files = memory_files(&all);
    struct environment environment;
    struct repository repository;
    return plumb ? repository_load(&files, arena, &repository, error)
                 : environment_load(&files, arena, STR("prod"), &environment, error);
}

static struct value *answer(struct arena *arena, const struct value *asked)
{
    struct value *out = value_map(arena), *said;
    struct error error = ERROR_INIT, broken = ERROR_INIT;
    const char *kind = arena_strz(arena, value_get_text(asked, "kind"));
    struct str text = value_get_text(asked, "text");
    if (yaml_read(arena, STR("text"), text, &said, &broken))
        value_setz(arena, out, "value", said);
    bool sound = read_file(arena, kind, arena_strz(arena, text), &error);
    value_setz(arena, out, "error", value_stringz(arena, sound ? "" : error.message));
    return out;
}

int main(void)
{
    return json_lines(answer);
}
