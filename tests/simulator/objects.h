#ifndef PLUMB_SIMULATOR_OBJECTS_H
#define PLUMB_SIMULATOR_OBJECTS_H

/*
 * Objects of S3 for services that read them, as services/s3.c keeps them: in the account's state without
 * region
 * {"buckets": {NAME: {"region", "objects": {KEY: {"digest": hex of blob_put}}}}}, and who owns which name in
 * the state of account 000000000000 in us-east-1.
 */

#include "tests/simulator/service.h"

enum object_answer { OBJECT_FOUND, OBJECT_NO_BUCKET, OBJECT_NO_KEY, OBJECT_DENIED, OBJECT_OTHER_REGION };

/* Buckets of other accounts are denied. */
enum object_answer object_read(struct call *, struct str bucket, struct str key, struct str *bytes);

#endif
