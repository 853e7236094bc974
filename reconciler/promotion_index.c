#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "reconciler/promotion.h"

struct wish {
    struct wish *next;
    struct str from, application;
    int64_t soak_ms;
};

struct promotion_index {
    pthread_mutex_t lock; /* of what follows */
    struct arena *arena;
    struct commit_id commit;
    struct wish *wishes;
};

struct promotion_index *promotion_index_new(void)
{
    struct promotion_index *index = memory_alloc(sizeof *index);
    pthread_mutex_init(&index->lock, NULL);
    index->arena = arena_new();
    return index;
}

void promotion_index_free(struct promotion_index *index)
{
    if (!index)
        return;
    pthread_mutex_destroy(&index->lock);
    arena_free(index->arena);
    free(index);
}

static void add_wishes(struct promotion_index *index, const struct environment *environment)
{
    for (size_t i = 0; i < environment->application_count; i++) {
        const struct application *application = &environment->applications[i];
        if (!application->promotion.present)
            continue;
        struct wish *wish = arena_alloc(index->arena, sizeof *wish);
        *wish = (struct wish){.next = index->wishes,
                              .from = arena_str(index->arena, application->promotion.from),
                              .application = arena_str(index->arena, application->name),
                              .soak_ms = application->promotion.soak_ms};
        index->wishes = wish;
    }
}

static void read_all(struct promotion_index *index, struct session *session)
{
    const struct files *files = session_files(session);
    struct str *names;
    size_t count = 0;
    struct error ignored = ERROR_INIT;
    struct arena *list = arena_new();
    arena_reset(index->arena);
    index->wishes = NULL;
    if (!environments_list(files, list, &names, &count, &ignored))
        count = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct environment environment;
        if (environment_load(files, arena, names[i], &environment, &ignored))
            add_wishes(index, &environment);
        arena_free(arena);
    }
    arena_free(list);
    index->commit = *session_commit(session);
}

bool promotion_soak(struct promotion_index *index, struct session *session, struct str environment,
                    struct str application, int64_t *soak_ms)
{
    bool any = false;
    *soak_ms = 0;
    pthread_mutex_lock(&index->lock);
    if (strcmp(index->commit.hex, session_commit(session)->hex) != 0)
        read_all(index, session);
    for (const struct wish *wish = index->wishes; wish; wish = wish->next) {
        if (!str_equal(wish->from, environment) || !str_equal(wish->application, application))
            continue;
        any = true;
        *soak_ms = wish->soak_ms > *soak_ms ? wish->soak_ms : *soak_ms;
    }
    pthread_mutex_unlock(&index->lock);
    return any;
}
