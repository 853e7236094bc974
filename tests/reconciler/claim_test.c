#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "reconciler/claim.h"
#include "tests/gitsync/repositories.h"

/* Time that only the test moves. */
struct dial {
    int64_t now_ms;
};

static int64_t dial_now(void *self)
{
    return ((struct dial *)self)->now_ms;
}

static void dial_sleep(void *self, int64_t milliseconds)
{
    ((struct dial *)self)->now_ms += milliseconds;
}

/* One instance of plumb: its own mirror and ledger on a shared remote. */
struct instance {
    struct mirror *mirror;
    struct ledger *ledger;
    struct clock clock;
    struct claim_options options;
};

struct stand {
    struct place place;
    const char *remote;
    struct dial dial;
    struct error error;
};

static int stand_up(void **state)
{
    struct stand *stand = memory_alloc(sizeof *stand);
    stand->place = place_new();
    stand->remote = make_bare(&stand->place, "remote.git");
    stand->dial.now_ms = 1700000000000;
    *state = stand;
    return 0;
}

static int stand_down(void **state)
{
    struct stand *stand = *state;
    place_end(&stand->place);
    free(stand);
    return 0;
}

#define MUST(stand, call)                                                                                    \
    do {                                                                                                     \
        if (!(call))                                                                                         \
            fail_msg("%s: %s", #call, (stand)->error.message);                                               \
    } while (0)

static struct instance begin(struct stand *stand, const char *cache, const char *application)
{
    struct instance instance = {
        .clock = {
            .self = &stand->dial, .wall_ms = dial_now, .monotonic_ms = dial_now, .sleep_ms = dial_sleep}};
    const struct mirror_options options = {.url = str_from(stand->remote),
                                           .cache_directory = str_from(place_path(&stand->place, cache)),
                                           .clock = &system_clock};
    MUST(stand, mirror_open(&options, &instance.mirror, &stand->error));
    MUST(stand, mirror_fetch(instance.mirror, &stand->error));
    MUST(stand, ledger_open(instance.mirror, STR("111111111111"), &instance.ledger, &stand->error));
    MUST(stand, ledger_refresh(instance.ledger, &stand->error));
    instance.options = (struct claim_options){.ledger = instance.ledger,
                                              .region = STR("us-east-1"),
                                              .environment = STR("beta"),
                                              .application = str_from(application)};
    return instance;
}

static void end(struct instance *instance)
{
    ledger_close(instance->ledger);
    mirror_close(instance->mirror);
}

static bool take(struct stand *stand, struct instance *instance, struct release *release,
                 struct claim **claim)
{
    instance->options.clock = &instance->clock;
    *release = (struct release){.plan_hash = STR("hash")};
    for (size_t i = 0; i < COMMIT_ID_SIZE; i++)
        release->commit.hex[i] = 'a';
    error_clear(&stand->error);
    return claim_take(&instance->options, stand->place.arena, release, claim, &stand->error);
}

static bool finish(struct stand *stand, struct claim *claim, struct release *release)
{
    const struct inventory inventory = {.count = 0};
    release->state = RELEASE_RELEASED;
    release->verdict = STR("1 created");
    return claim_release(claim, stand->place.arena, release, &inventory, &stand->error);
}

/* Writes a claim of somebody else, as its holder would. */
static void claim_as(struct stand *stand, struct instance *instance, const char *holder, int64_t epoch)
{
    const struct release release = {.state = RELEASE_APPLYING,
                                    .holder = str_from(holder),
                                    .epoch = epoch,
                                    .lease_until_ms = stand->dial.now_ms + CLAIM_LEASE_MS};
    struct arena *arena = stand->place.arena;
    const struct ledger_file file = {.path = STR("us-east-1/beta/orders/release.json"),
                                     .bytes = release_text(arena, &release)};
    const struct ledger_event event = {
        .subject = STR("beta/orders: applying"), .files = &file, .file_count = 1};
    MUST(stand, ledger_refresh(instance->ledger, &stand->error));
    MUST(stand, ledger_append(instance->ledger, &event, &stand->error));
}

static void a_release_is_taken_and_ended(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders");
    struct claim *claim;
    struct release release, read;
    MUST(stand, take(stand, &one, &release, &claim));
    assert_int_equal(release.epoch, 1);
    MUST(stand, claim_check(claim, &stand->error));
    MUST(stand, finish(stand, claim, &release));
    MUST(stand, release_load(one.ledger, stand->place.arena, STR("us-east-1/beta/orders/release.json"), &read,
                             &stand->error));
    assert_int_equal(read.state, RELEASE_RELEASED);
    assert_int_equal(read.epoch, 1);
    assert_true(str_is(read.verdict, "1 created"));
    end(&one);
}

static void another_instance_waits_until_the_lease_is_over(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders"), two = begin(stand, "two", "orders");
    struct claim *claim;
    struct release release;
    claim_as(stand, &one, "elsewhere/1/1", 7);
    MUST(stand, ledger_refresh(two.ledger, &stand->error));
    assert_false(take(stand, &two, &release, &claim));
    assert_int_equal(stand->error.code, ERROR_CONFLICT);
    assert_string_equal(stand->error.message,
                        "'elsewhere/1/1' is applying it: wait for it, or 121 s if that instance is gone");
    stand->dial.now_ms += CLAIM_LEASE_MS;
    MUST(stand, take(stand, &two, &release, &claim));
    assert_int_equal(release.epoch, 8);
    MUST(stand, finish(stand, claim, &release));
    end(&one);
    end(&two);
}

static void a_dead_holder_on_this_host_is_taken_over_at_once(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders");
    struct claim *claim;
    struct release release;
    struct arena *arena = arena_new();
    struct str mine = claim_holder(arena);
    size_t start = str_find_last(mine, '/'); /* our host and pid, but begun at another time */
    const char *holder = arena_strz(arena, arena_printf(arena, "%.*s/1", STR_ARG(str_slice(mine, 0, start))));
    claim_as(stand, &one, holder, 3);
    MUST(stand, take(stand, &one, &release, &claim));
    assert_int_equal(release.epoch, 4);
    MUST(stand, finish(stand, claim, &release));
    end(&one);
    arena_free(arena);
}

/* Another container of the host, or another machine of Lambda: the number means nothing here. */
static void a_holder_of_other_process_numbers_is_waited_for(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders");
    struct claim *claim;
    struct release release;
    char host[256] = "", holder[512];
    gethostname(host, sizeof host - 1);
    snprintf(holder, sizeof holder, "%s pid:[1]/%d/1", host, (int)getpid());
    claim_as(stand, &one, holder, 3);
    assert_false(take(stand, &one, &release, &claim));
    assert_int_equal(stand->error.code, ERROR_CONFLICT);
    error_clear(&stand->error);
    end(&one);
}

static void lambdas_machines_are_told_apart_by_their_log(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders");
    struct arena *arena = arena_new();
    struct claim *claim;
    struct release release;
    setenv("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/27/[$LATEST]0a", 1);
    struct str mine = claim_holder(arena);
    const char *holder = arena_strz(
        arena, arena_printf(arena, "%.*s/1", STR_ARG(str_slice(mine, 0, str_find_last(mine, '/')))));
    claim_as(stand, &one, holder, 3);
    setenv("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/27/[$LATEST]0b", 1);
    assert_false(take(stand, &one, &release, &claim));
    assert_int_equal(stand->error.code, ERROR_CONFLICT);
    error_clear(&stand->error);
    setenv("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/27/[$LATEST]0a", 1);
    MUST(stand, take(stand, &one, &release, &claim));
    MUST(stand, finish(stand, claim, &release));
    unsetenv("AWS_LAMBDA_LOG_STREAM_NAME");
    arena_free(arena);
    end(&one);
}

static void who_stopped_too_long_writes_nothing_more(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders"), two = begin(stand, "two", "orders");
    struct claim *claim;
    struct release release;
    MUST(stand, take(stand, &one, &release, &claim));
    stand->dial.now_ms += CLAIM_LEASE_MS - CLAIM_MARGIN_MS;
    assert_false(claim_check(claim, &stand->error));
    assert_string_equal(stand->error.message, "the lease ran out: nothing more is written");
    stand->dial.now_ms -= CLAIM_LEASE_MS; /* not even when time runs back */
    assert_false(claim_check(claim, &stand->error));
    stand->dial.now_ms += 2 * CLAIM_LEASE_MS;
    claim_as(stand, &two, "elsewhere/1/1", 2);
    assert_false(finish(stand, claim, &release));
    assert_int_equal(stand->error.code, ERROR_CONFLICT);
    end(&one);
    end(&two);
}

static void a_long_release_prolongs_its_lease(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders");
    struct claim *claim;
    struct release release;
    MUST(stand, take(stand, &one, &release, &claim));
    struct commit_id before = *ledger_tip(one.ledger);
    MUST(stand, claim_renew(claim, stand->place.arena, &stand->error));
    assert_string_equal(before.hex, ledger_tip(one.ledger)->hex); /* not yet */
    for (int i = 0; i < 5; i++) {
        stand->dial.now_ms += CLAIM_RENEW_MS;
        MUST(stand, claim_renew(claim, stand->place.arena, &stand->error));
        MUST(stand, claim_check(claim, &stand->error));
    }
    assert_string_not_equal(before.hex, ledger_tip(one.ledger)->hex);
    MUST(stand, finish(stand, claim, &release));
    end(&one);
}

static void applications_of_one_account_do_not_disturb_each_other(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders"), two = begin(stand, "two", "shipping");
    struct claim *first, *second;
    struct release release, other;
    MUST(stand, take(stand, &one, &release, &first));
    MUST(stand, take(stand, &two, &other, &second)); /* loses the race for the ref, and tries again */
    MUST(stand, finish(stand, first, &release));
    MUST(stand, finish(stand, second, &other));
    struct ledger_record *records;
    size_t count;
    MUST(stand, ledger_refresh(one.ledger, &stand->error));
    MUST(stand,
         ledger_history(one.ledger, stand->place.arena, STR_EMPTY, 100, &records, &count, &stand->error));
    assert_int_equal(count, 4);
    assert_true(str_is(records[0].subject, "beta/shipping: released aaaaaaa"));
    assert_true(str_is(records[3].subject, "beta/orders: applying aaaaaaa"));
    end(&one);
    end(&two);
}

static void what_is_handed_over_is_free_at_once(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders"), two = begin(stand, "two", "orders");
    const struct str path = STR("us-east-1/beta/orders/release.json");
    struct claim *claim;
    struct release release, read;
    MUST(stand, take(stand, &one, &release, &claim));
    release.state = RELEASE_ROLLING;
    MUST(stand, claim_hand_over(claim, stand->place.arena, &release, &stand->error));
    claim_abandon(claim);
    MUST(stand, ledger_refresh(two.ledger, &stand->error));
    MUST(stand, release_load(two.ledger, stand->place.arena, path, &read, &stand->error));
    assert_int_equal(read.state, RELEASE_ROLLING);
    read.holder = STR("elsewhere/1/1"); /* we would be known */
    assert_true(claim_is_free(stand->place.arena, &read, stand->dial.now_ms, &stand->error));
    MUST(stand, take(stand, &two, &release, &claim));
    assert_int_equal(release.epoch, 2);
    MUST(stand, finish(stand, claim, &release));
    /* An end that is written stands, also for who does not know that it was. */
    MUST(stand, take(stand, &two, &release, &claim));
    struct release ended = release;
    ended.state = RELEASE_FAILED;
    MUST(stand, claim_record(claim, stand->place.arena, &ended, NULL, "rolled back", &stand->error));
    release.state = RELEASE_ROLLING;
    MUST(stand, claim_hand_over(claim, stand->place.arena, &release, &stand->error));
    claim_abandon(claim);
    MUST(stand, release_load(two.ledger, stand->place.arena, path, &read, &stand->error));
    assert_int_equal(read.state, RELEASE_FAILED);
    /* Who has lost it hands nothing over. */
    MUST(stand, take(stand, &two, &release, &claim));
    claim_as(stand, &one, "elsewhere/1/1", 5);
    assert_false(claim_hand_over(claim, stand->place.arena, &release, &stand->error));
    assert_int_equal(stand->error.code, ERROR_CONFLICT);
    claim_abandon(claim);
    end(&one);
    end(&two);
}

/* Another writer moves the ref, so that the release is appended again on what is there then. */
static void what_a_newer_plumb_wrote_beside_it_stays(void **state)
{
    struct stand *stand = *state;
    struct instance one = begin(stand, "one", "orders"), two = begin(stand, "two", "orders");
    const struct str path = STR("trust/us-east-1/beta.json");
    struct claim *claim;
    struct release release;
    const struct ledger_file newer = {.path = path, .bytes = STR("{\"version\": 2}")};
    const struct ledger_event event = {.subject = STR("beta: trusts"), .files = &newer, .file_count = 1};
    MUST(stand, ledger_append(two.ledger, &event, &stand->error));
    struct commit_id tip = *ledger_tip(two.ledger);
    one.options.also = (struct ledger_file){.path = path, .bytes = STR("{\"version\": 1}")};
    assert_false(take(stand, &one, &release, &claim));
    assert_string_equal(stand->error.message, "'trust/us-east-1/beta.json' in the ledger has version 2, this "
                                              "plumb knows 1: use a newer plumb");
    MUST(stand, ledger_refresh(two.ledger, &stand->error));
    assert_string_equal(ledger_tip(two.ledger)->hex, tip.hex);
    end(&one);
    end(&two);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stand_up, stand_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_release_is_taken_and_ended),
        CASE(another_instance_waits_until_the_lease_is_over),
        CASE(a_dead_holder_on_this_host_is_taken_over_at_once),
        CASE(a_holder_of_other_process_numbers_is_waited_for),
        CASE(lambdas_machines_are_told_apart_by_their_log),
        CASE(who_stopped_too_long_writes_nothing_more),
        CASE(a_long_release_prolongs_its_lease),
        CASE(what_is_handed_over_is_free_at_once),
        CASE(what_a_newer_plumb_wrote_beside_it_stays),
        CASE(applications_of_one_account_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
