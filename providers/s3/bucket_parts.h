#ifndef PLUMB_PROVIDERS_S3_BUCKET_PARTS_H
#define PLUMB_PROVIDERS_S3_BUCKET_PARTS_H

/*
 * The parts of AWS::S3::Bucket.  A bucket is a name; everything else are settings with calls of their own,
 * written and read where somebody declares them.
 */

#include "providers/resource.h"
#include "providers/s3/operations.h"
#include "providers/wire.h"

enum { BUCKET_BUSY_MS = 60 * 1000 };

/* Another change of the bucket is under way, or a new thing is not known everywhere. */
extern const struct hurdle bucket_hurdles[];

extern const struct shape bucket_shape[];
extern const struct wire bucket_wire;
void bucket_normalize(struct arena *, struct value *properties);

/* Settings that `asked` has (NULL: all of them) into `live`. */
WARN_UNUSED bool bucket_read_settings(const struct resource_call *, struct str bucket,
                                      const struct value *asked, struct value *live, struct error *);
/* Those in which target and live differ, in an order in which they can stand on one another. */
WARN_UNUSED bool bucket_write_settings(const struct resource_call *, struct str bucket,
                                       const struct value *target, const struct value *live, struct error *);

/* The same for the settings with ids. */
WARN_UNUSED bool bucket_read_lists(const struct resource_call *, struct str bucket, const struct value *asked,
                                   struct value *live, struct error *);
WARN_UNUSED bool bucket_write_lists(const struct resource_call *, struct str bucket,
                                    const struct value *target, const struct value *live, struct error *);

/* Moves a member to another map under another name, where it is there. */
void member_move(struct arena *, struct value *from, const char *name, struct value *to, const char *as);

/* "Prefix", "TagFilters" and the like of an item become its "Filter" and back. */
void filter_out(struct arena *, struct value *item, bool always);
void filter_in(struct arena *, struct value *item);

/* Settings whose form the API has changed beyond names: `out` after the wire's names, `in` before them. */
typedef struct value *(*bucket_reshape)(struct arena *, struct value *);
struct value *abac_out(struct arena *, struct value *);
struct value *abac_in(struct arena *, struct value *);
struct value *lifecycle_out(struct arena *, struct value *);
struct value *lifecycle_in(struct arena *, struct value *);
struct value *logging_out(struct arena *, struct value *);
struct value *logging_in(struct arena *, struct value *);
struct value *notification_out(struct arena *, struct value *);
struct value *notification_in(struct arena *, struct value *);
struct value *object_lock_out(struct arena *, struct value *);
struct value *lock_enabled_in(struct arena *, struct value *);
struct value *website_out(struct arena *, struct value *);
struct value *website_in(struct arena *, struct value *);

#endif
