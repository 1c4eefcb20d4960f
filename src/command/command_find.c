/*
 * command_find - which row do the words name, and what was meant when none.
 *
 * The longest name wins, so `tree import` is not a tree called import.
 */
#include "command/check.h"
#include "command/word.h"

#include <string.h>

enum { MESSAGE_MAX = 480 };

/* Do the first words of argv spell this name? Returns how many, 0 when not. */
static int spells(const char *name, int argc, const char *const *argv)
{
    int used = 0;
    while (used < argc) {
        size_t n = strcspn(name, " ");
        if (strlen(argv[used]) != n || memcmp(name, argv[used], n) != 0) {
            return 0;
        }
        used++;
        if (name[n] == '\0') {
            return used;
        }
        name += n + 1;
    }
    return 0;
}

const struct command *command_find(int argc, const char *const *argv, int *used)
{
    const struct command *found = NULL;
    size_t count = 0;
    const struct command *rows = command_table(&count);
    *used = 0;
    for (size_t i = 0; i < count; i++) {
        int n = spells(rows[i].name, argc, argv);
        if (n > *used) {
            *used = n;
            found = &rows[i];
        }
    }
    return found;
}

/* "node": all commands that start with it, as the message. False when none does. */
static bool name_group(const char *word, struct buf *out)
{
    size_t count = 0;
    size_t n = strlen(word);
    const struct command *rows = command_table(&count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(rows[i].name, word, n) == 0 && rows[i].name[n] == ' ') {
            buf_adds(out, any ? ", " : "; there is ");
            buf_adds(out, rows[i].name);
            any = true;
        }
    }
    return any;
}

/* The names nearest to one or two mistyped words, of as many words as they have. */
static void offer_names(struct nearest *n, int words)
{
    size_t count = 0;
    const struct command *rows = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        int has = strchr(rows[i].name, ' ') != NULL ? 2 : 1;
        if (has == words) {
            nearest_offer(n, rows[i].name, strlen(rows[i].name));
        }
    }
}

enum status check_unknown_command(int argc, const char *const *argv, struct err *e)
{
    struct buf hint;
    struct buf two;
    struct nearest one_near;
    struct nearest two_near;
    buf_init(&hint, MESSAGE_MAX);
    buf_init(&two, MESSAGE_MAX);
    buf_printf(&two, "%s %s", argv[0], argc > 1 ? argv[1] : "");
    nearest_init(&one_near, argv[0]);
    nearest_init(&two_near, two.data);
    offer_names(&one_near, 1);
    if (argc > 1) {
        offer_names(&two_near, 2);
    }
    bool pair =
        two_near.count > 0 && (one_near.count == 0 || two_near.distance[0] <= one_near.distance[0]);
    const char *word = pair ? two.data : argv[0];
    if (pair) {
        nearest_text(&two_near, &hint);
    } else if (!name_group(argv[0], &hint)) {
        nearest_text(&one_near, &hint);
    } else if (argc > 1) {
        word = two.data;
    }
    if (hint.len == 0) {
        buf_adds(&hint, "; help lists all");
    }
    enum status st = err_set(e, ST_USAGE, "unknown command \"%.100s\"%s", word, hint.data);
    buf_free(&hint);
    buf_free(&two);
    return st;
}
