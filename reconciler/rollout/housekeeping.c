#include "reconciler/rollout/housekeeping.h"

#include <stdlib.h>
#include <string.h>

#include "providers/lambda/operations.h"
#include "providers/resource.h"
#include "providers/sfn/operations.h"

/* A deletion that gets no answer is not waited for; the next time finds out. */
enum { DELETE_MS = 10 * 1000, DELETE_ATTEMPTS = 2 };

/* What is published of one function or state machine. */
struct house {
    const struct housekeeping *with;
    struct arena *arena;
    const struct rollout *rollout;
    struct inventory *inventory;
    const struct rollout_target *target;
    struct value *aliases; /* of a function; else NULL */
    int64_t until_ms;      /* monotonic */
    size_t deleted;        /* in all houses */
};

struct version {
    struct str arn, number; /* "7" */
    int64_t order;
};

/* --- whose it is, and who needs it --- */

static struct str without_last(struct str arn)
{
    return str_slice(arn, 0, str_find_last(arn, ':'));
}

/* What follows the part in the text; false where the text has no such part. */
static bool find_in(struct str text, struct str part, struct str *rest)
{
    const char *at = text.len && part.len ? memmem(text.ptr, text.len, part.ptr, part.len) : NULL;
    if (at)
        *rest = str_from_index(text, (size_t)(at - text.ptr) + part.len);
    return at != NULL;
}

/* Has the text the version's ARN, and not that of another one that begins with the same digits? */
static bool names_arn(const struct value *value, const void *self)
{
    const struct version *version = self;
    struct str rest = value_is(value, VALUE_STRING) ? value->text : STR_EMPTY;
    while (find_in(rest, version->arn, &rest))
        if (!rest.len || rest.ptr[0] < '0' || rest.ptr[0] > '9')
            return true;
    return false;
}

static bool is_number(const struct value *value, const void *self)
{
    const struct version *version = self;
    return str_equal(value_text(value), version->number);
}

static bool has_key(const struct value *value, const void *self)
{
    const struct version *version = self;
    return value_is(value, VALUE_MAP) && value_get_str(value, version->number);
}

/* Stands for it, has its ARN somewhere, or is of its function and has its number somewhere. */
static bool entry_needs(const struct house *house, const struct inventory_entry *entry,
                        const struct version *version)
{
    const struct value *properties = entry->properties;
    struct str function = value_get_text(properties, "FunctionName"), rest;
    if (str_equal(entry->physical_id, version->arn) || value_find(properties, names_arn, version))
        return true;
    return house->target->kind == TRAFFIC_FUNCTION && find_in(function, house->target->function, &rest) &&
           (value_find(properties, is_number, version) || value_find(properties, has_key, version));
}

static bool ledger_needs(const struct house *house, const struct version *version)
{
    const struct rollout *rollout = house->rollout;
    for (size_t i = 0; i < house->inventory->count; i++)
        if (entry_needs(house, &house->inventory->entries[i], version))
            return true;
    for (size_t i = 0; value_is(rollout->restore, VALUE_LIST) && i < rollout->restore->count; i++) {
        const struct inventory_entry entry = inventory_entry_read(house->arena, rollout->restore->items[i]);
        if (entry_needs(house, &entry, version))
            return true;
    }
    return value_find(house->inventory->outputs, names_arn, version);
}

static bool is_of(const struct version *version, struct str number_or_arn)
{
    return str_equal(version->number, number_or_arn) || str_equal(version->arn, number_or_arn);
}

/* One that a target of this rollout moved from (`old`) or to. */
static bool moved(const struct house *house, const struct version *version, bool old)
{
    for (size_t i = 0; i < house->rollout->target_count; i++) {
        const struct rollout_target *target = &house->rollout->targets[i];
        if (target->kind == house->target->kind && str_equal(target->function, house->target->function) &&
            is_of(version, old ? target->old_version : target->new_version))
            return true;
    }
    return false;
}

static bool is_ours(const struct house *house, const struct version *version)
{
    const struct inventory *inventory = house->inventory;
    for (size_t i = 0; i < inventory->count; i++)
        if (inventory_is_version(inventory->entries[i].type) &&
            str_equal(inventory->entries[i].physical_id, version->arn))
            return true;
    return list_has(inventory->former_versions, version->arn);
}

static bool alias_needs(const struct house *house, const struct version *version)
{
    for (size_t i = 0; house->aliases && i < house->aliases->count; i++) {
        const struct value *alias = house->aliases->items[i];
        if (is_number(value_get(alias, "FunctionVersion"), version) ||
            has_key(value_path(alias, "RoutingConfig", "AdditionalVersionWeights", NULL), version))
            return true;
    }
    return false;
}

/* Lambda lists the mappings to a version only where the version is asked for. */
static bool mapping_needs(const struct house *house, const struct version *version, bool *needs,
                          struct error *error)
{
    struct value *mappings;
    *needs = false;
    if (house->target->kind != TRAFFIC_FUNCTION)
        return true;
    if (!aws_list(house->with->aws, &lambda_operations[LAMBDA_LIST_EVENT_SOURCE_MAPPINGS], house->arena,
                  input_with(house->arena, "FunctionName", version->arn), &mappings, error))
        return false;
    for (size_t i = 0; i < mappings->count && !*needs; i++)
        *needs = str_equal(value_get_text(mappings->items[i], "FunctionArn"), version->arn);
    return true;
}

/* --- reading --- */

static int newest_first(const void *a, const void *b)
{
    const struct version *x = a, *y = b;
    return (x->order < y->order) - (x->order > y->order);
}

static struct version version_of(const struct house *house, const struct value *item)
{
    bool function = house->target->kind == TRAFFIC_FUNCTION;
    struct version version = {.arn =
                                  value_get_text(item, function ? "FunctionArn" : "stateMachineVersionArn")};
    version.number = str_from_index(version.arn, str_find_last(version.arn, ':') + 1);
    if (!str_to_int(version.number, &version.order))
        version.order = 0; /* $LATEST */
    return version;
}

static bool list(struct house *house, struct value **versions, struct error *error)
{
    struct aws *aws = house->with->aws;
    struct arena *arena = house->arena;
    if (house->target->kind == TRAFFIC_STATE_MACHINE)
        return aws_list(aws, &sfn_operations[SFN_LIST_STATE_MACHINE_VERSIONS], arena,
                        input_with(arena, "stateMachineArn", without_last(house->target->physical_id)),
                        versions, error);
    const struct value *input = input_with(arena, "FunctionName", house->target->function);
    return aws_list(aws, &lambda_operations[LAMBDA_LIST_VERSIONS_BY_FUNCTION], arena, input, versions,
                    error) &&
           aws_list(aws, &lambda_operations[LAMBDA_LIST_ALIASES], arena, input, &house->aliases, error);
}

/* The old ones of plumb's, the newest first. */
static struct version *old_versions(const struct house *house, const struct value *versions, size_t *count)
{
    struct version *old = arena_array(house->arena, versions->count, sizeof *old);
    *count = 0;
    for (size_t i = 0; i < versions->count; i++) {
        struct version version = version_of(house, versions->items[i]);
        if (version.order > 0 && is_ours(house, &version) && !moved(house, &version, false))
            old[(*count)++] = version;
    }
    qsort(old, *count, sizeof *old, newest_first);
    return old;
}

/* --- deleting --- */

static bool call_delete(const struct house *house, const struct version *version, struct error *error)
{
    const struct aws_limits limits = {.total_ms = DELETE_MS, .attempts = DELETE_ATTEMPTS};
    struct arena *arena = house->arena;
    if (house->target->kind == TRAFFIC_STATE_MACHINE)
        return aws_call_within(house->with->aws, &sfn_operations[SFN_DELETE_STATE_MACHINE_VERSION], arena,
                               input_with(arena, "stateMachineVersionArn", version->arn), &limits, NULL,
                               error);
    struct value *input = input_with(arena, "FunctionName", house->target->function);
    and_with(arena, input, "Qualifier", version->number);
    return aws_call_within(house->with->aws, &lambda_operations[LAMBDA_DELETE_FUNCTION], arena, input,
                           &limits, NULL, error);
}

static void forget(struct house *house, struct str arn)
{
    struct value *left = value_list(house->arena), *former = house->inventory->former_versions;
    for (size_t i = 0; former && i < former->count; i++)
        if (!str_equal(value_text(former->items[i]), arn))
            value_append(house->arena, left, former->items[i]);
    house->inventory->former_versions = left;
}

/* One that somebody has come to need meanwhile, as AWS says, stays. */
static bool delete_one(struct house *house, const struct version *version, struct error *error)
{
    bool needed;
    if (!mapping_needs(house, version, &needed, error))
        return false;
    if (needed)
        return true;
    if (!house->with->check(house->with->self, error))
        return false;
    if (!call_delete(house, version, error)) {
        if (error->code != ERROR_NOT_FOUND && error->code != ERROR_CONFLICT)
            return false;
        bool gone = error->code == ERROR_NOT_FOUND;
        error_clear(error);
        if (!gone)
            return true;
    }
    house->deleted++;
    forget(house, version->arn);
    return true;
}

/* What others deleted need not be remembered. */
static void forget_gone(struct house *house, const struct value *versions)
{
    struct value *there = value_map(house->arena), *left = value_list(house->arena);
    const struct value *former = house->inventory->former_versions;
    for (size_t i = 0; i < versions->count; i++) {
        struct str arn = version_of(house, versions->items[i]).arn;
        value_set(house->arena, there, arn, versions->items[i]);
        value_set(house->arena, there, without_last(arn), versions->items[i]);
    }
    for (size_t i = 0; former && i < former->count; i++) {
        struct str arn = value_text(former->items[i]);
        if (value_get_str(there, arn) || !value_get_str(there, without_last(arn)))
            value_append(house->arena, left, former->items[i]);
    }
    house->inventory->former_versions = left;
}

static bool tidy(struct house *house, struct error *error)
{
    const struct clock *clock = aws_clock(house->with->aws);
    size_t count, keep = (size_t)house->rollout->settings.keep_versions;
    struct value *versions;
    if (!list(house, &versions, error))
        return false;
    forget_gone(house, versions);
    struct version *old = old_versions(house, versions, &count);
    for (size_t i = count; i-- > keep;) {
        if (moved(house, &old[i], true) || ledger_needs(house, &old[i]) || alias_needs(house, &old[i]))
            continue;
        if (house->deleted >= HOUSEKEEPING_MAX || clock_monotonic(clock) > house->until_ms)
            return true;
        if (!delete_one(house, &old[i], error))
            return false;
    }
    return true;
}

/* An API's deployments are resources of the template. */
static bool is_first_with_versions(const struct rollout *rollout, size_t index)
{
    if (rollout->targets[index].kind == TRAFFIC_API_STAGE)
        return false;
    for (size_t i = 0; i < index; i++)
        if (rollout->targets[i].kind == rollout->targets[index].kind &&
            str_equal(rollout->targets[i].function, rollout->targets[index].function))
            return false;
    return true;
}

size_t housekeeping_run(const struct housekeeping *with, struct arena *arena, const struct rollout *rollout,
                        struct inventory *inventory)
{
    if (rollout->settings.keep_versions < 1)
        return 0;
    struct house house = {.with = with, .arena = arena, .rollout = rollout, .inventory = inventory};
    house.until_ms = clock_monotonic(aws_clock(with->aws)) + HOUSEKEEPING_MS;
    for (size_t i = 0; i < rollout->target_count; i++) {
        struct error error = ERROR_INIT;
        house.target = &rollout->targets[i];
        house.aliases = NULL;
        if (!is_first_with_versions(rollout, i) || tidy(&house, &error))
            continue;
        log_warn(with->log, "rollout: old versions stay", LOG_STR("function", house.target->function),
                 LOG_ERROR_FIELD(&error));
    }
    return house.deleted;
}

struct str housekeeping_names(struct arena *arena, const struct rollout *rollout)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < rollout->target_count; i++)
        if (is_first_with_versions(rollout, i))
            buf_printf(&text, "%s%.*s", text.len ? ", " : "", STR_ARG(rollout->targets[i].function));
    struct str names = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return names;
}
