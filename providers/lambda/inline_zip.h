#ifndef PLUMB_PROVIDERS_LAMBDA_INLINE_ZIP_H
#define PLUMB_PROVIDERS_LAMBDA_INLINE_ZIP_H

/*
 * Code that stands in the template (Code.ZipFile), as the zip that CloudFormation makes of it: one file,
 * "index" with the runtime's suffix.  The same source gives the same bytes: not compressed, time 1980-01-01.
 */

#include "base/arena.h"
#include "base/error.h"

/* At most 4 MiB of source, as CloudFormation takes
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html);
 * only Python and Node.js.  A source that wants CloudFormation's response module is refused. */
WARN_UNUSED bool inline_zip(struct arena *, struct str runtime, struct str source, struct str *zip,
                            struct error *);

#endif
