#include <inttypes.h>

#include "reconciler/claim.h"
#include "reconciler/cli/each.h"
#include "reconciler/parking.h"
#include "reconciler/suspension.h"

/* How far the traffic is, why it does not go on, and who moves it. */
static void rolling_text(struct buf *text, const struct subject *subject)
{
    const struct release *release = &subject->release;
    int64_t now_ms = clock_wall(session_options(subject->session)->clock);
    buf_printf(text, "%" PRId64 " %% on the new version%s: ", rollout_weight(&release->rollout),
               release->rollout.paused ? ", paused" : "");
    text_escape(text, release->verdict);
    if (claim_is_over(subject->arena, release, now_ms)) {
        buf_addz(text, "; nobody carries it on");
        return;
    }
    buf_addz(text, " by ");
    text_escape(text, release->holder);
}

static void text_line(struct buf *text, const struct subject *subject)
{
    const struct release *release = &subject->release;
    size_t before = text->len;
    text_escape(text, subject->environment.name);
    buf_addc(text, '/');
    text_escape(text, subject->application->name);
    for (size_t i = text->len - before; i < 28; i++)
        buf_addc(text, ' ');
    if (release->state == RELEASE_NONE) {
        buf_addz(text, "  never applied\n");
        return;
    }
    buf_printf(text, "  %-9s  %.7s  %.*s  ", release_state_name(release->state), release->commit.hex,
               STR_ARG(release->finished.len ? release->finished : release->started));
    if (release->state == RELEASE_ROLLING)
        rolling_text(text, subject);
    else
        text_escape(text, release->verdict);
    if (release->state == RELEASE_APPLYING) {
        buf_addz(text, " by ");
        text_escape(text, release->holder);
    }
    buf_addc(text, '\n');
}

/* Why the newest commit will not be released; nothing where it may be. */
static void trust_text(struct buf *text, const struct subject *subject)
{
    if (subject->trust.broken == TRUST_HOLDS)
        return;
    buf_addz(text, "  not trusted: ");
    text_escape(text, subject->trust.sentence);
    buf_addc(text, '\n');
}

static void suspension_text(struct buf *text, const struct subject *subject,
                            const struct suspension *suspension)
{
    if (!suspension->present)
        return;
    buf_addz(text, "  ");
    text_escape(text, suspension_in_words(subject->arena, suspension,
                                          clock_wall(session_options(subject->session)->clock)));
    buf_addc(text, '\n');
}

static void parking_text(struct buf *text, const struct parking *parking)
{
    if (!parking->present)
        return;
    buf_printf(text, "  parked since %.*s at commit %.7s: ", STR_ARG(parking->since),
               parking->commit.len == COMMIT_ID_SIZE ? parking->commit.ptr : "");
    text_escape(text, parking->reason);
    buf_addc(text, '\n');
}

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

static struct value *suspension_node(struct arena *arena, const struct suspension *suspension)
{
    struct value *node = value_map(arena);
    set_text(arena, node, "reason", suspension->reason);
    set_text(arena, node, "by", suspension->by);
    set_text(arena, node, "until",
             suspension->until_ms ? time_iso8601(arena, suspension->until_ms) : STR_EMPTY);
    return node;
}

static struct value *parking_node(struct arena *arena, const struct parking *parking)
{
    struct value *node = value_map(arena);
    set_text(arena, node, "since", parking->since);
    set_text(arena, node, "commit", parking->commit);
    set_text(arena, node, "reason", parking->reason);
    return node;
}

static struct value *json_node(struct arena *arena, const struct subject *subject,
                               const struct suspension *suspension, const struct parking *parking)
{
    const struct release *release = &subject->release;
    struct value *node = value_map(arena);
    set_text(arena, node, "environment", subject->environment.name);
    set_text(arena, node, "application", subject->application->name);
    set_text(arena, node, "account", subject->environment.account);
    set_text(arena, node, "region", subject->environment.region);
    set_text(arena, node, "state", str_from(release_state_name(release->state)));
    set_text(arena, node, "commit", str_from(release->commit.hex));
    set_text(arena, node, "startedAt", release->started);
    set_text(arena, node, "finishedAt", release->finished);
    set_text(arena, node, "verdict", release->verdict);
    if (release->state == RELEASE_ROLLING) {
        value_setz(arena, node, "weight", value_int(arena, rollout_weight(&release->rollout)));
        value_setz(arena, node, "paused", value_bool(arena, release->rollout.paused));
    }
    value_setz(arena, node, "resources", value_int(arena, (int64_t)subject->inventory.count));
    if (subject->inventory.outputs)
        value_setz(arena, node, "outputs", value_copy(arena, subject->inventory.outputs));
    value_setz(arena, node, "trust", trust_json(arena, &subject->trust));
    if (suspension->present)
        value_setz(arena, node, "suspended", suspension_node(arena, suspension));
    if (parking->present)
        value_setz(arena, node, "parked", parking_node(arena, parking));
    return node;
}

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct suspension suspension;
    struct parking parking;
    (void)differences;
    if (!subject_recall(subject, error) || !subject_judge(subject, error) ||
        !suspension_of(subject->ledger, subject->arena, &subject->environment, subject->application,
                       clock_wall(each->context->clock), &suspension, error) ||
        !parking_load(subject, &parking, error))
        return false;
    text_line(each->text, subject);
    trust_text(each->text, subject);
    suspension_text(each->text, subject, &suspension);
    parking_text(each->text, &parking);
    value_append(each->context->arena, each->list,
                 json_node(each->context->arena, subject, &suspension, &parking));
    return true;
}

static enum exit_status run(struct context *context, struct error *error)
{
    return for_each_application(context, visit, error);
}

const struct command command_status = {
    .name = "status",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "show the last release of each application",
    .help = "Reads the ledger only: no call to AWS.  See `plumb drift` for what is live.",
    .targets = 1,
    .run = run,
};
