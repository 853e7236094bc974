#ifndef PLUMB_PROVIDERS_AWS_FAILURE_H
#define PLUMB_PROVIDERS_AWS_FAILURE_H

/*
 * What an answer without a 2xx status says: AWS's error name, its words, and what the caller may do.
 *
 * Names are read from the X-Amzn-ErrorType header, "__type" and "code" of JSON and <Code> of XML.  The code
 * comes from one table of names, then from the status.  A 404 counts as ERROR_NOT_FOUND only where AWS itself
 * says so (a name, a request id, a JSON or XML body, or the answer to HEAD): a page of some proxy or of a
 * wrong endpoint proves no absence and is ERROR_UNAVAILABLE.
 */

#include "base/http.h"
#include "providers/aws/operation.h"

/* Sets the error's code, name and message ("User: ... is not authorized (request 1234)").  Always returns
 * false. */
bool failure_read(struct arena *, const struct aws_operation *, const struct http_response *, struct error *);

/* The code of an AWS error name; `message` decides a few. */
enum error_code failure_code(const struct aws_service *, struct str name, struct str message, int status);

/* New credentials may help. */
bool failure_is_expired(const struct error *);
/* A clock that is wrong may be the reason. */
bool failure_is_skew(const struct error *);

#endif
