#include "environments/packaging.h"

#include "base/json.h"
#include "base/yaml_reader.h"

enum { DOCUMENT_MAX = 1024 * 1024 };

enum form {
    FORM_ARTIFACT, /* {"Plumb::Artifact": ...} in place of the path */
    FORM_BODY,     /* the parsed document in the property `into` */
    FORM_TEXT,     /* {"Plumb::Text": text}: JSON, whatever the file is */
    FORM_INLINE,   /* the text as it is in the property `into` */
};

static const struct {
    const char *type, *property;
    enum form form;
    const char *into;
} packaged[] = {
    {"AWS::ApiGateway::RestApi", "BodyS3Location", FORM_BODY, "Body"},
    {"AWS::ApiGatewayV2::Api", "BodyS3Location", FORM_BODY, "Body"},
    {"AWS::AppSync::FunctionConfiguration", "CodeS3Location", FORM_INLINE, "Code"},
    {"AWS::AppSync::FunctionConfiguration", "RequestMappingTemplateS3Location", FORM_INLINE,
     "RequestMappingTemplate"},
    {"AWS::AppSync::FunctionConfiguration", "ResponseMappingTemplateS3Location", FORM_INLINE,
     "ResponseMappingTemplate"},
    {"AWS::AppSync::GraphQLSchema", "DefinitionS3Location", FORM_INLINE, "Definition"},
    {"AWS::AppSync::Resolver", "CodeS3Location", FORM_INLINE, "Code"},
    {"AWS::AppSync::Resolver", "RequestMappingTemplateS3Location", FORM_INLINE, "RequestMappingTemplate"},
    {"AWS::AppSync::Resolver", "ResponseMappingTemplateS3Location", FORM_INLINE, "ResponseMappingTemplate"},
    {"AWS::Lambda::Function", "Code", FORM_ARTIFACT, NULL},
    {"AWS::Lambda::LayerVersion", "Content", FORM_ARTIFACT, NULL},
    {"AWS::Serverless::Api", "DefinitionUri", FORM_BODY, "DefinitionBody"},
    {"AWS::Serverless::Function", "CodeUri", FORM_ARTIFACT, NULL},
    {"AWS::Serverless::GraphQLApi", "SchemaUri", FORM_INLINE, "SchemaInline"},
    {"AWS::Serverless::HttpApi", "DefinitionUri", FORM_BODY, "DefinitionBody"},
    {"AWS::Serverless::LayerVersion", "ContentUri", FORM_ARTIFACT, NULL},
    {"AWS::Serverless::StateMachine", "DefinitionUri", FORM_TEXT, NULL},
    {"AWS::StepFunctions::StateMachine", "DefinitionS3Location", FORM_INLINE, "DefinitionString"},
};

struct packager {
    struct arena *arena;
    const struct template_options *options;
    const char *owner; /* the resource, for messages */
    bool complete;     /* what is missing is refused */
};

static bool is_local(const struct value *value)
{
    return value_is(value, VALUE_STRING) && value->text.len > 0 && !str_contains(value->text, "://") &&
           !str_contains(value->text, "{{resolve:");
}

static bool find(const struct packager *packager, const struct value *path, struct str *out,
                 struct error *error)
{
    struct str directory = path_directory(packager->options->path), relative = path->text;
    if (str_ends(relative, "/") && relative.len > 1)
        relative.len--;
    if (str_starts(relative, "./"))
        relative = str_from_index(relative, 2);
    if (str_is(relative, ".")) {
        *out = directory;
        return true;
    }
    return path_join(packager->arena, directory, relative, out) ||
           value_error(path, error, ERROR_INVALID, "resource '%s': '%.*s' leads out of the repository",
                       packager->owner, STR_ARG(path->text));
}

static bool is_missing(const struct packager *packager, const struct value *path, struct str found,
                       struct error *error)
{
    if (files_exist(packager->options->files, found))
        return false;
    if (packager->complete)
        value_error(path, error, ERROR_NOT_FOUND, "resource '%s': there is no '%.*s' in the repository",
                    packager->owner, STR_ARG(found));
    return true;
}

static bool artifact_of(const struct packager *packager, struct str path, const struct value *at,
                        struct value **out, struct error *error)
{
    struct str digest;
    if (!files_digest(packager->options->files, packager->arena, path, &digest, error))
        return error_prefix(error, "resource '%s'", packager->owner);
    struct value *artifact = value_map(packager->arena);
    value_setz(packager->arena, artifact, "Digest", value_string(packager->arena, digest));
    value_setz(packager->arena, artifact, "Path", value_string(packager->arena, path));
    *out = value_at_position_of(value_map(packager->arena), at);
    value_setz(packager->arena, *out, "Plumb::Artifact", artifact);
    return true;
}

static bool document_of(const struct packager *packager, struct str path, enum form form, struct value **out,
                        struct error *error)
{
    struct str bytes;
    if (!files_read(packager->options->files, packager->arena, path, DOCUMENT_MAX, &bytes, error))
        return error_prefix(error, "resource '%s'", packager->owner);
    bool yaml = str_ends(path, ".yaml") || str_ends(path, ".yml");
    if (form == FORM_BODY || (form == FORM_TEXT && yaml)) {
        if (!yaml_read(packager->arena, path, bytes, out, error))
            return error_prefix(error, "resource '%s'", packager->owner);
        if (form == FORM_BODY)
            return true;
        bytes = json_text(packager->arena, *out, JSON_COMPACT);
    }
    *out = value_string(packager->arena, bytes);
    return true;
}

static bool package_property(const struct packager *packager, struct value *properties, size_t row,
                             struct error *error)
{
    struct value *path = value_get(properties, packaged[row].property), *made;
    struct str found;
    if (!is_local(path))
        return true;
    if (!find(packager, path, &found, error))
        return false;
    if (is_missing(packager, path, found, error))
        return !packager->complete;
    if (packaged[row].form == FORM_ARTIFACT) {
        if (!artifact_of(packager, found, path, &made, error))
            return false;
        value_setz(packager->arena, properties, packaged[row].property, made);
        return true;
    }
    if (!document_of(packager, found, packaged[row].form, &made, error))
        return false;
    value_at_position_of(made, path);
    if (packaged[row].form == FORM_TEXT) {
        struct value *map = value_at_position_of(value_map(packager->arena), path);
        value_setz(packager->arena, map, "Plumb::Text", made);
        value_setz(packager->arena, properties, packaged[row].property, map);
        return true;
    }
    value_remove(properties, str_from(packaged[row].property));
    value_setz(packager->arena, properties, packaged[row].into, made);
    return true;
}

static bool package_globals(struct packager *packager, const struct value *globals, struct error *error)
{
    packager->owner = "Globals";
    for (size_t k = 0; k < ARRAY_LENGTH(packaged); k++) {
        struct str type = str_from(packaged[k].type);
        struct value *section =
            str_starts(type, "AWS::Serverless::") ? value_get_str(globals, str_from_index(type, 17)) : NULL;
        if (section && !package_property(packager, section, k, error))
            return false;
    }
    return true;
}

static bool package_all(struct packager *packager, struct value *template, struct error *error)
{
    const struct value *resources = value_get(template, "Resources");
    if (!package_globals(packager, value_get(template, "Globals"), error))
        return false;
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count; i++) {
        struct value *properties = value_get(resources->entries[i].value, "Properties");
        packager->owner = resources->entries[i].key.ptr;
        for (size_t k = 0; value_is(properties, VALUE_MAP) && k < ARRAY_LENGTH(packaged); k++)
            if (value_is_text(value_get(resources->entries[i].value, "Type"), packaged[k].type) &&
                !package_property(packager, properties, k, error))
                return false;
    }
    return true;
}

bool package_template(struct arena *arena, const struct template_options *options, struct value *template,
                      struct error *error)
{
    struct packager packager = {.arena = arena, .options = options};
    return package_all(&packager, template, error);
}

bool package_complete(struct arena *arena, const struct template_options *options, struct value *template,
                      struct error *error)
{
    struct packager packager = {.arena = arena, .options = options, .complete = true};
    return package_all(&packager, template, error);
}
