#ifndef PLUMB_PROVIDERS_TRANSFORM_H
#define PLUMB_PROVIDERS_TRANSFORM_H

/*
 * What AWS gives back in another form than it was given: "MySQL" as "mysql", a key's id as its ARN.  Schemas
 * say how
 * ("propertyTransform") as expressions in JSONata (https://docs.jsonata.org): alternatives with $OR between,
 * each of which makes, of what was given, what may be read: a text, or an extended regular expression for the
 * whole of it.
 *
 * Understood are texts, the property itself, '&', $lowercase, $uppercase, $string, $join of a list, $replace
 * of texts, $split with an index behind it, $substringAfter and a choice by $contains: four of five
 * expressions that schemas have.
 */

#include "base/arena.h"
#include "base/str.h"

enum transform_verdict {
    TRANSFORM_FITS,    /* `live` is what becomes of `given` */
    TRANSFORM_DIFFERS, /* it is not */
    TRANSFORM_UNKNOWN, /* the expression is not understood */
};

/* `path` names the property: "MasterUserSecret.KmsKeyId". */
enum transform_verdict transform_judge(struct arena *, struct str expression, struct str path,
                                       struct str given, struct str live);

#endif
