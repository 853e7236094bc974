#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "repositories.h"

struct scene {
    struct place place;
    const char *origin;
    struct mirror *mirror;
    struct commit_id base, head;
};

/* A branch "topic" off main with one file more, and main as it was. */
static struct scene scene_new(void)
{
    struct scene scene = {.place = place_new()};
    scene.origin = make_origin(&scene.place);
    GIT(&scene.place, scene.origin, "checkout", "-q", "-b", "topic");
    write_file(&scene.place, arena_printf(scene.place.arena, "%s/topic.txt", scene.origin).ptr, "topic\n");
    commit_all(&scene.place, scene.origin, "Topic");
    GIT(&scene.place, scene.origin, "checkout", "-q", "main");
    scene.mirror = open_mirror(&scene.place, scene.origin, "cache");
    return scene;
}

static void scene_end(struct scene *scene)
{
    mirror_close(scene->mirror);
    place_end(&scene->place);
}

static void change_main(struct scene *scene, const char *name, const char *text)
{
    write_file(&scene->place, arena_printf(scene->place.arena, "%s/%s", scene->origin, name).ptr, text);
    commit_all(&scene->place, scene->origin, "Main moves");
}

static struct mirror_merge merge(struct scene *scene)
{
    struct error error = ERROR_INIT;
    struct mirror_merge merged;
    DONE(mirror_fetch(scene->mirror, &error));
    DONE(mirror_resolve(scene->mirror, STR("main"), &scene->base, &error));
    DONE(mirror_resolve(scene->mirror, STR("topic"), &scene->head, &error));
    DONE(mirror_merge(scene->mirror, scene->place.arena, &scene->base, &scene->head, &merged, &error));
    return merged;
}

static void check_file(struct scene *scene, const struct commit_id *commit, const char *path,
                       const char *wanted)
{
    struct error error = ERROR_INIT;
    struct snapshot *snapshot;
    struct str bytes;
    DONE(snapshot_open(scene->mirror, commit, &snapshot, &error));
    struct files files = snapshot_files(snapshot);
    DONE(files_read(&files, scene->place.arena, str_from(path), 1024, &bytes, &error));
    assert_true(str_is(bytes, wanted));
    snapshot_close(snapshot);
}

static void what_has_all_of_the_base_is_itself(void **state)
{
    (void)state;
    struct scene scene = scene_new();
    struct mirror_merge merged = merge(&scene);
    assert_string_equal(merged.commit.hex, scene.head.hex);
    scene_end(&scene);
}

static void both_sides_come_together(void **state)
{
    (void)state;
    struct scene scene = scene_new();
    change_main(&scene, "main.txt", "main\n");
    struct mirror_merge merged = merge(&scene), again = merge(&scene);
    check_file(&scene, &merged.commit, "topic.txt", "topic\n");
    check_file(&scene, &merged.commit, "main.txt", "main\n");
    assert_string_not_equal(merged.commit.hex, scene.head.hex);
    assert_string_equal(merged.commit.hex, again.commit.hex);

    /* What is merged by Git itself has the same files. */
    GIT(&scene.place, scene.origin, "merge", "-q", "--no-edit", "topic");
    struct str tree = GIT(&scene.place, scene.origin, "rev-parse", "HEAD^{tree}");
    struct error error = ERROR_INIT;
    struct snapshot *snapshot;
    struct str digest;
    DONE(snapshot_open(scene.mirror, &merged.commit, &snapshot, &error));
    struct files files = snapshot_files(snapshot);
    DONE(files_digest(&files, scene.place.arena, STR_EMPTY, &digest, &error));
    assert_true(str_equal(digest, tree));
    snapshot_close(snapshot);

    /* And then there is nothing left to merge, and the branch was where it was. */
    struct commit_id before = scene.base, parent;
    merged = merge(&scene);
    DONE(mirror_parent(scene.mirror, &scene.base, &parent, &error));
    assert_string_equal(parent.hex, before.hex);
    assert_string_equal(merged.commit.hex, scene.base.hex);
    scene_end(&scene);
}

static void conflicts_are_named(void **state)
{
    (void)state;
    struct scene scene = scene_new();
    change_main(&scene, "topic.txt", "another\n");
    struct mirror_merge merged = merge(&scene);
    assert_string_equal(merged.commit.hex, "");
    assert_int_equal(merged.conflict_count, 1);
    assert_true(str_is(merged.conflicts[0], "topic.txt"));
    scene_end(&scene);
}

static void a_head_of_another_repository(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct scene scene = scene_new();
    struct commit_id head;
    struct str wanted = GIT(&scene.place, scene.origin, "rev-parse", "topic");
    GIT(&scene.place, scene.origin, "update-ref", "refs/pull/7/head", "topic");
    GIT(&scene.place, scene.origin, "branch", "-q", "-D", "topic");
    DONE(mirror_fetch(scene.mirror, &error));
    FAILED(mirror_resolve(scene.mirror, wanted, &head, &error), ERROR_NOT_FOUND, "there is no branch");
    DONE(mirror_fetch_pull(scene.mirror, STR("refs/pull/7/head"), &head, &error));
    assert_true(str_is(wanted, head.hex));
    FAILED(mirror_fetch_pull(scene.mirror, STR("refs/pull/8/head"), &head, &error), ERROR_NOT_FOUND, "8");
    FAILED(mirror_fetch_pull(scene.mirror, STR("refs/pull/../x"), &head, &error), ERROR_INVALID, "no name");
    static const char *const others[] = {"refs/heads/main", "refs/plumb/333333333333", "refs/seen/1", "HEAD"};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        FAILED(mirror_fetch_pull(scene.mirror, str_from(others[i]), &head, &error), ERROR_BUG, others[i]);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_all_of_the_base_is_itself),
        cmocka_unit_test(both_sides_come_together),
        cmocka_unit_test(conflicts_are_named),
        cmocka_unit_test(a_head_of_another_repository),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
