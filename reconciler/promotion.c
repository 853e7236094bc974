#include "reconciler/promotion.h"

#include <string.h>

#include "reconciler/health.h"
#include "reconciler/holds.h"

struct judge {
    const struct promotion_question *question;
    struct arena *arena;
    struct promotion_verdict *verdict;
    struct environment earlier;
    struct ledger *ledger; /* of the earlier stage */
    struct str name;       /* "gamma/orders" */
};

static void add(struct judge *judge, struct str reason)
{
    struct promotion_verdict *verdict = judge->verdict;
    if (verdict->reason_count < PROMOTION_REASONS_MAX)
        verdict->reasons[verdict->reason_count++] = reason;
}

/* It waits for something more. */
static void wait(struct judge *judge, struct str reason)
{
    judge->verdict->state = PROMOTION_WAITS;
    add(judge, reason);
}

/* There is nothing to promote; always true, as a judgement that is done. */
static bool nothing(struct judge *judge, struct str reason)
{
    judge->verdict->state = PROMOTION_NONE;
    judge->verdict->reason_count = 0;
    add(judge, reason);
    return true;
}

/* --- the earlier stage --- */

static bool read_earlier(struct judge *judge, struct error *error)
{
    const struct promotion_question *question = judge->question;
    struct str application = question->application->name;
    judge->name = arena_printf(judge->arena, "%.*s/%.*s", STR_ARG(question->from), STR_ARG(application));
    if (!environment_load(session_files(question->session), judge->arena, question->from, &judge->earlier,
                          error))
        return error_prefix(error, "promotion from '%.*s'", STR_ARG(question->from));
    if (str_equal(question->from, question->environment->name))
        return error_set(error, ERROR_INVALID, "'%.*s' cannot be promoted to itself", STR_ARG(judge->name));
    if (!environment_application(&judge->earlier, application))
        return error_set(error, ERROR_NOT_FOUND, "promotion from '%.*s': there is no application '%.*s'",
                         STR_ARG(question->from), STR_ARG(application));
    return session_ledger(question->session, judge->earlier.account, &judge->ledger, error) &&
           release_load(judge->ledger, judge->arena,
                        record_path(judge->arena, judge->earlier.region, judge->earlier.name, application,
                                    "release.json"),
                        &judge->verdict->release, error);
}

/* Why the last release of the earlier stage is none to build on; empty: it is. */
static struct str unhealthy(struct judge *judge)
{
    const struct release *release = &judge->verdict->release;
    struct arena *arena = judge->arena;
    switch (release->state) {
    case RELEASE_RELEASED:
        return STR_EMPTY;
    case RELEASE_NONE:
        return arena_printf(arena, "%.*s was never released", STR_ARG(judge->name));
    case RELEASE_ADOPTED:
        return arena_printf(arena, "%.*s was only adopted so far, not released", STR_ARG(judge->name));
    case RELEASE_APPLYING:
        return arena_printf(arena, "%.*s is being released", STR_ARG(judge->name));
    case RELEASE_ROLLING:
        return arena_printf(arena, "the traffic of %.*s still moves: %lld %%", STR_ARG(judge->name),
                            (long long)rollout_weight(&release->rollout));
    case RELEASE_FAILED:
        break;
    }
    return arena_printf(arena, "the last release of %.*s failed: %.*s", STR_ARG(judge->name),
                        STR_ARG(release->verdict));
}

/* Long enough without alarms and drift, with a look at the end of that time? */
static bool judge_soak(struct judge *judge, struct error *error)
{
    const struct release *release = &judge->verdict->release;
    int64_t soak_ms = judge->question->application->promotion.soak_ms, now_ms = judge->question->now_ms,
            finished_ms;
    struct health health;
    if (!health_load(judge->ledger, judge->arena, judge->earlier.region, judge->earlier.name,
                     judge->question->application->name, &health, error))
        return false;
    if (!time_parse(release->finished, &finished_ms))
        return error_set(error, ERROR_CORRUPT, "the ledger does not say when %.*s was released",
                         STR_ARG(judge->name));
    bool looked = strcmp(health.commit.hex, release->commit.hex) == 0 && health.looked_ms >= finished_ms;
    if (looked && !health_is_good(&health)) {
        wait(judge, arena_printf(judge->arena, "%.*s is not healthy: %.*s", STR_ARG(judge->name),
                                 STR_ARG(health.reason)));
        return true;
    }
    int64_t since_ms = looked && health.since_ms > finished_ms ? health.since_ms : finished_ms;
    if (now_ms < since_ms + soak_ms)
        wait(judge,
             arena_printf(judge->arena, "%.*s has been healthy for %.*s, %.*s are asked for",
                          STR_ARG(judge->name),
                          STR_ARG(duration_in_words(judge->arena, now_ms > since_ms ? now_ms - since_ms : 0)),
                          STR_ARG(duration_in_words(judge->arena, soak_ms))));
    else if (soak_ms && !looked)
        wait(judge,
             arena_printf(
                 judge->arena,
                 "nobody has looked at %.*s since it was released: `plumb run` there records its health",
                 STR_ARG(judge->name)));
    else if (soak_ms && health.looked_ms < since_ms + soak_ms)
        wait(judge,
             arena_printf(
                 judge->arena,
                 "nobody has looked at %.*s for %.*s: `plumb run` there has to see it healthy after the "
                 "soak",
                 STR_ARG(judge->name), STR_ARG(duration_in_words(judge->arena, now_ms - health.looked_ms))));
    return true;
}

/* --- the target --- */

/* What the target has: its revision, or what was released there last. */
static bool read_target(struct judge *judge, struct holds *holds, struct error *error)
{
    const struct promotion_question *question = judge->question;
    const struct environment *environment = question->environment;
    struct mirror *mirror = session_mirror(question->session);
    struct ledger *ledger;
    struct release release;
    struct str name = question->application->name, revision = question->application->revision;
    if (!session_ledger(question->session, environment->account, &ledger, error) ||
        !holds_load(ledger, judge->arena, environment->region, environment->name, name, holds, error) ||
        !release_load(ledger, judge->arena,
                      record_path(judge->arena, environment->region, environment->name, name, "release.json"),
                      &release, error))
        return false;
    if (!revision.len) {
        judge->verdict->from = release.commit;
        return true;
    }
    return mirror_resolve(mirror, revision, &judge->verdict->from, error) ||
           value_error(question->application->revision_node, error, error->code, "revision '%.*s': %s",
                       STR_ARG(revision), error->message);
}

/* Is the candidate newer?  *done: there is nothing to promote. */
static bool compare(struct judge *judge, bool *done, struct error *error)
{
    const struct promotion_verdict *verdict = judge->verdict;
    const struct environment *target = judge->question->environment;
    struct mirror *mirror = session_mirror(judge->question->session);
    bool pinned = judge->question->application->revision.len > 0, older = false, newer = false;
    struct commit_id known;
    *done = true;
    if (!mirror_resolve(mirror, str_from(verdict->to.hex), &known, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return error_prefix(error, "what %.*s released", STR_ARG(judge->name));
        error_clear(error); /* its ledger is read more often than the branches */
        wait(judge, arena_printf(judge->arena,
                                 "%.*s released %.7s, which is in no branch here: not yet, or not any more",
                                 STR_ARG(judge->name), verdict->to.hex));
        return true;
    }
    if (strcmp(verdict->from.hex, verdict->to.hex) == 0 && pinned)
        return nothing(judge, arena_printf(judge->arena, "%.*s has %.7s already", STR_ARG(target->name),
                                           verdict->to.hex));
    *done = false;
    /* Where the branch was reset, what was released there last may be gone. */
    if (!verdict->from.hex[0] ||
        (!pinned && !mirror_resolve(mirror, str_from(verdict->from.hex), &known, error))) {
        error_clear(error);
        return true;
    }
    if (!mirror_is_ancestor(mirror, &verdict->from, &verdict->to, &newer, error) ||
        !mirror_is_ancestor(mirror, &verdict->to, &verdict->from, &older, error))
        return false;
    *done = !newer;
    if (older && !newer)
        return nothing(judge, arena_printf(judge->arena, "%.*s has %.7s, which is newer than %.7s of %.*s",
                                           STR_ARG(target->name), verdict->from.hex, verdict->to.hex,
                                           STR_ARG(judge->name)));
    if (!newer)
        return nothing(judge,
                       arena_printf(judge->arena, "%.7s of %.*s does not descend from %.7s, which %.*s has",
                                    verdict->to.hex, STR_ARG(judge->name), verdict->from.hex,
                                    STR_ARG(target->name)));
    return true;
}

static struct str held(struct arena *arena, const struct hold *hold)
{
    return arena_printf(arena, "%.7s is held since %.*s: %.*s (by %.*s); a newer revision is promoted again",
                        hold->revision.hex, STR_ARG(hold->at), STR_ARG(hold->reason), STR_ARG(hold->by));
}

/* --- the rest --- */

static const struct status *find_check(const struct statuses *statuses, struct str context)
{
    for (size_t i = 0; i < statuses->count; i++)
        if (str_equal(statuses->items[i].context, context))
            return &statuses->items[i];
    return NULL;
}

static bool judge_checks(struct judge *judge, struct error *error)
{
    static const char *const states[] = {[STATUS_PENDING] = "is pending",
                                         [STATUS_SUCCESS] = "",
                                         [STATUS_FAILURE] = "failed",
                                         [STATUS_ERROR] = "ended in an error"};
    const struct promotion *promotion = &judge->question->application->promotion;
    struct statuses statuses;
    if (!promotion->check_count)
        return true;
    if (!judge->question->forge) {
        wait(judge, STR("its checks cannot be read: no forge is configured"));
        return true;
    }
    if (!forge_statuses(judge->question->forge, judge->arena, str_from(judge->verdict->to.hex), &statuses,
                        error))
        return false;
    for (size_t i = 0; i < promotion->check_count; i++) {
        const struct status *check = find_check(&statuses, promotion->checks[i]);
        if (check && check->state == STATUS_SUCCESS)
            continue;
        wait(judge, arena_printf(judge->arena, "the check '%.*s' of %.7s %s", STR_ARG(promotion->checks[i]),
                                 judge->verdict->to.hex, check ? states[check->state] : "has not reported"));
    }
    return true;
}

static void judge_time(struct judge *judge)
{
    const struct promotion_question *question = judge->question;
    const struct environment *environment = question->environment;
    struct str why;
    if (!promotion_window_open(&question->application->promotion, judge->arena, question->now_ms, &why))
        wait(judge, why);
    if (freeze_in_force(environment->freezes, environment->freeze_count, judge->arena, question->now_ms,
                        &why))
        wait(judge, arena_printf(judge->arena, "%.*s: %.*s", STR_ARG(environment->name), STR_ARG(why)));
}

bool promotion_judge(const struct promotion_question *question, struct arena *arena,
                     struct promotion_verdict *verdict, struct error *error)
{
    struct judge judge = {.question = question, .arena = arena, .verdict = verdict};
    struct holds holds;
    bool done;
    *verdict = (struct promotion_verdict){
        .state = PROMOTION_READY,
        .reasons = arena_array(arena, PROMOTION_REASONS_MAX, sizeof *verdict->reasons)};
    if (!read_earlier(&judge, error) || !read_target(&judge, &holds, error))
        return false;
    struct str why = unhealthy(&judge);
    if (why.len) {
        wait(&judge, why);
        return true;
    }
    verdict->to = verdict->release.commit;
    if (!compare(&judge, &done, error))
        return false;
    if (done)
        return true;
    const struct hold *hold = holds_find(&holds, &verdict->to, STR_EMPTY);
    if (hold)
        return nothing(&judge, held(arena, hold));
    if (!judge_soak(&judge, error) || !judge_checks(&judge, error))
        return false;
    judge_time(&judge);
    return true;
}
