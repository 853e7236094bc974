/* Amazon EC2: the zones of a region, three and a local one. */

#include "tests/simulator/service.h"

static struct value *zone(struct call *call, struct str name, const char *type, size_t number)
{
    struct value *out = value_map(call->arena);
    bool local = number == 0;
    put_text(call, out, "zoneName", name);
    put_text(call, out, "zoneState", STR("available"));
    put_text(call, out, "regionName", call->region);
    put_textf(call, out, "zoneId", "%.4s-az%zu", call->region.ptr, number);
    put_text(call, out, "groupName", call->region);
    put_text(call, out, "networkBorderGroup", call->region);
    put_text(call, out, "optInStatus", local ? STR("opted-in") : STR("opt-in-not-required"));
    put_text(call, out, "zoneType", str_from(type));
    return out;
}

static bool describe_availability_zones(struct call *call)
{
    struct value *zones = value_list(call->arena);
    struct str local = arena_printf(call->arena, "%.*s-lax-1a", STR_ARG(call->region));
    value_append(call->arena, zones, zone(call, local, "local-zone", 0));
    for (size_t i = 3; i > 0; i--) {
        struct str name = arena_printf(call->arena, "%.*s%c", STR_ARG(call->region), (char)('a' + i - 1));
        value_append(call->arena, zones, zone(call, name, "availability-zone", i));
    }
    put(call, call->output, "availabilityZoneInfo", zones);
    return true;
}

static const struct sim_operation operations[] = {
    {.name = "DescribeAvailabilityZones", .effect = SIM_READ, .handle = describe_availability_zones},
};

const struct sim_service sim_ec2 = {
    .name = "ec2",
    .query = true,
    .ec2 = true,
    .xml_namespace = "http://ec2.amazonaws.com/doc/2016-11-15/",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
