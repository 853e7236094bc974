#include "reconciler/cli/rollout.h"

#include "reconciler/rolling.h"

/* A verb of people: what it is, and what happens next. */
struct verb {
    const char *name;
    enum exit_status (*show)(struct context *, struct error *); /* else it is an order */
    const char *next;
};

static enum exit_status give_order(struct context *, struct error *);

static const struct verb verbs[] = {
    {"status", rollout_status, NULL},
    {"watch", rollout_watch_live, NULL},
    {"abort", NULL,
     "asked to stop: the old version gets all traffic again; whoever rolls it out does so within 10 s"},
    {"promote", NULL,
     "asked to leave its step without waiting longer; whoever rolls it out does so within 10 s, if nothing "
     "stands against it"},
    {"pause", NULL,
     "asked to pause: the weight stays, and what fails still goes back; whoever rolls it out does so within "
     "10 s"},
    {"resume", NULL, "asked to go on; whoever rolls it out does so within 10 s"},
};

static const struct verb *find_verb(struct str name, struct error *error)
{
    const char *names[ARRAY_LENGTH(verbs)];
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
        names[i] = verbs[i].name;
        if (str_is(name, names[i]))
            return &verbs[i];
    }
    const char *nearest = str_nearest(name, names, ARRAY_LENGTH(names));
    error_set(error, ERROR_INVALID, "'%.*s' is no verb of rollout%s%s%s", STR_ARG(name),
              nearest ? ", did you mean '" : ": say status, watch, abort, promote, pause or resume",
              nearest ? nearest : "", nearest ? "'?" : "");
    return NULL;
}

/* --- orders --- */

static bool is(struct str word, const char *verb)
{
    return str_is(word, verb);
}

static bool refuse_ended(struct arena *arena, const struct sight *sight, struct error *error)
{
    const struct rollout *rollout = &sight->release.rollout;
    struct str title = sight_title(arena, sight);
    if (rollout->phase == ROLLOUT_NONE || sight->under_way)
        return error_set(error, ERROR_NOT_FOUND, "there is no rollout under way: %s",
                         sight->release.state == RELEASE_NONE ? "it was never applied"
                                                              : "no release has moved traffic so far");
    return error_set(error, ERROR_NOT_FOUND, "there is no rollout under way: %.*s: %.*s",
                     STR_ARG(str_from_index(title, sight->name.len + 2)), STR_ARG(rollout->reason));
}

static bool refuse_codedeploy(struct str word, struct error *error)
{
    return error_set(
        error, ERROR_INVALID,
        "CodeDeploy moves this traffic, and knows no %.*s: it goes on, or `plumb rollout abort` stops it "
        "(`driver: plumb` can)",
        STR_ARG(word));
}

/* An order takes the place of the one before: one that would be lost so is waited for. */
static bool check_unheard(struct arena *arena, const struct sight *sight, struct str word,
                          struct error *error)
{
    struct str last = sight->order.word;
    int64_t given_ms;
    if (!sight->unheard || is(word, "abort") || !time_parse(sight->order.time, &given_ms) ||
        !(is(last, "abort") || (is(last, "pause") && is(word, "promote"))))
        return true;
    return error_set(error, ERROR_CONFLICT, "%.*s, of %.*s, is not heard yet: it was asked for %.*s ago",
                     STR_ARG(last), STR_ARG(sight->order.by), STR_ARG(sight_age(arena, sight, given_ms)));
}

/* Would the order do nothing? */
static bool check_sense(const struct sight *sight, struct str word, struct error *error)
{
    const struct rollout *rollout = &sight->release.rollout;
    bool paused = sight->unheard && (is(sight->order.word, "pause") || is(sight->order.word, "resume"))
                      ? is(sight->order.word, "pause")
                      : rollout->paused;
    int64_t since_ms;
    if (rollout->phase == ROLLOUT_ROLLING_BACK)
        return error_set(error, ERROR_CONFLICT, "it goes back already: %.*s", STR_ARG(rollout->reason));
    if (is(word, "promote") && rollout->phase != ROLLOUT_SHIFTING)
        return error_set(error, ERROR_INVALID, "no step waits that could be left: it is in phase '%s'",
                         rollout_phase_name(rollout->phase));
    if (is(word, "pause") && paused)
        return error_set(error, ERROR_CONFLICT, "it is paused already, by %.*s",
                         STR_ARG(rollout->paused ? sight_paused(sight, &since_ms) : sight->order.by));
    if (is(word, "resume") && !paused && !rollout->hold_since_ms)
        return error_set(error, ERROR_CONFLICT, "it is not paused");
    return true;
}

static bool check_order(struct arena *arena, const struct sight *sight, struct str word, struct error *error)
{
    if (!sight->under_way)
        return refuse_ended(arena, sight, error);
    if (sight->release.rollout.codedeploy && (is(word, "pause") || is(word, "promote")))
        return refuse_codedeploy(word, error);
    return check_unheard(arena, sight, word, error) && check_sense(sight, word, error);
}

/* What was rolled back may be tried again. */
static bool forgive(struct each *each, const struct sight *sight, struct subject *subject,
                    struct error *error)
{
    if (!subject_recall(subject, error) || !rolling_forgive(subject, error))
        return false;
    each_tell(
        each, subject, "resume",
        arena_printf(subject->arena,
                     "what was rolled back may be tried again: the next `plumb apply %.*s` or pass of `plumb "
                     "run` does",
                     STR_ARG(sight->name)));
    return true;
}

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    const struct verb *verb = find_verb(value_text(value_at(each->context->options.words, 0)), error);
    struct sight sight;
    (void)differences;
    if (!verb || !sight_take(subject, subject->arena, &sight, error))
        return false;
    struct order order = {.word = str_from(verb->name)};
    if (!sight.under_way && is(order.word, "resume") && sight.release.rejected.len)
        return forgive(each, &sight, subject, error);
    if (!check_order(subject->arena, &sight, order.word, error))
        return false;
    order.by = mirror_person(session_mirror(each->session), subject->arena);
    if (!order_give(subject->ledger, each->context->clock, subject->arena, subject->environment.region,
                    subject->environment.name, subject->application->name, &order, error))
        return false;
    struct str next = str_from(verb->next);
    if (sight.gone)
        next =
            arena_printf(subject->arena, "%.*s; but %.*s", STR_ARG(str_slice(next, 0, str_find(next, ';'))),
                         STR_ARG(sight_gone(subject->arena, &sight)));
    each_tell(each, subject, verb->name, next);
    return true;
}

static enum exit_status give_order(struct context *context, struct error *error)
{
    return for_each_application(context, visit, error);
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct str name = context->options.target;
    const struct verb *verb = name.len ? find_verb(name, error) : &verbs[0];
    if (!verb)
        return EXIT_ERROR;
    context->options.target = context->options.second_target;
    if (verb->show == rollout_status)
        return rollout_status(context, error);
    if (str_find(context->options.target, '/') == context->options.target.len) {
        error_set(error, ERROR_INVALID, "name one application: plumb rollout %s ENV/APP", verb->name);
        return EXIT_ERROR;
    }
    return verb->show ? verb->show(context, error) : give_order(context, error);
}

const struct command command_rollout = {
    .name = "rollout",
    .arguments = "[OPTIONS] [VERB [ENV/APP]]",
    .summary = "watch and steer how traffic moves",
    .help =
        "  status [ENV[/APP]]  how far it is, what it waits for and who holds it; from the ledger alone\n"
        "  watch ENV/APP       the same live, with what is measured, until it ends: exit status 0 where it\n"
        "                      succeeded, 1 where it went back; Ctrl-C ends only the watching\n"
        "  abort ENV/APP       the old version gets all traffic again\n"
        "  promote ENV/APP     leaves the present step: it waits no longer and is approved; evidence it "
        "needs\n"
        "  pause ENV/APP       the weight stays as it is, for as long as it takes; what fails still goes "
        "back\n"
        "  resume ENV/APP      it goes on; after a rollback: what Git asks for is tried again\n\n"
        "Orders are recorded in the ledger with who gave them; whoever rolls out obeys within 10 s.",
    .targets = 2,
    .run = run,
};
