#ifndef PLUMB_PROVIDERS_FACTS_TABLE_H
#define PLUMB_PROVIDERS_FACTS_TABLE_H

/*
 * The form of the generated table; for facts.c, facts_check.c and facts_form.c alone.
 *
 * A string is a number: the index into facts_strings, which holds where it starts in facts_text.
 * A node is a number: below FACTS_LIST the kind itself; else facts_node_starts[node - FACTS_LIST] is where it
 * starts in facts_nodes: the kind, then
 *   lists and maps: the node of the items or values
 *   objects: a count, then for each property, sorted by name: its name (with FACTS_REQUIRED), its node
 * facts_paths holds for each type, from `paths`: for each set of enum facts_set in turn a count and the
 * paths.
 */

#include "providers/facts.h"

enum { FACTS_REQUIRED = 0x8000, FACTS_PROPERTIES_MAX = 512, FACTS_TYPES_MAX = 4096 };

enum facts_trait {
    FACTS_TAGS_ARE_MAP = 1 << 0,
    FACTS_STATEFUL = 1 << 1,
    FACTS_REF_UNSUPPORTED = 1 << 2,
    FACTS_DELETES_FIRST = 1 << 3,
};

struct type_facts {
    uint16_t name;
    uint16_t root;         /* node of the properties */
    uint16_t tag_property; /* string 0, which is empty, where there is none */
    uint8_t handlers;      /* bits in the order of "CRUDL" */
    uint8_t traits;
    uint32_t paths;
};

/* A property that AWS gives back in another form: in the order of types. */
struct facts_transform {
    uint16_t type, path, expression;
};

extern const char facts_text[];
extern const uint32_t facts_strings[];
extern const uint16_t facts_nodes[];
extern const uint32_t facts_node_starts[];
extern const uint16_t facts_paths[];
extern const struct type_facts facts_types[]; /* sorted by name, by bytes */
extern const size_t facts_type_count;
extern const struct facts_transform facts_transforms[];
extern const size_t facts_transform_count;

/* Reading nodes.  A child is the node of a list's items or a map's values; a pair is a property of an object:
 * its name and its node. */
enum facts_kind facts_node_kind(unsigned node);
unsigned facts_node_child(unsigned node);
size_t facts_node_properties(unsigned node, const uint16_t **pairs);
const uint16_t *facts_node_property(unsigned node, struct str name); /* NULL where there is none */
struct str facts_property_name(const uint16_t *pair);

#endif
