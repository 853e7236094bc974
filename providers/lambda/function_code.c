#include "providers/lambda/function_code.h"

#include "base/digest.h"
#include "providers/lambda/common.h"
#include "providers/lambda/inline_zip.h"
#include "providers/shape.h"

static bool zip_members(const struct resource_call *call, struct str zip, struct value *members,
                        struct str *digest)
{
    unsigned char sum[SHA256_SIZE];
    sha256(zip, sum);
    *digest = base64_encode(call->arena, (struct str){.ptr = (const char *)sum, .len = sizeof(sum)});
    value_setz(call->arena, members, "ZipFile", value_string(call->arena, base64_encode(call->arena, zip)));
    return true;
}

/* How many of the ways to give code are used. */
static int count_sources(const struct value *code)
{
    static const char *const sources[] = {"Plumb::Artifact", "ZipFile", "S3Bucket", "ImageUri"};
    int count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++)
        count += value_get(code, sources[i]) != NULL;
    return count;
}

bool function_code(const struct resource_call *call, const struct value *code, struct str runtime,
                   struct value **members, struct str *digest, struct error *error)
{
    static const char *const plain[] = {"S3Bucket", "S3Key",           "S3ObjectVersion",
                                        "ImageUri", "SourceKMSKeyArn", NULL};
    *members = value_map(call->arena);
    *digest = STR_EMPTY;
    if (count_sources(code) != 1)
        return value_error(code, error, ERROR_INVALID,
                           "Code needs one of a local directory, ZipFile, S3Bucket with S3Key, or ImageUri");
    members_copy(call->arena, *members, code, plain);
    const struct value *artifact = value_get(code, "Plumb::Artifact"), *source = value_get(code, "ZipFile");
    struct str zip;
    if (artifact)
        return call->artifacts->zip(call->artifacts->self, call->arena, value_get_text(artifact, "Digest"),
                                    &zip, error) &&
               zip_members(call, zip, *members, digest);
    if (source)
        return inline_zip(call->arena, runtime, source->text, &zip, error) &&
               zip_members(call, zip, *members, digest);
    return true;
}

/* Where only AWS can tell the digest: another place than last time is another code; at the same place,
 * Lambda is asked what it would take from there. */
static bool ask_whether_differs(const struct resource_call *call, const struct value *input,
                                const struct value *code, const struct value *configuration, bool *differs,
                                struct error *error)
{
    const struct value *last = value_get(call->previous, "Code");
    *differs = true;
    if (!last || !value_equal(last, code))
        return true;
    struct value *question = value_copy(call->arena, input), *answer;
    value_setz(call->arena, question, "DryRun", value_bool(call->arena, true));
    if (!call_over_hurdles(call->aws, &lambda_operations[LAMBDA_UPDATE_FUNCTION_CODE], call->arena, question,
                           lambda_update_hurdles, LAMBDA_ROLE_MS, &answer, error))
        return false;
    *differs = !str_equal(value_get_text(answer, "CodeSha256"), value_get_text(configuration, "CodeSha256"));
    return true;
}

bool function_code_update(const struct resource_call *call, const struct value *target,
                          const struct value *live, const struct value *configuration, bool *written,
                          struct error *error)
{
    static const char *const also[] = {"Architectures", NULL};
    static const char *const revision[] = {"RevisionId", NULL};
    struct value *input;
    struct str digest, runtime = value_get_text(target, "Runtime");
    /* As it is declared: the target also names, as nothing, the sources that it had before. */
    const struct value *code = value_get(call->properties, "Code");
    *written = false;
    if (!code) /* who is adopted is told what is live, and code cannot be read */
        return true;
    if (!function_code(call, code, runtime, &input, &digest, error))
        return false;
    and_with(call->arena, input, "FunctionName", value_get_text(configuration, "FunctionName"));
    bool differs = digest.len && !str_equal(digest, value_get_text(configuration, "CodeSha256"));
    if (!digest.len && !ask_whether_differs(call, input, code, configuration, &differs, error))
        return false;
    *written = differs || shape_differs(target, live, "Architectures");
    if (!*written)
        return true;
    members_copy(call->arena, input, target, also);
    members_copy(call->arena, input, configuration, revision);
    return call_over_hurdles(call->aws, &lambda_operations[LAMBDA_UPDATE_FUNCTION_CODE], call->arena, input,
                             lambda_update_hurdles, LAMBDA_ROLE_MS, NULL, error);
}
