/*
 * Hooks that report to CodeDeploy, for the driver `plumb` (`hooks: {report: codedeploy}`).
 *
 * The verdict of PutLifecycleEventHookExecutionStatus is taken for a deployment of CodeDeploy's alone, so the
 * hook gets one: of an alias that nobody calls (ROLLOUT_HOOK_ALIAS and the rollout's id), made at the old
 * version, moved to the new one all at once by a deployment with this hook and no other, and deleted when the
 * hook has spoken.  The alias whose traffic plumb moves has no part in it.  Alarms and automatic rollbacks of
 * the group have none either: plumb judges, and nothing is to be put back.
 *
 * Found again after a kill: the deployment by its description, the alias by its name.  A hook is run once in
 * a rollout, whoever carries it on; the time-out counts from the deployment's making.
 *
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 */

#include "providers/lambda/operations.h"
#include "providers/resource.h"
#include "reconciler/rollout/deployments.h"
#include "reconciler/rollout/engine_private.h"

enum {
    LOOK_MIN_MS = 1000,      /* between two looks at a deployment: a tenth of its age, in these limits */
    LOOK_MAX_MS = 10 * 1000, /* so that many hooks that run for long leave CodeDeploy's rate to others */
    SEARCH_MS = 3600 * 1000, /* deployments are searched from so long before the rollout: clocks differ */
    CLEAR_MS = 60 * 1000,    /* so long the end of a rollback waits for the alias to be deleted */
    WHY_MAX = 500,
};

/* --- which hooks --- */

static struct str hook_of(const struct rollout_target *target, bool after)
{
    return after ? target->after_hook : target->before_hook;
}

/* Does an earlier target name the same function?  It runs once for all. */
static bool is_repeated(const struct rollout *rollout, size_t index, bool after)
{
    for (size_t i = 0; i < index; i++)
        if (str_equal(hook_of(&rollout->targets[i], after), hook_of(&rollout->targets[index], after)))
            return true;
    return false;
}

/* The target whose group carries the deployment: the hook's own, else the first that has one. */
static const struct rollout_target *carrier_of(const struct rollout *rollout, size_t index)
{
    for (size_t i = 0; !rollout->targets[index].group.len && i < rollout->target_count; i++)
        if (rollout->targets[i].group.len)
            return &rollout->targets[i];
    return &rollout->targets[index];
}

static struct str alias_of(const struct rollout_run *run)
{
    return arena_printf(run->tick, ROLLOUT_HOOK_ALIAS "%.*s", STR_ARG(run->rollout.id));
}

static struct str description_of(const struct rollout_run *run, bool after, struct str function)
{
    return arena_printf(run->tick, "plumb %.*s hook %s %.*s", STR_ARG(run->rollout.id),
                        after ? "AfterAllowTraffic" : "BeforeAllowTraffic", STR_ARG(function));
}

/* The hook's deployment, where targets[index] is the first that names it. */
static struct deployment_order order_of(const struct rollout_run *run, size_t index, bool after)
{
    const struct rollout_target *target = carrier_of(&run->rollout, index);
    struct str function = hook_of(&run->rollout.targets[index], after);
    return (struct deployment_order){.application = target->application,
                                     .group = target->group,
                                     .configuration = STR("CodeDeployDefault.LambdaAllAtOnce"),
                                     .description = description_of(run, after, function),
                                     .function = target->function,
                                     .alias = alias_of(run),
                                     .current_version = target->old_version,
                                     .target_version = target->new_version,
                                     .before_hook = after ? STR_EMPTY : function,
                                     .after_hook = after ? function : STR_EMPTY,
                                     .alone = true};
}

/* --- the alias --- */

static bool write_alias(struct rollout_run *run, const struct deployment_order *order, bool make,
                        struct error *error)
{
    struct value *input = input_with(run->tick, "FunctionName", order->function);
    and_with(run->tick, input, "Name", order->alias);
    if (make) {
        and_with(run->tick, input, "FunctionVersion", order->current_version);
        and_with(run->tick, input, "Description",
                 STR("runs a hook of a rollout of plumb's; it is deleted afterwards"));
    }
    return run_write(run, &lambda_operations[make ? LAMBDA_CREATE_ALIAS : LAMBDA_DELETE_ALIAS], input, NULL,
                     error);
}

static bool delete_alias(struct rollout_run *run, const struct deployment_order *order, struct error *error)
{
    if (!write_alias(run, order, false, error) && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

/* --- one hook --- */

/* No deployment stands behind an alias that an earlier try has left: it may point anywhere. */
static bool begin(struct rollout_run *run, const struct deployment_order *order, struct str *id,
                  struct error *error)
{
    return delete_alias(run, order, error) && write_alias(run, order, true, error) &&
           deployment_begin(run, order, id, error);
}

/* Knows the deployment afterwards: an earlier one of this rollout's, or a new one. */
static bool find_or_begin(struct rollout_run *run, const struct deployment_order *order, struct error *error)
{
    struct hooking *hooking = &run->hooking;
    int64_t now = clock_monotonic(run->options.clock), since = run->rollout.started_ms - SEARCH_MS, age = 0;
    const struct value *info;
    struct str id = STR_EMPTY;
    if (!deployment_find(run, order, since, &info, error) || (!info && !begin(run, order, &id, error)))
        return false;
    if (info) {
        id = value_get_text(info, "deploymentId");
        age = run_now(run) - deployment_time(run, value_get(info, "createTime"), run_now(run));
    } else {
        rollout_note(&run->rollout, run->record, run_now(run), rollout_weight(&run->rollout),
                     "CodeDeploy's deployment %.*s runs hook %.*s", STR_ARG(id),
                     STR_ARG(order->before_hook.len ? order->before_hook : order->after_hook));
    }
    hooking->deployment = run_say(run, "%.*s", STR_ARG(id));
    hooking->began_ms = now - (age > 0 ? age : 0);
    return true;
}

static void look_later(struct rollout_run *run)
{
    int64_t now = clock_monotonic(run->options.clock), pause = (now - run->hooking.began_ms) / 10;
    pause = pause < LOOK_MIN_MS ? LOOK_MIN_MS : pause > LOOK_MAX_MS ? LOOK_MAX_MS : pause;
    run->hooking.look_ms = now + pause;
}

static struct str failure_of(struct rollout_run *run, const struct deployment_order *order,
                             const struct value *info, bool late)
{
    struct str function = order->before_hook.len ? order->before_hook : order->after_hook;
    struct str status = value_get_text(info, "status"), why;
    if (!info)
        return run_say(run, "hook %.*s: CodeDeploy's deployment of it is gone", STR_ARG(function));
    if (late && !str_is(status, "Failed"))
        return run_say(run, "hook %.*s reported nothing to CodeDeploy within %lld s", STR_ARG(function),
                       (long long)(run->rollout.settings.hook_timeout_ms / 1000));
    why = str_clip(deployment_trouble(run, info, order->function), WHY_MAX);
    return run_say(run, "hook %.*s: CodeDeploy ended its deployment %.*s as %.*s%s%.*s", STR_ARG(function),
                   STR_ARG(run->hooking.deployment), STR_ARG(status), why.len ? ": " : "", STR_ARG(why));
}

/* One look, and what follows from it; `passed` and `failed`: its end. */
static bool carry_on(struct rollout_run *run, const struct deployment_order *order, bool *passed,
                     struct str *failed, struct error *error)
{
    struct hooking *hooking = &run->hooking;
    const struct value *info;
    if (!hooking->deployment.len && !find_or_begin(run, order, error))
        return false;
    if (!deployment_look(run, hooking->deployment, &info, error))
        return false;
    int64_t age = clock_monotonic(run->options.clock) - hooking->began_ms;
    bool late = age >= run->rollout.settings.hook_timeout_ms;
    if (deployment_is_running(info)) {
        look_later(run);
        return !late || deployment_stop(run, hooking->deployment, false, error);
    }
    if (!delete_alias(run, order, error))
        return false;
    *passed = str_is(value_get_text(info, "status"), "Succeeded");
    if (!*passed)
        *failed = failure_of(run, order, info, late);
    return true;
}

/* --- the hooks of a phase --- */

bool hooks_are_done(const struct rollout_run *run, bool after)
{
    return !run->rollout.settings.hooks_by_codedeploy || (run->hooking.done && run->hooking.after == after);
}

static bool next(struct rollout_run *run, bool after, struct str *failed, struct error *error)
{
    struct hooking *hooking = &run->hooking;
    const struct rollout *rollout = &run->rollout;
    while (hooking->index < rollout->target_count &&
           (!hook_of(&rollout->targets[hooking->index], after).len ||
            is_repeated(rollout, hooking->index, after)))
        hooking->index++;
    hooking->done = hooking->index >= rollout->target_count;
    if (hooking->done)
        return true;
    const struct deployment_order order = order_of(run, hooking->index, after);
    bool passed = false;
    if (!carry_on(run, &order, &passed, failed, error))
        return false;
    if (passed) {
        hooking->index++;
        hooking->deployment = STR_EMPTY;
        hooking->look_ms = 0;
    }
    return true;
}

bool hooks_look(struct rollout_run *run, struct view *view, struct error *error)
{
    struct hooking *hooking = &run->hooking;
    bool after = run->rollout.phase == ROLLOUT_AFTER;
    if (!run->rollout.settings.hooks_by_codedeploy || !run->standing ||
        (run->rollout.phase != ROLLOUT_BEFORE && !after))
        return true;
    if (hooking->after != after)
        *hooking = (struct hooking){.after = after};
    if (after ? run->rollout.after_done : run->rollout.before_done)
        hooking->done = true;
    if (hooking->done || run->abort.len || run->failed.len || run->foreign.len ||
        run_now(run) < run->retry_ms || clock_monotonic(run->options.clock) < hooking->look_ms)
        return true;
    struct str failed = STR_EMPTY;
    hooking->troubled = !next(run, after, &failed, error) || hooking->troubled;
    if (error->code != ERROR_NONE)
        return false;
    if (hooking->troubled)
        run_no_trouble(run);
    hooking->troubled = false;
    if (failed.len)
        view->failed = run->failed = failed;
    return true;
}

/* --- what is left of them --- */

/* Of one target: nothing of ours runs in its group, and there is no alias. */
static bool clear_target(struct rollout_run *run, size_t index, struct error *error)
{
    const struct rollout_target *target = &run->rollout.targets[index];
    for (int after = 0; after <= 1; after++) {
        const struct deployment_order order = order_of(run, index, after);
        const struct value *info = NULL;
        if (!hook_of(target, after).len || !order.group.len)
            continue;
        if (!deployment_find(run, &order, run->rollout.started_ms - SEARCH_MS, &info, error) &&
            !error_is(error, "DeploymentLimitExceededException"))
            return false;
        error_clear(error);
        if (deployment_is_running(info) &&
            !deployment_stop(run, value_get_text(info, "deploymentId"), false, error))
            return false;
        if (!delete_alias(run, &order, error))
            return false;
    }
    return true;
}

bool hooks_clear(struct rollout_run *run, struct error *error)
{
    const struct rollout *rollout = &run->rollout;
    if (!run->clear_since_ms)
        run->clear_since_ms = run_now(run);
    for (size_t i = 0; rollout->settings.hooks_by_codedeploy && i < rollout->target_count; i++)
        if (!clear_target(run, i, error)) {
            error_prefix(error, "a hook's alias " ROLLOUT_HOOK_ALIAS "%.*s of %.*s is left",
                         STR_ARG(rollout->id), STR_ARG(carrier_of(rollout, i)->function));
            bool ours = error->code != ERROR_CANCELLED && error->code != ERROR_CONFLICT;
            if (!ours || run_now(run) - run->clear_since_ms < CLEAR_MS)
                return false;
            run_note(run, "not all could be tidied up", arena_str(run->tick, str_from(error->message)));
            error_clear(error);
        }
    return true;
}
