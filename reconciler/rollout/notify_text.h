#ifndef PLUMB_RECONCILER_ROLLOUT_NOTIFY_TEXT_H
#define PLUMB_RECONCILER_ROLLOUT_NOTIFY_TEXT_H

/* What a notice says, in the forms of notify.h; inside of notify only.  Everything lives in the arena. */

#include "reconciler/rollout/notify.h"

enum { NOTICE_SUBJECT_MAX = 99 }; /* SNS: "less than 100 characters" */

const char *notice_kind_name(enum notice_kind); /* "start" */
const char *notice_event(enum notice_kind);     /* "Rollout Started" */
struct str notice_id(struct arena *, const struct notice *);

struct str notice_title(struct arena *, const struct notice *);   /* one line for people */
struct str notice_subject(struct arena *, const struct notice *); /* the same for SNS */
struct str notice_text(struct arena *, const struct notice *);    /* several lines for people */
struct str notice_slack(struct arena *, const struct notice *);   /* the same in Slack's escaping */

struct value *notice_document(struct arena *, const struct notice *); /* for programs */

#endif
