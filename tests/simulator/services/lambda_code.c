/* A function's code: zip files that are checked, objects of S3, and images. */

#include <zip.h>

#include "base/digest.h"
#include "tests/simulator/objects.h"
#include "tests/simulator/services/lambda.h"

enum { ZIP_MAX = 50 * 1024 * 1024, UNZIPPED_MAX = 250 * 1024 * 1024 };

static bool unzip_failed(struct call *call)
{
    return call_fail(call, 400, LAMBDA_INVALID,
                     "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

/* The sum of the sizes of a zip's files; false where it is none. */
static bool zip_size(struct str bytes, uint64_t *size)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    zip_error_fini(&error);
    *size = 0;
    if (!zip) {
        zip_source_free(source);
        return false;
    }
    zip_int64_t count = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        zip_stat_t stat;
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &stat) == 0 && stat.valid & ZIP_STAT_SIZE)
            *size += stat.size;
    }
    zip_discard(zip);
    return count > 0;
}

static bool take_zip(struct call *call, struct str bytes, struct lambda_code *code)
{
    unsigned char digest[SHA256_SIZE];
    uint64_t unzipped;
    if (!bytes.len || !zip_size(bytes, &unzipped))
        return unzip_failed(call);
    if (unzipped >= UNZIPPED_MAX)
        return call_fail(call, 400, LAMBDA_INVALID, "Unzipped size must be smaller than %d bytes",
                         UNZIPPED_MAX);
    sha256(bytes, digest);
    code->sha256 = base64_encode(call->arena, (struct str){.ptr = (char *)digest, .len = sizeof digest});
    code->size = (int64_t)bytes.len;
    return blob_put(call, bytes, &code->digest) ||
           call_fail(call, 400, "CodeStorageExceededException", "Code storage limit exceeded.");
}

static bool take_object(struct call *call, const struct value *from, struct lambda_code *code)
{
    struct str bytes;
    if (value_get_text(from, "S3ObjectVersion").len) /* the simulated S3 keeps the newest only */
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Error occurred while GetObject. S3 Error Code: NoSuchVersion. S3 Error Message: The "
            "specified version does not exist.");
    switch (object_read(call, value_get_text(from, "S3Bucket"), value_get_text(from, "S3Key"), &bytes)) {
    case OBJECT_FOUND:
        return take_zip(call, bytes, code);
    case OBJECT_NO_BUCKET:
        return call_fail(call, 400, LAMBDA_INVALID,
                         "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The "
                         "specified bucket does not exist");
    case OBJECT_DENIED:
        return call_fail(
            call, 403, "AccessDeniedException",
            "Your access has been denied by S3, please make sure your request credentials have "
            "permission to GetObject for %.*s/%.*s. S3 Error Code: AccessDenied. S3 Error Message: "
            "Access Denied",
            STR_ARG(value_get_text(from, "S3Bucket")), STR_ARG(value_get_text(from, "S3Key")));
    case OBJECT_OTHER_REGION:
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The "
            "bucket is in another region. Please use this region to retry the request");
    default:
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified "
            "key does not exist.");
    }
}

/* "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:HEX"; of a tag the digest is made up. */
static bool take_image(struct call *call, struct str uri, struct lambda_code *code)
{
    size_t at = str_find(uri, '@');
    if (!str_contains(uri, ".dkr.ecr."))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "Source image %.*s is not valid. Provide a valid source image.", STR_ARG(uri));
    struct str digest = str_from_index(uri, at + 1);
    code->sha256 = str_starts(digest, "sha256:") ? str_from_index(digest, 7) : sha256_hex(call->arena, uri);
    code->image = uri;
    return true;
}

bool lambda_code_read(struct call *call, const struct value *from, bool image, struct lambda_code *code)
{
    struct str zipped = value_get_text(from, "ZipFile"), bytes;
    *code = (struct lambda_code){.digest = STR_EMPTY, .sha256 = STR_EMPTY, .image = STR_EMPTY};
    bool is_image = value_get_text(from, "ImageUri").len > 0;
    bool is_object = value_get_text(from, "S3Bucket").len > 0 && value_get_text(from, "S3Key").len > 0;
    if (is_image + is_object + (zipped.len > 0) != 1)
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Please provide a source for function code: exactly one of zipFile, an object of S3, or "
            "imageUri.");
    if (is_image != image)
        return call_fail(
            call, 400, LAMBDA_INVALID,
            image ? "Please provide ImageUri when updating a function with packageType Image."
                  : "Please do not provide ImageUri when updating a function with packageType Zip.");
    if (is_image)
        return take_image(call, value_get_text(from, "ImageUri"), code);
    if (is_object)
        return take_object(call, from, code);
    if (!base64_decode(call->arena, zipped, &bytes))
        return unzip_failed(call);
    if (bytes.len > ZIP_MAX)
        return call_fail(call, 413, "RequestEntityTooLargeException",
                         "Request must be smaller than 69905067 bytes for the %s operation",
                         call->operation->name);
    return take_zip(call, bytes, code);
}

void lambda_code_apply(struct call *call, struct value *record, const struct lambda_code *code)
{
    state_text(call, record, "sha256", code->sha256);
    state_text(call, record, "digest", code->digest);
    state_text(call, record, "image", code->image);
    state_int(call, record, "size", code->size);
}
