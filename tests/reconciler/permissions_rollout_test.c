#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconciler/permissions_private.h"
#include "tests/providers/fake_aws.h"

struct rollout_case {
    const char *deployment, *applying; /* a line each: action, resource */
};

#define SNS(NAME) "sns:Publish arn:aws:sns:eu-west-1:333333333333:" NAME "\n"
#define BUS(NAME) "events:PutEvents arn:aws:events:eu-west-1:333333333333:event-bus/" NAME "\n"
#define PARAMETER(NAME) "ssm:GetParameter arn:aws:ssm:eu-west-1:333333333333:parameter/" NAME "\n"
#define INVOKE(NAME) "lambda:InvokeFunction arn:aws:lambda:eu-west-1:333333333333:function:" NAME "\n"

static const struct rollout_case cases[] = {
    {"{}", ""},
    {"{'type':'AllAtOnce','alarms':['A']}", ""},
    {"{'notify':[{'sns':'arn:aws:sns:us-east-1:1:t'}]}", "sns:Publish arn:aws:sns:us-east-1:1:t\n"},
    {"{'notify':[{'sns':'told'},{'sns':'told','on':['hold']},{'sns':'Topic'}]}",
     SNS("told") SNS("prod-orders-*")},
    {"{'notify':[{'sns':'${Told}'}]}", SNS("*")},
    {"{'notify':[{'eventBus':'default'},{'eventBus':'Bus'}]}", BUS("default") BUS("shop")},
    {"{'notify':[{'slack':'https://x'},{'webhook':'https://y','secret':'s'}]}", ""},
    {"{'notify':[{'slack':'{{resolve:ssm:/plumb/slack}}'}]}", PARAMETER("plumb/slack")},
    {"{'hooks':{'beforeAllowTraffic':'Pre','afterAllowTraffic':'post-traffic'}}",
     INVOKE("pre-traffic") INVOKE("post-traffic")},
    {"{'hooks':{'beforeAllowTraffic':'Pre','report':'answer'}}", INVOKE("pre-traffic")},
    {"{'hooks':{'beforeAllowTraffic':'Pre','report':'codedeploy'}}", ""}, /* CodeDeploy invokes it */
    {"{'synthetic':[{'name':'a','function':'Pre'},{'name':'b','url':'https://z'}]}", INVOKE("pre-traffic:*")},
    {"{'synthetic':[{'name':'a','function':'arn:aws:lambda:us-east-1:1:function:f'}]}",
     "lambda:InvokeFunction arn:aws:lambda:us-east-1:1:function:f:*\n"},
};

static struct str text_of(struct arena *arena, const struct permission_list *list)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < list->count; i++)
        buf_printf(&out, "%.*s %.*s\n", STR_ARG(list->items[i].action), STR_ARG(list->items[i].resource));
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void grants_what_a_rollout_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct desired_resource resources[] = {
            {.logical_id = STR("Topic"), .type = STR("AWS::SNS::Topic"), .properties = value_map(arena)},
            {.logical_id = STR("Bus"),
             .type = STR("AWS::Events::EventBus"),
             .properties = fake_json(arena, "{'Name':'shop'}")},
            {.logical_id = STR("Pre"),
             .type = STR("AWS::Lambda::Function"),
             .properties = fake_json(arena, "{'FunctionName':'pre-traffic'}")},
        };
        struct subject subject = {
            .arena = arena,
            .environment = {.name = STR("prod"), .account = STR("333333333333"), .region = STR("eu-west-1")},
            .owner = {.environment = STR("prod"),
                      .application = STR("orders"),
                      .account = STR("333333333333"),
                      .region = STR("eu-west-1"),
                      .repository = STR("r")},
            .desired = {.resources = resources, .count = ARRAY_LENGTH(resources)},
        };
        struct permissions out = {.notes = value_list(arena)};
        struct permission_search search = {.subject = &subject,
                                           .arena = arena,
                                           .out = &out,
                                           .seen = {value_map(arena), value_map(arena)},
                                           .noted = value_map(arena)};
        permission_rollout(&search, fake_json(arena, cases[i].deployment));
        assert_text(text_of(arena, &out.applying), cases[i].applying);
        assert_int_equal(out.planning.count, 0);
        assert_int_equal(out.notes->count, strstr(cases[i].applying, "sns:") != NULL);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_what_a_rollout_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
