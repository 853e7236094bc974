#include "providers/resource.h"
#include "reconciler/assets.h"
#include "reconciler/guards.h"
#include "reconciler/report.h"

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

static struct value *copy_or_null(struct arena *arena, const struct value *value)
{
    return value ? value_copy(arena, value) : value_null(arena);
}

static struct value *application_json(struct arena *arena, const struct subject *subject)
{
    struct value *root = value_map(arena);
    set_text(arena, root, "environment", subject->environment.name);
    set_text(arena, root, "application", subject->application->name);
    set_text(arena, root, "account", subject->environment.account);
    set_text(arena, root, "region", subject->environment.region);
    return root;
}

static struct value *difference_json(struct arena *arena, struct str path, const char *before_key,
                                     const struct value *before, const char *after_key,
                                     const struct value *after)
{
    struct value *node = value_map(arena);
    set_text(arena, node, "path", path);
    value_setz(arena, node, before_key, copy_or_null(arena, before));
    value_setz(arena, node, after_key, copy_or_null(arena, after));
    return node;
}

static struct value *plan_differences(struct arena *arena, const struct change *change)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *d = &change->differences.items[i];
        struct value *node = difference_json(arena, d->path, "before", d->before, "after", d->after);
        if (d->recreates)
            value_setz(arena, node, "recreates", value_bool(arena, true));
        if (d->drift)
            value_setz(arena, node, "drift", value_bool(arena, true));
        value_append(arena, list, node);
    }
    const struct value *made =
        change->action == CHANGE_CREATE ? resource_kept(change->type, arena, change->properties) : NULL;
    for (size_t i = 0; made && i < made->count; i++)
        value_append(
            arena, list,
            difference_json(arena, made->entries[i].key, "before", NULL, "after", made->entries[i].value));
    if (change->code_drift) {
        struct value *node = difference_json(
            arena, STR("Code"), "before", value_get(change->live.attributes, change->type->attribute_of_code),
            "after", value_string(arena, change->last->code));
        value_setz(arena, node, "drift", value_bool(arena, true));
        value_append(arena, list, node);
    }
    return list;
}

static struct value *change_json(struct arena *arena, const struct change *change)
{
    struct value *node = value_map(arena);
    set_text(arena, node, "logicalId", change->logical_id);
    set_text(arena, node, "type", change->type_name);
    value_setz(arena, node, "physicalId",
               change->physical_id.len ? value_string(arena, change->physical_id) : value_null(arena));
    value_setz(arena, node, "action", value_stringz(arena, change_action_name(change->action)));
    if (change->retained)
        value_setz(arena, node, "retained", value_bool(arena, true));
    if (change->reason.len)
        set_text(arena, node, "reason", change->reason);
    if (change->held.len)
        set_text(arena, node, "held", change->held);
    value_setz(arena, node, "differences", plan_differences(arena, change));
    return node;
}

static struct value *outputs_json(struct arena *arena, const struct plan *plan)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < plan->output_change_count; i++) {
        const struct output_change *change = &plan->output_changes[i];
        struct value *node = value_map(arena);
        set_text(arena, node, "name", change->name);
        value_setz(arena, node, "before", copy_or_null(arena, change->before));
        value_setz(arena, node, "after", copy_or_null(arena, change->after));
        if (change->held.len)
            set_text(arena, node, "held", change->held);
        value_append(arena, list, node);
    }
    return list;
}

static struct value *refused_json(struct arena *arena, const struct guard_findings *refused)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < refused->count; i++) {
        const struct guard_finding *finding = &refused->items[i];
        struct value *node = value_map(arena);
        set_text(arena, node, "rule", str_from(guard_rule_name(finding->rule)));
        set_text(arena, node, "ruleAt", finding->rule_at);
        set_text(arena, node, "logicalId", finding->change->logical_id);
        value_setz(arena, node, "at", finding->at.len ? value_string(arena, finding->at) : value_null(arena));
        set_text(arena, node, "value", finding->value);
        set_text(arena, node, "message", finding->message);
        value_append(arena, list, node);
    }
    return list;
}

struct value *report_plan_json(struct arena *arena, const struct subject *subject, struct plan *plan)
{
    struct value *root = application_json(arena, subject), *changes = value_list(arena);
    set_text(arena, root, "commit", str_from(plan->input.commit.hex));
    set_text(arena, root, "planHash", plan->hash);
    if (plan->untrusted.len)
        set_text(arena, root, "untrusted", plan->untrusted);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].action != CHANGE_NONE)
            value_append(arena, changes, change_json(arena, &plan->changes[i]));
    value_setz(arena, root, "changes", changes);
    if (plan->output_change_count)
        value_setz(arena, root, "outputs", outputs_json(arena, plan));
    size_t line_count;
    const struct str *lines = report_traffic(arena, subject, plan, &line_count);
    struct value *traffic = value_list(arena);
    for (size_t i = 0; i < line_count; i++)
        value_append(arena, traffic, value_string(arena, lines[i]));
    if (line_count)
        value_setz(arena, root, "traffic", traffic);
    if (plan->assets->count) {
        struct value *assets = value_map(arena);
        value_setz(arena, assets, "toPublish", value_int(arena, (int64_t)plan->assets->missing));
        value_setz(arena, assets, "published",
                   value_int(arena, (int64_t)(plan->assets->count - plan->assets->missing)));
        if (plan->assets->held.len)
            set_text(arena, assets, "held", plan->assets->held);
        value_setz(arena, root, "assets", assets);
    }
    if (plan->refused->count)
        value_setz(arena, root, "refused", refused_json(arena, plan->refused));
    if (plan->refused->undecided)
        value_setz(arena, root, "undecided", value_int(arena, (int64_t)plan->refused->undecided));
    value_setz(arena, root, "unchanged", value_int(arena, (int64_t)plan->actions[CHANGE_NONE]));
    value_setz(arena, root, "notComparable", value_int(arena, (int64_t)plan->not_comparable));
    return root;
}

static struct value *finding_json(struct arena *arena, const struct drift_finding *finding)
{
    struct value *node = value_map(arena), *list = value_list(arena);
    set_text(arena, node, "logicalId", finding->logical_id);
    set_text(arena, node, "type", finding->type);
    set_text(arena, node, "physicalId", finding->physical_id);
    value_setz(arena, node, "kind", value_stringz(arena, drift_kind_name(finding->kind)));
    for (size_t i = 0; i < finding->difference_count; i++)
        value_append(arena, list,
                     difference_json(arena, finding->differences[i].path, "declared",
                                     finding->differences[i].declared, "live", finding->differences[i].live));
    value_setz(arena, node, "differences", list);
    if (finding->reason.len)
        set_text(arena, node, "reason", finding->reason);
    return node;
}

struct value *report_drift_json(struct arena *arena, const struct subject *subject,
                                const struct drift_report *report)
{
    struct value *root = application_json(arena, subject), *list = value_list(arena);
    for (size_t i = 0; i < report->count; i++)
        value_append(arena, list, finding_json(arena, &report->findings[i]));
    value_setz(arena, root, "drift", list);
    value_setz(arena, root, "checked", value_int(arena, (int64_t)report->checked));
    value_setz(arena, root, "notComparable", value_int(arena, (int64_t)report->not_comparable));
    value_setz(arena, root, "ignored", value_int(arena, (int64_t)report->ignored));
    return root;
}
