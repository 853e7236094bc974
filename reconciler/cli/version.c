#include "reconciler/cli/command.h"

static enum exit_status run(struct context *context, struct error *error)
{
    (void)error;
    if (context->options.output == OUTPUT_JSON)
        print_text(STR("{\"version\": \"" PLUMB_VERSION "\"}\n"));
    else
        print_text(STR("plumb " PLUMB_VERSION "\n"));
    return EXIT_DONE;
}

const struct command command_version = {
    .name = "version",
    .arguments = "[OPTIONS]",
    .summary = "show the version",
    .help = "Prints the version of this program.",
    .run = run,
};
