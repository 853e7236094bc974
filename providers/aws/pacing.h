#ifndef PLUMB_PROVIDERS_AWS_PACING_H
#define PLUMB_PROVIDERS_AWS_PACING_H

/*
 * How fast to ask: a token bucket for every account, region and rate bucket of a service, and the retry quota
 * of every account, region and service.  One account's throttling slows nobody else.
 *
 * A throttled answer halves the bucket's rate (down to 1/32) and empties it; each second without one gives a
 * twentieth of the nominal rate back.  Buckets are made at first use and live as long as the pacing.
 * Safe from any thread; nothing here waits.
 */

#include "base/clock.h"
#include "providers/aws/operation.h"

struct pacing;

struct pacing *pacing_new(const struct clock *);
void pacing_free(struct pacing *);

struct pace;

/* Of the operation's bucket; valid as long as the pacing. */
struct pace *pacing_of(struct pacing *, struct str account, struct str region, const struct aws_operation *);

/* Takes one token and gives the milliseconds to wait before the request may be sent. */
int64_t pace_take(struct pace *);
void pace_throttled(struct pace *);

enum { RETRY_QUOTA = 500, RETRY_COST = 5, RETRY_COST_TIMEOUT = 10 };

/* Takes the price of a retry off the quota; false where it is used up. */
bool pace_pay(struct pace *, int cost);
/* Success: gives back what the call paid, or 1 where it paid nothing. */
void pace_refund(struct pace *, int paid);

#endif
