#ifndef PLUMB_RECONCILER_MARKDOWN_H
#define PLUMB_RECONCILER_MARKDOWN_H

/*
 * Text of others in Markdown that a forge shows.  Every character that Markdown or HTML could take for markup
 * is a numeric entity (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references: those
 * cannot stand for markup), so that it can neither leave its cell of a table nor its line, whatever it is.
 * Control characters and those that turn the direction of text become visible escapes (text_escape).
 */

#include "base/str.h"

/* "<code>...</code>", at most about `max` bytes of the text, then "..."; an empty text gives nothing.  In
 * code no forge looks for mentions, numbers of pull requests, links or emoji. */
void markdown_code(struct buf *, struct str text, size_t max);

/* A sentence, with names in it: the forges look for those there, so that a space without width parts what
 * would be one. */
void markdown_text(struct buf *, struct str text, size_t max);

#endif
