#ifndef PLUMB_RECONCILER_CLI_FORGE_H
#define PLUMB_RECONCILER_CLI_FORGE_H

#include "gitsync/forge.h"
#include "reconciler/cli/command.h"

/* The forge of the settings; NULL where they name none. */
WARN_UNUSED bool context_forge(const struct context *, struct session *, struct forge **, struct error *);

/* Where they name a GitHub App, Git's tokens come by it from now on; context->app is to be freed. */
WARN_UNUSED bool context_open_app(struct context *, struct error *);

/* The same for who has no session.  One is opened only to find the repository that one stands in. */
WARN_UNUSED bool context_open_forge(struct context *, struct forge **, struct error *);

/* Do they name any? */
bool context_names_forge(const struct context *);

#endif
