#include "tests/simulator/services/lambda_behaviour.h"

#include "tests/simulator/chance.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/lambda.h"

enum { KEY_MAX = 1024 };

struct behaviour {
    double errors, throttles; /* shares */
    double fastest, slowest;  /* ms */
};

static double rate_of(const struct value *variables, const char *name)
{
    double rate;
    return number_parse(value_get_text(variables, name), &rate) ? rate : 0;
}

static void read_latency(struct str text, struct behaviour *behaviour)
{
    size_t dash = str_find(text, '-');
    if (!number_parse(str_slice(text, 0, dash), &behaviour->fastest) || behaviour->fastest < 0)
        behaviour->fastest = 1;
    if (!number_parse(str_from_index(text, dash + 1), &behaviour->slowest) ||
        behaviour->slowest < behaviour->fastest)
        behaviour->slowest = behaviour->fastest;
}

static struct behaviour behaviour_of(const struct value *function, const struct value *record)
{
    const struct value *variables = value_path(record, "config", "Environment", "Variables", NULL);
    const struct value *reserved = value_get(function, "reserved");
    struct behaviour behaviour = {.errors = rate_of(variables, "SIMULATOR_ERROR_RATE"),
                                  .throttles = rate_of(variables, "SIMULATOR_THROTTLE_RATE")};
    if (value_get_text(variables, "SIMULATOR_ERROR").len)
        behaviour.errors = 1;
    if (value_is(reserved, VALUE_NUMBER) && value_get_int(function, "reserved", 1) == 0)
        behaviour.throttles = 1;
    read_latency(value_get_text(variables, "SIMULATOR_LATENCY"), &behaviour);
    return behaviour;
}

static void draw(const struct behaviour *behaviour, uint64_t *chance, uint64_t count,
                 struct lambda_outcome *outcome)
{
    uint64_t steps = (uint64_t)(behaviour->slowest - behaviour->fastest) + 1;
    outcome->throttled = chance_binomial(chance, count, behaviour->throttles);
    uint64_t invoked = count - outcome->throttled;
    outcome->failed = chance_binomial(chance, invoked, behaviour->errors);
    outcome->succeeded = invoked - outcome->failed;
    if (steps == 1)
        distribution_add(&outcome->durations, behaviour->fastest, (double)invoked);
    else
        for (uint64_t i = 0; i < invoked; i++)
            distribution_add(&outcome->durations, behaviour->fastest + (double)(chance_next(chance) % steps),
                             1);
}

void lambda_outcome_release(struct lambda_outcome *outcome)
{
    distribution_release(&outcome->durations);
}

/* --- metrics --- */

static void report_one(struct simulator *simulator, const struct lambda_origin *origin, const char *metric,
                       struct dimension *dimensions, size_t count, const struct distribution *measured)
{
    const char *unit = str_is(STR("Duration"), metric) ? "Milliseconds" : "Count";
    struct buf key = BUF_INIT(KEY_MAX);
    if (measured->count <= 0)
        return;
    metrics_key(&key, STR("AWS/Lambda"), str_from(metric), dimensions, count);
    metrics_add(metrics_region(&simulator->metrics, origin->account, origin->region), buf_str(&key), unit,
                origin->now, origin->time, measured);
    buf_release(&key);
}

static void count_outcome(struct distribution *measured, uint64_t hits, uint64_t others)
{
    distribution_add(measured, 0, (double)others);
    distribution_add(measured, 1, (double)hits);
}

static void report(struct simulator *simulator, const struct lambda_origin *origin, struct str version,
                   const struct lambda_outcome *outcome)
{
    char text[300];
    struct distribution invocations = {0}, errors = {0}, throttles = {0};
    bool alias = origin->qualifier.len && !str_is(origin->qualifier, "$LATEST") &&
                 !lambda_is_number(origin->qualifier);
    uint64_t invoked = outcome->failed + outcome->succeeded;
    snprintf(text, sizeof text, "%.*s%s%.*s", STR_ARG(origin->function), origin->qualifier.len ? ":" : "",
             STR_ARG(origin->qualifier));
    count_outcome(&invocations, invoked, 0);
    count_outcome(&errors, outcome->failed, outcome->succeeded);
    count_outcome(&throttles, outcome->throttled, invoked);
    for (size_t count = 0; count <= (alias ? 3u : 2u); count++) {
        struct dimension dimensions[] = {{STR("FunctionName"), origin->function},
                                         {STR("Resource"), str_from(text)},
                                         {STR("ExecutedVersion"), version}};
        report_one(simulator, origin, "Invocations", dimensions, count, &invocations);
        report_one(simulator, origin, "Errors", dimensions, count, &errors);
        report_one(simulator, origin, "Throttles", dimensions, count, &throttles);
        report_one(simulator, origin, "Duration", dimensions, count, &outcome->durations);
    }
    distribution_release(&invocations);
    distribution_release(&errors);
    distribution_release(&throttles);
}

void lambda_behave(struct simulator *simulator, const struct lambda_origin *origin,
                   const struct value *function, const struct value *record, struct str version,
                   uint64_t *chance, uint64_t count, struct lambda_outcome *outcome)
{
    const struct behaviour behaviour = behaviour_of(function, record);
    *outcome = (struct lambda_outcome){0};
    if (!count)
        return;
    draw(&behaviour, chance, count, outcome);
    report(simulator, origin, version, outcome);
}

/* --- traffic --- */

bool lambda_weight(const struct value *function, struct str qualifier, struct str *version, double *share)
{
    const struct value *weights =
        value_get(value_get_str(value_get(function, "aliases"), qualifier), "weights");
    if (!weights || !weights->count)
        return false;
    *version = weights->entries[0].key;
    return number_parse(value_text(weights->entries[0].value), share);
}

static void play(struct simulator *simulator, const struct lambda_origin *origin,
                 const struct value *function, struct str qualifier, uint64_t *chance, uint64_t count)
{
    struct lambda_outcome outcome;
    struct str version;
    const struct value *record = lambda_record(function, qualifier, &version);
    if (!record)
        return;
    lambda_behave(simulator, origin, function, record, version, chance, count, &outcome);
    lambda_outcome_release(&outcome);
}

void lambda_traffic(struct simulator *simulator, const struct lambda_origin *origin, uint64_t *chance,
                    uint64_t count)
{
    const struct store *store = stores_of(&simulator->stores, STR("lambda"), origin->account, origin->region);
    const struct value *function = value_get_str(value_get(store->root, "functions"), origin->function);
    struct str other;
    double share = 0;
    uint64_t there = 0;
    if (!function)
        return;
    if (lambda_weight(function, origin->qualifier, &other, &share))
        there = chance_binomial(chance, count, share);
    if (there)
        play(simulator, origin, function, other, chance, there);
    play(simulator, origin, function, origin->qualifier, chance, count - there);
}
