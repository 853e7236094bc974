#include "reconciler/promoter.h"

#include <stdlib.h>

#include "reconciler/attendant.h"

struct promoter {
    struct promoter_options options;
    struct promotion_memory *memory;
    struct session *session;
    struct attendant *attendant;
};

static bool make_ready(struct promoter *promoter, struct error *error)
{
    bool moved;
    return promoter->session ? session_refresh(promoter->session, &moved, error)
                             : session_open(promoter->options.session, &promoter->session, error);
}

/* While there is nothing to promote into, nothing is kept for it. */
static void rest(struct promoter *promoter)
{
    session_close(promoter->session);
    promoter->session = NULL;
}

static struct attendant_rest pass(void *self)
{
    struct promoter *promoter = self;
    const struct attendant_rest again = {.most_ms = ATTENDANT_AGAIN_MS}, woken = {.most_ms = 0};
    struct error error = ERROR_INIT;
    if (!make_ready(promoter, &error)) {
        if (!atomic_load(promoter->options.session->cancelled))
            log_error(promoter->options.session->log, "cannot read the repository", LOG_ERROR_FIELD(&error));
        rest(promoter);
        return again;
    }
    const struct promotion_options options = {.session = promoter->session,
                                              .forge = promoter->options.forge,
                                              .application = promoter->options.application,
                                              .keeps = promoter->options.keeps,
                                              .keeps_self = promoter->options.keeps_self};
    if (promotion_pass(&options, promoter->memory))
        return again;
    rest(promoter);
    return woken;
}

struct promoter *promoter_start(const struct promoter_options *options)
{
    struct promoter *promoter = memory_alloc(sizeof *promoter);
    promoter->options = *options;
    promoter->memory = promotion_memory_new();
    const struct attendant_options attendant = {.clock = options->session->clock,
                                                .cancelled = options->session->cancelled,
                                                .self = promoter,
                                                .pass = pass};
    promoter->attendant = attendant_start(&attendant);
    return promoter;
}

void promoter_wake(struct promoter *promoter)
{
    attendant_wake(promoter->attendant);
}

void promoter_stop(struct promoter *promoter)
{
    if (!promoter)
        return;
    attendant_stop(promoter->attendant);
    session_close(promoter->session);
    promotion_memory_free(promoter->memory);
    free(promoter);
}
