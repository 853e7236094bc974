#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "reconciler/trust_private.h"
#include "tests/gitsync/repositories.h"

/* Histories, told by scripts; after each the newest commit of main is judged, and accepted as a release would
 * where it is trusted. */

struct stand {
    struct place place;
    const char *origin;
    struct mirror *mirror;
    struct ledger *ledger;
    struct trust_options options;
    const char *environment, *template;
    int64_t now_ms;
};

/* `commit WHO MESSAGE` signs by WHO, or not by "nobody". */
static const char prelude[] =
    "set -e\n"
    "key() { ssh-keygen -q -N '' -C '' -f ../$1 -t ed25519; }\n"
    "policy() { mkdir -p environments/${2:-prod} trust; printf 'account: \"333333333333\"\\nregion: "
    "%s\\n%s\\n' "
    "${3:-us-east-1} \"$1\" > environments/${2:-prod}/environment.yaml; }\n"
    "signers() { mkdir -p trust; : > trust/signers; for who in $*; do echo \"$who@example.com $(cut -d' ' "
    "-f1,2 "
    "../$who.pub)\" >> trust/signers; done; }\n"
    "demand() { policy \"trust: {signatures: required, signers: trust/signers$1}\"; }\n"
    "revoke() { cut -d' ' -f1,2 ../$1.pub > trust/revoked; demand ', revoked: trust/revoked'; }\n"
    "commit() { git add -A; if [ $1 = nobody ]; then git commit -q --allow-empty -m \"$2\"; else git -c "
    "gpg.format=ssh -c user.signingkey=../$1 commit -q -S --allow-empty -m \"$2\"; fi; }\n"
    "merge() { git -c gpg.format=ssh -c user.signingkey=../$1 merge -q -S --no-ff -m Merge -X theirs $2; }\n"
    "change() { mkdir -p apps; date +%s%N > apps/${1:-a}; }\n";

static void script(struct stand *stand, const char *text)
{
    const char *whole = arena_printf(stand->place.arena, "%s%s", prelude, text).ptr;
    run_in(&stand->place, stand->origin, (const char *const[]){"bash", "-c", whole, NULL});
}

static struct stand begin(void)
{
    struct stand stand = {.place = place_new(), .environment = "prod", .now_ms = clock_wall(&system_clock)};
    stand.origin = make_origin(&stand.place);
    stand.mirror = open_mirror(&stand.place, stand.origin, "cache");
    stand.ledger = open_ledger(stand.mirror);
    script(&stand, "key ann; key bob; key eve");
    return stand;
}

static void end(struct stand *stand)
{
    ledger_close(stand->ledger);
    mirror_close(stand->mirror);
    place_end(&stand->place);
}

static void keep(struct stand *stand, const struct trust_verdict *verdict)
{
    struct error error = ERROR_INIT;
    struct ledger_file file = {.path = verdict->record_path, .bytes = verdict->record};
    struct ledger_event event = {.subject = STR("prod/orders: applying"), .files = &file, .file_count = 1};
    DONE(ledger_append(stand->ledger, &event, &error));
}

static struct trust_verdict judge(struct stand *stand)
{
    struct arena *arena = stand->place.arena;
    struct error error = ERROR_INIT;
    struct snapshot *snapshot;
    struct environment environment;
    struct trust_verdict verdict;
    struct trust_question question = {.mirror = stand->mirror,
                                      .ledger = stand->ledger,
                                      .options = &stand->options,
                                      .environment = &environment,
                                      .now_ms = stand->now_ms};
    DONE(mirror_fetch(stand->mirror, &error));
    DONE(ledger_refresh(stand->ledger, &error));
    DONE(mirror_resolve(stand->mirror, STR("main"), &question.commit, &error));
    question.template = question.commit;
    if (stand->template)
        DONE(mirror_resolve(stand->mirror, str_from(stand->template), &question.template, &error));
    DONE(snapshot_open(stand->mirror, &question.commit, &snapshot, &error));
    struct files files = snapshot_files(snapshot);
    question.files = &files;
    DONE(environment_load(&files, arena, str_from(stand->environment), &environment, &error));
    DONE(trust_check(&question, arena, &verdict, &error));
    snapshot_close(snapshot);
    if (verdict.broken == TRUST_HOLDS)
        keep(stand, &verdict);
    return verdict;
}

struct step {
    const char *script; /* NULL: the story is over */
    enum trust_rule_broken broken;
    const char *words;
    const char *environment; /* NULL: prod */
    const char *template;
};

struct story {
    const char *name;
    struct step steps[6];
};

static void tell(struct stand *stand, const struct story *story)
{
    for (size_t i = 0; i < ARRAY_LENGTH(story->steps) && story->steps[i].script; i++) {
        const struct step *step = &story->steps[i];
        script(stand, step->script);
        stand->environment = step->environment ? step->environment : "prod";
        stand->template = step->template;
        struct trust_verdict verdict = judge(stand);
        bool said = !step->words || str_contains(verdict.sentence, step->words);
        if (verdict.broken != step->broken || !said ||
            (step->broken != TRUST_HOLDS) != (verdict.sentence.len > 0))
            fail_msg("%s, step %zu: %s: %.*s", story->name, i + 1, trust_rule_name(verdict.broken),
                     STR_ARG(verdict.sentence));
    }
}

#define SIGNED "signers ann bob; demand; commit ann Begin"

static const struct story stories[] = {
    {"nothing is demanded",
     {{"policy ''; commit nobody Begin", TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit nobody Go on", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"an old commit comes again",
     {{"policy ''; commit nobody Begin; git tag old", TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit nobody Go on", TRUST_HOLDS, NULL, NULL, NULL},
      {"git reset -q --hard old", TRUST_HISTORY, "is older than", NULL, NULL},
      {"git reset -q --hard ORIG_HEAD; git revert --no-edit HEAD >/dev/null", TRUST_HOLDS, NULL, NULL,
       NULL}}},
    {"the history is rewritten",
     {{"policy ''; change; commit nobody Begin", TRUST_HOLDS, NULL, NULL, NULL},
      {"git rev-parse HEAD > ../lost; git reset -q --hard HEAD^; policy ''; change; commit nobody Other",
       TRUST_HISTORY, "does not follow from", NULL, NULL},
      {"policy \"trust: {acceptRewrite: \\\"$(git rev-parse HEAD)\\\"}\"; commit nobody Wrong", TRUST_HISTORY,
       "the history was rewritten", NULL, NULL},
      {"policy \"trust: {acceptRewrite: \\\"$(cat ../lost)\\\"}\"; commit nobody Accept", TRUST_HOLDS, NULL,
       NULL, NULL},
      {"policy ''; commit nobody Tidy", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"a rewritten history is followed where that was said before",
     {{"policy 'trust: {forcePush: follow}'; commit nobody Begin", TRUST_HOLDS, NULL, NULL, NULL},
      {"git reset -q --hard HEAD^; policy ''; change; commit nobody Other", TRUST_HOLDS, NULL, NULL, NULL},
      {"git reset -q --hard HEAD^; policy 'trust: {forcePush: follow}'; commit nobody Again", TRUST_HISTORY,
       NULL, NULL, NULL}}},
    {"signatures",
     {{SIGNED, TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit nobody Sneak", TRUST_SIGNATURE, "is not signed: the environment 'prod'", NULL, NULL},
      {"change; commit eve Sneak", TRUST_SIGNATURE, "which nobody vouches for", NULL, NULL},
      {"commit bob Vouch", TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit nobody More; commit nobody Most; commit ann Vouch", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"the first one judges itself",
     {{"signers ann; demand; commit nobody Begin", TRUST_SIGNATURE, "is not signed", NULL, NULL},
      {"commit eve Begin", TRUST_SIGNATURE, "nobody vouches", NULL, NULL},
      {"commit ann Begin", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"the policy is not for its breaker to lift",
     {{SIGNED, TRUST_HOLDS, NULL, NULL, NULL},
      {"policy ''; commit nobody Lift", TRUST_SIGNATURE, "is not signed", NULL, NULL},
      {"signers eve; demand; commit eve Take", TRUST_SIGNATURE, "nobody vouches", NULL, NULL},
      {"commit eve More", TRUST_SIGNATURE, "nobody vouches", NULL, NULL},
      {"policy ''; commit ann Lift", TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit nobody Free", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"keys are handed on",
     {{"signers ann; demand; commit ann Begin", TRUST_HOLDS, NULL, NULL, NULL},
      {"signers bob; commit bob Take", TRUST_SIGNATURE, "nobody vouches", NULL, NULL},
      {"commit ann Hand on", TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit ann Late", TRUST_SIGNATURE, "nobody vouches", NULL, NULL},
      {"commit bob Go on", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"a revocation counts from its commit on",
     {{SIGNED, TRUST_HOLDS, NULL, NULL, NULL},
      {"revoke bob; commit ann Revoke; change; commit bob Late", TRUST_SIGNATURE,
       "is signed by the revoked key 'SHA256:", NULL, NULL},
      {"demand; rm trust/revoked; commit bob Undo", TRUST_SIGNATURE, "revoked key", NULL, NULL},
      {"revoke bob; commit ann Vouch", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"keys move twice between two looks",
     {{"signers ann; demand; commit ann Begin", TRUST_HOLDS, NULL, NULL, NULL},
      {"signers bob; commit ann To Bob; signers eve; commit bob To Eve; change; commit eve Go on",
       TRUST_HOLDS, NULL, NULL, NULL},
      {"signers ann; commit ann Back", TRUST_SIGNATURE, "nobody vouches", NULL, NULL}}},
    {"a revoked key is not used on a side line",
     {{SIGNED "; git branch side", TRUST_HOLDS, NULL, NULL, NULL},
      {"git checkout -q side; signers eve; commit bob Take; git checkout -q main; revoke bob; commit ann "
       "Revoke; "
       "merge eve side",
       TRUST_SIGNATURE, NULL, NULL, NULL},
      {"git reset -q --hard HEAD^; git checkout -q -b other side; git merge -q --no-ff -m Merge -s ours "
       "main; commit "
       "eve Go on; git checkout -q main; git merge -q --ff-only other",
       TRUST_SIGNATURE, NULL, NULL, NULL},
      {"git reset -q --hard HEAD^^2", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"a new environment is judged by its neighbours",
     {{SIGNED, TRUST_HOLDS, NULL, NULL, NULL},
      {"policy '' beta; commit nobody Beta", TRUST_SIGNATURE, "is not signed", "beta", NULL},
      {"policy '' prod us-west-2; commit nobody Move", TRUST_SIGNATURE, "is not signed", NULL, NULL},
      {"demand; policy '' beta; commit bob Beta", TRUST_HOLDS, NULL, "beta", NULL},
      {"change; commit nobody Free", TRUST_HOLDS, NULL, "beta", NULL}}},
    {"a policy that cannot judge the next",
     {{SIGNED, TRUST_HOLDS, NULL, NULL, NULL},
      {"rm trust/signers; commit ann Lose", TRUST_POLICY, "there is no 'trust/signers'", NULL, NULL},
      {"echo hello > trust/signers; commit ann Spoil", TRUST_POLICY, "(trust/signers:1)", NULL, NULL},
      {"signers ann; commit ann Mend", TRUST_HOLDS, NULL, NULL, NULL}}},
    {"branches",
     {{"policy 'trust: {branches: [release/*]}'; commit nobody Begin", TRUST_BRANCH,
       "is on none of the branches that the environment 'prod' is released from: 'release/*'", NULL, NULL},
      {"git branch release/1", TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit nobody Go on", TRUST_BRANCH, NULL, NULL, NULL},
      {"git branch -f release/1; change; commit nobody Ahead; git branch -f release/2", TRUST_HOLDS, NULL,
       NULL, NULL},
      {"policy ''; commit nobody Lift", TRUST_BRANCH, NULL, NULL, NULL}}},
    {"rules for paths",
     {{"signers ann bob; demand ', rules: [{paths: [\"environments/**\", \"trust/*\"], signers: "
       "[ann@example.com]}]'; "
       "commit ann Begin",
       TRUST_HOLDS, NULL, NULL, NULL},
      {"change; commit bob Apps", TRUST_HOLDS, NULL, NULL, NULL},
      {"policy ''; commit bob Lift", TRUST_PATHS,
       "'environments/prod/environment.yaml' was changed up to commit '", NULL, NULL},
      {"git revert --no-edit HEAD >/dev/null; commit bob Back", TRUST_HOLDS, NULL, NULL, NULL},
      {"echo '# x' >> trust/signers; commit ann Allowed; change; commit bob Apps", TRUST_HOLDS, NULL, NULL,
       NULL},
      {"echo '# y' >> trust/signers; commit bob Sneak; commit ann Vouch; change; commit bob Apps",
       TRUST_HOLDS, NULL, NULL, NULL}}},
    {"the template's revision",
     {{SIGNED
       "; git tag before; change; commit bob Go on; git checkout -q -b side; change; commit nobody Side; git "
       "tag unsigned; commit bob Side; git tag signed; git checkout -q main",
       TRUST_HOLDS, NULL, NULL, "before"},
      {"true", TRUST_REVISION, "the template's revision does not come before commit", NULL, "unsigned"},
      {"true", TRUST_HOLDS, NULL, NULL, "signed"},
      {"change; commit ann More", TRUST_REVISION, "is not signed", NULL, "unsigned"},
      {"true", TRUST_HOLDS, NULL, NULL, "signed"}}},
};

static void histories_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(stories); i++) {
        struct stand stand = begin();
        tell(&stand, &stories[i]);
        end(&stand);
    }
}

static void expects(struct stand *stand, enum trust_rule_broken broken, const char *words)
{
    struct trust_verdict verdict = judge(stand);
    if (verdict.broken != broken || !str_contains(verdict.sentence, words))
        fail_msg("%s: %.*s", trust_rule_name(verdict.broken), STR_ARG(verdict.sentence));
}

static void what_was_accepted_stays_so_when_its_key_expires(void **state)
{
    (void)state;
    struct stand stand = begin();
    script(&stand,
           "signers; echo \"ann@example.com valid-before=\\\"$(date -u -d '+1 day' +%Y%m%d%H%M%SZ)\\\" $(cut "
           "-d' ' -f1,2 ../ann.pub)\" > trust/signers; demand; commit ann Begin");
    expects(&stand, TRUST_HOLDS, "");
    stand.now_ms += 2 * 24 * 3600 * 1000;
    expects(&stand, TRUST_HOLDS, "");
    script(&stand, "change; commit ann Late");
    expects(&stand, TRUST_SIGNATURE, "which has expired");
    end(&stand);
}

static void an_anchor_judges_the_first_release(void **state)
{
    (void)state;
    struct stand stand = begin();
    script(&stand, SIGNED "; git tag anchor; policy ''; commit nobody Lift");
    stand.options.anchor = STR("anchor");
    expects(&stand, TRUST_SIGNATURE, "is not signed");
    script(&stand, "commit ann Lift");
    expects(&stand, TRUST_HOLDS, "");
    script(&stand, "git checkout -q --orphan stranger; commit nobody Stranger; git branch -qM main");
    expects(&stand, TRUST_HISTORY, "does not follow from");
    end(&stand);
}

static void without_a_record_the_anchor_must_be_an_ancestor(void **state)
{
    (void)state;
    struct stand stand = begin();
    script(&stand,
           "policy ''; commit nobody Begin; git tag anchor; git checkout -q --orphan stranger; commit nobody "
           "Stranger; git branch -qM main");
    stand.options.anchor = STR("anchor");
    expects(&stand, TRUST_HISTORY, "does not follow from");
    end(&stand);
}

/* The accepted commit is nowhere any more: its policy is in the ledger. */
static void a_commit_that_is_gone_still_judges(void **state)
{
    (void)state;
    struct stand stand = begin();
    script(&stand, SIGNED);
    expects(&stand, TRUST_HOLDS, "");
    ledger_close(stand.ledger);
    mirror_close(stand.mirror);
    stand.mirror = open_mirror(&stand.place, stand.origin, "other-cache");
    script(&stand,
           "git rev-parse HEAD > ../lost; git reset -q --hard HEAD^; policy ''; commit nobody Other; git "
           "reflog expire --expire=now --all; git gc -q --prune=now");
    struct error error = ERROR_INIT;
    DONE(mirror_fetch(stand.mirror, &error));
    stand.ledger = open_ledger(stand.mirror);
    expects(&stand, TRUST_SIGNATURE, "is not signed");
    script(&stand, "commit ann Other");
    expects(&stand, TRUST_HISTORY, "does not follow from");
    script(&stand, "policy \"trust: {acceptRewrite: \\\"$(cat ../lost)\\\"}\"; commit eve Accept");
    expects(&stand, TRUST_SIGNATURE, "nobody vouches");
    script(&stand, "commit bob Accept");
    expects(&stand, TRUST_HOLDS, "");
    end(&stand);
}

static void the_verdict_is_told_as_json(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct trust_verdict verdict = {.broken = TRUST_SIGNATURE,
                                    .sentence = STR("not signed"),
                                    .signature = {.verdict = SIGNATURE_UNKNOWN,
                                                  .who = STR_EMPTY,
                                                  .fingerprint = STR("SHA256:a"),
                                                  .sentence = STR("unknown")}};
    assert_string_equal(
        arena_strz(arena, json_text(arena, trust_json(arena, &verdict), JSON_COMPACT)),
        "{\"trusted\":false,\"rule\":\"signature\",\"reason\":\"not signed\",\"signature\":\"unknown\","
        "\"signer\":\"\",\"fingerprint\":\"SHA256:a\"}");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_are_judged),
        cmocka_unit_test(what_was_accepted_stays_so_when_its_key_expires),
        cmocka_unit_test(an_anchor_judges_the_first_release),
        cmocka_unit_test(without_a_record_the_anchor_must_be_an_ancestor),
        cmocka_unit_test(a_commit_that_is_gone_still_judges),
        cmocka_unit_test(the_verdict_is_told_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
