#ifndef PLUMB_PROVIDERS_AWS_REQUEST_LOG_H
#define PLUMB_PROVIDERS_AWS_REQUEST_LOG_H

/*
 * The request log of tests: where PLUMB_REQUEST_LOG names a file, each request is appended to it as one line
 * {"service":"lambda","operation":"CreateFunction","params":{...}}, before its first attempt.  Secrets are
 * masked.  Whether it grows says whether plumb did anything; what it holds is checked against AWS's models.
 * Several processes and threads may share a file: one write(2) a line.
 */

#include "providers/aws/aws.h"

struct request_log;

WARN_UNUSED bool request_log_open(const char *path, struct request_log **, struct error *);
void request_log_close(struct request_log *);
struct aws_observer request_log_observer(struct request_log *);

#endif
