/* Alarms, deployments and aliases: what one name gives one answer for. */

#include "providers/cloudwatch/operations.h"
#include "providers/codedeploy/operations.h"
#include "reconciler/rollout/board_private.h"
#include "reconciler/rollout/traffic.h"

enum { ALARMS_MAX = 100, DEPLOYMENTS_MAX = 25 }; /* of one call */

/* --- the list --- */

static struct item *find(const struct items *items, struct str name, struct str alias)
{
    for (size_t i = 0; i < items->count; i++)
        if (str_is(name, items->list[i]->name) && str_is(alias, items->list[i]->alias))
            return items->list[i];
    return NULL;
}

int64_t item_interval(enum item_kind kind)
{
    return kind == ITEM_ALIAS ? BOARD_ALIAS_MS : BOARD_TICK_MS;
}

struct item *item_watch(struct board *board, enum item_kind kind, struct str name, struct str alias)
{
    struct items *items = &board->items[kind];
    struct item *item = find(items, name, alias);
    if (!item) {
        item = memory_alloc(sizeof *item);
        *item = (struct item){.kind = kind,
                              .name = memory_text(name),
                              .alias = memory_text(alias),
                              .tried_ms = clock_monotonic(aws_clock(board->aws)) - item_interval(kind),
                              .read_ms = NEVER,
                              .arena = arena_new()};
        if (items->count == items->capacity) {
            items->capacity = items->capacity ? items->capacity * 2 : 16;
            items->list = memory_resize(items->list, items->capacity * sizeof(struct item *));
        }
        items->list[items->count++] = item;
    }
    item->users++;
    return item;
}

void item_unwatch(struct board *board, struct item *item)
{
    struct items *items = &board->items[item->kind];
    if (--item->users)
        return;
    for (size_t i = 0; i < items->count; i++)
        if (items->list[i] == item)
            items->list[i] = items->list[--items->count];
    arena_free(item->arena);
    free(item->name);
    free(item->alias);
    free(item->trouble);
    free(item);
}

bool item_fresh(const struct item *item, int64_t now_ms)
{
    return item->read_ms != NEVER && now_ms - item->read_ms <= BOARD_FRESH_MS;
}

static void told(struct item *item, const struct value *value, int64_t read_ms)
{
    arena_reset(item->arena);
    item->value = value ? value_copy(item->arena, value) : NULL;
    item->read_ms = read_ms;
    board_trouble(&item->trouble, NULL);
}

/* --- reading --- */

/* Those that one call asks for; others may leave the board while it is under way, so that they are found
 * again by their names. */
struct asked {
    enum item_kind kind;
    struct str names[ALARMS_MAX];
    struct str alias;
    size_t count;
    int64_t now_ms, wall_ms;
};

static int by_tried(const void *a, const void *b)
{
    const struct item *left = *(struct item *const *)a, *right = *(struct item *const *)b;
    return (left->tried_ms > right->tried_ms) - (left->tried_ms < right->tried_ms);
}

/* The longest overdue first. */
static void choose(struct board *board, struct arena *arena, struct asked *asked, size_t most)
{
    struct items *items = &board->items[asked->kind];
    qsort(items->list, items->count, sizeof(struct item *), by_tried);
    for (size_t i = 0; i < items->count && i < most; i++) {
        struct item *item = items->list[i];
        if (asked->now_ms - item->tried_ms < BOARD_TICK_MS)
            break;
        item->tried_ms = asked->now_ms;
        asked->alias = arena_str(arena, str_from(item->alias));
        asked->names[asked->count++] = arena_str(arena, str_from(item->name));
    }
}

static void failed(struct board *board, const struct asked *asked, const struct error *error)
{
    for (size_t i = 0; i < asked->count; i++) {
        struct item *item = find(&board->items[asked->kind], asked->names[i], asked->alias);
        if (item)
            board_trouble(&item->trouble, error);
    }
}

static struct value *names_of(struct arena *arena, const struct asked *asked)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < asked->count; i++)
        value_append(arena, list, value_string(arena, asked->names[i]));
    return list;
}

static const struct value *listed(const struct value *list, const char *key, struct str name)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], key), name))
            return list->items[i];
    return NULL;
}

static struct item *still_there(struct board *board, const struct asked *asked, size_t i)
{
    return find(&board->items[asked->kind], asked->names[i], asked->alias);
}

/* What an answer leaves out is not there, unless the answer goes on: then it is asked for again. */
static void read_alarms(struct board *board, struct arena *arena, struct asked *asked, struct error *error)
{
    struct value *input = value_map(arena), *types = value_list(arena), *output = NULL;
    value_append(arena, types, value_stringz(arena, "MetricAlarm"));
    value_append(arena, types, value_stringz(arena, "CompositeAlarm"));
    value_setz(arena, input, "AlarmNames", names_of(arena, asked));
    value_setz(arena, input, "AlarmTypes", types);
    value_setz(arena, input, "MaxRecords", value_int(arena, ALARMS_MAX));
    if (!board_call(board, &cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], arena, input, &output,
                    error)) {
        failed(board, asked, error);
        return;
    }
    bool goes_on = value_get_text(output, "NextToken").len > 0;
    for (size_t i = 0; i < asked->count; i++) {
        struct item *item = still_there(board, asked, i);
        const struct value *found = listed(value_get(output, "MetricAlarms"), "AlarmName", asked->names[i]);
        if (!found)
            found = listed(value_get(output, "CompositeAlarms"), "AlarmName", asked->names[i]);
        if (item && (found || !goes_on))
            told(item, found, asked->wall_ms);
    }
}

/* CodeDeploy leaves out what it does not know. */
static void read_deployments(struct board *board, struct arena *arena, struct asked *asked,
                             struct error *error)
{
    struct value *input = value_map(arena), *output = NULL;
    value_setz(arena, input, "deploymentIds", names_of(arena, asked));
    if (!board_call(board, &codedeploy_operations[CODEDEPLOY_BATCH_GET_DEPLOYMENTS], arena, input, &output,
                    error)) {
        failed(board, asked, error);
        return;
    }
    for (size_t i = 0; i < asked->count; i++) {
        struct item *item = still_there(board, asked, i);
        if (item)
            told(item, listed(value_get(output, "deploymentsInfo"), "deploymentId", asked->names[i]),
                 asked->wall_ms);
    }
}

static void read_alias(struct board *board, struct arena *arena, struct asked *asked, struct error *error)
{
    struct value *input, *output = NULL;
    const struct aws_operation *operation = traffic_asks(arena, asked->names[0], asked->alias, &input);
    bool done = board_call(board, operation, arena, input, &output, error);
    struct item *item = still_there(board, asked, 0);
    if (item && (done || error->code == ERROR_NOT_FOUND))
        told(item, done ? output : NULL, asked->wall_ms);
    else
        failed(board, asked, error);
}

void items_read(struct board *board, enum item_kind kind, int64_t now_ms)
{
    static const size_t most[ITEM_KINDS] = {ALARMS_MAX, DEPLOYMENTS_MAX, 1};
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct asked *asked = arena_alloc(arena, sizeof *asked);
    *asked = (struct asked){
        .kind = kind, .alias = STR_EMPTY, .now_ms = now_ms, .wall_ms = clock_wall(aws_clock(board->aws))};
    choose(board, arena, asked, most[kind]);
    if (kind == ITEM_ALARM)
        read_alarms(board, arena, asked, &error);
    else if (kind == ITEM_DEPLOYMENT)
        read_deployments(board, arena, asked, &error);
    else
        read_alias(board, arena, asked, &error);
    arena_free(arena);
}
