#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "environments/desired.h"
#include "memory_files.h"

/* The other side: answers with what it was asked for, and knows that a secret 'gone' is not there, 'old' has
 * no text any more, and an export 'later' comes with an apply. */
static bool answer(void *self, struct arena *arena, const struct outside_value *wanted, struct value **out,
                   struct error *error)
{
    static const char *const kinds[] = {"ssm", "secure", "secret", "zones", "import", "output"};
    (void)self;
    if (str_is(wanted->name, "gone"))
        return error_set(error, ERROR_NOT_FOUND, "it is not there");
    struct value *parts = value_list(arena);
    value_append(arena, parts, value_stringz(arena, kinds[wanted->kind]));
    const struct str given[] = {wanted->name,  wanted->version, wanted->key,
                                wanted->stage, wanted->region,  wanted->role};
    for (size_t i = 0; i < ARRAY_LENGTH(given); i++)
        if (given[i].len)
            value_append(arena, parts, value_string(arena, given[i]));
    struct str text = arena_printf(arena, "<%.*s>", STR_ARG(json_text(arena, parts, JSON_COMPACT)));
    if (str_is(wanted->name, "later"))
        *out = value_unknown(arena, STR("beta/network"));
    else if (wanted->kind == OUTSIDE_ZONES)
        *out = parts;
    else if (wanted->kind >= OUTSIDE_ZONES)
        *out = value_string(arena, text);
    else if (str_is(wanted->name, "old"))
        *out = value_secret_unread(arena, wanted->reference);
    else
        *out = value_came_by(
            arena, wanted->kind == OUTSIDE_SSM ? value_string(arena, text) : value_secret(arena, text),
            wanted->reference);
    return true;
}

/* SSM: every parameter holds "NAME,b", but for names that end in "gone". */
static bool parameters(void *self, struct arena *arena, const struct value *names, struct value **out,
                       struct error *error)
{
    (void)self, (void)error;
    *out = value_map(arena);
    for (size_t i = 0; i < names->count; i++)
        if (!str_ends(names->items[i]->text, "gone"))
            value_set(arena, *out, names->items[i]->text,
                      value_stringf(arena, "%.*s,b", STR_ARG(names->items[i]->text)));
    return true;
}

static const struct outside outside = {.value = answer, .parameters = parameters};

/* A resource 'T' of the application: its Ref is known, but not its Arn. */
static bool lookup(void *self, struct arena *arena, struct str id, struct str attribute, struct value **out,
                   struct error *error)
{
    (void)self, (void)error;
    *out = attribute.len ? value_unknown(arena, STR("T.Arn")) : value_string(arena, id);
    return true;
}

enum how { RENDERED, RESOLVED, REVEALED };

/* The last resource's properties: rendered with nobody to ask; resolved, as they are shown; with secrets in
 * clear. */
static struct str told(struct arena *arena, const char *template, enum how how)
{
    struct memory_file entry = {"template.yaml", template, false};
    struct memory_files all = {.entries = &entry, .count = 1};
    const struct files files = memory_files(&all);
    const struct template_options options = {.files = &files,
                                             .path = STR("template.yaml"),
                                             .region = STR("eu-west-1"),
                                             .account = STR("123456789012"),
                                             .stack_name = STR("prod-orders"),
                                             .outside = how == RENDERED ? NULL : &outside};
    const struct resolver resolver = {.lookup = lookup, .outside = &outside};
    struct desired desired;
    struct error error = ERROR_INIT;
    bool ok = desired_build(arena, &options, &desired, &error);
    struct value *properties = ok ? desired.resources[desired.count - 1].properties : NULL;
    if (ok && how != RENDERED)
        ok = desired_resolve(arena, properties, &resolver, &properties, &error);
    if (!ok)
        return arena_str(arena, str_from(error.message));
    struct buf text = BUF_INIT(BUF_SMALL);
    if (how == REVEALED)
        json_write_revealed(&text, properties);
    else
        json_write(&text, properties, JSON_COMPACT);
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}

struct case_ {
    enum how how;
    const char *template, *wanted;
};

static void check(const struct case_ *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = told(arena, cases[i].template, cases[i].how);
        assert_case(i, found, cases[i].wanted);
        arena_free(arena);
    }
}

#define T "Resources:\n  T: {Type: X}\n"
#define ONE(property) T "  U: {Type: AWS::SNS::Topic, Properties: {P: " property "}}\n"
#define IS(value) "{\"P\":" value "}"

static void dynamic_references_are_resolved_late(void **state)
{
    static const struct case_ cases[] = {
        {RENDERED, ONE("'{{resolve:ssm:/db/url:3}}'"), IS("\"{{resolve:ssm:/db/url:3}}\"")},
        {RESOLVED, ONE("'{{resolve:ssm:/db/url:3}}'"), IS("\"{{resolve:ssm:/db/url:3}}\"")},
        {REVEALED, ONE("'{{resolve:ssm:/db/url:3}}'"), IS("\"<[\\\"ssm\\\",\\\"/db/url\\\",\\\"3\\\"]>\"")},
        {REVEALED, ONE("'a {{resolve:ssm:b}}-{{resolve:secretsmanager:c}} {{d}}'"),
         IS("\"a <[\\\"ssm\\\",\\\"b\\\"]>-<[\\\"secret\\\",\\\"c\\\"]> {{d}}\"")},
        {RESOLVED, ONE("'a {{resolve:ssm:b}}-{{resolve:secretsmanager:c}} {{d}}'"),
         IS("\"a {{resolve:ssm:b}}-{{resolve:secretsmanager:c}} {{d}}\"")},
        {REVEALED, ONE("'{{resolve:secretsmanager:db:SecretString:password:AWSPREVIOUS}}'"),
         IS("\"<[\\\"secret\\\",\\\"db\\\",\\\"password\\\",\\\"AWSPREVIOUS\\\"]>\"")},
        {REVEALED, ONE("'{{resolve:secretsmanager:db::::v1}}'"),
         IS("\"<[\\\"secret\\\",\\\"db\\\",\\\"v1\\\"]>\"")},
        {REVEALED, ONE("'{{resolve:secretsmanager:arn:aws:secretsmanager:r:1:secret:db-a:SecretString:k}}'"),
         IS("\"<[\\\"secret\\\",\\\"arn:aws:secretsmanager:r:1:secret:db-a\\\",\\\"k\\\"]>\"")},
        {REVEALED, ONE("'{{resolve:ssm:arn:aws:ssm:r:1:parameter/db:7}}'"),
         IS("\"<[\\\"ssm\\\",\\\"arn:aws:ssm:r:1:parameter/db\\\",\\\"7\\\"]>\"")},
        /* parts of a reference become one by joining */
        {RENDERED, ONE("!Sub '{{resolve:secretsmanager:${T}:SecretString:k}}'"),
         IS("{\"Fn::Join\":[\"\",[\"{{resolve:secretsmanager:\",{\"Ref\":\"T\"},\":SecretString:k}}\"]]}")},
        {REVEALED, ONE("!Sub '{{resolve:secretsmanager:${T}:SecretString:k}}'"),
         IS("\"<[\\\"secret\\\",\\\"T\\\",\\\"k\\\"]>\"")},
        {RESOLVED, ONE("!Join ['', ['{{resolve:ssm:', !Ref T, '}}']]"), IS("\"{{resolve:ssm:T}}\"")},
        {RESOLVED, ONE("!Sub '{{resolve:secretsmanager:${T.Arn}}}'"), IS("{\"KnownAfterApply\":\"T.Arn\"}")},
        /* functions that look into the text wait for it; what they make does not show a secret */
        {RENDERED, ONE("!Split [',', '{{resolve:ssm:s}}']"),
         IS("{\"Fn::Split\":[\",\",\"{{resolve:ssm:s}}\"]}")},
        {REVEALED, ONE("!Split [',', '{{resolve:ssm:s}}']"), IS("[\"<[\\\"ssm\\\"\",\"\\\"s\\\"]>\"]")},
        {RESOLVED, ONE("!Split [',', '{{resolve:ssm:s}}']"), IS("[\"<[\\\"ssm\\\"\",\"\\\"s\\\"]>\"]")},
        {REVEALED, ONE("!Split [',', '{{resolve:secretsmanager:s}}']"),
         IS("[\"<[\\\"secret\\\"\",\"\\\"s\\\"]>\"]")},
        {RESOLVED, ONE("!Split [',', '{{resolve:secretsmanager:s}}']"), IS("[\"****\",\"****\"]")},
        {REVEALED, ONE("!Base64 '{{resolve:ssm:s}}'"), IS("\"PFsic3NtIiwicyJdPg==\"")},
        {RESOLVED, ONE("!Base64 'x{{resolve:secretsmanager:s}}'"), IS("\"****\"")},
        /* a secret parameter may be or hold one */
        {RESOLVED,
         "Parameters: {Q: {Type: String, NoEcho: true, Default: '{{resolve:ssm:s}}'}}\n" ONE("!Ref Q"),
         IS("\"****\"")},
        {REVEALED,
         "Parameters: {Q: {Type: String, NoEcho: true, Default: '{{resolve:ssm:s}}'}}\n" ONE("!Ref Q"),
         IS("\"<[\\\"ssm\\\",\\\"s\\\"]>\"")},
        {RESOLVED, ONE("'{{resolve:secretsmanager:old}}'"), IS("\"{{resolve:secretsmanager:old}}\"")},
        {RESOLVED, ONE("'{{resolve:secretsmanager:gone}}'"),
         "{{resolve:secretsmanager:gone}}: it is not there (template.yaml:3:46)"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void bad_references_are_refused_where_they_stand(void **state)
{
#define REFUSED(reference, why)                                                                              \
    {                                                                                                        \
        RENDERED, ONE("'" reference "'"),                                                                    \
            "resource 'U': dynamic reference '" reference "': " why " (template.yaml:3:46)"                  \
    }
    static const struct case_ cases[] = {
        REFUSED("{{resolve:smm:a}}",
                "the service must be ssm, ssm-secure or secretsmanager, not 'smm', did you mean "
                "'ssm'?"),
        {RENDERED, ONE("!Sub '{{resolve:smm:${AWS::Region}}}'"),
         "resource 'U': dynamic reference '{{resolve:smm:eu-west-1}}': the service must be ssm, ssm-secure "
         "or "
         "secretsmanager, not 'smm', did you mean 'ssm'? (template.yaml:3:46)"},
        {RENDERED, ONE("!Sub '{{resolve:smm:${T}}}-{{resolve:smm:a}}'"),
         "resource 'U': dynamic reference '{{resolve:smm:a}}': the service must be ssm, ssm-secure or "
         "secretsmanager, not 'smm', did you mean 'ssm'? (template.yaml:3:46)"},
        REFUSED("{{resolve:ssm:a b}}", "the name of an SSM parameter is letters, digits and '_.-/'"),
        REFUSED("{{resolve:ssm}}", "the name of an SSM parameter is letters, digits and '_.-/'"),
        REFUSED("{{resolve:ssm:a:new}}", "the version must be a number from 1"),
        REFUSED("{{resolve:ssm:a:1:2}}", "nothing may follow the version"),
        REFUSED("{{resolve:ssm:a", "its end '}}' is missing"),
        REFUSED("{{resolve:secretsmanager:}}", "the secret's name or ARN is missing"),
        REFUSED("{{resolve:secretsmanager:a:SecretBinary}}",
                "only 'SecretString' may follow the secret's name: a secret's binary value cannot be taken"),
        REFUSED("{{resolve:secretsmanager:a:SecretString:k:s:v}}",
                "give a version's stage or its id, not both"),
        REFUSED("{{resolve:secretsmanager:a:SecretString:k::v:w}}", "nothing may follow the version's id"),
        REFUSED("{{resolve:ssm-secure:a}}", "CloudFormation takes secure strings of SSM only in a few "
                                            "properties, and 'P' of AWS::SNS::Topic is "
                                            "none of them: keep the secret in Secrets Manager"),
        {RENDERED,
         T
         "  U: {Type: AWS::IAM::User, Properties: {LoginProfile: {Password: '{{resolve:ssm-secure:a}}'}}}\n",
         "{\"LoginProfile\":{\"Password\":\"{{resolve:ssm-secure:a}}\"}}"},
        {RENDERED,
         T "  U: {Type: AWS::OpsWorks::Stack, Properties: {RdsDbInstances: [{DbPassword: "
           "'{{resolve:ssm-secure:a:1}}'}]}}\n",
         "{\"RdsDbInstances\":[{\"DbPassword\":\"{{resolve:ssm-secure:a:1}}\"}]}"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void sixty_references_are_enough(void **state)
{
    struct arena *arena = arena_new();
    struct buf text = BUF_INIT(BUF_SMALL);
    (void)state;
    for (int count = 60; count <= 61; count++) {
        buf_clear(&text);
        buf_addz(&text, T "  U: {Type: AWS::SNS::Topic, Properties: {P: '");
        for (int i = 0; i < count; i++)
            buf_printf(&text, "{{resolve:ssm:/%d}}", i);
        buf_addz(&text, "'}}\n");
        struct str found = told(arena, text.ptr, REVEALED);
        if (count == 60)
            assert_true(str_contains(found, "\\\"/59\\\""));
        else
            assert_string_equal(found.ptr,
                                "resource 'U': the template has more than 60 dynamic references, which is "
                                "CloudFormation's limit (template.yaml:3:46)");
    }
    buf_release(&text);
    arena_free(arena);
}

static void functions_ask_outside(void **state)
{
    static const struct case_ cases[] = {
        {RENDERED, ONE("!Select [0, !GetAZs '']"), IS("{\"Fn::Select\":[0,{\"Fn::GetAZs\":\"\"}]}")},
        {RENDERED, ONE("!GetAZs {Ref: AWS::Region}"), IS("{\"Fn::GetAZs\":\"eu-west-1\"}")},
        {RESOLVED, ONE("!GetAZs ''"), IS("[\"zones\"]")},
        {RESOLVED, ONE("!Select [1, !GetAZs us-east-1]"), IS("\"us-east-1\"")},
        {RENDERED, ONE("!ImportValue {'Fn::Sub': '${AWS::StackName}-vpc'}"),
         IS("{\"Fn::ImportValue\":\"prod-orders-vpc\"}")},
        {RESOLVED, ONE("!Sub ['${V}/x', {V: !ImportValue vpc}]"), IS("\"<[\\\"import\\\",\\\"vpc\\\"]>/x\"")},
        {RESOLVED, ONE("!ImportValue later"), IS("{\"KnownAfterApply\":\"beta/network\"}")},
        {RESOLVED, ONE("!ImportValue gone"),
         "'Fn::ImportValue' of 'gone': it is not there (template.yaml:3:46)"},
        {RENDERED, ONE("!ImportValue [a]"),
         "resource 'U': 'Fn::ImportValue' needs the name of an export "
         "(template.yaml:3:46)"},
        {RESOLVED, ONE("!ImportValue {'Fn::GetAtt': T.Arn}"),
         "'Fn::ImportValue' cannot depend on the resource 'T.Arn' (template.yaml:3:46)"},
        {RESOLVED, ONE("{Fn::GetStackOutput: {StackName: prod-net, OutputName: Vpc, Region: eu-west-2}}"),
         IS("\"<[\\\"output\\\",\\\"prod-net\\\",\\\"Vpc\\\",\\\"eu-west-2\\\"]>\"")},
        {RENDERED, ONE("{Fn::GetStackOutput: {StackName: a, OutputNam: b}}"),
         "resource 'U': 'Fn::GetStackOutput' has no member 'OutputNam', did you mean 'OutputName'? "
         "(template.yaml:3:82)"},
        {RENDERED, ONE("{Fn::GetStackOutput: {StackName: a}}"),
         "resource 'U': 'Fn::GetStackOutput' needs both StackName and OutputName (template.yaml:3:46)"},
        {RENDERED, "Conditions: {C: !Equals [!ImportValue a, b]}\n" ONE("1"),
         "a condition cannot use 'Fn::ImportValue' (template.yaml:1:26)"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define SSM(type, more)                                                                                      \
    "Parameters: {Q: {Type: 'AWS::SSM::Parameter::Value<" type ">', Default: /a" more "}}\n"

static void parameters_take_their_value_from_ssm(void **state)
{
    static const struct case_ cases[] = {
        {RESOLVED, SSM("String", "") ONE("!Ref Q"), IS("\"/a,b\"")},
        {RESOLVED, SSM("AWS::EC2::Image::Id", "") ONE("!Sub 'x-${Q}'"), IS("\"x-/a,b\"")},
        {RESOLVED, SSM("List<String>", "") ONE("!Ref Q"), IS("[\"/a\",\"b\"]")},
        {RESOLVED, SSM("CommaDelimitedList", "") ONE("!Select [1, !Ref Q]"), IS("\"b\"")},
        {RESOLVED, SSM("List<AWS::EC2::Subnet::Id>", "") ONE("!Join ['+', !Ref Q]"), IS("\"/a+b\"")},
        {RESOLVED, SSM("String", ", NoEcho: true") ONE("!Ref Q"), IS("\"****\"")},
        /* what is constrained is the name */
        {RESOLVED, SSM("String", ", AllowedValues: [/a, /c]") ONE("!Ref Q"), IS("\"/a,b\"")},
        {RESOLVED, SSM("String", "") "Conditions: {C: !Equals [!Ref Q, '/a,b']}\n" ONE("!If [C, 1, 2]"),
         IS("1")},
        {RENDERED, SSM("String", "") ONE("!Ref Q"), IS("{\"Ref\":\"Q\"}")},
        {RENDERED, SSM("String", "") ONE("!Sub 'x-${Q}'"),
         IS("{\"Fn::Join\":[\"\",[\"x-\",{\"Ref\":\"Q\"}]]}")},
        {RENDERED, SSM("String", "") "Conditions: {C: !Equals [!Ref Q, '/a,b']}\n" ONE("!If [C, 1, 2]"),
         "condition 'C' needs 'Q', which is not known without an account (template.yaml:2:17)"},
        /* a rule is decided once the value is known, and only then */
        {RESOLVED,
         SSM("String", "") "Rules: {R: {Assertions: [{Assert: !Not [!Contains [['/a,b'], !Ref Q]], "
                           "AssertDescription: too old}]}}\n" ONE("1"),
         "rule 'R': too old (parameter 'Q' is '/a,b') (template.yaml:2:26)"},
        {RENDERED,
         SSM("String",
             "") "Rules: {R: {Assertions: [{Assert: !Not [!Contains [['/a,b'], !Ref Q]]}]}}\n" ONE("1"),
         IS("1")},
        {RESOLVED, SSM("String", "/../gone") ONE("1"),
         "parameter 'Q' takes its value from the SSM parameter '/a/../gone', which does not exist "
         "(template.yaml:1:71)"},
        {RESOLVED, SSM("Number", "") ONE("1"),
         "parameter 'Q' has the unknown type 'AWS::SSM::Parameter::Value<Number>' (template.yaml:1:24)"},
        {RESOLVED, "Parameters: {Q: {Type: 'AWS::SSM::Parameter::Name', Default: /a}}\n" ONE("!Ref Q"),
         IS("\"/a\"")},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dynamic_references_are_resolved_late),
        cmocka_unit_test(bad_references_are_refused_where_they_stand),
        cmocka_unit_test(sixty_references_are_enough),
        cmocka_unit_test(functions_ask_outside),
        cmocka_unit_test(parameters_take_their_value_from_ssm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
