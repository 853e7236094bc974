#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/facts_table.h"
#include "providers/transform.h"

static void test_transforms(void **state)
{
    static const struct {
        const char *expression, *path, *given, *live;
        enum transform_verdict verdict;
    } cases[] = {
        {"$lowercase(Engine)", "Engine", "MySQL", "mysql", TRANSFORM_FITS},
        {"$lowercase(Engine)", "Engine", "MySQL", "postgres", TRANSFORM_DIFFERS},
        {"$uppercase(Time.Day)", "Time.Day", "monday", "MONDAY", TRANSFORM_FITS},
        {"$lowercase(DBName) $OR $uppercase(DBName)", "DBName", "Orders", "ORDERS", TRANSFORM_FITS},
        {"$split(Arn, \"/\")[-1]", "Action.Forward.Arn", "arn:a/b/c", "c", TRANSFORM_FITS},
        {"$split(Arn, \"/\")[1] & \"/\" & $split(Arn, \"/\")[2] $OR Arn", "Arn", "a/b/c", "b/c",
         TRANSFORM_FITS},
        {"$split(Arn, \"/\")[7]", "Arn", "a/b", "b", TRANSFORM_DIFFERS},
        {"$join([\"arn:.+?:kms:.+?:.+?:key\\/\", KmsKeyId])", "KmsKeyId", "1-2",
         "arn:aws:kms:us-east-1:111111111111:key/1-2", TRANSFORM_FITS},
        {"$join([\"arn:.+?:kms:.+?:.+?:key\\/\", KmsKeyId])", "KmsKeyId", "1-2",
         "arn:aws:kms:us-east-1:111111111111:key/1-3", TRANSFORM_DIFFERS},
        {"\"arn:aws[-a-z]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+\"", "K", "alias/a",
         "arn:aws:kms:us-east-1:111111111111:key/1-2", TRANSFORM_FITS},
        {"$replace(PluginName, '-', '_')", "PluginName", "test-decoding-x", "test_decoding_x",
         TRANSFORM_FITS},
        {"$lowercase($substringAfter(LagId, \"/\"))", "LagId", "arn:a/DXLAG", "dxlag", TRANSFORM_FITS},
        {"$join([$string(EngineVersion), \".*\"])", "EngineVersion", "8.0", "8.0.35", TRANSFORM_FITS},
        {"'custom:' & '' & Name", "Schema.Name", "a", "custom:a", TRANSFORM_FITS},
        {"T $OR $join([\"arn:.*/\", $contains(T,\":\")?T:$join([T, \":[0-9]+\"])])", "T", "orders",
         "arn:a/orders:7", TRANSFORM_FITS},
        {"T $OR $join([\"arn:.*/\", $contains(T,\":\")?T:$join([T, \":[0-9]+\"])])", "T", "orders:1",
         "arn:a/orders:7", TRANSFORM_DIFFERS},
        {"$contains(Cost, \".\") ? Cost : Cost & \".0\"", "A.Cost", "10", "10.0", TRANSFORM_FITS},
        {"$count(Name) = 1 ? Name : 2", "Name", "a", "b", TRANSFORM_UNKNOWN},
        {"$lowercase(Other)", "Name", "a", "b", TRANSFORM_UNKNOWN},
        {"$lowercase(Name", "Name", "a", "b", TRANSFORM_UNKNOWN},
        {"$replace(Name, /a/, '')", "Name", "a", "b", TRANSFORM_UNKNOWN},
        {"$lowercase($lowercase($lowercase($lowercase($lowercase($lowercase($lowercase($lowercase($lowercase("
         "$lowercase($lowercase($lowercase($lowercase($lowercase($lowercase($lowercase($lowercase(Name)))))))"
         "))))))))))",
         "Name", "A", "a", TRANSFORM_UNKNOWN},
        {"Name & \"(\"", "Name", "a", "b", TRANSFORM_DIFFERS}, /* no pattern */
        {"", "Name", "a", "b", TRANSFORM_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        enum transform_verdict verdict =
            transform_judge(arena, str_from(cases[i].expression), str_from(cases[i].path),
                            str_from(cases[i].given), str_from(cases[i].live));
        if (verdict != cases[i].verdict)
            fail_msg("%s of '%s' and '%s': %d", cases[i].expression, cases[i].given, cases[i].live, verdict);
        arena_free(arena);
    }
}

static void test_facts(void **state)
{
    struct str expression;
    (void)state;
    assert_true(facts_transform(facts_find(STR("AWS::RDS::DBInstance")), STR("Engine"), &expression));
    assert_true(str_is(expression, "$lowercase(Engine)"));
    assert_true(facts_transform(facts_find(STR("AWS::EC2::SecurityGroup")),
                                STR("SecurityGroupIngress[0].IpProtocol"), &expression));
    assert_false(
        facts_transform(facts_find(STR("AWS::RDS::DBInstance")), STR("AllocatedStorage"), &expression));
    assert_false(facts_transform(facts_find(STR("AWS::SQS::Queue")), STR("QueueName"), &expression));
    assert_true(facts_deletes_first(facts_find(STR("AWS::EC2::SubnetRouteTableAssociation"))));
    assert_false(facts_deletes_first(facts_find(STR("AWS::EC2::VPC"))));
}

/* How many of those in the schemas are understood: what is given and read is the same, whatever it is. */
static void test_most_are_understood(void **state)
{
    size_t understood = 0;
    (void)state;
    for (size_t i = 0; i < facts_transform_count; i++) {
        struct arena *arena = arena_new();
        struct str path = str_from(facts_text + facts_strings[facts_transforms[i].path]);
        struct str expression = str_from(facts_text + facts_strings[facts_transforms[i].expression]);
        understood += transform_judge(arena, expression, path, STR("a"), STR("b")) != TRANSFORM_UNKNOWN;
        arena_free(arena);
    }
    print_message("%zu of %zu transforms are understood\n", understood, facts_transform_count);
    assert_true(understood * 100 >= facts_transform_count * 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transforms),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_most_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
