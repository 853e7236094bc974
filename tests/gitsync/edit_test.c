#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gitsync/edit.h"
#include "gitsync/lineage.h"
#include "repositories.h"

struct scene {
    struct place place;
    const char *origin;
    struct mirror *mirror;
    struct commit_id head;
};

static void begin(struct scene *scene)
{
    struct error error = ERROR_INIT;
    scene->place = place_new();
    scene->origin = make_origin(&scene->place);
    scene->mirror = open_mirror(&scene->place, scene->origin, "cache");
    DONE(mirror_fetch(scene->mirror, &error));
    DONE(mirror_resolve(scene->mirror, STR_EMPTY, &scene->head, &error));
}

static void end(struct scene *scene)
{
    mirror_close(scene->mirror);
    place_end(&scene->place);
}

#define BRANCH STR("plumb/promote/prod-orders")
static const struct commit_id none = {.hex = ""};

static struct edit edit_of(const struct scene *scene, const struct edit_file *files, size_t count)
{
    return (struct edit){
        .base = scene->head, .files = files, .count = count, .message = STR("Promote\n\nBecause.\n")};
}

static void makes_one_commit_and_pushes_it(void **state)
{
    (void)state;
    struct scene scene;
    struct error error = ERROR_INIT;
    begin(&scene);
    const struct edit_file files[] = {{STR("dir/run.sh"), STR("#!/bin/sh\r\n# \xc3\xa4\n")},
                                      {STR("readme.txt"), STR("new")}};
    const struct edit edit = edit_of(&scene, files, ARRAY_LENGTH(files));
    struct commit_id made, there;
    bool same;
    DONE(edit_commit(scene.mirror, &edit, &made, &error));
    DONE(edit_branch(scene.mirror, BRANCH, &there, &error));
    assert_string_equal(there.hex, "");
    DONE(edit_push(scene.mirror, BRANCH, &none, &made, &error));
    DONE(edit_branch(scene.mirror, BRANCH, &there, &error));
    assert_string_equal(there.hex, made.hex);
    assert_true(str_is(
        GIT(&scene.place, scene.origin, "log", "--format=%an <%ae> %cn|%s|%b|%P", "-1", BRANCH.ptr),
        arena_printf(scene.place.arena, "plumb <plumb@localhost> plumb|Promote|Because.\n|%s", scene.head.hex)
            .ptr));
    assert_true(str_is(GIT(&scene.place, scene.origin, "diff", "--name-status", "main", BRANCH.ptr),
                       "M\tdir/run.sh\nM\treadme.txt"));
    assert_true(str_starts(GIT(&scene.place, scene.origin, "ls-tree", BRANCH.ptr, "dir/run.sh"), "100755 "));
    assert_true(str_is(GIT(&scene.place, scene.origin, "fsck", "--strict", "--no-dangling"), ""));
    /* It is known again, and nothing else is. */
    DONE(edit_is(scene.mirror, &edit, &made, &same, &error));
    assert_true(same);
    DONE(edit_is(scene.mirror, &edit, &scene.head, &same, &error));
    assert_false(same);
    DONE(edit_is(scene.mirror, &edit, &none, &same, &error));
    assert_false(same);
    struct edit other = edit;
    other.message = STR("Promote\n\nOtherwise.\n");
    DONE(edit_is(scene.mirror, &other, &made, &same, &error));
    assert_false(same);
    const struct commit_id absent = {.hex = "4f2c1e0a1b2c3d4e5f60718293a4b5c6d7e8f901"};
    DONE(edit_is(scene.mirror, &edit, &absent, &same, &error));
    assert_false(same);
    DONE(mirror_resolve(scene.mirror, BRANCH, &there, &error)); /* without a fetch */
    assert_string_equal(there.hex, made.hex);
    /* And goes. */
    DONE(edit_push(scene.mirror, BRANCH, &made, &none, &error));
    FAILED(mirror_resolve(scene.mirror, BRANCH, &there, &error), ERROR_NOT_FOUND, "there is no branch");
    DONE(edit_branch(scene.mirror, BRANCH, &there, &error));
    assert_string_equal(there.hex, "");
    DONE(edit_push(scene.mirror, BRANCH, &none, &none, &error));
    end(&scene);
}

static void forces_only_what_it_knows(void **state)
{
    (void)state;
    struct scene scene;
    struct error error = ERROR_INIT;
    begin(&scene);
    const struct edit_file first = {STR("readme.txt"), STR("1")}, second = {STR("readme.txt"), STR("2")};
    const struct edit one = edit_of(&scene, &first, 1), two = edit_of(&scene, &second, 1);
    struct commit_id a, b, there;
    DONE(edit_commit(scene.mirror, &one, &a, &error));
    DONE(edit_commit(scene.mirror, &two, &b, &error));
    DONE(edit_push(scene.mirror, BRANCH, &none, &a, &error));
    FAILED(edit_push(scene.mirror, BRANCH, &none, &b, &error), ERROR_CONFLICT, "was changed meanwhile");
    FAILED(edit_push(scene.mirror, BRANCH, &scene.head, &none, &error), ERROR_CONFLICT,
           "was changed meanwhile");
    /* b does not descend from a: the branch is plumb's own. */
    DONE(edit_push(scene.mirror, BRANCH, &a, &b, &error));
    DONE(edit_branch(scene.mirror, BRANCH, &there, &error));
    assert_string_equal(there.hex, b.hex);
    end(&scene);
}

static void refuses_what_it_cannot_edit(void **state)
{
    (void)state;
    struct scene scene;
    struct error error = ERROR_INIT;
    begin(&scene);
    GIT(&scene.place, scene.origin, "update-index", "--add", "--cacheinfo",
        "120000,"
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,link");
    GIT(&scene.place, scene.origin, "hash-object", "-w", "/dev/null");
    GIT(&scene.place, scene.origin, "commit", "-q", "-m", "A link");
    DONE(mirror_fetch(scene.mirror, &error));
    DONE(mirror_resolve(scene.mirror, STR_EMPTY, &scene.head, &error));
    static const struct {
        const char *path, *words;
        enum error_code code;
    } cases[] = {
        {"absent.txt", "there is no file 'absent.txt' to edit", ERROR_NOT_FOUND},
        {"dir", "'dir' is no plain file", ERROR_INVALID},
        {"link", "'link' is no plain file", ERROR_INVALID},
    };
    struct commit_id made;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct edit_file file = {str_from(cases[i].path), STR("x")};
        const struct edit edit = edit_of(&scene, &file, 1);
        FAILED(edit_commit(scene.mirror, &edit, &made, &error), cases[i].code, cases[i].words);
    }
    FAILED(edit_push(scene.mirror, STR("a..b"), &none, &scene.head, &error), ERROR_INVALID,
           "is no name of a branch");
    FAILED(edit_branch(scene.mirror, STR(""), &made, &error), ERROR_INVALID, "is no name of a branch");
    /* A hook of the remote has the last word. */
    write_script(&scene.place, arena_printf(scene.place.arena, "%s/.git/hooks/pre-receive", scene.origin).ptr,
                 "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n");
    FAILED(edit_push(scene.mirror, BRANCH, &none, &scene.head, &error), ERROR_DENIED, "main is protected");
    end(&scene);
}

static void lists_the_commits_between(void **state)
{
    (void)state;
    struct scene scene;
    struct error error = ERROR_INIT;
    begin(&scene);
    struct commit_id old = scene.head;
    for (int i = 1; i <= 5; i++) {
        write_file(&scene.place, arena_printf(scene.place.arena, "%s/n", scene.origin).ptr,
                   arena_printf(scene.place.arena, "%d", i).ptr);
        commit_all(&scene.place, scene.origin, arena_printf(scene.place.arena, "Number %d", i).ptr);
    }
    DONE(mirror_fetch(scene.mirror, &error));
    DONE(mirror_resolve(scene.mirror, STR_EMPTY, &scene.head, &error));
    struct commit_facts *facts;
    size_t count;
    bool more;
    DONE(commits_between(scene.mirror, scene.place.arena, &old, &scene.head, 10, &facts, &count, &more,
                         &error));
    assert_int_equal(count, 5);
    assert_false(more);
    assert_true(str_is(facts[0].subject, "Number 5"));
    assert_true(str_is(facts[4].subject, "Number 1"));
    DONE(commits_between(scene.mirror, scene.place.arena, &old, &scene.head, 2, &facts, &count, &more,
                         &error));
    assert_int_equal(count, 2);
    assert_true(more);
    DONE(commits_between(scene.mirror, scene.place.arena, &none, &scene.head, 10, &facts, &count, &more,
                         &error));
    assert_int_equal(count, 6);
    DONE(commits_between(scene.mirror, scene.place.arena, &scene.head, &scene.head, 10, &facts, &count, &more,
                         &error));
    assert_int_equal(count, 0);
    end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_one_commit_and_pushes_it),
        cmocka_unit_test(forces_only_what_it_knows),
        cmocka_unit_test(refuses_what_it_cannot_edit),
        cmocka_unit_test(lists_the_commits_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
