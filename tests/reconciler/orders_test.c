#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "environments/desired.h"
#include "environments/environment.h"
#include "providers/facts.h"

/*
 * The order service of examples/orders, from its files to desired resources: every environment is read, and
 * every resource is one that the facts accept.
 */

static struct desired desired_of(const struct files *files, struct arena *arena, const char *name,
                                 struct environment *environment)
{
    struct error error = ERROR_INIT;
    struct desired desired;
    if (!environment_load(files, arena, str_from(name), environment, &error))
        fail_msg("%s", error.message);
    const struct application *orders = environment_application(environment, STR("orders"));
    assert_non_null(orders);
    struct value *shared = value_copy(arena, environment->parameters);
    value_setz(arena, shared, "Stage", value_string(arena, environment->stage));
    const struct template_options options = {
        .files = files,
        .path = orders->template,
        .parameters = orders->parameters,
        .shared_parameters = shared,
        .region = environment->region,
        .account = environment->account,
        .stack_name = arena_printf(arena, "%s-orders", name),
    };
    if (!desired_build(arena, &options, &desired, &error))
        fail_msg("%s", error.message);
    return desired;
}

static void check_facts(const struct desired *desired)
{
    struct error error = ERROR_INIT;
    for (size_t i = 0; i < desired->count; i++) {
        const struct desired_resource *resource = &desired->resources[i];
        const struct type_facts *facts = facts_find(resource->type);
        if (!facts)
            fail_msg("%.*s: no such type %.*s", STR_ARG(resource->logical_id), STR_ARG(resource->type));
        if (!facts_check(facts, resource->properties, &error))
            fail_msg("%.*s: %s", STR_ARG(resource->logical_id), error.message);
    }
}

static void assert_property(const struct desired *desired, const char *logical_id, const char *property,
                            const char *expected)
{
    const struct desired_resource *resource = desired_find(desired, str_from(logical_id));
    struct str found = resource ? value_get_text(resource->properties, property) : STR("(no such resource)");
    if (!str_is(found, expected))
        fail_msg("%s.%s: '%.*s', not '%s'", logical_id, property, STR_ARG(found), expected);
}

static void test_every_environment_is_read(void **state)
{
    static const struct {
        const char *environment, *region, *account, *api, *service, *machine, *table, *bucket;
        size_t resources;
        bool judged;
    } cases[] = {
        {"beta", "us-east-1", "111111111111", "OrderAPIBeta", "OrderServiceBeta", "OrderStateMachineBeta",
         "OrderTableBeta", "orderbucket-beta-111111111111", 29, false},
        {"gamma", "eu-west-1", "222222222222", "OrderAPIGamma", "OrderServiceGamma", "OrderStateMachineGamma",
         "OrderTableGamma", "orderbucket-gamma-222222222222", 29, false},
        {"prod", "us-west-2", "333333333333", "OrderAPIProd", "OrderServiceProd", "OrderStateMachineProd",
         "OrderTableProd", "orderbucket-prod-333333333333", 33, true},
    };
    (void)state;
    struct files_local *local;
    struct error error = ERROR_INIT;
    if (!files_local_new("examples/orders", &local, &error))
        fail_msg("%s", error.message);
    struct files files = files_local_files(local);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct environment environment;
        struct desired desired = desired_of(&files, arena, cases[i].environment, &environment);
        check_facts(&desired);
        assert_true(str_is(environment.region, cases[i].region));
        assert_true(str_is(environment.account, cases[i].account));
        assert_int_equal(desired.count, cases[i].resources);
        assert_property(&desired, "OrderApi", "Name", cases[i].api);
        assert_property(&desired, "OrderService", "FunctionName", cases[i].service);
        assert_property(&desired, "OrderStateMachine", "StateMachineName", cases[i].machine);
        assert_property(&desired, "OrderTable", "TableName", cases[i].table);
        assert_property(&desired, "OrderBucket", "BucketName", cases[i].bucket);
        assert_int_equal(desired_find(&desired, STR("OrderPreTraffic")) != NULL, cases[i].judged);
        assert_int_equal(environment.applications[0].deployment.present, cases[i].judged);
        arena_free(arena);
    }
    files_local_free(local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_environment_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
