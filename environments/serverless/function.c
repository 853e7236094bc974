#include "environments/serverless/compile.h"

/* AWS::Lambda::Function of each function. */

static struct value *setting(const struct sls *sls, const struct sls_function *f, const char *name)
{
    return truthy_or(value_get(f->config, name), if_truthy(value_get(sls->provider, name)));
}

/* The provider's entries, and the function's over them. */
static struct value *both_maps(struct sls *sls, const struct sls_function *f, const char *name)
{
    struct value *own = value_get(f->config, name), *shared = value_get(sls->provider, name);
    if (!truthy(own) && !truthy(shared))
        return NULL;
    struct value *map = value_map(sls->arena);
    for (size_t i = 0; value_is(shared, VALUE_MAP) && i < shared->count; i++)
        value_set(sls->arena, map, shared->entries[i].key, shared->entries[i].value);
    for (size_t i = 0; value_is(own, VALUE_MAP) && i < own->count; i++)
        value_set(sls->arena, map, own->entries[i].key, own->entries[i].value);
    return map;
}

static struct value *environment_of(struct sls *sls, const struct sls_function *f)
{
    struct value *variables = both_maps(sls, f, "environment");
    return variables ? form(sls, "{'Variables': %v}", variables) : NULL;
}

static struct value *tags_of_function(struct sls *sls, const struct sls_function *f)
{
    struct value *tags = both_maps(sls, f, "tags");
    return tags ? sls_tags(sls, tags) : NULL;
}

static struct value *vpc_of(struct sls *sls, const struct sls_function *f)
{
    struct value *own = value_get(f->config, "vpc"), *shared = value_get(sls->provider, "vpc");
    bool unset = own && !truthy(own);
    struct value *groups =
        truthy_or(value_get(own, "securityGroupIds"), if_truthy(value_get(shared, "securityGroupIds")));
    struct value *subnets = truthy_or(value_get(own, "subnetIds"), if_truthy(value_get(shared, "subnetIds")));
    if (unset || !groups || !subnets)
        return NULL;
    return form(sls, "{'SecurityGroupIds': %v, 'SubnetIds': %v}", groups, subnets);
}

static struct value *dead_letters(struct sls *sls, const struct sls_function *f)
{
    struct value *target = value_get(f->config, "onError");
    if (!truthy(target))
        return NULL;
    if (target->kind == VALUE_STRING)
        sls_allow(sls, form(sls, "{'Effect': 'Allow', 'Action': ['sns:Publish'], 'Resource': [%v]}", target));
    return form(sls, "{'TargetArn': %v}", target);
}

static struct value *key_of(struct sls *sls, const struct sls_function *f)
{
    struct value *key = setting(sls, f, "kmsKeyArn");
    if (value_is(key, VALUE_STRING))
        sls_allow_once(sls,
                       form(sls, "{'Effect': 'Allow', 'Action': ['kms:Decrypt'], 'Resource': [%v]}", key));
    return key;
}

static struct value *tracing_of(struct sls *sls, const struct sls_function *f)
{
    struct value *mode = truthy_or(value_get(f->config, "tracing"),
                                   if_truthy(value_path(sls->provider, "tracing", "lambda", NULL)));
    if (!mode)
        return NULL;
    sls_allow_once(sls, form(sls, "{'Effect': 'Allow', 'Action': ['xray:PutTraceSegments', "
                                  "'xray:PutTelemetryRecords'], 'Resource': ['*']}"));
    return form(sls, "{'Mode': %v}", mode->kind == VALUE_BOOL ? form_text(sls, "Active") : mode);
}

static struct value *file_systems(struct sls *sls, const struct sls_function *f, const struct value *vpc)
{
    struct value *config = value_get(f->config, "fileSystemConfig");
    if (!truthy(config))
        return NULL;
    if (!vpc)
        sls_fail(sls, config, "function '%s' has 'fileSystemConfig', which needs 'vpc'", f->key);
    struct value *arn = value_get(config, "arn");
    sls_allow(sls, form(sls,
                        "{'Effect': 'Allow', 'Action': ['elasticfilesystem:ClientMount', "
                        "'elasticfilesystem:ClientWrite'], 'Resource': [%v]}",
                        arn));
    return form(sls, "[{'Arn': %v, 'LocalMountPath': %v}]", arn, value_get(config, "localMountPath"));
}

static struct value *runtime_management(struct sls *sls, const struct sls_function *f)
{
    static const char *const modes[][2] = {{"onFunctionUpdate", "FunctionUpdate"}, {"manual", "Manual"}};
    const struct value *settings = setting(sls, f, "runtimeManagement");
    const struct value *mode = value_is(settings, VALUE_MAP) ? value_get(settings, "mode") : settings;
    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++)
        if (value_is_text(mode, modes[i][0]))
            return form(sls, "{'UpdateRuntimeOn': '%s', 'RuntimeVersionArn': %v}", modes[i][1],
                        i == 1 ? value_get(settings, "arn") : NULL);
    if (mode && !value_is_text(mode, "auto"))
        sls_fail(sls, mode, "'runtimeManagement' of function '%s' must be auto, onFunctionUpdate or manual",
                 f->key);
    return NULL;
}

static struct value *role_of(struct sls *sls, const struct sls_function *f, struct value *depends_on)
{
    struct value *role = custom_role(sls, f);
    if (!truthy(role))
        return form(sls, "{'Fn::GetAtt': ['IamRoleLambdaExecution', 'Arn']}");
    if (role->kind == VALUE_STRING && str_starts(role->text, "arn:"))
        return role;
    if (role->kind == VALUE_STRING) {
        if (!str_is(role->text, "IamRoleLambdaExecution"))
            value_append(sls->arena, depends_on, role);
        return form(sls, "{'Fn::GetAtt': [%v, 'Arn']}", role);
    }
    struct value *attribute = value_get(role, "Fn::GetAtt");
    if (value_at(attribute, 0))
        value_append(sls->arena, depends_on, value_at(attribute, 0));
    return role;
}

static struct value *depends_on_of(struct sls *sls, const struct sls_function *f)
{
    struct value *list = value_list(sls->arena), *given = value_get(f->config, "dependsOn");
    if (!truthy(value_get(f->config, "disableLogs")))
        value_append(sls->arena, list, form_text(sls, textf(sls, "%sLogGroup", f->id)));
    for (size_t i = 0; value_is(given, VALUE_LIST) && i < given->count; i++)
        value_append(sls->arena, list, given->items[i]);
    return list;
}

static struct value *image_uri(struct sls *sls, const struct sls_function *f)
{
    struct value *image = value_get(f->config, "image");
    struct value *uri = value_is(image, VALUE_MAP) ? value_get(image, "uri") : image;
    struct value *name = value_is(image, VALUE_MAP) ? value_get(image, "name") : NULL;
    if (value_is(uri, VALUE_STRING) && !str_contains(uri->text, "/") && !str_contains(uri->text, "@"))
        name = uri;
    if (name) {
        struct value *known = value_get_str(value_path(sls->provider, "ecr", "images", NULL), name->text);
        uri = value_is(known, VALUE_MAP) ? value_get(known, "uri") : known;
    }
    if (!value_is(uri, VALUE_STRING) || !str_contains(uri->text, "@sha256:"))
        sls_unsupported(sls, image, "function '%s' has an image without a digest ('...@sha256:...')", f->key);
    return uri;
}

static struct value *image_config(struct sls *sls, const struct sls_function *f)
{
    const struct value *image = value_get(f->config, "image");
    struct value *config =
        form(sls, "{'Command': %v, 'EntryPoint': %v, 'WorkingDirectory': %v}",
             if_truthy(value_get(image, "command")), if_truthy(value_get(image, "entryPoint")),
             if_truthy(value_get(image, "workingDirectory")));
    return config->count ? config : NULL;
}

static struct value *properties_of(struct sls *sls, const struct sls_function *f, struct value *code,
                                   struct value *depends_on)
{
    bool image = truthy(value_get(f->config, "image"));
    struct value *architecture = setting(sls, f, "architecture"), *storage;
    struct value *vpc = vpc_of(sls, f), *reserved = value_get(f->config, "reservedConcurrency");
    storage = if_truthy(value_get(f->config, "ephemeralStorageSize"));
    struct value *dead = dead_letters(sls, f), *key = key_of(sls, f), *tracing = tracing_of(sls, f);
    return form(
        sls,
        "{'Code': %v, 'ImageConfig': %v, 'RuntimeManagementConfig': %v, 'Handler': %v, 'Runtime': %v, "
        "'PackageType': %v, 'FunctionName': '%s', 'MemorySize': %v, 'Timeout': %v, 'Architectures': %v, "
        "'Description': %v, 'Tags': %v, 'EphemeralStorage': %v, 'DeadLetterConfig': %v, 'KmsKeyArn': %v, "
        "'TracingConfig': %v, 'Environment': %v, 'Role': %v, 'VpcConfig': %v, 'FileSystemConfigs': %v, "
        "'ReservedConcurrentExecutions': %v, 'Layers': %v}",
        code, image ? image_config(sls, f) : NULL, image ? NULL : runtime_management(sls, f),
        image ? NULL : value_get(f->config, "handler"),
        image ? NULL : truthy_or(setting(sls, f, "runtime"), form_text(sls, "nodejs16.x")),
        image ? form_text(sls, "Image") : NULL, f->name,
        truthy_or(setting(sls, f, "memorySize"), value_int(sls->arena, 1024)),
        truthy_or(setting(sls, f, "timeout"), value_int(sls->arena, 6)),
        architecture ? form(sls, "[%v]", architecture) : NULL, if_truthy(value_get(f->config, "description")),
        tags_of_function(sls, f), storage ? form(sls, "{'Size': %v}", storage) : NULL, dead, key, tracing,
        environment_of(sls, f), role_of(sls, f, depends_on), vpc, file_systems(sls, f, vpc),
        if_given(reserved), setting(sls, f, "layers"));
}

static void check_handler(struct sls *sls, const struct sls_function *f)
{
    bool handler = truthy(value_get(f->config, "handler")), image = truthy(value_get(f->config, "image"));
    if (handler == image)
        sls_fail(sls, f->config, "function '%s' needs %s of 'handler' and 'image'", f->key,
                 handler ? "only one" : "one");
}

static bool is_versioned(const struct sls *sls, const struct sls_function *f)
{
    const struct value *own = if_given(value_get(f->config, "versionFunction"));
    const struct value *shared = if_given(value_get(sls->provider, "versionFunctions"));
    return own ? truthy(own) : !shared || truthy(shared);
}

static void compile_function(struct sls *sls, struct sls_function *f, struct sls_code *code)
{
    check_handler(sls, f);
    if (sls->failed)
        return;
    if (truthy(value_get(f->config, "image"))) {
        struct value *uri = image_uri(sls, f);
        struct str text = value_text(uri);
        code->artifact = form(sls, "{'ImageUri': %v}", uri);
        code->code_sha256 = value_string(sls->arena, str_from_index(text, str_find(text, '@') + 8));
        code->digest = text;
    } else if (!code_of_function(sls, f, code)) {
        return;
    }
    struct value *depends_on = depends_on_of(sls, f);
    struct value *properties = properties_of(sls, f, code->artifact, depends_on);
    sls_put(sls, f->lambda,
            form(sls, "{'Type': 'AWS::Lambda::Function', 'Properties': %v, 'Condition': %v, 'DependsOn': %v}",
                 properties, if_truthy(value_get(f->config, "condition")),
                 depends_on->count ? depends_on : NULL),
            f->config);
}

static bool has_version(const struct sls *sls, const struct sls_function *f)
{
    return is_versioned(sls, f) || truthy(value_get(f->config, "provisionedConcurrency")) ||
           truthy(value_get(f->config, "snapStart"));
}

static void complete_function(struct sls *sls, struct sls_function *f, const struct sls_code *code)
{
    if (!sls->failed && has_version(sls, f))
        compile_version(sls, f, value_get(sls->resources, f->lambda), code, is_versioned(sls, f));
    if (!sls->failed) {
        compile_url(sls, f);
        compile_invoke_config(sls, f);
    }
}

/* The order of the role's statements is the framework's: images wait for one answer, versions for a file. */
void compile_functions(struct sls *sls)
{
    enum { PLAIN, IMAGES, VERSIONS, PASSES };
    struct sls_code *codes = arena_array(sls->arena, sls->function_count + 1, sizeof *codes);
    for (int pass = PLAIN; pass < PASSES; pass++)
        for (size_t i = 0; i < sls->function_count && !sls->failed; i++) {
            struct sls_function *f = &sls->functions[i];
            bool image = truthy(value_get(f->config, "image")), version = has_version(sls, f);
            if (pass == (image ? IMAGES : PLAIN))
                compile_function(sls, f, &codes[i]);
            if (pass == (image ? IMAGES : version ? VERSIONS : PLAIN))
                complete_function(sls, f, &codes[i]);
        }
}
