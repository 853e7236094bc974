#include "base/digest.h"
#include "base/json.h"
#include "environments/serverless/compile.h"

/* `layers` of the service. */

static void allow_accounts(struct sls *sls, const char *id, const char *key_id, const struct value *layer,
                           const char *suffix)
{
    const struct value *accounts = value_get(layer, "allowedAccounts");
    for (size_t i = 0; value_is(accounts, VALUE_LIST) && i < accounts->count; i++) {
        struct str account = value_text(accounts->items[i]);
        const char *part = str_is(account, "*") ? "Wild" : text_of(sls, accounts->items[i]);
        sls_put(sls, textf(sls, "%s%sLambdaLayerPermission%s", key_id, part, suffix),
                form(sls,
                     "{'Type': 'AWS::Lambda::LayerVersionPermission', 'Properties': {'Action': "
                     "'lambda:GetLayerVersion', 'LayerVersionArn': {'Ref': '%s'}, 'Principal': %v}, "
                     "'DeletionPolicy': %v}",
                     id, accounts->items[i], *suffix ? form_text(sls, "Retain") : NULL),
                layer);
    }
}

static void compile_layer(struct sls *sls, const struct value_entry *entry)
{
    struct value *layer = entry->value;
    const char *key_id = name_resource(sls, entry->key), *suffix = "";
    struct sls_code code;
    if (!code_of_layer(sls, entry->key, layer, &code))
        return;
    struct value *properties = form(
        sls,
        "{'Content': %v, 'LayerName': %v, 'Description': %v, 'LicenseInfo': %v, 'CompatibleRuntimes': %v, "
        "'CompatibleArchitectures': %v}",
        code.artifact, truthy_or(value_get(layer, "name"), value_string(sls->arena, entry->key)),
        if_truthy(value_get(layer, "description")), if_truthy(value_get(layer, "licenseInfo")),
        if_truthy(value_get(layer, "compatibleRuntimes")),
        if_truthy(value_get(layer, "compatibleArchitectures")));
    const char *hash =
        arena_strz(sls->arena, sha1_hex(sls->arena, json_text(sls->arena, properties, JSON_CANONICAL)));
    bool retain = truthy(value_get(layer, "retain"));
    if (retain)
        suffix = hash;
    const char *base = textf(sls, "%sLambdaLayer", key_id), *id = textf(sls, "%s%s", base, suffix);
    sls_put(sls, id,
            form(sls, "{'Type': 'AWS::Lambda::LayerVersion', 'Properties': %v, 'DeletionPolicy': %v}",
                 properties, retain ? form_text(sls, "Retain") : NULL),
            layer);
    allow_accounts(sls, id, key_id, layer, suffix);
    sls_output(sls, textf(sls, "%sQualifiedArn", base), "Current Lambda layer version",
               form(sls, "{'Ref': '%s'}", id));
    sls_output(sls, textf(sls, "%sHash", base), "Current Lambda layer hash", form_text(sls, hash));
    sls_output(sls, textf(sls, "%sS3Key", base), "Current Lambda layer S3Key",
               form_text(sls, textf(sls, "serverless/%s/%s/%.*s/%.*s.zip", sls->name, sls->stage,
                                    STR_ARG(code.digest), STR_ARG(entry->key))));
}

void compile_layers(struct sls *sls)
{
    struct value *layers = value_get(sls->service, "layers");
    if (truthy(layers) && layers->kind != VALUE_MAP)
        sls_fail(sls, layers, "'layers' must be a map, not %s", value_kind_name(layers->kind));
    for (size_t i = 0; value_is(layers, VALUE_MAP) && i < layers->count && !sls->failed; i++) {
        schema_check(sls, "layer", textf(sls, "layer '%.*s'", STR_ARG(layers->entries[i].key)),
                     &layers->entries[i].value);
        compile_layer(sls, &layers->entries[i]);
    }
}
