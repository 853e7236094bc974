#include "reconciler/report.h"

#include "reconciler/assets.h"
#include "reconciler/guards.h"
#include "reconciler/report_style.h"

const char *report_action(enum change_action action, bool color)
{
    static const char *const plain[] = {"  none   ", "+ create ", "~ update ",
                                        "! replace", "- delete ", "= adopt  "};
    static const char *const painted[] = {"  none   ",         GREEN "+ create " OFF, YELLOW "~ update " OFF,
                                          RED "! replace" OFF, RED "- delete " OFF,   GREEN "= adopt  " OFF};
    return color ? painted[action] : plain[action];
}

static void add_notes(struct buf *out, size_t not_comparable)
{
    if (!not_comparable)
        return;
    buf_addz(out, ", ");
    add_count(out, not_comparable, "value");
    buf_addz(out, " cannot be read back");
}

static void heading(struct buf *out, const struct subject *subject, bool color)
{
    buf_printf(out, "%s", paint(color, BOLD));
    text_escape(out, subject->environment.name);
    buf_addc(out, '/');
    text_escape(out, subject->application->name);
    buf_printf(out, "%s  account %.*s, %.*s", paint(color, OFF), STR_ARG(subject->environment.account),
               STR_ARG(subject->environment.region));
}

static void plan_difference(struct buf *out, const struct difference *difference, bool color)
{
    buf_addz(out, "        ");
    padded(out, difference->path, REPORT_PATH_WIDTH);
    size_t max = str_is(difference->path, "Code") ? REPORT_CODE_MAX : REPORT_VALUE_MAX;
    report_value(out, difference->before, max);
    buf_printf(out, " %s->%s ", paint(color, BLUE), paint(color, OFF));
    report_value(out, difference->after, max);
    if (difference->recreates)
        buf_printf(out, "  %sneeds a new one%s", paint(color, RED), paint(color, OFF));
    const struct value *unknown = value_find_unknown(difference->after);
    if (unknown) {
        buf_printf(out, "  %sby ", paint(color, DIM));
        text_escape(out, unknown->text);
        buf_addz(out, paint(color, OFF));
    }
    if (difference->drift)
        buf_printf(out, "  %s(drift)%s", paint(color, DIM), paint(color, OFF));
    buf_addc(out, '\n');
}

static void plan_held(struct buf *out, struct str held, bool color)
{
    if (!held.len)
        return;
    buf_printf(out, "        %sheld: ", paint(color, RED));
    text_escape(out, held);
    buf_printf(out, "%s\n", paint(color, OFF));
}

static void plan_refused(struct buf *out, const struct plan *plan, const struct change *change, bool color)
{
    for (size_t i = 0; i < plan->refused->count; i++) {
        if (plan->refused->items[i].change != change)
            continue;
        buf_printf(out, "        %srefused: ", paint(color, RED));
        text_escape(out, plan->refused->items[i].message);
        buf_printf(out, "%s\n", paint(color, OFF));
    }
}

static void plan_notes(struct buf *out, const struct plan *plan, const struct change *change, bool color)
{
    if (change->missing)
        buf_printf(out, "        %sit was applied before and is gone%s\n", paint(color, DIM),
                   paint(color, OFF));
    if (change->code_drift)
        buf_printf(out, "        %sits code is not the code that was released (drift)%s\n", paint(color, DIM),
                   paint(color, OFF));
    if (change->retained)
        buf_printf(out, "        %sstays in the account, no longer managed: %.*s%s\n", paint(color, DIM),
                   STR_ARG(change->reason.len ? change->reason : STR("DeletionPolicy says so")),
                   paint(color, OFF));
    plan_held(out, change->held, color);
    plan_refused(out, plan, change, color);
}

static size_t plan_width(const struct plan *plan)
{
    size_t width = REPORT_ID_WIDTH;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].action != CHANGE_NONE)
            width = wider(width, plan->changes[i].logical_id);
    return width;
}

static void plan_change(struct buf *out, const struct plan *plan, const struct change *change, size_t width,
                        bool color)
{
    buf_printf(out, "  %s  ", change->retained ? "- leave  " : report_action(change->action, color));
    padded(out, change->logical_id, width);
    padded(out, change->type_name, REPORT_TYPE_WIDTH);
    if (change->action != CHANGE_CREATE)
        text_escape(out, change->physical_id);
    while (out->len && out->ptr[out->len - 1] == ' ')
        out->len--;
    buf_addc(out, '\n');
    for (size_t i = 0; i < change->differences.count; i++)
        plan_difference(out, &change->differences.items[i], color);
    plan_notes(out, plan, change, color);
}

static void plan_group(struct buf *out, const struct plan *plan, enum change_action action, bool color)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].action == action)
            plan_change(out, plan, &plan->changes[i], plan_width(plan), color);
}

/* {"value", "export"} */
static void output_value(struct buf *out, const struct value *output)
{
    report_value(out, value_get(output, "value"), REPORT_VALUE_MAX);
    if (value_get(output, "export")) {
        buf_addz(out, ", exported as ");
        text_escape(out, value_get_text(output, "export"));
    }
}

static void plan_outputs(struct buf *out, const struct plan *plan, bool color)
{
    for (size_t i = 0; i < plan->output_change_count; i++) {
        const struct output_change *change = &plan->output_changes[i];
        buf_addz(out, "  output     ");
        padded(out, change->name, REPORT_ID_WIDTH);
        if (change->before) {
            output_value(out, change->before);
            buf_printf(out, " %s->%s ", paint(color, BLUE), paint(color, OFF));
        }
        output_value(out, change->after);
        buf_addc(out, '\n');
        plan_held(out, change->held, color);
    }
}

static void plan_verdict(struct buf *out, const struct subject *subject, const struct plan *plan, bool color)
{
    static const char *const words[] = {"to record",  "to create", "to update",
                                        "to replace", "to delete", "to adopt"};
    struct str counts = plan_counts(plan->arena, plan, words, "to leave unmanaged");
    text_escape(out, subject->environment.name);
    buf_addc(out, '/');
    text_escape(out, subject->application->name);
    if (plan_has_changes(plan))
        buf_printf(out, ": %s%.*s%s", paint(color, YELLOW), STR_ARG(counts), paint(color, OFF));
    else
        buf_printf(out, ": %snothing to do%s, %zu of %zu resources are as declared", paint(color, GREEN),
                   paint(color, OFF), plan->count, plan->count);
    if (plan_has_changes(plan) && plan->actions[CHANGE_NONE])
        buf_printf(out, ", %zu unchanged", plan->actions[CHANGE_NONE]);
    add_notes(out, plan->not_comparable);
    if (plan->held)
        buf_printf(out, ", %s%zu held%s", paint(color, RED), plan->held, paint(color, OFF));
    if (plan->refused->count)
        buf_printf(out, ", %s%zu refused by guards%s", paint(color, RED), plan->refused->count,
                   paint(color, OFF));
    buf_addc(out, '\n');
}

static void plan_assets(struct buf *out, const struct plan *plan, bool color)
{
    const struct plan_assets *assets = plan->assets;
    if (assets->missing)
        buf_printf(out, "  assets: %zu to publish, %zu published already\n", assets->missing,
                   assets->count - assets->missing);
    if (assets->held.len) {
        buf_printf(out, "        %sheld: ", paint(color, RED));
        text_escape(out, assets->held);
        buf_printf(out, "%s\n", paint(color, OFF));
    }
}

static void plan_traffic(struct buf *out, const struct subject *subject, struct plan *plan)
{
    size_t count;
    const struct str *lines = report_traffic(plan->arena, subject, plan, &count);
    for (size_t i = 0; i < count; i++) {
        buf_addz(out, i ? "           " : "  traffic: ");
        text_escape(out, lines[i]);
        buf_addc(out, '\n');
    }
}

void report_plan(struct buf *out, const struct subject *subject, struct plan *plan, bool color)
{
    heading(out, subject, color);
    buf_printf(out, ", commit %.7s\n", plan->input.commit.hex);
    plan_group(out, plan, CHANGE_REPLACE, color);
    plan_group(out, plan, CHANGE_DELETE, color);
    plan_group(out, plan, CHANGE_UPDATE, color);
    plan_group(out, plan, CHANGE_ADOPT, color);
    plan_group(out, plan, CHANGE_CREATE, color);
    plan_outputs(out, plan, color);
    plan_assets(out, plan, color);
    plan_traffic(out, subject, plan);
    if (plan->refused->undecided)
        buf_printf(out, "  guards: %zu judged again before their write, when all values are known\n",
                   plan->refused->undecided);
    if (plan->untrusted.len) {
        buf_printf(out, "  %snot trusted: ", paint(color, RED));
        text_escape(out, plan->untrusted);
        buf_printf(out, "%s\n", paint(color, OFF));
    }
    plan_verdict(out, subject, plan, color);
}

static void drift_finding(struct buf *out, const struct drift_finding *finding, size_t width, bool color)
{
    buf_printf(out, "  %s%-14s%s  ", paint(color, YELLOW), drift_kind_name(finding->kind), paint(color, OFF));
    padded(out, finding->logical_id, width);
    padded(out, finding->type, REPORT_TYPE_WIDTH);
    text_escape(out, finding->physical_id);
    buf_addc(out, '\n');
    for (size_t i = 0; i < finding->difference_count; i++) {
        const struct drift_difference *difference = &finding->differences[i];
        buf_addz(out, "        ");
        padded(out, difference->path, REPORT_PATH_WIDTH);
        buf_addz(out, "declared ");
        report_value(out, difference->declared, REPORT_VALUE_MAX);
        buf_printf(out, ", %slive%s ", paint(color, YELLOW), paint(color, OFF));
        report_value(out, difference->live, REPORT_VALUE_MAX);
        buf_addc(out, '\n');
    }
    if (finding->reason.len) {
        buf_addz(out, "        ");
        text_escape(out, finding->reason);
        buf_addc(out, '\n');
    }
}

/* A resource may have several findings, which stand together. */
static size_t resources_found(const struct drift_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++)
        count += i == 0 || !str_equal(report->findings[i].logical_id, report->findings[i - 1].logical_id);
    return count;
}

void report_drift(struct buf *out, const struct subject *subject, const struct drift_report *report,
                  bool color)
{
    heading(out, subject, color);
    buf_addc(out, '\n');
    size_t width = REPORT_ID_WIDTH;
    for (size_t i = 0; i < report->count; i++)
        width = wider(width, report->findings[i].logical_id);
    for (size_t i = 0; i < report->count; i++)
        drift_finding(out, &report->findings[i], width, color);
    text_escape(out, subject->environment.name);
    buf_addc(out, '/');
    text_escape(out, subject->application->name);
    if (report->checked == 0)
        buf_addz(out, ": never applied, nothing to compare");
    else if (report->count == 0)
        buf_printf(out, ": %sno drift%s, %zu of %zu resources are as applied", paint(color, GREEN),
                   paint(color, OFF), report->checked, report->checked);
    else
        buf_printf(out, ": %sdrift%s, %zu of %zu resources are not as applied", paint(color, YELLOW),
                   paint(color, OFF), resources_found(report), report->checked);
    add_notes(out, report->not_comparable);
    if (report->ignored)
        buf_printf(out, ", %zu expected by the environment's rules", report->ignored);
    buf_addc(out, '\n');
}
