#include "reconciler/pull_preview.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "reconciler/inputs.h"
#include "reconciler/plan_digest.h"
#include "reconciler/pull_explain.h"
#include "reconciler/review.h"

enum { STAGES_MAX = 1000, RENDERED_ROWS_MAX = 100 };

/* One environment on both sides; NULL: it is not there. */
struct side {
    const struct environment *environment;
    struct error error;     /* why it cannot be read */
    struct str *digests;    /* of its applications: by what tells whether they are touched */
    struct inputs **inputs; /* of the base: what each digest was made from */
};

struct stage {
    struct str name;
    struct side base, merged;
    int depth; /* how many stages come before it by promotion */
};

struct looking {
    const struct preview_options *options;
    struct pull_preview *preview;
    struct arena *arena;   /* of the preview: for what is told */
    struct arena *scratch; /* for the rest */
    struct commit_id base, merged;
    struct repository repository; /* of the base branch */
    bool has_repository;
    struct stage *stages;
    size_t count;
};

/* ---- Both sides ---- */

static struct stage *find_stage(const struct looking *looking, struct str name)
{
    for (size_t i = 0; i < looking->count; i++)
        if (str_equal(looking->stages[i].name, name))
            return &looking->stages[i];
    return NULL;
}

static struct stage *stage_of(struct looking *looking, struct str name)
{
    struct stage *known = find_stage(looking, name);
    if (known || looking->count == STAGES_MAX)
        return known;
    struct stage *fresh = &looking->stages[looking->count++];
    *fresh = (struct stage){.name = arena_str(looking->scratch, name)};
    return fresh;
}

static bool is_ours(const struct looking *looking, const struct side *side)
{
    return side->environment && str_equal(side->environment->account, looking->options->account);
}

/* What Git asks of an application, and its file, which may allow what is held.  Notes what it was made from.
 */
static struct str digest_of(struct looking *looking, const struct environment *environment,
                            const struct application *application, struct inputs *inputs)
{
    struct session *session = looking->options->session;
    const struct files *files = session_files(session);
    struct subject *subject = NULL;
    struct error error = ERROR_INIT;
    struct str file = STR_EMPTY, digest;
    if (!files_digest(files, looking->scratch, application->file, &file, &error))
        error_clear(&error);
    inputs_note(inputs, files, application->file);
    inputs_note(inputs, files,
                arena_printf(looking->scratch, "%.*s/environment.yaml", STR_ARG(environment->directory)));
    if (!subject_open(session, environment->name, application->name, &subject, &error))
        return arena_printf(looking->scratch, "%.*s %s", STR_ARG(file), error.message);
    if (application->revision.len)
        inputs_note_revision(inputs, application->revision, str_from(subject->commit.hex));
    else
        subject->inputs = inputs;
    if (!subject_render(subject, &error))
        digest = arena_printf(looking->scratch, "%.*s %s", STR_ARG(file), error.message);
    else
        digest = arena_printf(looking->scratch, "%.*s %.*s", STR_ARG(file),
                              STR_ARG(desired_digest(subject->arena, &subject->desired, subject->application,
                                                     subject->environment.tags)));
    subject_close(subject);
    return digest;
}

static const struct str *digest_in(const struct side *side, struct str application)
{
    const struct application *one =
        side->digests ? environment_application(side->environment, application) : NULL;
    return one ? &side->digests[one - side->environment->applications] : NULL;
}

/* Where nothing that it was made from is another, the digest is not either, and nothing is rendered. */
static const struct str *unchanged(struct looking *looking, const struct side *base, struct str application)
{
    struct session *session = looking->options->session;
    const struct str *digest = digest_in(base, application);
    bool same = digest && inputs_same(base->inputs[digest - base->digests], session_files(session),
                                      session_mirror(session));
    return same ? digest : NULL;
}

static void load_side(struct looking *looking, struct stage *stage, bool merged)
{
    const struct files *files = session_files(looking->options->session);
    struct side *side = merged ? &stage->merged : &stage->base;
    struct environment *environment = arena_alloc(looking->scratch, sizeof *environment);
    if (!environment_load(files, looking->scratch, stage->name, environment, &side->error))
        return;
    side->environment = environment;
    if (!is_ours(looking, side) || looking->preview->told.merged)
        return;
    size_t count = environment->application_count;
    side->digests = arena_array(looking->scratch, count + 1, sizeof *side->digests);
    struct inputs **inputs = arena_array(looking->scratch, count + 1, sizeof *inputs);
    for (size_t i = 0; i < count; i++) {
        const struct application *one = &environment->applications[i];
        const struct str *same = merged ? unchanged(looking, &stage->base, one->name) : NULL;
        inputs[i] = same ? NULL : inputs_new();
        side->digests[i] = same ? *same : digest_of(looking, environment, one, inputs[i]);
    }
    side->inputs = inputs;
}

static void free_inputs(struct side *side)
{
    for (size_t i = 0; side->inputs && i < side->environment->application_count; i++)
        inputs_free(side->inputs[i]);
}

static bool load_all(struct looking *looking, const struct commit_id *commit, bool merged,
                     struct error *error)
{
    struct session *session = looking->options->session;
    struct str *names;
    size_t count = 0;
    if (!session_stand(session, commit, error))
        return false;
    struct error ignored = ERROR_INIT;
    if (!merged)
        looking->has_repository =
            repository_load(session_files(session), looking->scratch, &looking->repository, &ignored);
    if (!files_exist(session_files(session), STR("environments")))
        return true;
    if (!environments_list(session_files(session), looking->scratch, &names, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct stage *stage = stage_of(looking, names[i]);
        if (stage)
            load_side(looking, stage, merged);
    }
    return true;
}

/* ---- Which are touched ---- */

static bool is_touched(const struct stage *stage, struct str application)
{
    const struct str *before = digest_in(&stage->base, application),
                     *after = digest_in(&stage->merged, application);
    return !before || !after || !str_equal(*before, *after);
}

static void changed_settings(struct arena *arena, const struct stage *stage, struct told_texts *out)
{
    const struct value *before = stage->base.environment ? stage->base.environment->node : NULL;
    const struct value *after = stage->merged.environment ? stage->merged.environment->node : NULL;
    for (size_t i = 0; before && after && i < before->count; i++)
        if (!value_equal(before->entries[i].value, value_get_str(after, before->entries[i].key)))
            told_text_add(arena, out, arena_str(arena, before->entries[i].key));
    for (size_t i = 0; before && after && i < after->count; i++)
        if (!value_get_str(before, after->entries[i].key))
            told_text_add(arena, out, arena_str(arena, after->entries[i].key));
}

/* The base branch alone says where plumb goes and as whom. */
static bool goes_elsewhere(const struct stage *stage)
{
    const struct environment *before = stage->base.environment, *after = stage->merged.environment;
    return before && after &&
           (!str_equal(before->account, after->account) || !str_equal(before->region, after->region) ||
            !str_equal(before->role_arn, after->role_arn) ||
            !str_equal(before->external_id, after->external_id));
}

/* ---- One application ---- */

static void fail(struct looking *looking, struct told_application *out, const struct error *error)
{
    out->failure = arena_str(looking->arena, str_from(error->message));
    out->level = TOLD_BLOCKED;
    if (error->code == ERROR_UNAVAILABLE || error->code == ERROR_TIMEOUT || error->code == ERROR_THROTTLED ||
        error->code == ERROR_CONFLICT)
        looking->preview->again = true;
}

/* By the policy of the base branch; the pull request has its own parameters and tags. */
static void take_policy(const struct looking *looking, struct subject *subject,
                        const struct environment *base)
{
    struct environment *own = &subject->environment;
    own->account = base->account;
    own->region = base->region;
    own->role_arn = base->role_arn;
    own->external_id = base->external_id;
    own->pull_requests = base->pull_requests;
    own->guards = base->guards;
    subject->policy = looking->has_repository ? &looking->repository : NULL;
    subject->judged = true; /* whether the commit is trusted is asked after the merge, which makes it */
    subject->background = true;
}

static void tell_plan(struct looking *looking, const struct subject *subject, struct plan *plan,
                      struct told_application *out)
{
    pull_explain(looking->arena, subject, plan, out);
    out->substance = arena_str(looking->arena, plan->substance);
    out->asked = arena_str(looking->arena, plan->asked);
    struct str bound = arena_printf(looking->arena, "%.*s %s %s", STR_ARG(out->substance),
                                    looking->options->head.hex, looking->base.hex);
    out->hash = sha256_hex(looking->arena, bound);
}

static void plan_one(struct looking *looking, const struct stage *stage, struct told_application *out)
{
    struct subject *subject = NULL;
    struct plan *plan = NULL;
    struct error error = ERROR_INIT;
    if (!subject_open(looking->options->session, stage->name, out->name, &subject, &error)) {
        fail(looking, out, &error);
        return;
    }
    take_policy(looking, subject, stage->base.environment);
    if (subject_plan(subject, &plan, &error)) {
        tell_plan(looking, subject, plan, out);
    } else {
        fail(looking, out, &error);
    }
    plan_free(plan);
    subject_close(subject);
}

/* What a template makes, by itself. */
static void render_one(struct looking *looking, const struct stage *stage, struct told_application *out)
{
    struct subject *subject = NULL;
    struct error error = ERROR_INIT;
    if (!subject_open(looking->options->session, stage->name, out->name, &subject, &error) ||
        !subject_render(subject, &error)) {
        fail(looking, out, &error);
        subject_close(subject);
        return;
    }
    const struct desired *desired = &subject->desired;
    out->level = TOLD_CHANGES;
    out->headline = arena_printf(looking->arena, "%zu resource%s, rendered only", desired->count,
                                 desired->count == 1 ? "" : "s");
    for (size_t i = 0; i < desired->count && i < RENDERED_ROWS_MAX; i++)
        told_row_add(
            looking->arena, &out->changes,
            (struct told_row){.resource = arena_str(looking->arena, desired->resources[i].logical_id),
                              .type = arena_str(looking->arena, desired->resources[i].type),
                              .note = STR("new")});
    subject_close(subject);
}

static void tell_application(struct looking *looking, const struct stage *stage, struct told_stage *out,
                             struct str name)
{
    struct told_application *one = &out->applications[out->count++];
    *one = (struct told_application){.name = arena_str(looking->arena, name)};
    if (!digest_in(&stage->merged, name)) {
        one->headline = STR("its file goes; what is in the account stays as it is");
        one->level = TOLD_CARE;
    } else if (out->note.len) {
        render_one(looking, stage, one);
    } else {
        plan_one(looking, stage, one);
    }
}

/* ---- One stage ---- */

static struct str note_of(struct looking *looking, const struct stage *stage, bool *blocked)
{
    *blocked = false;
    if (!stage->base.environment)
        return STR(
            "Not planned: the environment is not on the base branch yet, so nobody has said that plumb "
            "may go to its account. It is rendered only.");
    if (stage->merged.error.code == ERROR_NOT_FOUND)
        return STR("Its directory goes. What is in the account stays as it is.");
    *blocked = true;
    if (!stage->merged.environment)
        return arena_printf(looking->arena, "Its files cannot be read: %s", stage->merged.error.message);
    if (goes_elsewhere(stage))
        return STR(
            "Not planned: account, region or role are others than on the base branch, and a pull request "
            "does not choose where plumb goes. It is rendered only.");
    *blocked = false;
    return STR_EMPTY;
}

/* Of a fork only what the base branch says may be looked at for one. */
static bool is_looked_at(const struct looking *looking, const struct stage *stage)
{
    const struct environment *before = stage->base.environment;
    if (looking->options->fork && !(before && before->pull_requests.forks))
        return false;
    return is_ours(looking, &stage->base) || (!before && is_ours(looking, &stage->merged));
}

static struct pull_policy copy_policy(struct arena *arena, const struct pull_policy *policy)
{
    struct pull_policy own = *policy;
    own.approvers = arena_array(arena, own.approver_count + 1, sizeof *own.approvers);
    for (size_t i = 0; i < own.approver_count; i++)
        own.approvers[i] = arena_str(arena, policy->approvers[i]);
    return own;
}

static void tell_stage(struct looking *looking, struct stage *stage, bool conflicts)
{
    struct arena *arena = looking->arena;
    const struct environment *before = stage->base.environment, *after = stage->merged.environment;
    size_t room = (before ? before->application_count : 0) + (after ? after->application_count : 0);
    const struct environment *known = before ? before : after;
    struct told_pull *told = &looking->preview->told;
    struct told_stage out = {
        .name = arena_str(arena, stage->name),
        .region = arena_str(arena, known->region),
        .applications = arena_array(arena, room + 1, sizeof *out.applications),
        .needs_approval = before && before->pull_requests.apply == PULL_APPLY_ASK,
        .has_approvers = before && before->pull_requests.approver_count,
    };
    if (!after && stage->merged.error.code == ERROR_NONE) /* the directory is not there at all */
        error_set(&stage->merged.error, ERROR_NOT_FOUND, "it is gone");
    out.note = note_of(looking, stage, &out.blocked);
    changed_settings(arena, stage, &out.changed);
    for (size_t i = 0; after && i < after->application_count; i++)
        if (is_touched(stage, after->applications[i].name)) {
            if (conflicts)
                out.applications[out.count++] =
                    (struct told_application){.name = arena_str(arena, after->applications[i].name),
                                              .headline = STR("conflicts"),
                                              .level = TOLD_CARE};
            else
                tell_application(looking, stage, &out, after->applications[i].name);
        }
    for (size_t i = 0; before && after && i < before->application_count; i++)
        if (!digest_in(&stage->merged, before->applications[i].name) && stage->merged.digests)
            tell_application(looking, stage, &out, before->applications[i].name);
    if (!out.count && !out.note.len && !out.changed.count)
        return;
    if (before)
        looking->preview->policies[told->count] = copy_policy(arena, &before->pull_requests);
    told->stages[told->count++] = out;
}

/* ---- The order ---- */

static int depth_of(const struct looking *looking, const struct stage *stage, int limit)
{
    const struct environment *one =
        stage->base.environment ? stage->base.environment : stage->merged.environment;
    int depth = 0;
    for (size_t i = 0; one && limit && i < one->application_count; i++) {
        const struct promotion *promotion = &one->applications[i].promotion;
        const struct stage *from = promotion->present ? find_stage(looking, promotion->from) : NULL;
        int below = from && from != stage ? 1 + depth_of(looking, from, limit - 1) : 0;
        depth = below > depth ? below : depth;
    }
    return depth;
}

/* What the most stages lead to comes first: that is production. */
static int by_depth(const void *a, const void *b)
{
    const struct stage *left = a, *right = b;
    return left->depth != right->depth ? (left->depth < right->depth ? 1 : -1)
                                       : str_compare(left->name, right->name);
}

static void sort_stages(struct looking *looking)
{
    enum { STAGES_DEEP_MAX = 6 };
    for (size_t i = 0; i < looking->count; i++)
        looking->stages[i].depth = depth_of(looking, &looking->stages[i], STAGES_DEEP_MAX);
    if (looking->count)
        qsort(looking->stages, looking->count, sizeof *looking->stages, by_depth);
}

/* ---- All of it ---- */

static bool look(struct looking *looking, struct error *error)
{
    const struct preview_options *options = looking->options;
    struct told_pull *told = &looking->preview->told;
    struct mirror_merge merge;
    if (!mirror_merge(session_mirror(options->session), looking->arena, &looking->base, &options->head,
                      &merge, error))
        return false;
    looking->merged = merge.conflict_count ? options->head : merge.commit;
    told->conflict_count = merge.conflict_count;
    for (size_t i = 0; i < merge.conflict_count && i < MERGE_CONFLICTS_SHOWN; i++)
        told_text_add(looking->arena, &told->conflicts, merge.conflicts[i]);
    if (!load_all(looking, &looking->base, false, error) || !load_all(looking, &looking->merged, true, error))
        return false;
    sort_stages(looking);
    told->stages = arena_array(looking->arena, looking->count + 1, sizeof *told->stages);
    looking->preview->policies =
        arena_array(looking->arena, looking->count + 1, sizeof *looking->preview->policies);
    for (size_t i = 0; i < looking->count; i++) {
        struct stage *stage = &looking->stages[i];
        if (is_looked_at(looking, stage))
            tell_stage(looking, stage, merge.conflict_count > 0);
    }
    return true;
}

/* ---- After a merge ---- */

static bool showed(struct looking *looking, struct subject *subject, int64_t number, struct error *error)
{
    const struct review_place place = {.ledger = subject->ledger,
                                       .region = subject->environment.region,
                                       .environment = subject->environment.name,
                                       .application = subject->application->name};
    struct plan_reviews reviews;
    bool found = false;
    if (!reviews_load(&place, looking->scratch, &reviews, error))
        return false;
    for (size_t i = 0; i < reviews.count; i++)
        found = found || reviews.items[i].pull == number;
    return found;
}

/* Adds the application where it is held. */
static bool hold_one(struct looking *looking, struct subject *subject, struct told_stage *stage,
                     struct error *error)
{
    struct plan *plan = NULL;
    struct review_verdict verdict;
    bool done = subject_plan(subject, &plan, error) && review_check(subject, plan, &verdict, error);
    if (done && verdict.holds) {
        struct told_application *one = &stage->applications[stage->count++];
        *one = (struct told_application){.name = arena_str(looking->arena, subject->application->name)};
        tell_plan(looking, subject, plan, one);
        told_text_add(looking->arena, &one->held, arena_str(looking->arena, verdict.why));
        one->level = TOLD_BLOCKED;
    }
    plan_free(plan);
    return done;
}

static bool hold_stage(struct looking *looking, const struct environment *environment, int64_t number,
                       struct error *error)
{
    struct told_pull *told = &looking->preview->told;
    struct told_stage stage = {
        .name = arena_str(looking->arena, environment->name),
        .region = arena_str(looking->arena, environment->region),
        .applications =
            arena_array(looking->arena, environment->application_count + 1, sizeof *stage.applications),
        .needs_approval = true,
        .has_approvers = environment->pull_requests.approver_count > 0,
    };
    bool done = true;
    for (size_t i = 0; done && i < environment->application_count; i++) {
        struct subject *subject = NULL;
        struct error why = ERROR_INIT;
        if (subject_open(looking->options->session, environment->name, environment->applications[i].name,
                         &subject, &why)) {
            subject->background = true;
            done = subject_recall(subject, error);
            if (done && showed(looking, subject, number, &why) && !hold_one(looking, subject, &stage, &why))
                looking->preview->again = true; /* what keeps it says why it cannot be planned */
        }
        subject_close(subject);
    }
    if (!stage.count)
        return done;
    looking->preview->policies[told->count] = copy_policy(looking->arena, &environment->pull_requests);
    told->stages[told->count++] = stage;
    return done;
}

static bool look_at_held(struct looking *looking, int64_t number, struct error *error)
{
    struct told_pull *told = &looking->preview->told;
    told->merged = true;
    if (!load_all(looking, &looking->base, false, error))
        return false;
    told->stages = arena_array(looking->arena, looking->count + 1, sizeof *told->stages);
    looking->preview->policies =
        arena_array(looking->arena, looking->count + 1, sizeof *looking->preview->policies);
    sort_stages(looking);
    for (size_t i = 0; i < looking->count; i++)
        if (is_ours(looking, &looking->stages[i].base) &&
            !hold_stage(looking, looking->stages[i].base.environment, number, error))
            return false;
    return true;
}

/* ---- Both ---- */

static bool make(const struct preview_options *options, int64_t number, struct pull_preview **out,
                 struct error *error)
{
    struct pull_preview *preview = memory_alloc(sizeof *preview);
    *preview = (struct pull_preview){.arena = arena_new()};
    struct looking looking = {.options = options,
                              .preview = preview,
                              .arena = preview->arena,
                              .scratch = arena_new(),
                              .base = *session_commit(options->session)};
    const struct clock *clock = session_options(options->session)->clock;
    looking.stages = arena_array(looking.scratch, STAGES_MAX, sizeof *looking.stages);
    preview->told = (struct told_pull){
        .account = arena_str(preview->arena, options->account),
        .head = arena_str(preview->arena, str_from(options->head.hex)),
        .base = arena_str(preview->arena, str_from(looking.base.hex)),
        .branch = arena_str(preview->arena, options->branch),
        .time = time_iso8601(preview->arena, clock_wall(clock)),
    };
    bool done = number ? look_at_held(&looking, number, error) : look(&looking, error);
    struct error later = ERROR_INIT;
    if (!session_stand(options->session, &looking.base, &later) && done) {
        *error = later;
        done = false;
    }
    for (size_t i = 0; i < looking.count; i++) {
        free_inputs(&looking.stages[i].base);
        free_inputs(&looking.stages[i].merged);
    }
    arena_free(looking.scratch);
    if (done)
        *out = preview;
    else
        pull_preview_free(preview);
    return done;
}

bool pull_preview_make(const struct preview_options *options, struct pull_preview **out, struct error *error)
{
    return make(options, 0, out, error);
}

bool pull_preview_held(const struct preview_options *options, int64_t number, struct pull_preview **out,
                       struct error *error)
{
    return make(options, number, out, error);
}

void pull_preview_free(struct pull_preview *preview)
{
    if (!preview)
        return;
    arena_free(preview->arena);
    free(preview);
}
