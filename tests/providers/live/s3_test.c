#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/s3/operations.h"
#include "providers/s3/types.h"
#include "tests/providers/live/live.h"

static void drive(void **state, const struct resource_type *type, const struct live_step *steps, size_t count)
{
    live_drive(*state, &(struct live_run){.type = type, .name = "unnamed", .steps = steps, .count = count});
}

static void a_bucket_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'BucketName':'orders-123','VersioningConfiguration':{'Status':'Enabled'},"
         "'BucketEncryption':{'ServerSideEncryptionConfiguration':[{'ServerSideEncryptionByDefault':{'"
         "SSEAlgorithm':'AES256'}}]},"
         "'PublicAccessBlockConfiguration':{'BlockPublicAcls':true,'BlockPublicPolicy':'true','"
         "IgnorePublicAcls':true,'RestrictPublicBuckets':true},"
         "'LifecycleConfiguration':{'Rules':[{'Id':'old','Status':'Enabled','NoncurrentVersionExpiration':{'"
         "NoncurrentDays':30}}]},"
         "'Tags':[{'Key':'app','Value':'orders'}]}",
         NULL},
        {"{'BucketName':'orders-123','Tags':[{'Key':'tier','Value':'gold'}]}",
         "{'Tags':[{'Key':'tier','Value':'gold'}]}"},
    };
    drive(state, &s3_bucket_type, steps, ARRAY_LENGTH(steps));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
