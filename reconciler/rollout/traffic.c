#include "reconciler/rollout/traffic.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "providers/lambda/operations.h"
#include "providers/resource.h"
#include "providers/sfn/operations.h"

/* Somebody who writes all the time is not waited for. */
enum { ATTEMPTS = 4 };

/* 0.1 -> 10; what is no whole percent, or none at all, is foreign. */
static int64_t percent_of(const struct value *weight)
{
    char text[64];
    struct str written = value_text(weight);
    if (!written.len || written.len >= sizeof text)
        return TRAFFIC_FOREIGN;
    snprintf(text, sizeof text, "%.*s", STR_ARG(written));
    double percent = strtod(text, NULL) * 100;
    return percent >= 0 && percent <= 100 && fabs(percent - round(percent)) < 1e-6 ? (int64_t)round(percent)
                                                                                   : TRAFFIC_FOREIGN;
}

/* The number at the end of a version's ARN. */
static struct str number_in(struct str version)
{
    size_t colon = str_find_last(version, ':');
    return colon == version.len ? version : str_from_index(version, colon + 1);
}

/* Two versions, the first with all that the second has not. */
static struct traffic between(struct arena *arena, const struct rollout_target *target, struct str own,
                              struct str other, int64_t weight)
{
    struct traffic traffic = {.weight = TRAFFIC_FOREIGN};
    bool shared = other.len && weight != 0;
    if (str_equal(own, target->old_version) && (!shared || str_equal(other, target->new_version)))
        traffic.weight = shared ? weight : 0;
    else if (str_equal(own, target->new_version) && (!shared || str_equal(other, target->old_version)))
        traffic.weight = !shared ? 100 : weight < 0 ? weight : 100 - weight;
    struct str own_words = number_in(own), other_words = number_in(other);
    if (!shared)
        traffic.words = arena_printf(arena, "version %.*s", STR_ARG(own_words));
    else if (weight < 0)
        traffic.words = arena_printf(arena, "version %.*s with a part on version %.*s", STR_ARG(own_words),
                                     STR_ARG(other_words));
    else
        traffic.words = arena_printf(arena, "version %.*s with %" PRId64 " %% on version %.*s",
                                     STR_ARG(own_words), weight, STR_ARG(other_words));
    return traffic;
}

static struct traffic of_function(struct arena *arena, const struct rollout_target *target,
                                  const struct value *answer)
{
    const struct value *weights = value_path(answer, "RoutingConfig", "AdditionalVersionWeights", NULL);
    bool shared = value_is(weights, VALUE_MAP) && weights->count;
    struct traffic traffic = between(arena, target, value_get_text(answer, "FunctionVersion"),
                                     shared ? weights->entries[0].key : STR_EMPTY,
                                     shared ? percent_of(weights->entries[0].value) : 0);
    traffic.revision = arena_str(arena, value_get_text(answer, "RevisionId"));
    return traffic;
}

static struct traffic of_state_machine(struct arena *arena, const struct rollout_target *target,
                                       const struct value *answer)
{
    const struct value *routes = value_get(answer, "routingConfiguration");
    const struct value *first = value_at(routes, 0), *second = value_at(routes, 1);
    return between(arena, target, value_get_text(first, "stateMachineVersionArn"),
                   value_get_text(second, "stateMachineVersionArn"), value_get_int(second, "weight", 0));
}

struct traffic traffic_of(struct arena *arena, const struct rollout_target *target,
                          const struct value *answer)
{
    return target->kind == TRAFFIC_FUNCTION ? of_function(arena, target, answer)
                                            : of_state_machine(arena, target, answer);
}

struct str traffic_moved_away(struct arena *arena, const struct rollout_target *target,
                              const struct traffic *now)
{
    return arena_printf(arena, "%.*s:%.*s was moved by somebody else: its traffic goes to %.*s",
                        STR_ARG(target->function), STR_ARG(target->alias), STR_ARG(now->words));
}

static struct value *alias_input(struct arena *arena, const struct rollout_target *target)
{
    if (target->kind == TRAFFIC_STATE_MACHINE)
        return input_with(arena, "stateMachineAliasArn", target->physical_id);
    struct value *input = input_with(arena, "FunctionName", target->function);
    return and_with(arena, input, "Name", target->alias);
}

bool traffic_read(struct aws *aws, struct arena *arena, const struct rollout_target *target,
                  struct traffic *traffic, struct error *error)
{
    const struct aws_operation *operation = target->kind == TRAFFIC_FUNCTION
                                                ? &lambda_operations[LAMBDA_GET_ALIAS]
                                                : &sfn_operations[SFN_DESCRIBE_STATE_MACHINE_ALIAS];
    struct value *answer;
    if (!aws_call(aws, operation, arena, alias_input(arena, target), &answer, error))
        return false;
    *traffic = traffic_of(arena, target, answer);
    return true;
}

static struct value *function_weights(struct arena *arena, const struct rollout_target *target,
                                      int64_t weight)
{
    struct value *weights = value_map(arena), *routing = value_map(arena);
    if (weight > 0 && weight < 100)
        value_set(arena, weights, target->new_version,
                  value_number(arena, arena_printf(arena, "0.%02d", (int)weight)));
    value_setz(arena, routing, "AdditionalVersionWeights", weights);
    return routing;
}

static void add_route(struct arena *arena, struct value *routes, struct str version, int64_t weight)
{
    struct value *route = input_with(arena, "stateMachineVersionArn", version);
    value_setz(arena, route, "weight", value_int(arena, weight));
    if (weight > 0)
        value_append(arena, routes, route);
}

static bool write(const struct traffic_move *move, struct rollout_target *target, struct error *error)
{
    const struct aws_limits limits = {.total_ms = TRAFFIC_WRITE_MS};
    struct arena *arena = move->arena;
    struct value *input = alias_input(arena, target), *answer, *routes = value_list(arena);
    if (!move->may_write(move->self, error))
        return false;
    if (target->kind == TRAFFIC_STATE_MACHINE) {
        add_route(arena, routes, target->old_version, 100 - move->to);
        add_route(arena, routes, target->new_version, move->to);
        value_setz(arena, input, "routingConfiguration", routes);
        return aws_call_within(move->aws, &sfn_operations[SFN_UPDATE_STATE_MACHINE_ALIAS], arena, input,
                               &limits, NULL, error);
    }
    and_with(arena, input, "FunctionVersion", move->to == 100 ? target->new_version : target->old_version);
    value_setz(arena, input, "RoutingConfig", function_weights(arena, target, move->to));
    and_with(arena, input, "RevisionId", target->revision);
    if (!aws_call_within(move->aws, &lambda_operations[LAMBDA_UPDATE_ALIAS], arena, input, &limits, &answer,
                         error))
        return false;
    target->revision = arena_str(arena, value_get_text(answer, "RevisionId"));
    return true;
}

static bool is_planned(const struct rollout *rollout, int64_t weight)
{
    for (size_t i = 0; i < rollout->step_count; i++)
        if (rollout->steps[i].weight == weight)
            return true;
    return weight == 0 || weight == 100;
}

/* `done`: it is there already. */
static bool look(const struct traffic_move *move, struct rollout_target *target, bool *done,
                 struct error *error)
{
    struct traffic now;
    if (!traffic_read(move->aws, move->arena, target, &now, error))
        return false;
    *done = now.weight == move->to;
    bool planned =
        now.weight >= move->least && now.weight <= move->most && is_planned(move->rollout, now.weight);
    target->revision = *done || planned ? now.revision : STR_EMPTY;
    if (*done || planned)
        return true;
    error_set(error, ERROR_CONFLICT, "%.*s", STR_ARG(traffic_moved_away(move->arena, target, &now)));
    error_set_name(error, TRAFFIC_MOVED_BY_OTHERS);
    return false;
}

bool traffic_move(const struct traffic_move *move, struct rollout_target *target, struct error *error)
{
    bool done = false;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (!target->revision.len && !look(move, target, &done, error))
            return false;
        if (done || write(move, target, error))
            return true;
        target->revision = STR_EMPTY;
        if (!error_is(error, "PreconditionFailedException") && error->code != ERROR_TIMEOUT)
            return false;
        if (attempt + 1 < ATTEMPTS)
            error_clear(error);
    }
    return false;
}
