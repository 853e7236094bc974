#ifndef PLUMB_PROVIDERS_SFN_DEFINITION_H
#define PLUMB_PROVIDERS_SFN_DEFINITION_H

/*
 * A state machine's definition as a template gives it: "DefinitionString", a JSON text, or "Definition", a
 * tree, and "DefinitionSubstitutions" for every "${Name}" in it.  As in CloudFormation the values go into the
 * text as they are, and a name that has no value stays.
 */

#include "base/value.h"

/* The text for AWS.  ERROR_INVALID where there is none, where it is no JSON, or where a secret would show in
 * it. */
WARN_UNUSED bool definition_text(struct arena *, const struct value *properties, struct str *text,
                                 struct error *);

/* Makes "DefinitionString", with all substitutions, of the three; unknown as long as one of them is. */
void definition_merge(struct arena *, struct value *properties);

#endif
