#ifndef PLUMB_RECONCILER_REPORT_H
#define PLUMB_RECONCILER_REPORT_H

/*
 * Plans and drift as people read them and as programs read them.  The JSON forms are documented in
 * docs/json.md and stable; the text is for a terminal at three in the morning: grouped, aligned, what is
 * dangerous first, the verdict last.  Nothing that comes from a repository or from AWS reaches a terminal
 * unescaped, and no secret reaches either form.
 */

#include "reconciler/drift.h"
#include "reconciler/plan.h"

/* One application's plan, with its verdict as the last line. */
void report_plan(struct buf *, const struct subject *, struct plan *, bool color);
/* {"environment","application","commit","planHash","changes":[...],"held":[...],...} */
struct value *report_plan_json(struct arena *, const struct subject *, struct plan *);

void report_drift(struct buf *, const struct subject *, const struct drift_report *, bool color);
struct value *report_drift_json(struct arena *, const struct subject *, const struct drift_report *);

/* "+ create", "~ update", ...: with colour where asked. */
const char *report_action(enum change_action, bool color);

/* How traffic would move to the new versions, a line each; none where the plan moves none. */
struct str *report_traffic(struct arena *, const struct subject *, struct plan *, size_t *count);

#endif
