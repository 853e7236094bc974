#include "gitsync/ls_refs.h"

#include <string.h>

enum { LENGTH_DIGITS = 4, LINE_MAX_BYTES = 65520 };

enum packet_kind { PACKET_FLUSH = 0, PACKET_DELIMITER = 1, PACKET_LINE = 4 };

struct packet {
    enum packet_kind kind;
    struct str line; /* without its newline */
};

static bool cut_off(struct error *error)
{
    return error_set(error, ERROR_UNAVAILABLE, "the answer was cut off");
}

static bool read_length(struct str digits, unsigned *length)
{
    static const char hex[] = "0123456789abcdef";
    *length = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i] >= 'A' && digits.ptr[i] <= 'F' ? (char)(digits.ptr[i] | 0x20) : digits.ptr[i];
        const char *at = memchr(hex, c, 16);
        if (!at)
            return false;
        *length = *length * 16 + (unsigned)(at - hex);
    }
    return *length <= LINE_MAX_BYTES;
}

static bool next_packet(struct str *rest, struct packet *packet, struct error *error)
{
    unsigned length;
    if (rest->len < LENGTH_DIGITS)
        return cut_off(error);
    if (!read_length(str_slice(*rest, 0, LENGTH_DIGITS), &length) || length == 2 || length == 3)
        return error_set(error, ERROR_CORRUPT, "the answer is not Git's protocol");
    if (length > rest->len)
        return cut_off(error);
    *packet = (struct packet){.kind = length < LENGTH_DIGITS ? (enum packet_kind)length : PACKET_LINE};
    size_t size = length < LENGTH_DIGITS ? LENGTH_DIGITS : length;
    packet->line = str_slice(*rest, LENGTH_DIGITS, size - LENGTH_DIGITS);
    if (str_ends(packet->line, "\n"))
        packet->line.len--;
    *rest = str_from_index(*rest, size);
    return true;
}

/* ---- what the server offers ---- */

/* Forges begin with the name of the service, as they do for the older protocol; git itself does not. */
static bool skip_service(struct str *rest, struct packet *packet, struct error *error)
{
    if (packet->kind != PACKET_LINE || !str_starts(packet->line, "# service="))
        return true;
    do {
        if (!next_packet(rest, packet, error))
            return false;
    } while (packet->kind == PACKET_LINE);
    return next_packet(rest, packet, error);
}

bool ls_refs_read_offer(struct str *rest, bool *offered, struct error *error)
{
    struct packet packet;
    *offered = false;
    if (!next_packet(rest, &packet, error) || !skip_service(rest, &packet, error))
        return false;
    if (packet.kind != PACKET_LINE || !str_is(packet.line, "version 2"))
        return true;
    while (next_packet(rest, &packet, error)) {
        if (packet.kind != PACKET_LINE)
            return true;
        if (str_is(packet.line, "ls-refs") || str_starts(packet.line, "ls-refs="))
            *offered = true;
    }
    return false;
}

/* ---- the request ---- */

static void write_line(struct buf *buf, const char *word, struct str value)
{
    buf_printf(buf, "%04zx%s%.*s\n", LENGTH_DIGITS + strlen(word) + value.len + 1, word, STR_ARG(value));
}

/* The agent is left out: the User-Agent says it, and each byte is sent with each poll. */
void ls_refs_write(struct buf *buf, const struct str *prefixes, size_t count)
{
    write_line(buf, "command=ls-refs", STR_EMPTY);
    buf_addz(buf, "0001");
    write_line(buf, "symrefs", STR_EMPTY);
    for (size_t i = 0; i < count; i++)
        write_line(buf, "ref-prefix ", prefixes[i]);
    buf_addz(buf, "0000");
}

/* ---- the answer ---- */

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= 0x20 || text.ptr[i] == 0x7f)
            return false;
    return text.len > 0;
}

/* An id of zeros stands for no object in Git's protocols, and never in this answer. */
static bool take_id(struct str text, struct commit_id *id)
{
    if (text.len != COMMIT_ID_SIZE || !str_is_hex(text))
        return false;
    snprintf(id->hex, sizeof id->hex, "%.*s", STR_ARG(text));
    return strspn(id->hex, "0") < COMMIT_ID_SIZE;
}

/* "<id> <name>[ symref-target:<name>][ <what later versions say>]" */
static bool read_ref(struct str line, struct remote_ref *ref)
{
    struct str part, mark = STR("symref-target:");
    *ref = (struct remote_ref){.target = STR_EMPTY};
    if (!str_split(&line, ' ', &part) || !take_id(part, &ref->id))
        return false;
    if (!str_split(&line, ' ', &ref->name) || !is_name(ref->name))
        return false;
    while (str_split(&line, ' ', &part)) {
        if (!str_starts(part, mark.ptr))
            continue;
        ref->target = str_from_index(part, mark.len);
        if (!is_name(ref->target))
            return false;
    }
    return true;
}

static bool add_ref(struct arena *arena, struct str line, struct remote_refs *list, struct error *error)
{
    struct remote_ref ref;
    if (list->count == REFS_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "the remote lists more than %d refs", REFS_MAX);
    if (!read_ref(line, &ref))
        return error_set(error, ERROR_CORRUPT, "the remote's list of refs is not valid");
    remote_refs_add(arena, list, &ref);
    return true;
}

/* A server that does not know the command ends without a word, or says "ERR ". */
bool ls_refs_read(struct arena *arena, struct str answer, struct remote_refs *list, bool *refused,
                  struct error *error)
{
    struct packet packet;
    *list = (struct remote_refs){.count = 0};
    *refused = answer.len == 0;
    while (!*refused) {
        if (!next_packet(&answer, &packet, error))
            return false;
        if (packet.kind == PACKET_FLUSH && answer.len == 0)
            return true;
        if (packet.kind != PACKET_LINE)
            return error_set(error, ERROR_CORRUPT, "the remote's list of refs is not valid");
        *refused = str_starts(packet.line, "ERR ");
        if (!*refused && !add_ref(arena, packet.line, list, error))
            return false;
    }
    return true;
}
