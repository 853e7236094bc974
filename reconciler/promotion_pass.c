/* The pass of the loop over all targets: what is looked at, how often, and when plumb merges by itself. */

#include <stdlib.h>
#include <string.h>

#include "reconciler/approvals.h"
#include "reconciler/holds.h"
#include "reconciler/promoting.h"

enum { SAID_MAX = 512, PAUSE_MAX_MS = 10 * 60 * 1000 };

/* Of one target. */
struct sight {
    struct sight *next;
    char *name;                      /* "prod/orders" */
    struct commit_id candidate, tip; /* that the proposal was made of */
    struct commit_id head;           /* of the proposal; "": there is none */
    int64_t number;                  /* of its pull request, or 0 */
    int64_t again_ms;        /* monotonic: then it is planned anew, for what has changed in the account */
    uint64_t said;           /* hash of what was logged last */
    int64_t failures;        /* in a row */
    int64_t paused_ms;       /* monotonic: after failures nothing is done until then, or until a commit */
    struct commit_id paused; /* the tip at which it failed */
};

struct promotion_memory {
    struct sight *sights;
    /* The environments of a commit that have applications with `promotion:`. */
    struct arena *arena;
    struct commit_id scanned;
    struct str *environments;
    size_t environment_count;
};

struct promotion_memory *promotion_memory_new(void)
{
    struct promotion_memory *memory = memory_alloc(sizeof *memory);
    memory->arena = arena_new();
    return memory;
}

void promotion_memory_free(struct promotion_memory *memory)
{
    if (!memory)
        return;
    arena_free(memory->arena);
    while (memory->sights) {
        struct sight *next = memory->sights->next;
        free(memory->sights->name);
        free(memory->sights);
        memory->sights = next;
    }
    free(memory);
}

static struct sight *sight_of(struct promotion_memory *memory, struct str name)
{
    for (struct sight *sight = memory->sights; sight; sight = sight->next)
        if (str_is(name, sight->name))
            return sight;
    struct sight *fresh = memory_alloc(sizeof *fresh);
    fresh->name = memory_text(name);
    fresh->next = memory->sights;
    memory->sights = fresh;
    return fresh;
}

struct pass {
    const struct promotion_options *options;
    struct arena *arena;
    struct sight *sight;
    const struct log *log;
    const struct promotion_question *question;
    struct promotion_outcome outcome;
    bool merged; /* the watched branch was moved */
};

/* Says it once: again only when it says something else.  Numbers do not count: times go on. */
static void say(struct pass *pass, enum log_level level, const char *event, struct str words)
{
    char plain[SAID_MAX];
    size_t length = 0;
    for (size_t i = 0; i < words.len && length < sizeof plain; i++)
        if (words.ptr[i] < '0' || words.ptr[i] > '9')
            plain[length++] = words.ptr[i];
    uint64_t said = str_hash(str_from(event)) ^ str_hash((struct str){.ptr = plain, .len = length}) ^
                    str_hash(str_from(pass->outcome.verdict.to.hex));
    if (said == pass->sight->said)
        return;
    pass->sight->said = said;
    log_write(pass->log, level, event,
              LOG_FIELDS(LOG_STRZ("application", pass->sight->name), LOG_STR("words", words),
                         LOG_STRZ("revision", pass->outcome.verdict.to.hex)));
}

static struct str all_reasons(struct pass *pass)
{
    const struct promotion_verdict *verdict = &pass->outcome.verdict;
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < verdict->reason_count; i++)
        buf_printf(&text, "%s%.*s", i ? "; " : "", STR_ARG(verdict->reasons[i]));
    struct str all = arena_str(pass->arena, buf_str(&text));
    buf_release(&text);
    return all;
}

static int64_t now_ms(const struct pass *pass)
{
    return clock_monotonic(session_options(pass->options->session)->clock);
}

/* --- proposing --- */

/* Is the proposal made of what there is now, and not long ago? */
static bool is_current(const struct pass *pass, const struct promotion_verdict *verdict)
{
    const struct sight *sight = pass->sight;
    return sight->head.hex[0] && strcmp(sight->candidate.hex, verdict->to.hex) == 0 &&
           strcmp(sight->tip.hex, session_commit(pass->options->session)->hex) == 0 &&
           now_ms(pass) < sight->again_ms;
}

/* What failed is not tried at every poll: a plan is many calls. */
static void hold_off(struct pass *pass)
{
    struct sight *sight = pass->sight;
    sight->paused_ms = now_ms(pass) + back_off_ms(sight->failures++, PAUSE_MAX_MS);
    sight->paused = *session_commit(pass->options->session);
}

static bool is_paused(const struct pass *pass)
{
    return now_ms(pass) < pass->sight->paused_ms &&
           strcmp(pass->sight->paused.hex, session_commit(pass->options->session)->hex) == 0;
}

static struct str branch_of(const struct pass *pass)
{
    return proposal_branch(pass->arena, "promote", pass->question->environment->name,
                           pass->question->application->name);
}

/* plumb may put the commit on the watched branch itself, with nobody to ask. */
static bool pushes_itself(const struct pass *pass)
{
    const struct promotion *promotion = &pass->question->application->promotion;
    return promotion->automatic && !pass->options->forge && !promotion->approvals;
}

static bool propose(struct pass *pass, struct error *error)
{
    struct sight *sight = pass->sight;
    const struct promotion_outcome *outcome = &pass->outcome;
    if (!promotion_propose(pass->question, pushes_itself(pass) ? PROMOTION_PUSH : PROMOTION_PROPOSE,
                           pass->arena, &pass->outcome, error))
        return false;
    if (outcome->verdict.state != PROMOTION_READY)
        return true;
    sight->candidate = outcome->verdict.to;
    sight->tip = *session_commit(pass->options->session);
    sight->head = outcome->proposed.head;
    sight->number = outcome->proposed.pull.number;
    sight->again_ms = now_ms(pass) + pass->question->environment->drift_every_ms;
    pass->merged = pushes_itself(pass);
    if (pass->merged)
        say(pass, LOG_INFO, "promoted", STR("without a forge"));
    else if (outcome->proposed.moved)
        say(pass, LOG_INFO, "promotion proposed",
            outcome->proposed.pull.number ? outcome->proposed.pull.url : branch_of(pass));
    return true;
}

/* --- merging --- */

/* All that is asked for before plumb merges; `why` is what is missing. */
static bool may_merge(struct pass *pass, bool *yes, struct str *why, struct error *error)
{
    const struct promotion_outcome *outcome = &pass->outcome;
    int64_t wanted = pass->question->application->promotion.approvals;
    struct approvals approvals;
    *yes = false;
    if (!str_is(outcome->proposed.pull.head_sha, outcome->proposed.head.hex)) {
        *why = STR("the forge does not show the newest commit of the branch yet");
        return true;
    }
    if (wanted && outcome->more) {
        *why = STR("too many commits come with it to know all their authors: people merge it");
        return true;
    }
    if (!approvals_read(pass->options->forge, pass->arena, &outcome->proposed.pull, &outcome->proposed.head,
                        outcome->commits, outcome->commit_count, &approvals, error))
        return false;
    *yes = !approvals.refused.len && approvals.count >= wanted;
    if (approvals.refused.len)
        *why = arena_printf(pass->arena, "'%.*s' asks for changes", STR_ARG(approvals.refused));
    else
        *why = arena_printf(pass->arena, "approved by %lld of %lld that are needed%s%.*s",
                            (long long)approvals.count, (long long)wanted, approvals.count ? ": " : "",
                            STR_ARG(approvals.names));
    return true;
}

static bool merge_pull(struct pass *pass, struct error *error)
{
    const struct promotion_outcome *outcome = &pass->outcome;
    const struct merge merge = {.head_sha = str_from(outcome->proposed.head.hex), .method = MERGE_COMMIT};
    struct str why = STR_EMPTY, sha;
    bool yes;
    if (!may_merge(pass, &yes, &why, error))
        return false;
    if (!yes) {
        say(pass, LOG_INFO, "promotion waits", why);
        return true;
    }
    if (!forge_merge_pull(pass->options->forge, pass->arena, outcome->proposed.pull.number, &merge, &sha,
                          error)) {
        if (error->code != ERROR_CONFLICT)
            return false;
        say(pass, LOG_WARN, "promotion waits", arena_str(pass->arena, str_from(error->message)));
        error_clear(error);
        hold_off(pass);
        return true;
    }
    pass->merged = true;
    say(pass, LOG_INFO, "promoted", why);
    return true;
}

/* Of a proposal that was made in an earlier pass: is it worth while to plan anew, in order to merge? */
static bool is_approved(struct pass *pass, bool *yes, struct error *error)
{
    struct pulls pulls;
    struct str why = STR_EMPTY;
    *yes = false;
    if (!forge_pulls(pass->options->forge, pass->arena, STR_EMPTY, branch_of(pass), &pulls, error))
        return false;
    if (pulls.count != 1) { /* somebody closed it, or merged it: the next look at Git tells */
        *yes = pulls.count == 0;
        return true;
    }
    pass->outcome.proposed = (struct proposed){.head = pass->sight->head, .pull = pulls.items[0]};
    if (!promotion_commits(pass->question, pass->arena, &pass->outcome, error) ||
        !may_merge(pass, yes, &why, error))
        return false;
    if (!*yes)
        say(pass, LOG_INFO, "promotion waits", why);
    return true;
}

/* --- one target --- */

static bool close_proposal(struct pass *pass, struct error *error)
{
    bool was;
    if (!proposal_close(pass->options->session, pass->options->forge, pass->arena, branch_of(pass), &was,
                        error))
        return false;
    pass->sight->head = (struct commit_id){.hex = ""};
    if (was)
        say(pass, LOG_INFO, "promotion withdrawn", all_reasons(pass));
    return true;
}

/* True in *done where there is nothing more to do in this pass than what the last one did. */
static bool look_again(struct pass *pass, bool *done, struct error *error)
{
    bool yes;
    *done = false;
    if (!pass->sight->head.hex[0])
        return true;
    if (!promotion_judge(pass->question, pass->arena, &pass->outcome.verdict, error))
        return false;
    if (pass->outcome.verdict.state != PROMOTION_READY || !is_current(pass, &pass->outcome.verdict))
        return true;
    *done = true;
    if (!pass->question->application->promotion.automatic || !pass->options->forge)
        return true;
    if (!is_approved(pass, &yes, error))
        return false;
    *done = !yes;
    return true;
}

/* A pull request that somebody closed is not opened again: the revision is held, as one that was taken back.
 */
static bool take_refusal(struct pass *pass, bool *done, struct error *error)
{
    const struct promotion_question *question = pass->question;
    struct sight *sight = pass->sight;
    struct ledger *ledger;
    struct pull pull;
    if (!pass->options->forge || !sight->number || pass->outcome.verdict.state != PROMOTION_READY ||
        strcmp(sight->candidate.hex, pass->outcome.verdict.to.hex) != 0)
        return true;
    if (!forge_pull(pass->options->forge, pass->arena, sight->number, &pull, error))
        return false;
    if (pull.state != PULL_CLOSED)
        return true;
    struct hold hold = {.revision = sight->candidate,
                        .reason = STR("its pull request was closed"),
                        .by = arena_printf(pass->arena, "%s #%lld", forge_name(pass->options->forge),
                                           (long long)sight->number)};
    *done = true;
    if (!session_ledger(question->session, question->environment->account, &ledger, error) ||
        !holds_add(ledger, session_options(question->session)->clock, pass->arena,
                   question->environment->region, question->environment->name, question->application->name,
                   &hold, error))
        return false;
    sight->number = 0;
    say(pass, LOG_WARN, "promotion refused", hold.reason);
    return true;
}

static bool promote(struct pass *pass, struct error *error)
{
    bool done;
    if (!look_again(pass, &done, error) || (!done && !take_refusal(pass, &done, error)))
        return false;
    if (done)
        return true;
    if (!propose(pass, error))
        return false;
    switch (pass->outcome.verdict.state) {
    case PROMOTION_NONE:
        return close_proposal(pass, error);
    case PROMOTION_WAITS:
        say(pass, LOG_INFO, "promotion waits", all_reasons(pass));
        return true;
    case PROMOTION_READY:
        break;
    }
    if (!pass->question->application->promotion.automatic || pass->merged)
        return true;
    if (pass->options->forge)
        return merge_pull(pass, error);
    say(pass, LOG_WARN, "promotion waits",
        STR("approvals cannot be counted without a forge: people merge the branch"));
    return true;
}

static bool is_cancelled(const struct promotion_options *options)
{
    const atomic_bool *cancelled = session_options(options->session)->cancelled;
    return cancelled && atomic_load(cancelled);
}

static void try_to_promote(struct pass *pass)
{
    struct error error = ERROR_INIT;
    int64_t failures = pass->sight->failures;
    if (is_paused(pass))
        return;
    if (!promote(pass, &error) && !is_cancelled(pass->options)) {
        hold_off(pass);
        say(pass, error.code == ERROR_CONFLICT ? LOG_WARN : LOG_ERROR, "promotion failed",
            arena_str(pass->arena, str_from(error.message)));
    }
    if (pass->sight->failures == failures)
        pass->sight->failures = 0;
}

static void visit(const struct promotion_options *options, struct promotion_memory *memory,
                  const struct environment *environment, const struct application *application)
{
    struct arena *arena = arena_new();
    const struct session_options *session = session_options(options->session);
    const struct promotion_question question = {.session = options->session,
                                                .forge = options->forge,
                                                .environment = environment,
                                                .application = application,
                                                .from = application->promotion.from,
                                                .now_ms = clock_wall(session->clock)};
    struct pass pass = {.options = options, .arena = arena, .log = session->log, .question = &question};
    pass.sight = sight_of(
        memory, arena_printf(arena, "%.*s/%.*s", STR_ARG(environment->name), STR_ARG(application->name)));
    try_to_promote(&pass);
    arena_free(arena);
}

static bool has_promotions(const struct environment *environment)
{
    for (size_t i = 0; i < environment->application_count; i++)
        if (environment->applications[i].promotion.present)
            return true;
    return false;
}

/* One whose files are broken has none: the loop says what is wrong with them. */
static bool scan(const struct promotion_options *options, struct promotion_memory *memory,
                 struct error *error)
{
    const struct files *files = session_files(options->session);
    struct str *names;
    size_t count;
    if (strcmp(memory->scanned.hex, session_commit(options->session)->hex) == 0)
        return true;
    arena_reset(memory->arena);
    memory->environment_count = 0;
    if (!environments_list(files, memory->arena, &names, &count, error))
        return false;
    memory->environments = arena_array(memory->arena, count + 1, sizeof *memory->environments);
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct environment environment;
        struct error broken = ERROR_INIT;
        if (environment_load(files, arena, names[i], &environment, &broken) && has_promotions(&environment))
            memory->environments[memory->environment_count++] = arena_str(memory->arena, names[i]);
        arena_free(arena);
    }
    memory->scanned = *session_commit(options->session);
    return true;
}

static void visit_environment(const struct promotion_options *options, struct promotion_memory *memory,
                              struct str name)
{
    struct arena *arena = arena_new();
    struct environment environment;
    struct error ignored = ERROR_INIT;
    bool ok = environment_load(session_files(options->session), arena, name, &environment, &ignored);
    for (size_t i = 0; ok && i < environment.application_count; i++) {
        const struct application *application = &environment.applications[i];
        bool asked = !options->application.len || str_equal(options->application, application->name);
        if (asked && application->promotion.present && !is_cancelled(options))
            visit(options, memory, &environment, application);
    }
    arena_free(arena);
}

bool promotion_pass(const struct promotion_options *options, struct promotion_memory *memory)
{
    struct error error = ERROR_INIT;
    bool any = false;
    if (!scan(options, memory, &error))
        log_error(session_options(options->session)->log, "promotion failed", LOG_ERROR_FIELD(&error));
    for (size_t i = 0; i < memory->environment_count; i++) {
        if (!options->keeps(options->keeps_self, memory->environments[i]))
            continue;
        any = true;
        visit_environment(options, memory, memory->environments[i]);
    }
    return any;
}
