#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/health.h"
#include "reconciler/holds.h"
#include "reconciler/orders.h"
#include "reconciler/review.h"
#include "reconciler/suspension.h"
#include "reconciler/trust_private.h"
#include "tests/gitsync/repositories.h"

#define PLACE STR("us-east-1"), STR("prod"), STR("orders")
#define BESIDE(FILE) "us-east-1/prod/orders/" FILE

struct scene {
    struct place place;
    struct mirror *mirror;
    struct ledger *ledger;
    struct arena *arena;
    struct error error;
};

static struct scene scene_new(void)
{
    struct scene scene = {.place = place_new(), .error = ERROR_INIT};
    struct error error = ERROR_INIT;
    scene.mirror = open_mirror(&scene.place, make_origin(&scene.place), "cache");
    scene.ledger = open_ledger(scene.mirror);
    scene.arena = scene.place.arena;
    DONE(ledger_refresh(scene.ledger, &error));
    return scene;
}

static void scene_end(struct scene *scene)
{
    ledger_close(scene->ledger);
    mirror_close(scene->mirror);
    place_end(&scene->place);
}

/* --- what reads and writes each file --- */

static bool read_release(struct scene *scene)
{
    struct release release;
    return release_load(scene->ledger, scene->arena, STR(BESIDE("release.json")), &release, &scene->error);
}

static bool read_inventory(struct scene *scene)
{
    struct inventory inventory;
    return inventory_load(scene->ledger, scene->arena, STR(BESIDE("inventory.json")), &inventory,
                          &scene->error);
}

static bool read_trust(struct scene *scene)
{
    struct trust_record record;
    return trust_record_load(scene->ledger, scene->arena, STR("trust/us-east-1/prod.json"), &record,
                             &scene->error);
}

static bool read_health(struct scene *scene)
{
    struct health health;
    return health_load(scene->ledger, scene->arena, PLACE, &health, &scene->error);
}

static bool read_order(struct scene *scene)
{
    struct order order;
    return order_load(scene->ledger, scene->arena, PLACE, &order, &scene->error);
}

static bool write_order(struct scene *scene)
{
    struct order order = {.word = STR("pause"), .by = STR("bob")};
    return order_give(scene->ledger, &system_clock, scene->arena, PLACE, &order, &scene->error);
}

static bool read_holds(struct scene *scene)
{
    struct holds holds;
    return holds_load(scene->ledger, scene->arena, PLACE, &holds, &scene->error);
}

static bool write_hold(struct scene *scene)
{
    struct hold hold = {.revision = {.hex = "1111111111111111111111111111111111111111"}, .by = STR("bob")};
    return holds_add(scene->ledger, &system_clock, scene->arena, PLACE, &hold, &scene->error);
}

static const struct environment prod = {.name = STR("prod"), .region = STR("us-east-1")};

static bool read_suspension(struct scene *scene)
{
    const struct application orders = {.name = STR("orders")};
    struct suspension suspension;
    return suspension_of(scene->ledger, scene->arena, &prod, &orders, 0, &suspension, &scene->error);
}

static bool write_suspension(struct scene *scene)
{
    const struct note note = suspension_note(scene->ledger, &system_clock, &prod, STR("orders"));
    const struct suspension suspension = {.reason = STR("an incident"), .by = STR("bob")};
    return suspension_begin(&note, scene->arena, &suspension, &scene->error);
}

static bool end_suspension(struct scene *scene)
{
    const struct note note = suspension_note(scene->ledger, &system_clock, &prod, STR("orders"));
    return suspension_end(&note, scene->arena, STR("bob"), &scene->error);
}

static struct review_place review_place_of(struct scene *scene)
{
    return (struct review_place){scene->ledger, PLACE};
}

static bool read_reviews(struct scene *scene)
{
    const struct review_place place = review_place_of(scene);
    struct plan_reviews reviews;
    return reviews_load(&place, scene->arena, &reviews, &scene->error);
}

static bool write_review(struct scene *scene)
{
    const struct review_place place = review_place_of(scene);
    const struct plan_review review = {.pull = 7};
    return review_record(&place, &system_clock, scene->arena, &review, &scene->error);
}

static bool write_note(void *self, struct arena *arena, const struct value *before,
                       struct note_change *change, struct error *error)
{
    (void)self;
    (void)before;
    (void)error;
    *change = (struct note_change){.what = STR("parked"), .content = value_map(arena)};
    return true;
}

static bool write_parking(struct scene *scene)
{
    const struct note note = note_at(scene->ledger, &system_clock, PLACE, "parked.json");
    return note_change(&note, scene->arena, NULL, write_note, &scene->error);
}

/* --- */

static void put(struct scene *scene, const char *path, const char *text)
{
    struct error error = ERROR_INIT;
    assert_true(append(scene->ledger, "prod/orders: written", path, text, &error));
    error_clear(&scene->error);
}

/* With that sentence, and nothing is written. */
static void refused(struct scene *scene, bool (*what)(struct scene *), const char *sentence)
{
    struct commit_id tip = *ledger_tip(scene->ledger);
    struct error error = ERROR_INIT;
    assert_false(what(scene));
    assert_string_equal(scene->error.message, sentence);
    assert_int_equal(scene->error.code, ERROR_INVALID);
    assert_true(error_is(&scene->error, RECORD_OF_NEWER));
    DONE(ledger_refresh(scene->ledger, &error));
    assert_string_equal(ledger_tip(scene->ledger)->hex, tip.hex);
}

static void no_file_of_a_newer_plumb_is_read_or_written_over(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool (*calls[3])(struct scene *);
    } files[] = {
        {BESIDE("release.json"), {read_release}},
        {BESIDE("inventory.json"), {read_inventory}},
        {BESIDE("health.json"), {read_health}},
        {BESIDE("order.json"), {read_order, write_order}},
        {BESIDE("holds.json"), {read_holds, write_hold}},
        {BESIDE("suspension.json"), {read_suspension, write_suspension, end_suspension}},
        {BESIDE("reviews.json"), {read_reviews, write_review}},
        {BESIDE("parked.json"), {write_parking}},
        {"trust/us-east-1/prod.json", {read_trust}},
    };
    struct scene scene = scene_new();
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        struct str sentence = arena_printf(scene.arena,
                                           "'%s' in the ledger has version %d, this plumb knows %d: use a "
                                           "newer plumb",
                                           files[i].path, RECORD_VERSION + 1, RECORD_VERSION);
        struct str text = arena_printf(scene.arena, "{\"version\": %d}", RECORD_VERSION + 1);
        put(&scene, files[i].path, text.ptr);
        for (size_t k = 0; k < ARRAY_LENGTH(files[i].calls) && files[i].calls[k]; k++)
            refused(&scene, files[i].calls[k], sentence.ptr);
    }
    scene_end(&scene);
}

static void a_word_that_is_not_known_is_not_taken_for_another(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text, *words; /* NULL: it is known */
        bool (*read)(struct scene *);
    } cases[] = {
        {BESIDE("release.json"), "'state': 'baking'", "state 'baking'", read_release},
        {BESIDE("release.json"), "'state': 'adopted'", NULL, read_release},
        {BESIDE("release.json"), "'rollout': null", NULL, read_release},
        {BESIDE("release.json"), "'rollout': {'phase': 'baking'}", "phase 'baking'", read_release},
        {BESIDE("release.json"), "'rollout': {'phase': 'left', 'driver': 'codedeploy'}", NULL, read_release},
        {BESIDE("release.json"), "'rollout': {'driver': 'mesh'}", "driver 'mesh'", read_release},
        {BESIDE("release.json"), "'rollout': {'targets': [{'kind': 'function'}, {'kind': 'listener'}]}",
         "kind of target 'listener'", read_release},
        {BESIDE("release.json"), "'rollout': {'targets': [{'kind': 'api-stage'}, {}]}", NULL, read_release},
        {BESIDE("inventory.json"), "'resources': [{}, {'deletionPolicy': 'Archive'}]",
         "deletion policy 'Archive'", read_inventory},
        {BESIDE("inventory.json"),
         "'resources': [{'deletionPolicy': 'Delete'}, {'deletionPolicy': 'Retain'}]", NULL, read_inventory},
    };
    struct scene scene = scene_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str text = arena_printf(scene.arena, "{'version': 1, %s}", cases[i].text);
        for (size_t k = 0; k < text.len; k++)
            if (text.ptr[k] == '\'')
                ((char *)(uintptr_t)text.ptr)[k] = '"';
        put(&scene, cases[i].path, text.ptr);
        if (cases[i].words) {
            struct str sentence = arena_printf(
                scene.arena,
                "'%s' in the ledger has the %s, which this plumb does not know: use a newer plumb",
                cases[i].path, cases[i].words);
            refused(&scene, cases[i].read, sentence.ptr);
        } else if (!cases[i].read(&scene)) {
            fail_msg("%s: %s", cases[i].text, scene.error.message);
        }
    }
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file_of_a_newer_plumb_is_read_or_written_over),
        cmocka_unit_test(a_word_that_is_not_known_is_not_taken_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
