#ifndef PLUMB_RECONCILER_CLI_ROLLOUT_H
#define PLUMB_RECONCILER_CLI_ROLLOUT_H

/* What `plumb rollout`'s verbs share: a rollout as the ledger shows it at one moment, in words. */

#include "reconciler/cli/each.h"
#include "reconciler/orders.h"
#include "reconciler/rollout/evidence.h"

struct sight {
    const struct subject *subject;
    struct str name; /* "beta/orders" */
    struct release release;
    struct order order; /* the last that was given */
    int64_t now_ms;
    bool under_way;
    bool gone;    /* it is under way, and nobody carries it on */
    bool unheard; /* whoever carries it on has not heard the order yet */
};

/* Reads the ledger.  Everything lives in the arena. */
WARN_UNUSED bool sight_take(struct subject *, struct arena *, struct sight *, struct error *);

/* "beta/orders: shifting, 10 % on the new version, by plumb, 4f2c1e0": the one line; then what there is to
 * say, as label and text. */
struct str sight_title(struct arena *, const struct sight *);
struct sight_line {
    const char *label;
    struct str text;
};
enum { SIGHT_LINES_MAX = 16 };
size_t sight_lines(struct arena *, const struct sight *, struct sight_line[SIGHT_LINES_MAX]);
/* What it waits for, and how long yet. */
struct str sight_waits(struct arena *, const struct sight *);
/* "nobody carries it on: ..." */
struct str sight_gone(struct arena *, const struct sight *);
/* Whom the present pause is of, and since when (wall ms). */
struct str sight_paused(const struct sight *, int64_t *since_ms);
/* Milliseconds that the present step has to wait; 0: its time is over, or it has none. */
int64_t sight_step_left(const struct sight *);
/* How long ago, in words. */
struct str sight_age(struct arena *, const struct sight *, int64_t since_ms);
/* "10 %  before traffic": a line of the history, from newest to oldest with growing `back`. */
const struct value *sight_history(const struct sight *, size_t back);

/* The verbs that show: rollout_status.c, rollout_watch.c. */
enum exit_status rollout_status(struct context *, struct error *);
enum exit_status rollout_watch_live(struct context *, struct error *);

/* --- the picture of rollout_watch.c, as lines --- */

struct picture {
    const struct sight *sight;
    const struct evidence *evidence; /* NULL: none is known */
    struct str trouble;              /* why something is not known; or empty */
    size_t width, height;            /* of the terminal */
};
/* At most `height` lines, each at most `width` characters, without control characters; ends with a line
 * feed. */
void picture_draw(struct buf *, struct arena *, const struct picture *);

#endif
