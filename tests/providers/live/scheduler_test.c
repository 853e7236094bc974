#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/iam/types.h"
#include "providers/pipes/types.h"
#include "providers/scheduler/operations.h"
#include "providers/scheduler/types.h"
#include "tests/providers/live/live.h"

#define TRUSTING(SERVICE)                                                                                    \
    "{'AssumeRolePolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':{"       \
    "'Service':'" SERVICE ".amazonaws.com'},'Action':'sts:AssumeRole'}]}}"
#define QUEUE(NAME) "arn:aws:sqs:us-east-1:123456789012:" NAME

static const char *arn_of(struct live *live, const struct resource_state *role)
{
    return arena_strz(live->arena, value_get_text(role->attributes, "Arn"));
}

static struct value *schedule_in(struct live *live, const char *group, const char *role,
                                 const char *description)
{
    return live_jsonf(
        live,
        "{'Name':'nightly','GroupName':'%s','Description':'%s','ScheduleExpression':"
        "'rate(1 day)','FlexibleTimeWindow':{'Mode':'OFF'},'Target':{'Arn':'" QUEUE("q") "','RoleArn':'%s'}}",
        group, description, role);
}

static struct resource_call call_of(struct live *live, const struct resource_type *type, struct str id,
                                    const struct value *properties)
{
    struct resource_call call = live_call(live, "x", id, properties);
    call.type = str_from(type->name);
    return call;
}

static bool is_in(struct live *live, const char *group)
{
    struct resource_state found = {.properties = NULL};
    struct error error = ERROR_INIT;
    struct resource_call call = call_of(live, &scheduler_schedule_type, STR("nightly"),
                                        live_jsonf(live, "{'GroupName':'%s'}", group));
    return scheduler_schedule_type.read(&call, &found, &error);
}

/* It is made there before it is removed here, and nothing is doubled where a try was cut off between. */
static void a_schedule_moves_to_another_group(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state role = live_make(live, &iam_role_type, "scheduler", TRUSTING("scheduler")), moved;
    live_make(live, &scheduler_schedule_group_type, "unused", "{'Name':'one'}");
    live_make(live, &scheduler_schedule_group_type, "unused", "{'Name':'two'}");
    struct value *here = schedule_in(live, "one", arn_of(live, &role), "d");
    struct value *there = schedule_in(live, "two", arn_of(live, &role), "d");
    struct resource_call call = call_of(live, &scheduler_schedule_type, STR_EMPTY, here);
    if (!scheduler_schedule_type.create(&call, &moved, &error))
        fail_msg("%s", error.message);
    call = call_of(live, &scheduler_schedule_type, STR("nightly"), there);
    call.previous = here;
    for (int twice = 0; twice < 2; twice++)
        if (!scheduler_schedule_type.update(&call, &moved, &error))
            fail_msg("%s", error.message);
    assert_true(is_in(live, "two"));
    assert_false(is_in(live, "one"));
    /* Without a word about its group it is found all the same. */
    struct resource_call unknown = call_of(live, &scheduler_schedule_type, STR("nightly"), NULL);
    if (!scheduler_schedule_type.read(&unknown, &moved, &error))
        fail_msg("%s", error.message);
    assert_true(value_is_text(value_get(moved.properties, "GroupName"), "two"));
}

static void another_schedule_is_not_written_over(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state role = live_make(live, &iam_role_type, "other", TRUSTING("scheduler")), moved;
    struct value *theirs = schedule_in(live, "default", arn_of(live, &role), "theirs");
    struct value *there = schedule_in(live, "two", arn_of(live, &role), "d");
    struct resource_call call = call_of(live, &scheduler_schedule_type, STR_EMPTY, theirs);
    if (!scheduler_schedule_type.create(&call, &moved, &error))
        fail_msg("%s", error.message);
    call = call_of(live, &scheduler_schedule_type, STR("nightly"),
                   schedule_in(live, "default", arn_of(live, &role), "d"));
    call.previous = there;
    assert_false(scheduler_schedule_type.update(&call, &moved, &error));
    assert_int_equal(error.code, ERROR_CONFLICT);
    assert_true(is_in(live, "two"));
    live_unmake(live, &scheduler_schedule_type, STR("nightly"), "{'GroupName':'default'}");
    live_unmake(live, &scheduler_schedule_type, STR("nightly"), "{'GroupName':'two'}");
    live_unmake(live, &iam_role_type, role.physical_id, "{}");
    live_unmake(live, &iam_role_type, STR("scheduler"), "{}");
    live_unmake(live, &scheduler_schedule_group_type, STR("two"), "{}");
    live_unmake(live, &scheduler_schedule_group_type, STR("one"), "{}");
}

/* A pipe whose role is new comes up as failed: it is taken away and made again until the role is known. */
static void a_pipe_waits_for_its_role(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state role = live_make(live, &iam_role_type, "pipes", TRUSTING("pipes")), made;
    made = (struct resource_state){.properties = NULL};
    struct resource_call call = call_of(
        live, &pipes_pipe_type, STR_EMPTY,
        live_jsonf(live,
                   "{'Name':'orders','Source':'" QUEUE("from") "','Target':'" QUEUE("to") "','RoleArn':'%s'}",
                   arn_of(live, &role)));
    call.new_permissions = true;
    if (!pipes_pipe_type.create(&call, &made, &error))
        fail_msg("%s", error.message);
    assert_true(value_is_text(value_get(made.attributes, "CurrentState"), "RUNNING"));
    live_unmake(live, &pipes_pipe_type, made.physical_id, "{}");
    live_unmake(live, &iam_role_type, role.physical_id, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_moves_to_another_group),
        cmocka_unit_test(another_schedule_is_not_written_over),
        cmocka_unit_test(a_pipe_waits_for_its_role),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
