#ifndef PLUMB_TESTS_RECONCILER_RELEASES_ORDERS_H
#define PLUMB_TESTS_RECONCILER_RELEASES_ORDERS_H

/* The example application, in the environment prod, with its first release done: OrderServiceProd:live is
 * version 1.  Changes are made to the test's copy. */

#include "tests/reconciler/releases/stage.h"

#define ORDERS_TEMPLATE "apps/orders/template.yaml"
#define ORDERS_FILE "environments/prod/orders.yaml"
#define ORDERS_FUNCTION "OrderServiceProd"

enum orders_driver { ORDERS_BY_PLUMB, ORDERS_BY_CODEDEPLOY, ORDERS_DRIVERS };

/* Not committed: what is to be in the first release can still be changed. */
struct stage *orders_new(enum orders_driver);
/* The first release, then `per_minute` requests for five minutes. */
void orders_begin(struct stage *, int64_t per_minute);

/* The alarm goes off by so many errors in a minute; the example's own threshold is 1. */
void orders_alarm_at(struct stage *, int errors);
/* Lines below `deployment:` of the application file. */
void orders_deployment(struct stage *, const char *lines);
/* A variable of the function from the next commit on: its name and value in the template. */
void orders_variable(struct stage *, const char *line);
void orders_no_variable(struct stage *, const char *line);
/* Another code, committed. */
void orders_change(struct stage *, const char *what);

/* The rollout ended so, with these words in its reason; else what happened is told. */
void orders_ended(const struct rollout *, enum rollout_phase, const char *reason);
/* The rollout goes on to its end; at most so many seconds. */
struct rollout orders_ride_to_end(struct stage *, struct ride *, int64_t seconds);

/* The scenario with each driver: plumb_NAME and codedeploy_NAME are tests of cmocka's. */
#define ORDERS_BOTH(scenario)                                                                                \
    static void plumb_##scenario(void **state)                                                               \
    {                                                                                                        \
        (void)state;                                                                                         \
        scenario(ORDERS_BY_PLUMB);                                                                           \
    }                                                                                                        \
    static void codedeploy_##scenario(void **state)                                                          \
    {                                                                                                        \
        (void)state;                                                                                         \
        scenario(ORDERS_BY_CODEDEPLOY);                                                                      \
    }

/* The record in the ledger. */
struct release orders_record(struct stage *);
/* Once each. */
bool orders_hooks_ran(struct stage *, const struct rollout *);
/* Plans again: everything is held because it was rolled back, and nothing is called that changes anything. */
void orders_is_rejected(struct stage *);

#endif
