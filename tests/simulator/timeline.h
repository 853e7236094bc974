#ifndef PLUMB_SIMULATOR_TIMELINE_H
#define PLUMB_SIMULATOR_TIMELINE_H

/* What happens by itself as time passes: alarms change, deployments go on.  See `due` of service.h. */

struct simulator;

/* Lets happen, in the order of their times, all that is due by now.  Under the simulator's lock, before a
 * request is handled: nobody can tell it from having happened at its time. */
void timeline_advance(struct simulator *);

#endif
