#include "reconciler/promoter.h"

#include <pthread.h>
#include <stdlib.h>

enum { NAP_MS = 50 };

struct promoter {
    struct promoter_options options;
    struct promotion_memory *memory;
    struct session *session;
    atomic_bool awake;
    pthread_t thread;
};

static bool is_cancelled(const struct promoter *promoter)
{
    return atomic_load(promoter->options.session->cancelled);
}

static void wait_for_wake(struct promoter *promoter)
{
    while (!is_cancelled(promoter) && !atomic_exchange(&promoter->awake, false))
        clock_sleep(promoter->options.session->clock, NAP_MS);
}

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

static void pass(struct promoter *promoter)
{
    struct error error = ERROR_INIT;
    if (!make_ready(promoter, &error)) {
        if (!is_cancelled(promoter))
            log_error(promoter->options.session->log, "cannot read the repository", LOG_ERROR_FIELD(&error));
        rest(promoter);
        return;
    }
    const struct promotion_options options = {.session = promoter->session,
                                              .forge = promoter->options.forge,
                                              .application = promoter->options.application,
                                              .keeps = promoter->options.keeps,
                                              .keeps_self = promoter->options.keeps_self};
    if (!promotion_pass(&options, promoter->memory))
        rest(promoter);
}

static void *run(void *argument)
{
    struct promoter *promoter = argument;
    while (!is_cancelled(promoter)) {
        wait_for_wake(promoter);
        if (!is_cancelled(promoter))
            pass(promoter);
    }
    session_close(promoter->session);
    return NULL;
}

struct promoter *promoter_start(const struct promoter_options *options)
{
    struct promoter *promoter = memory_alloc(sizeof *promoter);
    promoter->options = *options;
    promoter->memory = promotion_memory_new();
    if (pthread_create(&promoter->thread, NULL, run, promoter) != 0)
        memory_exhausted();
    return promoter;
}

void promoter_wake(struct promoter *promoter)
{
    atomic_store(&promoter->awake, true);
}

void promoter_stop(struct promoter *promoter)
{
    if (!promoter)
        return;
    pthread_join(promoter->thread, NULL);
    promotion_memory_free(promoter->memory);
    free(promoter);
}
