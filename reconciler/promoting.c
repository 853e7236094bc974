#include "reconciler/promoting.h"

#include <string.h>

#include "gitsync/lineage.h"
#include "reconciler/holds.h"
#include "reconciler/promotion_text.h"
#include "reconciler/release_set.h"

enum { COMMITS_MAX = 1000 };

struct promoting {
    const struct promotion_question *question;
    struct arena *arena;
    struct promotion_outcome *outcome;
    struct subject *subject; /* the target as it would be */
    struct plan *plan;
};

/* Of a first promotion nobody knows where it began: the revision alone counts. */
bool promotion_commits(const struct promotion_question *question, struct arena *arena,
                       struct promotion_outcome *outcome, struct error *error)
{
    const struct promotion_verdict *verdict = &outcome->verdict;
    struct mirror *mirror = session_mirror(question->session);
    if (verdict->from.hex[0])
        return commits_between(mirror, arena, &verdict->from, &verdict->to, COMMITS_MAX, &outcome->commits,
                               &outcome->commit_count, &outcome->more, error);
    outcome->commits = arena_array(arena, 1, sizeof *outcome->commits);
    outcome->commit_count = 1;
    return mirror_commit(mirror, arena, &verdict->to, outcome->commits, error);
}

/* Does it come to something that was taken back, under another commit? */
static bool check_held(struct promoting *promoting, struct error *error)
{
    struct subject *subject = promoting->subject;
    struct promotion_verdict *verdict = &promoting->outcome->verdict;
    struct holds holds;
    if (!subject_recall(subject, error) || !subject_render(subject, error) ||
        !holds_load(subject->ledger, promoting->arena, subject->environment.region, subject->environment.name,
                    subject->application->name, &holds, error))
        return false;
    struct str key = release_set_key(promoting->arena, &subject->desired, subject->application);
    const struct hold *hold = holds_find(&holds, &verdict->to, key);
    if (!hold)
        return true;
    verdict->state = PROMOTION_NONE;
    verdict->reason_count = 1;
    verdict->reasons[0] =
        arena_printf(promoting->arena, "%.7s comes to the same as %.7s, which is held since %.*s: %.*s",
                     verdict->to.hex, hold->revision.hex, STR_ARG(hold->at), STR_ARG(hold->reason));
    return true;
}

/* The target at the candidate, planned against what is live. */
static bool plan_target(struct promoting *promoting, struct error *error)
{
    const struct promotion_question *question = promoting->question;
    if (!subject_open(question->session, question->environment->name, question->application->name,
                      &promoting->subject, error))
        return false;
    promoting->subject->commit = promoting->outcome->verdict.to;
    if (!check_held(promoting, error))
        return false;
    if (promoting->outcome->verdict.state != PROMOTION_READY)
        return true;
    if (!subject_plan(promoting->subject, &promoting->plan, error))
        return error_prefix(error, "the plan for it");
    promoting->outcome->plan_hash = arena_str(promoting->arena, promoting->plan->hash);
    return true;
}

static bool propose(struct promoting *promoting, enum promotion_way way, struct error *error)
{
    const struct promotion_question *question = promoting->question;
    struct promotion_outcome *outcome = promoting->outcome;
    struct arena *arena = promoting->arena;
    struct str environment = question->environment->name, application = question->application->name;
    struct str name = arena_printf(arena, "%.*s/%.*s", STR_ARG(environment), STR_ARG(application));
    struct str earlier = arena_printf(arena, "%.*s/%.*s", STR_ARG(question->from), STR_ARG(application));
    const struct promotion_text text = {.name = name,
                                        .earlier = earlier,
                                        .promotion = &question->application->promotion,
                                        .verdict = &outcome->verdict,
                                        .commits = outcome->commits,
                                        .commit_count = outcome->commit_count,
                                        .more = outcome->more,
                                        .subject = promoting->subject,
                                        .plan = promoting->plan};
    const struct proposal proposal = {
        .session = question->session,
        .forge = question->forge,
        .environment = question->environment,
        .application = question->application,
        .branch = proposal_branch(arena, "promote", environment, application),
        .revision = outcome->verdict.to,
        .title = arena_printf(arena, "Promote %.*s to %.7s", STR_ARG(name), outcome->verdict.to.hex),
        .message = arena_printf(arena, "%.*s released it at %.*s.\n\nPlan-Hash: %.*s\n", STR_ARG(earlier),
                                STR_ARG(outcome->verdict.release.finished), STR_ARG(outcome->plan_hash)),
        .body = promotion_text(arena, &text),
    };
    return way == PROMOTION_PUSH ? proposal_push(&proposal, arena, &outcome->proposed.head, error)
                                 : proposal_put(&proposal, arena, &outcome->proposed, error);
}

bool promotion_propose(const struct promotion_question *question, enum promotion_way way, struct arena *arena,
                       struct promotion_outcome *outcome, struct error *error)
{
    struct promoting promoting = {.question = question, .arena = arena, .outcome = outcome};
    *outcome = (struct promotion_outcome){.plan_hash = STR_EMPTY};
    if (!promotion_judge(question, arena, &outcome->verdict, error))
        return false;
    if (outcome->verdict.state != PROMOTION_READY)
        return true;
    bool ok = promotion_commits(question, arena, outcome, error) && plan_target(&promoting, error) &&
              (outcome->verdict.state != PROMOTION_READY || propose(&promoting, way, error));
    plan_free(promoting.plan);
    subject_close(promoting.subject);
    return ok;
}
