#ifndef PLUMB_RECONCILER_IMPORTS_H
#define PLUMB_RECONCILER_IMPORTS_H

/*
 * Answers what a rendered subject asks of other applications, from ledgers: Fn::ImportValue from those of its
 * environment, Fn::GetStackOutput from any application of the repository by its stack's name
 * ("<environment>-<application>") and region.  The role of Fn::GetStackOutput tells the account whose ledger
 * is read, and is not assumed: the ledger is in the repository.
 *
 * What no ledger has is looked for in CloudFormation's own stacks of the account and region; there nobody
 * knows that it is used, so that it may change, which the next plan shows.  What an application of the
 * environment declares and has not released yet is answered with that.
 */

#include "reconciler/session.h"

WARN_UNUSED bool imports_give(struct subject *, struct error *);

/* The name under which a declared output is exported, as far as its template tells; else "". */
struct str output_export(const struct value *declared);

#endif
