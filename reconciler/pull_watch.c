#include "reconciler/pull_watch.h"

#include <stdlib.h>

#include "reconciler/attendant.h"

enum { PAUSE_MAX_MS = 5 * 60 * 1000 };

struct pull_watch {
    struct pull_watch_options options;
    struct pulls_memory *memory;
    struct session *session;
    struct attendant *attendant;
    int64_t failures; /* in a row */
};

/* Longer each time that it fails, and as long as the forge says. */
static int64_t pause_of(struct pull_watch *watch, bool done)
{
    int64_t asked = forge_wait_ms(watch->options.forge);
    int64_t pause = done ? 0 : back_off_ms(watch->failures, PAUSE_MAX_MS);
    watch->failures = done ? 0 : watch->failures + 1;
    return asked > pause ? asked : pause;
}

static struct attendant_rest pass(void *self)
{
    struct pull_watch *watch = self;
    const struct session_options *session = watch->options.session;
    struct error error = ERROR_INIT;
    bool done = watch->session || session_open(session, &watch->session, &error);
    const struct pulls_options options = {
        .session = watch->session, .forge = watch->options.forge, .account = watch->options.account};
    done = done && pulls_pass(&options, watch->memory, &error);
    if (!done && !atomic_load(session->cancelled))
        log_error(session->log, "cannot look at pull requests", LOG_ERROR_FIELD(&error));
    int64_t pause = pause_of(watch, done);
    return (struct attendant_rest){.least_ms = pause, .most_ms = done ? ATTENDANT_AGAIN_MS : pause};
}

struct pull_watch *pull_watch_start(const struct pull_watch_options *options)
{
    struct pull_watch *watch = memory_alloc(sizeof *watch);
    watch->options = *options;
    watch->memory = pulls_memory_new();
    const struct attendant_options attendant = {.clock = options->session->clock,
                                                .cancelled = options->session->cancelled,
                                                .self = watch,
                                                .pass = pass,
                                                .by_hand = options->by_hand};
    watch->attendant = attendant_start(&attendant);
    return watch;
}

void pull_watch_wake(struct pull_watch *watch)
{
    if (watch)
        attendant_wake(watch->attendant);
}

void pull_watch_stop(struct pull_watch *watch)
{
    if (!watch)
        return;
    attendant_stop(watch->attendant);
    session_close(watch->session);
    pulls_memory_free(watch->memory);
    free(watch);
}
