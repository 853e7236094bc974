#include "reconciler/drift.h"

#include <string.h>

#include "reconciler/expected.h"
#include "reconciler/extras.h"
#include "reconciler/graph.h"

enum { FINDINGS_PER_RESOURCE = 4 };

/* One resource under inspection. */
struct inspection {
    const struct inventory_entry *entry;
    struct arena *arena;
    struct drift_finding findings[FINDINGS_PER_RESOURCE];
    size_t count, not_comparable, ignored;
    const struct value *extras; /* what hangs on it, whoever declared it; or NULL */
};

struct survey {
    struct subject *subject;
    struct inspection *inspections;
    int64_t now_ms;
};

const char *drift_kind_name(enum drift_kind kind)
{
    static const char *const names[] = {
        [DRIFT_MISSING] = "missing", [DRIFT_CHANGED] = "changed", [DRIFT_CODE] = "code",
        [DRIFT_EXTRA] = "extra",     [DRIFT_FOREIGN] = "foreign", [DRIFT_NOT_COMPARABLE] = "not-comparable",
    };
    return names[kind];
}

static struct drift_finding *add(struct inspection *inspection, enum drift_kind kind, size_t room)
{
    struct drift_finding *finding = &inspection->findings[inspection->count++];
    *finding = (struct drift_finding){
        .logical_id = inspection->entry->logical_id,
        .type = inspection->entry->type,
        .physical_id = inspection->entry->physical_id,
        .kind = kind,
        .differences = arena_array(inspection->arena, room, sizeof *finding->differences),
    };
    return finding;
}

static void add_difference(const struct survey *survey, struct inspection *inspection,
                           struct drift_finding *finding, struct drift_difference difference)
{
    if (drift_is_expected(&survey->subject->environment, survey->now_ms, finding->logical_id,
                          difference.path))
        inspection->ignored++;
    else
        finding->differences[finding->difference_count++] = difference;
}

/* A finding whose every difference is expected is none. */
static void drop_if_empty(struct inspection *inspection, const struct drift_finding *finding)
{
    if (finding->difference_count == 0)
        inspection->count--;
}

/* The environment's tags, where the resource does not name them itself. */
static void inspect_tags(const struct survey *survey, struct inspection *inspection,
                         struct drift_finding *finding, const struct resource_call *call,
                         const struct value *live)
{
    const struct value *put = inspection->entry->tags, *wanted = resource_tags(call);
    for (size_t i = 0; live && value_is(put, VALUE_MAP) && i < put->count; i++) {
        struct str name = put->entries[i].key;
        const struct value *has = value_get_str(live, name);
        bool own = !value_equal(value_get_str(wanted, name), put->entries[i].value);
        if (!own && !(has && str_equal(value_text(has), value_text(put->entries[i].value))))
            add_difference(
                survey, inspection, finding,
                (struct drift_difference){arena_printf(inspection->arena, "tag.%.*s", STR_ARG(name)),
                                          put->entries[i].value, has});
    }
}

static void inspect_properties(const struct survey *survey, struct inspection *inspection,
                               const struct resource_type *type, const struct resource_call *call,
                               const struct resource_state *live)
{
    const struct inventory_entry *entry = inspection->entry;
    struct differences found = {.count = 0};
    diff_properties(inspection->arena, type, entry->properties, live->properties, entry->properties, &found);
    inspection->not_comparable += found.not_comparable;
    if (type->traits & RESOURCE_OPAQUE) /* what was read is what was applied */
        inspection->not_comparable += entry->properties->count;
    size_t tags = entry->tags ? entry->tags->count : 0;
    struct drift_finding *finding = add(inspection, DRIFT_CHANGED, found.count + tags);
    inspect_tags(survey, inspection, finding, call, live->tags);
    for (size_t i = 0; i < found.count; i++)
        add_difference(
            survey, inspection, finding,
            (struct drift_difference){found.items[i].path, found.items[i].after, found.items[i].before});
    drop_if_empty(inspection, finding);
}

static void inspect_code(const struct survey *survey, struct inspection *inspection,
                         const struct resource_type *type, const struct resource_state *live)
{
    const struct inventory_entry *entry = inspection->entry;
    const struct value *now =
        type->attribute_of_code ? value_get(live->attributes, type->attribute_of_code) : NULL;
    if (!now || !entry->code.len || str_equal(value_text(now), entry->code))
        return;
    struct drift_finding *finding = add(inspection, DRIFT_CODE, 1);
    add_difference(survey, inspection, finding,
                   (struct drift_difference){STR("Code"), value_string(inspection->arena, entry->code), now});
    drop_if_empty(inspection, finding);
}

/* What cannot be listed is counted, and does not hide what could be compared. */
static void list_extras(struct inspection *inspection, const struct resource_type *type,
                        const struct resource_call *call, struct resource_state *live)
{
    struct error error = ERROR_INIT;
    if (type->extras && !type->extras(call, &live->extras, &error))
        inspection->not_comparable++;
}

static void inspect_extras(const struct survey *survey, struct inspection *inspection,
                           const struct neighbours *all)
{
    const struct value *extras = inspection->extras;
    struct drift_finding *finding = add(inspection, DRIFT_EXTRA, extras->count);
    for (size_t i = 0; i < extras->count; i++) {
        const struct value *extra = extras->items[i];
        if (extra_is_declared(all, inspection->entry->physical_id, extra) ||
            extra_is_of_rollout(&survey->subject->release, extra))
            continue;
        struct str path = extra_path(inspection->arena, extra);
        const struct value *detail = value_get(extra, "Detail");
        add_difference(survey, inspection, finding,
                       (struct drift_difference){path, NULL, detail ? detail : value_get(extra, "Name")});
    }
    drop_if_empty(inspection, finding);
}

/* Who declares what is only asked where something hangs on a resource. */
static bool inspect_all_extras(const struct survey *survey, size_t count, struct error *error)
{
    const struct subject *subject = survey->subject;
    struct neighbours all;
    bool loaded = false;
    for (size_t i = 0; i < count; i++) {
        struct inspection *inspection = &survey->inspections[i];
        if (!inspection->extras)
            continue;
        if (!loaded &&
            !neighbours_load_region(subject->ledger, subject->arena, subject->owner.region, &all, error))
            return false;
        loaded = true;
        inspect_extras(survey, inspection, &all);
    }
    return true;
}

static struct resource_call call_of(const struct survey *survey, const struct inspection *inspection,
                                    const struct resource_type *type)
{
    const struct inventory_entry *entry = inspection->entry;
    const struct owner *owner = &survey->subject->owner;
    return (struct resource_call){
        .aws = survey->subject->aws,
        .arena = inspection->arena,
        .logical_id = entry->logical_id,
        .type = entry->type,
        .physical_id = entry->physical_id,
        .name = resource_name(inspection->arena, owner, entry->logical_id, entry->generation, type),
        .properties = entry->properties,
        .attributes = entry->attributes,
        .tags = ownership_tags(inspection->arena, owner, entry->logical_id, entry->generation),
        .artifacts = &survey->subject->artifacts,
    };
}

static bool read_failed(struct inspection *inspection, struct error *error)
{
    if (error->code == ERROR_NOT_FOUND) {
        add(inspection, DRIFT_MISSING, 0);
    } else if (error->code == ERROR_DENIED || error->code == ERROR_INVALID) {
        add(inspection, DRIFT_NOT_COMPARABLE, 0)->reason =
            arena_str(inspection->arena, str_from(error->message));
    } else {
        return error_prefix(error, "cannot read %.*s '%.*s'", STR_ARG(inspection->entry->type),
                            STR_ARG(inspection->entry->logical_id));
    }
    error_clear(error);
    return true;
}

static bool is_foreign(const struct survey *survey, struct inspection *inspection,
                       const struct resource_type *type, const struct resource_state *live)
{
    struct ownership_label label;
    enum ownership ownership = OWNED_BY_NOBODY;
    if (live->tags && type->traits & RESOURCE_TAGGED)
        ownership = ownership_of(inspection->arena, &survey->subject->owner, inspection->entry->logical_id,
                                 live->tags, &label);
    if (ownership == OWNED_BY_US || ownership == OWNED_BY_NOBODY)
        return false;
    add(inspection, DRIFT_FOREIGN, 0)->reason =
        arena_printf(inspection->arena, "it belongs to %s%.*s%s",
                     ownership == OWNED_BY_SIBLING ? "this application as '" : "", STR_ARG(label.who),
                     ownership == OWNED_BY_SIBLING ? "'" : "");
    return true;
}

/* While its traffic moves an alias is where the rollout has it; the rollout itself sees who else moves it. */
static bool is_rolled_out(const struct subject *subject, struct str logical_id)
{
    const struct rollout *rollout = &subject->release.rollout;
    for (size_t i = 0; subject->release.state == RELEASE_ROLLING && i < rollout->target_count; i++)
        if (str_equal(rollout->targets[i].logical_id, logical_id))
            return true;
    return false;
}

/* Runs on a worker. */
static bool inspect(void *self, size_t index, struct error *error)
{
    struct survey *survey = self;
    struct inspection *inspection = &survey->inspections[index];
    const struct inventory_entry *entry = inspection->entry;
    const struct resource_type *type = resource_type_find(entry->type);
    if (is_rolled_out(survey->subject, entry->logical_id))
        return true;
    if (!type) {
        add(inspection, DRIFT_NOT_COMPARABLE, 0)->reason = STR("this plumb does not know the type");
        return true;
    }
    struct resource_call call = call_of(survey, inspection, type);
    struct resource_state live = {.physical_id = STR_EMPTY};
    if (!type->read(&call, &live, error))
        return read_failed(inspection, error);
    if (is_foreign(survey, inspection, type, &live))
        return true;
    inspect_properties(survey, inspection, type, &call, &live);
    inspect_code(survey, inspection, type, &live);
    extras_of_properties(inspection->arena, type, inspection->entry->properties,
                         survey->subject->environment.tags, inspection->entry->tags, &live);
    list_extras(inspection, type, &call, &live);
    inspection->extras = live.extras;
    return true;
}

static void copy_finding(struct arena *arena, struct drift_finding *to, const struct drift_finding *from)
{
    *to = *from;
    to->reason = arena_str(arena, from->reason);
    to->differences = arena_array(arena, from->difference_count, sizeof *to->differences);
    for (size_t i = 0; i < from->difference_count; i++)
        to->differences[i] = (struct drift_difference){
            .path = arena_str(arena, from->differences[i].path),
            .declared = value_copy(arena, from->differences[i].declared),
            .live = value_copy(arena, from->differences[i].live),
        };
}

static void collect(struct survey *survey, size_t count, struct drift_report *out)
{
    struct arena *arena = survey->subject->arena;
    out->findings = arena_array(arena, count * FINDINGS_PER_RESOURCE, sizeof *out->findings);
    for (size_t i = 0; i < count; i++) {
        const struct inspection *inspection = &survey->inspections[i];
        out->checked++;
        out->not_comparable += inspection->not_comparable;
        out->ignored += inspection->ignored;
        for (size_t k = 0; k < inspection->count; k++)
            copy_finding(arena, &out->findings[out->count++], &inspection->findings[k]);
    }
}

bool drift_find(struct subject *subject, struct drift_report *out, struct error *error)
{
    *out = (struct drift_report){.count = 0};
    const struct inventory *inventory = &subject->inventory;
    if (inventory->count == 0)
        return true;
    if (!subject_connect(subject, error) || !subject_resolve(subject, error))
        return false;
    struct survey survey = {.subject = subject,
                            .now_ms = clock_wall(session_options(subject->session)->clock)};
    survey.inspections = arena_array(subject->arena, inventory->count, sizeof *survey.inspections);
    struct graph_node *nodes = arena_array(subject->arena, inventory->count, sizeof *nodes);
    size_t count = 0;
    for (size_t i = 0; i < inventory->count; i++)
        if (!inventory->entries[i].leaving)
            survey.inspections[count++] =
                (struct inspection){.entry = &inventory->entries[i], .arena = arena_new()};
    struct graph graph = {.nodes = nodes, .count = count, .visit = inspect, .self = &survey};
    graph_run(&graph, session_workers(subject->session));
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++)
        if (nodes[i].outcome == NODE_FAILED) {
            *error = nodes[i].error;
            ok = false;
        }
    ok = ok && inspect_all_extras(&survey, count, error);
    if (ok)
        collect(&survey, count, out);
    for (size_t i = 0; i < count; i++)
        arena_free(survey.inspections[i].arena);
    return ok;
}
