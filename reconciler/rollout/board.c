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

static bool items_due(const struct items *items, int64_t now_ms)
{
    for (size_t i = 0; i < items->count; i++)
        if (now_ms - items->list[i]->tried_ms >= item_interval(items->list[i]->kind))
            return true;
    return false;
}

static bool take_metrics(struct board *board, int64_t now_ms)
{
    if (!metrics_due(board, now_ms))
        return false;
    metrics_read(board, now_ms);
    return true;
}

static bool take_items(struct board *board, enum item_kind kind, int64_t now_ms)
{
    if (!items_due(&board->items[kind], now_ms))
        return false;
    items_read(board, kind, now_ms);
    return true;
}

/* The turn that goes round: to the next after the last one that has something due; false where none has. */
static bool take_round(struct board *board, int64_t now_ms)
{
    for (int i = 0; i < 3; i++) {
        int turn = board->turn;
        board->turn = (turn + 1) % 3;
        if (turn == 0   ? take_metrics(board, now_ms)
            : turn == 1 ? take_items(board, ITEM_DEPLOYMENT, now_ms)
                        : take_items(board, ITEM_ALIAS, now_ms))
            return true;
    }
    return false;
}

void board_tick(struct board *board)
{
    int64_t now_ms = clock_monotonic(aws_clock(board->aws));
    pthread_mutex_lock(&board->lock);
    bool early = board->ticked_ms != NEVER && now_ms - board->ticked_ms < BOARD_TICK_MS;
    if (!board->ticking && !early) {
        board->ticking = true;
        board->ticked_ms = now_ms;
        bool one = take_items(board, ITEM_ALARM, now_ms) || take_round(board, now_ms);
        if (one && !take_round(board, now_ms))
            take_items(board, ITEM_ALARM, now_ms);
        board->ticking = false;
    }
    pthread_mutex_unlock(&board->lock);
}
