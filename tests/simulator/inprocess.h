#ifndef PLUMB_SIMULATOR_INPROCESS_H
#define PLUMB_SIMULATOR_INPROCESS_H

/*
 * The simulator without a socket: an http whose requests the simulator answers in the caller's thread, which
 * hands over to the scheduler before the request arrives, and again before its answer does.  A delayed answer
 * takes virtual time.
 *
 * What the transport reports is what the real one would: a connection that closes without a whole answer is
 * ERROR_TIMEOUT, because the request was sent.
 */

#include "base/http.h"
#include "base/value.h"
#include "tests/simulator/scheduler.h"
#include "tests/simulator/simulator.h"

struct inprocess {
    struct simulator *simulator; /* with a virtual clock: it is set to the scheduler's */
    struct scheduler *scheduler;
    /* Told of each request where it arrives, with the answer NULL, and once more when it has been carried out
     * and nobody has gone on yet; may be NULL.  May read and change the simulator's state. */
    void (*watch)(void *self, const struct sim_request *, const struct sim_answer *);
    void *watch_self;
};

/* Valid as long as the struct. */
struct http inprocess_http(struct inprocess *);

/* The variables of a plumb that has such a transport: `environment` of an AWS session, whose self is the
 * account, 12 digits that read the same from behind, as its key's secret does. */
const char *inprocess_variable(void *account, const char *name);

/* A request to a control endpoint, as "POST", "/_simulator/faults"; a status other than 200 ends the program.
 */
struct str inprocess_control(struct inprocess *, struct arena *, const char *method, const char *path,
                             struct str body);

#endif
