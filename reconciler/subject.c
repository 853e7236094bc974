#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "reconciler/imports.h"
#include "reconciler/inputs.h"
#include "reconciler/session.h"
#include "reconciler/stack_tags.h"
#include "reconciler/stage_canary.h"

/* Zips local code for the providers.  The object store is read by one thread at a time. */
struct subject_artifacts {
    struct subject *subject;
    pthread_mutex_t lock;
};

static bool zip_artifact(void *self, struct arena *arena, struct str digest, struct str *bytes,
                         struct error *error)
{
    struct subject_artifacts *artifacts = self;
    const struct desired *desired = &artifacts->subject->desired;
    for (size_t i = 0; i < desired->artifact_count; i++) {
        if (!str_equal(desired->artifacts[i].digest, digest))
            continue;
        pthread_mutex_lock(&artifacts->lock);
        bool ok = artifact_zip(&artifacts->subject->files, arena, &desired->artifacts[i], bytes, error);
        pthread_mutex_unlock(&artifacts->lock);
        return ok;
    }
    return error_set(error, ERROR_BUG, "no code with digest '%.*s'", STR_ARG(digest));
}

static bool read_asset(void *self, struct arena *arena, struct str path, bool zip, struct str *bytes,
                       struct error *error)
{
    struct subject_artifacts *artifacts = self;
    pthread_mutex_lock(&artifacts->lock);
    bool ok = asset_bytes(&artifacts->subject->files, arena, path, zip, bytes, error);
    pthread_mutex_unlock(&artifacts->lock);
    return ok;
}

static bool no_application(const struct subject *subject, struct str name, struct error *error)
{
    const struct environment *environment = &subject->environment;
    const char **names = arena_array(subject->arena, environment->application_count, sizeof *names);
    for (size_t i = 0; i < environment->application_count; i++)
        names[i] = arena_strz(subject->arena, environment->applications[i].name);
    const char *nearest = str_nearest(name, names, environment->application_count);
    return error_set(error, ERROR_NOT_FOUND, "environment '%.*s' has no application '%.*s'%s%s%s",
                     STR_ARG(environment->name), STR_ARG(name), nearest ? ", did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'?" : "");
}

/* A poll looks at the watched branch alone: what another one has is fetched when it is asked for. */
static bool resolve_revision(struct session *session, struct str revision, struct commit_id *commit,
                             struct error *error)
{
    struct mirror *mirror = session_mirror(session);
    struct error why = ERROR_INIT;
    if (mirror_resolve(mirror, revision, commit, &why))
        return true;
    if (why.code == ERROR_NOT_FOUND && mirror_fetch(mirror, error))
        return mirror_resolve(mirror, revision, commit, error);
    *error = why;
    return false;
}

static bool find_application(struct subject *subject, struct str name, struct error *error)
{
    struct session *session = subject->session;
    subject->application = environment_application(&subject->environment, name);
    if (!subject->application)
        return no_application(subject, name, error);
    subject->commit = *session_commit(session);
    struct str revision = subject->application->revision;
    if (!revision.len)
        return true;
    if (resolve_revision(session, revision, &subject->commit, error))
        return true;
    return value_error(subject->application->revision_node, error, error->code, "revision '%.*s': %s",
                       STR_ARG(revision), error->message);
}

static bool connect_subject(void *self, struct aws **aws, struct error *error)
{
    struct subject *subject = self;
    if (!subject_connect(subject, error))
        return false;
    *aws = subject->aws;
    return true;
}

bool subject_open(struct session *session, struct str environment, struct str application,
                  struct subject **out, struct error *error)
{
    struct subject *subject = memory_alloc(sizeof *subject);
    subject->arena = arena_new();
    subject->session = session;
    const struct answers_options asked = {.self = subject,
                                          .connect = connect_subject,
                                          .bootstrap_optional = &subject->environment.create_asset_bucket};
    subject->answers = answers_new(&asked);
    subject->artifacts_self = memory_alloc(sizeof *subject->artifacts_self);
    subject->artifacts_self->subject = subject;
    pthread_mutex_init(&subject->artifacts_self->lock, NULL);
    subject->artifacts =
        (struct artifact_source){.self = subject->artifacts_self, .zip = zip_artifact, .asset = read_asset};
    if (environment_load(session_files(session), subject->arena, environment, &subject->environment, error) &&
        find_application(subject, application, error)) {
        struct environment *loaded = &subject->environment;
        subject->owner = (struct owner){
            .repository = repository_name(mirror_url(session_mirror(session))),
            .account = loaded->account,
            .region = loaded->region,
            .environment = loaded->name,
            .application = subject->application->name,
            .environment_tags = loaded->tags,
        };
        *out = subject;
        return true;
    }
    subject_close(subject);
    return false;
}

void subject_close(struct subject *subject)
{
    if (!subject)
        return;
    answers_free(subject->answers);
    if (subject->aws)
        aws_close(subject->aws);
    snapshot_close(subject->snapshot);
    pthread_mutex_destroy(&subject->artifacts_self->lock);
    free(subject->artifacts_self);
    arena_free(subject->arena);
    free(subject);
}

static struct str ledger_path(struct subject *subject, const char *file)
{
    return record_path(subject->arena, subject->environment.region, subject->environment.name,
                       subject->application->name, file);
}

bool subject_recall(struct subject *subject, struct error *error)
{
    subject->recalled =
        session_ledger(subject->session, subject->environment.account, &subject->ledger, error) &&
        inventory_load(subject->ledger, subject->arena, ledger_path(subject, "inventory.json"),
                       &subject->inventory, error) &&
        release_load(subject->ledger, subject->arena, ledger_path(subject, "release.json"), &subject->release,
                     error);
    return subject->recalled;
}

struct template_options subject_template(struct subject *subject)
{
    struct arena *arena = subject->arena;
    struct value *defaults = value_copy(arena, subject->environment.parameters);
    if (!value_get(defaults, "Stage")) {
        const struct value *written = value_get(subject->environment.node, "stage");
        struct value *stage = value_string(arena, subject->environment.stage);
        value_setz(arena, defaults, "Stage",
                   value_at_position_of(stage, written ? written : subject->environment.node));
    }
    return (struct template_options){
        .files = &subject->files,
        .path = subject->application->template,
        .parameters = subject->application->parameters,
        .shared_parameters = defaults,
        .region = subject->environment.region,
        .account = subject->environment.account,
        .stack_name = arena_printf(arena, "%.*s-%.*s", STR_ARG(subject->environment.name),
                                   STR_ARG(subject->application->name)),
        .environment = subject->environment.name,
        .stage = subject->environment.stage,
        .stack = subject->application->stack,
        .deployment = &subject->application->deployment,
    };
}

/* An unfinished release has not recorded which versions it read: then the newest, as far as they are there.
 */
static void resolve_identities(struct subject *subject)
{
    struct question question = {.answers = subject->answers, .applied = true};
    const struct outside outside = question_outside(&question);
    for (size_t i = 0; i < subject->release.change_count; i++) {
        struct value **identity = &subject->release.changes[i].identity, *resolved;
        struct error ignored = ERROR_INIT;
        if (*identity && references_resolve(subject->arena, *identity, &outside, &resolved, &ignored))
            *identity = resolved;
    }
}

bool subject_resolve(struct subject *subject, struct error *error)
{
    for (size_t i = 0; i < subject->inventory.count; i++) {
        struct inventory_entry *entry = &subject->inventory.entries[i];
        struct question question = {.answers = subject->answers, .pinned = entry->versions, .applied = true};
        const struct outside outside = question_outside(&question);
        if (!references_resolve(subject->arena, entry->properties, &outside, &entry->properties, error))
            return error_prefix(error, "%.*s as applied last", STR_ARG(entry->logical_id));
    }
    resolve_identities(subject);
    return true;
}

static bool render(struct subject *subject, const struct outside *outside, struct error *error)
{
    if (!subject->snapshot &&
        !snapshot_open(session_mirror(subject->session), &subject->commit, &subject->snapshot, error))
        return false;
    subject->files = snapshot_files(subject->snapshot);
    if (subject->inputs) {
        struct files *inner = arena_array(subject->arena, 1, sizeof *inner);
        *inner = subject->files;
        subject->files = inputs_files(subject->inputs, subject->arena, inner);
    }
    struct template_options options = subject_template(subject);
    options.outside = outside;
    if (!desired_build(subject->arena, &options, &subject->desired, error))
        return false;
    stack_tags_apply(subject->arena, &subject->desired);
    stage_canary_take(&subject->desired, &subject->application->deployment);
    return true;
}

bool subject_render(struct subject *subject, struct error *error)
{
    return render(subject, NULL, error);
}

bool subject_render_asking(struct subject *subject, struct error *error)
{
    struct question question = {.answers = subject->answers};
    const struct outside outside = question_outside(&question);
    return render(subject, &outside, error);
}

bool subject_connect(struct subject *subject, struct error *error)
{
    const struct aws_target target = {
        .region = subject->environment.region,
        .role_arn = subject->environment.role_arn,
        .external_id = subject->environment.external_id,
        .account = subject->environment.account,
    };
    if (subject->aws)
        return true;
    if (!aws_open(session_options(subject->session)->aws, &target, &subject->aws, error))
        return false;
    if (subject->background)
        aws_set_share(subject->aws, (double)subject->environment.drift_share / 100);
    return true;
}

/* A ledger of an older plumb knows only at which commit the template was read. */
static struct commit_id released(const struct subject *subject)
{
    bool told = subject->release.state != RELEASE_NONE && !subject->application->revision.len;
    return told ? subject->release.commit : (struct commit_id){.hex = ""};
}

bool subject_judge(struct subject *subject, struct error *error)
{
    const struct session_options *options = session_options(subject->session);
    if (subject->judged)
        return true;
    if (!subject->recalled && !subject_recall(subject, error))
        return false;
    const struct trust_question question = {
        .mirror = session_mirror(subject->session),
        .ledger = subject->ledger,
        .options = &options->trust,
        .environment = &subject->environment,
        .files = session_files(subject->session),
        .commit = *session_commit(subject->session),
        .template = subject->commit,
        .released = released(subject),
        .now_ms = clock_wall(options->clock),
    };
    subject->judged = trust_check(&question, subject->arena, &subject->trust, error);
    return subject->judged;
}

bool subject_trusted(struct subject *subject, struct error *error)
{
    if (!subject_judge(subject, error))
        return false;
    return subject->trust.broken == TRUST_HOLDS ||
           error_set(error, ERROR_DENIED, "not trusted, nothing was changed: %.*s",
                     STR_ARG(subject->trust.sentence));
}

bool subject_keep_trust(struct subject *subject, struct error *error)
{
    if (!subject_judge(subject, error))
        return false;
    if (trust_keep(subject->ledger, subject->arena, subject->environment.name, &subject->trust, error))
        return true;
    if (error->code != ERROR_CONFLICT)
        return false;
    error_clear(error);
    return true;
}

/* A package can be rendered without its archives, but not released. */
static bool check_artifacts(const struct subject *subject, struct error *error)
{
    for (size_t i = 0; i < subject->desired.artifact_count; i++)
        if (!subject->desired.artifacts[i].digest.len)
            return error_set(error, ERROR_INVALID,
                             "the code '%.*s' is not in the repository: commit the packaged folder whole",
                             STR_ARG(subject->desired.artifacts[i].path));
    for (size_t i = 0; i < subject->desired.asset_count; i++)
        if (!subject->desired.assets[i].digest.len)
            return value_error(subject->desired.assets[i].node, error, ERROR_INVALID,
                               "the asset '%.*s' is not in the repository: commit the packaged folder whole",
                               STR_ARG(subject->desired.assets[i].path));
    if (!subject->desired.image_count)
        return true;
    const struct desired_image *image = &subject->desired.images[0];
    return value_error(
        image->node, error, ERROR_INVALID,
        "the image '%.*s' would have to be built, and plumb builds nothing: build and push it "
        "before, and name it by its digest, as in ContainerImage.fromRegistry('...@sha256:...')",
        STR_ARG(image->name));
}

/* What holds for the whole repository; where that cannot be read nothing is planned. */
static bool read_repository(struct subject *subject, struct error *error)
{
    if (!repository_load(session_files(subject->session), subject->arena, &subject->repository, error))
        return false;
    if (subject->policy)
        subject->repository = *subject->policy;
    guards_join(&subject->repository.guards, &subject->environment.guards);
    return true;
}

bool subject_plan(struct subject *subject, struct plan **plan, struct error *error)
{
    if (!read_repository(subject, error) || !subject_render_asking(subject, error) ||
        !check_artifacts(subject, error) || !(subject->recalled || subject_recall(subject, error)) ||
        !subject_judge(subject, error) || !imports_give(subject, error) || !subject_connect(subject, error) ||
        !subject_resolve(subject, error))
        return false;
    const struct plan_input input = {
        .aws = subject->aws,
        .owner = &subject->owner,
        .desired = &subject->desired,
        .environment = &subject->environment,
        .now_ms = clock_wall(session_options(subject->session)->clock),
        .application = subject->application,
        .inventory = &subject->inventory,
        .release = &subject->release,
        .artifacts = &subject->artifacts,
        .neighbours = &subject->neighbours,
        .answers = subject->answers,
        .workers = session_workers(subject->session),
        .adoption = subject->adoption,
        .ledger = subject->ledger,
        .commit = subject->commit,
        .trust = &subject->trust,
    };
    return plan_make(&input, plan, error);
}
