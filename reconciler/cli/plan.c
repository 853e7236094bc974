#include "reconciler/cli/each.h"
#include "reconciler/guards.h"
#include "reconciler/report.h"

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct plan *plan;
    if (!subject_plan(subject, &plan, error))
        return false;
    *differences = *differences || plan_has_changes(plan);
    each->refused = each->refused || plan->refused->count;
    report_plan(each->text, subject, plan, each->context->options.color);
    struct arena *arena = each->context->arena;
    if (each->context->options.output == OUTPUT_JSON)
        value_append(arena, each->list, value_copy(arena, report_plan_json(subject->arena, subject, plan)));
    plan_free(plan);
    return true;
}

static enum exit_status run(struct context *context, struct error *error)
{
    return for_each_in_order(context, visit, error);
}

const struct command command_plan = {
    .name = "plan",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "show what apply would change",
    .help =
        "Compares what Git asks for, what was applied last and what is live, and shows the changes that\n"
        "would bring the account to Git's state.  Only reads.  Exit status 2 if there is something to do,\n"
        "1 if guards refuse it.",
    .targets = 1,
    .run = run,
};
