/* From a plan to the rollout that it comes to. */

#include <string.h>

#include "base/digest.h"
#include "providers/codedeploy/operations.h"
#include "providers/resource.h"
#include "reconciler/release_set.h"
#include "reconciler/rollout/traffic.h"

/* One alias under work. */
struct setting {
    struct plan *plan;
    struct arena *arena;
    bool applied;
    struct change *change;
    struct rollout *rollout;
    struct rollout_target *target;
    const struct value *policy; /* CodeDeployLambdaAliasUpdate, resolved as far as it is known; or NULL */
    const struct change *group; /* of CodeDeploy, in this template; or NULL */
    struct deployment_step *steps;
    size_t step_count;
};

static const struct deployment *deployment_of(const struct setting *setting)
{
    return &setting->plan->input.application->deployment;
}

static bool evaluate(struct setting *setting, const struct value *value, struct value **out,
                     struct error *error)
{
    struct question question = {.answers = setting->plan->input.answers,
                                .versions = value_map(setting->arena),
                                .makes = setting->plan->input.desired,
                                .keep = true};
    return plan_evaluate(setting->plan, setting->arena, value, &question, out, error);
}

/* The resource of that type whose logical id, physical id or name it is; or NULL. */
static const struct change *find_named(const struct plan *plan, const char *type, struct str name)
{
    for (size_t i = 0; i < plan->input.desired->count; i++) {
        const struct change *change = &plan->changes[i];
        const char *property = change->type->name_property;
        if (str_is(change->type_name, type) && name.len &&
            (str_equal(change->logical_id, name) || str_equal(change->physical_id, name) ||
             (property && str_equal(value_get_text(change->properties, property), name))))
            return change;
    }
    return NULL;
}

/* {"Ref": logical id} as it is written, or what it came to. */
static const struct change *find_referenced(const struct plan *plan, const char *type,
                                            const struct value *written, const struct value *resolved)
{
    struct str logical = value_get_text(written, "Ref");
    return find_named(plan, type, logical.len ? logical : value_text(resolved));
}

/* What a name in the application file stands for: a resource's physical id where it is a logical id of the
 * template, else itself.  Before it is made, its logical id. */
static struct str name_of(const struct setting *setting, struct str name)
{
    const struct change *change = plan_find(setting->plan, name);
    return change && change->physical_id.len ? change->physical_id : name;
}

/* --- what the template's group of CodeDeploy says --- */

/* Two numbers of a configuration, by their names; without any it has no steps. */
static void take_steps(struct setting *setting, bool linear, const struct value *shape, const char *percent,
                       const char *minutes)
{
    if (shape)
        deployment_steps_of(setting->arena, linear, value_get_int(shape, percent, 0),
                            value_get_int(shape, minutes, 0), &setting->steps, &setting->step_count);
}

/* The configuration as the account has it. */
static bool live_configuration(struct setting *setting, struct str name, struct error *error)
{
    struct arena *arena = setting->arena;
    struct value *answer;
    if (!aws_call(setting->plan->input.aws, &codedeploy_operations[CODEDEPLOY_GET_DEPLOYMENT_CONFIG], arena,
                  input_with(arena, "deploymentConfigName", name), &answer, error))
        return error_is(error, "DeploymentConfigDoesNotExistException")
                   ? value_error(
                         deployment_of(setting)->node, error, ERROR_INVALID,
                         "%.*s: there is no deployment type '%.*s': it is none of SAM's, and CodeDeploy "
                         "has no configuration of that name",
                         STR_ARG(setting->change->logical_id), STR_ARG(name))
                   : false;
    const struct value *live = value_path(answer, "deploymentConfigInfo", "trafficRoutingConfig", NULL);
    take_steps(setting, false, value_get(live, "timeBasedCanary"), "canaryPercentage", "canaryInterval");
    take_steps(setting, true, value_get(live, "timeBasedLinear"), "linearPercentage", "linearInterval");
    return true;
}

/* A type by its name: SAM's, CodeDeploy's, or a configuration of the template or the account. */
static bool steps_of_type(struct setting *setting, struct str type, struct error *error)
{
    if (!type.len || deployment_type_steps(setting->arena, type, &setting->steps, &setting->step_count))
        return true;
    const struct change *configuration = find_named(setting->plan, "AWS::CodeDeploy::DeploymentConfig", type);
    if (!configuration)
        return live_configuration(setting, type, error);
    const struct value *routing = value_get(configuration->properties, "TrafficRoutingConfig");
    take_steps(setting, false, value_get(routing, "TimeBasedCanary"), "CanaryPercentage", "CanaryInterval");
    take_steps(setting, true, value_get(routing, "TimeBasedLinear"), "LinearPercentage", "LinearInterval");
    return true;
}

static bool steps_of_machine(struct setting *setting, struct error *error)
{
    const struct value *written = value_get(setting->change->desired->properties, "DeploymentPreference");
    struct value *preference;
    if (!written)
        return true;
    if (!evaluate(setting, written, &preference, error))
        return false;
    bool linear = value_is_text(value_get(preference, "Type"), "LINEAR");
    if (linear || value_is_text(value_get(preference, "Type"), "CANARY"))
        take_steps(setting, linear, preference, "Percentage", "Interval");
    return true;
}

static bool find_steps(struct setting *setting, struct error *error)
{
    const struct deployment *deployment = deployment_of(setting);
    const struct value *configured =
        setting->group ? value_get(setting->group->properties, "DeploymentConfigName") : NULL;
    if (deployment->steps) {
        setting->steps = deployment->steps;
        setting->step_count = deployment->step_count;
        return true;
    }
    if (deployment->type.len)
        return steps_of_type(setting, deployment->type, error);
    if (setting->target->kind == TRAFFIC_STATE_MACHINE)
        return steps_of_machine(setting, error);
    return steps_of_type(setting, value_text(configured), error);
}

/* --- targets --- */

/* As the template calls it; its id where it is another application's. */
static struct str api_name(const struct setting *setting, struct str id)
{
    const struct change *api = find_named(setting->plan, "AWS::ApiGateway::RestApi", id);
    struct str name = api ? value_get_text(api->properties, "Name") : id;
    return name.len ? name : api->logical_id;
}

static bool fill_canary(struct setting *setting, struct error *error)
{
    const struct value *written = setting->change->desired->canary;
    struct value *canary;
    if (setting->target->kind != TRAFFIC_API_STAGE)
        return true;
    if (!evaluate(setting, written, &canary, error))
        return value_error(written, error, error->code, "%.*s: CanarySetting: %s",
                           STR_ARG(setting->change->logical_id), error->message);
    setting->target->canary = canary;
    return true;
}

static void fill_versions(struct setting *setting)
{
    struct rollout_target *target = setting->target;
    const struct change *change = setting->change;
    struct str rest = change->physical_id, part;
    release_set_versions(change, &target->old_version, &target->new_version);
    if (target->kind == TRAFFIC_API_STAGE) {
        struct str api = value_get_text(change->live.properties, "RestApiId");
        target->function = api_name(setting, api);
        target->alias = change->physical_id;
        target->physical_id = traffic_of_stage(setting->arena, api, change->physical_id);
        return;
    }
    if (target->kind == TRAFFIC_FUNCTION) {
        target->function = value_get_text(change->live.properties, "FunctionName");
        target->alias = value_get_text(change->live.properties, "Name");
        return;
    }
    for (int i = 0; i < 7 && str_split(&rest, ':', &part); i++)
        target->function = part;
    target->alias = rest;
}

static void fill_hooks(struct setting *setting)
{
    const struct deployment *deployment = deployment_of(setting);
    struct rollout_target *target = setting->target;
    target->before_hook = deployment->before_allow_traffic.len
                              ? name_of(setting, deployment->before_allow_traffic)
                              : value_get_text(setting->policy, "BeforeAllowTrafficHook");
    target->after_hook = deployment->after_allow_traffic.len
                             ? name_of(setting, deployment->after_allow_traffic)
                             : value_get_text(setting->policy, "AfterAllowTrafficHook");
}

static bool fill_policy(struct setting *setting, struct error *error)
{
    const struct value *written =
        value_get(setting->change->desired->update_policy, "CodeDeployLambdaAliasUpdate");
    struct value *resolved;
    if (!written)
        return true;
    if (!evaluate(setting, written, &resolved, error))
        return value_error(setting->change->desired->node, error, error->code, "%.*s: UpdatePolicy: %s",
                           STR_ARG(setting->change->logical_id), error->message);
    setting->policy = resolved;
    setting->target->application = value_get_text(resolved, "ApplicationName");
    setting->target->group = value_get_text(resolved, "DeploymentGroupName");
    setting->group = find_referenced(setting->plan, "AWS::CodeDeploy::DeploymentGroup",
                                     value_get(written, "DeploymentGroupName"),
                                     value_get(resolved, "DeploymentGroupName"));
    return true;
}

/* Of all that Git wants of it a rollout only moves the traffic: the rest is done by the plan that follows. */
static struct value *entry_after(struct setting *setting)
{
    struct inventory_entry *entry = arena_array(setting->arena, 1, sizeof *entry);
    *entry = *setting->change->last;
    entry->properties = value_copy(setting->arena, entry->properties);
    for (const char *const *path = release_set_paths(setting->change); *path; path++) {
        const struct value *wanted = value_get(setting->change->properties, *path);
        (void)value_remove(entry->properties, str_from(*path));
        if (wanted)
            value_setz(setting->arena, entry->properties, *path, value_copy(setting->arena, wanted));
    }
    entry->depends_on = setting->change->desired->depends_on;
    entry->depends_count = setting->change->desired->depends_count;
    return inventory_entry_write(setting->arena, entry);
}

static int64_t length_of(const struct deployment_step *steps, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += steps[i].for_ms;
    return sum;
}

/* One pace for all: the slowest. */
static void take_slower(struct setting *setting)
{
    struct rollout *rollout = setting->rollout;
    if (rollout->target_count == 1 ||
        length_of(setting->steps, setting->step_count) > length_of(rollout->steps, rollout->step_count)) {
        rollout->steps = setting->steps;
        rollout->step_count = setting->step_count;
    }
}

static enum traffic_kind kind_of(const struct change *change)
{
    if (str_is(change->type_name, "AWS::ApiGateway::Stage"))
        return TRAFFIC_API_STAGE;
    return str_is(change->type_name, "AWS::Lambda::Alias") ? TRAFFIC_FUNCTION : TRAFFIC_STATE_MACHINE;
}

static bool add_target(struct setting *setting, struct error *error)
{
    struct rollout *rollout = setting->rollout;
    setting->target = &rollout->targets[rollout->target_count++];
    *setting->target = (struct rollout_target){
        .kind = kind_of(setting->change),
        .logical_id = setting->change->logical_id,
        .physical_id = setting->change->physical_id,
    };
    fill_versions(setting);
    if (!fill_policy(setting, error) || !fill_canary(setting, error) || !find_steps(setting, error))
        return false;
    fill_hooks(setting);
    take_slower(setting);
    if (setting->applied)
        setting->target->after = entry_after(setting);
    return true;
}

/* --- what holds for all --- */

/* Of an alias with a group of CodeDeploy's, whose name may not be known before it is made; else NULL. */
static const struct value *policy_of(const struct setting *setting, const struct rollout_target *target)
{
    return target->kind == TRAFFIC_FUNCTION
               ? plan_find(setting->plan, target->logical_id)->desired->update_policy
               : NULL;
}

/* Of the hooks that report to CodeDeploy each needs a group, its own alias's or another one's. */
static bool choose_report(struct setting *setting, struct error *error)
{
    const struct deployment *deployment = deployment_of(setting);
    struct rollout *rollout = setting->rollout;
    size_t hooks = 0, groups = 0;
    for (size_t i = 0; i < rollout->target_count; i++) {
        hooks += rollout->targets[i].before_hook.len || rollout->targets[i].after_hook.len;
        groups += policy_of(setting, &rollout->targets[i]) != NULL;
    }
    rollout->settings.hooks_by_codedeploy = deployment->hooks_by_codedeploy && !rollout->codedeploy && hooks;
    return !rollout->settings.hooks_by_codedeploy || groups ||
           value_error(value_path(deployment->node, "hooks", "report", NULL), error, ERROR_INVALID,
                       "'report: codedeploy' needs the alias of a function, and %.*s is none: let the hooks "
                       "answer, and leave 'report' out",
                       STR_ARG(rollout->targets[0].logical_id));
}

/* A group that is there for hooks alone does not make CodeDeploy the driver. */
static bool choose_driver(struct setting *setting, struct error *error)
{
    const struct deployment *deployment = deployment_of(setting);
    struct rollout *rollout = setting->rollout;
    size_t grouped = 0;
    for (size_t i = 0; i < rollout->target_count; i++) {
        const struct value *policy = policy_of(setting, &rollout->targets[i]);
        grouped += policy && (deployment->driver == DEPLOYMENT_BY_CODEDEPLOY ||
                              !deployment_group_is_added(policy, rollout->targets[i].logical_id));
    }
    bool asked = deployment->driver == DEPLOYMENT_BY_CODEDEPLOY;
    rollout->codedeploy = grouped == rollout->target_count &&
                          (asked || (deployment->driver == DEPLOYMENT_BY_TEMPLATE && !deployment->steps));
    if (!asked || rollout->codedeploy)
        return true;
    return value_error(deployment->node, error, ERROR_INVALID,
                       "'driver: codedeploy' cannot move %.*s: only a function's alias with "
                       "UpdatePolicy.CodeDeployLambdaAliasUpdate; use 'driver: plumb'",
                       STR_ARG(rollout->targets[0].logical_id));
}

static void add_alarm(struct setting *setting, struct str name)
{
    struct rollout_settings *settings = &setting->rollout->settings;
    for (size_t i = 0; i < settings->alarm_count; i++)
        if (str_equal(settings->alarms[i], name))
            return;
    if (settings->alarm_count < DEPLOYMENT_ALARMS_MAX && name.len)
        settings->alarms[settings->alarm_count++] = name;
}

/* DeploymentPreference.Alarms of a state machine's alias. */
static bool add_alarms_of_machine(struct setting *setting, const struct rollout_target *target,
                                  struct error *error)
{
    const struct change *change = plan_find(setting->plan, target->logical_id);
    const struct value *written =
        value_path(change->desired->properties, "DeploymentPreference", "Alarms", NULL);
    struct value *alarms;
    if (target->kind != TRAFFIC_STATE_MACHINE || !written)
        return true;
    if (!evaluate(setting, written, &alarms, error))
        return false;
    for (size_t i = 0; value_is(alarms, VALUE_LIST) && i < alarms->count; i++)
        add_alarm(setting, value_text(alarms->items[i]));
    return true;
}

/* Those of the application file, else those of the template's groups and state machines. */
static bool add_alarms(struct setting *setting, struct error *error)
{
    const struct deployment *deployment = deployment_of(setting);
    setting->rollout->settings.alarms =
        arena_array(setting->arena, DEPLOYMENT_ALARMS_MAX, sizeof *setting->rollout->settings.alarms);
    for (size_t i = 0; i < deployment->alarm_count; i++)
        add_alarm(setting, name_of(setting, deployment->alarms[i]));
    for (size_t i = 0; !deployment->alarm_count && i < setting->plan->input.desired->count; i++) {
        const struct change *group = &setting->plan->changes[i];
        const struct value *configuration = value_get(group->properties, "AlarmConfiguration");
        const struct value *alarms = value_get(configuration, "Alarms");
        if (!str_is(group->type_name, "AWS::CodeDeploy::DeploymentGroup") ||
            !value_get_bool(configuration, "Enabled", true))
            continue;
        for (size_t k = 0; value_is(alarms, VALUE_LIST) && k < alarms->count; k++)
            add_alarm(setting, value_get_text(alarms->items[k], "Name"));
    }
    for (size_t i = 0; !deployment->alarm_count && i < setting->rollout->target_count; i++)
        if (!add_alarms_of_machine(setting, &setting->rollout->targets[i], error))
            return false;
    return true;
}

/* "${Version}" and its kin, of the first alias. */
static struct str with_placeholders(struct setting *setting, struct str text)
{
    const struct rollout_target *target = &setting->rollout->targets[0];
    const struct {
        const char *name;
        struct str value;
    } all[] = {{"${Version}", target->new_version},
               {"${OldVersion}", target->old_version},
               {"${Function}", target->function},
               {"${Alias}", target->alias}};
    struct buf out = BUF_INIT(BUF_SMALL);
    while (text.len) {
        size_t i = 0;
        while (i < ARRAY_LENGTH(all) && !(str_starts(text, all[i].name) && all[i].value.len))
            i++;
        if (i < ARRAY_LENGTH(all))
            buf_add(&out, all[i].value);
        else
            buf_addc(&out, text.ptr[0]);
        text = str_from_index(text, i < ARRAY_LENGTH(all) ? strlen(all[i].name) : 1);
    }
    struct str result = arena_str(setting->arena, buf_str(&out));
    buf_release(&out);
    return result;
}

/* Texts of the tree with their placeholders and references ("${OrderApi}") filled in. */
static bool fill_in(struct setting *setting, const struct value *value, struct value **out,
                    struct error *error)
{
    struct arena *arena = setting->arena;
    if (value_is(value, VALUE_MAP)) {
        *out = value_at_position_of(value_map(arena), value);
        for (size_t i = 0; i < value->count; i++) {
            struct value *item;
            if (!fill_in(setting, value->entries[i].value, &item, error))
                return false;
            value_set(arena, *out, value->entries[i].key, item);
        }
        return true;
    }
    if (value_is(value, VALUE_LIST)) {
        *out = value_at_position_of(value_list(arena), value);
        for (size_t i = 0; i < value->count; i++) {
            struct value *item;
            if (!fill_in(setting, value->items[i], &item, error))
                return false;
            value_append(arena, *out, item);
        }
        return true;
    }
    *out = value_copy(arena, value);
    if (!value_is(value, VALUE_STRING) || !str_contains(value->text, "${"))
        return true;
    struct value *sub = value_map(arena);
    struct str text = with_placeholders(setting, value->text);
    value_setz(arena, sub, "Fn::Sub", value_at_position_of(value_string(arena, text), value));
    if (!evaluate(setting, sub, out, error))
        return value_error(value, error, error->code, "'deployment': %s", error->message);
    return true;
}

/* Logical ids of functions and topics become what calls need. */
static bool fill_names(struct setting *setting, const struct value *list, const char *key, struct value **out,
                       struct error *error)
{
    if (!fill_in(setting, list, out, error))
        return false;
    for (size_t i = 0; i < (*out)->count; i++) {
        struct str name = value_get_text((*out)->items[i], key);
        if (name.len)
            value_setz(setting->arena, (*out)->items[i], key,
                       value_string(setting->arena, name_of(setting, name)));
    }
    return true;
}

static bool fill_settings(struct setting *setting, struct error *error)
{
    const struct deployment *deployment = deployment_of(setting);
    struct rollout_settings *settings = &setting->rollout->settings;
    struct value *checks, *synthetic, *notify;
    *settings = (struct rollout_settings){
        .hook_timeout_ms = deployment->hook_timeout_ms,
        .minimum_invocations = deployment->minimum_invocations,
        .hold_limit_ms = deployment->hold_limit_ms,
        .keep_versions = deployment->keep_versions,
        .fix_forward = deployment->fix_forward,
        .compare = deployment->compare,
    };
    if (!add_alarms(setting, error) || !fill_in(setting, deployment->checks, &checks, error) ||
        !fill_names(setting, deployment->synthetic, "function", &synthetic, error) ||
        !fill_names(setting, deployment->notify, "sns", &notify, error))
        return false;
    settings->checks = checks;
    settings->synthetic = synthetic;
    settings->notify = notify;
    return true;
}

/* What a rollback gives back: functions whose code or configuration this release has changed. */
static void keep_for_restoring(struct setting *setting)
{
    struct plan *plan = setting->plan;
    setting->rollout->restore = value_list(setting->arena);
    for (size_t i = 0; i < plan->input.desired->count; i++) {
        const struct change *change = &plan->changes[i];
        if (str_is(change->type_name, "AWS::Lambda::Function") && change->action == CHANGE_UPDATE &&
            change->done && change->last)
            value_append(setting->arena, setting->rollout->restore,
                         inventory_entry_write(setting->arena, change->last));
    }
}

bool release_set_rollout(struct plan *plan, struct arena *arena, bool applied, struct rollout *rollout,
                         struct error *error)
{
    struct setting setting = {.plan = plan, .arena = arena, .applied = applied, .rollout = rollout};
    const struct owner *owner = plan->input.owner;
    *rollout = (struct rollout){.phase = ROLLOUT_WAITING, .history = value_list(arena)};
    rollout->targets = arena_array(arena, plan->count, sizeof *rollout->targets);
    for (size_t i = 0; i < plan->input.desired->count; i++) {
        setting.change = &plan->changes[i];
        setting.policy = NULL;
        setting.group = NULL;
        setting.steps = NULL;
        setting.step_count = 0;
        bool moves = release_set_moves(plan, setting.change) && (!applied || setting.change->waits);
        if (moves && !add_target(&setting, error))
            return false;
    }
    if (!choose_driver(&setting, error) || !fill_settings(&setting, error) || !choose_report(&setting, error))
        return false;
    rollout->key = release_set_key(arena, plan->input.desired, plan->input.application);
    struct str seed = arena_printf(arena, "%.*s/%.*s/%s/%.*s/%lld", STR_ARG(owner->environment),
                                   STR_ARG(owner->application), plan->input.commit.hex, STR_ARG(plan->hash),
                                   (long long)plan->input.release->epoch);
    rollout->id = str_slice(sha256_hex(arena, seed), 0, 16);
    if (applied)
        keep_for_restoring(&setting);
    return true;
}
