#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    BLOCK_SIZE = 64 * 1024,
    HUGE_SIZE = 2 * 1024 * 1024, /* a huge page of x86-64 and of 64-bit Arm with pages of 4 KiB */
};

/* Under AddressSanitizer each piece has a block of its own, so that reading past its end is found. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif
#ifdef SANITIZED
enum { LARGE = 0 };
#else
enum { LARGE = BLOCK_SIZE / 4 }; /* a larger piece has a block of its own */
#endif

struct block {
    struct block *next;
    size_t used, size;
    bool huge; /* a mapping of its own, HUGE_SIZE with this head */
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks; /* the first one is being filled */
    size_t used;
};

void memory_exhausted(void)
{
    static const char message[] = "plumb: out of memory; nothing is lost, the next start continues\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(1);
}

void *memory_alloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        memory_exhausted();
    return memory;
}

void *memory_resize(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    if (!memory)
        memory_exhausted();
    return memory;
}

char *memory_text(struct str text)
{
    char *copy = memory_alloc(text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

char *memory_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_alloc(size), text, size);
}

struct arena *arena_new(void)
{
    return memory_alloc(sizeof(struct arena));
}

static void block_free(struct block *block)
{
    if (block->huge)
        munmap(block, HUGE_SIZE);
    else
        free(block);
}

void arena_reset(struct arena *arena)
{
    while (arena->blocks) {
        struct block *next = arena->blocks->next;
        block_free(arena->blocks);
        arena->blocks = next;
    }
    arena->used = 0;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena);
}

void arena_wipe(struct arena *arena)
{
    for (struct block *block = arena->blocks; block; block = block->next)
        explicit_bzero(block->bytes, block->used);
    arena_free(arena);
}

static struct block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct block))
        memory_exhausted();
    struct block *block = memory_alloc(sizeof *block + size);
    block->size = size;
    return block;
}

/* One huge page: in a large arena a fault for each small page costs as much as the work in it.  NULL where
 * there is no such mapping; where the system has no huge page free, small ones come as they are touched. */
static struct block *block_new_huge(void)
{
    char *room = mmap(NULL, 2 * HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return NULL;
    size_t before = (HUGE_SIZE - (uintptr_t)room % HUGE_SIZE) % HUGE_SIZE;
    struct block *block = (struct block *)(void *)(room + before);
    if (before)
        munmap(room, before);
    munmap(room + before + HUGE_SIZE, HUGE_SIZE - before);
    madvise(block, HUGE_SIZE, MADV_HUGEPAGE);
    block->huge = true;
    block->size = HUGE_SIZE - sizeof *block;
    return block;
}

static void add_block(struct arena *arena)
{
    struct block *block = arena->used >= HUGE_SIZE && LARGE > 0 ? block_new_huge() : NULL;
    if (!block)
        block = block_new(BLOCK_SIZE);
    block->next = arena->blocks;
    arena->blocks = block;
}

/* A large piece gets a block of its own behind the one being filled, so that no room is wasted. */
static void *alloc_large(struct arena *arena, size_t size)
{
    struct block *block = block_new(size);
    block->used = size;
    arena->used += size;
    if (arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        arena->blocks = block;
    }
    return block->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t alignment = alignof(max_align_t);
    if (size > SIZE_MAX - alignment)
        memory_exhausted();
    if (size > LARGE)
        return alloc_large(arena, size);
    size = (size + alignment - 1) & ~(alignment - 1);
    arena->used += size;
    if (!arena->blocks || arena->blocks->size - arena->blocks->used < size)
        add_block(arena);
    void *memory = arena->blocks->bytes + arena->blocks->used;
    arena->blocks->used += size;
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        memory_exhausted();
    return arena_alloc(arena, count * size);
}

char *arena_strz(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

struct str arena_str(struct arena *arena, struct str text)
{
    return (struct str){.ptr = arena_strz(arena, text), .len = text.len};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 0 : (size_t)length;
    char *text = arena_alloc(arena, size + 1);
    vsnprintf(text, size + 1, format, again);
    va_end(again);
    return (struct str){.ptr = text, .len = size};
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
