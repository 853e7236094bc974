#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

/* Pieces of all sizes are zeroed, aligned, apart, and keep what is written to them. */
static void test_pieces(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 16384, 16385, 65535, 65536, 200000, 3};
    (void)state;
    unsigned char *pieces[20 * ARRAY_LENGTH(sizes)];
    struct arena *arena = arena_new();
    size_t asked = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
        size_t size = sizes[i % ARRAY_LENGTH(sizes)];
        pieces[i] = arena_alloc(arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i % 255 + 1), size);
        asked += size;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++)
        for (size_t k = 0; k < sizes[i % ARRAY_LENGTH(sizes)]; k++)
            assert_int_equal(pieces[i][k], i % 255 + 1);
    assert_true(arena_used(arena) >= asked && arena_used(arena) < asked + 16 * ARRAY_LENGTH(pieces));
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    assert_non_null(arena_alloc(arena, 1));
    arena_free(arena);
    arena_free(NULL);
}

static void test_texts(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char text[] = "abc";
    struct str copy = arena_str(arena, (struct str){text, 2});
    text[0] = 'x';
    assert_string_equal(copy.ptr, "ab");
    assert_int_equal(copy.len, 2);
    assert_string_equal(arena_str(arena, (struct str){NULL, 0}).ptr, "");
    assert_memory_equal(arena_str(arena, STR("a\0b")).ptr, "a\0b", 4);
    copy = arena_printf(arena, "%s-%d", "x", 7);
    assert_string_equal(copy.ptr, "x-7");
    assert_int_equal(copy.len, 3);
    assert_string_equal(arena_printf(arena, "%s", "").ptr, "");
    arena_free(arena);
}

/* Asking for more than there can be ends the process, in words. */
static void check_exhausts(void (*ask)(struct arena *))
{
    int out[2], status;
    char said[256] = "";
    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(out[1], STDERR_FILENO);
        ask(arena_new());
        _exit(0);
    }
    close(out[1]);
    assert_true(read(out[0], said, sizeof said - 1) > 0);
    close(out[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_string_equal(said, "plumb: out of memory; nothing is lost, the next start continues\n");
}

static void ask_size_max(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX);
}

static void ask_overflow(struct arena *arena)
{
    arena_array(arena, SIZE_MAX / 2, 3);
}

static void ask_block_overflow(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX - 24);
}

static void test_exhaustion(void **state)
{
    (void)state;
    check_exhausts(ask_size_max);
    check_exhausts(ask_overflow);
    check_exhausts(ask_block_overflow);
}

static void test_process_memory(void **state)
{
    (void)state;
    char *memory = memory_alloc(0);
    assert_non_null(memory);
    memory = memory_resize(memory, 0);
    assert_non_null(memory);
    memory = memory_resize(memory, 100);
    memset(memory, 1, 100);
    free(memory);
    char *text = memory_strdup("abc");
    assert_string_equal(text, "abc");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_exhaustion),
        cmocka_unit_test(test_process_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
