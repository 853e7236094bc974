#include "reconciler/review.h"

#include <string.h>

#include "reconciler/note.h"

/* Other events of the account move the ref, too. */
enum { ATTEMPTS = 20, BACKOFF_MS = 50, HASH_SHOWN = 12 };

static struct note note_of(const struct review_place *place)
{
    return note_at(place->ledger, NULL, place->region, place->environment, place->application,
                   "reviews.json");
}

static struct plan_review read_one(struct arena *arena, const struct value *node)
{
    const struct value *approvals = value_get(node, "approvals");
    size_t count = value_is(approvals, VALUE_LIST) ? approvals->count : 0;
    struct plan_review review = {
        .pull = value_get_int(node, "pullRequest", 0),
        .head = value_get_text(node, "head"),
        .base = value_get_text(node, "base"),
        .substance = value_get_text(node, "plan"),
        .asked = value_get_text(node, "asked"),
        .time = value_get_text(node, "time"),
        .approvals = arena_array(arena, count + 1, sizeof *review.approvals),
        .approval_count = count,
    };
    for (size_t i = 0; i < count; i++)
        review.approvals[i] = (struct review_approval){.by = value_get_text(approvals->items[i], "by"),
                                                       .time = value_get_text(approvals->items[i], "time")};
    return review;
}

bool reviews_load(const struct review_place *place, struct arena *arena, struct plan_reviews *out,
                  struct error *error)
{
    const struct note note = note_of(place);
    struct value *root;
    *out = (struct plan_reviews){.count = 0};
    if (!note_load(&note, arena, &root, error))
        return false;
    const struct value *list = value_get(root, "reviews");
    size_t count = value_is(list, VALUE_LIST) ? list->count : 0;
    out->items = arena_array(arena, count + 1, sizeof *out->items);
    for (; out->count < count; out->count++)
        out->items[out->count] = read_one(arena, list->items[out->count]);
    return true;
}

static void set(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

static struct value *write_one(struct arena *arena, const struct plan_review *review)
{
    struct value *node = value_map(arena), *approvals = value_list(arena);
    value_setz(arena, node, "pullRequest", value_int(arena, review->pull));
    set(arena, node, "head", review->head);
    set(arena, node, "base", review->base);
    set(arena, node, "plan", review->substance);
    set(arena, node, "asked", review->asked);
    set(arena, node, "time", review->time);
    for (size_t i = 0; i < review->approval_count; i++) {
        struct value *approval = value_map(arena);
        set(arena, approval, "by", review->approvals[i].by);
        set(arena, approval, "time", review->approvals[i].time);
        value_append(arena, approvals, approval);
    }
    value_setz(arena, node, "approvals", approvals);
    return node;
}

static struct value *write_all(struct arena *arena, const struct plan_reviews *reviews)
{
    struct value *root = value_map(arena), *list = value_list(arena);
    size_t first = reviews->count > REVIEWS_MAX ? reviews->count - REVIEWS_MAX : 0;
    for (size_t i = first; i < reviews->count; i++)
        value_append(arena, list, write_one(arena, &reviews->items[i]));
    value_setz(arena, root, "reviews", list);
    return root;
}

/* The same review, whenever it was shown. */
static bool is_same(struct arena *arena, const struct plan_review *a, const struct plan_review *b)
{
    struct plan_review other = *b;
    other.time = a->time;
    return value_equal(write_one(arena, a), write_one(arena, &other));
}

/* In *next the reviews with this one of the pull request, or without any of it; false: nothing changes. */
static bool exchange(struct arena *arena, const struct plan_reviews *now, int64_t pull,
                     const struct plan_review *review, struct plan_reviews *next)
{
    bool changes = review != NULL;
    next->items = arena_array(arena, now->count + 1, sizeof *next->items);
    next->count = 0;
    for (size_t i = 0; i < now->count; i++) {
        if (now->items[i].pull != pull)
            next->items[next->count++] = now->items[i];
        else
            changes = !review || !is_same(arena, &now->items[i], review);
    }
    if (review)
        next->items[next->count++] = *review;
    return changes;
}

static bool append(const struct review_place *place, struct arena *arena, int64_t pull,
                   const struct plan_review *review, const struct plan_reviews *next, struct error *error)
{
    const struct note note = note_of(place);
    bool approved = review && review->approval_count;
    const char *what = !review ? "forgotten" : approved ? "approved" : "shown";
    struct note_change change = {
        .what = arena_printf(arena, "plan of pull request #%lld %s", (long long)pull, what),
        .trailer = {"Pull-Request", arena_printf(arena, "%lld", (long long)pull)},
        .content = write_all(arena, next),
    };
    if (review)
        change.body = arena_printf(
            arena, "plan %.*s of %.7s into %.7s%s%.*s", STR_ARG(str_slice(review->substance, 0, HASH_SHOWN)),
            arena_strz(arena, review->head), arena_strz(arena, review->base),
            approved ? ", approved by " : "", STR_ARG(approved ? review->approvals[0].by : STR_EMPTY));
    return note_append(&note, arena, &change, error);
}

static bool put(const struct review_place *place, const struct clock *clock, struct arena *arena,
                int64_t pull, const struct plan_review *review, struct error *error)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct plan_reviews now, next;
        error_clear(error);
        if (!reviews_load(place, arena, &now, error))
            return false;
        if (!exchange(arena, &now, pull, review, &next) || append(place, arena, pull, review, &next, error))
            return true;
        if (error->code != ERROR_CONFLICT)
            return false;
        clock_sleep(clock, BACKOFF_MS * (attempt + 1));
        struct error why = ERROR_INIT;
        if (!ledger_refresh(place->ledger, &why)) {
            *error = why;
            return false;
        }
    }
    return false;
}

bool review_record(const struct review_place *place, const struct clock *clock, struct arena *arena,
                   const struct plan_review *review, struct error *error)
{
    return put(place, clock, arena, review->pull, review, error);
}

bool review_forget(const struct review_place *place, const struct clock *clock, struct arena *arena,
                   int64_t pull, struct error *error)
{
    struct plan_reviews now;
    if (!reviews_load(place, arena, &now, error))
        return false;
    for (size_t i = 0; i < now.count; i++)
        if (now.items[i].pull == pull)
            return put(place, clock, arena, pull, NULL, error);
    return true;
}

/* ---- By which policy ---- */

struct policy_walk {
    struct subject *subject;
    struct arena *arena;
    struct str digest; /* of environment.yaml where it was read last */
    enum pull_apply strictest;
};

/* An environment that cannot be read, or was not there, said nothing. */
static bool look_at_commit(struct policy_walk *walk, const struct commit_id *commit, struct error *error)
{
    struct session *session = walk->subject->session;
    const struct environment *own = &walk->subject->environment;
    struct environment then;
    struct snapshot *snapshot;
    struct error ignored = ERROR_INIT;
    struct str digest = STR_EMPTY;
    if (!snapshot_open(session_mirror(session), commit, &snapshot, error))
        return false;
    struct files files = snapshot_files(snapshot);
    struct str path = arena_printf(walk->arena, "%.*s/environment.yaml", STR_ARG(own->directory));
    if (files_digest(&files, walk->arena, path, &digest, &ignored) && !str_equal(digest, walk->digest) &&
        environment_load(&files, walk->arena, own->name, &then, &ignored) &&
        then.pull_requests.apply > walk->strictest)
        walk->strictest = then.pull_requests.apply;
    walk->digest = digest;
    snapshot_close(snapshot);
    return true;
}

/* From the commit at hand, along what the branch was, to the one that was released last. */
static bool policy_of(struct subject *subject, enum pull_apply *policy, struct error *error)
{
    struct commit_id commit = *session_commit(subject->session);
    const char *last = subject->release.commit.hex;
    struct policy_walk walk = {
        .subject = subject, .arena = arena_new(), .strictest = subject->environment.pull_requests.apply};
    bool done = true;
    for (size_t i = 0; done && *last && i < REVIEW_COMMITS_MAX && commit.hex[0]; i++) {
        done = look_at_commit(&walk, &commit, error);
        if (!done || strcmp(commit.hex, last) == 0)
            break;
        struct commit_id child = commit;
        done = mirror_parent(session_mirror(subject->session), &child, &commit, error);
    }
    arena_free(walk.arena);
    *policy = walk.strictest;
    return done;
}

/* ---- The check ---- */

/* Of those about this plan the newest that was approved, else the newest; where there is none of them, the
 * newest of all. */
static const struct plan_review *find(const struct plan_reviews *reviews, const struct plan *plan)
{
    const struct plan_review *same = NULL;
    for (size_t i = 0; i < reviews->count; i++) {
        const struct plan_review *one = &reviews->items[i];
        if (str_equal(one->substance, plan->substance) &&
            (!same || one->approval_count || !same->approval_count))
            same = one;
    }
    return same || !reviews->count ? same : &reviews->items[reviews->count - 1];
}

/* Did a release of the same commit begin already, of just what was reviewed? */
static bool goes_on(const struct subject *subject, const struct plan_reviews *reviews,
                    const struct plan *plan, bool approved)
{
    const struct release *release = &subject->release;
    if (release->state == RELEASE_NONE || release->state == RELEASE_ADOPTED ||
        strcmp(release->commit.hex, plan->input.commit.hex) != 0)
        return false;
    for (size_t i = 0; i < reviews->count; i++)
        if (str_equal(reviews->items[i].asked, plan->asked) &&
            (!approved || reviews->items[i].approval_count))
            return true;
    return false;
}

static struct str why_held(const struct subject *subject, const struct plan *plan,
                           const struct plan_review *review, enum pull_apply policy)
{
    struct arena *arena = subject->arena;
    struct str name = arena_printf(arena, "%.*s/%.*s", STR_ARG(subject->environment.name),
                                   STR_ARG(subject->application->name));
    struct str mode = str_from(pull_apply_name(policy));
    if (!review)
        return arena_printf(arena,
                            "no pull request showed this plan, and pullRequests.apply of '%.*s' is '%.*s': "
                            "look at it by `plumb plan %.*s` and do it by `plumb apply %.*s`",
                            STR_ARG(subject->environment.name), STR_ARG(mode), STR_ARG(name), STR_ARG(name));
    if (!str_equal(review->substance, plan->substance))
        return arena_printf(
            arena,
            "this is not the plan that pull request #%lld showed (%.*s, now %.*s): Git or the account has "
            "moved since; approve it there, or do it by `plumb apply %.*s`",
            (long long)review->pull, STR_ARG(str_slice(review->substance, 0, HASH_SHOWN)),
            STR_ARG(str_slice(plan->substance, 0, HASH_SHOWN)), STR_ARG(name));
    return arena_printf(arena,
                        "nobody has approved the plan that pull request #%lld showed, and pullRequests.apply "
                        "of '%.*s' is '%.*s': approve it there, or do it by `plumb apply %.*s`",
                        (long long)review->pull, STR_ARG(subject->environment.name), STR_ARG(mode),
                        STR_ARG(name));
}

bool review_check(struct subject *subject, const struct plan *plan, struct review_verdict *verdict,
                  struct error *error)
{
    const struct review_place place = {.ledger = subject->ledger,
                                       .region = subject->environment.region,
                                       .environment = subject->environment.name,
                                       .application = subject->application->name};
    struct plan_reviews reviews;
    *verdict = (struct review_verdict){.holds = false};
    enum pull_apply policy;
    if (!plan_has_changes(plan) || plan_only_heals(plan))
        return true;
    if (!policy_of(subject, &policy, error))
        return false;
    if (policy == PULL_APPLY_ALWAYS)
        return true;
    if (!reviews_load(&place, subject->arena, &reviews, error))
        return false;
    bool approved = policy == PULL_APPLY_ASK;
    if (goes_on(subject, &reviews, plan, approved))
        return true;
    const struct plan_review *review = find(&reviews, plan);
    verdict->holds =
        !review || !str_equal(review->substance, plan->substance) || (approved && !review->approval_count);
    if (verdict->holds)
        verdict->why = why_held(subject, plan, review, policy);
    return true;
}
