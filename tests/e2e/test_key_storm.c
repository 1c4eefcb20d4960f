/*
 * Random keys on the real workbench with its server, in a folder of its own: no crash, no hang, no
 * leak, and the terminal comes back as it was. TAXA_KEYS says how many (default 20,000), TAXA_SEED
 * which; the sanitizers' builds make it a test of memory, too. Keys come in bursts; after each the
 * program must answer a new size with a new screen. When keys lead out of
 * the workbench (q, Ctrl-C, :q), it must have ended with code 0, and is started again.
 */
#include "base/file.h"
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pty_home.h"
#include "pty_screen.h"
#include "ui_session.h"

#define BURST    40
#define RAW_KEPT (8u << 20)

static char file[128];

/* What is pressed: letters and signs mostly, then keys with names, texts, sizes. */
static const char *const named[] = {
    "\033[A",
    "\033[B",
    "\033[C",
    "\033[D",
    "\033[H",
    "\033[F",
    "\033[5~",
    "\033[6~",
    "\033[3~",
    "\033[Z",
    "\t",
    "\r",
    "\r",
    "\r",
    "\033",
    "\033",
    "\177",
    "\x12",
    "\x0f",
    "\x01",
    "\x05",
    "\x17",
    "\x15",
    "\x0c",
    "\033[1;5C",
    "\033[1;5D",
    "\033OP",
    "\033[<0;10;8M",
    "\033[<0;3;9M",
    "\033[<64;5;5M",
    "\033[<65;5;5M",
};
static const char *const texts[] = {
    "division",
    "0.5",
    "12",
    "日本 छूट 👩‍🔬",
    ":node add operation \"x y\"\r",
    ":set mouse on\r",
    ":undo 3\r",
    ":generate 20\r",
    "\033[200~one\n  two\n  three\n# four\n\033[201~",
    "\033[200~\033[31mred\a\033[201~",
    ":tree --depth 1\r",
    ":strategy add s operation\r",
    ":stop\r",
};

struct dice {
    uint64_t seed, count;
};

static uint64_t roll(struct dice *d, uint64_t sides)
{
    return rng_below(d->seed, rng_id("keys"), d->count++, sides);
}

static void add_key(struct buf *out, struct dice *d)
{
    uint64_t kind = roll(d, 100);
    if (kind < 62) {
        char c = (char)(33 + roll(d, 94));
        /* leaving is tried, but not all the time */
        buf_addc(out, c == 'q' && roll(d, 12) > 0 ? 'j' : c);
    } else if (kind < 66) {
        buf_addc(out, ' ');
    } else if (kind < 92) {
        buf_adds(out, named[roll(d, sizeof named / sizeof named[0])]);
    } else {
        buf_adds(out, texts[roll(d, sizeof texts / sizeof texts[0])]);
    }
}

static void start(struct pty *p, struct dice *d)
{
    static const int sizes[][2] = {{80, 24}, {200, 50}, {60, 16}, {120, 36}};
    uint64_t size = roll(d, 4);
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, sizes[size][0], sizes[size][1], false);
    pty_wait_raw(p, "\033[?2004h");
}

static const char *last_of(const char *s, const char *what)
{
    const char *found = NULL;
    for (const char *at = strstr(s, what); at != NULL; at = strstr(at + 1, what)) {
        found = at;
    }
    return found;
}

/* The terminal as it was: what was switched on last was switched off behind it. */
static void expect_given_back(const struct pty *p)
{
    static const char *const modes[][2] = {{"\033[?1049h", "\033[?1049l"},
                                           {"\033[?2004h", "\033[?2004l"},
                                           {"\033[?1006h", "\033[?1006l"}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const char *on = last_of(p->raw.data, modes[i][0]);
        const char *off = last_of(p->raw.data, modes[i][1]);
        if (on != NULL && (off == NULL || off < on)) {
            fail_msg("the terminal was not given back: %s is still in force", modes[i][0] + 1);
        }
    }
}

/* Does the program still answer? Whatever is open, another size is painted. */
static bool answers(struct pty *p)
{
    while (pty_read(p, 5)) { /* what the burst brought */
    }
    size_t before = p->raw.len;
    pty_resize(p, p->cols, p->rows % 2 == 0 ? p->rows + 1 : p->rows - 1);
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    while (!p->ended && clock_ms() < deadline) {
        if (pty_read(p, 50) && p->raw.len > before) {
            return true;
        }
    }
    if (!p->ended) {
        fail_msg("no answer in %d s", PTY_WAIT_MS / 1000);
    }
    return false;
}

static size_t storm(struct pty *p, struct dice *d, size_t keys, size_t *starts)
{
    struct buf burst;
    buf_init(&burst, 65536);
    for (size_t sent = 0; sent < keys; sent += BURST) {
        buf_clear(&burst);
        if (p->raw.len > RAW_KEPT) {
            pty_forget(p);
        }
        for (int i = 0; i < BURST; i++) {
            add_key(&burst, d);
        }
        if (write(p->fd, burst.data, burst.len) > 0 && answers(p)) {
            continue;
        }
        int code = pty_end(p);
        if (code != 0) {
            size_t tail = p->raw.len > 1500 ? p->raw.len - 1500 : 0;
            fprintf(stderr, "%s\n", p->raw.data + tail);
            fail_msg("ended with %d after %zu keys (TAXA_SEED=%s); its last words are above", code,
                     sent, getenv("TAXA_SEED") != NULL ? getenv("TAXA_SEED") : "1");
        }
        expect_given_back(p);
        pty_free(p);
        start(p, d);
        ++*starts;
    }
    buf_free(&burst);
    return keys;
}

static void random_keys_do_no_harm(void **state)
{
    (void)state;
    const char *wanted = getenv("TAXA_KEYS"), *seed = getenv("TAXA_SEED");
    size_t keys = wanted != NULL ? strtoul(wanted, NULL, 10) : 20000, starts = 1;
    struct dice d = {seed != NULL ? strtoull(seed, NULL, 10) : 1, 0};
    struct pty p;
    start(&p, &d);
    storm(&p, &d, keys, &starts);
    /* out of whatever is open, and away */
    while (!p.ended) {
        if (write(p.fd, "\033\033\x15\033q", 5) < 0) {
            break;
        }
        pty_read(&p, 100);
    }
    assert_int_equal(pty_end(&p), 0);
    expect_given_back(&p);
    pty_free(&p);
    print_message("%zu keys, %zu starts\n", keys, starts);
    /* the session is whole */
    struct store *s = NULL;
    struct err e = {0};
    REQUIRE(store_open(file, STORE_READ, false, &s, &e));
    REQUIRE(store_check(s, &e));
    store_close(s);
}

static int group_setup(void **state)
{
    (void)state;
    if (home_begin() != 0) {
        return 1;
    }
    session_path(file, "storm.taxa");
    session_make(file, true);
    setenv("EDITOR", "true", 1);
    unsetenv("VISUAL");
    /* what random commands write stays in the folder that is removed */
    return chdir(session_folder);
}

static int group_teardown(void **state)
{
    (void)state;
    return chdir("/") == 0 ? home_end() : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_keys_do_no_harm),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
