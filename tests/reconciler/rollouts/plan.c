/* What happens in a seed's rollout. */

#include <stdlib.h>

#include "tests/reconciler/rollouts/rollouts.h"
#include "tests/simulator/chance.h"

enum { SECOND = 1000, MINUTE = 60 * 1000 };

uint64_t plan_below(struct plan *plan, uint64_t bound)
{
    return chance_next(&plan->chance) % bound;
}

static bool one_in(struct plan *plan, uint64_t many)
{
    return plan_below(plan, many) == 0;
}

static int64_t between(struct plan *plan, int64_t least, int64_t most)
{
    return least + (int64_t)plan_below(plan, (uint64_t)(most - least + 1));
}

#define ONE_OF(plan, list) ((list)[plan_below((plan), ARRAY_LENGTH(list))])

/* --- the way --- */

static void canary(struct plan *plan, int64_t percent, int64_t for_ms)
{
    plan->steps[0] = (struct deployment_step){.weight = percent, .for_ms = for_ms};
    plan->step_count = 1;
}

static void linear(struct plan *plan, int64_t percent, int64_t for_ms)
{
    plan->step_count = 0;
    for (int64_t weight = percent; weight < 100 && plan->step_count < STEPS_MAX; weight += percent)
        plan->steps[plan->step_count++] = (struct deployment_step){.weight = weight, .for_ms = for_ms};
}

/* One of the nine types; they last for long. */
static void draw_type(struct plan *plan)
{
    static const struct {
        const char *name;
        int64_t minutes;
    } types[] = {
        {"LambdaCanary10Percent5Minutes", 5},
        {"LambdaCanary10Percent10Minutes", 10},
        {"LambdaCanary10Percent15Minutes", 15},
        {"LambdaCanary10Percent30Minutes", 30},
        {"LambdaLinear10PercentEvery1Minute", 1},
        {"LambdaLinear10PercentEvery2Minutes", 2},
        {"LambdaLinear10PercentEvery3Minutes", 3},
        {"LambdaLinear10PercentEvery10Minutes", 10},
        {"LambdaAllAtOnce", 0},
    };
    size_t which = plan_below(plan, ARRAY_LENGTH(types));
    plan->configuration = types[which].name;
    plan->minutes = types[which].minutes;
    plan->tick_ms = between(plan, 4, 9) * SECOND;
    plan->step_count = 0;
    if (which < 4)
        canary(plan, 10, plan->minutes * MINUTE);
    else if (which < 8)
        linear(plan, 10, plan->minutes * MINUTE);
}

/* Of a form that CodeDeploy can do as well. */
static void draw_shape(struct plan *plan)
{
    plan->linear = one_in(plan, 2);
    plan->percent = plan->linear ? between(plan, 15, 60) : between(plan, 1, 99);
    plan->minutes = between(plan, 1, 2);
    int64_t for_ms = plan->codedeploy ? plan->minutes * MINUTE : between(plan, 0, 40) * SECOND;
    if (plan->linear)
        linear(plan, plan->percent, for_ms);
    else
        canary(plan, plan->percent, for_ms);
}

static void draw_steps(struct plan *plan)
{
    int64_t weight = 0;
    plan->step_count = (size_t)between(plan, 1, 5);
    for (size_t i = 0; i < plan->step_count; i++) {
        int64_t left = 100 - (int64_t)(plan->step_count - 1 - i);
        weight = between(plan, weight + 1, left < weight + 40 ? left : weight + 40);
        plan->steps[i] = (struct deployment_step){
            .weight = weight, .for_ms = between(plan, 0, 30) * SECOND, .approval = one_in(plan, 10)};
    }
}

static void draw_way(struct plan *plan)
{
    plan->codedeploy = one_in(plan, 5);
    plan->tick_ms = between(plan, 1, 3) * SECOND;
    plan->targets = one_in(plan, 2) ? 1 : (size_t)between(plan, 2, TARGETS_MAX);
    if (!plan->codedeploy && one_in(plan, 5))
        plan->last = one_in(plan, 2) ? TRAFFIC_STATE_MACHINE : TRAFFIC_API_STAGE;
    if (one_in(plan, 40))
        draw_type(plan);
    else if (plan->codedeploy || one_in(plan, 4))
        draw_shape(plan);
    else if (!one_in(plan, 10))
        draw_steps(plan);
}

/* --- what it is judged by --- */

static void draw_judges(struct plan *plan)
{
    static const char *const states[] = {
        "OK", "OK", "OK", "OK", "OK", "OK", "OK", "OK", "OK", "OK", "OK", "INSUFFICIENT_DATA", "ALARM", ""};
    static const char *const rates[] = {"0", "0", "0", "0", "0", "0", "0", "0.01", "0.2", "1"};
    static const int64_t traffics[] = {600, 600, 600, 600, 600, 600, 3000, 60, 6, 0};
    plan->alarms = (size_t)between(plan, 0, ALARMS_MAX);
    for (size_t i = 0; i < plan->alarms; i++) {
        plan->measured[i] = one_in(plan, 4);
        plan->first_state[i] = plan->measured[i] ? "OK" : ONE_OF(plan, states);
    }
    plan->minimum = one_in(plan, 3) ? 0 : between(plan, 1, 40);
    plan->compare = !one_in(plan, 3);
    plan->synthetic = one_in(plan, 4);
    plan->fix_forward = one_in(plan, 4);
    plan->error_rate = ONE_OF(plan, rates);
    plan->per_minute = ONE_OF(plan, traffics);
    plan->hold_limit_ms = between(plan, 20, 150) * SECOND;
    plan->before = one_in(plan, 3);
    plan->after = one_in(plan, 3);
    plan->before_fails = plan->before && one_in(plan, 8);
    plan->after_fails = plan->after && one_in(plan, 8);
    plan->hooks_silent = plan->codedeploy && one_in(plan, 100);
    plan->hooks_after_ms = one_in(plan, 3) ? between(plan, 0, 120) * SECOND : 0;
    plan->hooks_times = between(plan, 1, 2);
    plan->hook_timeout_ms = between(plan, 5, 120) * SECOND;
}

/* --- what goes wrong --- */

static struct event *add(struct plan *plan, enum event_kind kind)
{
    struct event *event = &plan->events[plan->event_count++];
    *event = (struct event){
        .kind = kind, .at_ms = between(plan, 0, plan->quiet_ms), .which = plan_below(plan, plan->targets)};
    return event;
}

static void draw_alarms(struct plan *plan)
{
    static const char *const states[] = {"OK", "OK", "OK", "OK", "ALARM", "INSUFFICIENT_DATA", ""};
    for (uint64_t left = plan->alarms && one_in(plan, 2) ? plan_below(plan, 5) : 0; left; left--) {
        struct event *event = add(plan, EVENT_ALARM);
        event->which = plan_below(plan, plan->alarms);
        event->word = ONE_OF(plan, states);
    }
}

static void draw_people(struct plan *plan)
{
    static const char *const words[] = {"abort", "promote", "promote", "pause", "resume", "resume"};
    if (one_in(plan, 6))
        add(plan, EVENT_PERSON)->number = (int64_t)plan_below(plan, PERSON_MOVES);
    if (one_in(plan, 24))
        add(plan, EVENT_PERSON)->number = (int64_t)plan_below(plan, PERSON_MOVES);
    for (uint64_t left = one_in(plan, 3) ? plan_below(plan, 4) : 0; left; left--)
        add(plan, EVENT_ORDER)->word = ONE_OF(plan, words);
    if (one_in(plan, 12))
        add(plan, EVENT_NEWER)->number = 1;
    if (one_in(plan, 12))
        add(plan, EVENT_DELETE)->number = between(plan, 1, 2);
    if (one_in(plan, 6))
        add(plan, EVENT_TRAFFIC)->number = between(plan, 0, 1) * 600;
}

static void draw_faults(struct plan *plan)
{
    static const char *const kinds[] = {"throttle", "500", "drop-before", "drop-after", "delay", "503"};
    static const struct {
        const char *service, *operation;
    } calls[] = {
        {"lambda", "UpdateAlias"},
        {"lambda", "UpdateAlias"},
        {"lambda", "GetAlias"},
        {"lambda", "Invoke"},
        {"lambda", ""},
        {"cloudwatch", "DescribeAlarms"},
        {"cloudwatch", "GetMetricData"},
        {"cloudwatch", ""},
        {"codedeploy", "CreateDeployment"},
        {"codedeploy", "StopDeployment"},
        {"codedeploy", ""},
        {"states", ""},
        {"apigateway", ""},
    };
    for (uint64_t left = one_in(plan, 2) ? plan_below(plan, 5) : 0; left; left--) {
        struct event *event = add(plan, EVENT_FAULT);
        size_t call = plan_below(plan, ARRAY_LENGTH(calls));
        event->word = calls[call].service;
        event->other = calls[call].operation;
        event->fault = ONE_OF(plan, kinds);
        event->number = one_in(plan, 3) ? between(plan, 2, 12) : 1;
        event->ms = between(plan, 100, one_in(plan, 3) ? 70 * SECOND : 9 * SECOND);
    }
    for (uint64_t left = one_in(plan, 4) ? plan_below(plan, 3) : 0; left; left--) {
        struct event *event = add(plan, EVENT_GIT);
        event->number = between(plan, 1, 90) * SECOND;
        event->which = plan_below(plan, 2);
    }
    plan->saves_lie = one_in(plan, 10);
}

static void draw_blows(struct plan *plan)
{
    plan->rival = one_in(plan, 3);
    size_t count = one_in(plan, 3) ? (size_t)between(plan, 1, BLOWS_MAX - 1) : 0;
    for (size_t i = 0; i < count; i++) {
        struct blow *blow = &plan->blows[i];
        if (one_in(plan, 3) && plan->rival) {
            blow->sleep_at = between(plan, 1, 60);
            blow->sleep_ms = between(plan, 100, 400) * SECOND;
        } else {
            blow->kill_at = between(plan, 1, one_in(plan, 2) ? 15 : 120);
            blow->after = one_in(plan, 2);
        }
        blow->restart_ms = one_in(plan, 4) ? between(plan, 0, 200) * SECOND : between(plan, 0, 5) * SECOND;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct event *left = a, *right = b;
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms ? -1 : 1;
    return (left->kind > right->kind) - (left->kind < right->kind);
}

void plan_draw(struct plan *plan, uint64_t seed)
{
    *plan = (struct plan){.seed = seed, .chance = seed ^ UINT64_C(0x726f6c6c6f757473)};
    draw_way(plan);
    draw_judges(plan);
    int64_t length = 60 * SECOND;
    for (size_t i = 0; i < plan->step_count; i++)
        length += plan->steps[i].for_ms;
    plan->quiet_ms = between(plan, 10 * SECOND, length);
    plan->calm = one_in(plan, plan->codedeploy ? 3 : 8);
    if (!plan->calm) {
        draw_alarms(plan);
        draw_people(plan);
        draw_faults(plan);
        draw_blows(plan);
    }
    qsort(plan->events, plan->event_count, sizeof *plan->events, by_time);
    plan->events[plan->event_count++] = (struct event){.kind = EVENT_QUIET, .at_ms = plan->quiet_ms};
}
