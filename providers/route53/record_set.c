/*
 * AWS::Route53::RecordSet.  Ref gives its name as it was declared.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html
 */

#include "providers/route53/records.h"
#include "providers/route53/types.h"

static const struct shape shape[] = {
    {.path = "AliasTarget.EvaluateTargetHealth", .kind = SHAPE_BOOL},
    {.path = "ResourceRecords", .kind = SHAPE_SET},
    {.facts = "AWS::Route53::RecordSet"},
};
static const char *const unreadable[] = {"Comment", NULL}; /* of the change, not of the record */

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    record_normalize(arena, properties);
}

static struct value *normal(const struct resource_call *call, const struct value *properties)
{
    struct value *record = properties ? value_copy(call->arena, properties) : value_map(call->arena);
    normalize(call->arena, record);
    value_remove(record, STR("Comment"));
    return record;
}

static const struct value *known(const struct resource_call *call)
{
    return call->properties ? call->properties : call->previous;
}

static void give(const struct resource_call *call, struct resource_state *state)
{
    state->physical_id = value_get_text(known(call), "Name");
    if (!state->physical_id.len)
        state->physical_id = call->physical_id;
    state->attributes = input_with(call->arena, "Id", state->physical_id);
}

static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const zone_members[] = {"HostedZoneId", "HostedZoneName", NULL};
    struct value *record = normal(call, known(call));
    struct str zone;
    if (!records_zone(call, record, &zone, error) ||
        !record_read(call, zone, record, &state->properties, error))
        return false;
    if (!state->properties)
        return error_set(error, ERROR_NOT_FOUND, "zone '%.*s' has no such record '%.*s'", STR_ARG(zone),
                         STR_ARG(value_get_text(record, "Name")));
    members_copy(call->arena, state->properties, record, zone_members);
    give(call, state);
    return true;
}

static struct value *list_of(struct arena *arena, struct value *record)
{
    struct value *list = value_list(arena);
    if (value_get_text(record, "Name").len && value_get_text(record, "Type").len)
        value_append(arena, list, record);
    return list;
}

static bool write(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *record = normal(call, call->properties), *before = normal(call, call->previous);
    struct records records = {.comment = value_get_text(call->properties, "Comment"),
                              .wanted = list_of(call->arena, record),
                              .before = list_of(call->arena, before)};
    give(call, state);
    return records_zone(call, record, &records.zone, error) && records_write(call, &records, error);
}

static bool remove_record(const struct resource_call *call, struct error *error)
{
    struct value *record = normal(call, call->previous);
    struct records records = {.wanted = value_list(call->arena), .before = list_of(call->arena, record)};
    if (!records_zone(call, record, &records.zone, error)) {
        bool gone = error->code == ERROR_NOT_FOUND;
        if (gone)
            error_clear(error);
        return gone;
    }
    return records_write(call, &records, error);
}

static bool check(const struct value *properties, struct error *error)
{
    if (!value_get(properties, "HostedZoneId") && !value_get(properties, "HostedZoneName"))
        return value_error(properties, error, ERROR_INVALID,
                           "a record needs a 'HostedZoneId' or a 'HostedZoneName'");
    return true;
}

const struct resource_type route53_record_set_type = {
    .name = "AWS::Route53::RecordSet",
    .unreadable = unreadable,
    .read = read,
    .find = read,
    .create = write,
    .update = write,
    .remove = remove_record,
    .normalize = normalize,
    .check = check,
    .arn = "arn:{partition}:route53:::hostedzone/{HostedZoneId}",
};
