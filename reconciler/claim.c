#include "reconciler/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ATTEMPTS = 20, HOST_MAX = 256, NUMBERS_MAX = 64 };

struct claim {
    struct claim_options options;
    struct release release;
    pthread_mutex_t lock;
    int64_t taken_ms; /* monotonic, when the lease last began */
    bool lost;
};

/* When a process began, in clock ticks since boot (proc(5), field 22); 0 where that cannot be told. */
static uint64_t start_time(pid_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text);
    close(fd);
    struct str rest = {.ptr = text, .len = size > 0 ? (size_t)size : 0}, field = STR_EMPTY;
    rest = str_from_index(rest, str_find_last(rest, ')') + 2); /* the name may hold spaces */
    for (int i = 3; i <= 22 && str_split(&rest, ' ', &field); i++)
        ;
    uint64_t ticks = 0;
    return str_to_uint(field, UINT64_MAX, &ticks) ? ticks : 0;
}

/* Where process numbers mean the same: containers of one host have numbers of their own, and Lambda gives all
 * its machines a few names, so that there the log stream, of which each has its own, is the name
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). */
static struct str host_name(struct arena *arena)
{
    char host[HOST_MAX] = "", numbers[NUMBERS_MAX] = "";
    const char *stream = getenv("AWS_LAMBDA_LOG_STREAM_NAME");
    gethostname(host, sizeof host - 1);
    if (readlink("/proc/self/ns/pid", numbers, sizeof numbers - 1) < 0)
        numbers[0] = '\0'; /* "pid:[4026531836]" */
    struct str name =
        arena_printf(arena, "%s %s%s%s", host, numbers, stream ? " " : "", stream ? stream : "");
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/') /* a holder's parts are between them */
            ((char *)name.ptr)[i] = '-';
    return name;
}

struct str claim_holder(struct arena *arena)
{
    struct str host = host_name(arena);
    return arena_printf(arena, "%.*s/%d/%llu", STR_ARG(host), (int)getpid(),
                        (unsigned long long)start_time(getpid()));
}

/* A holder on this host whose process is gone cannot write any more. */
static bool holder_is_dead(struct arena *arena, struct str holder)
{
    struct str rest = holder, host, pid_text, start_text;
    uint64_t pid, start;
    if (!str_split(&rest, '/', &host) || !str_split(&rest, '/', &pid_text) ||
        !str_split(&rest, '/', &start_text))
        return false;
    if (!str_equal(host, host_name(arena)) || !str_to_uint(pid_text, INT32_MAX, &pid) ||
        !str_to_uint(start_text, UINT64_MAX, &start))
        return false;
    if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
        return true;
    uint64_t now = start_time((pid_t)pid);
    return start && now && now != start; /* where /proc shows no processes of others, nothing is known */
}

bool claim_is_over(struct arena *arena, const struct release *release, int64_t now_ms)
{
    return release->lease_until_ms <= now_ms || holder_is_dead(arena, release->holder);
}

/* Always false. */
static bool belongs_to_another(struct error *error)
{
    error_set_name(error, CLAIM_OF_ANOTHER);
    return false;
}

bool claim_is_free(struct arena *arena, const struct release *now, int64_t now_ms, struct error *error)
{
    bool held = now->state == RELEASE_APPLYING || now->state == RELEASE_ROLLING;
    if (!held || str_equal(now->holder, claim_holder(arena)) || claim_is_over(arena, now, now_ms))
        return true;
    error_set(error, ERROR_CONFLICT, "'%.*s' is applying it: wait for it, or %lld s if that instance is gone",
              STR_ARG(now->holder), (long long)((now->lease_until_ms - now_ms) / 1000 + 1));
    return belongs_to_another(error);
}

static struct str path_of(const struct claim_options *options, struct arena *arena, const char *file)
{
    return record_path(arena, options->region, options->environment, options->application, file);
}

struct ledger_file claim_trust(const struct trust_verdict *verdict)
{
    if (!verdict || verdict->broken != TRUST_HOLDS)
        return (struct ledger_file){.remove = false};
    return (struct ledger_file){.path = verdict->record_path, .bytes = verdict->record};
}

/* One event about this application; `taking`: its intent. */
static bool append(const struct claim_options *options, struct arena *arena, const struct release *release,
                   const struct inventory *inventory, const char *what, bool taking, struct error *error)
{
    size_t count = 1;
    struct ledger_file files[3] = {
        {.path = path_of(options, arena, "release.json"), .bytes = release_text(arena, release)},
    };
    if (inventory)
        files[count++] = (struct ledger_file){.path = path_of(options, arena, "inventory.json"),
                                              .bytes = inventory_text(arena, inventory)};
    if (taking && options->also.path.len)
        files[count++] = options->also;
    struct ledger_trailer trailers[] = {
        {"Environment", options->environment},
        {"Application", options->application},
        {"Commit", str_from(release->commit.hex)},
        {"Plan-Hash", release->plan_hash},
        {"State", str_from(release_state_name(release->state))},
    };
    struct ledger_event event = {
        .subject = arena_printf(arena, "%.*s/%.*s: %s %.7s", STR_ARG(options->environment),
                                STR_ARG(options->application), what, release->commit.hex),
        .body = release->verdict,
        .trailers = trailers,
        .trailer_count = ARRAY_LENGTH(trailers),
        .files = files,
        .file_count = count,
    };
    return ledger_append(options->ledger, &event, error);
}

/* What is written over beside its release may have come from a newer plumb meanwhile. */
static bool check_also(const struct claim_options *options, struct arena *arena, struct error *error)
{
    struct value *now;
    return !options->also.path.len || record_load(options->ledger, arena, options->also.path, &now, error);
}

static bool changed_by_another(const struct release *now, struct error *error)
{
    error_set(error, ERROR_CONFLICT, "it was changed by '%.*s' meanwhile: plan again",
              STR_ARG(now->holder.len ? now->holder : STR("another instance")));
    return belongs_to_another(error);
}

/* Appends while the application's own record stays as `epoch` left it: events of other applications of the
 * account move the same ref, and losing to one of them only means trying again. */
static bool append_unless_moved(const struct claim_options *options, struct arena *arena,
                                const struct release *release, const struct inventory *inventory,
                                const char *what, int64_t epoch, bool taking, struct error *error)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (append(options, arena, release, inventory, what, taking, error))
            return true;
        if (error->code != ERROR_CONFLICT)
            return false;
        error_clear(error);
        struct release now;
        if (!ledger_refresh(options->ledger, error) ||
            !release_load(options->ledger, arena, path_of(options, arena, "release.json"), &now, error))
            return false;
        if (taking && (!claim_is_free(arena, &now, clock_wall(options->clock), error) ||
                       !check_also(options, arena, error)))
            return false;
        if (now.epoch != epoch)
            return changed_by_another(&now, error);
        clock_sleep(options->clock, 20 * (attempt + 1));
    }
    return error_set(error, ERROR_CONFLICT, "the ledger is too busy: %d tries lost to other writers",
                     ATTEMPTS);
}

static void begin_lease(struct claim *claim, int64_t began_ms)
{
    pthread_mutex_lock(&claim->lock);
    claim->taken_ms = began_ms;
    pthread_mutex_unlock(&claim->lock);
}

bool claim_take(const struct claim_options *options, struct arena *arena, struct release *release,
                struct claim **out, struct error *error)
{
    struct release before;
    if (!release_load(options->ledger, arena, path_of(options, arena, "release.json"), &before, error) ||
        !claim_is_free(arena, &before, clock_wall(options->clock), error))
        return false;
    int64_t began = clock_monotonic(options->clock);
    if (release->state != RELEASE_ROLLING)
        release->state = RELEASE_APPLYING;
    release->epoch = before.epoch + 1;
    release->holder = claim_holder(arena);
    release->lease_until_ms = clock_wall(options->clock) + CLAIM_LEASE_MS;
    if (!append_unless_moved(options, arena, release, NULL,
                             release->state == RELEASE_ROLLING ? "rolling out"
                             : release->adopts                 ? "adopting"
                             : release->heals                  ? "healing"
                                                               : "applying",
                             before.epoch, true, error))
        return false;
    struct claim *claim = memory_alloc(sizeof *claim);
    claim->options = *options;
    claim->release = *release;
    claim->taken_ms = began;
    pthread_mutex_init(&claim->lock, NULL);
    *out = claim;
    return true;
}

bool claim_check(struct claim *claim, struct error *error)
{
    pthread_mutex_lock(&claim->lock);
    int64_t age = clock_monotonic(claim->options.clock) - claim->taken_ms;
    bool valid = !claim->lost && age < CLAIM_LEASE_MS - CLAIM_MARGIN_MS;
    claim->lost = !valid;
    pthread_mutex_unlock(&claim->lock);
    if (valid)
        return true;
    return error_set(error, ERROR_CONFLICT, "the lease ran out: nothing more is written");
}

static bool check_claim(void *self, struct error *error)
{
    return claim_check(self, error);
}

struct aws_fence claim_fence(struct claim *claim)
{
    return (struct aws_fence){.self = claim, .check = check_claim};
}

static bool append_held(struct claim *claim, struct arena *arena, struct release *release,
                        const struct inventory *inventory, const char *what, int64_t lease_ms,
                        struct error *error)
{
    if (!claim_check(claim, error))
        return false;
    release->epoch = claim->release.epoch;
    release->holder = claim->release.holder;
    release->lease_until_ms = clock_wall(claim->options.clock) + lease_ms;
    return append_unless_moved(&claim->options, arena, release, inventory, what, release->epoch, false,
                               error);
}

bool claim_record(struct claim *claim, struct arena *arena, struct release *release,
                  const struct inventory *inventory, const char *what, struct error *error)
{
    int64_t began = clock_monotonic(claim->options.clock);
    if (!append_held(claim, arena, release, inventory, what, CLAIM_LEASE_MS, error))
        return false;
    begin_lease(claim, began);
    return true;
}

/* The end may be written although the answer was cut off: then that must stand. */
static bool has_ended(struct claim *claim, struct arena *arena, bool *ended, struct error *error)
{
    const struct claim_options *options = &claim->options;
    struct release now;
    if (!ledger_refresh(options->ledger, error) ||
        !release_load(options->ledger, arena, path_of(options, arena, "release.json"), &now, error))
        return false;
    *ended = !str_equal(now.holder, claim->release.holder);
    return now.epoch == claim->release.epoch || changed_by_another(&now, error);
}

bool claim_hand_over(struct claim *claim, struct arena *arena, struct release *release, struct error *error)
{
    bool ended = false;
    ledger_shield(claim->options.ledger, true);
    bool ok = has_ended(claim, arena, &ended, error) &&
              (ended || append_held(claim, arena, release, NULL, "handed over", 0, error));
    ledger_shield(claim->options.ledger, false);
    return ok;
}

bool claim_renew(struct claim *claim, struct arena *arena, struct error *error)
{
    if (clock_monotonic(claim->options.clock) - claim->taken_ms < CLAIM_RENEW_MS)
        return true;
    return claim_record(claim, arena, &claim->release, NULL, "still applying", error);
}

void claim_abandon(struct claim *claim)
{
    if (!claim)
        return;
    pthread_mutex_destroy(&claim->lock);
    free(claim);
}

bool claim_release(struct claim *claim, struct arena *arena, const struct release *release,
                   const struct inventory *inventory, struct error *error)
{
    ledger_shield(claim->options.ledger, true);
    bool healed = release->heals && release->state == RELEASE_RELEASED;
    bool ok = append_unless_moved(&claim->options, arena, release, inventory,
                                  healed ? "healed" : release_state_name(release->state), release->epoch,
                                  false, error);
    ledger_shield(claim->options.ledger, false);
    claim_abandon(claim);
    return ok;
}
