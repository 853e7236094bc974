#ifndef PLUMB_ENVIRONMENTS_REVISION_LINE_H
#define PLUMB_ENVIRONMENTS_REVISION_LINE_H

/*
 * Moves the one `revision:` line of an application file.  Everything else stays byte for byte: comments,
 * quotes, indentation, line ends.  Where there is no such line it is put behind the line of `template:`.
 *
 * The result is read again and compared: it says what the file said, but for the revision.  What cannot be
 * edited so is refused with a sentence (ERROR_INVALID): a file in one flow mapping, a revision that is an
 * anchor, an alias, has a tag or is written over several lines.
 */

#include "base/arena.h"
#include "base/error.h"

/* `file` is named in messages.  `revision` is a commit id, tag or branch. */
WARN_UNUSED bool revision_line_set(struct arena *, struct str file, struct str bytes, struct str revision,
                                   struct str *out, struct error *);

#endif
