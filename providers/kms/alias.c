/*
 * AWS::KMS::Alias.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-alias.html
 *
 * No call describes an alias; DescribeKey by the alias' name tells which key it stands for.
 */

#include "providers/kms/key_id.h"
#include "providers/kms/operations.h"
#include "providers/kms/types.h"
#include "providers/plain.h"

static const struct shape rules[] = {{.path = NULL, .facts = "AWS::KMS::Alias"}};
static const struct wire_name names[] = {{"TargetKeyId", "KeyId"}, {NULL, NULL}};
static const struct plain_key keys[] = {{"AliasName", NULL}, {NULL, NULL}};
static const struct plain_key read_keys[] = {{"KeyId", NULL}, {NULL, NULL}};

/* A key may be told by its id or by its ARN. */
static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(rules, arena, properties);
    kms_key_normalize(arena, properties, "TargetKeyId");
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)item;
    (void)error;
    and_with(call->arena, state->properties, "AliasName", call->physical_id);
    return true;
}

/* What update and create carry is called as the property is, unlike in the answer. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)live;
    (void)error;
    value_remove(input, STR("KeyId"));
    and_with(call->arena, input, "TargetKeyId", kms_key_id(value_get_text(target, "TargetKeyId")));
    return true;
}

static const struct plain plain = {
    .rules = rules,
    .names = names,
    .create = &kms_operations[KMS_CREATE_ALIAS],
    .read = &kms_operations[KMS_DESCRIBE_KEY],
    .update = &kms_operations[KMS_UPDATE_ALIAS],
    .remove = &kms_operations[KMS_DELETE_ALIAS],
    .keys = keys,
    .read_keys = read_keys,
    .item = "KeyMetadata",
    .send = send,
    .receive = receive,
};

const struct resource_type kms_alias_type = {
    .name = "AWS::KMS::Alias",
    .name_property = "AliasName",
    .normalize = normalize,
    .plain = &plain,
    PLAIN_LIFE,
    .arn = "arn:{partition}:kms:{region}:{account}:{AliasName}",
};
