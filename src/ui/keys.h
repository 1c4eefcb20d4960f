/*
 * keys - the one table of key bindings.
 *
 * A row says in which context which keys do which action, and how that is called. The dispatcher,
 * the hint line, the `?` help, the man page section and the README table all come from it. Whether
 * an action can work now is asked of the panel (panel.h, why_not).
 */
#ifndef TAXA_UI_KEYS_H
#define TAXA_UI_KEYS_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Key codes: Unicode code points (control keys 1..31), then these. */
enum {
    KEY_CODE_BASE = 0x110000,
    K_UP,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PAGE_UP,
    K_PAGE_DOWN,
    K_INSERT,
    K_DELETE,
    K_BACKTAB,
    K_BACKSPACE,
    K_WORD_LEFT,
    K_WORD_RIGHT,
    K_PASTE,
    K_CLICK,
    K_WHEEL_UP,
    K_WHEEL_DOWN,
    K_F1,
    K_NONE
};
#define K_ENTER       13
#define K_TAB         9
#define K_ESC         27
#define K_CTRL(c)     ((c)&0x1f)
#define KEY_PASTE_MAX (1u << 20) /* bytes of one paste; more is dropped and said */

struct key {
    uint32_t code;
    const char *paste; /* K_PASTE: the text, valid until the next key is read */
    int x, y;          /* K_CLICK, K_WHEEL_*: column and row of the screen */
};

enum key_context {
    CTX_GLOBAL,
    CTX_MOVE,
    CTX_OVERVIEW,
    CTX_TAXONOMY,
    CTX_PROPOSAL,
    CTX_TREE,
    CTX_MIX,
    CTX_MIX_NODES,
    CTX_MIX_VALUES,
    CTX_MIX_MARKS,
    CTX_MIX_PAIRS,
    CTX_MIX_DRAWS,
    CTX_EXPANSION,
    CTX_SUGGESTIONS,
    CTX_RUN,
    CTX_DATA,
    CTX_COMPARE,
    CTX_CALLS,
    CTX_REVIEW,
    CTX_REVIEW_REASON,
    CTX_FACTORS,
    CTX_TEACHERS,
    CTX_THEMES,
    CTX_START,
    CTX_SETTINGS,
    CTX_MENU,
    CTX_JOURNAL,
    CTX_IMPORT,
    CTX_TEXT,
    CTX_PROMPT,
    CTX_COUNT
};

enum action {
    ACT_NONE,
    /* everywhere */
    ACT_HELP,
    ACT_COMMAND,
    ACT_UNDO,
    ACT_REDO,
    ACT_BACK,
    ACT_QUIT,
    ACT_SUSPEND,
    ACT_REPAINT,
    ACT_LOG,
    /* lists */
    ACT_UP,
    ACT_DOWN,
    ACT_PAGE_UP,
    ACT_PAGE_DOWN,
    ACT_FIRST,
    ACT_LAST,
    ACT_LEFT,
    ACT_RIGHT,
    ACT_OPEN,
    ACT_SEARCH,
    ACT_NEXT_MATCH,
    ACT_PREV_MATCH,
    ACT_WRAP,
    /* overview */
    ACT_DESCRIBE_DATA,
    ACT_SCHEMA,
    ACT_TEACHER,
    ACT_COMPLEXITY,
    /* taxonomy */
    ACT_ADD_CHILD,
    ACT_ADD_SIBLING,
    ACT_RENAME,
    ACT_EDIT,
    ACT_DESCRIBE,
    ACT_DELETE,
    ACT_WEIGHT,
    ACT_WEIGHT_UP,
    ACT_WEIGHT_DOWN,
    ACT_OFF,
    ACT_EXPAND,
    ACT_EXPAND_DEPTH,
    ACT_LOCK,
    ACT_FOLD,
    ACT_FOLD_LEVEL,
    ACT_PROPOSE,
    ACT_ACCEPT,
    ACT_REJECT,
    ACT_EXPANSION,
    ACT_FOLD_BRANCH,
    ACT_FOLD_OTHERS,
    ACT_FOCUS,
    ACT_FILTER,
    ACT_TYPE_TO,
    ACT_NEXT_SIBLING,
    ACT_PREV_SIBLING,
    ACT_BOOKMARK,
    ACT_GO_BOOKMARK,
    ACT_GO_BACK,
    ACT_GO_FORWARD,
    ACT_SPLIT,
    ACT_OTHER_SIDE,
    ACT_TEACH,
    ACT_ACCEPT_KIND,
    ACT_REJECT_KIND,
    ACT_MARK,
    ACT_MARK_RANGE,
    ACT_MARK_MATCHING,
    ACT_MARK_INVERT,
    ACT_UNMARK_ALL,
    /* mix */
    ACT_MIX_LESS,
    ACT_MIX_MORE,
    ACT_MIX_MUCH_LESS,
    ACT_MIX_MUCH_MORE,
    ACT_MIX_EXACT,
    ACT_MIX_ADD,
    ACT_MIX_ADD_HERE,
    ACT_MIX_TAXONOMIES,
    ACT_MIX_PROPOSE,
    ACT_MIX_NEXT_TAXONOMY,
    ACT_MIX_PREV_TAXONOMY,
    ACT_MIX_VIEW,
    ACT_MIX_DEEPER,
    ACT_MIX_SHALLOWER,
    ACT_MIX_EXCLUSIONS,
    ACT_MIX_DRAW,
    ACT_MIX_TRY,
    ACT_MIX_TRY_RECORD,
    ACT_MIX_WARNINGS,
    ACT_MIX_MARK,
    ACT_MOVE_UP,
    ACT_MOVE_DOWN,
    ACT_MOVE_IN,
    ACT_MOVE_OUT,
    ACT_CUT,
    ACT_COPY,
    ACT_PASTE,
    ACT_PASTE_BESIDE,
    ACT_PASTE_TEXT,
    ACT_DUPLICATE,
    ACT_ACROSS_COPY,
    ACT_ACROSS_MOVE,
    ACT_MERGE,
    ACT_SPLIT_NODE,
    ACT_SORT,
    ACT_EVEN,
    ACT_BRANCH,
    ACT_IMPORT,
    ACT_EXPORT,
    ACT_EXPORT_ALL,
    ACT_IMPORT_PLACE,
    /* run */
    ACT_GENERATE,
    ACT_PAUSE,
    ACT_STOP,
    ACT_FASTER,
    ACT_SLOWER,
    ACT_AUTO,
    ACT_BUDGET,
    ACT_RETRY,
    ACT_NEXT_PART,
    ACT_PREV_PART,
    ACT_SPAN,
    ACT_SUMMARY,
    /* data and calls */
    ACT_SAVED,
    ACT_REVERSE,
    ACT_COLUMNS,
    ACT_COMPARE,
    ACT_LIKE,
    ACT_CALLS,
    ACT_STORY,
    ACT_CURL,
    /* review */
    ACT_REVIEW_NOTE,
    ACT_REVIEW_SKIP,
    /* start, and a new session's steps */
    ACT_NEW_SESSION,
    ACT_OPEN_FILE,
    ACT_EXAMPLE,
    ACT_FORGET,
    ACT_THEME,
    ACT_ADD_FACTOR,
    ACT_ACCEPT_ALL,
    ACT_TEACHER_TEST,
    /* settings */
    ACT_RAISE,
    ACT_LOWER,
    ACT_RESET,
    ACT_ONLY_CHANGED,
    ACT_TEST,
    ACT_ADD_TEACHER,
    ACT_REMOVE,
    ACT_COUNT
};

struct binding {
    enum key_context context;
    enum action action;
    uint32_t keys[4];  /* 0 ends */
    const char *label; /* for the hint line; NULL: not offered there */
    const char *help;  /* a sentence for `?` and the manual */
};

const struct binding *keys_table(size_t *count);
const char *keys_context_title(enum key_context c);
/* The action of a key: the contexts are asked in turn (the first is the most special). ACT_NONE. */
enum action keys_action(const enum key_context *contexts, size_t n, uint32_t code);
/* The row of an action in one of the contexts, or NULL. */
const struct binding *keys_row(const enum key_context *contexts, size_t n, enum action a);
/* "x", "Enter", "C-r", "PgDn", "space". */
void keys_name(char out[16], uint32_t code);
/* The keys of a row as text: "j, Down". */
void keys_names(const struct binding *b, struct buf *out);

/* The KEYS section of the manual (mdoc), and the table for Markdown pages. */
void ui_keys_man(struct buf *out);
void ui_keys_markdown(struct buf *out);

#endif
