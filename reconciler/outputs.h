#ifndef PLUMB_RECONCILER_OUTPUTS_H
#define PLUMB_RECONCILER_OUTPUTS_H

/*
 * What an application gives to the others of its environment, and takes from them: outputs, their exports,
 * and imports.  A release records them; what is a dynamic reference is recorded as that, and a secret
 * parameter not at all.
 *
 * An export that another application was released with may not change or go, and two applications may not
 * export one name: that is held, as CloudFormation refuses it.
 */

#include "reconciler/plan.h"

/* Fills the plan's outputs, once its resources are judged. */
WARN_UNUSED bool outputs_plan(struct plan *, struct error *);

/* What the inventory holds after an apply: if all was released, the outputs as they are now and the imports;
 * else the outputs as before, and the imports of both, since either may have been used.  The latter too where
 * it fails. */
WARN_UNUSED bool outputs_record(struct plan *, bool released, struct value **outputs, struct value **imports,
                                struct error *);

#endif
