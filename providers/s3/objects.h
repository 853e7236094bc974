#ifndef PLUMB_PROVIDERS_S3_OBJECTS_H
#define PLUMB_PROVIDERS_S3_OBJECTS_H

/*
 * Objects in buckets of plumb's own account, and such buckets themselves.  A bucket of the same name that
 * belongs to another account is refused by S3 (ERROR_DENIED), never read or written.
 */

#include "providers/resource_type.h"

struct object_place {
    struct aws *aws;
    struct str bucket, key;
};

/* At most `most` bytes of it; one byte more says that there are more.  ERROR_NOT_FOUND: no such object, or no
 * such bucket. */
WARN_UNUSED bool object_get(const struct object_place *, struct arena *, size_t most, struct str *bytes,
                            struct error *);
/* With its SHA-256, which S3 compares.  At most 5 GiB (no multipart upload). */
WARN_UNUSED bool object_put(const struct object_place *, struct arena *, struct str bytes,
                            const char *content_type, struct error *);
WARN_UNUSED bool object_exists(const struct object_place *, struct arena *, bool *exists, struct error *);
/* Absent is success. */
WARN_UNUSED bool object_delete(const struct object_place *, struct arena *, struct error *);
/* The keys (strings) that begin with place->key; none where there is no such bucket. */
WARN_UNUSED bool object_list(const struct object_place *, struct arena *, struct value **keys,
                             struct error *);

/* The bucket is there: made with these properties of AWS::S3::Bucket and these tags, unless it was.  Of one
 * that was there before the "plumb:" tags must be the same (else ERROR_CONFLICT), and the properties are
 * brought to these. */
WARN_UNUSED bool bucket_ensure(struct aws *, struct arena *, struct str name, const struct value *properties,
                               const struct value *tags, struct error *);
/* Is it there, and in this account? */
WARN_UNUSED bool bucket_exists(struct aws *, struct arena *, struct str name, bool *exists, struct error *);

#endif
