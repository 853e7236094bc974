/*
 * The log of answers: one line of JSON each, {"service", "operation", "status", "headers", "body"}, which
 * tests/shapes/answers.py compares with AWS's models.  A body that is no text is left out: it is raw data.
 */

#include <stdlib.h>

#include "base/json.h"
#include "tests/simulator/internal.h"

enum { LINE_MAX_BYTES = 64 * 1024 * 1024 };

FILE *answers_open(const char *path)
{
    FILE *file = fopen(path, "ae");
    if (file)
        return file;
    fprintf(stderr, "cannot append to the log of answers %s\n", path);
    exit(1);
}

void answers_log(FILE *file, const struct call *call, const struct sim_answer *answer)
{
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    if (answer->ending != SIM_ANSWERED)
        return;
    buf_printf(&line, "{\"service\":\"%s\",\"operation\":\"%s\",\"status\":%d,\"headers\":{",
               call->service->name, call->operation->name, answer->status);
    for (size_t i = 0; i < answer->header_count; i++) {
        buf_addz(&line, i ? "," : "");
        json_write_string(&line, answer->headers[i].name);
        buf_addc(&line, ':');
        json_write_string(&line, answer->headers[i].value);
    }
    buf_addz(&line, "},\"body\":");
    if (str_is_utf8(answer->body))
        json_write_string(&line, answer->body);
    else
        buf_addz(&line, "null");
    buf_addz(&line, "}\n");
    if (!line.overflow)
        fwrite(line.ptr, 1, line.len, file);
    fflush(file);
    buf_release(&line);
}
