/* A cache whose files are cut, emptied of their bytes, changed in a bit or gone: it is made anew, once it is
 * seen. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gitsync/mirror_private.h"
#include "repositories.h"

enum { FILES_MAX = 200 };

static char found[FILES_MAX][512];
static size_t found_count, found_from;

static int note_file(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts, (void)walk;
    if (type == FTW_F && found_count < FILES_MAX)
        snprintf(found[found_count++], sizeof found[0], "%s", path + found_from);
    return 0;
}

enum damage { HALF, ZERO, BIT, GONE, DAMAGES };

static void harm(const char *path, enum damage damage)
{
    struct stat facts;
    char byte = 0;
    assert_int_equal(chmod(path, 0600), 0);
    int file = open(path, O_RDWR);
    assert_true(file >= 0 && fstat(file, &facts) == 0);
    off_t middle = facts.st_size / 2;
    switch (damage) {
    case HALF:
        assert_int_equal(ftruncate(file, middle), 0);
        break;
    case ZERO:
        assert_true(ftruncate(file, 0) == 0 && ftruncate(file, facts.st_size) == 0);
        break;
    case BIT:
        if (pread(file, &byte, 1, middle) == 1) {
            byte = (char)(byte ^ 4);
            assert_int_equal(pwrite(file, &byte, 1, middle), 1);
        }
        break;
    default:
        unlink(path);
        break;
    }
    close(file);
}

/* What plumb has of a repository: three files of the newest commit, and the ledger. */
static bool read_all(struct mirror *mirror, struct arena *arena, struct str *all, struct error *error)
{
    static const char *const paths[] = {"readme.txt", "dir/a.txt", "dir/run.sh"};
    struct commit_id id;
    struct snapshot *snapshot = NULL;
    struct ledger *ledger = NULL;
    struct str text = STR_EMPTY, bytes;
    bool done = mirror_fetch(mirror, error) && mirror_resolve(mirror, STR_EMPTY, &id, error) &&
                snapshot_open(mirror, &id, &snapshot, error);
    for (size_t i = 0; done && i < ARRAY_LENGTH(paths); i++) {
        struct files files = snapshot_files(snapshot);
        done = files.read(files.self, arena, str_from(paths[i]), 1000, &bytes, error);
        text = done ? arena_printf(arena, "%.*s%.*s\n", STR_ARG(text), STR_ARG(bytes)) : text;
    }
    done = done && ledger_open(mirror, ACCOUNT, &ledger, error) && ledger_refresh(ledger, error) &&
           ledger_read(ledger, arena, STR("a/b/c/release.json"), &bytes, error);
    if (done)
        *all = arena_printf(arena, "%.*s%.*s at %s", STR_ARG(text), STR_ARG(bytes), ledger_tip(ledger)->hex);
    ledger_close(ledger);
    snapshot_close(snapshot);
    return done;
}

static bool look(struct place *place, const char *origin, struct str *all, struct error *error)
{
    struct mirror *mirror;
    struct mirror_options options = mirror_defaults(place, origin, "cache");
    options.look = true;
    if (!mirror_open(&options, &mirror, error))
        return false;
    bool done = read_all(mirror, place->arena, all, error);
    mirror_close(mirror);
    return done;
}

static const char *fill(struct place *place, const char *origin, struct str *all)
{
    struct error error = ERROR_INIT;
    struct mirror *mirror = open_mirror(place, origin, "cache");
    struct ledger *ledger = open_ledger(mirror);
    const char *directory = arena_printf(place->arena, "%s", mirror->directory).ptr;
    DONE(mirror_fetch(mirror, &error));
    DONE(append(ledger, "One", "a/b/c/release.json", "1", &error));
    DONE(append(ledger, "Two", "a/b/c/release.json", "2", &error));
    DONE(read_all(mirror, place->arena, all, &error));
    ledger_close(ledger);
    mirror_close(mirror);
    return directory;
}

static void put_back(struct place *place, const char *saved, const char *directory)
{
    run_in(place, place->directory, (const char *const[]){"rm", "-rf", directory, NULL});
    run_in(place, place->directory, (const char *const[]){"cp", "-a", saved, directory, NULL});
}

/* The first look reads what is right or says that it cannot, the second one reads what is right. */
static void check(struct place *place, const char *origin, const char *name, enum damage damage,
                  struct str expected)
{
    static const char *const kinds[DAMAGES] = {"cut", "zeroed", "changed", "gone"};
    struct error error = ERROR_INIT;
    struct str all;
    bool done = look(place, origin, &all, &error);
    if (!done) {
        if (error.code != ERROR_CORRUPT)
            fail_msg("%s %s: %s", name, kinds[damage], error.message);
        error_clear(&error);
        done = look(place, origin, &all, &error);
    }
    /* Another tip than the one that was seen is taken for a reset, whatever changed it. */
    if (!done && damage == BIT && str_starts(str_from(name), "/refs/seen/") &&
        str_contains(str_from(error.message), "somebody has reset it"))
        return;
    if (!done || !str_equal(all, expected))
        fail_msg("%s %s: %s", name, kinds[damage], done ? "other bytes" : error.message);
}

static void any_file(void **state)
{
    (void)state;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct str expected;
    const char *directory = fill(&place, origin, &expected), *saved = place_path(&place, "saved");
    run_in(&place, place.directory, (const char *const[]){"cp", "-a", directory, saved, NULL});
    found_count = 0;
    found_from = strlen(saved);
    nftw(saved, note_file, 16, FTW_PHYS);
    assert_in_range(found_count, 15, FILES_MAX - 1);
    for (size_t i = 0; i < found_count; i++)
        for (enum damage damage = HALF; damage < DAMAGES; damage++) {
            put_back(&place, saved, directory);
            harm(arena_printf(place.arena, "%s%s", directory, found[i]).ptr, damage);
            check(&place, origin, found[i], damage, expected);
        }
    place_end(&place);
}

/* The newest tip that was seen outlives the damage: a ledger that was reset meanwhile is still refused. */
static void a_reset_is_still_seen(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct str all;
    const char *directory = fill(&place, origin, &all);
    harm(arena_printf(place.arena, "%s/HEAD", directory).ptr, ZERO);
    DONE(look(&place, origin, &all, &error));
    harm(arena_printf(place.arena, "%s/HEAD", directory).ptr, ZERO);
    GIT(&place, origin, "update-ref", REF, REF "^");
    for (int i = 0; i < 2; i++) {
        FAILED(look(&place, origin, &all, &error), ERROR_CORRUPT, "somebody has reset it");
        error_clear(&error);
    }
    place_end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_file), cmocka_unit_test(a_reset_is_still_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
