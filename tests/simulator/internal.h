#ifndef PLUMB_SIMULATOR_INTERNAL_H
#define PLUMB_SIMULATOR_INTERNAL_H

/* What the files of the framework share; services see service.h only. */

#include <pthread.h>
#include <stdio.h>

#include "tests/simulator/faults.h"
#include "tests/simulator/invocations.h"
#include "tests/simulator/journal.h"
#include "tests/simulator/limits.h"
#include "tests/simulator/metrics.h"
#include "tests/simulator/permissions.h"
#include "tests/simulator/service.h"
#include "tests/simulator/simulator.h"
#include "tests/simulator/store.h"
#include "tests/simulator/timeline.h"
#include "tests/simulator/traffic.h"

struct simulator {
    pthread_mutex_t lock;
    struct sim_options options;
    int64_t virtual_now;
    uint64_t random; /* state of the generator, from the seed */
    struct stores stores;
    struct blobs blobs;
    struct faults faults;
    struct limits limits;
    struct journal journal;
    struct invocations invocations;
    struct invocations messages; /* that were published and put */
    struct metrics metrics;
    struct traffic traffic;
    struct delays delays;
    FILE *answers; /* or NULL */
    struct sim_policies policies;
};

int64_t sim_now(const struct simulator *);

/* answers.c: the log of what is answered.  Ends the program where the file cannot be opened. */
FILE *answers_open(const char *path);
void answers_log(FILE *, const struct call *, const struct sim_answer *);

/* simulator.c: a call within a call, under its lock: what a function does by itself. */
void simulator_call(struct simulator *, struct arena *, const struct sim_request *, struct sim_answer *);

/* services.c: NULL past the end. */
const struct sim_service *sim_service_at(size_t index);

/* route.c: sets service, operation, protocol; or fails the call.  `scope` is the service's signing name. */
bool route(struct call *, struct str scope);
struct value *query_parameters(struct arena *, struct str query); /* a map of texts; lists where repeated */

/* account.c: who calls.  Sets access_key, region and the scope; or fails the call. */
bool identify(struct call *, struct str *scope);
bool sim_account(struct call *); /* after route: the account of the key */
/* verify.c */
bool verify_signature(struct call *);

/* S3's second request id. */
#define SIM_HOST_ID STR("simulator")

/* protocol.c and protocol_NAME.c */
bool decode_input(struct call *);
void encode_answer(struct call *, bool succeeded, struct sim_answer *);
struct value *decode_query(struct call *, struct str form);
void encode_query(struct call *, bool succeeded, struct buf *);
void encode_restxml(struct call *, bool succeeded, struct buf *);
void encode_json(struct call *, bool succeeded, struct buf *);

/* chunked.c: a body in AWS's chunks; false where it is broken. */
WARN_UNUSED bool decode_chunks(struct arena *, struct str body, struct str *out);

/* control.c: requests below /_simulator/. */
void control(struct simulator *, struct arena *, const struct sim_request *, struct sim_answer *);
void simulator_reset(struct simulator *);

/* A call that nobody sent, of a service in this account and region at this time. */
struct call simulator_own_call(struct simulator *, struct arena *, const struct sim_service *, struct store *,
                               int64_t now);

#endif
