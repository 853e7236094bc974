#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/statements.h"
#include "tests/providers/fake_aws.h"

static const char *reach_name(enum reach reach)
{
    static const char *const names[] = {"no", "yes", "unknown"};
    return names[reach];
}

static struct value *parse(struct arena *arena, struct str json)
{
    struct value *value;
    struct error error = ERROR_INIT;
    if (!json_read(arena, STR("t.json"), json, &value, &error))
        fail_msg("%s", error.message);
    fake_unknowns(arena, value);
    return value;
}

struct question {
    struct arena *arena;
    const char *pattern; /* NULL: is it public? */
    bool action;
    struct buf answers;
};

static void answer(void *self, const struct statement *statement)
{
    struct question *question = self;
    const struct value *which = NULL;
    struct str pattern = str_from(question->pattern);
    enum reach reach = !question->pattern ? statement_is_public(statement, &which)
                       : question->action ? statement_gives(question->arena, statement, pattern, &which)
                                          : statement_admits(question->arena, statement, pattern, &which);
    assert_true(reach == REACH_NO || which);
    buf_printf(&question->answers, "%s%s", question->answers.len ? " " : "", reach_name(reach));
}

static void ask(const char *type, const char *json, const char *pattern, bool action, const char *wanted)
{
    struct arena *arena = arena_new();
    struct question question = {
        .arena = arena, .pattern = pattern, .action = action, .answers = BUF_INIT(BUF_SMALL)};
    statements_each(arena, str_from(type), parse(arena, str_from(json)), answer, &question);
    struct str found = buf_str(&question.answers);
    if (!str_is(found, wanted))
        print_error("%s, %s:\n found  %.*s\n wanted %s\n", json, pattern ? pattern : "public", STR_ARG(found),
                    wanted);
    assert_true(str_is(found, wanted));
    buf_release(&question.answers);
    arena_free(arena);
}

#define ALLOW "{\"P\":{\"Statement\":{\"Effect\":\"Allow\","
#define END "}}}"

static void knows_what_actions_a_statement_gives(void **state)
{
    static const struct {
        const char *statement, *pattern, *wanted;
    } cases[] = {
        {ALLOW "\"Action\":\"iam:PassRole\"" END, "iam:*", "yes"},
        {ALLOW "\"Action\":\"IAM:passrole\"" END, "iam:PassRole", "yes"},
        {ALLOW "\"Action\":\"*\"" END, "iam:PassRole", "yes"},
        {ALLOW "\"Action\":\"i*\"" END, "iam:PassRole", "yes"},
        {ALLOW "\"Action\":[\"s3:Get*\",\"iam:*Role\"]" END, "iam:Pass*", "yes"},
        {ALLOW "\"Action\":\"s3:*\"" END, "iam:*", "no"},
        {ALLOW "\"Action\":\"iamx:PassRole\"" END, "iam:*", "no"},
        /* "*" alone asks for all at once */
        {ALLOW "\"Action\":\"s3:*\"" END, "*", "no"},
        {ALLOW "\"Action\":\"*\"" END, "*", "yes"},
        {ALLOW "\"Action\":\"*:*\"" END, "*", "yes"},
        {ALLOW "\"Action\":[\"s3:GetObject\",\"**\"]" END, "*", "yes"},
        /* NotAction allows all that it does not name */
        {ALLOW "\"NotAction\":\"s3:*\"" END, "iam:PassRole", "yes"},
        {ALLOW "\"NotAction\":\"iam:*\"" END, "iam:PassRole", "no"},
        {ALLOW "\"NotAction\":[\"s3:*\",\"IAM:*\"]" END, "iam:*", "no"},
        {ALLOW "\"NotAction\":\"iam:PassRole\"" END, "iam:*", "yes"},
        {ALLOW "\"NotAction\":\"iam:*\"" END, "*", "yes"},
        {ALLOW "\"NotAction\":[\"?\",\"s3:*\"]" END, "iam:PassRole", "unknown"},
        {ALLOW "\"NotAction\":[\"?\",\"iam:*\"]" END, "iam:PassRole", "no"},
        /* a Deny gives nothing */
        {"{\"P\":{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\"" END, "*", "no"},
        {"{\"P\":{\"Statement\":{\"Effect\":\"Deny\",\"NotAction\":\"s3:*\"" END, "iam:PassRole", "no"},
        {ALLOW "\"Action\":\"?\"" END, "iam:*", "unknown"},
        {ALLOW "\"Action\":[\"?\",\"iam:GetRole\"]" END, "iam:*", "yes"},
        /* several, and JSON in a text */
        {"{\"P\":{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:B\"},"
         "{\"Effect\":\"Allow\",\"Action\":\"iam:*\"}]}}",
         "iam:PassRole", "no yes"},
        {"{\"P\":\" {\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"*\\\"}]}\"}", "*",
         "yes"},
        /* what is no policy */
        {"{\"Rules\":[{\"Statement\":{\"RateBasedStatement\":{}},\"Action\":{\"Allow\":{}}}]}", "*", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        ask("AWS::IAM::Role", cases[i].statement, cases[i].pattern, true, cases[i].wanted);
}

#define EVERYBODY ALLOW "\"Principal\":\"*\",\"Action\":\"s3:GetObject\""
#define WHERE(operator_, key, value)                                                                         \
    EVERYBODY ",\"Condition\":{\"" operator_ "\":{\"" key "\":" value "}}" END

/* The cases of "The meaning of 'public'" are those of
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 * and of PublicAccessBlockConfiguration in S3's API reference. */
static void means_by_public_what_s3_means(void **state)
{
    static const struct {
        const char *policy, *wanted;
    } cases[] = {
        /* "we first assume that the policy is public" */
        {EVERYBODY END, "yes"},
        {ALLOW "\"Principal\":{\"AWS\":\"*\"},\"Action\":\"s3:GetObject\"" END, "yes"},
        {ALLOW "\"Principal\":{\"AWS\":[\"111122223333\",\"*\"]},\"Action\":\"s3:GetObject\"" END, "yes"},
        /* a fixed principal, user, role or service principal */
        {ALLOW "\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:role/r\"},\"Action\":\"s3:*\"" END, "no"},
        {ALLOW "\"Principal\":{\"Service\":\"sns.amazonaws.com\"},\"Action\":\"s3:*\"" END, "no"},
        {WHERE("StringEquals", "aws:PrincipalOrgID", "\"o-a1b2c3d4e5\""), "no"},
        /* each key of the list, fixed; the first pair is the guide's own example */
        {WHERE("StringEquals", "aws:SourceVpc", "\"vpc-91237329\""), "no"},
        {WHERE("StringLike", "aws:SourceVpc", "\"vpc-*\""), "yes"},
        {WHERE("StringEquals", "aws:SourceVpce", "\"vpce-1a2b3c4d\""), "no"},
        {WHERE("StringEquals", "aws:SourceOwner", "\"111122223333\""), "no"},
        {WHERE("StringEquals", "aws:SourceAccount", "\"111122223333\""), "no"},
        {WHERE("ArnEquals", "aws:SourceArn", "\"arn:aws:s3:::source\""), "no"},
        {WHERE("ArnLike", "aws:SourceArn", "\"arn:aws:s3:::*\""), "yes"},
        {WHERE("StringEquals", "aws:userid", "\"AIDAEXAMPLE\""), "no"},
        {WHERE("StringLike", "aws:userid", "\"AROAEXAMPLE:*\""), "yes"},
        {WHERE("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", "\"key\""), "no"},
        {WHERE("StringEquals", "s3:DataAccessPointAccount", "\"111122223333\""), "no"},
        /* an access point of any name, where its account is fixed */
        {WHERE("ArnLike", "s3:DataAccessPointArn", "\"arn:aws:s3:us-west-2:123456789012:accesspoint/*\""),
         "no"},
        {WHERE("ArnLike", "s3:DataAccessPointArn", "\"arn:aws:s3:us-west-2:*:accesspoint/*\""), "yes"},
        /* a set of CIDRs; "values broader than /8 for IPv4 and /32 for IPv6" are public */
        {WHERE("IpAddress", "aws:SourceIp", "\"203.0.113.0/24\""), "no"},
        {WHERE("IpAddress", "aws:SourceIp", "\"203.0.113.7\""), "no"},
        {WHERE("IpAddress", "aws:SourceIp", "\"10.0.0.0/8\""), "no"},
        {WHERE("IpAddress", "aws:SourceIp", "\"0.0.0.0/1\""), "yes"},
        {WHERE("IpAddress", "aws:SourceIp", "[\"203.0.113.0/24\",\"0.0.0.0/0\"]"), "yes"},
        {WHERE("IpAddress", "aws:SourceIp", "\"2001:db8::/32\""), "no"},
        {WHERE("IpAddress", "aws:SourceIp", "\"2001::/16\""), "yes"},
        /* no policy variable is a fixed value */
        {WHERE("StringEquals", "aws:SourceVpc", "\"${aws:PrincipalTag/vpc}\""), "yes"},
        /* other keys say nothing of who asks */
        {WHERE("Bool", "aws:SecureTransport", "\"true\""), "yes"},
        {WHERE("StringEquals", "s3:prefix", "\"public/\""), "yes"},
        /* what holds without the key, or keeps only some out */
        {WHERE("StringNotEquals", "aws:SourceVpc", "\"vpc-91237329\""), "yes"},
        {WHERE("StringEqualsIfExists", "aws:SourceVpc", "\"vpc-91237329\""), "yes"},
        {WHERE("ForAllValues:StringEquals", "aws:SourceVpc", "\"vpc-91237329\""), "yes"},
        {WHERE("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", "\"o-a/r-b/ou-c/\""), "no"},
        {WHERE("NotIpAddress", "aws:SourceIp", "\"203.0.113.0/24\""), "yes"},
        /* keys and operators compare without case; one condition is enough */
        {WHERE("stringequals", "AWS:SourceAccount", "\"111122223333\""), "no"},
        {EVERYBODY ",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"true\"},"
                   "\"StringEquals\":{\"aws:SourceVpc\":\"vpc-1\"}}" END,
         "no"},
        /* all but some */
        {ALLOW "\"NotPrincipal\":{\"AWS\":\"111122223333\"},\"Action\":\"s3:*\"" END, "yes"},
        {"{\"P\":{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\"" END, "no"},
        /* one public statement beside one that is none */
        {"{\"P\":{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:B\"},"
         "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"c:D\"}]}}",
         "yes no"},
        /* known after apply */
        {WHERE("ArnEquals", "aws:SourceArn", "\"?\""), "unknown"},
        {WHERE("ArnEquals", "aws:SourceArn", "[\"?\",\"arn:*\"]"), "yes"},
        {ALLOW "\"Principal\":{\"AWS\":\"?\"},\"Action\":\"s3:*\"" END, "unknown"},
        {EVERYBODY ",\"Condition\":\"?\"" END, "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        ask("AWS::S3::BucketPolicy", cases[i].policy, NULL, false, cases[i].wanted);
}

static void reads_statements_that_are_spread_over_properties(void **state)
{
    static const struct {
        const char *type, *properties, *wanted;
    } cases[] = {
        {"Lambda::Permission", "{\"Action\":\"lambda:InvokeFunction\",\"Principal\":\"*\"}", "yes"},
        {"Lambda::Permission", "{\"Principal\":\"*\",\"FunctionUrlAuthType\":\"NONE\"}", "yes"},
        {"Lambda::Permission", "{\"Principal\":\"*\",\"PrincipalOrgID\":\"o-1\"}", "no"},
        {"Lambda::Permission", "{\"Principal\":\"*\",\"SourceAccount\":\"111122223333\"}", "no"},
        {"Lambda::Permission", "{\"Principal\":\"*\",\"SourceArn\":\"arn:aws:sns:a:1:b\"}", "no"},
        {"Lambda::Permission", "{\"Principal\":\"*\",\"SourceArn\":\"arn:aws:sns:*\"}", "yes"},
        {"Lambda::Permission", "{\"Principal\":\"*\",\"SourceArn\":\"?\"}", "unknown"},
        {"Lambda::Permission", "{\"Principal\":\"?\"}", "unknown"},
        {"Lambda::Permission", "{\"Principal\":\"s3.amazonaws.com\"}", "no"},
        {"Lambda::Permission", "{\"Principal\":\"111122223333\"}", "no"},
        {"Lambda::LayerVersionPermission", "{\"Principal\":\"*\"}", "yes"},
        {"Lambda::LayerVersionPermission", "{\"Principal\":\"*\",\"OrganizationId\":\"o-1\"}", "no"},
        {"Events::EventBusPolicy", "{\"Principal\":\"*\",\"Action\":\"events:PutEvents\"}", "yes"},
        {"Events::EventBusPolicy",
         "{\"Principal\":\"*\",\"Condition\":{\"Type\":\"StringEquals\",\"Key\":\"aws:PrincipalOrgID\","
         "\"Value\":\"o-1\"}}",
         "no"},
        {"Events::EventBusPolicy", "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\"}}", "yes"},
        {"SQS::Queue", "{\"Principal\":\"*\"}", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str type = arena_printf(arena, "AWS::%s", cases[i].type);
        ask(type.ptr, cases[i].properties, NULL, false, cases[i].wanted);
        arena_free(arena);
    }
}

#define AWS_PRINCIPAL(principal)                                                                             \
    ALLOW "\"Principal\":{\"AWS\":\"" principal "\"},\"Action\":\"sts:AssumeRole\""

static void knows_whom_a_statement_admits(void **state)
{
    static const struct {
        const char *policy, *pattern, *wanted;
    } cases[] = {
        {AWS_PRINCIPAL("arn:aws:iam::999999999999:role/r") END, "arn:aws:iam::999999999999:*", "yes"},
        {AWS_PRINCIPAL("arn:aws:iam::999999999999:root") END, "999999999999", "yes"},
        {AWS_PRINCIPAL("999999999999") END, "arn:aws:iam::999999999999:*", "yes"},
        {AWS_PRINCIPAL("999999999999") END, "arn:aws:iam::111111111111:*", "no"},
        {AWS_PRINCIPAL("*") END, "arn:aws:iam::111111111111:*", "yes"},
        {AWS_PRINCIPAL("*") END, "*", "yes"},
        {AWS_PRINCIPAL("999999999999") END, "*", "no"},
        {AWS_PRINCIPAL("?") END, "999999999999", "unknown"},
        {AWS_PRINCIPAL("*") ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}}" END, "*",
         "no"},
        {ALLOW "\"Principal\":{\"Service\":\"s3.amazonaws.com\"}" END, "*.amazonaws.com", "yes"},
        {ALLOW "\"Principal\":{\"Federated\":\"arn:aws:iam::1:oidc-provider/x\"}" END, "*:oidc-provider/*",
         "yes"},
        {ALLOW "\"NotPrincipal\":{\"AWS\":\"111111111111\"}" END, "999999999999", "yes"},
        {"{\"P\":{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"999999999999\"}" END,
         "999999999999", "no"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        ask("AWS::IAM::Role", cases[i].policy, cases[i].pattern, false, cases[i].wanted);
}

static void tell_place(void *self, const struct statement *statement)
{
    struct buf *out = self;
    const struct value *action = value_at(value_get(statement->tree, "Action"), 0);
    buf_printf(out, "%u:%u %s %d,", action->line, action->column, action->source ? "known" : "unknown",
               statement->hidden);
    if (statement->place)
        buf_printf(out, " in %u:%u;", statement->place->line, statement->place->column);
}

static void keeps_places_and_hides_what_came_by_secrets(void **state)
{
    struct arena *arena = arena_new();
    struct value *properties =
        parse(arena, STR("{\"A\":{\"Statement\":[{\"Effect\":\"Allow\",\n\"Action\":\"a:B\"}]},\n\"C\":1}"));
    struct value *text = value_string(arena, STR("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\"}}"));
    struct buf out = BUF_INIT(BUF_SMALL);
    (void)state;
    value_setz(arena, properties, "D", value_at_position_of(text, value_get(properties, "C")));
    value_setz(arena, properties, "E",
               value_at_position_of(value_secret(arena, text->text), value_get(properties, "C")));
    statements_each(arena, STR("AWS::IAM::Role"), properties, tell_place, &out);
    assert_string_equal(out.ptr, "2:10 known 0, in 1:6;1:41 unknown 0, in 3:5;1:41 unknown 1, in 3:5;");
    buf_release(&out);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_actions_a_statement_gives),
        cmocka_unit_test(means_by_public_what_s3_means),
        cmocka_unit_test(reads_statements_that_are_spread_over_properties),
        cmocka_unit_test(knows_whom_a_statement_admits),
        cmocka_unit_test(keeps_places_and_hides_what_came_by_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
