#ifndef PLUMB_PROVIDERS_KMS_KEY_ID_H
#define PLUMB_PROVIDERS_KMS_KEY_ID_H

/* A key goes by its id, its ARN, an alias, or the alias' ARN
 * (https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html); services answer any of them.
 */

#include "base/value.h"

/* "1234abcd-...", "alias/orders": what is left of an ARN; anything else is itself. */
struct str kms_key_id(struct str key);

/* `live`, or `declared` where both are forms of one name: so that they compare equal. */
struct str kms_key_as_declared(struct str declared, struct str live);

/* Brings the member `name`, where it is a text, to kms_key_id's form. */
void kms_key_normalize(struct arena *, struct value *map, const char *name);

#endif
