#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reconciler/cli/forge.h"
#include "reconciler/cli/settings.h"

static const struct command *const commands[] = {
    &command_render,  &command_diff,     &command_plan,   &command_apply,  &command_rollout,
    &command_promote, &command_rollback, &command_drift,  &command_adopt,  &command_run,
    &command_lambda,  &command_health,   &command_log,    &command_status, &command_sync,
    &command_suspend, &command_resume,   &command_policy, &command_doctor, &command_schema,
    &command_version,
};

static atomic_bool cancelled, told;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&told, true);
    atomic_store(&cancelled, true);
}

static void print_help(const struct command *command)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    buf_printf(&text, "usage: plumb %s %s\n\n%s\n\n", command->name, command->arguments, command->help);
    settings_help(&text, command);
    print_text(buf_str(&text));
    buf_release(&text);
}

static void print_usage(FILE *to)
{
    fputs("plumb keeps AWS accounts true to Git\n\nusage: plumb COMMAND [OPTIONS] [ENV[/APP]]\n\ncommands:\n",
          to);
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`plumb COMMAND --help` tells more, `plumb help configuration` lists all settings.\n"
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

static bool use_color(int fd)
{
    const char *terminal = getenv("TERM");
    return isatty(fd) && !(terminal && strcmp(terminal, "dumb") == 0);
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
    enum exit_status status = context_open_app(context, error) ? command->run(context, error) : EXIT_ERROR;
    forge_free(context->app);
    aws_session_free(context->aws);
    http_client_free(client);
    return status;
}

/* `help`, and `help COMMAND`. */
static enum exit_status help(const char *about, struct error *error)
{
    const struct command *command;
    struct buf text = BUF_INIT(BUF_SMALL);
    if (!about)
        print_usage(stdout);
    else if (strcmp(about, "configuration") == 0)
        settings_table(&text);
    else if ((command = find_command(about, error)))
        print_help(command);
    print_text(buf_str(&text));
    buf_release(&text);
    return error->code == ERROR_NONE ? EXIT_DONE : EXIT_ERROR;
}

/* What the options say about how things are told. */
static void set_forms(struct context *context, struct log *log)
{
    struct options *options = &context->options;
    options->color = !options->no_color && use_color(STDOUT_FILENO);
    options->error_color = !options->no_color && use_color(STDERR_FILENO);
    log->least = (enum log_level)options->log_level;
    log->form = (enum log_form)options->log_form;
    log->color = options->error_color;
}

static enum exit_status run(struct context *context, struct log *log, int count, char **arguments,
                            struct error *error)
{
    const struct command *command =
        find_command(strcmp(arguments[1], "--version") == 0 ? "version" : arguments[1], error);
    bool wants_help = false;
    if (!command || !settings_read(context, command, count - 1, arguments + 1, &wants_help, error))
        return EXIT_ERROR;
    if (wants_help) {
        print_help(command);
        return EXIT_DONE;
    }
    set_forms(context, log);
    return run_connected(context, command, error);
}

int main(int count, char **arguments)
{
    struct log log = {.fd = STDERR_FILENO, .clock = &system_clock};
    struct context context = {.arena = arena_new(),
                              .clock = &system_clock,
                              .random = &system_random,
                              .log = &log,
                              .cancelled = &cancelled,
                              .told = &told};
    context.options = (struct options){.parameters = value_map(context.arena),
                                       .old_parameters = value_map(context.arena),
                                       .log_form = isatty(STDERR_FILENO) ? LOG_TEXT : LOG_JSON};
    struct error error = ERROR_INIT;
    enum exit_status status = EXIT_ERROR;
    catch_signals();
    if (count < 2)
        print_usage(stderr);
    else if (strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "help") == 0)
        status = help(arguments[2], &error);
    else
        status = run(&context, &log, count, arguments, &error);
    if (error.code != ERROR_NONE)
        print_failure(&context, NULL, &error);
    arena_free(context.arena);
    return (int)status;
}
