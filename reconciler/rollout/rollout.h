#ifndef PLUMB_RECONCILER_ROLLOUT_ROLLOUT_H
#define PLUMB_RECONCILER_ROLLOUT_ROLLOUT_H

/*
 * A rollout: how traffic moves from the old versions of one release's functions to the new ones, and how far
 * it is.  All of it is in release.json, so that another instance can go on at the right step with nothing but
 * the ledger and the account.
 *
 * Everything lives in the arena of whoever made or read it.
 */

#include "base/value.h"
#include "environments/deployment.h"

enum rollout_phase {
    ROLLOUT_NONE,     /* there is no rollout */
    ROLLOUT_WAITING,  /* nothing has begun: alarms are looked at, hooks are still to run */
    ROLLOUT_BEFORE,   /* BeforeAllowTraffic hooks and synthetic requests; the new version has no traffic */
    ROLLOUT_SHIFTING, /* it has the weight of `step` */
    ROLLOUT_AFTER,    /* it has all traffic; AfterAllowTraffic hooks */
    ROLLOUT_ROLLING_BACK, /* the old version is to get all traffic again */
    ROLLOUT_SUCCEEDED,
    ROLLOUT_ROLLED_BACK, /* the old version has all traffic */
    ROLLOUT_LEFT,        /* somebody else moved the traffic: it stays where they put it */
};

enum traffic_kind { TRAFFIC_FUNCTION, TRAFFIC_STATE_MACHINE, TRAFFIC_API_STAGE, TRAFFIC_KINDS };

/* An alias that moves, or a stage of an API.  Versions: a function's number, a state machine version's ARN,
 * the id of an API's deployment. */
struct rollout_target {
    enum traffic_kind kind;
    struct str logical_id;
    struct str function, alias; /* the function's name or the state machine's; the API's and its stage's */
    struct str physical_id;     /* ARN of the alias; of a stage "restapis/ID/stages/NAME" */
    struct str old_version, new_version;
    struct str revision;  /* RevisionId of a function's alias after plumb's last write; empty: not known */
    struct value *after;  /* the inventory entry of the alias as it is to be recorded on success */
    struct value *canary; /* of a stage: what its CanarySetting says of variables and cache; or NULL */
    struct str before_hook, after_hook; /* functions; or empty */
    /* With CodeDeploy. */
    struct str application, group;
    struct str deployment; /* id, as soon as it is known */
    int64_t synthetic;     /* requests that plumb has sent to the new version in this step */
    bool back;             /* rolling back: the old version is known to have all traffic */
};

struct rollout_settings {
    struct str *alarms; /* names */
    size_t alarm_count;
    int64_t hook_timeout_ms, minimum_invocations, hold_limit_ms, keep_versions;
    bool fix_forward;
    bool hooks_by_codedeploy; /* the driver is plumb, and hooks report to CodeDeploy */
    const struct value *compare, *checks, *synthetic, *notify; /* as in struct deployment, resolved */
};

struct rollout {
    enum rollout_phase phase;
    bool codedeploy;
    struct str id;  /* of hooks and deployments: "1f0c..."; the same however often it is taken over */
    struct str key; /* of what Git asks for: a rollout of the same key is the same attempt */
    struct rollout_target *targets; /* in the order in which they move: what is called before its callers */
    size_t target_count;
    struct deployment_step *steps;
    size_t step_count;
    struct rollout_settings settings;

    size_t step;                /* the weight that was set last; step_count: all traffic */
    int64_t started_ms;         /* wall times; 0: not yet */
    int64_t traffic_ms;         /* since when the new version has traffic */
    int64_t since_ms;           /* since when the present step stands; 0: it does not yet */
    int64_t hold_since_ms;      /* it holds since then; 0: it does not */
    struct str hold;            /* why it holds, a sentence */
    bool paused;                /* by a person: holds without a limit */
    bool approved;              /* the present step may be left: `plumb rollout promote` */
    int64_t order;              /* the number of the last order that was obeyed (orders.h) */
    struct str reason;          /* why it goes or went back; of success what was seen */
    struct str *ignored_alarms; /* red before the start */
    size_t ignored_alarm_count;
    bool superseded;              /* it goes back because Git asks for something else now */
    bool before_done, after_done; /* hooks */
    int64_t synthetic_sent, synthetic_failed;
    struct value *memory;  /* of the evidence (evidence.h), or NULL */
    struct value *restore; /* list of inventory entries as they were before the release: of functions */
    struct value *history; /* list of {"number", "time", "weight", "event"}: what happened, in words; of what
                            * is told to others also {"notice": "step", "reason"}; never NULL */
    int64_t told;          /* the number of the last line that was told to others */
};

/* The name, with the rollout's id behind it, of an alias that is there while a hook runs (hook_deployment.c).
 */
#define ROLLOUT_HOOK_ALIAS "plumb-hook-"

enum { ROLLOUT_HISTORY_MAX = 300 }; /* then the oldest but the first go */

/* JSON for release.json; a `null` or missing node reads as phase ROLLOUT_NONE. */
struct value *rollout_write(struct arena *, const struct rollout *);
struct rollout rollout_read(struct arena *, const struct value *);
/* False where a newer plumb wrote a phase, a driver or a kind of target that this one does not know: *what of
 * them, and the word. */
bool rollout_is_known(const struct value *, const char **what, struct str *word);

/* "shifting", ... */
const char *rollout_phase_name(enum rollout_phase);
bool rollout_is_over(const struct rollout *); /* succeeded, rolled back or left */

/* Percent that the new version is to have now. */
int64_t rollout_weight(const struct rollout *);
/* Percent at a step: at step_count 100. */
int64_t rollout_weight_at(const struct rollout *, size_t step);

/* Adds a line to the history. */
void rollout_note(struct rollout *, struct arena *, int64_t now_ms, int64_t weight, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* The last line is to be told to others, as a notice of that kind (notify.h). */
void rollout_announce(struct rollout *, struct arena *, const char *kind, struct str reason);

/* "10 % for 5 min, then all": the steps in words. */
struct str rollout_steps_in_words(struct arena *, const struct deployment_step *, size_t count);
/* "1 min 30 s" */
struct str duration_in_words(struct arena *, int64_t ms);

#endif
