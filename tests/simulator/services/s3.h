#ifndef PLUMB_SIMULATOR_S3_H
#define PLUMB_SIMULATOR_S3_H

/* What the files of S3 share. */

#include "tests/simulator/service.h"

#define S3_XML "application/xml"
#define S3_NAMESPACE "http://s3.amazonaws.com/doc/2006-03-01/"

/* The bucket of the path; NULL after call_fail. */
struct value *s3_bucket_of(struct call *);

bool s3_put_listed(struct call *);
bool s3_list_listed(struct call *);
bool s3_delete_listed(struct call *);
bool s3_put_acl(struct call *);

#endif
