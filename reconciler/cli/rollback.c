#include <string.h>

#include "base/json.h"
#include "gitsync/edit.h"
#include "reconciler/cli/forge.h"
#include "reconciler/holds.h"
#include "reconciler/proposal.h"
#include "reconciler/release_set.h"

enum { HISTORY_MAX = 1000, PREFIX_MIN = 7 };

struct rollback {
    struct context *context;
    struct session *session;
    struct subject *subject;
    struct arena *arena; /* of the subject */
    struct forge *forge;
    struct str name;            /* "prod/orders" */
    struct commit_id now, back; /* from what, to what */
    struct proposed proposed;
};

/* --- which release --- */

static struct str commit_of(struct arena *arena, const struct ledger_record *record)
{
    struct str state, commit;
    bool released = ledger_trailer(arena, record, "State", &state) &&
                    str_is(state, release_state_name(RELEASE_RELEASED)) &&
                    ledger_trailer(arena, record, "Commit", &commit) && commit.len == COMMIT_ID_SIZE;
    return released ? commit : STR_EMPTY;
}

static struct str wanted_release(const struct rollback *rollback)
{
    return value_text(value_at(rollback->context->options.words, 1));
}

static bool no_release(const struct rollback *rollback, struct error *error)
{
    struct str wanted = wanted_release(rollback);
    if (wanted.len)
        return error_set(error, ERROR_NOT_FOUND,
                         "no release of %.*s had the commit '%.*s': see `plumb log %.*s`",
                         STR_ARG(rollback->name), STR_ARG(wanted), STR_ARG(rollback->name));
    return error_set(error, ERROR_NOT_FOUND, "there is no release of %.*s before %.7s to go back to",
                     STR_ARG(rollback->name), rollback->now.hex);
}

static void take_commit(struct commit_id *id, struct str hex)
{
    memcpy(id->hex, hex.ptr, COMMIT_ID_SIZE);
    id->hex[COMMIT_ID_SIZE] = '\0';
}

/* The newest release that ended well, of another commit than now and none that is held itself. */
static bool find_release(struct rollback *rollback, struct error *error)
{
    struct subject *subject = rollback->subject;
    struct arena *arena = rollback->arena;
    struct ledger_record *records;
    struct holds holds;
    size_t count;
    struct str wanted = wanted_release(rollback);
    struct str path = record_path(arena, subject->environment.region, subject->environment.name,
                                  subject->application->name, "release.json");
    if (wanted.len && wanted.len < PREFIX_MIN)
        return error_set(error, ERROR_INVALID, "'%.*s' is too short: name at least %d digits of the commit",
                         STR_ARG(wanted), PREFIX_MIN);
    if (!ledger_history(subject->ledger, arena, path, HISTORY_MAX, &records, &count, error) ||
        !holds_load(subject->ledger, arena, subject->environment.region, subject->environment.name,
                    subject->application->name, &holds, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str commit = commit_of(arena, &records[i]);
        if (!commit.len || str_is(commit, rollback->now.hex))
            continue;
        take_commit(&rollback->back, commit);
        bool fits = wanted.len ? str_starts(commit, arena_strz(arena, wanted))
                               : holds_find(&holds, &rollback->back, STR_EMPTY) == NULL;
        if (fits)
            return true;
    }
    return no_release(rollback, error);
}

/* What is to be undone: what Git asks for now, whether it was released or not. */
static bool find_now(struct rollback *rollback, struct error *error)
{
    struct subject *subject = rollback->subject;
    if (!subject_recall(subject, error))
        return false;
    if (subject->release.state == RELEASE_NONE)
        return error_set(error, ERROR_NOT_FOUND, "it was never released");
    rollback->now = subject->application->revision.len ? subject->commit : subject->release.commit;
    return true;
}

/* --- doing it --- */

/* First, so that no promotion and no freeze comes between. */
static bool hold_now(struct rollback *rollback, struct error *error)
{
    struct subject *subject = rollback->subject;
    struct error ignored = ERROR_INIT;
    struct hold hold = {
        .revision = rollback->now,
        .reason = arena_printf(rollback->arena, "rolled back to %.7s", rollback->back.hex),
        .by = mirror_person(session_mirror(rollback->session), rollback->arena),
    };
    subject->commit = rollback->now;
    if (subject_render(subject, &ignored)) /* what is broken is held by its commit alone */
        hold.key = release_set_key(rollback->arena, &subject->desired, subject->application);
    return holds_add(subject->ledger, rollback->context->clock, rollback->arena, subject->environment.region,
                     subject->environment.name, subject->application->name, &hold, error);
}

static bool move_line(struct rollback *rollback, struct error *error)
{
    struct subject *subject = rollback->subject;
    struct arena *arena = rollback->arena;
    const struct proposal proposal = {
        .session = rollback->session,
        .forge = rollback->forge,
        .environment = &subject->environment,
        .application = subject->application,
        .branch = proposal_branch(arena, "rollback", subject->environment.name, subject->application->name),
        .revision = rollback->back,
        .title = arena_printf(arena, "Roll back %.*s to %.7s", STR_ARG(rollback->name), rollback->back.hex),
        .message =
            arena_printf(arena, "%.7s is undone, and held: it is not promoted again.\n\nAsked-By: %.*s\n",
                         rollback->now.hex, STR_ARG(mirror_person(session_mirror(rollback->session), arena))),
        .body = arena_printf(
            arena,
            "Rolls `%.*s` back from `%.12s` to `%.12s`, which was released there before.\n\n`%.12s` is "
            "held: it is not promoted again, a newer revision is.\n",
            STR_ARG(rollback->name), rollback->now.hex, rollback->back.hex, rollback->now.hex),
    };
    if (!rollback->context->options.now)
        return proposal_put(&proposal, arena, &rollback->proposed, error);
    return proposal_push(&proposal, arena, &rollback->proposed.head, error);
}

/* --- telling --- */

static void print_result(const struct rollback *rollback)
{
    struct context *context = rollback->context;
    struct arena *arena = context->arena;
    const struct subject *subject = rollback->subject;
    const struct proposed *proposed = &rollback->proposed;
    struct buf text = BUF_INIT(BUF_SMALL);
    struct str branch =
        proposal_branch(arena, "rollback", subject->environment.name, subject->application->name);
    if (context->options.output == OUTPUT_JSON) {
        struct value *root = value_map(arena);
        value_setz(arena, root, "environment", value_string(arena, subject->environment.name));
        value_setz(arena, root, "application", value_string(arena, subject->application->name));
        value_setz(arena, root, "from", value_stringz(arena, rollback->now.hex));
        value_setz(arena, root, "to", value_stringz(arena, rollback->back.hex));
        value_setz(arena, root, "commit", value_stringz(arena, proposed->head.hex));
        value_setz(arena, root, "pushed", value_bool(arena, context->options.now));
        value_setz(arena, root, "branch",
                   context->options.now ? value_null(arena) : value_string(arena, branch));
        if (proposed->pull.number)
            value_setz(arena, root, "url", value_string(arena, proposed->pull.url));
        json_write(&text, root, JSON_PRETTY);
        buf_addc(&text, '\n');
    } else {
        buf_printf(&text, "%.*s: back from %.7s to %.7s: ", STR_ARG(rollback->name), rollback->now.hex,
                   rollback->back.hex);
        if (context->options.now)
            buf_printf(&text, "pushed as %.7s; the next apply or pass releases it", proposed->head.hex);
        else if (proposed->pull.number)
            text_escape(&text, proposed->pull.url);
        else
            buf_printf(&text, "branch '%.*s'; merge it to release it", STR_ARG(branch));
        buf_printf(&text, "\n%.7s is held: it is not promoted again\n", rollback->now.hex);
    }
    print_text(buf_str(&text));
    buf_release(&text);
}

static bool roll_back(struct rollback *rollback, struct error *error)
{
    struct context *context = rollback->context;
    struct str target = context->options.target;
    size_t slash = str_find(target, '/');
    if (slash == target.len)
        return error_set(error, ERROR_INVALID, "name one application: plumb rollback ENV/APP [RELEASE]");
    if (!context_session(context, &rollback->session, error) ||
        (!context->options.now && !context_forge(context, rollback->session, &rollback->forge, error)))
        return false;
    rollback->name = target;
    if (!subject_open(rollback->session, str_slice(target, 0, slash), str_from_index(target, slash + 1),
                      &rollback->subject, error))
        return false;
    rollback->arena = rollback->subject->arena;
    return find_now(rollback, error) && find_release(rollback, error) && hold_now(rollback, error) &&
           move_line(rollback, error);
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct rollback rollback = {.context = context};
    bool ok = roll_back(&rollback, error);
    if (ok)
        print_result(&rollback);
    subject_close(rollback.subject);
    forge_free(rollback.forge);
    session_close(rollback.session);
    return ok ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_rollback = {
    .name = "rollback",
    .arguments = "[OPTIONS] ENV/APP [RELEASE]",
    .summary = "go back to an earlier release",
    .help = "Moves the `revision:` of the application to the last release that ended well before the present "
            "one, or to\n"
            "RELEASE (a commit, see `plumb log`): by a pull request, without a forge by the branch\n"
            "plumb/rollback/ENV-APP, or with --now by a commit on the watched branch itself.  What is undone "
            "is held:\n"
            "promotion does not bring it again, only something newer.  A freeze does not stop the way back.",
    .options = OPTION_NOW,
    .targets = 2,
    .run = run,
};
