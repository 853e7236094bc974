#include "tests/simulator/timeline.h"

#include <string.h>

#include "tests/simulator/internal.h"

struct event {
    const struct sim_service *service;
    struct store *store;
    int64_t time;
};

/* Of events at one time the service that stands first in services.c has its own first. */
static bool earliest(struct simulator *simulator, struct arena *arena, int64_t now, struct event *event)
{
    const struct sim_service *service;
    event->time = INT64_MAX;
    for (size_t i = 0; (service = sim_service_at(i)); i++)
        for (struct store *store = service->due ? simulator->stores.first : NULL; store;
             store = store->next) {
            if (strcmp(store->service, service->name) != 0)
                continue;
            struct call call = simulator_own_call(simulator, arena, service, store, now);
            int64_t due = service->due(&call);
            if (due < event->time)
                *event = (struct event){.service = service, .store = store, .time = due};
        }
    return event->time <= now;
}

void timeline_advance(struct simulator *simulator)
{
    struct event event;
    int64_t now = sim_now(simulator);
    struct arena *arena = arena_new();
    while (earliest(simulator, arena, now, &event)) {
        traffic_advance(simulator, event.time);
        struct call call = simulator_own_call(simulator, arena, event.service, event.store, event.time);
        event.service->happen(&call);
        stores_clean(&simulator->stores);
        arena_reset(arena);
    }
    arena_free(arena);
}
