#include "reconciler/pull_explain.h"

#include "providers/facts.h"
#include "reconciler/assets.h"
#include "reconciler/expected.h"
#include "reconciler/guards.h"
#include "reconciler/release_set.h"
#include "reconciler/report.h"
#include "reconciler/report_style.h"

enum { SHOWN_MAX = 200 };

struct explanation {
    struct arena *arena; /* of the result */
    const struct subject *subject;
    struct plan *plan;
    struct told_application *out;
};

/* ---- Values ---- */

bool pull_name_is_secret(struct str path)
{
    static const char *const words[] = {"password", "passwd",     "secret",      "token",      "apikey",
                                        "api_key",  "credential", "private_key", "privatekey", "access_key"};
    struct buf lower = BUF_INIT(BUF_SMALL);
    bool found = false;
    for (size_t i = 0; i < path.len; i++)
        buf_addc(&lower,
                 path.ptr[i] >= 'A' && path.ptr[i] <= 'Z' ? (char)(path.ptr[i] - 'A' + 'a') : path.ptr[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        found = found || str_contains(buf_str(&lower), words[i]);
    buf_release(&lower);
    return found;
}

static struct str shown(const struct explanation *e, struct str path, const struct value *value)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    report_value(&text, value, str_is(path, "Code") ? REPORT_CODE_MAX : SHOWN_MAX);
    struct str result = arena_str(e->arena, buf_str(&text));
    buf_release(&text);
    return result;
}

/* In a larger value a member may have such a name, too. */
static bool holds_secret_name(const struct value *value, const void *self)
{
    (void)self;
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        if (pull_name_is_secret(value->entries[i].key) && !value_is(value->entries[i].value, VALUE_MAP))
            return true;
    return false;
}

/* What is live; nobody may have meant it to be read by all who read the pull request. */
static struct str shown_live(const struct explanation *e, struct str path, const struct value *value)
{
    bool text = value_is(value, VALUE_STRING) && !value_reference(value).len;
    if ((text && pull_name_is_secret(path)) || value_find(value, holds_secret_name, NULL))
        return STR("(not shown: its name says that it is a secret)");
    return shown(e, path, value);
}

static struct str copy(const struct explanation *e, struct str text)
{
    return arena_str(e->arena, text);
}

static struct told_row row_of(const struct explanation *e, const struct change *change)
{
    return (struct told_row){.resource = copy(e, change->logical_id), .type = copy(e, change->type_name)};
}

/* ---- What goes ---- */

static const struct {
    const char *type, *loss;
} losses[] = {
    {"AWS::ApiGateway::ApiKey", "Its value changes: clients that use it are locked out."},
    {"AWS::CloudFormation::Stack", "All that is in the stack goes with it."},
    {"AWS::Cognito::IdentityPool", "All identities in it are lost; there is no way back."},
    {"AWS::Cognito::UserPool", "All users in it and their passwords are lost; there is no way back."},
    {"AWS::DynamoDB::GlobalTable", "All items in it are lost; without a backup there is no way back."},
    {"AWS::DynamoDB::Table", "All items in it are lost; without a backup there is no way back."},
    {"AWS::EFS::FileSystem", "All files in it are lost; without a backup there is no way back."},
    {"AWS::Events::Archive", "All events in it are lost; there is no way back."},
    {"AWS::KMS::Key", "What is encrypted with it can never be read again once its waiting period is over."},
    {"AWS::Kinesis::Stream", "Records that nobody has read yet are lost; there is no way back."},
    {"AWS::Logs::LogGroup", "All log lines in it are lost; there is no way back."},
    {"AWS::RDS::DBCluster", "Its data are lost, but for a final snapshot."},
    {"AWS::RDS::DBInstance", "Its data are lost, but for a final snapshot."},
    {"AWS::Route53::HostedZone", "Its name servers change: the domain must be delegated anew, by hand."},
    {"AWS::S3::Bucket", "Its name and all objects in it are lost; there is no way back."},
    {"AWS::SQS::Queue", "Messages in it are lost; there is no way back."},
    {"AWS::SecretsManager::Secret", "Its value is lost once its recovery window is over."},
};

static struct str loss_of(const struct change *change)
{
    const struct type_facts *facts = facts_find(change->type_name);
    for (size_t i = 0; i < ARRAY_LENGTH(losses); i++)
        if (str_is(change->type_name, losses[i].type))
            return str_from(losses[i].loss);
    bool stateful =
        (change->type && change->type->traits & RESOURCE_STATEFUL) || (facts && facts_is_stateful(facts));
    if (stateful)
        return STR("What it holds is lost; there is no way back.");
    if (change->action == CHANGE_REPLACE)
        return STR("A new one takes its place: who knows it by its name or ARN outside of this application "
                   "must learn the new one.");
    return STR("Who uses it from outside of this application fails; a revert makes a new one.");
}

static struct str cause_of(const struct explanation *e, const struct change *change)
{
    for (size_t i = 0; change->action == CHANGE_REPLACE && i < change->differences.count; i++)
        if (change->differences.items[i].recreates)
            return copy(e, change->differences.items[i].path);
    return STR_EMPTY;
}

/* Published versions are made anew with each change, and hold nothing. */
static bool is_version(const struct change *change)
{
    return change->type && change->type->traits & RESOURCE_IMMUTABLE;
}

static void explain_gone(struct explanation *e, const struct change *change)
{
    bool stays = change->retained || change->missing;
    if ((change->action != CHANGE_REPLACE && (change->action != CHANGE_DELETE || stays)) ||
        is_version(change))
        return;
    struct told_row row = row_of(e, change);
    bool kept = change->action == CHANGE_REPLACE && policy_keeps(change->desired->update_replace_policy);
    row.path = change->action == CHANGE_REPLACE ? STR("Replaced:") : STR("Deleted:");
    row.before = copy(e, change->physical_id);
    row.after = cause_of(e, change);
    row.note = kept ? STR("The old one stays in the account, no longer managed.") : loss_of(change);
    if (change->action == CHANGE_REPLACE && change->delete_first)
        row.note =
            arena_printf(e->arena, "%.*s The old one goes before the new one is there.", STR_ARG(row.note));
    told_row_add(e->arena, &e->out->gone, row);
}

/* ---- What was changed by hand ---- */

static bool is_at(struct str path, struct str other)
{
    struct str shorter = path.len < other.len ? path : other, longer = path.len < other.len ? other : path;
    if (!str_equal(str_slice(longer, 0, shorter.len), shorter))
        return false;
    return longer.len == shorter.len || longer.ptr[shorter.len] == '.' || longer.ptr[shorter.len] == '[';
}

static const struct difference *moved_at(const struct differences *moved, struct str path)
{
    for (size_t i = 0; i < moved->count; i++)
        if (is_at(moved->items[i].path, path))
            return &moved->items[i];
    return NULL;
}

/* Live beside what was applied last: what the plan would set there is lost. */
static void explain_drift(struct explanation *e, const struct change *change)
{
    struct differences moved = {.count = 0};
    bool both = change->found && change->last && change->type && change->live.properties;
    if (both && (change->action == CHANGE_UPDATE || change->action == CHANGE_REPLACE) &&
        !(change->type->traits & RESOURCE_OPAQUE))
        diff_properties(e->subject->arena, change->type, change->last->properties, change->live.properties,
                        change->last->properties, &moved);
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *d = &change->differences.items[i];
        const struct difference *by_hand = moved_at(&moved, d->path);
        if ((!by_hand && !d->drift) ||
            drift_is_expected(&e->subject->environment, e->plan->input.now_ms, change->logical_id, d->path))
            continue;
        struct told_row row = row_of(e, change);
        row.path = copy(e, d->path);
        row.before = shown_live(e, d->path, d->extra ? d->extra : d->before);
        row.note = shown(e, d->path, d->drift ? d->after : by_hand->after);
        row.after = shown(e, d->path, d->after);
        told_row_add(e->arena, &e->out->drift, row);
    }
    struct told_row row = row_of(e, change);
    if (change->action == CHANGE_CREATE && change->missing) {
        row.path = STR("(all of it)");
        row.before = STR("deleted by hand");
        row.note = copy(e, change->last->physical_id);
        row.after = STR("made again");
        told_row_add(e->arena, &e->out->drift, row);
    }
    if (change->code_drift) {
        row.path = STR("Code");
        row.before = STR("code that was not released from Git");
        row.note = STR("the code that was released");
        row.after = STR("the code in Git");
        told_row_add(e->arena, &e->out->drift, row);
    }
}

/* ---- Changes ---- */

static void explain_change(struct explanation *e, const struct change *change)
{
    static const char *const words[] = {"", "new", "update", "**replace**", "**delete**", "adopt"};
    if (change->action == CHANGE_NONE)
        return;
    struct told_row row = row_of(e, change);
    row.note = change->retained ? STR("leave in the account") : str_from(words[change->action]);
    if (!change->differences.count) {
        row.before = copy(e, change->physical_id);
        told_row_add(e->arena, &e->out->changes, row);
    }
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *d = &change->differences.items[i];
        row.path = copy(e, d->path);
        row.before = shown_live(e, d->path, d->extra ? d->extra : d->before);
        row.after = shown(e, d->path, d->after);
        told_row_add(e->arena, &e->out->changes, row);
    }
}

static void explain_outputs(struct explanation *e)
{
    for (size_t i = 0; i < e->plan->output_change_count; i++) {
        const struct output_change *change = &e->plan->output_changes[i];
        struct told_row row = {
            .resource = copy(e, change->name), .path = STR("output"), .note = STR("output")};
        row.before = shown(e, row.path, value_get(change->before, "value"));
        row.after = shown(e, row.path, value_get(change->after, "value"));
        told_row_add(e->arena, &e->out->changes, row);
        if (change->held.len)
            told_text_add(
                e->arena, &e->out->held,
                arena_printf(e->arena, "output %.*s: %.*s", STR_ARG(change->name), STR_ARG(change->held)));
    }
}

static void explain_held(struct explanation *e)
{
    struct plan *plan = e->plan;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].held.len)
            told_text_add(e->arena, &e->out->held,
                          arena_printf(e->arena, "%.*s: %.*s", STR_ARG(plan->changes[i].logical_id),
                                       STR_ARG(plan->changes[i].held)));
    for (size_t i = 0; i < plan->refused->count; i++)
        told_text_add(
            e->arena, &e->out->held,
            arena_printf(e->arena, "refused by guards: %.*s", STR_ARG(plan->refused->items[i].message)));
    if (plan->rejected.len)
        told_text_add(e->arena, &e->out->held, copy(e, plan->rejected));
    if (plan->untrusted.len)
        told_text_add(e->arena, &e->out->held, copy(e, plan->untrusted));
    if (plan->assets->held.len)
        told_text_add(e->arena, &e->out->held, copy(e, plan->assets->held));
}

/* ---- What it costs to be wrong ---- */

static bool is_judged(const struct rollout *rollout)
{
    const struct rollout_settings *settings = &rollout->settings;
    bool compares = value_get_bool(settings->compare, "errors", false) ||
                    value_get_bool(settings->compare, "throttles", false) ||
                    value_get_text(settings->compare, "duration").len > 0;
    bool functions = false;
    for (size_t i = 0; i < rollout->target_count; i++)
        functions = functions || rollout->targets[i].kind == TRAFFIC_FUNCTION;
    return settings->alarm_count || (settings->checks && settings->checks->count) || (compares && functions);
}

static struct str cost_of_steps(const struct explanation *e, const struct rollout *rollout)
{
    const struct deployment_step *first = &rollout->steps[0];
    struct str for_ = first->for_ms ? arena_printf(e->arena, " for %.*s",
                                                   STR_ARG(duration_in_words(e->arena, first->for_ms)))
                                    : STR_EMPTY;
    if (!is_judged(rollout))
        return arena_printf(e->arena,
                            "New code: %lld %% of the requests see it%.*s, then more, and nothing judges it: "
                            "time alone decides, whether it works or not.",
                            (long long)first->weight, STR_ARG(for_));
    if (rollout->codedeploy)
        return arena_printf(e->arena,
                            "New code: %lld %% of the requests see it%.*s; CodeDeploy gives the old version "
                            "everything again when an alarm goes red.",
                            (long long)first->weight, STR_ARG(for_));
    return arena_printf(
        e->arena,
        "New code: %lld %% of the requests see it%.*s; it rolls back by itself, about a minute "
        "after the first bad evidence.",
        (long long)first->weight, STR_ARG(for_));
}

/* True where the plan moves traffic. */
static bool cost_of_traffic(struct explanation *e, struct rollout *rollout)
{
    struct error ignored = ERROR_INIT;
    if (!release_set_any(e->plan) || !release_set_rollout(e->plan, e->arena, false, rollout, &ignored))
        return false;
    e->out->traffic = rollout_steps_in_words(e->arena, rollout->steps, rollout->step_count);
    if (rollout->step_count)
        told_text_add(e->arena, &e->out->costs, cost_of_steps(e, rollout));
    else
        told_text_add(e->arena, &e->out->costs,
                      STR("New code: all requests see it at once; the way back is the old version, by `plumb "
                          "rollout abort` or a commit."));
    return true;
}

static bool has_new_code(const struct change *change)
{
    bool code = change->code_drift;
    for (size_t i = 0; i < change->differences.count; i++)
        code = code || str_starts(change->differences.items[i].path, "Code") ||
               str_starts(change->differences.items[i].path, "ImageUri");
    return str_is(change->type_name, "AWS::Lambda::Function") && change->action == CHANGE_UPDATE && code;
}

static bool is_moved(const struct rollout *rollout, const struct change *change)
{
    for (size_t i = 0; rollout && i < rollout->target_count; i++)
        if (rollout->targets[i].kind == TRAFFIC_FUNCTION &&
            str_equal(rollout->targets[i].function, change->physical_id))
            return true;
    return false;
}

/* New code of a function whose traffic no alias holds back. */
static void cost_of_code(struct explanation *e, const struct rollout *rollout)
{
    for (size_t i = 0; i < e->plan->count; i++) {
        const struct change *change = &e->plan->changes[i];
        if (!has_new_code(change) || is_moved(rollout, change))
            continue;
        if (!e->out->traffic.len)
            e->out->traffic = STR("at once");
        told_text_add(
            e->arena, &e->out->costs,
            arena_printf(e->arena,
                         "%.*s: all that calls it meets its new code at once, and nothing rolls it back "
                         "by itself: the way back is a commit.",
                         STR_ARG(change->logical_id)));
    }
}

static void cost_of_permissions(struct explanation *e)
{
    struct buf names = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < e->plan->count; i++) {
        const struct change *change = &e->plan->changes[i];
        if (str_starts(change->type_name, "AWS::IAM::") && change->action != CHANGE_NONE)
            buf_printf(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(change->logical_id));
    }
    if (names.len)
        told_text_add(
            e->arena, &e->out->costs,
            arena_printf(e->arena,
                         "Permissions change at once (%.*s): what they let in is let in from the first "
                         "second, and what they take away fails from then; no rollout tries them "
                         "first.",
                         STR_ARG(buf_str(&names))));
    buf_release(&names);
}

static void cost_of_the_rest(struct explanation *e)
{
    const size_t *actions = e->plan->actions;
    if (actions[CHANGE_UPDATE])
        told_text_add(
            e->arena, &e->out->costs,
            STR("What is updated in place works at once; the way back is a commit that says what stood "
                "there before."));
    size_t created = 0;
    for (size_t i = 0; i < e->plan->count; i++)
        created += e->plan->changes[i].action == CHANGE_CREATE && !is_version(&e->plan->changes[i]);
    if (created)
        told_text_add(
            e->arena, &e->out->costs,
            STR("What is new goes again by a revert, but for what holds data: that needs allow.delete."));
    if (e->out->drift.count)
        told_text_add(
            e->arena, &e->out->costs,
            STR("What was changed by hand is nowhere else than in this comment: take over into Git what "
                "is to stay."));
    if (e->out->gone.count)
        told_text_add(
            e->arena, &e->out->costs,
            STR("What is replaced or deleted does not come back by a revert: a new one takes its place, "
                "empty."));
}

/* ---- All of it ---- */

static enum told_level level_of(const struct explanation *e)
{
    const struct told_application *out = e->out;
    if (out->held.count)
        return TOLD_BLOCKED;
    if (out->gone.count)
        return TOLD_DANGER;
    if (!plan_has_changes(e->plan))
        return TOLD_QUIET;
    return out->drift.count || e->plan->new_permissions ? TOLD_CARE : TOLD_CHANGES;
}

static void explain_changes(struct explanation *e)
{
    static const enum change_action order[] = {CHANGE_REPLACE, CHANGE_DELETE, CHANGE_UPDATE, CHANGE_ADOPT,
                                               CHANGE_CREATE};
    for (size_t k = 0; k < ARRAY_LENGTH(order); k++)
        for (size_t i = 0; i < e->plan->count; i++) {
            if (e->plan->changes[i].action != order[k])
                continue;
            explain_gone(e, &e->plan->changes[i]);
            explain_drift(e, &e->plan->changes[i]);
            explain_change(e, &e->plan->changes[i]);
        }
}

void pull_explain(struct arena *arena, const struct subject *subject, struct plan *plan,
                  struct told_application *out)
{
    static const char *const words[] = {"to record",  "to create", "to update",
                                        "to replace", "to delete", "to adopt"};
    struct explanation e = {.arena = arena, .subject = subject, .plan = plan, .out = out};
    size_t count;
    out->headline =
        plan_has_changes(plan) ? plan_counts(arena, plan, words, "to leave unmanaged") : STR("nothing to do");
    explain_changes(&e);
    explain_outputs(&e);
    explain_held(&e);
    const struct str *lines = report_traffic(arena, subject, plan, &count);
    for (size_t i = 0; i < count; i++)
        told_text_add(arena, &out->rollout, lines[i]);
    if (plan_has_changes(plan)) {
        struct rollout rollout;
        bool moves = cost_of_traffic(&e, &rollout);
        cost_of_code(&e, moves ? &rollout : NULL);
        cost_of_permissions(&e);
        cost_of_the_rest(&e);
    }
    out->level = level_of(&e);
}
