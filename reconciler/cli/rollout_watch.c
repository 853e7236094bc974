/* `plumb rollout watch`: looks on, changes nothing. */

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "reconciler/cli/rollout.h"
#include "reconciler/rollout/engine.h"

enum {
    FRAME_MS = 1000,
    LEDGER_MS = 2000,
    NAP_MS = 50,
    WIDTH = 80,
    HEIGHT = 24,
    WIDTH_MIN = 20,
    HEIGHT_MIN = 5
};

struct watch {
    struct context *context;
    struct subject *subject;
    struct arena *record, *frame; /* of the sight, of one picture */
    struct sight sight;
    struct board *board; /* NULL: the account cannot be asked */
    struct watcher *watcher;
    struct str watched;         /* what the watcher is for: another rollout has another one */
    struct error blind, ledger; /* why there is no board; why the record is an old one */
    int64_t read_ms;            /* monotonic, when the ledger was read */
    bool terminal;
    size_t drawn;       /* lines of the last picture that stand on the terminal */
    struct str told_id; /* without a terminal: of which rollout, and the number of the last event told */
    int64_t told;
};

static int64_t now(const struct watch *watch)
{
    return clock_monotonic(watch->context->clock);
}

/* --- reading --- */

static bool read_ledger(struct watch *watch, struct error *error)
{
    struct arena *fresh = arena_new();
    struct sight sight;
    watch->read_ms = now(watch);
    if (!sight_take(watch->subject, fresh, &sight, error)) {
        arena_free(fresh);
        return false;
    }
    arena_free(watch->record);
    watch->record = fresh;
    watch->sight = sight;
    return true;
}

/* One that cannot be read now is read later. */
static void read_again(struct watch *watch)
{
    watch->sight.now_ms = clock_wall(watch->context->clock);
    if (now(watch) - watch->read_ms < LEDGER_MS)
        return;
    error_clear(&watch->ledger);
    (void)!read_ledger(watch, &watch->ledger);
}

static void open_board(struct watch *watch)
{
    if (subject_connect(watch->subject, &watch->blind))
        watch->board = board_new(watch->subject->aws);
}

static void stop_watching(struct watch *watch)
{
    if (watch->watcher)
        board_unwatch(watch->board, watch->watcher);
    watch->watcher = NULL;
}

/* The rollout names more as it goes on: deployments, alarms that were red. */
static void watch_rollout(struct watch *watch)
{
    const struct rollout *rollout = &watch->sight.release.rollout;
    size_t deployments = 0;
    for (size_t i = 0; i < rollout->target_count; i++)
        deployments += rollout->targets[i].deployment.len > 0;
    struct str key = arena_printf(watch->frame, "%.*s %zu %zu", STR_ARG(rollout->id), deployments,
                                  rollout->ignored_alarm_count);
    if (!watch->watcher || !str_equal(key, watch->watched)) {
        stop_watching(watch);
        watch->watcher = rollout_watch(watch->board, watch->frame, rollout);
        watch->watched = arena_str(watch->subject->arena, key);
    }
    rollout_watch_step(watch->watcher, rollout);
}

static const struct evidence *look(struct watch *watch, struct evidence *evidence)
{
    if (!watch->board || !watch->sight.under_way)
        return NULL;
    watch_rollout(watch);
    board_tick(watch->board);
    watcher_evidence(watch->watcher, watch->frame, watch->sight.now_ms, evidence);
    return evidence;
}

/* --- showing --- */

static void size_of_terminal(size_t *width, size_t *height)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    *width = known && size.ws_col ? size.ws_col : WIDTH;
    *height = known && size.ws_row ? size.ws_row : HEIGHT;
    *width = *width < WIDTH_MIN ? WIDTH_MIN : *width;
    *height = *height < HEIGHT_MIN ? HEIGHT_MIN : *height;
}

/* Over the last picture: up to its first line, each line cleared to its end, then what is below. */
static void draw(struct watch *watch, const struct evidence *evidence)
{
    struct picture picture = {.sight = &watch->sight, .evidence = evidence};
    struct buf text = BUF_INIT(BUF_SMALL), out = BUF_INIT(BUF_SMALL);
    struct str rest, line;
    size_of_terminal(&picture.width, &picture.height);
    picture.height--; /* the cursor's line */
    picture.trouble = str_from(watch->ledger.code != ERROR_NONE ? watch->ledger.message
                               : watch->sight.under_way         ? watch->blind.message
                                                                : "");
    picture_draw(&text, watch->frame, &picture);
    if (watch->drawn)
        buf_printf(&out, "\033[%zuA", watch->drawn < picture.height ? watch->drawn : picture.height);
    buf_addz(&out, "\r");
    rest = buf_str(&text);
    for (watch->drawn = 0; str_split(&rest, '\n', &line); watch->drawn++)
        buf_printf(&out, "%.*s\033[K\n", STR_ARG(line));
    buf_addz(&out, "\033[J");
    print_text(buf_str(&out));
    buf_release(&text);
    buf_release(&out);
}

/* A line for each event that was not told yet. */
static void append_news(struct watch *watch)
{
    const struct rollout *rollout = &watch->sight.release.rollout;
    struct buf text = BUF_INIT(BUF_SMALL);
    if (!str_equal(rollout->id, watch->told_id)) {
        watch->told_id = arena_str(watch->subject->arena, rollout->id);
        watch->told = 0;
        text_escape(&text, sight_title(watch->frame, &watch->sight));
        buf_addc(&text, '\n');
    }
    for (size_t i = 0; rollout->history && i < rollout->history->count; i++) {
        const struct value *one = rollout->history->items[i];
        if (value_get_int(one, "number", 0) <= watch->told)
            continue;
        watch->told = value_get_int(one, "number", 0);
        buf_printf(&text, "%.*s  %3lld %%  ",
                   STR_ARG(time_iso8601(watch->frame, value_get_int(one, "time", 0))),
                   (long long)value_get_int(one, "weight", 0));
        text_escape(&text, value_get_text(one, "event"));
        buf_addc(&text, '\n');
    }
    print_text(buf_str(&text));
    buf_release(&text);
}

static void show(struct watch *watch)
{
    struct evidence evidence = {.verdict = VERDICT_UNKNOWN};
    arena_reset(watch->frame);
    if (watch->terminal)
        draw(watch, look(watch, &evidence));
    else
        append_news(watch);
}

/* --- the whole --- */

static bool is_cancelled(const struct watch *watch)
{
    return atomic_load(watch->context->cancelled);
}

static void follow(struct watch *watch)
{
    while (!is_cancelled(watch)) {
        show(watch);
        if (!watch->sight.under_way)
            return;
        for (int64_t began = now(watch); now(watch) - began < FRAME_MS && !is_cancelled(watch);)
            clock_sleep(watch->context->clock, NAP_MS);
        read_again(watch);
    }
}

static bool begin(struct watch *watch, struct error *error)
{
    if (!read_ledger(watch, error))
        return false;
    if (watch->sight.release.rollout.phase == ROLLOUT_NONE)
        return error_set(error, ERROR_NOT_FOUND, "there is no rollout to watch: %s",
                         watch->sight.release.state == RELEASE_NONE ? "it was never applied"
                                                                    : "no release has moved traffic so far");
    if (watch->terminal && watch->sight.under_way)
        open_board(watch);
    return true;
}

/* How it ended; interrupted, the watching alone has ended. */
static bool end(const struct watch *watch, struct error *error)
{
    const struct rollout *rollout = &watch->sight.release.rollout;
    if (watch->sight.under_way || rollout->phase == ROLLOUT_SUCCEEDED)
        return true;
    return error_set(error, ERROR_UNAVAILABLE, "rolled back: %.*s", STR_ARG(rollout->reason));
}

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    (void)differences;
    struct watch watch = {.context = each->context,
                          .subject = subject,
                          .record = arena_new(),
                          .frame = arena_new(),
                          .blind = ERROR_INIT,
                          .ledger = ERROR_INIT,
                          .told_id = STR_EMPTY,
                          .terminal = isatty(STDOUT_FILENO)};
    bool ok = begin(&watch, error);
    if (ok) {
        follow(&watch);
        ok = end(&watch, error);
    }
    stop_watching(&watch);
    if (watch.board)
        board_free(watch.board);
    arena_free(watch.record);
    arena_free(watch.frame);
    return ok;
}

enum exit_status rollout_watch_live(struct context *context, struct error *error)
{
    if (context->options.output == OUTPUT_JSON) {
        error_set(error, ERROR_INVALID, "watch has no JSON: see plumb rollout status -o json");
        return EXIT_ERROR;
    }
    return for_each_application(context, visit, error);
}
