/*
 * AWS::Route53::RecordSetGroup: several records of one zone, which change in one batch.  AWS knows no such
 * thing: it has the deterministic name.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordsetgroup.html
 */

#include "providers/route53/records.h"
#include "providers/route53/types.h"

static const struct shape shape[] = {
    {.path = "RecordSets.AliasTarget.EvaluateTargetHealth", .kind = SHAPE_BOOL},
    {.path = "RecordSets.ResourceRecords", .kind = SHAPE_SET},
    {.facts = "AWS::Route53::RecordSetGroup"},
};
static const char *const unreadable[] = {"Comment", NULL}; /* of the change, not of the records */
static const char *const zone_members[] = {"HostedZoneId", "HostedZoneName", NULL};

static void normalize(struct arena *arena, struct value *properties)
{
    struct value *all = value_get(properties, "RecordSets");
    shape_normalize(shape, arena, properties);
    record_normalize(arena, properties); /* how it names the zone */
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++)
        record_normalize(arena, all->items[i]);
    if (value_is(all, VALUE_LIST)) { /* a later sort keeps the order of equals */
        value_sort(arena, all, "SetIdentifier");
        value_sort(arena, all, "Type");
        value_sort(arena, all, "Name");
    }
}

static struct value *normal(const struct resource_call *call, const struct value *properties)
{
    struct value *group = properties ? value_copy(call->arena, properties) : value_map(call->arena);
    normalize(call->arena, group);
    return group;
}

static const struct value *known(const struct resource_call *call)
{
    return call->properties ? call->properties : call->previous;
}

static struct value *records_of(struct arena *arena, const struct value *group)
{
    struct value *all = value_get(group, "RecordSets");
    return value_is(all, VALUE_LIST) ? all : value_list(arena);
}

/* The group's zone, or the one of all its records. */
static bool group_zone(const struct resource_call *call, const struct value *group, struct str *zone,
                       struct error *error)
{
    const struct value *all = records_of(call->arena, group);
    const struct value *own = value_get(group, "HostedZoneId")     ? group
                              : value_get(group, "HostedZoneName") ? group
                                                                   : value_at(all, 0);
    if (!records_zone(call, own, zone, error))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        struct str other = *zone;
        bool names = value_get(all->items[i], "HostedZoneId") || value_get(all->items[i], "HostedZoneName");
        if (names && !records_zone(call, all->items[i], &other, error))
            return false;
        if (!str_equal(other, *zone))
            return error_set(error, ERROR_INVALID,
                             "the records of '%.*s' are in several zones: make a group for each",
                             STR_ARG(call->logical_id));
    }
    return true;
}

static void give(const struct resource_call *call, struct resource_state *state)
{
    state->physical_id = call->physical_id.len ? call->physical_id : call->name;
    state->attributes = input_with(call->arena, "Id", state->physical_id);
}

static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *group = normal(call, known(call)), *live = value_list(arena), *record;
    const struct value *all = records_of(arena, group);
    struct str zone;
    if (!group_zone(call, group, &zone, error))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        if (!record_read(call, zone, all->items[i], &record, error))
            return false;
        if (!record)
            continue;
        members_copy(arena, record, all->items[i], zone_members);
        value_append(arena, live, record);
    }
    if (!live->count)
        return error_set(error, ERROR_NOT_FOUND, "zone '%.*s' has none of the records", STR_ARG(zone));
    state->properties = value_map(arena);
    members_copy(arena, state->properties, group, zone_members);
    value_setz(arena, state->properties, "RecordSets", live);
    give(call, state);
    return true;
}

static bool write(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *group = normal(call, call->properties), *before = normal(call, call->previous);
    struct records records = {.comment = value_get_text(call->properties, "Comment"),
                              .wanted = records_of(call->arena, group),
                              .before = records_of(call->arena, before)};
    give(call, state);
    return group_zone(call, group, &records.zone, error) && records_write(call, &records, error);
}

static bool remove_group(const struct resource_call *call, struct error *error)
{
    struct value *group = normal(call, call->previous);
    struct records records = {.wanted = value_list(call->arena), .before = records_of(call->arena, group)};
    if (!group_zone(call, group, &records.zone, error)) {
        bool gone = error->code == ERROR_NOT_FOUND;
        if (gone)
            error_clear(error);
        return gone;
    }
    return records_write(call, &records, error);
}

const struct resource_type route53_record_set_group_type = {
    .name = "AWS::Route53::RecordSetGroup",
    .name_max = 128,
    .unreadable = unreadable,
    .read = read,
    .find = read,
    .create = write,
    .update = write,
    .remove = remove_group,
    .normalize = normalize,
    .arn = "arn:{partition}:route53:::hostedzone/{HostedZoneId}",
};
