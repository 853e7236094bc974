#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reconciler/cli/command.h"

static const struct command *const commands[] = {
    &command_render,  &command_diff,     &command_plan,   &command_apply,  &command_rollout,
    &command_promote, &command_rollback, &command_drift,  &command_adopt,  &command_run,
    &command_log,     &command_status,   &command_policy, &command_doctor, &command_version,
};

static const struct {
    unsigned flag; /* 0: every command takes it */
    struct option option;
    const char *value, *help;
} option_table[] = {
    {0, {"repo", required_argument, NULL, 'r'}, "PATH|URL", "the repository (default: the one you stand in)"},
    {0,
     {"revision", required_argument, NULL, 'R'},
     "REV",
     "branch, tag or commit (default: its default branch)"},
    {0, {"output", required_argument, NULL, 'o'}, "text|json", "form of the result, also -o (default: text)"},
    {0, {"no-color", no_argument, NULL, 'C'}, "", "never colour the output"},
    {OPTION_TRANSFORM_ONLY, {"transform-only", no_argument, NULL, 't'}, "", "stop after the transforms"},
    {OPTION_GRAPH, {"graph", no_argument, NULL, 'g'}, "", "the dependency graph in DOT"},
    {OPTION_REGION, {"region", required_argument, NULL, 'G'}, "REGION", "region for a template file"},
    {OPTION_PARAMETER,
     {"parameter", required_argument, NULL, 'P'},
     "NAME=VALUE",
     "a parameter of a template file"},
    {OPTION_OLD_PARAMETER,
     {"old-parameter", required_argument, NULL, 'O'},
     "NAME=VALUE",
     "the same for OLD alone"},
    {OPTION_STACK, {"stack", required_argument, NULL, 'S'}, "NAME", "the one to take of several stacks"},
    {OPTION_STAGE, {"stage", required_argument, NULL, 's'}, "NAME", "the one to take of several stages"},
    {OPTION_FROM_STACK,
     {"from-stack", required_argument, NULL, 'F'},
     "NAME|ID",
     "take the resources of that CloudFormation stack"},
    {OPTION_POLL, {"poll", required_argument, NULL, 'p'}, "DURATION", "how often to look (default: 30s)"},
    {OPTION_NOW, {"now", no_argument, NULL, 'N'}, "", "push to the watched branch at once"},
    {OPTION_COUNT,
     {"max-count", required_argument, NULL, 'n'},
     "N",
     "show at most N events, also -n (default: 20)"},
    {0, {"help", no_argument, NULL, 'h'}, "", "this text"},
};

static atomic_bool cancelled;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&cancelled, true);
}

static void print_option(size_t i)
{
    char name[64];
    snprintf(name, sizeof name, "--%s %s", option_table[i].option.name, option_table[i].value);
    printf("  %-26s %s\n", name, option_table[i].help);
}

static void print_help(const struct command *command)
{
    printf("usage: plumb %s %s\n\n%s\n\noptions:\n", command->name, command->arguments, command->help);
    for (size_t i = 0; i < ARRAY_LENGTH(option_table); i++)
        if (option_table[i].flag == 0 || command->options & option_table[i].flag)
            print_option(i);
}

static void print_usage(FILE *to)
{
    fputs("plumb keeps AWS accounts true to Git\n\nusage: plumb COMMAND [OPTIONS] [ENV[/APP]]\n\ncommands:\n",
          to);
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`plumb COMMAND --help` tells more.\n"
          "exit status: 0 nothing to do or done, 2 differences found (plan, diff, drift), 1 error\n",
          to);
}

static const struct command *find_command(const char *name, struct error *error)
{
    const char *names[ARRAY_LENGTH(commands)];
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
        names[i] = commands[i]->name;
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    const char *nearest = str_nearest(str_from(name), names, ARRAY_LENGTH(names));
    error_set(error, ERROR_INVALID, "unknown command '%s'%s%s%s", name, nearest ? ", did you mean '" : "",
              nearest ? nearest : "", nearest ? "'?" : ": see plumb --help");
    return NULL;
}

static bool read_parameter(struct context *context, struct value *map, const char *text, struct error *error)
{
    struct str all = str_from(text);
    size_t equals = str_find(all, '=');
    if (equals == 0 || equals == all.len)
        return error_set(error, ERROR_INVALID, "parameter '%s' is not of the form NAME=VALUE", text);
    value_set(context->arena, map, str_slice(all, 0, equals),
              value_string(context->arena, str_from_index(all, equals + 1)));
    return true;
}

static bool read_output(struct options *options, const char *text, struct error *error)
{
    if (strcmp(text, "json") != 0 && strcmp(text, "text") != 0)
        return error_set(error, ERROR_INVALID, "--output '%s' is neither text nor json", text);
    options->output = strcmp(text, "json") == 0 ? OUTPUT_JSON : OUTPUT_TEXT;
    return true;
}

static bool read_count(struct options *options, const char *text, struct error *error)
{
    uint64_t count;
    if (!str_to_uint(str_from(text), 1000000, &count) || count == 0)
        return error_set(error, ERROR_INVALID, "--max-count '%s' is not a number from 1 to 1000000", text);
    options->count = (int64_t)count;
    return true;
}

static bool read_option(struct context *context, int option, struct error *error)
{
    struct options *options = &context->options;
    switch (option) {
    case 'r':
        options->repository = str_from(optarg);
        return true;
    case 'R':
        options->revision = str_from(optarg);
        return true;
    case 'o':
        return read_output(options, optarg, error);
    case 'C':
        options->color = options->error_color = false;
        return true;
    case 't':
        return options->transform_only = true;
    case 'g':
        return options->graph = true;
    case 'N':
        return options->now = true;
    case 'G':
        options->region = str_from(optarg);
        return true;
    case 'P':
        return read_parameter(context, options->parameters, optarg, error);
    case 'O':
        return read_parameter(context, options->old_parameters, optarg, error);
    case 'S':
        options->stack = str_from(optarg);
        return true;
    case 'F':
        options->from_stack = str_from(optarg);
        return true;
    case 's':
        options->stage = str_from(optarg);
        return true;
    case 'p':
        if (duration_parse(str_from(optarg), &options->poll_ms) && options->poll_ms >= 100)
            return true;
        return error_set(error, ERROR_INVALID, "--poll '%s' is not a duration of at least 100ms, as 30s is",
                         optarg);
    case 'n':
        return read_count(options, optarg, error);
    default:
        return error_set(error, ERROR_BUG, "option '%c' is in no table", option);
    }
}

/* The options of the command for getopt_long; names that it does not take are unknown to it. */
static size_t option_list(const struct command *command, struct option *list)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(option_table); i++)
        if (option_table[i].flag == 0 || command->options & option_table[i].flag)
            list[count++] = option_table[i].option;
    list[count] = (struct option){.name = NULL};
    return count;
}

static bool refuse_option(const struct command *command, int option, char **arguments, struct error *error)
{
    const char *why = option == ':' ? "needs a value" : "is no option of this command";
    return error_set(error, ERROR_INVALID, "'%s' %s: see plumb %s --help", arguments[optind - 1], why,
                     command->name);
}

/* `help` tells that only the help was asked for. */
static bool read_options(struct context *context, const struct command *command, int count, char **arguments,
                         bool *help, struct error *error)
{
    struct option list[ARRAY_LENGTH(option_table) + 1];
    option_list(command, list);
    opterr = 0;
    for (int option; (option = getopt_long(count, arguments, ":o:n:h", list, NULL)) != -1;) {
        if (option == 'h') {
            *help = true;
            return true;
        }
        if (option == '?' || option == ':' || (option == 'n' && !(command->options & OPTION_COUNT)))
            return refuse_option(command, option, arguments, error);
        if (!read_option(context, option, error))
            return false;
    }
    if ((size_t)(count - optind) > command->targets)
        return error_set(error, ERROR_INVALID, "'%s' is one word too many: see plumb %s --help",
                         arguments[optind + (int)command->targets], command->name);
    context->options.words = value_list(context->arena);
    for (int i = optind; i < count; i++)
        value_append(context->arena, context->options.words, value_stringz(context->arena, arguments[i]));
    context->options.target = optind < count ? str_from(arguments[optind]) : STR_EMPTY;
    context->options.second_target = optind + 1 < count ? str_from(arguments[optind + 1]) : STR_EMPTY;
    return true;
}

static bool use_color(int fd)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fd) && !(none && *none) && !(terminal && strcmp(terminal, "dumb") == 0);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* The hosts of the container and instance credentials, which AWS serves by plain http
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html,
 * feature-imds-credentials.html). */
static const char *const plain_hosts[] = {"169.254.170.2", "169.254.170.23", "169.254.169.254",
                                          "fd00:ec2::23", "fd00:ec2::254"};

static enum exit_status run_connected(struct context *context, const struct command *command,
                                      struct error *error)
{
    struct http_client *client;
    struct http_client_options options = {.plain_hosts = plain_hosts,
                                          .plain_host_count = ARRAY_LENGTH(plain_hosts),
                                          .ca_file = getenv("AWS_CA_BUNDLE"),
                                          /* The account is a simulator on this machine. */
                                          .loopback_is_public =
                                              http_is_loopback_url(getenv("AWS_ENDPOINT_URL"))};
    if (!http_client_new(&options, &client, error))
        return EXIT_ERROR;
    context->http = http_client_http(client);
    struct aws_session_options session = {.http = &context->http,
                                          .clock = context->clock,
                                          .random = context->random,
                                          .log = context->log,
                                          .cancelled = context->cancelled,
                                          .pacing = true};
    context->aws = aws_session_new(&session);
    enum exit_status status = command->run(context, error);
    aws_session_free(context->aws);
    http_client_free(client);
    return status;
}

static enum log_level log_level_of(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; name && i < ARRAY_LENGTH(names); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum log_level)i;
    return LOG_INFO;
}

static enum exit_status run(struct context *context, int count, char **arguments, struct error *error)
{
    const struct command *command = find_command(arguments[1], error);
    bool help = false;
    if (!command || !read_options(context, command, count - 1, arguments + 1, &help, error))
        return EXIT_ERROR;
    if (help) {
        print_help(command);
        return EXIT_DONE;
    }
    return run_connected(context, command, error);
}

int main(int count, char **arguments)
{
    if (count < 2 || strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "help") == 0) {
        print_usage(count < 2 ? stderr : stdout);
        return count < 2 ? EXIT_ERROR : EXIT_DONE;
    }
    if (strcmp(arguments[1], "--version") == 0)
        arguments[1] += 2;
    catch_signals();
    bool terminal = isatty(STDERR_FILENO);
    struct log log = {.fd = STDERR_FILENO,
                      .least = log_level_of(getenv("PLUMB_LOG")),
                      .form = terminal ? LOG_TEXT : LOG_JSON,
                      .color = use_color(STDERR_FILENO),
                      .clock = &system_clock};
    struct context context = {.arena = arena_new(),
                              .clock = &system_clock,
                              .random = &system_random,
                              .log = &log,
                              .cancelled = &cancelled};
    context.options = (struct options){.parameters = value_map(context.arena),
                                       .old_parameters = value_map(context.arena),
                                       .color = use_color(STDOUT_FILENO),
                                       .error_color = use_color(STDERR_FILENO),
                                       .poll_ms = 30 * 1000,
                                       .count = 20};
    struct error error = ERROR_INIT;
    enum exit_status status = run(&context, count, arguments, &error);
    if (error.code != ERROR_NONE)
        print_failure(&context, NULL, &error);
    arena_free(context.arena);
    return (int)status;
}
