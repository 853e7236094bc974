#ifndef PLUMB_RECONCILER_CLI_COMMAND_H
#define PLUMB_RECONCILER_CLI_COMMAND_H

/*
 * The commands of plumb.  One file a command, reconciler/cli/NAME.c, exports one const table; one row of
 * main.c registers it.  Results go to standard output, progress and errors to standard error.
 */

#include <stdatomic.h>

#include "reconciler/inbound.h"
#include "reconciler/session.h"

enum exit_status {
    EXIT_DONE = 0,        /* nothing to do, or done */
    EXIT_ERROR = 1,       /* one sentence on standard error says what and why */
    EXIT_DIFFERENCES = 2, /* plan, diff, drift: differences were found */
};

/* Options that a command takes besides those of every command: reconciler/cli/settings.c. */
enum option_flag {
    OPTION_TRANSFORM_ONLY = 1 << 0,
    OPTION_REGION = 1 << 1,
    OPTION_PARAMETER = 1 << 2,
    OPTION_GRAPH = 1 << 3,
    OPTION_POLL = 1 << 4,
    OPTION_COUNT = 1 << 5,
    OPTION_STACK = 1 << 6,
    OPTION_STAGE = 1 << 7,
    OPTION_OLD_PARAMETER = 1 << 8,
    OPTION_FROM_STACK = 1 << 9,
    OPTION_WORKERS = 1 << 10,
    OPTION_INBOUND = 1 << 11, /* from where */
    OPTION_ADDRESS = 1 << 12,
    OPTION_NOW = 1 << 13,
    OPTION_SUSPEND = 1 << 14,
    OPTION_SECRETS = 1 << 15, /* of webhooks */
    OPTION_ONCE = 1 << 16,
};

enum output_form { OUTPUT_TEXT, OUTPUT_JSON };

struct options {
    struct str repository, revision, region, target, second_target, stack, stage, from_stack;
    struct value *parameters;     /* of --parameter; a map, never NULL */
    struct value *old_parameters; /* likewise */
    struct value *words;          /* all that are no options; a list */
    unsigned output;              /* enum output_form */
    unsigned log_level, log_form; /* enum log_level, log_form */
    bool transform_only, graph, no_color, now, once;
    bool color;       /* results */
    bool error_color; /* progress and errors */
    int64_t poll_ms;  /* 0: plumb.yaml says */
    int64_t count, workers;
    struct git_access git;
    struct {
        struct str kind, api;
        const struct value *token;              /* a VALUE_SECRET, or NULL */
        struct str app, installation, key_file; /* of a GitHub App, in its place */
    } forge;
    struct inbound_options inbound;
    struct str trust_anchor, address, reason;
    int64_t for_ms;
};

/* What main made for the command. */
struct context {
    struct options options; /* filled by settings_read */
    struct arena *arena;
    const struct clock *clock;
    const struct random *random;
    const struct log *log;
    struct http http;
    struct aws_session *aws;
    struct forge *app; /* by which Git's tokens come, where the settings name a GitHub App; else NULL */
    atomic_bool *cancelled;
    const atomic_bool *told; /* by a signal, which sets both */
};

struct command {
    const char *name;
    const char *arguments; /* "[ENV[/APP]]" */
    const char *summary;   /* one line */
    const char *help;      /* paragraphs below the usage */
    unsigned options;      /* enum option_flag */
    size_t targets;        /* how many words it takes at most */
    enum exit_status (*run)(struct context *, struct error *);
};

extern const struct command command_adopt, command_apply, command_diff, command_doctor, command_drift,
    command_health, command_lambda, command_log, command_plan, command_policy, command_promote,
    command_render, command_resume, command_rollback, command_rollout, command_run, command_schema,
    command_status, command_suspend, command_sync, command_version;

/* The session that the options ask for, and such a session opened. */
struct session_options context_session_options(const struct context *);
WARN_UNUSED bool context_session(struct context *, struct session **, struct error *);

/* One "environment/application" to work on. */
struct target {
    struct str environment, application;
    struct error error; /* why it cannot be worked on, or ERROR_NONE */
};

/* The applications that ENV, ENV/APP or nothing (all) name; an environment whose files cannot be read is
 * given with an empty application, so that the command meets the error there and goes on with the others. */
/* context_order: the applications of one environment then stand in the order of their releases. */
void context_order(struct context *, struct session *, struct target *, size_t count);
WARN_UNUSED bool context_targets(struct context *, struct session *, struct target **, size_t *count,
                                 struct error *);

/* One sentence on standard error: "plumb: prod/orders: ...". */
void print_failure(const struct context *, const struct target *, const struct error *);

/* Writes all of the text to standard output; a closed pipe ends the process quietly. */
void print_text(struct str);

#endif
