/*
 * AWS::Events::Rule.  Targets that hang on the rule and are not declared in it are extras.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html
 */

#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/targets.h"
#include "providers/events/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

enum { PROPAGATION_MS = 30 * 1000 };

#define TARGET(NAME) "Targets." NAME
#define ECS(NAME) TARGET("EcsParameters." NAME)

static const struct shape shape[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "EventBusName", .otherwise = "\"default\""},
    {.path = "EventPattern", .kind = SHAPE_JSON},
    {.path = "Name"},
    {.path = "RoleArn"},
    {.path = "ScheduleExpression"},
    {.path = "State", .otherwise = "\"ENABLED\""},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "Targets", .kind = SHAPE_SET, .otherwise = "[]", .key = "Id"},
    {.path = TARGET("AppSyncParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("AppSyncParameters.GraphQLOperation")},
    {.path = TARGET("Arn")},
    {.path = TARGET("BatchParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("BatchParameters.ArrayProperties"), .kind = SHAPE_MAP},
    {.path = TARGET("BatchParameters.ArrayProperties.Size"), .kind = SHAPE_NUMBER},
    {.path = TARGET("BatchParameters.JobDefinition")},
    {.path = TARGET("BatchParameters.JobName")},
    {.path = TARGET("BatchParameters.RetryStrategy"), .kind = SHAPE_MAP},
    {.path = TARGET("BatchParameters.RetryStrategy.Attempts"), .kind = SHAPE_NUMBER},
    {.path = TARGET("DeadLetterConfig"), .kind = SHAPE_MAP},
    {.path = TARGET("DeadLetterConfig.Arn")},
    {.path = TARGET("EcsParameters"), .kind = SHAPE_MAP},
    {.path = ECS("CapacityProviderStrategy"), .kind = SHAPE_LIST},
    {.path = ECS("CapacityProviderStrategy.Base"), .kind = SHAPE_NUMBER},
    {.path = ECS("CapacityProviderStrategy.CapacityProvider")},
    {.path = ECS("CapacityProviderStrategy.Weight"), .kind = SHAPE_NUMBER},
    {.path = ECS("EnableECSManagedTags"), .kind = SHAPE_BOOL},
    {.path = ECS("EnableExecuteCommand"), .kind = SHAPE_BOOL},
    {.path = ECS("Group")},
    {.path = ECS("LaunchType")},
    {.path = ECS("NetworkConfiguration"), .kind = SHAPE_MAP},
    {.path = ECS("NetworkConfiguration.AwsVpcConfiguration"), .kind = SHAPE_MAP},
    {.path = ECS("NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp")},
    {.path = ECS("NetworkConfiguration.AwsVpcConfiguration.SecurityGroups"), .kind = SHAPE_SET},
    {.path = ECS("NetworkConfiguration.AwsVpcConfiguration.Subnets"), .kind = SHAPE_SET},
    {.path = ECS("PlacementConstraints"), .kind = SHAPE_LIST},
    {.path = ECS("PlacementConstraints.Expression")},
    {.path = ECS("PlacementConstraints.Type")},
    {.path = ECS("PlacementStrategies"), .kind = SHAPE_LIST},
    {.path = ECS("PlacementStrategies.Field")},
    {.path = ECS("PlacementStrategies.Type")},
    {.path = ECS("PlatformVersion")},
    {.path = ECS("PropagateTags")},
    {.path = ECS("ReferenceId")},
    {.path = ECS("TagList"), .kind = SHAPE_TAGS},
    {.path = ECS("TaskCount"), .kind = SHAPE_NUMBER},
    {.path = ECS("TaskDefinitionArn")},
    {.path = TARGET("HttpParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("HttpParameters.HeaderParameters"), .kind = SHAPE_TEXTS},
    {.path = TARGET("HttpParameters.PathParameterValues"), .kind = SHAPE_LIST},
    {.path = TARGET("HttpParameters.QueryStringParameters"), .kind = SHAPE_TEXTS},
    {.path = TARGET("Id")},
    {.path = TARGET("Input")},
    {.path = TARGET("InputPath")},
    {.path = TARGET("InputTransformer"), .kind = SHAPE_MAP},
    {.path = TARGET("InputTransformer.InputPathsMap"), .kind = SHAPE_TEXTS},
    {.path = TARGET("InputTransformer.InputTemplate")},
    {.path = TARGET("KinesisParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("KinesisParameters.PartitionKeyPath")},
    {.path = TARGET("RedshiftDataParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("RedshiftDataParameters.Database")},
    {.path = TARGET("RedshiftDataParameters.DbUser")},
    {.path = TARGET("RedshiftDataParameters.SecretManagerArn")},
    {.path = TARGET("RedshiftDataParameters.Sql")},
    {.path = TARGET("RedshiftDataParameters.Sqls"), .kind = SHAPE_LIST},
    {.path = TARGET("RedshiftDataParameters.StatementName")},
    {.path = TARGET("RedshiftDataParameters.WithEvent"), .kind = SHAPE_BOOL},
    {.path = TARGET("RetryPolicy"), .kind = SHAPE_MAP},
    {.path = TARGET("RetryPolicy.MaximumEventAgeInSeconds"), .kind = SHAPE_NUMBER},
    {.path = TARGET("RetryPolicy.MaximumRetryAttempts"), .kind = SHAPE_NUMBER},
    {.path = TARGET("RoleArn")},
    {.path = TARGET("RunCommandParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("RunCommandParameters.RunCommandTargets"), .kind = SHAPE_LIST},
    {.path = TARGET("RunCommandParameters.RunCommandTargets.Key")},
    {.path = TARGET("RunCommandParameters.RunCommandTargets.Values"), .kind = SHAPE_LIST},
    {.path = TARGET("SageMakerPipelineParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("SageMakerPipelineParameters.PipelineParameterList"), .kind = SHAPE_LIST},
    {.path = TARGET("SageMakerPipelineParameters.PipelineParameterList.Name")},
    {.path = TARGET("SageMakerPipelineParameters.PipelineParameterList.Value")},
    {.path = TARGET("SqsParameters"), .kind = SHAPE_MAP},
    {.path = TARGET("SqsParameters.MessageGroupId")},
    {.path = NULL},
};

/* What PutRule replaces as a whole. */
static const char *const plain[] = {"Description", "EventPattern",       "RoleArn",
                                    "State",       "ScheduleExpression", NULL};

/* A new role is not known everywhere at once. */
static const struct hurdle new_role[] = {{"ValidationException", "cannot be assumed by principal"},
                                         {NULL, NULL}};

/* --- names --- */

/* The physical id is the name, or "bus|name" on a bus that is not the default one. */
struct rule_name {
    struct str bus, name;
};

static struct rule_name name_of_id(struct str id)
{
    size_t bar = str_find(id, '|');
    if (bar == id.len)
        return (struct rule_name){STR("default"), id};
    return (struct rule_name){str_slice(id, 0, bar), str_from_index(id, bar + 1)};
}

static struct rule_name name_of_call(const struct resource_call *call)
{
    return (struct rule_name){events_bus_name(value_get_text(call->properties, "EventBusName")),
                              wanted_name(call, "Name")};
}

static struct str id_of_name(struct arena *arena, struct rule_name name)
{
    if (str_is(name.bus, "default"))
        return name.name;
    return arena_printf(arena, "%.*s|%.*s", STR_ARG(name.bus), STR_ARG(name.name));
}

/* `member` is what the operation calls the rule's name. */
static struct value *rule_input(struct arena *arena, const char *member, struct rule_name name)
{
    return and_with(arena, input_with(arena, member, name.name), "EventBusName", name.bus);
}

/* --- reading --- */

static void give_identity(const struct resource_call *call, struct rule_name name, struct str arn,
                          struct resource_state *state)
{
    state->physical_id = arena_str(call->arena, id_of_name(call->arena, name));
    state->attributes = input_with(call->arena, "Arn", arn);
}

static bool read_tags(const struct resource_call *call, struct str arn, struct resource_state *state,
                      struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &events_operations[EVENTS_LIST_TAGS_FOR_RESOURCE], call->arena,
                  input_with(call->arena, "ResourceARN", arn), &answer, error))
        return false;
    state->tags = tags_as_map(call->arena, value_get(answer, "Tags"), "Key", "Value");
    value_setz(call->arena, state->properties, "Tags",
               tags_as_list(call->arena, tags_of_user(call, state->tags), "Key", "Value"));
    return true;
}

/* All that is on the rule, whoever declared it. */
static bool read_all(const struct resource_call *call, struct rule_name name, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *rule, *targets;
    if (!aws_call(call->aws, &events_operations[EVENTS_DESCRIBE_RULE], arena, rule_input(arena, "Name", name),
                  &rule, error) ||
        !targets_read(call, rule_input(arena, "Rule", name), &targets, error))
        return false;
    struct value *live = state->properties = input_with(arena, "Name", name.name);
    and_with(arena, live, "EventBusName", name.bus);
    members_copy(arena, live, rule, plain);
    value_setz(arena, live, "Targets", targets);
    give_identity(call, name, value_get_text(rule, "Arn"), state);
    if (!read_tags(call, value_get_text(rule, "Arn"), state, error))
        return false;
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
    return true;
}

/* Targets that the hint does not declare are extras. */
static void split_extras(const struct resource_call *call, struct resource_state *state)
{
    const struct value *declared = value_get(call->properties, "Targets");
    const struct value *all = value_get(state->properties, "Targets");
    struct value *kept = value_list(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        struct str id = value_get_text(all->items[i], "Id");
        if (target_with(declared, id))
            value_append(call->arena, kept, all->items[i]);
        else
            add_extra(call->arena, &state->extras, "target", id, value_get_text(all->items[i], "Arn"));
    }
    value_setz(call->arena, state->properties, "Targets", kept);
}

static bool read_named(const struct resource_call *call, struct rule_name name, struct resource_state *state,
                       struct error *error)
{
    if (!read_all(call, name, state, error))
        return false;
    if (call->properties)
        split_extras(call, state);
    return true;
}

static bool rule_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, name_of_id(call->physical_id), state, error);
}

static bool rule_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, name_of_call(call), state, error);
}

/* --- writing --- */

static void set_plain(struct arena *arena, struct value *input, const char *name, const struct value *value)
{
    struct str text = value_is(value, VALUE_MAP) ? json_for_request(arena, value) : value_text(value);
    if (text.len)
        and_with(arena, input, name, text);
    else
        value_remove(input, str_from(name));
}

/* What PutRule is not told is taken away: so what is live and not declared is told again. */
static struct value *put_input(const struct resource_call *call, struct rule_name name,
                               const struct value *target, const struct value *live)
{
    struct value *input = rule_input(call->arena, "Name", name);
    for (const char *const *member = plain; *member; member++) {
        const struct value *wanted = value_get(target, *member);
        set_plain(call->arena, input, *member, wanted ? wanted : value_get(live, *member));
    }
    return input;
}

static bool put_rule(const struct resource_call *call, const struct value *input, struct value **answer,
                     struct error *error)
{
    return call_over_hurdles(call->aws, &events_operations[EVENTS_PUT_RULE], call->arena, input, new_role,
                             PROPAGATION_MS, answer, error);
}

static bool write_plain(const struct resource_call *call, struct rule_name name, const struct value *target,
                        const struct value *live, struct error *error)
{
    bool differs = false;
    for (const char *const *member = plain; *member; member++)
        differs = differs || shape_differs_at_all(target, live, *member);
    return !differs || put_rule(call, put_input(call, name, target, live), NULL, error);
}

static bool write_targets(const struct resource_call *call, struct rule_name name, const struct value *target,
                          const struct value *live, struct error *error)
{
    const struct value *wanted = value_get(target, "Targets");
    const struct value *previous = shape_target(shape, call->arena, call->previous, NULL);
    if (!wanted)
        return true;
    return targets_write(call, rule_input(call->arena, "Rule", name), wanted, value_get(live, "Targets"),
                         value_get(previous, "Targets"), new_role, PROPAGATION_MS, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct rule_name name = name_of_id(call->physical_id);
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    return read_all(call, name, state, error) && write_plain(call, name, target, state->properties, error) &&
           write_targets(call, name, target, state->properties, error) &&
           tags_write(call, &events_tag_calls, value_get_text(state->attributes, "Arn"), state->tags, error);
}

static bool rule_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, events_rule_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

/* PutRule would overwrite a rule of that name, so find looks first.  What is new may not be read at once: the
 * answer gives the ARN. */
static bool rule_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct rule_name name = name_of_call(call);
    struct value *answer;
    bool found;
    if (!shape_check(shape, events_rule_type.name, call->properties, error) ||
        !find_ours(call, &events_rule_type, state, &found, error))
        return false;
    if (found) {
        struct resource_call made = *call;
        made.physical_id = state->physical_id;
        return update_until_answered(update_once, &made, state, error);
    }
    const struct value *target = shape_target(shape, call->arena, call->properties, NULL);
    struct value *input = put_input(call, name, target, NULL);
    value_setz(call->arena, input, "Tags", tags_as_list(call->arena, resource_tags(call), "Key", "Value"));
    if (!put_rule(call, input, &answer, error))
        return false;
    give_identity(call, name, value_get_text(answer, "RuleArn"), state);
    return write_targets(call, name, target, NULL, error);
}

static bool rule_remove(const struct resource_call *call, struct error *error)
{
    struct arena *arena = call->arena;
    struct rule_name name = name_of_id(call->physical_id);
    struct value *rule = rule_input(arena, "Rule", name), *targets, *ids = value_list(arena);
    if (targets_read(call, rule, &targets, error)) {
        for (size_t i = 0; i < targets->count; i++)
            value_append(arena, ids, value_get(targets->items[i], "Id"));
        if (!targets_remove(call, rule, ids, error))
            return false;
    } else if (error->code != ERROR_NOT_FOUND) {
        return false;
    }
    error_clear(error);
    return call_or_absent(call, &events_operations[EVENTS_DELETE_RULE], rule_input(arena, "Name", name),
                          error);
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    struct value *ids = value_list(call->arena);
    value_append(call->arena, ids, value_get(extra, "Name"));
    return targets_remove(call, rule_input(call->arena, "Rule", name_of_id(call->physical_id)), ids, error);
}

static void rule_normalize(struct arena *arena, struct value *properties)
{
    struct str bus = value_get_text(properties, "EventBusName");
    shape_normalize(shape, arena, properties);
    if (bus.len)
        and_with(arena, properties, "EventBusName", events_bus_name(bus));
}

const struct resource_type events_rule_type = {
    .name = "AWS::Events::Rule",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 64,
    .read = rule_read,
    .find = rule_find,
    .create = rule_create,
    .update = rule_update,
    .remove = rule_remove,
    .remove_extra = remove_extra,
    .normalize = rule_normalize,
    .arn = "arn:{partition}:events:{region}:{account}:rule/{Name}",
};
