#ifndef PLUMB_SIMULATOR_OBJECTS_H
#define PLUMB_SIMULATOR_OBJECTS_H

/*
 * Objects of S3 for services that read them (code of functions, definitions, OpenAPI documents).
 *
 * Names of buckets are global, so S3 keeps them in the state of no account and no region:
 * call_state_of(call, "s3", STR_EMPTY, STR_EMPTY, &keep) is {"buckets": {NAME: {"account", "region",
 * "objects": {KEY: {"digest": hex of blob_put, "versions": {ID: {"digest"}}}}}}}, and whatever else S3 needs.
 */

#include "tests/simulator/service.h"

enum object_answer { OBJECT_FOUND, OBJECT_NO_BUCKET, OBJECT_NO_KEY, OBJECT_DENIED, OBJECT_OTHER_REGION };

/* `version` may be empty: the newest.  Buckets of other accounts are denied. */
enum object_answer object_read(struct call *, struct str bucket, struct str key, struct str version,
                               struct str *bytes);

#endif
