#ifndef PLUMB_RECONCILER_ROLLOUT_DECIDE_H
#define PLUMB_RECONCILER_ROLLOUT_DECIDE_H

/*
 * What a rollout does next, from what is known at one moment.  No call, no clock, no chance: the same view
 * gives the same decision.
 */

#include "reconciler/rollout/evidence.h"
#include "reconciler/rollout/rollout.h"

struct view {
    int64_t now_ms;
    struct str abort;   /* why it has to stop: a person's word, a newer commit; empty: it need not */
    struct str failed;  /* a hook or a synthetic request: why; empty: none has */
    struct str foreign; /* somebody else moved the traffic: where it goes; empty: it is as planned */
    struct str stuck;   /* what the present phase has to do cannot be done now: why; empty: it can */
    bool busy;          /* what the phase has to do is not done yet */
    const struct evidence *evidence; /* NULL: none is needed to go on from here */
};

enum move {
    MOVE_STAY,    /* all is well, the time has not come */
    MOVE_HOLD,    /* the time has come, but `why` */
    MOVE_FORWARD, /* to the next step or phase */
    MOVE_BACK,    /* the old version gets everything, because `why` */
    MOVE_LEAVE,   /* it ends; the traffic stays where somebody else put it */
};

struct decision {
    enum move move;
    struct str why; /* a sentence, in the view, the rollout or the arena */
    bool may_pass;  /* of a hold: by itself, and soon: figures that are still to come */
};

/*
 * In this order: whoever says stop is obeyed; what failed goes back; what somebody else moved is left alone,
 * and held; a person's pause holds without a limit; then the phase's work, the step's time, the evidence, the
 * approval.  Everything else that holds has the rollout's limit and goes back when it is reached: no proof is
 * no progress.
 */
struct decision decide(struct arena *, const struct rollout *, const struct view *);

#endif
