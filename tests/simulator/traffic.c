#include "tests/simulator/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "tests/simulator/chance.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/lambda_behaviour.h"

void traffic_release(struct traffic *traffic)
{
    while (traffic->first) {
        struct traffic_source *source = traffic->first;
        traffic->first = source->next;
        free(source->account);
        free(source->region);
        free(source->function);
        free(source->alias);
        free(source);
    }
}

static bool same(const struct traffic_source *a, const struct traffic_source *b)
{
    return strcmp(a->account, b->account) == 0 && strcmp(a->region, b->region) == 0 &&
           strcmp(a->function, b->function) == 0 && strcmp(a->alias, b->alias) == 0;
}

static struct traffic_source *source_of(struct simulator *simulator, const struct traffic_source *wanted)
{
    for (struct traffic_source *source = simulator->traffic.first; source; source = source->next)
        if (same(source, wanted))
            return source;
    struct traffic_source *source = memory_alloc(sizeof *source);
    *source = (struct traffic_source){.next = simulator->traffic.first,
                                      .account = memory_strdup(wanted->account),
                                      .region = memory_strdup(wanted->region),
                                      .function = memory_strdup(wanted->function),
                                      .alias = memory_strdup(wanted->alias),
                                      .chance = simulator->options.seed};
    const char *const names[] = {source->account, source->region, source->function, source->alias};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        source->chance = chance_next(&source->chance) ^ str_hash(str_from(names[i]));
    simulator->traffic.first = source;
    return source;
}

void traffic_set(struct simulator *simulator, const struct traffic_source *wanted)
{
    int64_t now = sim_now(simulator);
    struct traffic_source *source = source_of(simulator, wanted);
    source->per_minute = wanted->per_minute;
    source->since = source->at = now;
    source->given = 0;
    metrics_arm(metrics_region(&simulator->metrics, str_from(source->account), str_from(source->region)),
                now);
}

/* The requests from where the source is until `until`, within one minute. */
static void give(struct simulator *simulator, struct traffic_source *source, int64_t until, int64_t now)
{
    const struct lambda_origin origin = {.account = str_from(source->account),
                                         .region = str_from(source->region),
                                         .function = str_from(source->function),
                                         .qualifier = str_from(source->alias),
                                         .now = now,
                                         .time = source->at};
    int64_t due = (until - source->since) * source->per_minute / METRICS_MINUTE;
    source->at = until;
    if (due == source->given)
        return;
    lambda_traffic(simulator, &origin, &source->chance, (uint64_t)(due - source->given));
    source->given = due;
}

static void advance(struct simulator *simulator, struct traffic_source *source, int64_t now)
{
    if (source->at < now - METRICS_KEPT_MS) { /* nobody can see what was before */
        source->at = source->since = now - METRICS_KEPT_MS;
        source->given = 0;
    }
    while (source->at < now) {
        int64_t minute = source->at - source->at % METRICS_MINUTE + METRICS_MINUTE;
        give(simulator, source, minute < now ? minute : now, now);
    }
}

void traffic_advance(struct simulator *simulator, int64_t now)
{
    for (struct traffic_source *source = simulator->traffic.first; source; source = source->next)
        if (source->per_minute && source->at < now)
            advance(simulator, source, now);
}

bool traffic_flows(const struct traffic *traffic, struct str account, struct str region)
{
    for (const struct traffic_source *source = traffic->first; source; source = source->next)
        if (source->per_minute && str_is(account, source->account) && str_is(region, source->region))
            return true;
    return false;
}
