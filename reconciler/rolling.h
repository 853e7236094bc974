#ifndef PLUMB_RECONCILER_ROLLING_H
#define PLUMB_RECONCILER_ROLLING_H

/*
 * The rollout of one application, held by this process: the engine (rollout/engine.h) between the ledger, Git
 * and the account.  A release in state RELEASE_ROLLING is all that it needs, whoever began it.
 *
 * When it ends in success the aliases stand in the inventory as Git wants them, and the next plan takes away
 * what the old version needed.  When it goes back, functions get their former code and configuration again
 * from the ledger, and what Git asked for is marked: it is not tried again until that changes.
 *
 * A rolling belongs to the thread of its subject's session.
 */

#include "reconciler/rollout/engine.h"
#include "reconciler/session.h"

/* The boards of a process: one for each account and region, shared by all rollouts there.  Safe from any
 * thread. */
struct boards;
struct boards *boards_new(void);
void boards_free(struct boards *); /* after all rollings */

struct rolling_options {
    struct boards *boards;
    /* Told of each event as it is recorded, from rolling_tick; may be NULL. */
    void (*progress)(void *self, const struct rollout *, const char *what);
    void *progress_self;
};

struct rolling;

/* Is there a rollout that has not ended in the release that subject_recall found? */
bool rolling_is_due(const struct subject *);

/* Takes the application's claim over and goes on with its rollout.  The subject must be recalled, and
 * live as long; its template is not asked, so that a newer commit that is broken keeps nobody from going on.
 * ERROR_CONFLICT: another instance holds it. */
WARN_UNUSED bool rolling_open(struct subject *, const struct rolling_options *, struct rolling **,
                              struct error *);

/* One tick; to be called about once a BOARD_TICK_MS.  `ended`: it is over and recorded, see rolling_rollout.
 * False: this process holds it no more (fenced or asked to stop); another one goes on. */
WARN_UNUSED bool rolling_tick(struct rolling *, bool *ended, struct error *);

const struct rollout *rolling_rollout(const struct rolling *);
/* Where the process is asked to stop in its middle, the claim is given back: an instance on another host goes
 * on at once.  NULL is fine. */
void rolling_close(struct rolling *);

/* Opens, ticks until the end, closes.  True also where it was rolled back: `outcome` tells; the texts in it
 * live in the subject's arena. */
WARN_UNUSED bool rolling_run(struct subject *, const struct rolling_options *, struct rollout *outcome,
                             struct error *);

/* The mark of what was rolled back goes: it is tried again.  False with ERROR_NOT_FOUND where there is none.
 */
WARN_UNUSED bool rolling_forgive(struct subject *, struct error *);

#endif
