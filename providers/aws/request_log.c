#include "providers/aws/request_log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/json.h"

enum { LINE_MAX_BYTES = 80 * 1024 * 1024 };

struct request_log {
    int fd;
};

bool request_log_open(const char *path, struct request_log **out, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(error, ERROR_INVALID, "cannot open the request log %s: %s", path, strerror(errno));
    *out = memory_alloc(sizeof **out);
    (*out)->fd = fd;
    return true;
}

void request_log_close(struct request_log *log)
{
    if (!log)
        return;
    close(log->fd);
    free(log);
}

static void before(void *self, const struct aws_operation *operation, const struct value *input)
{
    const struct request_log *log = self;
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    buf_printf(&line, "{\"service\":\"%s\",\"operation\":\"%s\",\"params\":", operation->service->name,
               operation->name);
    if (input)
        json_write(&line, input, JSON_COMPACT);
    else
        buf_addz(&line, "{}");
    buf_addz(&line, "}\n");
    ssize_t written = write(log->fd, line.ptr, line.len);
    (void)written; /* a test that misses a line fails by itself */
    buf_release(&line);
}

struct aws_observer request_log_observer(struct request_log *log)
{
    return (struct aws_observer){.self = log, .before = before};
}
