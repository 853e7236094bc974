#ifndef PLUMB_ENVIRONMENTS_SELECTION_H
#define PLUMB_ENVIRONMENTS_SELECTION_H

/*
 * Files below a directory that patterns choose: a list of texts, each one a pattern, or '!' and a pattern of
 * files to leave out.  The last pattern that matches a file decides; where none does, the file is in.
 *
 * A pattern is matched with the whole path below the directory, with '/': '*' and '?' stay in one part of it,
 * also where the part begins with a dot; a part "**" stands for any number of parts; "[a-z]", "[^a]", "{a,b}"
 * and '\' as a shell has them.  "**" in the middle of a part is a '*'; a last part "**" stands for
 * nothing only where no '*' ends the part before it.  All that as micromatch does it, which the Serverless
 * Framework asks.
 */

#include "base/files.h"
#include "base/value.h"

enum {
    PATTERN_BYTES_MAX = 1024,
    PATTERNS_MAX = 512, /* after braces are written out */
    SELECTED_FILES_MAX = 20000,
    SELECTED_DEPTH_MAX = 32,
};

struct selection;

struct selection *selection_all(struct arena *);
/* Refused: "!(", "@(" and the like, ranges "{1..3}", a '{' without its '}', and patterns that lead out of the
 * directory. */
WARN_UNUSED bool selection_add(struct arena *, struct selection *, struct str pattern, struct error *);
/* All with the patterns of a list; NULL for none. */
WARN_UNUSED bool selection_new(struct arena *, const struct value *patterns, struct selection **,
                               struct error *);
bool selection_has(const struct selection *, struct str path);

/* The selected files as a text with a line for each, "OBJECT-ID MODE PATH", in the order of the paths; its
 * SHA-1 names the selection. */
WARN_UNUSED bool selection_digest(const struct selection *, const struct files *, struct arena *,
                                  struct str directory, struct str *hex, struct error *);

#endif
