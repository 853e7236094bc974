#include "environments/sam/transform.h"

/* ScheduleV2: EventBridge Scheduler, with a role of its own. */

static struct made *execution_role(struct sam *sam, struct event *event, struct target *target, bool machine,
                                   struct value *queue)
{
    struct made *role = made_new(sam, text(sam, "%sRole", event->id), "AWS::IAM::Role", target->attributes);
    struct value *boundary = value_get(event->properties, "PermissionsBoundary");
    struct value *policies = make(
        sam, "[%v]",
        simple_policy(sam, text(sam, "%s%s", event->id, machine ? "StartExecutionPolicy" : "LambdaPolicy"),
                      machine ? "states:StartExecution" : "lambda:InvokeFunction", target->arn));
    if (is_truthy(queue))
        value_append(sam->arena, policies,
                     simple_policy(sam, text(sam, "%sSQSPolicy", event->id), "sqs:SendMessage", queue));
    made_set(sam, role, "AssumeRolePolicyDocument", assume_role_of(sam, "scheduler.amazonaws.com"));
    made_set(sam, role, "Policies", policies);
    if (is_truthy(boundary))
        made_set(sam, role, "PermissionsBoundary", boundary);
    return role;
}

void build_schedule_v2(struct sam *sam, struct event *event, struct target *target, bool machine,
                       struct made_list *list)
{
    static const char *const same[] = {"ScheduleExpression",         "Description", "StartDate", "EndDate",
                                       "ScheduleExpressionTimezone", "GroupName",   "KmsKeyArn"};
    const struct value *properties = event->properties;
    struct made *schedule = made_new(sam, event->id, "AWS::Scheduler::Schedule", target->attributes);
    struct value *name = value_get(properties, "Name"), *window = value_get(properties, "FlexibleTimeWindow");
    struct value *input = value_get(properties, "Input"), *retry = value_get(properties, "RetryPolicy");
    struct value *role_arn = value_get(properties, "RoleArn");
    bool omit = is_truthy(value_get(properties, "OmitName")),
         dead = !is_none(value_get(properties, "DeadLetterConfig"));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, schedule, same[i], value_get(properties, same[i]));
    if (is_truthy(value_get(properties, "State")))
        made_set(sam, schedule, "State", value_get(properties, "State"));
    if (omit && is_truthy(name))
        sam_fail(sam, name, event->function_id, "event '%s': 'Name' cannot be set with 'OmitName'",
                 event->relative);
    if (!omit)
        made_set(sam, schedule, "Name", is_truthy(name) ? name : make_text(sam, event->id));
    made_set(sam, schedule, "FlexibleTimeWindow", is_truthy(window) ? window : make(sam, "{'Mode': 'OFF'}"));
    made_add(sam, list, schedule);
    struct value *queue = dead_letter_queue(sam, event, NULL, target->attributes, list);
    if (!is_truthy(role_arn)) {
        struct made *role = execution_role(sam, event, target, machine, queue);
        role_arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", role->id);
        made_add(sam, list, role);
    }
    made_set(sam, schedule, "Target",
             make(sam, "{'Arn': %v, 'RoleArn': %v, 'Input': %v, 'DeadLetterConfig': %v, 'RetryPolicy': %v}",
                  target->arn, role_arn, is_none(input) ? NULL : input,
                  dead ? make(sam, "{'Arn': %v}", queue) : NULL, is_none(retry) ? NULL : retry));
}
