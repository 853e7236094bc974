#include "environments/sam/transform.h"

/* What SAM has and this transform not yet: refused by name. */

static void refuse(struct sam *sam, const struct source_resource *source)
{
    sam_fail(sam, source->node, source->id, "type '%.*s' is not supported yet",
             STR_ARG(value_get_text(source->node, "Type")));
}

void build_websocket_api(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    (void)list;
    refuse(sam, source);
}

void build_connector(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    (void)list;
    refuse(sam, source);
}

void build_graphql_api(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    (void)list;
    refuse(sam, source);
}

void build_capacity_provider(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    (void)list;
    refuse(sam, source);
}

void embedded_connectors(struct sam *sam)
{
    for (size_t i = 0; i < sam->resources->count; i++)
        if (value_get(sam->resources->entries[i].value, "Connectors"))
            sam_fail(sam, sam->resources->entries[i].value, sam->resources->entries[i].key.ptr,
                     "'Connectors' is not supported yet");
}
