#include "providers/ec2/zones.h"

#include <stdlib.h>

#include "base/xml.h"
#include "providers/ec2/operations.h"

static int by_text(const void *a, const void *b)
{
    const struct value *const *x = a, *const *y = b;
    return str_compare((*x)->text, (*y)->text);
}

/* Older answers have no zoneType. */
static bool can_be_used(const struct value *zone)
{
    struct str type = value_get_text(zone, "zoneType");
    return str_is(value_get_text(zone, "zoneState"), "available") &&
           (!type.len || str_is(type, "availability-zone"));
}

bool zones_read(struct aws *aws, struct arena *arena, struct value **names, struct error *error)
{
    struct value *output;
    if (!aws_call(aws, &ec2_operations[EC2_DESCRIBE_AVAILABILITY_ZONES], arena, NULL, &output, error))
        return false;
    const struct value *zones = xml_items(arena, value_get(output, "availabilityZoneInfo"), "item");
    *names = value_list(arena);
    for (size_t i = 0; i < zones->count; i++)
        if (can_be_used(zones->items[i]))
            value_append(arena, *names, value_string(arena, value_get_text(zones->items[i], "zoneName")));
    if ((*names)->count)
        qsort((*names)->items, (*names)->count, sizeof *(*names)->items, by_text);
    return (*names)->count > 0 ||
           error_set(error, ERROR_UNAVAILABLE, "no availability zone of %.*s can be used",
                     STR_ARG(aws_region(aws)));
}
