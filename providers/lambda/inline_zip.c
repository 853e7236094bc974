#include "providers/lambda/inline_zip.h"

enum { SOURCE_MAX = 4 * 1024 * 1024 };

static void put16(struct buf *buf, uint32_t number)
{
    buf_addc(buf, (char)(number & 0xff));
    buf_addc(buf, (char)(number >> 8 & 0xff));
}

static void put32(struct buf *buf, uint32_t number)
{
    put16(buf, number & 0xffff);
    put16(buf, number >> 16);
}

/* CRC-32 of ISO 3309, as zip uses it. */
static uint32_t crc32_of(struct str bytes)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* What the local header and the directory entry have in common: version needed, flags (UTF-8 name), method
 * "stored", time 00:00:00, date 1980-01-01, checksum, sizes, length of the name, no extra field. */
static void put_entry(struct buf *zip, struct str name, struct str bytes)
{
    put16(zip, 20);
    put16(zip, 0x0800);
    put16(zip, 0);
    put16(zip, 0);
    put16(zip, 1 << 5 | 1);
    put32(zip, crc32_of(bytes));
    put32(zip, (uint32_t)bytes.len);
    put32(zip, (uint32_t)bytes.len);
    put16(zip, (uint32_t)name.len);
    put16(zip, 0);
}

/* https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
static struct str zip_of(struct arena *arena, struct str name, struct str bytes)
{
    struct buf zip = BUF_INIT(SOURCE_MAX + 1024);
    put32(&zip, 0x04034b50);
    put_entry(&zip, name, bytes);
    buf_add(&zip, name);
    buf_add(&zip, bytes);
    uint32_t directory = (uint32_t)zip.len;
    put32(&zip, 0x02014b50);
    put16(&zip, 3 << 8 | 20); /* made on Unix: the mode below counts */
    put_entry(&zip, name, bytes);
    put16(&zip, 0); /* no comment, first disk, no internal attributes */
    put16(&zip, 0);
    put16(&zip, 0);
    put32(&zip, 0100644u << 16);
    put32(&zip, 0); /* where the file starts */
    buf_add(&zip, name);
    uint32_t size = (uint32_t)zip.len - directory;
    put32(&zip, 0x06054b50);
    put32(&zip, 0); /* disks */
    put16(&zip, 1); /* entries on this disk, and in all */
    put16(&zip, 1);
    put32(&zip, size);
    put32(&zip, directory);
    put16(&zip, 0); /* no comment */
    struct str result = arena_str(arena, buf_str(&zip));
    buf_release(&zip);
    return result;
}

bool inline_zip(struct arena *arena, struct str runtime, struct str source, struct str *zip,
                struct error *error)
{
    bool python = str_starts(runtime, "python");
    if (!python && !str_starts(runtime, "nodejs"))
        return error_set(
            error, ERROR_INVALID,
            "Code.ZipFile needs a Python or Node.js runtime, not '%.*s': put the code in a directory",
            STR_ARG(runtime));
    if (source.len > SOURCE_MAX)
        return error_set(error, ERROR_INVALID, "Code.ZipFile has %zu bytes; at most %d are allowed",
                         source.len, SOURCE_MAX);
    if (str_contains(source, "cfnresponse") || str_contains(source, "cfn-response"))
        return error_set(
            error, ERROR_INVALID,
            "Code.ZipFile uses CloudFormation's response module, which only CloudFormation adds: "
            "put it beside the code in a directory");
    *zip = zip_of(arena, python ? STR("index.py") : STR("index.js"), source);
    return true;
}
