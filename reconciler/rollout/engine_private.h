#ifndef PLUMB_RECONCILER_ROLLOUT_ENGINE_PRIVATE_H
#define PLUMB_RECONCILER_ROLLOUT_ENGINE_PRIVATE_H

/* What the files of the engine share: engine.c decides when, shift.c and codedeploy.c move the traffic,
 * work.c does what takes its time. */

#include "reconciler/rollout/decide.h"
#include "reconciler/rollout/engine.h"

/* What passes within this time is no reason to hold: trouble, figures that come every 10 s. */
enum { ROLLOUT_GRACE_MS = 30 * 1000, ROLLOUT_RETRY_MAX_MS = 30 * 1000 };

/* CodeDeploy does not wait: without evidence so long before its next step the deployment is stopped. */
enum { ROLLOUT_MARGIN_MS = 10 * 1000 };
/* An instance that has just begun has read nothing: only what is missing after this time is missing. */
enum { ROLLOUT_READ_MS = 5 * 1000 };

struct work;

/* How far the hooks are that report to CodeDeploy, in this process. */
struct hooking {
    bool after;                /* of which phase */
    bool done;                 /* all have passed */
    bool troubled;             /* the last try could not be made */
    size_t index;              /* of the target whose hook runs; those before have passed */
    struct str deployment;     /* of CodeDeploy's, that runs it; empty: not known yet */
    int64_t began_ms, look_ms; /* monotonic: when it was made, when it is looked at again */
};

struct rollout_run {
    struct rollout_options options;
    struct rollout rollout;
    struct arena *record; /* in which it lives; made anew at every save */
    struct arena *tick;   /* of one tick */
    struct arena *words;  /* of what is said below */
    struct watcher *watcher;
    struct work *work;
    struct str abort, foreign, failed; /* as in struct view; they stay */
    struct str trouble;                /* what could not be done at the last try */
    int64_t trouble_since_ms;          /* 0: none */
    int64_t retry_ms, pause_ms;        /* when to try again, and how long the pause was */
    bool unheard;                      /* the trouble is that Git cannot be reached */
    int64_t began_ms;                  /* when this instance began */
    int64_t heard_ms;
    int64_t looked_ms;      /* when this tick began: what is decided on it is no younger */
    int64_t moved_ms;       /* wall, when plumb last wrote an alias: what was read before says nothing */
    int64_t waits_since_ms; /* since when it has not gone on although its time has come; 0: it has not */
    bool standing;          /* all targets are known to have the present weight */
    bool unsaved;           /* the record is older than the rollout */
    bool stood;             /* taken over: the traffic was as the record says, since when it says */
    bool recalled;          /* taken over: how far the last instance came is to be looked at */
    int64_t back_since_ms;  /* since when it goes back; 0: it does not */
    struct hooking hooking;
    int64_t clear_since_ms; /* since when what hooks left is taken away; 0: it is not yet */
};

/* How the traffic is moved. */
struct rollout_driver {
    /* Makes the present phase and step so; what cannot be done is an error and is tried again. */
    bool (*move)(struct rollout_run *, struct error *);
    /* What is known of the traffic, without a call where nothing says that one is due. */
    bool (*look)(struct rollout_run *, struct view *, struct error *);
    /* Gives the old versions everything; `done` once they are known to have it. */
    bool (*back)(struct rollout_run *, bool *done, struct error *);
};

/* shift.c: traffic_move, while the claim is held. */
WARN_UNUSED bool run_move(struct rollout_run *, struct rollout_target *, int64_t least, int64_t most,
                          int64_t to, struct error *);

/* shift.c: one call, as long as the claim is held and no longer (TRAFFIC_WRITE_MS). */
WARN_UNUSED bool run_write(struct rollout_run *, const struct aws_operation *, const struct value *input,
                           struct value **answer, struct error *);

extern const struct rollout_driver rollout_by_plumb, rollout_by_codedeploy;

/* Keeps a text that outlives the tick. */
struct str run_say(struct rollout_run *, const char *format, ...) PRINTF_LIKE(2, 3);
int64_t run_now(const struct rollout_run *);
/* Has it stood still since it looked, so that what it has seen is no evidence any more? */
bool run_is_late(const struct rollout_run *);
WARN_UNUSED bool run_save(struct rollout_run *, const char *what, struct error *);
/* Saves, and asks the board for what the rollout names now. */
WARN_UNUSED bool run_watch_again(struct rollout_run *, struct error *);

/* A line of the history and the log. */
void run_note(struct rollout_run *, const char *event, struct str why);

/* What failed has been done: nothing is in the way any more. */
void run_no_trouble(struct rollout_run *);

/* hook_deployment.c: hooks that report to CodeDeploy while plumb moves the traffic. */
/* Carries them on; what cannot be done is an error and is tried again. */
WARN_UNUSED bool hooks_look(struct rollout_run *, struct view *, struct error *);
/* All of the phase have passed, or none is of this kind. */
bool hooks_are_done(const struct rollout_run *, bool after);
/* Stops what runs of them and takes away what they left, whichever instance began it.  Given up, and noted,
 * after a minute. */
WARN_UNUSED bool hooks_clear(struct rollout_run *, struct error *);

/* engine_look.c: asks the board for what the rollout names; tells it since when what counts; what is known of
 * the present phase, into the view. */
void run_watch(struct rollout_run *);
void run_times(struct rollout_run *);
void run_look(struct rollout_run *, struct view *, struct evidence *);
/* A step that does not stand yet, because it could not be made or another instance was cut off, has waited:
 * may traffic still move, as far as the alarms go?  Else the view says why not. */
bool run_may_move(struct rollout_run *, struct view *);

/* work.c: one piece of work at a time, on a worker. */
enum work_state { WORK_NONE, WORK_RUNS, WORK_DONE, WORK_FAILED };
struct work *work_new(const struct rollout_options *);
void work_free(struct work *); /* waits */
/* The hooks of all targets before or after traffic that answer, each function once; with `synthetic` then
 * every request that goes to a version directly, once. */
void work_start_hooks(struct work *, const struct rollout *, bool after, bool synthetic);
/* The synthetic requests that are due now; none: nothing starts. */
void work_start_synthetic(struct work *, const struct rollout *);

struct work_result {
    enum work_state state;
    struct str why;      /* of WORK_FAILED; in the arena */
    const int64_t *sent; /* by target: requests to its new version; until the next start; or NULL */
    int64_t failed;
};
/* Of WORK_DONE and WORK_FAILED: takes the result, so that the next call gives WORK_NONE. */
struct work_result work_take(struct work *, struct arena *);

#endif
