#include "reconciler/rollout/traffic.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "providers/apigateway/patch.h"
#include "providers/lambda/operations.h"
#include "providers/resource.h"
#include "providers/sfn/operations.h"

/* Somebody who writes all the time is not waited for. */
enum { ATTEMPTS = 4 };

/* 0.1 of 1 -> 10; what is no whole percent, or none at all, is foreign. */
static int64_t percent_of(const struct value *weight, double whole)
{
    char text[64];
    struct str written = value_text(weight);
    if (!written.len || written.len >= sizeof text)
        return TRAFFIC_FOREIGN;
    snprintf(text, sizeof text, "%.*s", STR_ARG(written));
    double percent = strtod(text, NULL) / whole * 100;
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
    struct traffic traffic = {.weight = TRAFFIC_FOREIGN, .own = arena_str(arena, own)};
    const char *noun = target->kind == TRAFFIC_API_STAGE ? "deployment" : "version";
    bool shared = other.len && weight != 0;
    if (str_equal(own, target->old_version) && (!shared || str_equal(other, target->new_version)))
        traffic.weight = shared ? weight : 0;
    else if (str_equal(own, target->new_version) && (!shared || str_equal(other, target->old_version)))
        traffic.weight = !shared ? 100 : weight < 0 ? weight : 100 - weight;
    struct str own_words = number_in(own), other_words = number_in(other);
    if (!shared)
        traffic.words = arena_printf(arena, "%s %.*s", noun, STR_ARG(own_words));
    else if (weight < 0)
        traffic.words = arena_printf(arena, "%s %.*s with a part on %s %.*s", noun, STR_ARG(own_words), noun,
                                     STR_ARG(other_words));
    else
        traffic.words = arena_printf(arena, "%s %.*s with %" PRId64 " %% on %s %.*s", noun,
                                     STR_ARG(own_words), weight, noun, STR_ARG(other_words));
    return traffic;
}

static struct traffic of_function(struct arena *arena, const struct rollout_target *target,
                                  const struct value *answer)
{
    const struct value *weights = value_path(answer, "RoutingConfig", "AdditionalVersionWeights", NULL);
    bool shared = value_is(weights, VALUE_MAP) && weights->count;
    struct traffic traffic = between(arena, target, value_get_text(answer, "FunctionVersion"),
                                     shared ? weights->entries[0].key : STR_EMPTY,
                                     shared ? percent_of(weights->entries[0].value, 1) : 0);
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

/* A canary of the stage's own deployment moves nothing. */
static struct traffic of_stage(struct arena *arena, const struct rollout_target *target,
                               const struct value *answer)
{
    const struct value *canary = value_get(answer, "canarySettings");
    struct str own = value_get_text(answer, "deploymentId"), other = value_get_text(canary, "deploymentId");
    const struct value *percent = value_get(canary, "percentTraffic");
    bool shared = other.len && !str_equal(other, own) && percent;
    struct traffic traffic =
        between(arena, target, own, shared ? other : STR_EMPTY, shared ? percent_of(percent, 100) : 0);
    traffic.canary = canary != NULL;
    return traffic;
}

struct traffic traffic_of(struct arena *arena, const struct rollout_target *target,
                          const struct value *answer)
{
    static struct traffic (*const all[TRAFFIC_KINDS])(struct arena *, const struct rollout_target *,
                                                      const struct value *) = {
        [TRAFFIC_FUNCTION] = of_function,
        [TRAFFIC_STATE_MACHINE] = of_state_machine,
        [TRAFFIC_API_STAGE] = of_stage,
    };
    return all[target->kind](arena, target, answer);
}

struct str traffic_moved_away(struct arena *arena, const struct rollout_target *target,
                              const struct traffic *now)
{
    return arena_printf(arena, "%.*s:%.*s was moved by somebody else: its traffic goes to %.*s",
                        STR_ARG(target->function), STR_ARG(target->alias), STR_ARG(now->words));
}

struct str traffic_of_stage(struct arena *arena, struct str api, struct str stage)
{
    return arena_printf(arena, "restapis/%.*s/stages/%.*s", STR_ARG(api), STR_ARG(stage));
}

static struct value *stage_input(struct arena *arena, struct str physical_id)
{
    struct str parts[4] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    for (size_t i = 0; i < ARRAY_LENGTH(parts) && str_split(&physical_id, '/', &parts[i]); i++)
        ;
    return and_with(arena, input_with(arena, "restApiId", parts[1]), "stageName", parts[3]);
}

const struct aws_operation *traffic_asks(struct arena *arena, struct str name, struct str alias,
                                         struct value **input)
{
    if (alias.len) {
        *input = and_with(arena, input_with(arena, "FunctionName", name), "Name", alias);
        return &lambda_operations[LAMBDA_GET_ALIAS];
    }
    if (str_starts(name, "restapis/")) {
        *input = stage_input(arena, name);
        return &apigateway_operations[APIGATEWAY_GET_STAGE];
    }
    *input = input_with(arena, "stateMachineAliasArn", name);
    return &sfn_operations[SFN_DESCRIBE_STATE_MACHINE_ALIAS];
}

bool traffic_read(struct aws *aws, struct arena *arena, const struct rollout_target *target,
                  struct traffic *traffic, struct error *error)
{
    bool function = target->kind == TRAFFIC_FUNCTION;
    struct value *input, *answer;
    const struct aws_operation *operation =
        traffic_asks(arena, function ? target->function : target->physical_id,
                     function ? target->alias : STR_EMPTY, &input);
    if (!aws_call(aws, operation, arena, input, &answer, error))
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

/* How the canary is made: its variables and its cache, as the template has them. */
static void add_canary(struct arena *arena, struct value *patch, const struct value *canary)
{
    const struct value *variables = value_get(canary, "StageVariableOverrides"),
                       *cache = value_get(canary, "UseStageCache");
    for (size_t i = 0; value_is(variables, VALUE_MAP) && i < variables->count; i++)
        patch_add(arena, patch, "replace",
                  arena_printf(arena, "/canarySettings/stageVariableOverrides/%.*s",
                               STR_ARG(patch_part(arena, variables->entries[i].key))),
                  variables->entries[i].value);
    if (cache)
        patch_add(arena, patch, "replace", STR("/canarySettings/useStageCache"), cache);
}

/* https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch */
static struct value *stage_steps(const struct traffic_move *move, const struct rollout_target *target,
                                 const struct traffic *now)
{
    struct arena *arena = move->arena;
    struct value *patch = value_list(arena);
    struct str own = move->to == 100 ? target->new_version : target->old_version;
    if (!str_equal(own, now->own))
        patch_add(arena, patch, "replace", STR("/deploymentId"), value_string(arena, own));
    if (move->to > 0 && move->to < 100) {
        patch_add(arena, patch, "replace", STR("/canarySettings/deploymentId"),
                  value_string(arena, target->new_version));
        patch_add(arena, patch, "replace", STR("/canarySettings/percentTraffic"), value_int(arena, move->to));
        add_canary(arena, patch, target->canary);
    } else if (now->canary) {
        patch_add(arena, patch, "remove", STR("/canarySettings"), NULL);
    }
    return patch;
}

static const struct aws_limits write_limits = {.total_ms = TRAFFIC_WRITE_MS};

static bool write_stage(const struct traffic_move *move, struct rollout_target *target,
                        const struct traffic *now, struct error *error)
{
    struct value *input = stage_input(move->arena, target->physical_id);
    value_setz(move->arena, input, "patchOperations", stage_steps(move, target, now));
    return aws_call_within(move->aws, &apigateway_operations[APIGATEWAY_UPDATE_STAGE], move->arena, input,
                           &write_limits, NULL, error);
}

static bool write_state_machine(const struct traffic_move *move, struct rollout_target *target,
                                const struct traffic *now, struct error *error)
{
    struct arena *arena = move->arena;
    struct value *input = input_with(arena, "stateMachineAliasArn", target->physical_id),
                 *routes = value_list(arena);
    (void)now;
    add_route(arena, routes, target->old_version, 100 - move->to);
    add_route(arena, routes, target->new_version, move->to);
    value_setz(arena, input, "routingConfiguration", routes);
    return aws_call_within(move->aws, &sfn_operations[SFN_UPDATE_STATE_MACHINE_ALIAS], arena, input,
                           &write_limits, NULL, error);
}

static bool write_function(const struct traffic_move *move, struct rollout_target *target,
                           const struct traffic *now, struct error *error)
{
    struct arena *arena = move->arena;
    struct value *input = input_with(arena, "FunctionName", target->function), *answer;
    (void)now;
    and_with(arena, input, "Name", target->alias);
    and_with(arena, input, "FunctionVersion", move->to == 100 ? target->new_version : target->old_version);
    value_setz(arena, input, "RoutingConfig", function_weights(arena, target, move->to));
    and_with(arena, input, "RevisionId", target->revision);
    if (!aws_call_within(move->aws, &lambda_operations[LAMBDA_UPDATE_ALIAS], arena, input, &write_limits,
                         &answer, error))
        return false;
    target->revision = arena_str(arena, value_get_text(answer, "RevisionId"));
    return true;
}

/* `now` is filled where the target has no revision. */
static bool write(const struct traffic_move *move, struct rollout_target *target, const struct traffic *now,
                  struct error *error)
{
    static bool (*const all[TRAFFIC_KINDS])(const struct traffic_move *, struct rollout_target *,
                                            const struct traffic *, struct error *) = {
        [TRAFFIC_FUNCTION] = write_function,
        [TRAFFIC_STATE_MACHINE] = write_state_machine,
        [TRAFFIC_API_STAGE] = write_stage,
    };
    return move->may_write(move->self, error) && all[target->kind](move, target, now, error);
}

static bool is_planned(const struct rollout *rollout, int64_t weight)
{
    for (size_t i = 0; i < rollout->step_count; i++)
        if (rollout->steps[i].weight == weight)
            return true;
    return weight == 0 || weight == 100;
}

/* `done`: it is there already. */
static bool look(const struct traffic_move *move, struct rollout_target *target, struct traffic *now,
                 bool *done, struct error *error)
{
    if (!traffic_read(move->aws, move->arena, target, now, error))
        return false;
    *done = now->weight == move->to;
    bool planned =
        now->weight >= move->least && now->weight <= move->most && is_planned(move->rollout, now->weight);
    target->revision = *done || planned ? now->revision : STR_EMPTY;
    if (*done || planned)
        return true;
    error_set(error, ERROR_CONFLICT, "%.*s", STR_ARG(traffic_moved_away(move->arena, target, now)));
    error_set_name(error, TRAFFIC_MOVED_BY_OTHERS);
    return false;
}

bool traffic_move(const struct traffic_move *move, struct rollout_target *target, struct error *error)
{
    struct traffic now = {.weight = TRAFFIC_FOREIGN};
    bool done = false;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (!target->revision.len && !look(move, target, &now, &done, error))
            return false;
        if (done || write(move, target, &now, error))
            return true;
        target->revision = STR_EMPTY;
        if (!error_is(error, "PreconditionFailedException") && error->code != ERROR_TIMEOUT)
            return false;
        if (attempt + 1 < ATTEMPTS)
            error_clear(error);
    }
    return false;
}
