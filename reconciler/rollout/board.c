/* Who is read when: the turns of a tick. */

#include "reconciler/rollout/board_private.h"

struct board *board_new(struct aws *aws)
{
    struct board *board = memory_alloc(sizeof *board);
    *board = (struct board){.aws = aws, .ticked_ms = NEVER};
    pthread_mutex_init(&board->lock, NULL);
    return board;
}

void board_free(struct board *board)
{
    if (!board)
        return;
    for (size_t kind = 0; kind < ITEM_KINDS; kind++)
        free(board->items[kind].list);
    free(board->series);
    arena_free(board->call.arena);
    pthread_mutex_destroy(&board->lock);
    free(board);
}

int64_t board_reads(const struct board *board)
{
    struct board *own = (struct board *)board; /* its lock alone is touched */
    pthread_mutex_lock(&own->lock);
    int64_t reads = board->reads;
    pthread_mutex_unlock(&own->lock);
    return reads;
}

bool board_call(struct board *board, const struct aws_operation *operation, struct arena *arena,
                const struct value *input, struct value **output, struct error *error)
{
    board->reads++;
    pthread_mutex_unlock(&board->lock);
    bool done = aws_call(board->aws, operation, arena, input, output, error);
    pthread_mutex_lock(&board->lock);
    return done;
}

void board_trouble(char **trouble, const struct error *error)
{
    free(*trouble);
    *trouble = error ? memory_strdup(error->message) : NULL;
}

/* --- turns --- */

static int64_t interval_of(enum item_kind kind)
{
    return kind == ITEM_ALIAS ? BOARD_ALIAS_MS : BOARD_TICK_MS;
}

/* How often its interval has passed since it was tried; more than anything where it never was. */
static double overdue(const struct item *item, int64_t now_ms)
{
    return item->tried_ms == NEVER ? 1e300
                                   : (double)(now_ms - item->tried_ms) / (double)interval_of(item->kind);
}

static const struct item *most_overdue(const struct items *items, int64_t now_ms)
{
    const struct item *most = NULL;
    for (size_t i = 0; i < items->count; i++)
        if (overdue(items->list[i], now_ms) >= 1 &&
            (!most || overdue(items->list[i], now_ms) > overdue(most, now_ms)))
            most = items->list[i];
    return most;
}

/* The turn that goes round; false where nothing is due. */
static bool take_round(struct board *board, int64_t now_ms)
{
    const struct item *deployment = most_overdue(&board->items[ITEM_DEPLOYMENT], now_ms);
    const struct item *alias = most_overdue(&board->items[ITEM_ALIAS], now_ms);
    if (metrics_due(board, now_ms) && !(board->metrics_last && (deployment || alias))) {
        board->metrics_last = true;
        metrics_read(board, now_ms);
        return true;
    }
    board->metrics_last = false;
    if (!deployment && !alias)
        return false;
    bool first = deployment && (!alias || overdue(deployment, now_ms) >= overdue(alias, now_ms));
    items_read(board, first ? ITEM_DEPLOYMENT : ITEM_ALIAS, now_ms);
    return true;
}

static bool take_alarms(struct board *board, int64_t now_ms)
{
    if (!most_overdue(&board->items[ITEM_ALARM], now_ms))
        return false;
    items_read(board, ITEM_ALARM, now_ms);
    return true;
}

void board_tick(struct board *board)
{
    int64_t now_ms = clock_monotonic(aws_clock(board->aws));
    pthread_mutex_lock(&board->lock);
    bool early = board->ticked_ms != NEVER && now_ms - board->ticked_ms < BOARD_TICK_MS;
    if (!board->ticking && !early) {
        board->ticking = true;
        board->ticked_ms = now_ms;
        bool one = take_alarms(board, now_ms) || take_round(board, now_ms);
        if (one && !take_round(board, now_ms))
            take_alarms(board, now_ms);
        board->ticking = false;
    }
    pthread_mutex_unlock(&board->lock);
}
