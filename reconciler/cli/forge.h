#ifndef PLUMB_RECONCILER_CLI_FORGE_H
#define PLUMB_RECONCILER_CLI_FORGE_H

#include "gitsync/forge.h"
#include "reconciler/cli/command.h"

/*
 * The forge that the environment variables name; NULL where they name none.  PLUMB_FORGE is its kind (auto,
 * none, github, gitlab, gitea, forgejo; default: auto where there is a token, else none), PLUMB_FORGE_API its
 * API's address, PLUMB_FORGE_TOKEN the token.
 */
WARN_UNUSED bool context_forge(const struct context *, struct session *, struct forge **, struct error *);

/* Do they name any? */
bool context_names_forge(void);

#endif
