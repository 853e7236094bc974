#ifndef PLUMB_PROVIDERS_CLOUDFORMATION_CUSTOM_ANSWER_H
#define PLUMB_PROVIDERS_CLOUDFORMATION_CUSTOM_ANSWER_H

/* What a handler wrote as its answer, read strictly: it comes from outside. */

#include "providers/cloudformation/custom_request.h"

enum { CUSTOM_ANSWER_MAX = 4096, CUSTOM_PHYSICAL_ID_MAX = 1024 };

/* *mine: it is the answer to this request; another one is no answer, and not an error.  What is no answer at
 * all is ERROR_INVALID, named CUSTOM_RESOURCE_FAILED. */
WARN_UNUSED bool custom_answer_read(const struct custom_request *, struct str bytes, bool *mine,
                                    struct custom_answer *, struct error *);

#endif
