#ifndef PLUMB_SIMULATOR_SERVICE_H
#define PLUMB_SIMULATOR_SERVICE_H

/*
 * What a service of the simulated AWS account is made of: one file services/NAME.c that exports one const
 * table `struct sim_service`, registered by one row in services.c.
 *
 * A handler gets a decoded call, and either fills `output` and returns true, or returns call_fail(...).
 * Calls are carried out one at a time, so that a handler needs no locks.  A handler checks everything before
 * it changes anything: what it did before call_fail stays done.
 *
 * State: `state` is the value tree of this service in the caller's account and region; it belongs to the
 * simulator and outlives the call.  What goes into it is copied by state_put and its kin; values of `input`
 * must never be linked in directly.  `output` may link to state freely.  Handlers marked SIM_READ change
 * nothing: what happens by itself (pending becomes active) is computed from `now` when it is read.
 */

#include "base/value.h"
#include "tests/simulator/simulator.h"

enum sim_protocol { SIM_JSON, SIM_QUERY, SIM_RESTJSON, SIM_RESTXML };
enum sim_effect { SIM_READ, SIM_WRITE }; /* SIM_WRITE: AWS documents it as changing something */

struct call;

struct sim_operation {
    const char *name; /* "CreateQueue" */
    enum sim_effect effect;
    bool (*handle)(struct call *);
    /* Of REST protocols only.  "/2015-03-31/functions/{FunctionName}/code", labels are one path part,
     * "{Key+}" takes the rest; "?tagging" or "?list-type=2&x" behind it must be in the query.  Of rows that
     * fit the one with most parts fixed wins, then the one that asks most of the query. */
    const char *method, *path;
    int status;     /* of success; 0 is 200 */
    bool raw_input; /* the body is not decoded: request->body */
};

struct sim_service {
    const char *name;          /* in faults, limits and the log: "sqs", "apigatewayv2" */
    const char *signing_name;  /* in the credential scope; NULL is `name` */
    bool global;               /* one state for all regions (iam, sts, the names of s3) */
    const char *target;        /* JSON: X-Amz-Target is "target.Operation"; NULL: not offered */
    const char *json_version;  /* "1.0", "1.1" */
    const char *xml_namespace; /* of query and rest-xml answers */
    bool query;                /* the query protocol is offered */
    const char *const *silent; /* query: operations that answer metadata alone; NULL-ended, or NULL */
    bool ec2;                  /* in EC2's dialect: nothing around the answer, lists of <item> */
    bool rest;                 /* a REST protocol is offered, which is: */
    enum sim_protocol rest_protocol;
    int throttle_status;       /* 0 is 400 */
    const char *throttle_code; /* NULL is "ThrottlingException", or "Throttling" in query */
    const struct sim_operation *operations;
    size_t operation_count;
    /* What happens by itself: when the next thing does, in the state of this account and region (INT64_MAX:
     * nothing will; a time that has passed is made up for), and lets just that happen, at call->now.  Both
     * are asked before every request is handled.  `happen` must move what `due` says.  NULL: nothing ever
     * does. */
    int64_t (*due)(struct call *);
    void (*happen)(struct call *);
};

struct call {
    struct simulator *simulator;
    const struct sim_request *request; /* as it came: call_header, request->body */
    const struct sim_service *service;
    const struct sim_operation *operation;
    enum sim_protocol protocol;
    struct arena *arena;        /* of this call */
    struct str account, region; /* "111111111111", "us-east-1" */
    struct str access_key;      /* "" where the call was not signed */
    struct str request_id;      /* a UUID */
    struct value *input;        /* a map: the body, path labels and query parameters by their wire names */
    struct value *output;       /* a map, empty */
    struct value *state;        /* a map: see above */
    struct arena *keep;         /* what holds `state` */
    int64_t now;                /* wall clock of the simulation, ms */
    /* The answer, where the output map alone does not say it. */
    int status;
    int64_t delay_ms;      /* how long the answer takes */
    struct value *headers; /* a map of texts */
    const char *xml_root;  /* rest-xml: the root element; NULL: the operation's name and "Result" */
    bool raw;              /* `raw_body` is the whole body */
    struct str raw_body, raw_type;
    /* The failure. */
    const char *error_code;
    struct str error_message;
    struct value *error_details; /* NULL, or further members of the error */
};

/* Fails the call as AWS would; always returns false.  Code and message as botocore's parser gives them. */
bool call_fail(struct call *, int status, const char *code, const char *format, ...) PRINTF_LIKE(4, 5);

/* Reading the input.  Texts of absent members are "". */
struct str call_text(const struct call *, const char *member);
bool call_has(const struct call *, const char *member);
/* A list, whatever the protocol made of it: absent gives an empty list, a text (a query parameter given
 * once; "" is query's empty list) or map gives a list of one. */
struct value *call_list(const struct call *, const char *member);
struct value *list_of(const struct call *, const struct value *);
/* Fails with `code`, unless the member is there and not "". */
bool call_need(struct call *, const char *member, int status, const char *code);
struct str call_header(const struct call *, const char *name);

/* Filling the output. */
void put(struct call *, struct value *map, const char *key, struct value *); /* NULL puts nothing */
void put_text(struct call *, struct value *map, const char *key, struct str);
void put_textf(struct call *, struct value *map, const char *key, const char *format, ...) PRINTF_LIKE(4, 5);
void put_int(struct call *, struct value *map, const char *key, int64_t);
void put_bool(struct call *, struct value *map, const char *key, bool);
/* A timestamp as the protocol has it: seconds since 1970 in JSON, ISO 8601 in XML. */
struct value *time_value(struct call *, int64_t ms);
void put_time(struct call *, struct value *map, const char *key, int64_t ms);
void call_set_header(struct call *, const char *name, struct str value);
void call_answer_raw(struct call *, const char *content_type, struct str body);
/* {"a": "1"} as query's XML maps are written: {"entry": [{"key": "a", "value": "1"}]}.  In query answers
 * lists are wrapped in <member>, but for "entry". */
struct value *xml_map(struct call *, const struct value *map);

/* State.  `map` is `state` or a map inside; all of these copy what they are given. */
struct value *state_map(struct call *, const char *name); /* state.name, made if it is not there */
struct value *state_put(struct call *, struct value *map, struct str key, const struct value *);
void state_text(struct call *, struct value *map, const char *key, struct str);
void state_int(struct call *, struct value *map, const char *key, int64_t);
void state_bool(struct call *, struct value *map, const char *key, bool);
/* Copies the member of the input of that name, if it is there; true if it was. */
bool state_member(struct call *, struct value *map, const char *member);
/* The state of another service, account or region, and the arena that holds it (`keep` may be NULL). */
struct value *call_state_of(struct call *, const char *service, struct str account, struct str region,
                            struct arena **keep);
/* {"k": "v"} merged into map.name (made if need be), or the keys of the list removed: tags. */
void state_merge(struct call *, struct value *map, const char *name, const struct value *tags);
void state_remove_keys(struct value *map, const char *name, const struct value *keys);
/* [{"Key": "k", "Value": "v"}] to {"k": "v"} and back, with the member names that the service uses. */
struct value *tags_to_map(struct call *, const struct value *list, const char *key, const char *value);
struct value *tags_to_list(struct call *, const struct value *map, const char *key, const char *value);

/* Bytes too large for state (code, objects), kept once by their digest until reset.  False when
 * the simulator's limit for all blobs is reached. */
WARN_UNUSED bool blob_put(struct call *, struct str bytes, struct str *digest_hex);
WARN_UNUSED bool blob_get(struct call *, struct str digest_hex, struct str *bytes);

/* One page of a map's values, ordered by key.  Tokens stand for the last key given, so that a page misses
 * nothing when items come or go.  NULL after call_fail where the token or size is not valid. */
struct sim_paging {
    const char *size_member;  /* of the input: "MaxItems" */
    const char *token_member; /* of the input: "Marker" */
    size_t size, size_max;    /* when not asked for; at most */
    const char *error_code;   /* of a bad token or size; NULL is "ValidationException" */
    bool clear_token;         /* the token is the last key itself (DynamoDB) */
};
struct value *call_page(struct call *, const struct value *items, const struct sim_paging *,
                        struct str *next);

/* Chance, from the seed: ids are the same in every run. */
uint64_t call_random(struct call *, uint64_t below);
struct str call_uuid(struct call *);
struct str call_id(struct call *, const char *alphabet, size_t length);

/* How long something stays as it is before it settles, in ms: "lambda.pending", ... see delays.h. */
int64_t call_delay(const struct call *, const char *name);

/* Names. */
struct str arn(const struct call *, const char *service, const char *format, ...) PRINTF_LIKE(3, 4);
struct str time_text(const struct call *, int64_t ms); /* "2026-11-22T20:18:37.123Z" */

#endif
