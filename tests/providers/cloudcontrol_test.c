#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/cloudcontrol/model.h"
#include "providers/cloudcontrol/patch.h"
#include "providers/cloudcontrol/types.h"

static struct value *json(struct arena *arena, const char *text)
{
    struct error error = ERROR_INIT;
    struct value *value = NULL;
    if (text && !json_read(arena, STR_EMPTY, str_from(text), &value, &error))
        fail_msg("%s: %s", text, error.message);
    return value;
}

static const char *shown(struct arena *arena, const struct value *value)
{
    return json_text(arena, value, JSON_COMPACT).ptr;
}

/* --- which types there are --- */

static void test_types(void **state)
{
    static const struct {
        const char *name, *property, *missing;
        size_t length;
        bool there, tagged, updated, lowercase;
    } cases[] = {
        {.name = "AWS::EC2::VPC", .there = true, .tagged = true, .updated = true},
        {.name = "AWS::ECS::Cluster",
         .there = true,
         .tagged = true,
         .updated = true,
         .property = "ClusterName",
         .length = 32},
        {.name = "AWS::Logs::LogStream", .there = true, .property = "LogStreamName", .length = 32},
        {.name = "AWS::RDS::DBInstance",
         .there = true,
         .tagged = true,
         .updated = true,
         .property = "DBInstanceIdentifier",
         .length = 63,
         .lowercase = true},
        {.name = "AWS::OpenSearchService::Domain",
         .there = true,
         .tagged = true,
         .updated = true,
         .property = "DomainName",
         .length = 28,
         .lowercase = true},
        {.name = "AWS::OpenSearchServerless::Collection",
         .there = true,
         .updated = true,
         .property = "Name",
         .length = 0}, /* tags cannot be read */
        {.name = "AWS::EC2::KeyPair", .there = true, .tagged = true, .property = "KeyName"}, /* required */
        {.name = "AWS::CodeBuild::Project", .missing = "create, read, delete"},
        {.name = "AWS::SNS::TopicPolicy", .missing = "read"},
        {.name = "AWS::Nothing::AtAll", .missing = "create, read, delete"},
        {.name = "", .missing = "create, read, delete"},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct resource_type *type = cloudcontrol_type_find(str_from(cases[i].name));
        assert_int_equal(type != NULL, cases[i].there);
        struct str missing = cloudcontrol_missing(arena, str_from(cases[i].name));
        assert_string_equal(arena_strz(arena, missing), cases[i].missing ? cases[i].missing : "");
        if (!type)
            continue;
        if ((type->name_property != NULL) != (cases[i].property != NULL))
            fail_msg("%s is named by %s", type->name, type->name_property);
        if (cases[i].property)
            assert_string_equal(type->name_property, cases[i].property);
        if (type->name_max != cases[i].length || type->name_lowercase != cases[i].lowercase)
            fail_msg("%s: names of %zu", type->name, type->name_max);
        assert_int_equal((type->traits & RESOURCE_TAGGED) != 0, cases[i].tagged);
        assert_int_equal(type->update != NULL, cases[i].updated);
        assert_ptr_equal(resource_type_find(str_from(type->name)), type);
    }
    arena_free(arena);
}

/* plumb's own implementation goes first. */
static void test_own_types_go_first(void **state)
{
    (void)state;
    assert_non_null(cloudcontrol_type_find(STR("AWS::SQS::Queue")));
    assert_ptr_not_equal(resource_type_find(STR("AWS::SQS::Queue")),
                         cloudcontrol_type_find(STR("AWS::SQS::Queue")));
    assert_null(resource_type_find(STR("AWS::CodeBuild::Project")));
}

/* --- identifiers --- */

static void test_identifiers(void **state)
{
    static const struct {
        const char *type, *physical_id, *attributes, *properties, *identifier;
    } cases[] = {
        {"AWS::EC2::VPC", "vpc-1", NULL, NULL, "vpc-1"},
        {"AWS::Logs::LogStream", "b", NULL, "{\"LogGroupName\":\"/a\"}", "/a|b"},
        {"AWS::Logs::LogStream", "b", "{\"LogGroupName\":\"/live\"}", "{\"LogGroupName\":\"/a\"}", "/live|b"},
        {"AWS::Logs::LogStream", "b", NULL, NULL, NULL},
        {"AWS::ECS::Service", "arn:1", "{\"ServiceArn\":\"arn:1\",\"Cluster\":\"shop\"}", NULL, "arn:1|shop"},
        {"AWS::EC2::SecurityGroup", "sg-1", "{\"Id\":\"sg-2\"}", NULL, "sg-2"},
        {"AWS::WAFv2::WebACL", "a|id|REGIONAL", NULL, NULL, "a|id|REGIONAL"},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        const struct resource_call call = {.arena = arena,
                                           .type = str_from(cases[i].type),
                                           .physical_id = str_from(cases[i].physical_id),
                                           .attributes = json(arena, cases[i].attributes),
                                           .properties = json(arena, cases[i].properties)};
        const struct subject_type subject = subject_of(&call);
        struct str identifier = STR_EMPTY;
        bool known = model_identifier(&call, &subject, &identifier, &error);
        assert_int_equal(known, cases[i].identifier != NULL);
        if (known)
            assert_string_equal(arena_strz(arena, identifier), cases[i].identifier);
        else
            assert_int_equal(error.code, ERROR_INVALID);
    }
    arena_free(arena);
}

static void test_wanted_identifiers(void **state)
{
    static const struct {
        const char *type, *properties, *identifier;
    } cases[] = {
        {"AWS::ECS::Cluster", "{}", "beta-shop-thing"},
        {"AWS::ECS::Cluster", "{\"ClusterName\":\"orders\"}", "orders"},
        {"AWS::Logs::LogStream", "{\"LogGroupName\":\"/a\"}", "/a|beta-shop-thing"},
        {"AWS::Logs::LogStream", "{}", NULL},
        {"AWS::EC2::VPC", "{\"CidrBlock\":\"10.0.0.0/16\"}", NULL},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct resource_call call = {.arena = arena,
                                           .type = str_from(cases[i].type),
                                           .name = STR("beta-shop-thing"),
                                           .properties = json(arena, cases[i].properties)};
        const struct subject_type subject = subject_of(&call);
        struct str identifier = STR_EMPTY;
        assert_int_equal(model_wanted_identifier(&call, &subject, &identifier), cases[i].identifier != NULL);
        if (cases[i].identifier)
            assert_string_equal(arena_strz(arena, identifier), cases[i].identifier);
    }
    arena_free(arena);
}

/* --- models --- */

static void test_desired(void **state)
{
    static const struct {
        const char *type, *properties, *desired;
    } cases[] = {
        {"AWS::ECS::Cluster", "{}",
         "{\"ClusterName\":\"thing\",\"Tags\":[{\"Key\":\"plumb:a\",\"Value\":\"b\"}]}"},
        {"AWS::Batch::SchedulingPolicy",
         "{\"FairsharePolicy\":{\"ComputeReservation\":\"5\"},\"Tags\":{\"c\":\"d\"}}",
         "{\"FairsharePolicy\":{\"ComputeReservation\":5},\"Tags\":{\"plumb:a\":\"b\",\"c\":\"d\"},\"Name\":"
         "\"thing\"}"},
        {"AWS::EC2::VPC", "{\"EnableDnsSupport\":\"true\",\"CidrBlock\":null}",
         "{\"EnableDnsSupport\":true,\"Tags\":[{\"Key\":\"plumb:a\",\"Value\":\"b\"}]}"},
        {"AWS::AutoScaling::AutoScalingGroup", "{\"MinSize\":1,\"MaxSize\":2,\"AutoScalingGroupName\":\"a\"}",
         "{\"MinSize\":\"1\",\"MaxSize\":\"2\",\"AutoScalingGroupName\":\"a\",\"Tags\":[{\"Key\":\"plumb:a\","
         "\"Value\":\"b\",\"PropagateAtLaunch\":false}]}"},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct resource_call call = {.arena = arena,
                                           .type = str_from(cases[i].type),
                                           .name = STR("thing"),
                                           .tags = json(arena, "{\"plumb:a\":\"b\"}"),
                                           .properties = json(arena, cases[i].properties)};
        const struct subject_type subject = subject_of(&call);
        assert_string_equal(shown(arena, model_desired(&call, &subject)), cases[i].desired);
    }
    arena_free(arena);
}

static void test_state(void **state)
{
    struct arena *arena = arena_new();
    struct resource_state found = {.physical_id = STR_EMPTY};
    const struct resource_call call = {.arena = arena,
                                       .type = STR("AWS::ECS::Service"),
                                       .tags = json(arena, "{\"plumb:a\":\"b\"}"),
                                       .properties = json(arena, "{}")};
    const struct subject_type subject = subject_of(&call);
    (void)state;
    model_state(&call, &subject,
                json(arena,
                     "{\"ServiceArn\":\"arn:1\",\"Name\":\"s\",\"Cluster\":\"c\",\"DesiredCount\":1,"
                     "\"Tags\":[{\"Key\":\"plumb:a\",\"Value\":\"b\"},{\"Key\":\"x\",\"Value\":\"y\"}]}"),
                &found);
    assert_string_equal(arena_strz(arena, found.physical_id), "arn:1");
    assert_string_equal(shown(arena, found.properties),
                        "{\"Cluster\":\"c\",\"DesiredCount\":1,\"Tags\":[{\"Key\":\"x\",\"Value\":\"y\"}]}");
    assert_string_equal(shown(arena, found.attributes),
                        "{\"Name\":\"s\",\"ServiceArn\":\"arn:1\",\"Cluster\":\"c\"}");
    assert_string_equal(shown(arena, found.tags), "{\"plumb:a\":\"b\",\"x\":\"y\"}");
    arena_free(arena);
}

/* --- patches --- */

static void test_patches(void **state)
{
    static const struct {
        const char *type, *desired, *model, *previous, *patch; /* NULL: none is needed */
    } cases[] = {
        {"AWS::EC2::VPC", "{\"EnableDnsSupport\":true}", "{\"EnableDnsSupport\":true,\"VpcId\":\"a\"}", NULL,
         NULL},
        {"AWS::EC2::VPC", "{\"EnableDnsSupport\":false}", "{\"EnableDnsSupport\":true}", NULL,
         "[{\"op\":\"replace\",\"path\":\"/EnableDnsSupport\",\"value\":false}]"},
        {"AWS::EC2::VPC", "{\"EnableDnsSupport\":true}", "{}", NULL,
         "[{\"op\":\"add\",\"path\":\"/EnableDnsSupport\",\"value\":true}]"},
        /* what cannot be changed is not said */
        {"AWS::EC2::VPC", "{\"CidrBlock\":\"10.1.0.0/16\"}", "{\"CidrBlock\":\"10.0.0.0/16\"}", NULL, NULL},
        /* only what is declared, as deep as members are known */
        {"AWS::ECS::Cluster", "{\"Configuration\":{\"ExecuteCommandConfiguration\":{\"Logging\":\"NONE\"}}}",
         "{\"Configuration\":{\"ExecuteCommandConfiguration\":{\"Logging\":\"DEFAULT\",\"KmsKeyId\":\"k\"}}}",
         NULL,
         "[{\"op\":\"replace\",\"path\":\"/Configuration/ExecuteCommandConfiguration/"
         "Logging\",\"value\":\"NONE\"}]"},
        /* what was declared before and is no more */
        {"AWS::ECS::Cluster",
         "{\"Configuration\":{\"ExecuteCommandConfiguration\":{\"Logging\":\"DEFAULT\"}}}",
         "{\"Configuration\":{\"ExecuteCommandConfiguration\":{\"Logging\":\"DEFAULT\",\"KmsKeyId\":\"k\"}},"
         "\"CapacityProviders\":[\"a\"]}",
         "{\"Configuration\":{\"ExecuteCommandConfiguration\":{\"KmsKeyId\":\"k\"}},\"CapacityProviders\":["
         "\"a\"]}",
         "[{\"op\":\"remove\",\"path\":\"/Configuration/ExecuteCommandConfiguration/KmsKeyId\"},"
         "{\"op\":\"remove\",\"path\":\"/CapacityProviders\"}]"},
        /* order that means nothing, and members that AWS adds */
        {"AWS::EC2::SecurityGroup",
         "{\"SecurityGroupIngress\":[{\"IpProtocol\":\"a\"},{\"IpProtocol\":\"b\"}]}",
         "{\"SecurityGroupIngress\":[{\"IpProtocol\":\"b\",\"CidrIp\":\"c\"},{\"IpProtocol\":\"a\"}]}", NULL,
         NULL},
        /* documents */
        {"AWS::IoT::Policy",
         "{\"PolicyDocument\":{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a\",\"Resource\":\"*\"}}}",
         "{\"PolicyDocument\":\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":[\\\"a\\\"],"
         "\\\"Resource\\\":[\\\"*\\\"]}]}\"}",
         NULL, NULL},
        /* what cannot be read back goes with every patch, and needs none */
        {"AWS::ElastiCache::User", "{\"Passwords\":[\"a\"]}", "{}", NULL, NULL},
        {"AWS::ElastiCache::User", "{\"Passwords\":[\"a\"],\"Engine\":\"valkey\"}", "{\"Engine\":\"redis\"}",
         NULL,
         "[{\"op\":\"add\",\"path\":\"/Passwords\",\"value\":[\"a\"]},"
         "{\"op\":\"replace\",\"path\":\"/Engine\",\"value\":\"valkey\"}]"},
        /* tags are another's business; a pointer's own letters are escaped */
        {"AWS::Batch::SchedulingPolicy", "{\"Tags\":{\"a\":\"b\"}}", "{}", NULL, NULL},
        {"AWS::SSM::Document", "{\"Content\":{\"a/b~c\":1}}", "{\"Content\":{\"a/b~c\":2}}", NULL,
         "[{\"op\":\"replace\",\"path\":\"/Content\",\"value\":{\"a/b~c\":1}}]"},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct type_facts *facts = facts_find(str_from(cases[i].type));
        const struct patch patch =
            patch_make(arena, facts, json(arena, cases[i].desired), json(arena, cases[i].model),
                       json(arena, cases[i].previous), facts_tag_property(facts));
        if (patch.needed != (cases[i].patch != NULL))
            fail_msg("case %zu: %s", i, shown(arena, patch.operations));
        if (cases[i].patch)
            assert_string_equal(shown(arena, patch.operations), cases[i].patch);
    }
    arena_free(arena);
}

static void test_tags(void **state)
{
    static const struct {
        const char *type, *properties, *previous, *model, *tags;
    } cases[] = {
        {"AWS::EC2::VPC", "{}", NULL, "{\"Tags\":[{\"Key\":\"plumb:a\",\"Value\":\"b\"}]}", NULL},
        {"AWS::EC2::VPC", "{}", NULL, "{}", "[{\"Key\":\"plumb:a\",\"Value\":\"b\"}]"},
        /* somebody else's stay, AWS's own are not said, ours that nobody wants any more go */
        {"AWS::EC2::VPC", "{}", "{\"Tags\":[{\"Key\":\"old\",\"Value\":\"1\"}]}",
         "{\"Tags\":[{\"Key\":\"theirs\",\"Value\":\"1\"},{\"Key\":\"old\",\"Value\":\"1\"},"
         "{\"Key\":\"aws:x\",\"Value\":\"1\"}]}",
         "[{\"Key\":\"theirs\",\"Value\":\"1\"},{\"Key\":\"plumb:a\",\"Value\":\"b\"}]"},
        {"AWS::Batch::SchedulingPolicy", "{\"Tags\":{\"x\":\"2\"}}", NULL,
         "{\"Tags\":{\"x\":\"1\",\"plumb:a\":\"b\"}}", "{\"x\":\"2\",\"plumb:a\":\"b\"}"},
        /* tags that cannot be changed after the create */
        {"AWS::AppFlow::Flow", "{\"Tags\":[{\"Key\":\"x\",\"Value\":\"2\"}]}", NULL, "{}", NULL},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct resource_call call = {.arena = arena,
                                           .type = str_from(cases[i].type),
                                           .tags = json(arena, "{\"plumb:a\":\"b\"}"),
                                           .properties = json(arena, cases[i].properties),
                                           .previous = json(arena, cases[i].previous)};
        const struct subject_type subject = subject_of(&call);
        const struct value *tags = model_tags(&call, &subject, json(arena, cases[i].model));
        if ((tags != NULL) != (cases[i].tags != NULL))
            fail_msg("case %zu: %s", i, tags ? shown(arena, tags) : "nothing");
        if (tags)
            assert_string_equal(shown(arena, tags), cases[i].tags);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),       cmocka_unit_test(test_own_types_go_first),
        cmocka_unit_test(test_identifiers), cmocka_unit_test(test_wanted_identifiers),
        cmocka_unit_test(test_desired),     cmocka_unit_test(test_state),
        cmocka_unit_test(test_patches),     cmocka_unit_test(test_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
