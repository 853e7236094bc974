#include "reconciler/drift.h"
#include "reconciler/cli/each.h"
#include "reconciler/report.h"

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct drift_report report;
    if (!subject_recall(subject, error) || !drift_find(subject, &report, error))
        return false;
    *differences = *differences || report.count > 0;
    report_drift(each->text, subject, &report, each->context->options.color);
    struct arena *arena = each->context->arena;
    if (each->context->options.output == OUTPUT_JSON)
        value_append(arena, each->list,
                     value_copy(arena, report_drift_json(subject->arena, subject, &report)));
    return true;
}

static enum exit_status run(struct context *context, struct error *error)
{
    return for_each_application(context, visit, error);
}

const struct command command_drift = {
    .name = "drift",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "show where the account has left what was applied",
    .help = "Reads every resource that the ledger knows and compares it with what was applied last: what is\n"
            "missing, changed, has other code, or has something on it that nobody declared.  Only reads.\n"
            "Exit status 2 if there is drift.",
    .targets = 1,
    .run = run,
};
