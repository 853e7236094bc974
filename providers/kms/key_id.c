#include "providers/kms/key_id.h"

struct str kms_key_id(struct str key)
{
    size_t colon = str_find_last(key, ':');
    if (!str_starts(key, "arn:") || colon == key.len)
        return key;
    struct str name = str_from_index(key, colon + 1);
    return str_starts(name, "key/") ? str_from_index(name, sizeof "key/" - 1) : name;
}

struct str kms_key_as_declared(struct str declared, struct str live)
{
    return live.len && str_equal(kms_key_id(declared), kms_key_id(live)) ? declared : live;
}

void kms_key_normalize(struct arena *arena, struct value *map, const char *name)
{
    struct value *key = value_get(map, name);
    if (value_is(key, VALUE_STRING))
        value_setz(arena, map, name, value_at_position_of(value_string(arena, kms_key_id(key->text)), key));
}
