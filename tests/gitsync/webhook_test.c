#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/json.h"
#include "gitsync/deliveries.h"
#include "webhook_cases.h"

#define NOW INT64_C(1774000000000)
#define SECRET STR("It's a Secret to Everybody")
#define SIGNING_TOKEN STR("whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHQ=")

struct box {
    struct arena *arena;
    struct webhook_secret secrets[3];
    struct webhook_options options;
    struct signed_headers headers;
    struct str body;
    struct webhook_event event;
    struct error error;
};

static struct box box_new(void)
{
    struct box box = {
        .arena = arena_new(),
        .secrets = {{WEBHOOK_ANY, STR_EMPTY}, {WEBHOOK_ANY, STR("the old one")}, {WEBHOOK_ANY, SECRET}},
        .options = {.secret_count = 3, .now_ms = NOW}};
    return box;
}

static bool read_box(struct box *box)
{
    error_clear(&box->error);
    box->options.secrets = box->secrets;
    return webhook_read(&box->options, box->headers.list, box->headers.count, box->body, box->arena,
                        &box->event, &box->error);
}

static void sign(struct box *box, enum webhook_forge forge, const char *event, struct str secret,
                 struct str body)
{
    box->body = body;
    webhook_sign(box->arena, forge, event, "d-1", secret, NOW, body, &box->headers);
}

static void set_header(struct box *box, const char *name, const char *value)
{
    for (size_t i = 0; i < box->headers.count; i++)
        if (str_is(box->headers.list[i].name, name))
            box->headers.list[i].value = str_from(value);
}

static void reads_what_each_forge_sends(void **state)
{
    (void)state;
    for (size_t i = 0; i < webhook_case_count; i++) {
        const struct webhook_case *c = &webhook_cases[i];
        struct box box = box_new();
        sign(&box, c->forge, c->event, SECRET, str_from(c->body));
        if (!read_box(&box))
            fail_msg("%s: %s", c->event, box.error.message);
        assert_string_equal(webhook_text(box.arena, &box.event).ptr, c->expected);
        assert_int_equal(box.event.forge, c->forge);
        assert_true(str_is(box.event.delivery, "d-1"));
        arena_free(box.arena);
    }
}

/* --- signatures --- */

static const char push[] = "{\"ref\":\"refs/heads/main\",\"before\":\"11111111\",\"after\":\"22222222\","
                           "\"repository\":{\"full_name\":\"a/b\"},"
                           "\"project\":{\"path_with_namespace\":\"a/b\"}}";

static void denied(struct box *box, const char *why)
{
    if (read_box(box))
        fail_msg("taken: %s", why);
    if (box->error.code != ERROR_DENIED || !strstr(box->error.message, why))
        fail_msg("'%s' is not in '%s'", why, box->error.message);
}

static const struct {
    enum webhook_forge forge;
    const char *event, *header, *prefix;
} signatures[] = {
    {WEBHOOK_GITHUB, "push", "X-Hub-Signature-256", "sha256="},
    {WEBHOOK_GITEA, "push", "X-Gitea-Signature", ""},
    {WEBHOOK_FORGEJO, "push", "X-Forgejo-Signature", ""},
    {WEBHOOK_BITBUCKET, "diagnostics:ping", "X-Hub-Signature", "sha256="},
    {WEBHOOK_GITLAB, "Push Hook", "X-Gitlab-Token", ""},
    {WEBHOOK_GENERIC, "", "X-Plumb-Signature", "t=1774000000,v1="},
};

/* The body is no JSON: that it is not told shows that it was not looked at. */
static void denies_wrong_signatures_without_a_look_at_the_body(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++) {
        struct box box = box_new();
        const char *name = signatures[i].header;
        sign(&box, signatures[i].forge, signatures[i].event, STR("another"), STR("no JSON"));
        denied(&box, "is not by the secret");
        sign(&box, signatures[i].forge, signatures[i].event, STR(""), STR("no JSON"));
        denied(&box, signatures[i].forge == WEBHOOK_GITLAB ? "no X-Gitlab-Token" : "is not by the secret");
        sign(&box, signatures[i].forge, signatures[i].event, SECRET, STR("no JSON"));
        assert_false(read_box(&box));
        assert_int_equal(box.error.code, ERROR_INVALID);
        struct str right = STR_EMPTY;
        for (size_t h = 0; h < box.headers.count; h++)
            if (str_is(box.headers.list[h].name, name))
                right = box.headers.list[h].value;
        for (size_t length = 0; length < right.len; length++) { /* short */
            set_header(&box, name, arena_strz(box.arena, str_slice(right, 0, length)));
            denied(&box, "");
        }
        set_header(&box, name, arena_printf(box.arena, "%.*s0", STR_ARG(right)).ptr);
        denied(&box, "is not by the secret");
        set_header(&box, name, right.ptr);
        box.headers.list[box.headers.count++] = (struct http_header){str_from(name), right}; /* twice */
        denied(&box, "more than one");
        set_header(&box, name, "");
        denied(&box, "");
        arena_free(box.arena);
    }
}

static void denies_what_is_not_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++) {
        struct box box = box_new();
        sign(&box, signatures[i].forge, signatures[i].event, SECRET, str_from(push));
        for (size_t h = 0; h < box.headers.count; h++)
            if (str_is(box.headers.list[h].name, signatures[i].header))
                box.headers.list[h].name = STR("X-Other");
        denied(&box, signatures[i].forge == WEBHOOK_GENERIC ? "no header says which forge" : "no X-");
        box.headers.count = 0;
        denied(&box, "no header says which forge it is from");
        arena_free(box.arena);
    }
}

/* The same JSON in other bytes. */
static void denies_a_body_that_was_encoded_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++) {
        if (signatures[i].forge == WEBHOOK_GITLAB) /* its token signs no body */
            continue;
        struct box box = box_new();
        sign(&box, signatures[i].forge, signatures[i].event, SECRET, str_from(push));
        assert_true(read_box(&box));
        box.body = arena_printf(box.arena, "%s ", push);
        denied(&box, "is not by the secret");
        box.body = (struct str){.ptr = push, .len = sizeof push}; /* with its NUL */
        denied(&box, "is not by the secret");
        arena_free(box.arena);
    }
}

static void denies_sha1(void **state)
{
    (void)state;
    struct box box = box_new();
    box.body = str_from(push);
    box.headers.list[0] = (struct http_header){STR("X-GitHub-Event"), STR("push")};
    box.headers.list[1] =
        (struct http_header){STR("X-Hub-Signature"), STR("sha1=3dca279e731c97c38e3019a075dee9ebbd0a99f0")};
    box.headers.count = 2;
    denied(&box, "signed by SHA-1 alone");
    arena_free(box.arena);
}

/* The vector of GitHub's documentation, "Validating webhook deliveries". */
static void agrees_with_the_published_vector(void **state)
{
    (void)state;
    struct box box = box_new();
    box.body = STR("Hello, World!");
    box.headers.list[0] = (struct http_header){STR("X-GitHub-Event"), STR("push")};
    box.headers.list[1] =
        (struct http_header){STR("x-hub-signature-256"),
                             STR("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")};
    box.headers.count = 2;
    assert_false(read_box(&box));
    assert_int_equal(box.error.code, ERROR_INVALID); /* it is no JSON, but it was read */
    arena_free(box.arena);
}

static void takes_secrets_only_for_their_forge(void **state)
{
    (void)state;
    struct box box = box_new();
    box.secrets[1] = (struct webhook_secret){WEBHOOK_GITEA, SECRET};
    box.secrets[2] = (struct webhook_secret){WEBHOOK_GITHUB, STR("for GitHub")};
    sign(&box, WEBHOOK_GITHUB, "push", SECRET, str_from(push));
    denied(&box, "is not by the secret");
    sign(&box, WEBHOOK_GITHUB, "push", STR("for GitHub"), str_from(push));
    assert_true(read_box(&box));
    sign(&box, WEBHOOK_GITEA, "push", SECRET, str_from(push));
    assert_true(read_box(&box));
    arena_free(box.arena);
}

static void holds_signed_times_to_five_minutes(void **state)
{
    (void)state;
    static const struct {
        int64_t off_ms;
        bool taken;
    } cases[] = {{0, true}, {300000, true}, {-300000, true}, {301000, false}, {-301000, false}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct box box = box_new();
        box.options.now_ms = NOW + cases[i].off_ms;
        sign(&box, WEBHOOK_GENERIC, "", SECRET, str_from(push));
        assert_int_equal(read_box(&box), cases[i].taken);
        box.secrets[2] = (struct webhook_secret){WEBHOOK_GITLAB, SIGNING_TOKEN};
        sign(&box, WEBHOOK_GITLAB, "Push Hook", SIGNING_TOKEN, str_from(push));
        assert_int_equal(read_box(&box), cases[i].taken);
        if (!cases[i].taken)
            denied(&box, "more than 5 minutes");
        arena_free(box.arena);
    }
}

static void takes_gitlabs_signing_tokens(void **state)
{
    (void)state;
    struct box box = box_new();
    box.secrets[2] = (struct webhook_secret){WEBHOOK_GITLAB, SIGNING_TOKEN};
    sign(&box, WEBHOOK_GITLAB, "Push Hook", SIGNING_TOKEN, str_from(push));
    assert_true(read_box(&box));
    set_header(&box, "webhook-id", "d-2"); /* the id is signed */
    denied(&box, "webhook-signature is not by the secret");
    sign(&box, WEBHOOK_GITLAB, "Push Hook", SIGNING_TOKEN, str_from(push));
    struct str one = box.headers.list[4].value; /* several signatures, while tokens are changed */
    set_header(&box, "webhook-signature", arena_printf(box.arena, "v1,AAAA v2,x %s", one.ptr).ptr);
    assert_true(read_box(&box));
    box.headers.list[0] = (struct http_header){STR("X-Gitlab-Event"), STR("Push Hook")};
    box.headers.list[1] = (struct http_header){STR("X-Gitlab-Token"), SIGNING_TOKEN}; /* the key itself */
    box.headers.count = 2;
    denied(&box, "X-Gitlab-Token is not by the secret");
    box.headers.list[1].value = STR("the old one"); /* an unsigned one by a plain token is as good */
    assert_true(read_box(&box));
    arena_free(box.arena);
}

/* --- fields --- */

/* What the dotted path leads to: its mapping or list, and the key. */
static struct value *parent_of(struct value *from, struct str path, struct str *key)
{
    while (str_split(&path, '.', key) && path.ptr) {
        uint64_t index;
        from = str_to_uint(*key, 1000, &index) ? value_at(from, index) : value_get_str(from, *key);
        assert_non_null(from);
    }
    return from;
}

static void check_wrong_types(const struct webhook_case *c, struct str path)
{
    static const char *const others[] = {"true", "7.5", "\"\\u0007\"", "[]", "{}", "-1", "[{}]"};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        struct box box = box_new();
        struct value *body, *other, *parent;
        struct str key;
        struct error error = ERROR_INIT;
        assert_true(json_read(box.arena, STR_EMPTY, str_from(c->body), &body, &error));
        parent = parent_of(body, path, &key);
        struct value *field = value_get_str(parent, key);
        assert_non_null(field);
        assert_true(json_read(box.arena, STR_EMPTY, str_from(others[i]), &other, &error));
        bool prose = str_ends(path, "note") || str_ends(path, "body") || str_ends(path, "raw") ||
                     str_ends(path, "text") || str_ends(path, "content");
        bool empty_list = field->kind == VALUE_LIST && (other->kind == VALUE_LIST);
        bool same =
            field->kind == other->kind && (field->kind == VALUE_BOOL || field->kind == VALUE_MAP || prose);
        bool either = str_is(path, "repository") && other->kind == VALUE_MAP; /* of a generic one */
        bool no_need = str_is(path, "issue.pull_request") && other->kind == VALUE_MAP;
        value_set(box.arena, parent, key, other);
        sign(&box, c->forge, c->event, SECRET, json_text(box.arena, body, JSON_COMPACT));
        bool taken = read_box(&box);
        if (!taken && box.error.code != ERROR_INVALID)
            fail_msg("%s: %.*s = %s: %s", c->event, STR_ARG(path), others[i], box.error.message);
        if (taken && !same && !empty_list && !either && !no_need)
            fail_msg("%s: %.*s = %s is taken", c->event, STR_ARG(path), others[i]);
        arena_free(box.arena);
    }
}

static void refuses_wrong_types_at_every_field(void **state)
{
    (void)state;
    size_t checked = 0;
    for (size_t i = 0; i < webhook_case_count; i++) {
        struct str rest = str_from(webhook_cases[i].fields), path;
        while (str_split(&rest, ',', &path))
            if (path.len) {
                check_wrong_types(&webhook_cases[i], path);
                checked++;
            }
    }
    assert_true(checked > 100);
}

static void refuses(enum webhook_forge forge, const char *event, struct str body, const char *why)
{
    struct box box = box_new();
    sign(&box, forge, event, SECRET, body);
    if (read_box(&box))
        fail_msg("taken: %s", why);
    if (box.error.code != ERROR_INVALID || !strstr(box.error.message, why))
        fail_msg("'%s' is not in '%s'", why, box.error.message);
    arena_free(box.arena);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    refuses(WEBHOOK_GITHUB, "push", STR(""), "found the end of the text");
    refuses(WEBHOOK_GITHUB, "push", STR("[]"), "the body is a list, not a mapping");
    refuses(WEBHOOK_GITHUB, "push", STR("{}"), "webhook of github: 'repository.full_name' is missing");
    refuses(WEBHOOK_GITHUB, "push", STR("{\"repository\":[]}"), "'repository' is a list, not a mapping");
    refuses(WEBHOOK_GITHUB, "push", STR("{\"repository\":{\"full_name\":7}}"),
            "'repository.full_name' is a number, not a string");
    refuses(WEBHOOK_GITHUB, "push", STR("{\"repository\":{\"full_name\":\"a\\u001bb\"}}"),
            "'repository.full_name' has control characters");
    refuses(WEBHOOK_GENERIC, "", STR("{\"after\":\"main\"}"), "'after' is no commit id");
    struct arena *arena = arena_new();
    char *large = arena_alloc(arena, WEBHOOK_TEXT_MAX + 2);
    memset(large, 'x', WEBHOOK_TEXT_MAX + 1);
    refuses(WEBHOOK_GENERIC, "", arena_printf(arena, "{\"ref\":\"%s\"}", large), "at most 1024 are allowed");
    struct buf changes = BUF_INIT(BUF_SMALL);
    for (int i = 0; i <= WEBHOOK_REFS_MAX; i++)
        buf_addz(&changes, i ? ",{}" : "{}");
    refuses(WEBHOOK_BITBUCKET, "repo:push",
            arena_printf(arena, "{\"repository\":{\"full_name\":\"a\"},\"push\":{\"changes\":[%s]}}",
                         changes.ptr),
            "it is about 101 refs");
    buf_release(&changes);
    arena_free(arena);
}

static void refuses_forms(void **state)
{
    (void)state;
    struct box box = box_new();
    sign(&box, WEBHOOK_GITHUB, "push", SECRET, STR("payload=%7B%7D"));
    box.headers.list[box.headers.count++] =
        (struct http_header){STR("Content-Type"), STR("application/x-www-form-urlencoded")};
    assert_false(read_box(&box));
    assert_int_equal(box.error.code, ERROR_INVALID);
    assert_non_null(strstr(box.error.message, "choose application/json"));
    arena_free(box.arena);
}

/* --- seen before --- */

static bool add(struct deliveries *deliveries, enum webhook_forge forge, const char *id, const char *content)
{
    const struct webhook_event event = {
        .forge = forge, .delivery = str_from(id), .content = str_from(content)};
    return deliveries_add(deliveries, &event);
}

static void knows_deliveries_again(void **state)
{
    (void)state;
    struct deliveries *deliveries = deliveries_new(8);
    assert_true(add(deliveries, WEBHOOK_GITHUB, "1", "a"));
    for (int i = 0; i < 10000; i++)
        assert_false(add(deliveries, WEBHOOK_GITHUB, "1", "a"));
    assert_false(add(deliveries, WEBHOOK_GITHUB, "2", "a")); /* under another id */
    assert_false(add(deliveries, WEBHOOK_GITHUB, "1", "b"));
    assert_true(add(deliveries, WEBHOOK_GITHUB, "2", "b")); /* neither was taken by the two before */
    assert_true(add(deliveries, WEBHOOK_GITEA, "1", "a"));
    assert_true(add(deliveries, WEBHOOK_GENERIC, "", "a"));
    assert_true(add(deliveries, WEBHOOK_GENERIC, "", "b"));
    assert_false(add(deliveries, WEBHOOK_GENERIC, "", "a"));
    deliveries_free(deliveries);
}

static void forgets_the_oldest(void **state)
{
    (void)state;
    struct deliveries *deliveries = deliveries_new(100);
    char text[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_true(add(deliveries, WEBHOOK_GITHUB, text, text));
    }
    for (int i = 950; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_false(add(deliveries, WEBHOOK_GITHUB, text, text));
    }
    assert_true(add(deliveries, WEBHOOK_GITHUB, "949", "949"));
    deliveries_free(deliveries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_each_forge_sends),
        cmocka_unit_test(denies_wrong_signatures_without_a_look_at_the_body),
        cmocka_unit_test(denies_what_is_not_signed),
        cmocka_unit_test(denies_a_body_that_was_encoded_anew),
        cmocka_unit_test(denies_sha1),
        cmocka_unit_test(agrees_with_the_published_vector),
        cmocka_unit_test(takes_secrets_only_for_their_forge),
        cmocka_unit_test(holds_signed_times_to_five_minutes),
        cmocka_unit_test(takes_gitlabs_signing_tokens),
        cmocka_unit_test(refuses_wrong_types_at_every_field),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(refuses_forms),
        cmocka_unit_test(knows_deliveries_again),
        cmocka_unit_test(forgets_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
