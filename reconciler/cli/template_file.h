#ifndef PLUMB_RECONCILER_CLI_TEMPLATE_FILE_H
#define PLUMB_RECONCILER_CLI_TEMPLATE_FILE_H

/*
 * A template on disk, with its directory as the tree; no repository is needed.
 */

#include "reconciler/cli/command.h"

struct template_file {
    struct files_local *local;
    struct files files;
    struct template_options options; /* without parameters; valid until the file is closed */
};

/* Does the word of the command line name a template file, or a directory that a tool packaged? */
bool template_file_is_meant(struct context *, struct str target);

/* The region and what else the options say goes into the template's options.  A template_file must not be
 * moved while it is open. */
WARN_UNUSED bool template_file_open(struct context *, struct str target, struct template_file *,
                                    struct error *);
void template_file_close(struct template_file *);

#endif
