#ifndef PLUMB_BASE_XML_H
#define PLUMB_BASE_XML_H

/*
 * XML as AWS's query and rest-xml protocols use it, to and from the value tree.
 *
 * Reading (expat; DTDs refused): an element without child elements is a string, with its white space as it
 * is; one with children is a map, and text between the children is dropped; a child that repeats becomes a
 * list. Attributes and namespaces are dropped.  The result is the map of the root's children, or the string
 * of a root without any (S3's LocationConstraint).  Because a list of one cannot be told from a single child,
 * ask for lists with xml_items.
 */

#include "base/value.h"

enum { XML_DEPTH_MAX = 64, XML_NODES_MAX = 1000 * 1000, XML_BYTES_MAX = 32 * 1024 * 1024 };

/* `root`, unless NULL, receives the root element's name. */
WARN_UNUSED bool xml_read(struct arena *, struct str bytes, struct str *root, struct value **out,
                          struct error *);

/* The items of `parent.name` as a list: absent or empty gives an empty list, a single child a list of one.
 * For wrapped lists ask twice: xml_items(a, value_get(v, "Rules"), "member"). */
struct value *xml_items(struct arena *, const struct value *parent, const char *name);

/* <root xmlns="ns">...</root> of a map; lists repeat the element, nulls are left out; `ns` may be NULL.
 * Secrets are written in clear: only for the body of a request to AWS. */
void xml_write(struct buf *, const char *root, const char *ns, const struct value *map);
/* Text for an element or an attribute.  Carriage returns are kept by a character reference. */
void xml_escape(struct buf *, struct str);

#endif
