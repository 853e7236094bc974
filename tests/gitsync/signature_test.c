#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "gitsync/signature.h"
#include "repositories.h"

/* Keys are made by ssh-keygen and gpg, commits signed by git; what plumb says of them stands beside what
 * `git verify-commit` says with the same files. */

#define DAY "86400"

struct signing {
    struct place place;
    const char *origin;
};

/* Words that all scripts know. */
static const char prelude[] =
    "set -e\n"
    "key() { ssh-keygen -q -N '' -C '' -f ../$1 -t $2 ${3:+-b $3}; }\n"
    "allow() { echo \"$1 $(cut -d' ' -f1,2 ../$2.pub)\" >> ../allowed; }\n"
    "ssh_commit() { git -c gpg.format=ssh -c user.signingkey=../$1 commit -q -S --allow-empty -m Change; }\n"
    "raw() { git reset -q --hard $(git hash-object -t commit -w --stdin --literally); }\n"
    "g() { gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase '' \"$@\"; }\n"
    "pgp_key() { g --quick-gen-key \"$1\" $2 sign ${3:-0}; }\n"
    "fingerprint() { g --with-colons --list-keys $1 | awk -F: '$1 == \"fpr\" {print $10; exit}'; }\n"
    "export_keys() { g --armor --export \"$@\" > ../keys.asc; }\n"
    "pgp_commit() { git -c user.signingkey=$1 commit -q -S --allow-empty -m Change; }\n"
    "at() { printf '#!/bin/sh\\nexec gpg --faked-system-time %s \"$@\"\\n' $1 > ../gpg-at; chmod +x "
    "../gpg-at; }\n"
    "pgp_commit_at() { at $1; GIT_COMMITTER_DATE=@$1 git -c gpg.program=../gpg-at -c user.signingkey=$2 "
    "commit -q -S --allow-empty -m Change; }\n"
    "now=$(date +%s)\n";

static void script(struct signing *signing, const char *text)
{
    const char *whole = arena_printf(signing->place.arena, "%s%s", prelude, text).ptr;
    run_in(&signing->place, signing->origin, (const char *const[]){"bash", "-c", whole, NULL});
}

static struct signing begin(void)
{
    struct signing signing = {.place = place_new()};
    signing.origin = make_origin(&signing.place);
    setenv("GNUPGHOME", place_path(&signing.place, "gnupg"), 1);
    script(&signing, "mkdir -m 700 ../gnupg; : > ../allowed; : > ../revoked");
    return signing;
}

static void end(struct signing *signing)
{
    try_in(&signing->place, signing->origin, (const char *const[]){"gpgconf", "--kill", "all", NULL});
    place_end(&signing->place);
}

/* A file beside the work tree; without a path where there is none. */
static struct signer_file file(struct signing *signing, const char *name)
{
    struct arena *arena = signing->place.arena;
    const char *path = place_path(&signing->place, name);
    char *bytes = arena_alloc(arena, 1 << 20);
    FILE *opened = fopen(path, "re");
    size_t size = opened ? fread(bytes, 1, 1 << 20, opened) : 0;
    if (opened)
        fclose(opened);
    return (struct signer_file){.path = opened ? str_from(name) : STR_EMPTY,
                                .bytes = {.ptr = bytes, .len = size}};
}

static bool read_signers(struct signing *signing, struct signers **signers, struct error *error)
{
    const struct signer_file allowed = file(signing, "allowed"), revoked = file(signing, "revoked"),
                             keys = file(signing, "keys.asc");
    const struct signer_files files = {
        .allowed = &allowed, .revoked = &revoked, .keys = &keys, .key_count = keys.path.len ? 1 : 0};
    return signers_read(signing->place.arena, &files, signers, error);
}

/* What plumb says of the newest commit. */
static struct signature look(struct signing *signing)
{
    struct error error = ERROR_INIT;
    struct commit_id id;
    struct signed_commit commit;
    struct signers *signers;
    struct signature signature;
    struct mirror *mirror = open_mirror(&signing->place, signing->origin, "cache");
    DONE(mirror_fetch(mirror, &error));
    DONE(mirror_resolve(mirror, STR("main"), &id, &error));
    DONE(signed_commit_read(mirror, signing->place.arena, &id, &commit, &error));
    DONE(read_signers(signing, &signers, &error));
    signature_check(signing->place.arena, &commit, signers, clock_wall(&system_clock), &signature);
    mirror_close(mirror);
    if (!str_contains(signature.sentence, id.hex))
        fail_msg("'%.*s' does not name the commit", STR_ARG(signature.sentence));
    return signature;
}

/* Does git think it good? */
static bool git_agrees(struct signing *signing, const char *home)
{
    const char *command = "git -c gpg.ssh.allowedSignersFile=../allowed -c gpg.ssh.revocationFile=../revoked "
                          "verify-commit HEAD 2>/dev/null";
    struct str whole =
        arena_printf(signing->place.arena, "GNUPGHOME=%s; export GNUPGHOME; %s", home, command);
    return try_in(&signing->place, signing->origin, (const char *const[]){"sh", "-c", whole.ptr, NULL}) == 0;
}

struct signature_case {
    const char *name, *script;
    enum signature_verdict verdict;
    bool good_for_git;
    const char *words;
};

static void check(const struct signature_case *one, bool openpgp)
{
    struct signing signing = begin();
    script(&signing, one->script);
    struct signature found = look(&signing);
    if (found.verdict != one->verdict || !str_contains(found.sentence, one->words))
        fail_msg("%s: %s: %.*s", one->name, signature_verdict_name(found.verdict), STR_ARG(found.sentence));
    const char *home = place_path(&signing.place, "gnupg");
    if (openpgp) { /* a keyring with the trusted keys alone */
        home = place_path(&signing.place, "other");
        script(&signing, "mkdir -m 700 ../other; GNUPGHOME=$PWD/../other g --import ../keys.asc 2>/dev/null");
    }
    if (git_agrees(&signing, home) != one->good_for_git)
        fail_msg("%s: git verify-commit thinks otherwise", one->name);
    end(&signing);
}

#define ANN "key ann ed25519; allow ann@example.com ann; "
#define INSERT                                                                                               \
    "insert() { { sed '/^$/,$d' ../p; sed '1s/^/gpgsig /;2,$s/^/ /' $1; sed -n '/^$/,$p' ../p; } | raw; }; " \
    "git cat-file commit HEAD > ../p; "

static const struct signature_case ssh_cases[] = {
    {"ed25519", ANN "ssh_commit ann", SIGNATURE_VERIFIED, true,
     "is signed by 'ann@example.com' with the key 'SHA256:"},
    {"ecdsa 256", "key ann ecdsa 256; allow ann@example.com ann; ssh_commit ann", SIGNATURE_VERIFIED, true,
     ""},
    {"ecdsa 384", "key ann ecdsa 384; allow ann@example.com ann; ssh_commit ann", SIGNATURE_VERIFIED, true,
     ""},
    {"ecdsa 521", "key ann ecdsa 521; allow ann@example.com ann; ssh_commit ann", SIGNATURE_VERIFIED, true,
     ""},
    {"rsa 3072", "key ann rsa 3072; allow ann@example.com ann; ssh_commit ann", SIGNATURE_VERIFIED, true, ""},
    {"rsa 1024", "key ann rsa 1024; allow ann@example.com ann; ssh_commit ann", SIGNATURE_BAD, true,
     "too short"},
    {"not signed", ANN "git commit -q --allow-empty -m Change", SIGNATURE_MISSING, false, "is not signed"},
    {"another key", ANN "key bob ed25519; ssh_commit bob", SIGNATURE_UNKNOWN, false,
     "which nobody vouches for"},
    {"tampered", ANN "ssh_commit ann; git cat-file commit HEAD | sed 's/^Change/Chance/' | raw",
     SIGNATURE_BAD, false, "does not fit its signature by the key 'SHA256:"},
    {"another tree",
     ANN "ssh_commit ann; git cat-file commit HEAD | sed \"s/^tree .*/tree $(git write-tree "
         "--prefix=dir/)/\" | raw",
     SIGNATURE_BAD, false, "does not fit"},
    {"another namespace",
     ANN INSERT "ssh-keygen -q -Y sign -n file -f ../ann ../p 2>/dev/null; insert ../p.sig", SIGNATURE_BAD,
     false, "was not made for Git"},
    {"the right namespace by hand",
     ANN INSERT "ssh-keygen -q -Y sign -n git -f ../ann ../p 2>/dev/null; insert ../p.sig",
     SIGNATURE_VERIFIED, true, ""},
    {"sha256 by hand",
     ANN INSERT "ssh-keygen -q -Y sign -n git -O hashalg=sha256 -f ../ann ../p 2>/dev/null; insert ../p.sig",
     SIGNATURE_VERIFIED, true, ""},
    {"a signature in the message",
     ANN INSERT
     "ssh-keygen -q -Y sign -n git -f ../ann ../p 2>/dev/null; { cat ../p; sed '1s/^/gpgsig /;2,$s/^/ /' "
     "../p.sig; } | raw",
     SIGNATURE_MISSING, false, "is not signed"},
    {"two signatures",
     ANN INSERT
     "ssh-keygen -q -Y sign -n git -f ../ann ../p 2>/dev/null; insert ../p.sig; git cat-file commit HEAD > "
     "../p; insert ../p.sig",
     SIGNATURE_BAD, true, "more than one signature"},
    {"x509",
     ANN INSERT "printf -- '-----BEGIN SIGNED MESSAGE-----\\nAAAA\\n-----END SIGNED MESSAGE-----\\n' > ../s; "
                "insert ../s",
     SIGNATURE_BAD, false, "X.509, which plumb does not verify"},
    {"a kind that nobody knows", ANN INSERT "echo hello > ../s; insert ../s", SIGNATURE_BAD, false,
     "not known"},
    {"cut off",
     ANN INSERT "printf -- '-----BEGIN SSH SIGNATURE-----\\nU1NIU0lH\\n-----END SSH SIGNATURE-----\\n' > "
                "../s; insert ../s",
     SIGNATURE_BAD, false, "cannot be read"},
    {"for files only", "key ann ed25519; allow 'ann@example.com namespaces=\"file\"' ann; ssh_commit ann",
     SIGNATURE_UNKNOWN, false, "not for signing in Git"},
    {"for git too", "key ann ed25519; allow 'ann@example.com namespaces=\"file,g*\"' ann; ssh_commit ann",
     SIGNATURE_VERIFIED, true, ""},
    {"expired", "key ann ed25519; allow 'ann@example.com valid-before=\"20200101\"' ann; ssh_commit ann",
     SIGNATURE_EXPIRED, false, "which has expired"},
    {"expired, dated back",
     "key ann ed25519; allow 'ann@example.com valid-before=\"20200101Z\"' ann; "
     "GIT_COMMITTER_DATE='2019-06-01T00:00:00Z' ssh_commit ann",
     SIGNATURE_EXPIRED, true, "which has expired"},
    {"not valid yet", "key ann ed25519; allow 'ann@example.com valid-after=\"20990101\"' ann; ssh_commit ann",
     SIGNATURE_EXPIRED, false, "which is not valid yet"},
    {"not valid then",
     "key ann ed25519; allow 'ann@example.com valid-after=\"202001010000\"' ann; "
     "GIT_COMMITTER_DATE='2019-06-01T00:00:00Z' ssh_commit ann",
     SIGNATURE_EXPIRED, false, "was not yet valid when it was committed"},
    {"valid in between",
     "key ann ed25519; allow 'ann@example.com valid-after=\"20200101\",valid-before=\"20990101235959Z\"' "
     "ann; "
     "ssh_commit ann",
     SIGNATURE_VERIFIED, true, ""},
    {"a second line",
     "key ann ed25519; echo '# who may' > ../allowed; allow 'old@example.com "
     "valid-before=\"20200101\"' ann; allow '\"ann@example.com\"' ann; ssh_commit ann",
     SIGNATURE_VERIFIED, true, "by 'ann@example.com'"},
    {"revoked", ANN "cp ../ann.pub ../revoked; ssh_commit ann", SIGNATURE_REVOKED, false,
     "of 'ann@example.com'"},
    {"another one is revoked", ANN "key bob ed25519; cp ../bob.pub ../revoked; ssh_commit ann",
     SIGNATURE_VERIFIED, true, ""},
};

static void ssh_signatures_are_judged_as_git_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(ssh_cases); i++)
        check(&ssh_cases[i], false);
}

#define PGP_ANN "pgp_key 'Ann <ann@example.com>' ed25519; "

static const struct signature_case openpgp_cases[] = {
    {"ed25519", PGP_ANN "export_keys; pgp_commit ann", SIGNATURE_VERIFIED, true,
     "is signed by 'Ann <ann@example.com>'"},
    {"rsa", "pgp_key Ann rsa2048; export_keys; pgp_commit Ann", SIGNATURE_VERIFIED, true, "by 'Ann'"},
    {"rsa 1024", "pgp_key Ann rsa1024; pgp_key Bob ed25519; export_keys Bob; pgp_commit Ann",
     SIGNATURE_UNKNOWN, false, ""},
    {"p256", "pgp_key Ann nistp256; export_keys; pgp_commit Ann", SIGNATURE_VERIFIED, true, ""},
    {"p384", "pgp_key Ann nistp384; export_keys; pgp_commit Ann", SIGNATURE_VERIFIED, true, ""},
    {"p521", "pgp_key Ann nistp521; export_keys; pgp_commit Ann", SIGNATURE_VERIFIED, true, ""},
    {"a subkey",
     "g --quick-gen-key Ann ed25519 cert 0; f=$(fingerprint Ann); g --quick-add-key $f rsa2048 sign 0; "
     "g --quick-add-key $f cv25519 encr 0; export_keys; pgp_commit Ann",
     SIGNATURE_VERIFIED, true, "by 'Ann'"},
    {"two keys in a file", PGP_ANN "pgp_key Bob ed25519; export_keys; pgp_commit Bob", SIGNATURE_VERIFIED,
     true, "by 'Bob'"},
    {"two user ids",
     PGP_ANN "f=$(fingerprint Ann); g --quick-add-uid $f 'Ann at work'; g --quick-set-primary-uid $f "
             "'Ann <ann@example.com>'; export_keys; pgp_commit $f",
     SIGNATURE_VERIFIED, true, "by 'Ann <ann@example.com>'"},
    {"another key", PGP_ANN "pgp_key Bob ed25519; export_keys Bob; pgp_commit ann", SIGNATURE_UNKNOWN, false,
     "which nobody vouches for"},
    {"tampered",
     PGP_ANN "export_keys; pgp_commit ann; git cat-file commit HEAD | sed 's/^Change/Chance/' | raw",
     SIGNATURE_BAD, false, "does not fit its signature"},
    {"over SHA-1", PGP_ANN "export_keys; echo digest-algo SHA1 > ../gnupg/gpg.conf; pgp_commit ann",
     SIGNATURE_BAD, true, "over SHA-1"},
    {"over text", PGP_ANN "export_keys; " INSERT "g --textmode -abs -o ../p.asc ../p; insert ../p.asc",
     SIGNATURE_BAD, true, "is not one over bytes"},
    {"an expired key",
     "t=$((now - 100 * " DAY
     ")); g --faked-system-time $t --quick-gen-key Ann ed25519 sign 10d; export_keys; "
     "pgp_commit_at $((t + " DAY ")) Ann",
     SIGNATURE_EXPIRED, false, "which has expired"},
    {"an extended key",
     "t=$((now - 100 * " DAY ")); g --faked-system-time $t --quick-gen-key Ann ed25519 sign 10d; "
     "g --quick-set-expire $(fingerprint Ann) 0; export_keys; pgp_commit Ann",
     SIGNATURE_VERIFIED, true, ""},
    {"an expired subkey",
     "t=$((now - 100 * " DAY
     ")); g --faked-system-time $t --quick-gen-key Ann ed25519 cert 0; f=$(fingerprint Ann); "
     "g --faked-system-time $t --quick-add-key $f ed25519 sign 10d; export_keys; pgp_commit_at $((t + " DAY
     ")) Ann",
     SIGNATURE_EXPIRED, false, "which has expired"},
    {"a key of tomorrow",
     "t=$((now + 10 * " DAY ")); g --faked-system-time $t --quick-gen-key Ann ed25519 sign 0; export_keys; "
     "at $t; git -c gpg.program=../gpg-at -c user.signingkey=Ann commit -q -S --allow-empty -m Change",
     SIGNATURE_EXPIRED, false, "which was made after the commit"},
    {"a revoked key",
     PGP_ANN "f=$(fingerprint ann); pgp_commit ann; sed 's/^:-----/-----/' ../gnupg/openpgp-revocs.d/$f.rev "
             "> ../rev; "
             "g --import ../rev; export_keys",
     SIGNATURE_REVOKED, false, "is signed by the revoked key"},
    {"a revoked subkey",
     "g --quick-gen-key Ann ed25519 cert 0; f=$(fingerprint Ann); g --quick-add-key $f ed25519 sign 0; "
     "pgp_commit Ann; "
     "printf 'key 1\\nrevkey\\ny\\n0\\n\\ny\\nsave\\n' | gpg --quiet --no-tty --pinentry-mode loopback "
     "--passphrase '' "
     "--command-fd 0 --edit-key Ann >/dev/null 2>&1; export_keys",
     SIGNATURE_REVOKED, false, "is signed by the revoked key"},
    {"a subkey that does not bind back",
     "g --quick-gen-key Ann ed25519 cert 0; g --quick-add-key $(fingerprint Ann) ed25519 sign 0; pgp_commit "
     "Ann; "
     "g --export Ann | LC_ALL=C perl -0777 -pe 's/(\\x04\\x19.{60})(.)/$1.chr(ord($2)^1)/se' | g --enarmor | "
     "sed 's/ARMORED FILE/PUBLIC KEY BLOCK/; /^Comment/d' > ../keys.asc",
     SIGNATURE_UNKNOWN, false, "which is not for signing"},
    {"not signed", PGP_ANN "export_keys; git commit -q --allow-empty -m Change", SIGNATURE_MISSING, false,
     ""},
};

static void openpgp_signatures_are_judged_as_git_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(openpgp_cases); i++)
        check(&openpgp_cases[i], true);
}

struct refusal {
    const char *name, *text, *words;
};

static void files_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"allowed", "ann@example.com cert-authority ssh-ed25519 AAAA\n", "certificates are not verified"},
        {"allowed", "# who\n\nann@example.com\n",
         "a public key, as in 'ann@example.com ssh-ed25519 AAAA...', not "
         "'ann@example.com' (allowed:3)"},
        {"allowed", "ann@example.com ssh-ed25519 AAAA\n", "(allowed:1)"},
        {"allowed", "ann@example.com valid-before=\"soon\" ssh-ed25519 AAAA\n", "must look like '20261231'"},
        {"allowed", "ann@example.com valid-before=\"20261331\" ssh-ed25519 AAAA\n", "not '20261331'"},
        {"allowed", "ann@example.com touch-required ssh-ed25519 AAAA\n",
         "there is no option 'touch-required'"},
        {"revoked", "SHA256:abc\n", "a line must be a public key"},
        {"revoked", "SSHKRL\n", "binary list of revoked keys"},
        {"keys.asc", "hello\n", "one armored block of OpenPGP public keys"},
        {"keys.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
         "holds no OpenPGP public key"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct signing signing = begin();
        struct error error = ERROR_INIT;
        struct signers *signers;
        write_file(&signing.place, place_path(&signing.place, cases[i].name), cases[i].text);
        FAILED(read_signers(&signing, &signers, &error), ERROR_INVALID, cases[i].words);
        end(&signing);
    }
}

static void a_weak_openpgp_key_is_refused_by_name(void **state)
{
    (void)state;
    struct signing signing = begin();
    struct error error = ERROR_INIT;
    struct signers *signers;
    script(&signing, "pgp_key Ann rsa1024; export_keys");
    FAILED(read_signers(&signing, &signers, &error), ERROR_INVALID,
           "has no self-signature that plumb can verify");
    end(&signing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ssh_signatures_are_judged_as_git_does),
        cmocka_unit_test(openpgp_signatures_are_judged_as_git_does),
        cmocka_unit_test(files_that_cannot_be_read_are_refused),
        cmocka_unit_test(a_weak_openpgp_key_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
