#ifndef PLUMB_SIMULATOR_SIMULATOR_H
#define PLUMB_SIMULATOR_SIMULATOR_H

/*
 * The simulator without its server: requests in, answers out.  Safe from any thread; calls are carried out
 * one at a time.  The same requests in the same order with the same seed and a virtual clock give the same
 * answers.
 */

#include "base/arena.h"

struct sim_header {
    struct str name, value;
};

struct sim_request {
    struct str method;
    struct str path, query; /* as on the wire, percent-encoded; the query without '?' */
    struct str body;
    const struct sim_header *headers;
    size_t header_count;
};

enum sim_ending {
    SIM_ANSWERED,
    SIM_DROPPED,   /* the connection closes without an answer */
    SIM_TRUNCATED, /* it closes after half of the body */
};

struct sim_answer {
    enum sim_ending ending;
    int status;
    int64_t delay_ms; /* to wait, in real time, before the answer is given */
    int64_t date;     /* the time of the simulation, ms since 1970 */
    struct sim_header *headers;
    size_t header_count;
    struct str body;
};

struct sim_options {
    const char *account; /* of access keys that name none; NULL is "111111111111" */
    uint64_t seed;
    bool verify;           /* check signatures */
    bool virtual_clock;    /* stands still until it is advanced */
    int64_t virtual_epoch; /* its start, ms since 1970 */
    const char *answers;   /* file to which every answer is appended as a line; NULL: none.  See answers.c */
};

struct simulator;

struct simulator *simulator_new(const struct sim_options *);
void simulator_free(struct simulator *);
/* The answer lives in the arena, which must not be shared with other threads. */
void simulator_handle(struct simulator *, struct arena *, const struct sim_request *, struct sim_answer *);

/*
 * How much there is of everything: of each service, collection ("queues") and collection within its members
 * ("functions.*.versions") the number of entries, a line each, in a fixed order.  Names, ids and times do not
 * matter to it; what is there twice does.  Without STS, whose sessions end by themselves, and messages in
 * queues.
 */
struct str simulator_summary(struct simulator *, struct arena *);

/* A header's value, or "". */
struct str sim_header(const struct sim_request *, const char *name);

#endif
