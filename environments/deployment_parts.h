#ifndef PLUMB_ENVIRONMENTS_DEPLOYMENT_PARTS_H
#define PLUMB_ENVIRONMENTS_DEPLOYMENT_PARTS_H

/* The parts of `deployment:`, read one by one into the same struct; inside this room only. */

#include "environments/deployment.h"
#include "environments/fields.h"

/* The keys of `deployment:` and of the entries of its parts. */
extern const struct field deployment_fields[13], deployment_check_fields[9], deployment_compare_fields[4],
    deployment_notify_fields[6], deployment_step_fields[4], deployment_synthetic_fields[9];

/* `steps:`; the checks must have been read. */
WARN_UNUSED bool deployment_read_steps(struct arena *, const struct value *node, struct deployment *,
                                       struct error *);
/* "p90", "p99.9": more than 0 and less than 100. */
bool deployment_is_percentile(struct str);
WARN_UNUSED bool deployment_read_compare(struct arena *, const struct value *node, struct deployment *,
                                         struct error *);
WARN_UNUSED bool deployment_read_checks(struct arena *, const struct value *node, struct deployment *,
                                        struct error *);
WARN_UNUSED bool deployment_read_synthetic(struct arena *, const struct value *node, struct deployment *,
                                           struct error *);
WARN_UNUSED bool deployment_read_notify(struct arena *, const struct value *node, struct deployment *,
                                        struct error *);

/* Not more than `most`. */
WARN_UNUSED bool deployment_count(const struct value *list, const char *what, size_t most, struct error *);
/* The name of a list's member is sound and none of an earlier one. */
WARN_UNUSED bool deployment_name(const struct value *list, size_t index, const char *what, struct error *);
/* As an editor checks it. */
#define DEPLOYMENT_URL "https://[^/?#@\\s][^/@\\s]*(/[!-~]*)?"
/* A text that starts with https:// and names a host, without blanks and credentials; at most 2048 bytes. */
WARN_UNUSED bool deployment_url(const struct value *, const char *what, struct error *);
/* Sets a member of a map that is made from `node`, with its position. */
void deployment_fill(struct arena *, struct value *map, const char *key, struct value *,
                     const struct value *node);
/* A map of scalars as a map of texts, in place of a NULL an empty one. */
WARN_UNUSED bool deployment_texts(struct arena *, const struct value *node, const char *what, size_t most,
                                  struct value **out, struct error *);

#endif
