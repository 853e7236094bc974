#include "reconciler/cli/each.h"
#include "reconciler/suspension.h"

static struct note note_of(const struct each *each, const struct subject *subject)
{
    return suspension_note(subject->ledger, each->context->clock, &subject->environment,
                           subject->application->name);
}

static bool suspend(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct arena *arena = subject->arena;
    const struct options *options = &each->context->options;
    int64_t now = clock_wall(each->context->clock);
    const struct suspension suspension = {.present = true,
                                          .reason = options->reason,
                                          .by = mirror_person(session_mirror(each->session), arena),
                                          .since_ms = now,
                                          .until_ms = now + options->for_ms};
    (void)differences;
    if (!subject_recall(subject, error))
        return false;
    const struct note note = note_of(each, subject);
    if (!suspension_begin(&note, arena, &suspension, error))
        return false;
    each_tell(each, subject, NULL,
              arena_printf(arena, "plumb run leaves it alone until %.*s",
                           STR_ARG(time_iso8601(arena, suspension.until_ms))));
    return true;
}

static bool resume(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    (void)differences;
    if (!subject_recall(subject, error))
        return false;
    const struct note note = note_of(each, subject);
    if (!suspension_end(&note, subject->arena, mirror_person(session_mirror(each->session), subject->arena),
                        error))
        return false;
    each_tell(each, subject, NULL, STR("plumb run looks after it again, within a minute"));
    return true;
}

static enum exit_status run_suspend(struct context *context, struct error *error)
{
    if (!context->options.target.len) {
        error_set(error, ERROR_INVALID, "name what to suspend: plumb suspend ENV[/APP] --reason TEXT");
        return EXIT_ERROR;
    }
    if (!context->options.reason.len) {
        error_set(error, ERROR_INVALID, "say why: --reason TEXT; everybody who wonders will read it");
        return EXIT_ERROR;
    }
    return for_each_application(context, suspend, error);
}

static enum exit_status run_resume(struct context *context, struct error *error)
{
    if (!context->options.target.len) {
        error_set(error, ERROR_INVALID, "name what to resume: plumb resume ENV[/APP]");
        return EXIT_ERROR;
    }
    return for_each_application(context, resume, error);
}

const struct command command_suspend = {
    .name = "suspend",
    .arguments = "[OPTIONS] ENV[/APP]",
    .summary = "have plumb run leave it alone for a time",
    .help = "Until the time is over, or `plumb resume` says so, no `plumb run` releases, heals or looks for "
            "drift\nthere; `plumb status` shows it.  A rollout that is under way goes on, and `plumb apply` "
            "still works.\nFor longer, write `suspend: {reason: ...}` into the application's file.",
    .options = OPTION_SUSPEND,
    .targets = 1,
    .run = run_suspend,
};

const struct command command_resume = {
    .name = "resume",
    .arguments = "[OPTIONS] ENV[/APP]",
    .summary = "end what plumb suspend began",
    .help = "`plumb rollout resume` is for a rollout that was paused.",
    .targets = 1,
    .run = run_resume,
};
