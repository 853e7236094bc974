/* Settings of which a bucket has many, on moto, which knows inventories alone of them (and gives their
 * optional fields back as "Field"). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/s3/types.h"
#include "tests/providers/live/live.h"

#define INVENTORY(ID, FREQUENCY)                                                                             \
    "{'Id':'" ID "','Enabled':true,'IncludedObjectVersions':'All','ScheduleFrequency':'" FREQUENCY "',"      \
    "'Destination':{'BucketArn':'arn:aws:s3:::orders-123','BucketAccountId':'123456789012','Format':'CSV'}}"

static void inventories_come_and_change(void **state)
{
    static const struct live_step steps[] = {
        {.properties = "{'BucketName':'orders-123'}"},
        {.properties = "{'BucketName':'orders-123','InventoryConfigurations':[" INVENTORY(
             "b", "Daily") "," INVENTORY("a", "Daily") "]}"},
        {.properties = "{'BucketName':'orders-123','InventoryConfigurations':[" INVENTORY(
             "b", "Weekly") "," INVENTORY("a", "Daily") "]}"},
    };
    live_drive(*state,
               &(struct live_run){
                   .type = &s3_bucket_type, .name = "x", .steps = steps, .count = ARRAY_LENGTH(steps)});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inventories_come_and_change),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
