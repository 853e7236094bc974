#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/json.h"
#include "providers/facts.h"

/*
 * Templates that others wrote must pass the facts check: a table that refuses them would refuse their
 * authors. These messages are right all the same; each must come up, so that the list stays true.
 */
static const struct {
    const char *message, *reason;
} expected[] = {
    {"unknown type AWS::Foo::Bar", "made up by the translator's own tests"},
    {"unknown type AWS::Other::ABCD", "made up by the translator's own tests"},
    {"unknown property 'Name' in AWS::S3::Bucket", "a mistake in a translator's test; AWS refuses it too"},
    {"unknown property 'StageVariablesOverrides' in 'CanarySetting'", "the same: a misspelt name"},
    {"property 'KeySchema' is missing in AWS::DynamoDB::Table", "the same: tables cut short"},
    {"property 'Code' is missing in AWS::Lambda::Function", "the same: functions cut short"},
    {"property 'RoleArn' is missing in AWS::StepFunctions::StateMachine", "the same: cut short"},
    {"'ImageConfig.Command' of AWS::Lambda::Function must be a list, not a string", "the same: a wrong kind"},
    {"'MemorySize' of AWS::Lambda::Function must be a number, not a string",
     "an unfilled '{{cookiecutter...}}' placeholder"},
    {"'Environment.Variables.BEDROCK_AWS_ACCESS_KEY_ID' of AWS::Lambda::Function must be a string, not null",
     "a value left empty; CloudFormation refuses null"},
};

struct tally {
    size_t files, resources, refused;
    size_t expected[ARRAY_LENGTH(expected)];
};

static bool is_expected(struct tally *tally, const struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        if (str_starts(str_from(error->message), expected[i].message)) {
            tally->expected[i]++;
            return true;
        }
    return false;
}

static void check_resource(struct tally *tally, struct str file, const struct value_entry *resource)
{
    static const struct value none = {.kind = VALUE_MAP};
    struct error error = ERROR_INIT;
    struct str type = value_get_text(resource->value, "Type");
    const struct value *properties = value_get(resource->value, "Properties");
    if (!str_starts(type, "AWS::"))
        return;
    tally->resources++;
    const struct type_facts *facts = facts_find(type);
    bool good = facts ? facts_check(facts, properties ? properties : &none, &error)
                      : error_set(&error, ERROR_INVALID, "unknown type %.*s", STR_ARG(type));
    if (good || is_expected(tally, &error))
        return;
    tally->refused++;
    printf("%.*s: %.*s: %s\n", STR_ARG(file), STR_ARG(resource->key), error.message);
}

static void check_file(struct tally *tally, const struct files *files, struct str path)
{
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct str bytes;
    struct value *document;
    if (!files_read(files, arena, path, 16u << 20, &bytes, &error) ||
        !json_read(arena, path, bytes, &document, &error))
        fail_msg("%s", error.message);
    const struct value *resources = value_get(document, "Resources");
    tally->files++;
    for (size_t i = 0; resources && i < resources->count; i++)
        check_resource(tally, path, &resources->entries[i]);
    arena_free(arena);
}

/* Every file below the directory whose name ends so. */
static void check_directory(struct tally *tally, const struct files *files, struct arena *arena,
                            struct str directory, const char *ending)
{
    struct file_list list;
    struct error error = ERROR_INIT;
    if (!files_list(files, arena, directory, &list, &error))
        fail_msg("%s", error.message);
    for (size_t i = 0; i < list.count; i++) {
        struct str name = list.entries[i].name;
        struct str path = arena_printf(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(name));
        if (list.entries[i].kind == FILE_DIRECTORY)
            check_directory(tally, files, arena, path, ending);
        else if (list.entries[i].kind == FILE_REGULAR && str_ends(name, ending))
            check_file(tally, files, path);
    }
}

static void test_foreign_templates_pass(void **state)
{
    static const struct {
        const char *directory, *ending;
        size_t least; /* resources: fewer means that the corpus was not found */
    } corpora[] = {
        {"sam/output", ".json", 5000},
        {"sam-patterns/output", ".json", 2000},
        {"cdk", ".template.json", 500},
        {"serverless", "-stack.json", 100},
    };
    (void)state;
    const char *root = getenv("PLUMB_CORPORA");
    if (!root || !*root) {
        puts("skipped: facts against foreign templates: PLUMB_CORPORA is not set");
        return;
    }
    struct files_local *local;
    struct error error = ERROR_INIT;
    if (!files_local_new(root, &local, &error))
        fail_msg("%s", error.message);
    struct files files = files_local_files(local);
    struct arena *arena = arena_new();
    struct tally tally = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(corpora); i++) {
        size_t before = tally.resources;
        check_directory(&tally, &files, arena, str_from(corpora[i].directory), corpora[i].ending);
        printf("%s: %zu resources\n", corpora[i].directory, tally.resources - before);
        assert_true(tally.resources - before >= corpora[i].least);
    }
    size_t refused_rightly = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        refused_rightly += tally.expected[i];
        if (tally.expected[i] == 0)
            fail_msg("did not come up: %s (%s)", expected[i].message, expected[i].reason);
    }
    printf("%zu files, %zu resources: %zu rightly refused, %zu wrongly\n", tally.files, tally.resources,
           refused_rightly, tally.refused);
    assert_int_equal(tally.refused, 0);
    arena_free(arena);
    files_local_free(local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign_templates_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
