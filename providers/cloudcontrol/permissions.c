#include "providers/cloudcontrol/permissions.h"

const struct cloudcontrol_permissions *cloudcontrol_permissions_find(struct str type)
{
    size_t low = 0, high = cloudcontrol_permissions_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(type, str_from(cloudcontrol_permissions[middle].type));
        if (order == 0)
            return &cloudcontrol_permissions[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
