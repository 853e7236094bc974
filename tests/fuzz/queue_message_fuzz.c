#include "reconciler/queue_message.h"
#include "tests/fuzz/target.h"

/* A message of the queue: read within its bounds, or refused by a sentence. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct queue_message message;
    struct error error = ERROR_INIT;
    struct str text = {.ptr = (const char *)data, .len = size};
    if (queue_message_read(arena, text, &message, &error)) {
        check(message.resource.name_count <= RESOURCE_NAMES_MAX && message.header_count <= QUEUE_HEADERS_MAX);
        check((message.kind == QUEUE_NOTHING) == (message.why != NULL));
        for (size_t i = 0; i < message.resource.name_count; i++)
            check(message.resource.names[i].len > 0 && message.resource.names[i].len <= RESOURCE_NAME_MAX);
        if (message.kind == QUEUE_EVENT) {
            struct webhook_event event;
            check(webhook_read_trusted(message.body, arena, &event, &error) ||
                  (error.code == ERROR_INVALID && error.message[0]));
        }
    } else {
        check(error.code != ERROR_NONE && error.message[0]);
    }
    arena_free(arena);
    return 0;
}
