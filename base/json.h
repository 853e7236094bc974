#ifndef PLUMB_BASE_JSON_H
#define PLUMB_BASE_JSON_H

/*
 * JSON: a strict reader (RFC 8259; UTF-8 checked; duplicate keys, trailing text, lone surrogates and NUL
 * refused) that keeps numbers as text and positions on every node, and a writer.
 */

#include "base/value.h"

enum { JSON_DEPTH_MAX = 128, JSON_NODES_MAX = 2 * 1000 * 1000 };

/* `file` names the input in messages and is copied; where it is empty (the wire), the nodes get no source, so
 * that messages about them name no position.  Columns count characters, not bytes. */
WARN_UNUSED bool json_read(struct arena *, struct str file, struct str bytes, struct value **out,
                           struct error *);

/* The same with a limit of the caller's in place of JSON_NODES_MAX. */
WARN_UNUSED bool json_read_max(struct arena *, struct str file, struct str bytes, size_t nodes_max,
                               struct value **out, struct error *);

/* The whole text is one JSON number. */
bool json_is_number(struct str);

enum json_style {
    JSON_COMPACT,   /* one line, keys in the map's order */
    JSON_PRETTY,    /* two spaces, for people */
    JSON_CANONICAL, /* one line, keys sorted by bytes: for digests */
};

/* Secrets are written as their reference or "****"; unknowns as {"KnownAfterApply": "OrderTable.Arn"}; NULL
 * as null. */
void json_write(struct buf *, const struct value *, enum json_style);
struct str json_text(struct arena *, const struct value *, enum json_style);
/* The same with secrets in clear, compact: only for the body of a request to AWS. */
void json_write_revealed(struct buf *, const struct value *);
/* A JSON string literal with its quotes.  Bytes that are no UTF-8 become U+FFFD. */
void json_write_string(struct buf *, struct str);

#endif
