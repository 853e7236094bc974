#ifndef PLUMB_PROVIDERS_SNS_ATTRIBUTES_H
#define PLUMB_PROVIDERS_SNS_ATTRIBUTES_H

/*
 * Attributes as SNS has them: texts by name, written one at a time.  And subscriptions as a topic lists them.
 */

#include "providers/resource.h"

/* The map of a topic's or a subscription's attributes: `operation` reads them of what `member` names. */
WARN_UNUSED bool sns_read_attributes(const struct resource_call *, const struct aws_operation *,
                                     const char *member, struct str arn, struct value **attributes,
                                     struct error *);

/* The text for an attribute: JSON of a map, "" for what is null. */
struct value *sns_attribute(struct arena *, const struct value *);

/* Writes one attribute. */
WARN_UNUSED bool sns_write_attribute(const struct resource_call *, const struct aws_operation *,
                                     const char *member, struct str arn, const char *name,
                                     const struct value *, struct error *);

/* What SNS answers for ARN while nobody has confirmed the subscription. */
#define SNS_PENDING "PendingConfirmation"

/* All subscriptions of a topic, {SubscriptionArn, Protocol, Endpoint, ...}; of another account's topic those
 * that are ours. */
WARN_UNUSED bool sns_subscriptions(struct aws *, struct arena *, struct str topic, struct value **items,
                                   struct error *);
/* The one of them with this protocol and endpoint, or NULL. */
const struct value *sns_subscription_of(struct arena *, const struct value *items, struct str protocol,
                                        struct str endpoint);
/* An endpoint as SNS shows it: it masks the password of a URL. */
struct str sns_shown_endpoint(struct arena *, struct str endpoint);

#endif
