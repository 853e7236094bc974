#ifndef PLUMB_TESTS_PROVIDERS_FAKE_AWS_H
#define PLUMB_TESTS_PROVIDERS_FAKE_AWS_H

/*
 * An AWS that says what the test wants: scripted answers behind struct http, a clock that only sleeping
 * moves, and an environment of the test's own.  STS's GetCallerIdentity is answered aside from the script.
 */

#include <pthread.h>

#include "providers/aws/aws.h"

struct fake_answer {
    enum error_code lost; /* not ERROR_NONE: no answer, but this */
    int status;           /* 0: 200 */
    const char *headers;  /* "Date: ...\nETag: x", or NULL */
    const char *body;     /* NULL: empty */
    int64_t takes_ms;
    bool cancels; /* somebody asks plumb to stop meanwhile */
};

struct fake_variable {
    const char *name, *value;
};

enum { FAKE_START = 1440938160 }; /* 2015-08-30T12:36:00Z */

struct fake_aws {
    const struct fake_answer *answers;
    size_t answer_count, asked;
    const char *account; /* that STS names; NULL: GetCallerIdentity is answered from the script too */
    int identity_calls;
    const struct fake_variable *variables; /* NULL name ends */
    int64_t wall_ms, monotonic_ms, slept_ms;
    uint64_t chance;
    int64_t timeout_ms;  /* that the last request had */
    struct buf requests; /* a line each: "POST https://host/path body", and the headers that `show` names */
    const char *show;    /* a header to add to each line, or NULL */
    atomic_bool cancelled;
    struct clock clock;
    struct http http;
    struct random random;
    struct log log;
    struct arena *arena;
    struct aws_session *session;
    bool pacing;
};

/* Variables with keys of nobody in particular. */
extern const struct fake_variable fake_keys[];
/* A service of nobody in particular. */
extern const struct aws_service fake_things;

void fake_init(struct fake_aws *);  /* set what differs from the defaults, then start */
void fake_start(struct fake_aws *); /* makes the session */
void fake_release(struct fake_aws *);
void fake_script(struct fake_aws *, const struct fake_answer *, size_t count);
/* A handle in us-east-1; fails the test where it cannot be had. */
struct aws *fake_open(struct fake_aws *);
/* The whole outcome of a call without input, as one text. */
struct str fake_outcome(struct fake_aws *, struct aws *, const struct aws_operation *);
/* The requests since the last time. */
struct str fake_requests(struct fake_aws *);
/* JSON written with ' for ". */
struct value *fake_json(struct arena *, const char *text);
/* Makes each text "?" in it what is known only after apply. */
void fake_unknowns(struct arena *, struct value *);

void assert_text(struct str got, const char *wanted);

#endif
