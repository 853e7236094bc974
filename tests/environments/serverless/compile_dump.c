/* compile_dump DIR [FILE [stage [region]]]: the template of a serverless.yml whose variables are replaced. */

#include <stdio.h>

#include "base/json.h"
#include "base/yaml_reader.h"
#include "environments/serverless/service.h"

int main(int count, char **arguments)
{
    struct error error = ERROR_INIT;
    struct arena *arena = arena_new();
    struct files_local *local;
    struct str bytes;
    struct value *service, *template;
    struct buf out = BUF_INIT(BUF_LARGE);
    struct template_options options = {.path = str_from(count > 2 ? arguments[2] : "serverless.yml")};
    if (count < 2 || !files_local_new(arguments[1], &local, &error))
        goto failed;
    struct files files = files_local_files(local);
    options.files = &files;
    if (!files_read(&files, arena, options.path, YAML_BYTES_MAX, &bytes, &error) ||
        !yaml_read(arena, options.path, bytes, &service, &error))
        goto failed;
    struct value *provider = value_get(service, "provider");
    if (!value_get(provider, "stage"))
        value_setz(arena, provider, "stage", value_stringz(arena, count > 3 ? arguments[3] : "dev"));
    if (!value_get(provider, "region"))
        value_setz(arena, provider, "region", value_stringz(arena, count > 4 ? arguments[4] : "us-east-1"));
    if (!serverless_compile(arena, &options, service, &template, &error))
        goto failed;
    json_write(&out, template, JSON_PRETTY);
    fwrite(out.ptr, 1, out.len, stdout);
    buf_release(&out);
    files_local_free(local);
    arena_free(arena);
    return 0;
failed:
    fprintf(stderr, "error: %s\n", error.message);
    arena_free(arena);
    return 1;
}
