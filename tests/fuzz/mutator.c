#include <string.h>

#include "base/json.h"
#include "base/yaml_reader.h"
#include "tests/fuzz/tree.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Keys and texts that mean something somewhere. */
static const char *const words[] = {
    "Ref",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::If",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::GetStackOutput",
    "Fn::Transform",
    "Fn::ForEach::Loop",
    "Fn::Length",
    "Fn::ToJsonString",
    "Fn::And",
    "Fn::Or",
    "Fn::Not",
    "Fn::Equals",
    "Fn::Contains",
    "Fn::EachMemberIn",
    "Fn::EachMemberEquals",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Condition",
    "Conditions",
    "Parameters",
    "Mappings",
    "Outputs",
    "Rules",
    "Resources",
    "Globals",
    "Transform",
    "Metadata",
    "AWS::LanguageExtensions",
    "AWS::Serverless-2016-10-31",
    "AWS::Include",
    "AWS::NoValue",
    "AWS::Region",
    "AWS::AccountId",
    "AWS::StackName",
    "AWS::StackId",
    "AWS::Partition",
    "Type",
    "Properties",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "UpdatePolicy",
    "CreationPolicy",
    "Default",
    "AllowedValues",
    "NoEcho",
    "AllowedPattern",
    "List<Number>",
    "CommaDelimitedList",
    "AWS::SSM::Parameter::Value<String>",
    "Export",
    "Name",
    "Value",
    "Location",
    "${AWS::Region}",
    "${Table.Arn}",
    "${!Literal}",
    "${",
    "{{resolve:ssm:/a/b:1}}",
    "{{resolve:secretsmanager:s:SecretString:k}}",
    "Function",
    "Api",
    "HttpApi",
    "Events",
    "Auth",
    "Policies",
    "AWS::Serverless::Function",
    "AWS::Serverless::Api",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::StateMachine",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::LayerVersion",
    "AWS::Serverless::Connector",
    "AWS::Serverless::GraphQLApi",
    "AWS::Serverless::WebSocketApi",
    "AWS::Serverless::Application",
    "AWS::Serverless::CapacityProvider",
    "AWS::CloudFormation::Stack",
    "TemplateURL",
    "AWS::Lambda::Function",
    "AutoPublishAlias",
    "DeploymentPreference",
    "Canary10Percent5Minutes",
    "Hooks",
    "Alarms",
    "Connectors",
    "DefinitionBody",
    "CodeUri",
    "Handler",
    "Runtime",
    "Tags",
    "Environment",
    "Variables",
    "Authorizers",
    "DefaultAuthorizer",
    "ApiKeyRequired",
    "UsagePlan",
    "Domain",
    "Cors",
    "StageName",
    "IgnoreGlobals",
    "paths",
    "x-amazon-apigateway-integration",
    "securityDefinitions",
    "swagger",
    "openapi",
    "service",
    "provider",
    "functions",
    "events",
    "http",
    "httpApi",
    "sqs",
    "sns",
    "schedule",
    "stream",
    "handler",
    "custom",
    "package",
    "plugins",
    "resources",
    "${self:custom.a}",
    "${opt:stage, 'dev'}",
    "${file(x.yml):a.b}",
    "${param:p}",
    "${env:HOME}",
    "${sls:stage}",
    "${ssm:/a}",
    "${cf:stack.out}",
    "${aws:accountId}",
    "${self:}",
    "version",
    "artifacts",
    "aws:cloudformation:stack",
    "cdk:asset-manifest",
    "cdk:cloud-assembly",
    "templateFile",
    "files",
    "dependencies",
    "missing",
    "environment",
    "aws://123456789012/eu-west-1",
    "directoryName",
    "dockerImages",
    "source",
    "destinations",
    "packaging",
    "zip",
    "bucketName",
    "objectKey",
    "../x",
    "a/../../b",
    "/etc/passwd",
    "{\"Fn::Sub\": \"${AWS::AccountId}\"}",
    "arn:aws:lambda:eu-west-1:123456789012:function:f",
    "10.0.0.0/16",
};

/* xorshift: the same seed, the same mutation. */
struct chance {
    uint64_t state;
};

static size_t below(struct chance *chance, size_t limit)
{
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return limit ? (size_t)(chance->state % limit) : 0;
}

static struct str word(struct chance *chance)
{
    return str_from(words[below(chance, ARRAY_LENGTH(words))]);
}

static size_t count_nodes(const struct value *value)
{
    size_t nodes = 1;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        nodes += count_nodes(value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        nodes += count_nodes(value->entries[i].value);
    return nodes;
}

/* The place of the node at `*index` in depth-first order. */
static struct value **find_node(struct value **place, size_t *index)
{
    struct value *value = *place, **found = NULL;
    if ((*index)-- == 0)
        return place;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count && !found; i++)
        found = find_node(&value->items[i], index);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count && !found; i++)
        found = find_node(&value->entries[i].value, index);
    return found;
}

static struct value **any_node(struct chance *chance, struct value **root)
{
    size_t index = below(chance, count_nodes(*root));
    return find_node(root, &index);
}

static struct value *any_scalar(struct chance *chance, struct arena *arena)
{
    switch (below(chance, 6)) {
    case 0:
        return value_null(arena);
    case 1:
        return value_bool(arena, below(chance, 2));
    case 2:
        return value_int(arena, (int64_t)below(chance, 3) - 1);
    case 3:
        return value_list(arena);
    case 4:
        return value_map(arena);
    default:
        return value_string(arena, word(chance));
    }
}

static void change_key(struct chance *chance, struct arena *arena, struct value *map)
{
    struct str key = word(chance);
    size_t at = below(chance, map->count);
    if (value_get_str(map, key))
        value_remove(map, key);
    else if (map->count && below(chance, 2))
        map->entries[at].key = arena_str(arena, key);
    else
        value_set(arena, map, key, any_scalar(chance, arena));
    map->index = NULL;
}

static void drop_one(struct chance *chance, struct value *value)
{
    size_t at = below(chance, value->count);
    if (value_is(value, VALUE_MAP) && value->count)
        value_remove(value, value->entries[at].key);
    if (value_is(value, VALUE_LIST) && value->count) {
        memmove(value->items + at, value->items + at + 1, (value->count - at - 1) * sizeof *value->items);
        value->count--;
    }
}

static void wrap(struct chance *chance, struct arena *arena, struct value **place)
{
    struct value *outer = below(chance, 3) ? value_map(arena) : value_list(arena);
    if (value_is(outer, VALUE_MAP))
        value_set(arena, outer, word(chance), *place);
    else
        value_append(arena, outer, *place);
    *place = outer;
}

static void mutate(struct chance *chance, struct arena *arena, struct value **root)
{
    struct value **place = any_node(chance, root);
    switch (below(chance, 6)) {
    case 0:
        *place = any_scalar(chance, arena);
        break;
    case 1:
        *place = value_copy(arena, *any_node(chance, root));
        break;
    case 2:
        wrap(chance, arena, place);
        break;
    case 3:
        drop_one(chance, *place);
        break;
    default:
        if (value_is(*place, VALUE_MAP))
            change_key(chance, arena, *place);
        else if (value_is(*place, VALUE_LIST))
            value_append(arena, *place, any_scalar(chance, arena));
        else
            *place = value_string(arena, word(chance));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct chance chance = {.state = (uint64_t)seed << 1 | 1};
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *root;
    struct str text = STR_EMPTY;
    if (below(&chance, 8) &&
        yaml_read(arena, STR("f"), (struct str){(const char *)data, size}, &root, &error)) {
        for (size_t steps = below(&chance, 4) + 1; steps > 0; steps--)
            mutate(&chance, arena, &root);
        text = json_text(arena, root, JSON_COMPACT);
    }
    bool fits = text.len > 0 && text.len <= max_size;
    if (fits)
        memcpy(data, text.ptr, text.len);
    size_t made = fits ? text.len : LLVMFuzzerMutate(data, size, max_size);
    arena_free(arena);
    return made;
}
