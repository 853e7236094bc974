#include "environments/serverless/compile.h"

/* The code of functions and layers: the service's directory, or the layer's. */

static const char *const selections[] = {"artifact", "exclude", "include", "individually", "patterns"};

static bool refuse_selection(struct sls *sls, const struct value *package)
{
    for (size_t i = 0; i < ARRAY_LENGTH(selections); i++)
        if (truthy(value_get(package, selections[i]))) {
            sls_unsupported(sls, package, "'package' with '%s' is not supported", selections[i]);
            return false;
        }
    return true;
}

static bool code_of(struct sls *sls, struct str directory, struct sls_code *code)
{
    if (!files_digest(sls->options->files, sls->arena, directory, &code->digest, sls->error)) {
        sls->failed = true;
        return false;
    }
    code->artifact = form(sls, "{'Plumb::Artifact': {'Digest': %v, 'Path': %v}}",
                          value_string(sls->arena, code->digest), value_string(sls->arena, directory));
    code->code_sha256 = NULL;
    return true;
}

bool code_of_function(struct sls *sls, const struct sls_function *f, struct sls_code *code)
{
    return refuse_selection(sls, value_get(sls->service, "package")) &&
           refuse_selection(sls, value_get(f->config, "package")) &&
           code_of(sls, path_directory(sls->options->path), code);
}

bool code_of_layer(struct sls *sls, struct str key, struct value *layer, struct sls_code *code)
{
    struct str directory = path_directory(sls->options->path), path = value_get_text(layer, "path");
    if (!refuse_selection(sls, value_get(layer, "package")))
        return false;
    if (!path_join(sls->arena, directory, path, &directory)) {
        sls_fail(sls, layer, "layer '%.*s' needs a 'path' in the repository", STR_ARG(key));
        return false;
    }
    return code_of(sls, directory, code);
}
