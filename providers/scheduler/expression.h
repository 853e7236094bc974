#ifndef PLUMB_PROVIDERS_SCHEDULER_EXPRESSION_H
#define PLUMB_PROVIDERS_SCHEDULER_EXPRESSION_H

/*
 * Schedule expressions of EventBridge Scheduler, which takes several forms of one and keeps them as they were
 * written: "rate(1 minute)" and "rate(1 minutes)", names of months and days in any letters, any blanks.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */

#include "base/arena.h"

/* One form for equal expressions: unit in the plural, names in capitals, one blank.  What is no expression
 * comes back as it is. */
struct str schedule_expression(struct arena *, struct str text);

#endif
