#ifndef PLUMB_ENVIRONMENTS_PACKAGING_H
#define PLUMB_ENVIRONMENTS_PACKAGING_H

/*
 * Local code and documents of a template, before any transform: what `sam package` would upload becomes an
 * artifact (see desired.h), what it would refer to by a URI is read in place.  Paths are relative to the
 * template's directory.  S3 URIs, maps and functions stay as they are, and so does a path where nothing is: a
 * transform names it where it needs the file, and package_complete refuses what is left when it is done.
 */

#include "environments/desired.h"

WARN_UNUSED bool package_template(struct arena *, const struct template_options *, struct value *template,
                                  struct error *);
/* The same after all transforms, with code that is not there refused. */
WARN_UNUSED bool package_complete(struct arena *, const struct template_options *, struct value *template,
                                  struct error *);

#endif
