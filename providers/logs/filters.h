#ifndef PLUMB_PROVIDERS_LOGS_FILTERS_H
#define PLUMB_PROVIDERS_LOGS_FILTERS_H

/* What metric filters and subscription filters of a log group share. */

#include "providers/plain.h"

extern const struct plain_key logs_filter_keys[], logs_filter_read_keys[];

/* A description by prefix gives longer names too: the first in order must be the one. */
WARN_UNUSED bool logs_filter_is_meant(const struct resource_call *, const struct value *item, struct error *);

#endif
