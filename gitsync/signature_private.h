#ifndef PLUMB_GITSYNC_SIGNATURE_PRIVATE_H
#define PLUMB_GITSYNC_SIGNATURE_PRIVATE_H

/* What the files about signatures share. */

#include "gitsync/public_key.h"
#include "gitsync/signature.h"

enum { SIGNATURE_MAX = 64 * 1024, SIGNER_FILE_MAX = 1024 * 1024, SIGNER_LINES_MAX = 10 * 1000 };

/* A line of the file of allowed signers. */
struct ssh_signer {
    struct str principals;       /* "ann@example.com,*@example.com" */
    struct str key;              /* as SSH writes it, decoded */
    struct str namespaces;       /* patterns, by comma; empty: any */
    int64_t after_ms, before_ms; /* 0: no limit */
};

/* A primary key or a subkey. */
struct openpgp_key {
    struct str body;        /* of its packet */
    struct str fingerprint; /* 20 bytes */
    struct str who;         /* the primary key's user id */
    int64_t created_ms;
    int64_t expires_ms; /* 0: never; not after its primary key */
    bool revoked;       /* or its primary key is */
    bool signs;         /* may sign data */
};

struct signers {
    struct ssh_signer *ssh;
    size_t ssh_count;
    struct str *revoked; /* keys as SSH writes them */
    size_t revoked_count;
    struct openpgp_key *openpgp;
    size_t openpgp_count;
};

WARN_UNUSED bool allowed_signers_read(struct arena *, const struct signer_file *, struct signers *,
                                      struct error *);
WARN_UNUSED bool revoked_keys_read(struct arena *, const struct signer_file *, struct signers *,
                                   struct error *);
/* Adds the keys of one file. */
WARN_UNUSED bool openpgp_keys_read(struct arena *, const struct signer_file *, struct signers *,
                                   struct error *);

void ssh_signature_check(struct arena *, const struct signed_commit *, const struct signers *, int64_t now_ms,
                         struct signature *);
void openpgp_signature_check(struct arena *, const struct signed_commit *, const struct signers *,
                             int64_t now_ms, struct signature *);

/* Sets verdict and sentence: "commit '<id>' <words>". */
void signature_say(struct arena *, const struct signed_commit *, struct signature *, enum signature_verdict,
                   const char *format, ...) PRINTF_LIKE(5, 6);

/* Finds `-----BEGIN <kind>-----` ... and gives the base64 text decoded, without headers and checksum line.
 * False where that is not sound. */
WARN_UNUSED bool armor_read(struct arena *, struct str text, const char *kind, struct str *bytes);

/* Does one of the patterns (by comma; '*' and '?', '!' says no) fit? */
bool ssh_patterns_fit(struct str patterns, struct str text);

#endif
