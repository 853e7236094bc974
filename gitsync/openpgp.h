#ifndef PLUMB_GITSYNC_OPENPGP_H
#define PLUMB_GITSYNC_OPENPGP_H

/*
 * The packets of OpenPGP (https://www.rfc-editor.org/rfc/rfc4880#section-4) that public keys and signatures
 * are made of, and what a signature signs.  Private to gitsync.  Everything is a view into the input.
 */

#include "gitsync/signature_private.h"

enum { PACKET_SIGNATURE = 2, PACKET_KEY = 6, PACKET_USER_ID = 13, PACKET_SUBKEY = 14, PACKET_ATTRIBUTE = 17 };

/* Types of signatures. */
enum {
    OPENPGP_BINARY = 0x00,
    OPENPGP_CERTIFIES = 0x10, /* up to 0x13 */
    OPENPGP_BINDS_SUBKEY = 0x18,
    OPENPGP_BINDS_BACK = 0x19, /* the subkey its primary key */
    OPENPGP_DIRECT = 0x1f,
    OPENPGP_REVOKES_KEY = 0x20,
    OPENPGP_REVOKES_SUBKEY = 0x28,
    OPENPGP_REVOKES_USER_ID = 0x30,
};

enum { OPENPGP_MAY_SIGN = 0x02 }; /* key flag */

/* The next packet; false at the end, with reader->broken where it is not sound.  Lengths in parts are not. */
WARN_UNUSED bool packet_next(struct reader *, int *tag, struct str *body);

struct openpgp_signature {
    int type, algorithm, hash;
    struct str signed_part; /* from its version to the end of what it hashes */
    int64_t created_ms;
    int64_t lasts_ms;     /* 0: for ever */
    int64_t key_lasts_ms; /* 0: for ever */
    int key_flags;        /* -1: not said */
    bool primary_user_id;
    struct str issuer;   /* 8 bytes, or empty: who says to have made it; not proven */
    struct str embedded; /* a signature, or empty */
    struct reader numbers;
    bool critical; /* it has something critical that is not known: it must not count */
};

/* False where it is not sound or not of version 4; `words` then says why. */
WARN_UNUSED bool openpgp_signature_read(struct str body, struct openpgp_signature *, const char **words);

/* The fingerprint of a key's packet, 20 bytes; its time; false where it is not of version 4. */
WARN_UNUSED bool openpgp_key_read(struct arena *, struct str body, struct openpgp_key *);

/* Did the key make this signature over the parts, one behind the other? */
WARN_UNUSED bool openpgp_verify(struct str key, const struct openpgp_signature *, const struct str *parts,
                                size_t count);

/* The forms in which a key (or subkey) and a user id are signed. */
struct str openpgp_key_material(struct arena *, struct str body);
struct str openpgp_user_id_material(struct arena *, struct str user_id);

/* "SHA-1", or NULL where it is one that plumb takes. */
const char *openpgp_weak_hash(int hash);

#endif
