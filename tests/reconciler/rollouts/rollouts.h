#ifndef PLUMB_TESTS_ROLLOUTS_H
#define PLUMB_TESTS_ROLLOUTS_H

/*
 * Rollouts by the thousand: the engine, as instances of plumb that die, sleep and take over from each other,
 * against the simulator in this process on the virtual clock, with all that goes wrong drawn from a seed.
 *
 * plan.c draws what happens; account.c makes the account and moves it as people and chance do; ledger.c is
 * the keeper, in memory; life.c runs the instances; watch.c looks at every alias after every call and says
 * what must not be; world.c plays one seed.
 */

#include <stdatomic.h>

#include "base/log.h"
#include "base/workers.h"
#include "reconciler/rollout/engine.h"
#include "tests/simulator/inprocess.h"
#include "tests/simulator/internal.h"

enum { TARGETS_MAX = 4, STEPS_MAX = 12, ALARMS_MAX = 3, EVENTS_MAX = 64, BLOWS_MAX = 8, SLOTS = 2 };

#define ACCOUNT "111111111111"
#define REGION "us-east-1"
#define ALIAS "live"

/* --- plan.c --- */

enum event_kind {
    EVENT_ALARM,   /* `which` gets the state `word`; "": it is deleted */
    EVENT_TRAFFIC, /* `number` requests a minute to every function */
    EVENT_PERSON,  /* moves the alias of `which` to where `number` says: enum person_move */
    EVENT_DELETE,  /* version `number` of `which`, unless an alias points to it */
    EVENT_FAULT,   /* `number` calls of service `word`, operation `other` (or ""), get the fault `fault` */
    EVENT_GIT,     /* is out of order for `number` ms: no save, no word from it; `which`: only saves are */
    EVENT_ORDER,   /* `word`: "abort", "promote", "pause", "resume" */
    EVENT_NEWER,   /* Git asks for something else from now on; `number` 0: no more */
    EVENT_QUIET,   /* nothing goes wrong any more */
};

enum person_move { PERSON_OTHER, PERSON_BROKEN, PERSON_OLD, PERSON_NEW, PERSON_PLANNED, PERSON_MOVES };

struct event {
    int64_t at_ms; /* after the begin */
    enum event_kind kind;
    size_t which;
    int64_t number, ms;
    const char *word, *other, *fault;
};

/* What happens to the nth instance. */
struct blow {
    int64_t kill_at;  /* dies at this call to the outside; 0: it does not */
    bool after;       /* when the call has been carried out */
    int64_t sleep_at; /* stands still at this call for `sleep_ms` */
    int64_t sleep_ms, restart_ms;
};

struct plan {
    uint64_t seed, chance;
    bool codedeploy;
    enum traffic_kind last; /* what the last target is; the others are functions */
    size_t targets;
    struct deployment_step steps[STEPS_MAX];
    size_t step_count;
    const char *configuration; /* of CodeDeploy */
    bool linear;
    int64_t percent, minutes;
    size_t alarms;
    bool measured[ALARMS_MAX]; /* follows a metric, not the events */
    const char *first_state[ALARMS_MAX];
    int64_t minimum, hold_limit_ms, hook_timeout_ms, per_minute, tick_ms, quiet_ms;
    bool calm; /* nothing keeps plumb from doing what it should in time */
    bool fix_forward, compare, synthetic, rival, saves_lie;
    bool before, after, before_fails, after_fails, hooks_silent;
    int64_t hooks_after_ms, hooks_times;
    const char *error_rate; /* of the new version */
    struct event events[EVENTS_MAX];
    size_t event_count;
    struct blow blows[BLOWS_MAX];
};

void plan_draw(struct plan *, uint64_t seed);
uint64_t plan_below(struct plan *, uint64_t bound);

/* --- what is known of one seed's run --- */

enum author { AUTHOR_NOBODY, AUTHOR_PLUMB, AUTHOR_CODEDEPLOY, AUTHOR_PERSON };

/* The weight of an alias that goes where no rollout sends it. */
enum { FOREIGN = -1 };

/* An alias, as it was seen last. */
struct sight {
    char text[200];
    int64_t weight; /* of the new version; FOREIGN */
    enum author author;
    int64_t moved_ms; /* by a person */
    bool returned;    /* has gone back */
    int64_t shifted_ms, shifted_sent,
        all_sent;                /* CodeDeploy's last shift; requests as below, until it and ever */
    int64_t sent[STEPS_MAX + 4]; /* by position: requests of plumb itself to the new version */
};

struct world;

/* An instance of plumb. */
struct life {
    struct world *world;
    size_t number;
    int64_t calls;
    struct blow blow;
    struct inprocess account;
    struct http http;
    atomic_bool dead;
    int64_t asleep_until, epoch, leased_ms;
    bool lost;
    bool stopped; /* was told so: nothing may go forward */
    bool heard;   /* listened with success since its last step */
    struct reading {
        char states[ALARMS_MAX]; /* of alarms */
        int64_t at_ms;
    } alarms, sent; /* as it read them last; as an answer tells that may not arrive */
    int64_t looked_ms[TARGETS_MAX];
    struct rollout_run *run;
};

enum { LINES = 60, LINE_MAX = 240 };

struct world {
    struct plan plan;
    struct arena *arena;
    struct scheduler *scheduler;
    struct simulator *simulator;
    struct clock clock;
    struct random random;
    struct log log;
    struct workers *work;
    int64_t begin_ms;
    /* The ledger. */
    struct arena *record_arena;
    struct str record; /* release.json's part, as text */
    struct rollout recorded;
    int64_t record_position, epoch, lease_until_ms, saves;
    struct life *holder;
    int64_t git_down_until, saves_down_until;
    int64_t order_number;
    const char *order;
    bool newer, paused; /* paused: was once */
    /* The account, as the watch knows it. */
    struct sight sights[TARGETS_MAX];
    int64_t forward_ms[STEPS_MAX + 4]; /* by position: when it was first saved, or written last */
    int64_t furthest;                  /* position that the ledger ever held */
    int64_t promoted;                  /* the position that may be left by a person's word */
    bool deleted[TARGETS_MAX];         /* the old version, by a person */
    /* How it went. */
    bool over;
    enum rollout_phase phase;
    size_t lives;
    uint64_t calls, hash;
    char failure[400];
    char lines[LINES][LINE_MAX]; /* a ring */
    uint64_t line_count;
    bool loud;
};

int64_t world_now(const struct world *); /* after the begin */
void world_note(struct world *, const char *format, ...) PRINTF_LIKE(2, 3);
void world_fail(struct world *, const char *format, ...) PRINTF_LIKE(2, 3);

/* --- account.c --- */
void account_make(struct world *);
void account_play(struct world *, const struct event *);
struct rollout account_rollout(struct world *);
/* 'O', 'A', 'I', or 'D' for one that is not there. */
char account_alarm(const struct world *, size_t index);
/* Where the alias of a target points: "1", "1 2=0.1". */
void account_alias(const struct world *, size_t target, char *text, size_t size);
int64_t account_invocations(struct world *, size_t target, int64_t from_ms);
struct str account_name(struct arena *, const struct world *, size_t target);
enum traffic_kind account_kind(const struct world *, size_t target);

/* --- ledger.c --- */
struct rollout_keeper ledger_keeper(struct life *);
bool ledger_take(struct life *);
void ledger_give(struct world *, const struct rollout *); /* the first record */
WARN_UNUSED bool ledger_prolong(struct life *, struct error *);
int64_t position_of(const struct rollout *);

/* --- life.c --- */
void life_run(struct world *); /* lives and dies, until the rollout is over */
void life_rest(struct life *); /* while it stands still */
void life_kill(struct life *);

/* --- watch.c --- */
/* After something was done by `author`: `life` of AUTHOR_PLUMB, else NULL. */
void watch_aliases(struct world *, enum author, struct life *);
void watch_request(void *life, const struct sim_request *, const struct sim_answer *);
/* Before the ledger holds it. */
void watch_save(struct life *, const struct rollout *);
void watch_saved(struct world *, int64_t from); /* it holds it; at which position it was before */
void watch_time(struct world *);                /* what happened by itself */
void watch_end(struct world *, const struct rollout *);

/* --- world.c --- */
struct outcome {
    uint64_t rollouts, phases[ROLLOUT_LEFT + 1], lives, calls, hash, failures;
};
/* Plays a seed; false, and tells on standard error, where something was not as it must be. */
bool world_play(uint64_t seed, bool loud, struct outcome *);

#endif
