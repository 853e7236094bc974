#include "reconciler/telling.h"

#include <stdlib.h>

#include "reconciler/rollout/notify_text.h"

struct telling {
    struct subject *subject;
    const struct value *channels; /* as they are declared */
    struct notice common;         /* what all notices say */
    struct workers *thread;       /* one */
    int64_t added;                /* the number of the last line that was taken up */
    _Atomic int64_t told, waiting;
    atomic_bool stopped;
};

struct task {
    struct telling *telling;
    struct arena *arena;
    struct notice notice;
    int64_t number;
};

static struct notice common_of(struct subject *subject, const struct release *release)
{
    struct arena *arena = subject->arena;
    struct commit_facts commit = {.subject = STR_EMPTY};
    struct error error = ERROR_INIT;
    if (!mirror_commit(session_mirror(subject->session), arena, &release->commit, &commit, &error))
        error_clear(&error); /* it is told without */
    return (struct notice){
        .repository = subject->owner.repository,
        .environment = subject->environment.name,
        .application = subject->application->name,
        .account = subject->environment.account,
        .region = subject->environment.region,
        .commit = str_from(release->commit.hex),
        .author = commit.author_name.len ? arena_printf(arena, "%.*s <%.*s>", STR_ARG(commit.author_name),
                                                        STR_ARG(commit.author_email))
                                         : STR_EMPTY,
        .subject = commit.subject,
    };
}

struct telling *telling_new(struct subject *subject, const struct release *release)
{
    const struct value *channels = release->rollout.settings.notify;
    if (!value_is(channels, VALUE_LIST) || channels->count == 0)
        return NULL;
    struct telling *telling = memory_alloc(sizeof *telling);
    telling->subject = subject;
    telling->channels = channels;
    telling->common = common_of(subject, release);
    telling->added = release->rollout.told;
    atomic_store(&telling->told, release->rollout.told);
    telling->thread = workers_new(1);
    telling_add(telling, &release->rollout);
    return telling;
}

void telling_free(struct telling *telling)
{
    if (!telling)
        return;
    atomic_store(&telling->stopped, true);
    workers_free(telling->thread);
    free(telling);
}

/* --- on its thread --- */

/* One channel at a time: what one of them refers to may be missing. */
static void tell_channel(struct telling *telling, const struct notice *notice, const struct value *channel)
{
    struct subject *subject = telling->subject;
    const struct session_options *session = session_options(subject->session);
    struct question question = {.answers = subject->answers, .late = true};
    const struct outside outside = question_outside(&question);
    struct error error = ERROR_INIT;
    struct arena *arena = arena_new();
    struct value *one = value_list(arena), *resolved;
    value_append(arena, one, value_copy(arena, channel));
    if (references_resolve(arena, one, &outside, &resolved, &error)) {
        const struct notify_options options = {
            .aws = subject->aws, .http = session->http, .log = session->log, .channels = resolved};
        (void)!notify(&options, notice, &error); /* it has logged why */
    } else {
        log_warn(session->log, "notice_not_told", LOG_STR("environment", notice->environment),
                 LOG_STR("application", notice->application),
                 LOG_STRZ("kind", notice_kind_name(notice->kind)), LOG_ERROR_FIELD(&error));
    }
    arena_wipe(arena);
}

static void tell(void *argument)
{
    struct task *task = argument;
    struct telling *telling = task->telling;
    size_t i = 0;
    while (i < telling->channels->count && !atomic_load(&telling->stopped))
        tell_channel(telling, &task->notice, telling->channels->items[i++]);
    if (i == telling->channels->count)
        atomic_store(&telling->told, task->number);
    atomic_fetch_sub(&telling->waiting, 1);
    arena_free(task->arena);
    free(task);
}

/* --- on the rollout's --- */

static bool kind_of(const struct value *line, enum notice_kind *kind)
{
    struct str name = value_get_text(line, "notice");
    for (*kind = NOTICE_START; *kind <= NOTICE_ROLLBACK; (*kind)++)
        if (str_is(name, notice_kind_name(*kind)))
            return true;
    return false;
}

static void add(struct telling *telling, const struct value *line, enum notice_kind kind)
{
    struct task *task = memory_alloc(sizeof *task);
    task->telling = telling;
    task->arena = arena_new();
    task->number = telling->added;
    task->notice = telling->common;
    task->notice.kind = kind;
    task->notice.weight = value_get_int(line, "weight", 0);
    task->notice.reason = arena_str(task->arena, value_get_text(line, "reason"));
    task->notice.time_ms = value_get_int(line, "time", 0);
    atomic_fetch_add(&telling->waiting, 1);
    workers_submit(telling->thread, tell, task);
}

void telling_add(struct telling *telling, const struct rollout *rollout)
{
    for (size_t i = 0; telling && i < rollout->history->count; i++) {
        const struct value *line = rollout->history->items[i];
        int64_t number = value_get_int(line, "number", 0);
        enum notice_kind kind;
        if (number <= telling->added || !kind_of(line, &kind))
            continue;
        telling->added = number;
        if (atomic_load(&telling->waiting) < TELLING_WAITING_MAX)
            add(telling, line, kind);
        else
            log_warn(session_options(telling->subject->session)->log, "notice_not_told",
                     LOG_STR("environment", telling->common.environment),
                     LOG_STR("application", telling->common.application),
                     LOG_STRZ("kind", notice_kind_name(kind)),
                     LOG_STRZ("error", "too many others are waiting"));
    }
}

bool telling_is_done(const struct telling *telling)
{
    return !telling || atomic_load(&telling->waiting) == 0;
}

int64_t telling_told(const struct telling *telling)
{
    return telling ? atomic_load(&telling->told) : 0;
}
