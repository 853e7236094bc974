#ifndef PLUMB_PROVIDERS_ROUTE53_RECORDS_H
#define PLUMB_PROVIDERS_ROUTE53_RECORDS_H

/*
 * Records of a hosted zone.  One is known by its name, type and set identifier; nothing says whose it is, so
 * that only the ledger does: what stands where ours should and is not in it is a conflict.
 */

#include "providers/resource.h"
#include "providers/shape.h"

/* "/hostedzone/Z1" and "/change/C1" are "Z1" and "C1". */
struct str route53_bare_id(struct str id);

/* Waits until all of Route 53's servers have the change of an answer. */
WARN_UNUSED bool route53_wait(const struct resource_call *, const struct value *answer, struct error *);

/* The id of the zone that the properties name by HostedZoneId or HostedZoneName.  ERROR_NOT_FOUND: there is
 * none. */
WARN_UNUSED bool records_zone(const struct resource_call *, const struct value *properties, struct str *zone,
                              struct error *);

/* One form for equal records: names in small letters with a dot behind, "*" as such.  `record` is normalized
 * by the type's shape already. */
void record_normalize(struct arena *, struct value *record);

/* The live record that `like` (normalized) means, in CloudFormation's form with Name, Type and what else it
 * has; NULL where there is none. */
WARN_UNUSED bool record_read(const struct resource_call *, struct str zone, const struct value *like,
                             struct value **record, struct error *);

struct records {
    struct str zone, comment;
    const struct value *wanted, *before; /* lists of normalized records */
};

/*
 * Brings the zone from the records of before to those that are wanted, in one batch: all of it is done or
 * nothing.  Members of a record that neither declares stay.  A wanted record that stands there and was not
 * before is ERROR_CONFLICT.
 */
WARN_UNUSED bool records_write(const struct resource_call *, const struct records *, struct error *);

#endif
