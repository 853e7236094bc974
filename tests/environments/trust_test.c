#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "environments/environment.h"
#include "memory_files.h"

#define WHERE "account: \"333333333333\"\nregion: us-east-1\n"

static struct files files_of(struct memory_files *all, struct memory_file *entries, const char *trust)
{
    static char text[4096];
    snprintf(text, sizeof text, WHERE "%s", trust);
    entries[0] = (struct memory_file){"environments/prod/environment.yaml", text, false};
    entries[1] = (struct memory_file){"trust/signers", "ann ssh-ed25519 AAAA\n", false};
    entries[2] = (struct memory_file){"trust/ann.asc", "key\n", false};
    *all = (struct memory_files){.entries = entries, .count = 3};
    return memory_files(all);
}

static void add_names(struct buf *out, const char *what, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, " %s=%.*s", what, STR_ARG(names[i]));
}

/* The policy in one line, or the error. */
static struct str load(struct arena *arena, const char *trust)
{
    struct memory_file entries[3];
    struct memory_files all;
    struct files files = files_of(&all, entries, trust);
    struct environment environment;
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT(BUF_SMALL);
    give_case("environment", entries[0].content);
    if (!environment_load(&files, arena, STR("prod"), &environment, &error))
        return arena_str(arena, str_from(error.message));
    const struct trust_policy *policy = &environment.trust;
    buf_printf(&out, "%s signers=%.*s revoked=%.*s %s rewrite=%.7s", policy->signatures ? "required" : "off",
               STR_ARG(policy->signers), STR_ARG(policy->revoked), policy->follows ? "follow" : "stop",
               policy->accept_rewrite.len ? policy->accept_rewrite.ptr : "");
    add_names(&out, "key", policy->keys, policy->key_count);
    add_names(&out, "branch", policy->branches, policy->branch_count);
    for (size_t i = 0; i < policy->rule_count; i++) {
        add_names(&out, "path", policy->rules[i].paths, policy->rules[i].path_count);
        add_names(&out, "by", policy->rules[i].signers, policy->rules[i].signer_count);
    }
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

struct reading {
    const char *trust, *words;
};

static void reads_what_is_written(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"", "off signers= revoked= stop rewrite="},
        {"trust: {signatures: off}\n", "off signers= revoked= stop rewrite="},
        {"trust: {signatures: required, signers: trust/signers, revoked: trust/revoked}\n",
         "required signers=trust/signers revoked=trust/revoked stop rewrite="},
        {"trust: {signatures: required, keys: [trust/ann.asc, trust/bob.asc], branches: [main, release/*]}\n",
         "required signers= revoked= stop rewrite= key=trust/ann.asc key=trust/bob.asc branch=main "
         "branch=release/*"},
        {"trust: {forcePush: follow}\n", "off signers= revoked= follow rewrite="},
        {"trust: {acceptRewrite: \"0123456789abcdef0123456789abcdef01234567\"}\n",
         "off signers= revoked= stop rewrite=0123456"},
        {"trust: {signatures: required, signers: a, rules: [{paths: [\"apps/**\"], signers: [ann]}]}\n",
         "required signers=a revoked= stop rewrite= path=apps/** by=ann"},
        {"trust: {signature: required}\n", "unknown key 'signature' in 'trust', did you mean 'signatures'? "
                                           "(environments/prod/environment.yaml:3:9)"},
        {"trust: {signatures: yes}\n", "signatures 'yes' must be 'off' or 'required' (env"},
        {"trust: {signatures: true}\n", "signatures 'true' must be 'off' or 'required' (env"},
        {"trust: {signatures: required}\n",
         "'signatures: required' needs 'signers' (SSH) or 'keys' (OpenPGP)"},
        {"trust: {revoked: trust/revoked}\n", "'revoked' needs 'signers'"},
        {"trust: {signers: ../signers}\n", "signers '../signers' must be a path in the repository"},
        {"trust: {keys: [/etc/keys]}\n", "keys '/etc/keys' must be a path in the repository"},
        {"trust: {forcePush: ask}\n", "forcePush 'ask' must be 'stop' or 'follow'"},
        {"trust: {acceptRewrite: 0123456}\n", "'acceptRewrite' must be the whole id of the commit"},
        {"trust: {rules: [{paths: [a], signers: [b]}]}\n", "'rules' need 'signatures: required'"},
        {"trust: {signatures: required, signers: a, rules: [{paths: [a]}]}\n",
         "a trust rule needs 'signers'"},
        {"trust: {signatures: required, signers: a, rules: [{paths: [], signers: [b]}]}\n",
         "at least one path and one signer"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str found = load(arena, cases[i].trust);
        if (!str_starts(found, cases[i].words) && !str_contains(found, cases[i].words))
            fail_msg("%s: %.*s", cases[i].trust, STR_ARG(found));
    }
    arena_free(arena);
}

struct pattern {
    const char *pattern, *text;
    bool fits;
};

static void patterns_fit(void **state)
{
    (void)state;
    static const struct pattern cases[] = {
        {"main", "main", true},
        {"main", "mainly", false},
        {"release/*", "release/1", true},
        {"release/*", "release/", true},
        {"release/*", "release/1/2", false},
        {"release/**", "release/1/2", true},
        {"**", "a/b", true},
        {"*", "a/b", false},
        {"apps/**/template.yaml", "apps/a/b/template.yaml", true},
        {"apps/**/template.yaml", "apps/template.yaml", false},
        {"v?", "v1", true},
        {"v?", "v", false},
        {"v?", "v/", false},
        {"", "", true},
        {"", "a", false},
        {"*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (trust_pattern_fits(str_from(cases[i].pattern), str_from(cases[i].text)) != cases[i].fits)
            fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].text);
}

static void a_policy_and_its_files_are_one_text(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct memory_file entries[3];
    struct memory_files all;
    struct str text, other;
    struct trust_gathered gathered;
    struct error error = ERROR_INIT;
    struct files files = files_of(&all, entries,
                                  "trust: {signatures: required, signers: trust/signers, "
                                  "acceptRewrite: "
                                  "\"0123456789abcdef0123456789abcdef01234567\"}\n");
    assert_true(trust_gather(&files, arena, STR("prod"), &text, &error));
    assert_string_equal(
        arena_strz(arena, text),
        "{\"files\":{\"trust/signers\":\"ann ssh-ed25519 AAAA\\n\"},\"policy\":{\"signatures\":"
        "\"required\",\"signers\":\"trust/signers\"}}");
    assert_true(trust_parse(arena, text, &gathered, &error));
    assert_true(gathered.policy.signatures);
    assert_true(str_is(trust_file(&gathered, STR("trust/signers"))->bytes, "ann ssh-ed25519 AAAA\n"));
    assert_null(trust_file(&gathered, STR("trust/ann.asc")));
    assert_true(trust_gather(&files, arena, STR("beta"), &other, &error));
    assert_int_equal(other.len, 0);
    files = files_of(&all, entries, "trust: {signatures: required, signers: trust/nobody}\n");
    assert_false(trust_gather(&files, arena, STR("prod"), &text, &error));
    assert_true(str_contains(str_from(error.message), "trust/nobody"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_written),
        cmocka_unit_test(patterns_fit),
        cmocka_unit_test(a_policy_and_its_files_are_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
