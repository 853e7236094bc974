/*
 * AWS::Lambda::CodeSigningConfig: whose code functions take.  It has no name: it is known again by its tags.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-codesigningconfig.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/types.h"
#include "providers/plain.h"

#define WARNS "{\"UntrustedArtifactOnDeployment\":\"Warn\"}"

static const struct shape rules[] = {
    {.path = "AllowedPublishers.SigningProfileVersionArns", .kind = SHAPE_SET},
    {.path = "CodeSigningPolicies", .kind = SHAPE_MAP, .otherwise = WARNS},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.facts = "AWS::Lambda::CodeSigningConfig"},
};

static const char *const same[] = {"AllowedPublishers", NULL};
static const struct plain_key keys[] = {{"CodeSigningConfigArn", NULL}, {NULL, NULL}};

static const struct plain signing = {
    .rules = rules,
    .create = &lambda_operations[LAMBDA_CREATE_CODE_SIGNING_CONFIG],
    .read = &lambda_operations[LAMBDA_GET_CODE_SIGNING_CONFIG],
    .update = &lambda_operations[LAMBDA_UPDATE_CODE_SIGNING_CONFIG],
    .remove = &lambda_operations[LAMBDA_DELETE_CODE_SIGNING_CONFIG],
    .keys = keys,
    .item = "CodeSigningConfig",
    .id = "CodeSigningConfigArn",
    .list = &lambda_operations[LAMBDA_LIST_CODE_SIGNING_CONFIGS],
    .same = same,
    .names_repeat = true,
    .tags = "Tags",
    .list_tags = &lambda_operations[LAMBDA_LIST_TAGS],
    .list_tags_item = "Tags",
    .tag_calls = &lambda_tag_calls,
};

const struct resource_type lambda_code_signing_config_type = {
    .name = "AWS::Lambda::CodeSigningConfig",
    .traits = RESOURCE_TAGGED,
    .plain = &signing,
    PLAIN_LIFE,
    .arn = "arn:{partition}:lambda:{region}:{account}:code-signing-config:*",
};
