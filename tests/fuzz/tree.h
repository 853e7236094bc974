#ifndef PLUMB_TESTS_FUZZ_TREE_H
#define PLUMB_TESTS_FUZZ_TREE_H

/*
 * What the fuzz targets of templates share: a repository whose every file holds one text, a whole run over
 * it, and a mutator that changes documents as trees, because random bytes hardly ever make a YAML document
 * that gets past its reader.
 */

#include "environments/desired.h"

/* The text behind `text` as every file that is asked for. */
struct files fuzz_files(struct str *text);

/* The source at `path` of a repository: it is refused with a sentence, or its resources can be resolved and
 * printed.  Anything else ends the process. */
void fuzz_source(struct arena *, const struct files *, const char *path);
/* The same for the text as a template at `path`. */
void fuzz_template(struct arena *, const char *path, struct str text);

#endif
