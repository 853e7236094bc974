#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>
#include <stdlib.h>

#include "base/json.h"
#include "reconciler/cli/settings.h"

/* A command that takes every option. */
static const struct command all = {.name = "all", .options = ~0U, .targets = 2};

/* The variables and flags of one case, each list ended by NULL. */
struct case_ {
    const char *variables[8]; /* "PLUMB_REPO", "url", ... */
    const char *flags[12];
    const char *wanted;
};

/* What is not as it is where nothing is said. */
static struct str tell(struct arena *arena, const struct options *options)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    const struct {
        const char *name;
        struct str text;
    } texts[] = {{"repo", options->repository},
                 {"revision", options->revision},
                 {"region", options->region},
                 {"stack", options->stack},
                 {"stage", options->stage},
                 {"from", options->from_stack},
                 {"target", options->target},
                 {"second", options->second_target},
                 {"cache", options->git.cache},
                 {"token-file", options->git.token_file},
                 {"key", options->git.ssh_key},
                 {"hosts", options->git.known_hosts},
                 {"token", options->git.token ? options->git.token->text : STR_EMPTY}};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (texts[i].text.len)
            buf_printf(&out, "%s=%.*s ", texts[i].name, STR_ARG(texts[i].text));
    buf_printf(&out, "output=%u log=%u,%u poll=%lld count=%lld", options->output, options->log_level,
               options->log_form, (long long)options->poll_ms, (long long)options->count);
    buf_printf(&out, "%s%s%s", options->graph ? " graph" : "", options->transform_only ? " transform" : "",
               options->no_color ? " plain" : "");
    if (options->workers != 24)
        buf_printf(&out, " workers=%lld", (long long)options->workers);
    if (options->parameters->count || options->old_parameters->count) {
        buf_addc(&out, ' ');
        json_write(&out, options->parameters, JSON_COMPACT);
        json_write(&out, options->old_parameters, JSON_COMPACT);
    }
    struct str told = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return told;
}

static struct str read_case(struct arena *arena, const struct case_ *one, struct options *options)
{
    struct context context = {.arena = arena};
    struct error error = ERROR_INIT;
    const char *arguments[16] = {"all"};
    int count = 1;
    bool help = false;
    for (size_t i = 0; one->flags[i]; i++)
        arguments[count++] = one->flags[i];
    for (size_t i = 0; i < setting_count; i++)
        if (settings[i].variable)
            unsetenv(settings[i].variable);
    for (size_t i = 0; one->variables[i]; i += 2)
        setenv(one->variables[i], one->variables[i + 1], 1);
    context.options = (struct options){
        .parameters = value_map(arena), .old_parameters = value_map(arena), .log_form = LOG_JSON};
    optind = 0; /* getopt_long begins anew */
    bool ok = settings_read(&context, &all, count, (char **)arguments, &help, &error);
    *options = context.options;
    if (!ok)
        return arena_str(arena, str_from(error.message));
    return help ? STR("help") : tell(arena, &context.options);
}

#define REST "output=0 log=1,1 poll=0 count=20"

static void reads_flags_variables_and_defaults(void **state)
{
    static const struct case_ cases[] = {
        {{NULL}, {NULL}, REST},
        {{NULL}, {"a", "b"}, "target=a second=b " REST},
        {{NULL}, {"a", "b", "c"}, "'c' is one word too many: see plumb all --help"},
        {{"PLUMB_REPO", "r", "PLUMB_REVISION", "v"}, {NULL}, "repo=r revision=v " REST},
        {{"PLUMB_REPO", "r", "PLUMB_REVISION", "v"}, {"--repo", "s"}, "repo=s revision=v " REST},
        {{"PLUMB_REPO", ""}, {"--revision=12345"}, "revision=12345 " REST},
        {{"PLUMB_CACHE", "c", "PLUMB_SSH_KEY", "k", "PLUMB_KNOWN_HOSTS", "h"},
         {NULL},
         "cache=c key=k hosts=h " REST},
        {{"PLUMB_GIT_TOKEN", "t", "PLUMB_GIT_TOKEN_FILE", "f"}, {NULL}, "token-file=f token=t " REST},
        {{"PLUMB_POLL", "1m30s"}, {NULL}, "output=0 log=1,1 poll=90000 count=20"},
        {{"PLUMB_POLL", "1m30s"}, {"--poll", "200ms"}, "output=0 log=1,1 poll=200 count=20"},
        {{"PLUMB_POLL", "nothing"}, {"--poll", "200ms"}, "output=0 log=1,1 poll=200 count=20"},
        {{"PLUMB_LOG_LEVEL", "error", "PLUMB_LOG_FORMAT", "text", "PLUMB_OUTPUT", "json"},
         {NULL},
         "output=1 log=3,0 poll=0 count=20"},
        {{"PLUMB_LOG_LEVEL", "error"}, {"--log-level", "debug"}, "output=0 log=0,1 poll=0 count=20"},
        {{"NO_COLOR", "0"}, {NULL}, REST " plain"},
        {{NULL}, {"--no-color", "--graph", "--transform-only"}, REST " graph transform plain"},
        {{"PLUMB_WORKERS", "64"}, {NULL}, REST " workers=64"},
        {{"PLUMB_WORKERS", "65"}, {NULL}, "'PLUMB_WORKERS' must be a number from 1 to 64"},
        {{"PLUMB_WORKERS", "2"}, {"--workers", "0"}, "'--workers' must be a number from 1 to 64"},
        {{NULL}, {"-n5", "-ojson"}, "output=1 log=1,1 poll=0 count=5"},
        {{NULL}, {"--max-count", "1000000"}, "output=0 log=1,1 poll=0 count=1000000"},
        {{NULL},
         {"--region", "eu-west-1", "--stack", "S", "--stage", "G", "--from-stack", "F"},
         "region=eu-west-1 stack=S stage=G from=F " REST},
        {{NULL},
         {"--parameter", "A=1", "--parameter", "B=x=y", "--old-parameter", "A=2"},
         REST " {\"A\":\"1\",\"B\":\"x=y\"}{\"A\":\"2\"}"},
        {{NULL}, {"--parameter", "=1"}, "--parameter '=1' is not of the form NAME=VALUE"},
        {{NULL}, {"-h", "--nonsense"}, "help"},
        {{"PLUMB_POLL", "nothing"}, {"--help"}, "help"},
        {{NULL}, {"--poll"}, "'--poll' needs a value: see plumb all --help"},
        {{NULL}, {"--graph=x"}, "'--graph=x' takes no value: see plumb all --help"},
        {{NULL}, {"--cache", "x"}, "'--cache' is no option of this command: see plumb all --help"},
        {{"PLUMB_POLL", "5"}, {NULL}, "PLUMB_POLL: '5' is no duration: write it as in '10m' or '1h30m'"},
        {{"PLUMB_POLL", "99ms"}, {NULL}, "'PLUMB_POLL' must be at least 100ms"},
    };
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct options options;
        struct str found = read_case(arena, &cases[i], &options);
        if (!str_is(found, cases[i].wanted)) {
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
            wrong++;
        }
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

static void a_secret_is_unprintable(void **state)
{
    struct arena *arena = arena_new();
    struct options options;
    const struct case_ one = {{"PLUMB_GIT_TOKEN", "hush"}, {NULL}, NULL};
    (void)state;
    read_case(arena, &one, &options);
    assert_true(value_is(options.git.token, VALUE_SECRET));
    assert_string_equal(arena_strz(arena, json_text(arena, options.git.token, JSON_COMPACT)), "\"****\"");
    arena_free(arena);
}

static bool is_secret(const char *variable)
{
    struct str name = str_from(variable);
    return str_ends(name, "_TOKEN") || str_ends(name, "_SECRET") || str_ends(name, "_PRIVATE_KEY");
}

static void rows_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *one = &settings[i];
        assert_true(one->flag || one->variable);
        assert_true(one->field->help && *one->field->help);
        if (one->key) /* "forge.url" ends with "url" */
            assert_true(str_ends(str_from(one->key), one->field->name));
        if (one->flag && !one->key)
            assert_string_equal(one->flag, one->field->name);
        assert_int_equal(one->store == STORE_FLAG || one->store == STORE_HELP, one->flag && !one->value);
        assert_int_equal(one->store == STORE_SECRET, one->variable && is_secret(one->variable));
        assert_false(one->store == STORE_SECRET && (one->flag || one->key));
        assert_false(one->store == STORE_CHOICE && !one->field->word_count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_flags_variables_and_defaults),
        cmocka_unit_test(a_secret_is_unprintable),
        cmocka_unit_test(rows_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
