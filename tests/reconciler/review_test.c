#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/review.h"
#include "tests/gitsync/repositories.h"

#define PATH "us-east-1/prod/orders/reviews.json"

struct scene {
    struct place place;
    struct mirror *mirror, *other_mirror;
    struct ledger *ledger, *other;
    struct review_place at;
};

static struct scene scene_new(void)
{
    struct scene scene = {.place = place_new()};
    const char *origin = make_origin(&scene.place);
    scene.mirror = open_mirror(&scene.place, origin, "cache");
    scene.other_mirror = open_mirror(&scene.place, origin, "other");
    scene.ledger = open_ledger(scene.mirror);
    scene.other = open_ledger(scene.other_mirror);
    scene.at = (struct review_place){.ledger = scene.ledger,
                                     .region = STR("us-east-1"),
                                     .environment = STR("prod"),
                                     .application = STR("orders")};
    return scene;
}

static void scene_end(struct scene *scene)
{
    ledger_close(scene->ledger);
    ledger_close(scene->other);
    mirror_close(scene->mirror);
    mirror_close(scene->other_mirror);
    place_end(&scene->place);
}

static struct plan_review review_of(int64_t pull, const char *substance)
{
    return (struct plan_review){.pull = pull,
                                .head = STR("1111111111111111111111111111111111111111"),
                                .base = STR("2222222222222222222222222222222222222222"),
                                .substance = str_from(substance),
                                .asked = STR("asked"),
                                .time = STR("2026-11-27T12:00:00Z")};
}

/* "7 aaa bob, 8 bbb" */
static struct str all(struct scene *scene)
{
    struct error error = ERROR_INIT;
    struct plan_reviews reviews;
    struct buf text = BUF_INIT(BUF_SMALL);
    DONE(reviews_load(&scene->at, scene->place.arena, &reviews, &error));
    for (size_t i = 0; i < reviews.count; i++) {
        const struct plan_review *one = &reviews.items[i];
        buf_printf(&text, "%s%lld %.*s", i ? ", " : "", (long long)one->pull, STR_ARG(one->substance));
        for (size_t k = 0; k < one->approval_count; k++)
            buf_printf(&text, " %.*s", STR_ARG(one->approvals[k].by));
    }
    struct str result = arena_str(scene->place.arena, buf_str(&text));
    buf_release(&text);
    return result;
}

static void record(struct scene *scene, const struct plan_review *review)
{
    struct error error = ERROR_INIT;
    DONE(review_record(&scene->at, &system_clock, scene->place.arena, review, &error));
}

static void one_a_pull_request(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct scene scene = scene_new();
    DONE(ledger_refresh(scene.ledger, &error));
    assert_true(str_is(all(&scene), ""));
    struct plan_review seven = review_of(7, "aaa"), eight = review_of(8, "bbb");
    record(&scene, &seven);
    record(&scene, &eight);
    assert_true(str_is(all(&scene), "7 aaa, 8 bbb"));

    /* The same again is nothing new, whenever it was shown. */
    struct commit_id tip = *ledger_tip(scene.ledger);
    seven.time = STR("2026-11-27T13:00:00Z");
    record(&scene, &seven);
    assert_string_equal(ledger_tip(scene.ledger)->hex, tip.hex);

    struct review_approval approval = {.by = STR("bob"), .time = STR("2026-11-27T13:00:00Z")};
    seven.approvals = &approval;
    seven.approval_count = 1;
    record(&scene, &seven);
    assert_true(str_is(all(&scene), "8 bbb, 7 aaa bob"));
    DONE(review_forget(&scene.at, &system_clock, scene.place.arena, 8, &error));
    assert_true(str_is(all(&scene), "7 aaa bob"));
    tip = *ledger_tip(scene.ledger);
    DONE(review_forget(&scene.at, &system_clock, scene.place.arena, 8, &error));
    assert_string_equal(ledger_tip(scene.ledger)->hex, tip.hex);
    scene_end(&scene);
}

static void others_append_too(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct scene scene = scene_new();
    DONE(ledger_refresh(scene.ledger, &error));
    DONE(ledger_refresh(scene.other, &error));
    assert_true(append(scene.other, "prod/orders: released", "x/y/z/release.json", "{}", &error));
    struct plan_review seven = review_of(7, "aaa");
    record(&scene, &seven);
    assert_true(str_is(all(&scene), "7 aaa"));
    scene_end(&scene);
}

static void the_oldest_go(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct scene scene = scene_new();
    DONE(ledger_refresh(scene.ledger, &error));
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_addz(&text, "{\"version\":1,\"reviews\":[");
    for (int i = 1; i <= REVIEWS_MAX; i++)
        buf_printf(&text, "%s{\"pullRequest\":%d,\"plan\":\"p\"}", i > 1 ? "," : "", i);
    buf_addz(&text, "]}");
    assert_true(append(scene.ledger, "prod/orders: shown", PATH, text.ptr, &error));
    struct plan_review last = review_of(100, "aaa");
    record(&scene, &last);
    assert_true(str_starts(all(&scene), "2 p, 3 p"));
    assert_true(str_ends(all(&scene), ", 100 aaa"));
    buf_release(&text);
    scene_end(&scene);
}

static void what_is_damaged_or_newer_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"{\"version\":2,\"reviews\":[]}", ERROR_INVALID, "use a newer plumb"},
        {"{\"reviews\":[]}", ERROR_INVALID, "use a newer plumb"},
        {"{\"version\":1,", ERROR_INVALID, "the ledger is damaged"},
    };
    struct error error = ERROR_INIT;
    struct scene scene = scene_new();
    DONE(ledger_refresh(scene.ledger, &error));
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct plan_reviews reviews;
        assert_true(append(scene.ledger, "prod/orders: shown", PATH, cases[i].text, &error));
        FAILED(reviews_load(&scene.at, scene.place.arena, &reviews, &error), cases[i].code, cases[i].words);
        struct plan_review seven = review_of(7, "aaa");
        FAILED(review_record(&scene.at, &system_clock, scene.place.arena, &seven, &error), cases[i].code,
               cases[i].words);
    }
    /* Members of other kinds are none. */
    assert_true(append(scene.ledger, "prod/orders: shown", PATH,
                       "{\"version\":1,\"reviews\":[1,{\"approvals\":3},{\"approvals\":[4]}]}", &error));
    assert_true(str_is(all(&scene), "0 , 0 , 0  "));
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_a_pull_request),
        cmocka_unit_test(others_append_too),
        cmocka_unit_test(the_oldest_go),
        cmocka_unit_test(what_is_damaged_or_newer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
