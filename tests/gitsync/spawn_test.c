#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "repositories.h"

/* Puts a directory of scripts before the real commands. */
static const char *shadow_commands(struct place *place)
{
    const char *old = arena_strz(place->arena, str_from(getenv("PATH")));
    setenv("PATH", arena_printf(place->arena, "%s:%s", place_path(place, "bin"), old).ptr, 1);
    return old;
}

/* Ended, or waiting for a slow init to reap it. */
static bool is_gone(struct place *place, uint64_t pid)
{
    char state = 'X';
    FILE *file = fopen(arena_printf(place->arena, "/proc/%llu/stat", (unsigned long long)pid).ptr, "r");
    if (!file)
        return true;
    for (int c = fgetc(file); c != EOF && c != ')'; c = fgetc(file))
        ;
    fgetc(file);
    state = (char)fgetc(file);
    fclose(file);
    return state == 'Z' || state == 'X';
}

static void assert_nothing_runs(struct place *place)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    FILE *file = fopen(place_path(place, "pids"), "r");
    assert_non_null(file);
    for (char line[32]; fgets(line, sizeof line, file);) {
        uint64_t pid;
        assert_true(str_to_uint(str_trim(str_from(line)), INT32_MAX, &pid));
        for (int i = 0; i < 100 && !is_gone(place, pid); i++)
            usleep(10 * 1000);
        assert_true(is_gone(place, pid));
    }
    fclose(file);
}

/* Each plays a git that misbehaves; $PIDS is where it leaves the numbers of its processes. */
static void bad_servers_end_in_time(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"exec sleep 60", ERROR_TIMEOUT, "no end after 1 s"},
        {"sleep 60 & echo $! >>$PIDS; wait", ERROR_TIMEOUT, "no end after 1 s"},
        {"trap '' TERM HUP PIPE; printf 0100; while :; do sleep 0.1; done", ERROR_TIMEOUT,
         "no end after 1 s"},
        {"printf 0100abc; exit 3", ERROR_UNAVAILABLE, "ended the conversation early (status 3)"},
        {"exit 0", ERROR_UNAVAILABLE, "ended the conversation early (status 0)"},
        {"echo 'fatal: the disk is on fire' >&2; exit 128", ERROR_UNAVAILABLE, "fatal: the disk is on fire"},
        {"kill -9 $$", ERROR_UNAVAILABLE, "ended the conversation early (status -1)"},
        {"printf 'HTTP/1.1 200 OK and a lot more'", ERROR_UNAVAILABLE, ""},
        {"while :; do printf x; done", ERROR_UNAVAILABLE, ""},
        {"while :; do echo words >&2; done", ERROR_TIMEOUT, "no end after 1 s"},
        {"real upload-pack \"$2\" 2>/dev/null </dev/null | head -c 200", ERROR_UNAVAILABLE,
         "ended the conversation early"},
        {"real upload-pack \"$2\" | (head -c 200; sleep 60)", ERROR_TIMEOUT, "no end after 1 s"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct place place = place_new();
        const char *origin = make_origin(&place);
        const char *script =
            arena_printf(place.arena,
                         "#!/bin/sh\nPIDS=%s\necho $$ >>$PIDS\nreal() { PATH=%s git \"$@\"; }\n%s\n",
                         place_path(&place, "pids"), getenv("PATH"), cases[i].script)
                .ptr;
        struct mirror_options options = mirror_defaults(&place, origin, "cache");
        options.timeout_ms = 1000;
        struct mirror *mirror;
        struct commit_id id;
        DONE(mirror_open(&options, &mirror, &error));
        write_script(&place, place_path(&place, "bin/git"), script);
        const char *path = shadow_commands(&place);
        int64_t before = clock_monotonic(&system_clock);
        bool done = mirror_fetch(mirror, &error);
        setenv("PATH", path, 1);
        FAILED(done, cases[i].code, cases[i].words);
        assert_in_range(clock_monotonic(&system_clock) - before, 0, 5 * 1000);
        assert_nothing_runs(&place);
        FAILED(mirror_resolve(mirror, STR_EMPTY, &id, &error), ERROR_NOT_FOUND, "");
        mirror_close(mirror);
        place_end(&place);
    }
}

static void the_environment_does_not_lead_astray(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct str head = GIT(&place, origin, "rev-parse", "HEAD");
    static const char *const variables[][2] = {
        {"GIT_DIR", "/nowhere"},
        {"GIT_WORK_TREE", "/nowhere"},
        {"GIT_OBJECT_DIRECTORY", "/nowhere"},
        {"GIT_INDEX_FILE", "/nowhere"},
        {"GIT_NAMESPACE", "other"},
        {"GIT_PROTOCOL", "version=2"},
        {"GIT_EXEC_PATH", "/nowhere"},
        {"GIT_TRACE", "1"},
    };
    struct mirror *mirror = open_mirror(&place, origin, "cache");
    struct commit_id id;
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
        setenv(variables[i][0], variables[i][1], 1);
    bool done = mirror_fetch(mirror, &error);
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
        unsetenv(variables[i][0]);
    DONE(done);
    DONE(mirror_resolve(mirror, STR_EMPTY, &id, &error));
    assert_true(str_is(head, id.hex));
    mirror_close(mirror);
    place_end(&place);
}

static size_t count_open_files(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += dup2(fd, fd) == fd;
    return count;
}

static void nothing_stays_open(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    size_t before = count_open_files();
    for (int i = 0; i < 5; i++) {
        struct mirror *mirror = open_mirror(&place, bare, "cache");
        struct ledger *ledger = open_ledger(mirror);
        DONE(ledger_refresh(ledger, &error));
        DONE(append(ledger, "s", "x", "1", &error));
        ledger_close(ledger);
        mirror_close(mirror);
    }
    assert_int_equal(count_open_files(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    place_end(&place);
}

/* git receive-pack dies when it has set the ref and has not said so. */
static void a_lost_answer_is_looked_up(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror *mirror = open_mirror(&place, bare, "cache");
    struct ledger *ledger = open_ledger(mirror);
    DONE(append(ledger, "one", "x", "1", &error));
    const char *hook = place_path(&place, "bare.git/hooks/reference-transaction");
    write_script(&place, hook, "#!/bin/sh\n[ \"$1\" != committed ] || kill -9 $PPID\n");
    DONE(append(ledger, "two", "x", "2", &error));
    assert_int_equal(unlink(hook), 0);
    DONE(append(ledger, "three", "x", "3", &error));
    assert_true(str_is(GIT(&place, bare, "log", "--format=%s", REF), "three\ntwo\none"));
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_servers_end_in_time),
        cmocka_unit_test(the_environment_does_not_lead_astray),
        cmocka_unit_test(nothing_stays_open),
        cmocka_unit_test(a_lost_answer_is_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
