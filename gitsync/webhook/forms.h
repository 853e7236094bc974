#ifndef PLUMB_GITSYNC_WEBHOOK_FORMS_H
#define PLUMB_GITSYNC_WEBHOOK_FORMS_H

/* Inside of webhook_read: the signatures, and what each forge's body looks like. */

#include "base/value.h"
#include "gitsync/webhook.h"

/* One delivery on its way through. */
struct delivery {
    const struct webhook_options *options;
    const struct http_header *headers;
    size_t header_count;
    struct str body;
    struct arena *arena;
    struct value *json; /* after it was verified */
    struct webhook_event *event;
    struct error *error;
};

/* The header's value where it is there exactly once.  `how_many` may be NULL. */
struct str delivery_header(const struct delivery *, const char *name, size_t *how_many);
/* Sets the event's `content`. */
WARN_UNUSED bool delivery_verify(struct delivery *);

/* Fields of the body: `path` is dotted, below `from`.  What is missing or null leaves *out as it is, or is an
 * error where it is needed; another type always is one. */
enum field_need { FIELD_MAY, FIELD_MUST };
WARN_UNUSED bool take_text(struct delivery *, const struct value *from, const char *path, enum field_need,
                           struct str *out);
/* The same without a limit, and with line ends. */
WARN_UNUSED bool take_prose(struct delivery *, const struct value *from, const char *path, struct str *out);
/* 4 to 64 hexadecimal digits. */
WARN_UNUSED bool take_commit(struct delivery *, const struct value *from, const char *path, enum field_need,
                             struct str *out);
WARN_UNUSED bool take_number(struct delivery *, const struct value *from, const char *path, enum field_need,
                             int64_t *out);
/* A whole number, as its text. */
WARN_UNUSED bool take_id(struct delivery *, const struct value *from, const char *path, struct str *out);
WARN_UNUSED bool take_flag(struct delivery *, const struct value *from, const char *path, bool *out);
/* *out is NULL where there is none. */
WARN_UNUSED bool take_map(struct delivery *, const struct value *from, const char *path, enum field_need,
                          const struct value **out);
WARN_UNUSED bool take_list(struct delivery *, const struct value *from, const char *path, enum field_need,
                           const struct value **out);

/* Makes room for so many refs; refuses more than WEBHOOK_REFS_MAX. */
WARN_UNUSED bool make_refs(struct delivery *, size_t count);

/* What an event of a name is about. */
struct meaning {
    const char *name;
    enum webhook_kind kind;
    enum webhook_action action;
    enum webhook_verdict verdict;
};
/* Sets the event's kind, action and verdict; false where none of the meanings has the name. */
bool take_meaning(struct delivery *, const struct meaning *, size_t count, struct str name);

/* Each fills the event from the body, whose name of the event is set. */
WARN_UNUSED bool github_read(struct delivery *); /* Gitea and Forgejo say the same */
WARN_UNUSED bool gitlab_read(struct delivery *);
WARN_UNUSED bool bitbucket_read(struct delivery *);
WARN_UNUSED bool generic_read(struct delivery *);

#endif
