#ifndef PLUMB_ENVIRONMENTS_TRUST_H
#define PLUMB_ENVIRONMENTS_TRUST_H

/*
 * `trust:` of environment.yaml: from which commits an environment may be released.  What it says is read
 * here; reconciler/trust.h judges by it.
 */

#include "base/files.h"
#include "base/value.h"

/* Who may change what: the signature that vouches for these paths must be by one of these. */
struct trust_rule {
    struct str *paths; /* patterns */
    size_t path_count;
    struct str *signers; /* principals of SSH keys, mail addresses of OpenPGP keys */
    size_t signer_count;
};

struct trust_policy {
    bool signatures;    /* required */
    struct str signers; /* path of the file of allowed signers (SSH), or empty */
    struct str revoked; /* path of the revoked SSH keys, or empty */
    struct str *keys;   /* paths of OpenPGP keys */
    size_t key_count;
    struct str *branches; /* patterns; none: the branch that is watched */
    size_t branch_count;
    struct trust_rule *rules;
    size_t rule_count;
    bool follows;              /* `forcePush: follow` */
    struct str accept_rewrite; /* the commit that may be abandoned, or empty */
};

/* `node` is the mapping, or NULL: all as if nothing were written. */
WARN_UNUSED bool trust_read(struct arena *, const struct value *node, struct trust_policy *, struct error *);

/* "*" is any text without a '/', "**" any text, "?" one character but '/'. */
bool trust_pattern_fits(struct str pattern, struct str text);

/* What a policy says, with the content of the files that it names, as one text in JSON: equal policies give
 * equal texts, and the text alone is enough to judge by.  `acceptRewrite` is no part of it.  Where the
 * environment has no directory at all, `*text` is empty.  The files have at most 4 MiB together. */
WARN_UNUSED bool trust_gather(const struct files *, struct arena *, struct str environment, struct str *text,
                              struct error *);

struct trust_file {
    struct str path, bytes;
};

/* Such a text again. */
struct trust_gathered {
    struct trust_policy policy;
    struct trust_file *files;
    size_t file_count;
};

WARN_UNUSED bool trust_parse(struct arena *, struct str text, struct trust_gathered *, struct error *);
/* The file of that path, or NULL. */
const struct trust_file *trust_file(const struct trust_gathered *, struct str path);

#endif
