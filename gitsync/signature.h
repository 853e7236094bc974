#ifndef PLUMB_GITSYNC_SIGNATURE_H
#define PLUMB_GITSYNC_SIGNATURE_H

/*
 * Who signed a commit, and does that count?
 *
 * Two kinds are verified, both by OpenSSL in this process; no ssh-keygen and no gpg is run, and no keyring of
 * a user is looked at.  Keys come only from the files that the caller gives.
 *
 * SSH (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig): ssh-ed25519, ecdsa-sha2-*,
 * RSA with rsa-sha2-256 or -512, and the keys of security keys (sk-*), which must have been touched.  The
 * namespace must be "git".  The keys stand in a file of allowed signers, as ssh-keygen(1) describes it; its
 * dates without a "Z" count as UTC.  A line with cert-authority, and certificates, are refused by name.
 * Revoked keys stand in a file with one public key a line; a binary list (KRL) is refused.
 *
 * OpenPGP (https://www.rfc-editor.org/rfc/rfc4880): keys and signatures of version 4 by RSA, ECDSA on NIST's
 * curves and Ed25519, over SHA-256, -384 or -512; others are refused by name.  Keys are armored files as
 * `gpg --armor --export` writes them.  Signing subkeys count where primary key and subkey have bound each
 * other; a revocation in the file counts, whatever its reason.  Expiry of a key is as the newest
 * self-signature says.  The parser is our own, of the few packets that this takes: librnp would bring a
 * second library of cryptography, SQLite and a TPM stack into the image, gpgme a gpg process with a keyring
 * on disk, and neither tells all the cases apart.
 *
 * Time.  The time in a commit is its author's claim, and so is the time in an OpenPGP signature: who holds a
 * key that has expired could date a commit back.  So a key must be valid both at the claimed time and now, as
 * the caller's clock tells.  The caller judges a commit once, before it is released, and never again: that a
 * key expires later takes nothing back.  (git verify-commit looks at the claimed time only.)
 *
 * Signatures by X.509 (`-----BEGIN SIGNED MESSAGE-----`) and commits with two signatures are bad, by name.
 *
 * Limits: a signature has 64 KiB; a file 1 MiB and 10,000 lines; a key file 64 keys, each with 1,000 packets.
 * Safe from any thread that has its own arena; a mirror belongs to one thread.
 */

#include "gitsync/mirror.h"

enum signature_verdict {
    SIGNATURE_VERIFIED,
    SIGNATURE_MISSING, /* there is none */
    SIGNATURE_UNKNOWN, /* by a key that is in none of the files, or not for this use */
    SIGNATURE_EXPIRED, /* by a known key that is not valid any more, or not yet */
    SIGNATURE_REVOKED, /* by a key that is revoked */
    SIGNATURE_BAD,     /* it does not fit the commit, or cannot be read */
};

struct signature {
    enum signature_verdict verdict;
    struct str who;         /* the line's principals, or the OpenPGP user id; empty where not known */
    struct str fingerprint; /* "SHA256:..." of SSH, 40 hex digits of OpenPGP; empty where not known */
    struct str sentence;    /* "commit '4f2c1e0...' is signed by ..." */
};

struct signer_file {
    struct str path; /* for messages */
    struct str bytes;
};

struct signer_files {
    const struct signer_file *allowed; /* NULL: none */
    const struct signer_file *revoked; /* likewise */
    const struct signer_file *keys;    /* of OpenPGP */
    size_t key_count;
};

struct signers;

/* Reads all files; what cannot be read is ERROR_INVALID with its position.  The signers live in the arena and
 * look into the files' bytes. */
WARN_UNUSED bool signers_read(struct arena *, const struct signer_files *, struct signers **, struct error *);

/* A commit as it was signed. */
struct signed_commit {
    struct commit_id id;
    int64_t time_ms; /* of the committer: a claim */
    struct str payload;
    struct str signature; /* armored; empty: none */
    bool twice;           /* it has more than one */
};

WARN_UNUSED bool signed_commit_read(struct mirror *, struct arena *, const struct commit_id *,
                                    struct signed_commit *, struct error *);

void signature_check(struct arena *, const struct signed_commit *, const struct signers *, int64_t now_ms,
                     struct signature *);

/* "verified", "expired", ...: for JSON. */
const char *signature_verdict_name(enum signature_verdict);

#endif
