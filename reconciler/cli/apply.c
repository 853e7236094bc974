#include <string.h>
#include <unistd.h>

#include "reconciler/cli/each.h"
#include "reconciler/report.h"
#include "reconciler/rolling.h"

/* A rollout of another instance, the release, and what is left after its traffic; each at most once again. */
enum { ROUNDS_MAX = 6 };

struct progress {
    struct context *context;
    size_t done, total;
};

/* One line a change on standard error, as it ends, and one for the old one of a replacement. */
static void progress(void *self, const struct change *change, enum apply_phase phase)
{
    static const char *const words[] = {"",
                                        "done",
                                        "failed",
                                        "skipped",
                                        "waits for the traffic",
                                        "the old one is deleted",
                                        "the old one stays"};
    struct progress *progress = self;
    if (phase == APPLY_BEGINS)
        return;
    bool old = phase >= APPLY_OLD_DELETED;
    struct buf counter = BUF_INIT(64), line = BUF_INIT(BUF_SMALL);
    progress->done += !old;
    buf_printf(&counter, "[%zu/%zu]", progress->done, progress->total);
    buf_printf(&line, "  %*s %s  ", (int)counter.len, old ? "" : counter.ptr,
               report_action(change->action, progress->context->options.error_color));
    text_escape(&line, change->logical_id);
    buf_printf(&line, "  %s\n", words[phase]);
    ssize_t ignored = write(STDERR_FILENO, line.ptr, line.len);
    (void)ignored;
    buf_release(&line);
    buf_release(&counter);
}

static void print_failures(const struct each *each, const struct subject *subject, const struct plan *plan,
                           const struct apply_result *result)
{
    const struct target target = {.environment = subject->environment.name,
                                  .application = subject->application->name};
    if (!result->first_id.len) /* an asset could not be published */
        print_failure(each->context, &target, &result->first);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].error.code != ERROR_NONE)
            print_failure(each->context, &target, &plan->changes[i].error);
}

static void verdict(struct each *each, const struct subject *subject, const struct plan *plan,
                    const struct apply_result *result)
{
    struct buf *text = each->text;
    text_escape(text, subject->environment.name);
    buf_addc(text, '/');
    text_escape(text, subject->application->name);
    if (result->failed)
        buf_printf(text, ": failed at %.7s: ", plan->input.commit.hex);
    else
        buf_printf(text, ": %s %.7s: ", result->release.heals ? "healed" : "released",
                   plan->input.commit.hex);
    text_escape(text, result->release.verdict);
    buf_addc(text, '\n');
}

static void set_count(struct arena *arena, struct value *map, const char *key, size_t count)
{
    value_setz(arena, map, key, value_int(arena, (int64_t)count));
}

static void add_json(struct each *each, const struct subject *subject, struct plan *plan,
                     const struct apply_result *result)
{
    if (each->context->options.output != OUTPUT_JSON)
        return;
    struct arena *arena = each->context->arena;
    struct value *node = value_copy(arena, report_plan_json(subject->arena, subject, plan));
    set_count(arena, node, "done", result->done);
    set_count(arena, node, "failed", result->failed);
    set_count(arena, node, "skipped", result->skipped);
    value_append(arena, each->list, node);
}

/* What happens to the traffic, a line each. */
static void traffic_progress(void *self, const struct rollout *rollout, const char *what)
{
    (void)self;
    (void)what;
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    struct buf line = BUF_INIT(BUF_SMALL);
    buf_printf(&line, "  traffic  %3lld %%  ", (long long)value_get_int(last, "weight", 0));
    text_escape(&line, value_get_text(last, "event"));
    buf_addc(&line, '\n');
    ssize_t ignored = write(STDERR_FILENO, line.ptr, line.len);
    (void)ignored;
    buf_release(&line);
}

static bool roll(struct each *each, struct subject *subject, struct error *error)
{
    struct boards *boards = boards_new();
    const struct rolling_options options = {.boards = boards, .progress = traffic_progress};
    struct rollout outcome;
    bool ended = rolling_run(subject, &options, &outcome, error);
    boards_free(boards);
    if (!ended)
        return false;
    if (outcome.phase != ROLLOUT_SUCCEEDED && !outcome.superseded)
        return error_set(error, ERROR_UNAVAILABLE, "rolled back: %.*s", STR_ARG(outcome.reason));
    if (each->context->options.output == OUTPUT_TEXT) {
        buf_printf(each->text, "%.*s/%.*s: ", STR_ARG(subject->environment.name),
                   STR_ARG(subject->application->name));
        buf_addz(each->text, outcome.superseded ? "rolled back: " : "all traffic is on the new version: ");
        text_escape(each->text, outcome.reason);
        buf_addc(each->text, '\n');
        print_text(buf_str(each->text));
        buf_clear(each->text);
    }
    return true;
}

/* `rolls`: traffic has to move now. */
static bool apply(struct each *each, struct subject *subject, struct plan *plan, bool *rolls,
                  struct error *error)
{
    struct progress told = {.context = each->context,
                            .total = plan->count - plan->actions[CHANGE_NONE] - plan->retained};
    const struct apply_options options = {.ledger = subject->ledger,
                                          .clock = each->context->clock,
                                          .progress = progress,
                                          .progress_self = &told};
    struct apply_result result;
    report_plan(each->text, subject, plan, each->context->options.color);
    if (each->context->options.output == OUTPUT_TEXT)
        print_text(buf_str(each->text));
    buf_clear(each->text);
    if (!apply_plan(plan, &options, &result, error))
        return false;
    *rolls = result.rolling;
    if (plan_has_changes(plan) && !result.rolling)
        verdict(each, subject, plan, &result);
    add_json(each, subject, plan, &result);
    if (!result.failed && !result.skipped)
        return true;
    print_failures(each, subject, plan, &result);
    return error_set(error, ERROR_UNAVAILABLE,
                     "%zu failed, %zu skipped because of them; the next apply goes on from here",
                     result.failed, result.skipped);
}

/* A rollout that somebody began and nobody ended comes first. */
static bool take_over(struct each *each, struct subject *subject, bool *rolled, struct error *error)
{
    *rolled = false;
    if (!subject_recall(subject, error))
        return false;
    if (!rolling_is_due(subject))
        return true;
    *rolled = true;
    return roll(each, subject, error);
}

static bool apply_once(struct each *each, struct subject *subject, bool *again, struct error *error)
{
    struct plan *plan;
    if (!take_over(each, subject, again, error))
        return false;
    if (*again)
        return true;
    if (!subject_trusted(subject, error) || !subject_plan(subject, &plan, error))
        return false;
    bool ok = apply(each, subject, plan, again, error) &&
              (plan_has_changes(plan) || subject_keep_trust(subject, error));
    plan_free(plan);
    return ok && (!*again || (subject_recall(subject, error) && roll(each, subject, error)));
}

/* Once the traffic has moved, what only the old version needed goes by a plan of its own. */
static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    bool again, ok = apply_once(each, subject, &again, error);
    (void)differences;
    for (int round = 1; ok && again && round < ROUNDS_MAX; round++) {
        struct subject *now;
        if (!subject_open(each->session, subject->environment.name, subject->application->name, &now, error))
            return false;
        ok = apply_once(each, now, &again, error);
        subject_close(now);
    }
    return ok;
}

static enum exit_status run(struct context *context, struct error *error)
{
    return for_each_in_order(context, visit, error);
}

const struct command command_apply = {
    .name = "apply",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "bring the account to Git's state",
    .help =
        "Plans, then carries the plan out: the intent is recorded in the ledger first, every change is read\n"
        "back, and the outcome is recorded.  A second apply writes nothing.  After an interruption the next\n"
        "apply goes on where it stopped.",
    .targets = 1,
    .run = run,
};
