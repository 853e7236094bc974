#include "reconciler/loop.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "reconciler/crew.h"
#include "reconciler/promoter.h"
#include "reconciler/pull_watch.h"

enum { NAP_MS = 20, PATIENCE_MS = 1000 };
/* The repository has to be read within this time; polls may be an hour apart (environments/repository.h). */
enum { READY_MS = 2 * 60 * 60 * 1000 };
/* A poll looks at the watched branch; a `revision:` may name another one. */
enum { WHOLE_MS = 5 * 60 * 1000 };

/* Between two that begin anew. */
enum { ANEW_MS = 10 * 60 * 1000 };

struct loop {
    const struct loop_options *options;
    atomic_bool damaged;           /* of all sessions */
    struct session_options alone;  /* of who fetches by itself */
    struct session_options shared; /* of the workers */
    struct agenda *agenda;
    struct rollers *rollers;
    struct whereabouts *whereabouts;
    struct inbound *inbound;
    atomic_bool hurries;     /* a poll is asked for */
    _Atomic int64_t seen_ms; /* monotonic: when the last poll succeeded */
    struct keeper_count count;
    int64_t fetched_ms; /* monotonic: when all branches and tags were fetched last */
    struct keeper_options keeper;
    struct session *session; /* of the thread that polls */
    struct str account;      /* that the credentials are for, once it is known */
    struct arena *arena;
    size_t kept,
        broken;        /* environments; broken: that could not be read, so that nobody knows whose they are */
    struct crew *crew; /* or NULL */
    bool polled;       /* since it was opened */
    bool runs;         /* for ever */
    bool invited;      /* the forge sends its webhooks here, or is not to */
    int64_t invite_ms; /* monotonic: when to ask it again */
    int64_t least_ms;  /* monotonic: no damage of the cache ends it before */
    struct promoter *promoter;
    struct pull_watch *pulls; /* or NULL */
};

static bool is_cancelled(const struct loop *loop)
{
    return atomic_load(loop->options->session.cancelled);
}

static int64_t now_ms(const struct loop *loop)
{
    return clock_monotonic(loop->options->session.clock);
}

static bool is_over(const struct loop *loop)
{
    return is_cancelled(loop) ||
           (loop->runs && atomic_load(&loop->damaged) && now_ms(loop) >= loop->least_ms);
}

/* As the options have it, else plumb.yaml; where that is broken, as if there were none. */
static int64_t poll_of(const struct loop *loop)
{
    struct error told = ERROR_INIT; /* by look_at_settings */
    const struct repository *repository = session_repository(loop->session, &told);
    if (loop->options->poll_ms)
        return loop->options->poll_ms;
    return (repository ? repository : &repository_otherwise)->poll_ms;
}

/* With up to a tenth of it more, so that many instances do not ask at once.  True: somebody asks for it now.
 */
static bool sleep_poll(struct loop *loop)
{
    bool asked = false;
    const struct loop_options *options = loop->options;
    int64_t poll = poll_of(loop);
    int64_t jitter = (int64_t)random_below(options->session.random, (uint64_t)poll / 10 + 1);
    int64_t until = now_ms(loop) + poll + jitter;
    while (!is_over(loop) && now_ms(loop) < until && !(asked = atomic_exchange(&loop->hurries, false))) {
        crew_tend(loop->crew);
        clock_sleep(options->session.clock, NAP_MS);
    }
    return asked;
}

/* --- who does the work --- */

static void start_crew(struct loop *loop)
{
    size_t count = loop->options->workers ? loop->options->workers : LOOP_WORKERS;
    loop->crew = crew_start(&loop->keeper, count);
}

static void stop_crew(struct loop *loop)
{
    crew_stop(loop->crew);
    loop->crew = NULL;
}

static bool keeps(const void *self, struct str environment)
{
    const struct loop *loop = self;
    return agenda_has(loop->agenda, environment);
}

static void start_promoter(struct loop *loop, bool by_hand)
{
    const struct promoter_options options = {.session = &loop->shared,
                                             .forge = loop->options->forge,
                                             .application = loop->keeper.application,
                                             .keeps = keeps,
                                             .keeps_self = loop,
                                             .by_hand = by_hand};
    loop->promoter = promoter_start(&options);
}

/* Of an account's stages those alone that the loop keeps by the account, not by name. */
static void start_pull_watch(struct loop *loop, bool by_hand)
{
    struct forge *forge = loop->options->forge;
    const struct pull_watch_options options = {
        .session = &loop->alone, .forge = forge, .account = loop->account, .by_hand = by_hand};
    if (forge && forge_kind(forge) != FORGE_NONE && loop->account.len)
        loop->pulls = pull_watch_start(&options);
}

/* --- which environments are ours --- */

/* The account that the ambient credentials are for. */
static bool own_account(struct loop *loop, struct str region, struct error *error)
{
    const struct aws_target target = {.region = region};
    struct aws *aws;
    if (!aws_open(loop->options->session.aws, &target, &aws, error))
        return false;
    loop->account = arena_str(loop->arena, aws_account(aws));
    aws_close(aws);
    return true;
}

static bool is_ours(struct loop *loop, struct arena *arena, struct str name, bool *ours, struct error *error)
{
    struct str target = loop->options->target;
    struct environment environment;
    struct error broken = ERROR_INIT;
    *ours = target.len && str_equal(name, str_slice(target, 0, str_find(target, '/')));
    if (target.len)
        return true;
    if (!environment_load(session_files(loop->session), arena, name, &environment, &broken)) {
        loop->broken++; /* it waits for a commit that mends it; the others do not */
        log_error(loop->options->session.log, "failed", LOG_STR("environment", name),
                  LOG_ERROR_FIELD(&broken));
        return true;
    }
    if (!loop->account.len && !own_account(loop, environment.region, error))
        return false;
    *ours = str_equal(environment.account, loop->account);
    return true;
}

/* An account that no environment is in may get one by a commit; one that was named is a mistake. */
static bool complain(const struct loop *loop, struct error *error)
{
    struct str target = loop->options->target, account = loop->account;
    if (loop->kept || (loop->broken && !target.len))
        return true;
    if (target.len)
        return error_set(error, ERROR_NOT_FOUND, "no environment '%.*s' in the repository",
                         STR_ARG(str_slice(target, 0, str_find(target, '/'))));
    log_warn(loop->options->session.log, "no environment of the repository is in this account",
             LOG_STR("account", account.len ? account : STR("(unknown)")),
             LOG_STRZ("next", "a commit may add one; one that is named is kept anyway"));
    return true;
}

/* Puts each environment of ours into the agenda. */
static bool find_environments(struct loop *loop, struct error *error)
{
    struct arena *arena = arena_new();
    struct str *names;
    size_t count = 0;
    bool ours, ok = environments_list(session_files(loop->session), arena, &names, &count, error);
    loop->broken = 0;
    for (size_t i = 0; ok && i < count; i++) {
        if (agenda_has(loop->agenda, names[i]))
            continue;
        ok = is_ours(loop, arena, names[i], &ours, error);
        if (ok && ours && agenda_add(loop->agenda, names[i])) {
            loop->kept++;
            log_info(loop->options->session.log, "watching", LOG_STR("environment", names[i]));
        }
    }
    arena_free(arena);
    return ok && complain(loop, error);
}

/* --- the thread that polls --- */

static void look_at_settings(const struct loop *loop)
{
    struct error broken = ERROR_INIT;
    if (!session_repository(loop->session, &broken))
        log_error(loop->options->session.log, "cannot read plumb.yaml", LOG_ERROR_FIELD(&broken));
    log_info(loop->options->session.log, "settings", LOG_INT("poll_ms", poll_of(loop)));
}

static void poll_now(void *self)
{
    struct loop *loop = self;
    atomic_store(&loop->hurries, true);
}

/* Has the repository been read lately? */
static bool is_ready(void *self, struct arena *arena, struct str *why)
{
    struct loop *loop = self;
    int64_t age = now_ms(loop) - atomic_load(&loop->seen_ms);
    *why = arena_printf(arena, "the repository was read %lld s ago", (long long)(age / 1000));
    return age < READY_MS;
}

static bool listen(struct loop *loop, struct error *error)
{
    const struct session_options *session = &loop->options->session;
    const struct inbound_receiver receiver = {.clock = session->clock,
                                              .log = session->log,
                                              .aws = session->aws,
                                              .cancelled = loop->alone.cancelled,
                                              .agenda = loop->agenda,
                                              .whereabouts = loop->whereabouts,
                                              .repository = mirror_url(session_mirror(loop->session)),
                                              .self = loop,
                                              .pushed = poll_now,
                                              .discussed = poll_now,
                                              .ready = is_ready};
    return inbound_start(&loop->options->inbound, &receiver, &loop->inbound, error);
}

static bool begin(struct loop *loop, struct error *error)
{
    const struct loop_options *options = loop->options;
    const struct agenda_options agenda = {
        .clock = options->session.clock, .memo_size = keeper_memo_size(), .memo_free = keeper_memo_free};
    struct session_options polls = options->session;
    polls.damaged = &loop->damaged;
    if (!session_open(&polls, &loop->session, error))
        return false;
    loop->alone = *session_options(loop->session);
    loop->shared = loop->alone;
    loop->shared.share = session_share_new();
    loop->agenda = agenda_new(&agenda);
    loop->rollers = rollers_new(loop->agenda);
    loop->whereabouts = whereabouts_new();
    loop->keeper = (struct keeper_options){.session = &loop->shared,
                                           .agenda = loop->agenda,
                                           .rollers = loop->rollers,
                                           .count = &loop->count,
                                           .whereabouts = loop->whereabouts,
                                           .promotions = promotion_index_new()};
    size_t slash = str_find(options->target, '/');
    if (slash < options->target.len)
        loop->keeper.application = str_from_index(options->target, slash + 1);
    session_share_set(loop->shared.share, session_commit(loop->session));
    look_at_settings(loop);
    atomic_store(&loop->seen_ms, now_ms(loop));
    loop->fetched_ms = now_ms(loop);
    return find_environments(loop, error) && listen(loop, error);
}

/* `asked`: there is something new, as somebody says. */
static bool poll_once(struct loop *loop, bool asked, struct error *error)
{
    bool whole = now_ms(loop) - loop->fetched_ms >= WHOLE_MS, news = asked || whole, moved = false;
    if (!(news || session_poll(loop->session, STR_EMPTY, &news, error)) ||
        !(!news || session_refresh(loop->session, &moved, error)))
        return false;
    atomic_store(&loop->seen_ms, now_ms(loop));
    if (news)
        loop->fetched_ms = now_ms(loop);
    if (!moved && !whole)
        return true;
    session_share_set(loop->shared.share, session_commit(loop->session));
    if (moved)
        look_at_settings(loop);
    bool ok = find_environments(loop, error);
    agenda_look_at_all(loop->agenda);
    return ok;
}

static void poll_again(struct loop *loop, bool asked)
{
    struct error error = ERROR_INIT;
    if (!poll_once(loop, asked, &error) && !is_cancelled(loop))
        log_error(loop->options->session.log, "cannot look for environments", LOG_ERROR_FIELD(&error));
}

void loop_close(struct loop *loop)
{
    if (!loop)
        return;
    inbound_stop(loop->inbound);
    if (loop->agenda) {
        stop_crew(loop);
        promoter_stop(loop->promoter);
        pull_watch_stop(loop->pulls);
        rollers_free(loop->rollers);
        agenda_free(loop->agenda);
        promotion_index_free(loop->keeper.promotions);
        whereabouts_free(loop->whereabouts);
        session_share_free(loop->shared.share);
    }
    session_close(loop->session);
    arena_free(loop->arena);
    free(loop);
}

/* An arena of the allocator for each of many threads keeps what it once took. */
enum { MALLOC_ARENAS = 1 };

static bool open_loop(const struct loop_options *options, bool runs, struct loop **out, struct error *error)
{
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    struct loop *loop = memory_alloc(sizeof *loop);
    loop->options = options;
    loop->runs = runs;
    loop->arena = arena_new();
    if (begin(loop, error)) {
        *out = loop;
        return true;
    }
    loop_close(loop);
    return false;
}

bool loop_open(const struct loop_options *options, struct loop **out, struct error *error)
{
    return open_loop(options, false, out, error);
}

/* A forge that cannot be reached now, or whose token may not, is asked again: until then polls have to do. */
static void invite(struct loop *loop)
{
    if (loop->invited || now_ms(loop) < loop->invite_ms)
        return;
    loop->invited = inbound_invite(loop->inbound, loop->options->forge);
    loop->invite_ms = now_ms(loop) + WHOLE_MS;
}

/* Until it is cancelled, or its cache turns out to be damaged: for so long at least, lest a remote that is
 * itself damaged is fetched again and again. */
static void run_loop(struct loop *loop, int64_t least_ms)
{
    loop->least_ms = now_ms(loop) + least_ms;
    start_crew(loop);
    invite(loop); /* before others ask the forge: a Gitea that is written to may say that it knows nothing */
    start_promoter(loop, false);
    start_pull_watch(loop, false);
    while (!is_over(loop)) {
        bool asked = sleep_poll(loop);
        invite(loop);
        if (!is_over(loop))
            poll_again(loop, asked);
        promoter_wake(loop->promoter);
        pull_watch_wake(loop->pulls);
    }
    if (loop->options->drains)
        atomic_store(loop->options->drains, true); /* all that is under way stops as for an end */
    loop_close(loop);
}

/* After damage, as before it; but where somebody asked for the end meanwhile. */
static bool goes_on(const struct loop_options *options)
{
    if (!options->drains)
        return false;
    atomic_store(options->drains, false);
    if (atomic_load(options->told))
        atomic_store(options->drains, true);
    return !atomic_load(options->drains);
}

/* All that is in memory was read from the cache: where that is damaged it begins anew. */
bool loop_run(const struct loop_options *options, struct error *error)
{
    const struct session_options *session = &options->session;
    struct loop *loop;
    if (!open_loop(options, true, &loop, error))
        return false;
    run_loop(loop, 0);
    while (goes_on(options)) {
        struct error why = ERROR_INIT;
        log_warn(session->log, "the cache was damaged: beginning anew");
        if (open_loop(options, true, &loop, &why)) {
            run_loop(loop, ANEW_MS);
        } else {
            log_error(session->log, "cannot read the repository", LOG_ERROR_FIELD(&why));
            clock_sleep(session->clock, PATIENCE_MS);
        }
    }
    return true;
}

/* --- passes --- */

/* A rollout that ends makes its application due first, and only then is gone: so the agenda is asked again.
 */
static bool is_done(struct loop *loop)
{
    return agenda_is_idle(loop->agenda) && !rollers_any(loop->rollers) && agenda_is_idle(loop->agenda);
}

static size_t failures(const struct loop *loop)
{
    return atomic_load(&loop->count.failures) + rollers_rolled_back(loop->rollers);
}

/* What others do beside the workers: promotions, and what people say on pull requests. */
static void attend(struct loop *loop)
{
    if (!loop->promoter) {
        start_promoter(loop, true);
        start_pull_watch(loop, true);
    }
    promoter_wake(loop->promoter);
    pull_watch_wake(loop->pulls);
}

bool loop_pass(struct loop *loop, int64_t until_ms, struct loop_result *result, struct error *error)
{
    size_t looks = atomic_load(&loop->count.looks), failed = failures(loop);
    if (loop->polled && !poll_once(loop, atomic_exchange(&loop->hurries, false), error))
        return false;
    loop->polled = true;
    bool done = false;
    start_crew(loop);
    while (!is_cancelled(loop) && now_ms(loop) < until_ms && !(done = is_done(loop))) {
        crew_tend(loop->crew);
        clock_sleep(loop->options->session.clock, NAP_MS);
    }
    stop_crew(loop);
    rollers_wait(loop->rollers);
    if (done)
        attend(loop);
    *result = (struct loop_result){.looks = atomic_load(&loop->count.looks) - looks,
                                   .failures = failures(loop) - failed + loop->broken,
                                   .environments = loop->kept,
                                   .complete = done};
    return true;
}

enum trigger_outcome loop_tell(struct loop *loop, struct arena *arena, struct str message, int64_t sent_ms,
                               struct error *error)
{
    return inbound_take(loop->inbound, arena, message, sent_ms, error);
}
