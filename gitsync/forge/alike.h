#ifndef PLUMB_GITSYNC_FORGE_ALIKE_H
#define PLUMB_GITSYNC_FORGE_ALIKE_H

/*
 * The part of GitHub's API that Gitea and Forgejo took over: entries of their tables.  What differs in names
 * comes from the table.  Private to gitsync/forge.
 */

#include "gitsync/forge/private.h"

WARN_UNUSED bool alike_self(struct forge *, struct arena *, struct str *login, struct error *);
/* `query`: "state=open" and what else selects. */
WARN_UNUSED bool alike_pulls(struct forge *, struct arena *, struct str query, struct pulls *,
                             struct error *);
WARN_UNUSED bool alike_pull(struct forge *, struct arena *, int64_t number, struct pull *, struct error *);
WARN_UNUSED bool alike_create_pull(struct forge *, struct arena *, struct str head, struct str base,
                                   const struct pull_text *, struct pull *, struct error *);
WARN_UNUSED bool alike_update_pull(struct forge *, struct arena *, int64_t number, const struct pull_text *,
                                   struct error *);
struct str alike_merge_method(enum merge_method);
WARN_UNUSED bool alike_close_pull(struct forge *, struct arena *, int64_t number, struct error *);
WARN_UNUSED bool alike_comments(struct forge *, struct arena *, int64_t number, struct comments *,
                                struct error *);
WARN_UNUSED bool alike_create_comment(struct forge *, struct arena *, int64_t number, struct str body,
                                      int64_t *id, struct error *);
WARN_UNUSED bool alike_update_comment(struct forge *, struct arena *, int64_t number, int64_t id,
                                      struct str body, struct error *);
WARN_UNUSED bool alike_reviews(struct forge *, struct arena *, int64_t number, struct reviews *,
                               struct error *);
WARN_UNUSED bool alike_permission(struct forge *, struct arena *, struct str login, enum permission *,
                                  struct error *);
WARN_UNUSED bool alike_statuses(struct forge *, struct arena *, struct str sha, struct statuses *,
                                struct error *);
/* The list that they are read from. */
WARN_UNUSED bool alike_list_statuses(struct forge *, struct arena *, struct str sha, struct value **list,
                                     struct error *);
/* Is this status in a list, in which its context is called `name` and its state is `word`?  Also GitLab's. */
bool alike_lists_status(const struct forge *, const struct value *list, const char *name, const char *word,
                        const struct status *);
WARN_UNUSED bool alike_has_status(struct forge *, struct arena *, struct str sha, const struct status *,
                                  bool *, struct error *);
WARN_UNUSED bool alike_create_status(struct forge *, struct arena *, struct str sha, const struct status *,
                                     struct error *);
WARN_UNUSED bool alike_read_file(struct forge *, struct arena *, struct str path, struct str ref, size_t max,
                                 struct str *bytes, struct error *);
/* The same on GitLab, but for where the URL is: in `member` of a webhook, or NULL, itself. */
WARN_UNUSED bool alike_hooks_by(struct forge *, struct arena *, struct str url, const char *member,
                                struct forge_ids *, struct error *);
WARN_UNUSED bool alike_hooks(struct forge *, struct arena *, struct str url, struct forge_ids *,
                             struct error *);
WARN_UNUSED bool alike_delete_hook(struct forge *, struct arena *, int64_t id, struct error *);
WARN_UNUSED bool alike_write_hook(struct forge *, struct arena *, const struct forge_hook *, struct error *);
/* Sends a new webhook, or by the method `change` one that is there.  The same on GitLab. */
WARN_UNUSED bool alike_send_hook(struct forge *, struct arena *, const struct forge_hook *,
                                 const char *change, struct value *body, struct error *);

#endif
