#ifndef PLUMB_PROVIDERS_DYNAMODB_TABLE_PARTS_H
#define PLUMB_PROVIDERS_DYNAMODB_TABLE_PARTS_H

/* The parts of AWS::DynamoDB::Table that are written in their own ways.  `target` is what shape_target gives,
 * `live` the normalized live properties. */

#include "providers/dynamodb/operations.h"
#include "providers/resource.h"

/* Waits until the table and all its indexes are active, at most half an hour: an index over much data takes
 * longer, and the next pass waits on.  `table` (may be NULL) receives the description. */
WARN_UNUSED bool table_when_active(const struct resource_call *, struct str table, const struct value **,
                                   struct error *);

/* UpdateTable with these members, and the wait for its end. */
WARN_UNUSED bool table_write(const struct resource_call *, struct str table, struct value *members,
                             struct error *);

/* Capacity, indexes, stream, encryption, class and protection: all that UpdateTable does, one thing at a time
 * as it demands. */
WARN_UNUSED bool table_write_body(const struct resource_call *, struct str table, const struct value *target,
                                  const struct value *live, struct error *);

/* What has calls of its own: time to live, recovery, insights, Kinesis, policy.  They are read where the map
 * `asked` has them. */
WARN_UNUSED bool table_read_settings(const struct resource_call *, struct str table, struct str arn,
                                     const struct value *asked, struct value *live, struct error *);
WARN_UNUSED bool table_write_settings(const struct resource_call *, struct str table, struct str arn,
                                      const struct value *target, const struct value *live, struct error *);

/* StreamSpecification and SSESpecification as the API has them. */
struct value *table_stream(struct arena *, const struct value *specification);
struct value *table_encryption(struct arena *, const struct value *specification);

/* An index without what CreateTable and UpdateTable do not know. */
struct value *table_index(struct arena *, const struct value *index);
/* The index of that name in the list, or NULL. */
const struct value *table_find_index(const struct value *indexes, struct str name);

#endif
