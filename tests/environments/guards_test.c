#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/yaml_reader.h"
#include "environments/guards.h"
#include "memory_files.h"

/* What was read, each part with the line where it stands, or the error. */
static struct str read(struct arena *arena, const char *yaml)
{
    struct value *node;
    struct guards guards;
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT(BUF_SMALL);
    give_case("plumb", yaml);
    if (!yaml_read(arena, STR("plumb.yaml"), str_from(yaml), &node, &error) ||
        !guards_read(arena, value_get(node, "guards"), &guards, &error))
        return arena_str(arena, str_from(error.message));
    for (size_t i = 0; i < guards.protection_count; i++) {
        const struct guard_protection *one = &guards.protections[i];
        buf_printf(&out, "protect %.*s %.*s %.*s%s%s%s@%u; ", STR_ARG(one->type), STR_ARG(one->name),
                   STR_ARG(one->application), one->from_update ? " update" : "",
                   one->from_replace ? " replace" : "", one->from_delete ? " delete" : "", one->node->line);
    }
    if (guards.max_deletes)
        buf_printf(&out, "deletes %lld@%u; ", (long long)guards.most_deletes, guards.max_deletes->line);
    for (size_t i = 0; i < guards.tag_count; i++)
        buf_printf(&out, "tag %.*s %zu@%u; ", STR_ARG(guards.tags[i].key),
                   guards.tags[i].allowed ? guards.tags[i].allowed->count : 0, guards.tags[i].node->line);
    const struct value *lists[] = {guards.actions, guards.principals, guards.managed, guards.accounts};
    static const char *const names[] = {"actions", "principals", "managed", "accounts"};
    for (size_t k = 0; k < ARRAY_LENGTH(lists); k++)
        for (size_t i = 0; lists[k] && i < lists[k]->count; i++)
            buf_printf(&out, "%s %.*s@%u; ", names[k], STR_ARG(value_text(lists[k]->items[i])),
                       lists[k]->items[i]->line);
    if (guards.buckets || guards.urls || guards.apis || guards.boundary)
        buf_printf(&out, "public%s%s%s; boundary %.*s; ", guards.buckets ? " buckets" : "",
                   guards.urls ? " urls" : "", guards.apis ? " apis" : "",
                   STR_ARG(value_text(guards.boundary)));
    for (size_t i = 0; i < guards.exception_count; i++) {
        const struct guard_exception *one = &guards.exceptions[i];
        buf_printf(&out, "allow %s %.*s %.*s/%.*s %.*s '%.*s' %lld@%u; ", guard_rule_name(one->rule),
                   STR_ARG(one->resource), STR_ARG(one->environment), STR_ARG(one->application),
                   STR_ARG(one->value), STR_ARG(one->reason), (long long)one->expires_ms, one->node->line);
    }
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

struct case_ {
    const char *yaml, *wanted;
};

static void check(const struct case_ *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = read(arena, cases[i].yaml);
        assert_case(i, found, cases[i].wanted);
        arena_free(arena);
    }
}

static void reads_what_is_written(void **state)
{
    static const struct case_ cases[] = {
        {"poll: 1s\n", ""},
        {"guards: {}\n", ""},
        {"guards:\n"
         "  protect:\n"
         "    - {type: \"AWS::DynamoDB::*\"}\n"
         "    - {name: OrderTable, application: orders, from: [delete, update]}\n"
         "  maxDeletes: 0\n"
         "  requireTags: [team, {cost-centre: [17, a]}]\n"
         "  policies:\n"
         "    forbidActions: [\"iam:*\",\n"
         "                    \"*\"]\n"
         "    forbidPrincipals: [\"*\"]\n"
         "    forbidManaged: [\"arn:aws:iam::aws:policy/AdministratorAccess\"]\n"
         "  public: forbid\n"
         "  permissionsBoundary: arn:aws:iam::*:policy/boundary\n"
         "  accounts: [\"222222222222\", 333333333333]\n"
         "  allow:\n"
         "    - {rule: public.urls, resource: OrderUrl, reason: the shop calls it, expires: 2027-01-01}\n"
         "    - {rule: accounts, resource: \"*\", value: \"*:layer:*\", environment: beta, application: "
         "orders,\n"
         "       reason: \" AWS's own layers \"}\n",
         "protect AWS::DynamoDB::* * * replace delete@3; protect * OrderTable orders update delete@4; "
         "deletes 0@5; tag team 0@6; tag cost-centre 2@6; actions iam:*@8; actions *@9; principals *@10; "
         "managed arn:aws:iam::aws:policy/AdministratorAccess@11; accounts 222222222222@14; "
         "accounts 333333333333@14; public buckets urls; boundary arn:aws:iam::*:policy/boundary; "
         "allow public.urls OrderUrl */* * 'the shop calls it' 1798848000000@16; "
         "allow accounts * beta/orders *:layer:* 'AWS's own layers' 0@17; "},
        {"guards: {public: {apis: forbid}}\n", "public apis; boundary ; "},
        {"guards: {public: {buckets: forbid, urls: forbid, apis: forbid}}\n",
         "public buckets urls apis; boundary ; "},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define P "(plumb.yaml:1:"
#define ALLOW_ONE(fields) "guards: {allow: [{" fields "}]}\n"

static void refuses_each_mistake_with_one_sentence(void **state)
{
    static const struct case_ cases[] = {
        {"guards: [a]\n", "'guards' must be a mapping " P "9)"},
        {"guards: {maxDelets: 1}\n",
         "unknown key 'maxDelets' in 'guards', did you mean 'maxDeletes'? " P "10)"},
        {"guards: {maxDeletes: -1}\n", "'maxDeletes' must be a number from 0 to 1000000 " P "22)"},
        {"guards: {maxDeletes: many}\n", "'maxDeletes' must be a number from 0 to 1000000 " P "22)"},
        {"guards: {protect: {}}\n", "'protect' must be a list, not a mapping " P "19)"},
        {"guards: {protect: [Table]}\n", "what is protected must be a mapping " P "20)"},
        {"guards: {protect: [{application: a}]}\n",
         "what is protected needs a 'type' or a 'name': '*' stands for all " P "20)"},
        {"guards: {protect: [{name: \"\"}]}\n", "'name' must be a text of 1 to 512 characters " P "27)"},
        {"guards: {protect: [{name: a, from: []}]}\n",
         "'from' names nothing: leave it out for delete, replace " P "36)"},
        {"guards: {protect: [{name: a, from: [remove]}]}\n",
         "'from' 'remove' must be 'update', 'replace' or 'delete' " P "37)"},
        {"guards: {protect: [{nam: a}]}\n",
         "unknown key 'nam' in what is protected, did you mean 'name'? " P "21)"},
        {"guards: {requireTags: team}\n", "'requireTags' must be a list, not a string " P "23)"},
        {"guards: {requireTags: [1]}\n",
         "'requireTags' must be a list of names, as 'team' or {team: [orders, billing]} " P "24)"},
        {"guards: {requireTags: [{a: [b], c: [d]}]}\n",
         "'requireTags' must be a list of names, as 'team' or {team: [orders, billing]} " P "24)"},
        {"guards: {requireTags: [{a: b}]}\n", "the values of tag 'a' must be a list " P "25)"},
        {"guards: {requireTags: [{a: []}]}\n", "the values of tag 'a' must be a list " P "25)"},
        {"guards: {requireTags: [{a: [{}]}]}\n", "the values of tag 'a' must be texts " P "29)"},
        {"guards: {policies: {forbidAction: []}}\n",
         "unknown key 'forbidAction' in 'policies', did you mean 'forbidActions'? " P "21)"},
        {"guards: {policies: {forbidActions: [1]}}\n", "'forbidActions' must be a list of texts " P "37)"},
        {"guards: {policies: {forbidPrincipals: [\"\"]}}\n",
         "'forbidPrincipals' must have from 1 to 512 characters " P "40)"},
        {"guards: {public: allow}\n", "public 'allow' must be 'forbid' " P "18)"},
        {"guards: {public: {urls: true}}\n", "urls 'true' must be 'forbid' " P "25)"},
        {"guards: {public: {url: forbid}}\n", "unknown key 'url' in 'public', did you mean 'urls'? " P "19)"},
        {"guards: {permissionsBoundary: \"\"}\n",
         "'permissionsBoundary' must be a text of 1 to 512 characters " P "31)"},
        {"guards: {accounts: [\"12\"]}\n", "account '12' must have 12 digits " P "21)"},
        {"guards: {accounts: [12345678901]}\n",
         "account 12345678901 does not have 12 digits: write it in quotes, so that zeros are kept " P "21)"},
        {ALLOW_ONE("rule: public.urls, resource: a"), "an exception needs 'reason' " P "18)"},
        {ALLOW_ONE("rule: public.urls, resource: a, reason: \" \""),
         "an exception needs a 'reason' " P "59)"},
        {ALLOW_ONE("rule: public.urls, reason: b"), "an exception needs 'resource' " P "18)"},
        {ALLOW_ONE("rule: public.url, resource: a, reason: b"),
         "rule 'public.url' must be 'protect', 'maxDeletes', 'requireTags', 'policies.forbidActions', "
         "'policies.forbidPrincipals', 'policies.forbidManaged', 'public.buckets', 'public.urls', "
         "'public.apis', 'permissionsBoundary' or 'accounts', did you mean 'public.urls'? " P "25)"},
        {ALLOW_ONE("rule: accounts, resource: a, reason: b, expires: soon"),
         "'soon' is no date: write it as in '2026-12-31' " P "68)"},
        {ALLOW_ONE("rule: accounts, resource: a, reason: b, until: 2027-01-01"),
         "unknown key 'until' in an exception " P "59)"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_written),
        cmocka_unit_test(refuses_each_mistake_with_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
