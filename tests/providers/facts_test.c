#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/facts.h"

static const struct type_facts *facts_of(const char *type)
{
    const struct type_facts *facts = facts_find(str_from(type));
    if (!facts)
        fail_msg("no facts about %s", type);
    return facts;
}

static void test_finds_types(void **state)
{
    static const char *const known[] = {"AWS::ACMPCA::Certificate", "AWS::DynamoDB::Table",
                                        "AWS::Lambda::Function", "AWS::XRay::TransactionSearchConfig",
                                        "Alexa::ASK::Skill"};
    static const struct {
        const char *name, *nearest;
    } unknown[] = {
        {"AWS::DynamoDb::Tabel", "AWS::DynamoDB::Table"},
        {"AWS::Lambda::function", "AWS::Lambda::Function"},
        {"AWS::SQS::Que", "AWS::SQS::Queue"},
        {"AWS::DynamoDB::Table ", "AWS::DynamoDB::Table"},
        {"", NULL},
        {"Something::Quite::Different::And::Long", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        assert_true(str_is(facts_type(facts_of(known[i])), known[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++) {
        assert_null(facts_find(str_from(unknown[i].name)));
        assert_string_equal(str_from(facts_nearest_type(str_from(unknown[i].name))).ptr,
                            str_from(unknown[i].nearest).ptr);
    }
}

/* The paths of a set, joined by blanks. */
static void assert_paths(const char *type, enum facts_set set, const char *expected)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    struct str path;
    for (size_t i = 0; facts_path(facts_of(type), set, i, &path); i++)
        buf_printf(&text, "%s%.*s", i > 0 ? " " : "", STR_ARG(path));
    if (!str_is(buf_str(&text), expected))
        fail_msg("%s, set %d: %.*s", type, set, STR_ARG(buf_str(&text)));
    buf_release(&text);
}

static void test_lists_paths(void **state)
{
    static const struct {
        const char *type;
        enum facts_set set;
        const char *paths;
    } cases[] = {
        {"AWS::DynamoDB::Table", FACTS_PRIMARY_IDENTIFIER, "TableName"},
        {"AWS::DynamoDB::Table", FACTS_CREATE_ONLY, "ImportSourceSpecification TableName"},
        {"AWS::DynamoDB::Table", FACTS_CONDITIONAL_CREATE_ONLY, "KeySchema"},
        {"AWS::DynamoDB::Table", FACTS_READ_ONLY, "Arn StreamArn"},
        {"AWS::DynamoDB::Table", FACTS_WRITE_ONLY, "ImportSourceSpecification"},
        {"AWS::ApiGateway::Stage", FACTS_PRIMARY_IDENTIFIER, "RestApiId StageName"},
        {"AWS::ApiGateway::Stage", FACTS_REF, "StageName"}, /* not the identifier */
        {"AWS::SQS::Queue", FACTS_REF, "QueueUrl"},         /* named by the database */
        {"AWS::Lambda::Version", FACTS_REF, "FunctionArn"},
        {"AWS::Events::Rule", FACTS_PRIMARY_IDENTIFIER, "Arn"},
        {"AWS::Events::Rule", FACTS_REF, "Name"},
        {"AWS::SNS::Subscription", FACTS_REF, "Arn"}, /* not in the database */
        {"AWS::IAM::Role", FACTS_WRITE_ONLY, ""},
        {"AWS::Signer::SigningProfile", FACTS_CREATE_ONLY, "PlatformId ProfileName SignatureValidityPeriod"},
        {"AWS::Signer::SigningProfile", FACTS_READ_ONLY, "Arn ProfileVersion ProfileVersionArn"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_paths(cases[i].type, cases[i].set, cases[i].paths);
}

static void test_tells_what_holds_for_a_path(void **state)
{
    static const struct {
        const char *type;
        bool (*holds)(const struct type_facts *, struct str path);
        const char *path;
        bool expected;
    } cases[] = {
        {"AWS::DynamoDB::Table", facts_is_create_only, "TableName", true},
        {"AWS::DynamoDB::Table", facts_is_create_only, "TableNam", false},
        {"AWS::DynamoDB::Table", facts_is_create_only, "BillingMode", false},
        {"AWS::DynamoDB::Table", facts_is_create_only, "ImportSourceSpecification.InputFormat", true},
        {"AWS::DynamoDB::Table", facts_is_create_only, "", false},
        {"AWS::DynamoDB::Table", facts_is_conditional_create_only, "KeySchema[0].AttributeName", true},
        {"AWS::Lambda::Function", facts_is_write_only, "Code.ZipFile", true},
        {"AWS::Lambda::Function", facts_is_write_only, "Code", false}, /* has parts that are */
        {"AWS::Lambda::Function", facts_is_write_only, "CodeSigningConfigArn", false},
        {"AWS::Lambda::Function", facts_is_read_only, "Arn", true},
        {"AWS::S3::Bucket", facts_is_write_only, "LifecycleConfiguration.Rules.0.Transition", true},
        {"AWS::S3::Bucket", facts_is_write_only, "LifecycleConfiguration.Rules[12].Transition.StorageClass",
         true},
        {"AWS::S3::Bucket", facts_is_write_only, "LifecycleConfiguration.Rules.*.Transition", true},
        {"AWS::S3::Bucket", facts_is_write_only, "LifecycleConfiguration.Rules.0.Transitions", false},
        {"AWS::S3::Bucket", facts_list_is_unordered, "LifecycleConfiguration.Rules", false},
        {"AWS::S3::Bucket", facts_list_is_unordered, "Tags", true},
        {"AWS::Lambda::Function", facts_list_is_unordered, "VpcConfig.SubnetIds", false},
        {"AWS::Lambda::Function", facts_list_is_unordered, "Layers", false},
        {"AWS::Lambda::Function", facts_list_is_unordered, "FunctionName", false},
        {"AWS::Lambda::Function", facts_list_is_unordered, "NoSuch.Thing", false},
        {"AWS::Lambda::Function", facts_is_required, "Code", true},
        {"AWS::Lambda::Function", facts_is_required, "Handler", false},
        {"AWS::DynamoDB::Table", facts_is_required, "KeySchema[0].KeyType", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (cases[i].holds(facts_of(cases[i].type), str_from(cases[i].path)) != cases[i].expected)
            fail_msg("case %zu: %s %s", i, cases[i].type, cases[i].path);
}

static void test_tells_kinds(void **state)
{
    static const struct {
        const char *type, *path;
        enum facts_kind kind;
    } cases[] = {
        {"AWS::Lambda::Function", "", FACTS_OBJECT},
        {"AWS::Lambda::Function", "FunctionName", FACTS_STRING},
        {"AWS::Lambda::Function", "Timeout", FACTS_INTEGER},
        {"AWS::Lambda::Function", "Environment.Variables", FACTS_MAP},
        {"AWS::Lambda::Function", "Environment.Variables.ANY_NAME", FACTS_STRING},
        {"AWS::Lambda::Function", "Environment.Variable", FACTS_NO_PROPERTY},
        {"AWS::Lambda::Function", "Timeout.Deep", FACTS_NO_PROPERTY},
        {"AWS::Lambda::Function", "VpcConfig.SubnetIds[0]", FACTS_LIST}, /* places say nothing */
        {"AWS::CloudWatch::Alarm", "Threshold", FACTS_NUMBER},
        {"AWS::CloudWatch::Alarm", "ActionsEnabled", FACTS_BOOLEAN},
        {"AWS::IAM::Role", "AssumeRolePolicyDocument", FACTS_ANY},
        {"AWS::IAM::Role", "AssumeRolePolicyDocument.Statement.0.Effect", FACTS_ANY},
        {"AWS::DynamoDB::Table", "GlobalSecondaryIndexes.KeySchema", FACTS_LIST},
        {"AWS::WAFv2::WebACL", "Rules.Statement.NotStatement.Statement.NotStatement.Statement.AndStatement",
         FACTS_OBJECT}, /* refers to itself */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        enum facts_kind kind = facts_kind(facts_of(cases[i].type), str_from(cases[i].path));
        if (kind != cases[i].kind)
            fail_msg("%s '%s': %d", cases[i].type, cases[i].path, kind);
    }
}

static void test_tells_tags_and_traits(void **state)
{
    static const struct {
        const char *type, *tags;
        bool map, stateful, no_ref;
        const char *handlers;
    } cases[] = {
        {"AWS::DynamoDB::Table", "Tags", false, true, false, "CRUDL"},
        {"AWS::SSM::Parameter", "Tags", true, true, false, "CRUDL"},
        {"AWS::Cognito::UserPool", "UserPoolTags", true, true, false, "CRUDL"},
        {"AWS::Lambda::Function", "Tags", false, false, false, "CRUDL"},
        {"AWS::Lambda::Version", "", false, false, false, "CRUDL"},
        {"AWS::Lambda::Permission", "", false, false, false, "CRDL"},
        {"AWS::ApiGatewayV2::Api", "Tags", true, false, false, "CRUDL"},
        {"AWS::IAM::ManagedPolicy", "", false, false, false, "CRUDL"},
        {"AWS::StepFunctions::StateMachine", "Tags", false, false, false, "CRUDL"},
        {"AWS::ACMPCA::Certificate", "", false, false, true, "CRD"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct type_facts *facts = facts_of(cases[i].type);
        char handlers[8] = "";
        size_t count = 0;
        for (const char *letter = "CRUDL"; *letter; letter++)
            if (facts_has_handler(facts, *letter))
                handlers[count++] = *letter;
        if (!str_is(facts_tag_property(facts), cases[i].tags) || facts_tags_are_map(facts) != cases[i].map ||
            facts_is_stateful(facts) != cases[i].stateful ||
            facts_ref_is_unsupported(facts) != cases[i].no_ref || strcmp(handlers, cases[i].handlers) != 0)
            fail_msg("%s: tags '%.*s' map %d, stateful %d, no Ref %d, handlers %s", cases[i].type,
                     STR_ARG(facts_tag_property(facts)), facts_tags_are_map(facts), facts_is_stateful(facts),
                     facts_ref_is_unsupported(facts), handlers);
        assert_false(facts_has_handler(facts, 'X'));
    }
}

/* What facts_check says of a resource's properties; empty where it accepts them. */
static void assert_check(const char *type, const char *properties, const char *expected)
{
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *value;
    if (!json_read(arena, STR("t.json"), str_from(properties), &value, &error))
        fail_msg("%s", error.message);
    bool good = facts_check(facts_of(type), value, &error);
    if (good != (expected[0] == '\0') || !str_is(str_from(error.message), expected))
        fail_msg("%s %s:\n%s\nexpected:\n%s", type, properties, error.message, expected);
    if (!good)
        assert_int_equal(error.code, ERROR_INVALID);
    arena_free(arena);
}

static void test_checks_properties(void **state)
{
    static const struct {
        const char *type, *properties, *message;
    } cases[] = {
        {"AWS::SQS::Queue", "{}", ""},
        {"AWS::SQS::Queue", "{\"QueueName\": \"a\", \"DelaySeconds\": \"5\", \"FifoQueue\": \"True\"}", ""},
        {"AWS::SQS::Queue", "{\"DelaySeconds\": {\"Ref\": \"Delay\"}, \"Tags\": {\"Fn::If\": [1, 2, 3]}}",
         ""},
        {"AWS::SQS::Queue", "{\"DelaySeconds\": \"{{resolve:ssm:/delay}}\", \"Tags\": \"{{resolve:ssm:a}}\"}",
         ""},
        {"AWS::SQS::Queue", "{\"QueueName\": 17, \"RedrivePolicy\": {\"deadLetterTargetArn\": \"a\"}}", ""},
        {"AWS::SQS::Queue", "{\"RedrivePolicy\": \"{}\"}", ""},
        {"AWS::SQS::Queue", "{\n  \"QueueNam\": \"a\"}",
         "unknown property 'QueueNam' in AWS::SQS::Queue: did you mean 'QueueName'? (t.json:2:3)"},
        {"AWS::SQS::Queue", "{\"Zzzzzzzzz\": 1}",
         "unknown property 'Zzzzzzzzz' in AWS::SQS::Queue (t.json:1:2)"},
        {"AWS::SQS::Queue", "{\"Ref\": \"a\", \"x\": 1}",
         "unknown property 'Ref' in AWS::SQS::Queue (t.json:1:2)"},
        {"AWS::SQS::Queue", "{\"Arn\": \"a\"}",
         "property 'Arn' of AWS::SQS::Queue is set by AWS and cannot be given (t.json:1:2)"},
        {"AWS::SQS::Queue", "{\"DelaySeconds\": \"soon\"}",
         "'DelaySeconds' of AWS::SQS::Queue must be a number, not a string (t.json:1:18)"},
        {"AWS::SQS::Queue", "{\"DelaySeconds\": true}",
         "'DelaySeconds' of AWS::SQS::Queue must be a number, not a boolean (t.json:1:18)"},
        {"AWS::SQS::Queue", "{\"FifoQueue\": \"yes\"}",
         "'FifoQueue' of AWS::SQS::Queue must be true or false, not a string (t.json:1:15)"},
        {"AWS::SQS::Queue", "{\"QueueName\": null}",
         "'QueueName' of AWS::SQS::Queue must be a string, not null (t.json:1:15)"},
        {"AWS::SQS::Queue", "{\"Tags\": {\"Key\": \"a\", \"Value\": \"b\"}}",
         "'Tags' of AWS::SQS::Queue must be a list, not a mapping (t.json:1:10)"},
        {"AWS::SQS::Queue", "{\"Tags\": [{\"Key\": \"a\", \"Value\": \"b\"}, {\"Key\": \"a\"}]}",
         "property 'Value' is missing in 'Tags[1]' of AWS::SQS::Queue (t.json:1:39)"},
        {"AWS::SQS::Queue", "[]", "AWS::SQS::Queue must be a mapping, not a list (t.json:1:1)"},
        {"AWS::DynamoDB::Table",
         "{\"KeySchema\": [{\"AttributeName\": \"id\", \"KeyType\": \"HASH\"}],\n"
         " \"GlobalSecondaryIndexes\": [{\"IndexName\": \"i\", \"KeySchema\": [], \"Projection\":\n"
         "  {\"ProjectionTyp\": \"ALL\"}}]}",
         "unknown property 'ProjectionTyp' in 'GlobalSecondaryIndexes[0].Projection' of "
         "AWS::DynamoDB::Table: "
         "did you mean 'ProjectionType'? (t.json:3:4)"},
        {"AWS::DynamoDB::Table", "{}",
         "property 'KeySchema' is missing in AWS::DynamoDB::Table (t.json:1:1)"},
        {"AWS::Lambda::Function",
         "{\"Role\": \"r\", \"Code\": {\"Plumb::Artifact\": {\"Digest\": \"0\", \"Path\": \"src\"}}}", ""},
        {"AWS::Lambda::Function",
         "{\"Role\": \"r\", \"Code\": {}, \"Environment\": {\"Variables\": {\"ANY\": 1, \"more\": [1]}}}",
         "'Environment.Variables.more' of AWS::Lambda::Function must be a string, not a list (t.json:1:75)"},
        {"AWS::IAM::Role", "{\"AssumeRolePolicyDocument\": {\"Whatever\": [{\"x\": null}]}}", ""},
        {"AWS::IAM::Role",
         "{\"AssumeRolePolicyDocument\": {}, \"Policies\": [{\"PolicyName\": \"a\", \"policydocument\": "
         "{}}]}",
         "unknown property 'policydocument' in 'Policies[0]' of AWS::IAM::Role: did you mean "
         "'PolicyDocument'? "
         "(t.json:1:67)"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_check(cases[i].type, cases[i].properties, cases[i].message);
}

static void test_accepts_unknown_and_secret(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *table = value_map(arena), *tags = value_list(arena);
    value_append(arena, tags, value_unknown(arena, STR("Other.Tag")));
    value_setz(arena, table, "KeySchema", value_unknown(arena, STR("Other.Schema")));
    value_setz(arena, table, "TableName", value_secret(arena, STR("s")));
    value_setz(arena, table, "Tags", tags);
    assert_true(facts_check(facts_of("AWS::DynamoDB::Table"), table, &error));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_types),
        cmocka_unit_test(test_lists_paths),
        cmocka_unit_test(test_tells_what_holds_for_a_path),
        cmocka_unit_test(test_tells_kinds),
        cmocka_unit_test(test_tells_tags_and_traits),
        cmocka_unit_test(test_checks_properties),
        cmocka_unit_test(test_accepts_unknown_and_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
