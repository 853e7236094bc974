#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "repositories.h"

extern char **environ;

struct place place_new(void)
{
    const char *temporary = getenv("TMPDIR");
    struct place place = {.arena = arena_new()};
    char *path = arena_strz(
        place.arena, arena_printf(place.arena, "%s/plumb-gitsync-XXXXXX", temporary ? temporary : "/tmp"));
    assert_non_null(mkdtemp(path));
    place.directory = path;
    static const char *const settings[][2] = {
        {"GIT_CONFIG_GLOBAL", "/dev/null"},      {"GIT_CONFIG_NOSYSTEM", "1"},
        {"GIT_AUTHOR_NAME", "Ann Author"},       {"GIT_AUTHOR_EMAIL", "ann@example.com"},
        {"GIT_COMMITTER_NAME", "Ann Author"},    {"GIT_COMMITTER_EMAIL", "ann@example.com"},
        {"GIT_ALLOW_PROTOCOL", "file:http:ssh"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        setenv(settings[i][0], settings[i][1], 1);
    /* Repositories live for some seconds: no process is started to see whether they need tidying up. */
    const char *template = arena_printf(place.arena, "%s/template/config", place.directory).ptr;
    write_file(&place, template,
               "[receive]\n autogc = false\n[gc]\n auto = 0\n[maintenance]\n auto = false\n");
    setenv("GIT_TEMPLATE_DIR", place_path(&place, "template"), 1);
    return place;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts, (void)type, (void)walk;
    return remove(path);
}

void place_end(struct place *place)
{
    nftw(place->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(place->arena);
}

const char *place_path(struct place *place, const char *name)
{
    return arena_printf(place->arena, "%s/%s", place->directory, name).ptr;
}

static int run(const char *directory, const char *output, const char *const *arguments)
{
    pid_t pid;
    int status;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, directory);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawnp(&pid, arguments[0], &actions, NULL, (char *const *)arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int try_in(struct place *place, const char *directory, const char *const *arguments)
{
    (void)place;
    return run(directory, "/dev/null", arguments);
}

struct str run_in(struct place *place, const char *directory, const char *const *arguments)
{
    static char text[1024 * 1024];
    const char *output = place_path(place, ".output");
    int status = run(directory, output, arguments);
    if (status != 0)
        fail_msg("'%s %s' ended with status %d", arguments[0], arguments[1], status);
    int file = open(output, O_RDONLY | O_CLOEXEC);
    ssize_t got = read(file, text, sizeof text);
    close(file);
    assert_true(got >= 0);
    return arena_str(place->arena, str_trim((struct str){.ptr = text, .len = (size_t)got}));
}

void write_file(struct place *place, const char *path, const char *text)
{
    char *copy = arena_strz(place->arena, str_from(path));
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

void commit_all(struct place *place, const char *directory, const char *message)
{
    GIT(place, directory, "add", "-A");
    GIT(place, directory, "commit", "-q", "--allow-empty", "-m", message);
}

const char *make_origin(struct place *place)
{
    const char *origin = place_path(place, "origin");
    GIT(place, place->directory, "init", "-q", "-b", "main", origin);
    write_file(place, place_path(place, "origin/readme.txt"), "read me\n");
    write_file(place, place_path(place, "origin/dir/a.txt"), "a\n");
    write_file(place, place_path(place, "origin/dir/run.sh"), "#!/bin/sh\n");
    assert_int_equal(chmod(place_path(place, "origin/dir/run.sh"), 0700), 0);
    commit_all(place, origin, "First\n\nWith a body.");
    return origin;
}

const char *make_bare(struct place *place, const char *name)
{
    const char *bare = place_path(place, name);
    GIT(place, place->directory, "init", "-q", "--bare", "-b", "main", bare);
    return bare;
}

struct mirror_options mirror_defaults(struct place *place, const char *url, const char *cache)
{
    return (struct mirror_options){
        .url = str_from(url),
        .cache_directory = str_from(place_path(place, cache)),
        .clock = &system_clock,
        .timeout_ms = 20 * 1000,
    };
}

struct mirror *open_mirror(struct place *place, const char *url, const char *cache)
{
    struct error error = ERROR_INIT;
    struct mirror *mirror = NULL;
    struct mirror_options options = mirror_defaults(place, url, cache);
    assert_done(mirror_open(&options, &mirror, &error), &error);
    return mirror;
}

void assert_done(bool done, const struct error *error)
{
    if (!done)
        fail_msg("%s: %s", error_code_name(error->code), error->message);
}

void assert_failed(bool done, const struct error *error, enum error_code code, const char *words)
{
    if (done)
        fail_msg("expected %s with '%s', but it succeeded", error_code_name(code), words);
    if (error->code != code || !str_contains(str_from(error->message), words))
        fail_msg("expected %s with '%s', got %s: %s", error_code_name(code), words,
                 error_code_name(error->code), error->message);
}

struct ledger *open_ledger(struct mirror *mirror)
{
    struct error error = ERROR_INIT;
    struct ledger *ledger = NULL;
    DONE(ledger_open(mirror, ACCOUNT, &ledger, &error));
    return ledger;
}

bool append(struct ledger *ledger, const char *subject, const char *path, const char *text,
            struct error *error)
{
    struct ledger_file file = {.path = str_from(path), .bytes = str_from(text)};
    struct ledger_trailer trailer = {.key = "Plan-Hash", .value = str_from(text)};
    struct ledger_event event = {.subject = str_from(subject),
                                 .body = STR("In words."),
                                 .trailers = &trailer,
                                 .trailer_count = 1,
                                 .files = &file,
                                 .file_count = 1};
    return ledger_append(ledger, &event, error);
}

void write_script(struct place *place, const char *path, const char *text)
{
    write_file(place, path, text);
    assert_int_equal(chmod(path, 0700), 0);
}
