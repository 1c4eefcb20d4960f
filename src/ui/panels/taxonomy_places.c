/*
 * Bookmarks are kept in one file for all sessions, a line each: letter, node, session file. It is
 * read when the panel opens and written when it closes: what others wrote meanwhile of their own
 * sessions is taken over. Ids are never reused within a session, so a bookmark of a deleted node
 * leads nowhere, and works again when undo brings the node back.
 */
#include "ui/panels/taxonomy.h"

#include "base/file.h"
#include "base/mem.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOKMARK_BYTES (1u << 20)
#define BOOKMARK_LINES 2000 /* of other sessions; the oldest go first */

/* ---- back and forward */

void taxonomy_jump(struct taxonomy *t, int64_t from)
{
    if (from == 0) {
        return;
    }
    t->jump_count = t->jump_at; /* where one had gone back from is forgotten, as in a browser */
    if (t->jump_count > 0 && t->jumps[t->jump_count - 1] == from) {
        return;
    }
    if (t->jump_count == TAXONOMY_JUMPS) {
        memmove(t->jumps, t->jumps + 1, (TAXONOMY_JUMPS - 1) * sizeof t->jumps[0]);
        t->jump_count--;
    }
    t->jumps[t->jump_count++] = from;
    t->jump_at = t->jump_count;
}

/* The place in the list that b (B) leads to; jump_count: nowhere. Deleted nodes are passed over. */
static size_t place_of(const struct taxonomy *t, const struct ui *ui, bool back)
{
    int64_t here = taxonomy_side_of(t)->cursor_node;
    for (size_t at = t->jump_at; back ? at > 0 : at + 1 < t->jump_count;) {
        at = back ? at - 1 : at + 1;
        if (t->jumps[at] != here && tree_by_id(&ui->model.tree, t->jumps[at]) != TREE_NONE) {
            return at;
        }
    }
    return t->jump_count;
}

static void go_to_place(struct taxonomy *t, struct ui *ui, bool back)
{
    size_t to = place_of(t, ui, back);
    uint32_t node = tree_by_id(&ui->model.tree, t->jumps[to]);
    int64_t here = taxonomy_side_of(t)->cursor_node;
    if (back && t->jump_at == t->jump_count && here != 0 && t->jump_count < TAXONOMY_JUMPS) {
        t->jumps[t->jump_count++] = here; /* so that B leads back to here */
    }
    t->jump_at = to;
    taxonomy_reveal(t, ui, node);
}

/* ---- bookmarks */

static char letter_of(size_t slot)
{
    return (char)(slot < 26 ? 'a' + (int)slot : 'A' + (int)slot - 26);
}

static size_t slot_of(uint32_t code)
{
    return code >= 'a' && code <= 'z'   ? code - 'a'
           : code >= 'A' && code <= 'Z' ? code - 'A' + 26
                                        : TAXONOMY_BOOKMARKS;
}

static void go_to_node(struct taxonomy *t, struct ui *ui, int64_t id)
{
    uint32_t node = id != 0 ? tree_by_id(&ui->model.tree, id) : TREE_NONE;
    if (node == TREE_NONE) {
        ui_say(ui, SAY_WARN, "the node of that bookmark was deleted");
        return;
    }
    taxonomy_jump(t, taxonomy_side_of(t)->cursor_node);
    taxonomy_reveal(t, ui, node);
}

static void bookmark_chosen(struct ui *ui, void *ctx, int64_t id)
{
    go_to_node(ctx, ui, id);
}

static void show_bookmarks(struct taxonomy *t, struct ui *ui)
{
    struct ui_menu_row rows[TAXONOMY_BOOKMARKS];
    char *texts[TAXONOMY_BOOKMARKS];
    size_t n = 0;
    struct buf path;
    buf_init(&path, 1u << 16);
    for (size_t i = 0; i < TAXONOMY_BOOKMARKS; i++) {
        uint32_t node =
            t->bookmarks[i] != 0 ? tree_by_id(&ui->model.tree, t->bookmarks[i]) : TREE_NONE;
        if (t->bookmarks[i] == 0) {
            continue;
        }
        buf_clear(&path);
        if (node != TREE_NONE) {
            taxonomy_path(&ui->model.tree, node, ui->cols - 12, &path);
        }
        texts[n] = xasprintf("%c  %s", letter_of(i), node != TREE_NONE ? path.data : "(deleted)");
        rows[n] = (struct ui_menu_row){t->bookmarks[i], texts[n], NULL};
        n++;
    }
    ui_menu(ui, "Bookmarks: m and a letter sets one, ' and the letter goes there", rows, n,
            taxonomy_side_of(t)->cursor_node, bookmark_chosen, t);
    while (n-- > 0) {
        free(texts[n]);
    }
    buf_free(&path);
}

void taxonomy_bookmark_key(struct taxonomy *t, struct ui *ui, enum taxonomy_wait wait,
                           uint32_t code)
{
    size_t slot = slot_of(code);
    if (wait == WAIT_GO && code == '\'') {
        show_bookmarks(t, ui);
    } else if (slot == TAXONOMY_BOOKMARKS) {
        ui_say(ui, SAY_INFO, "a bookmark is called by a letter");
    } else if (wait == WAIT_BOOKMARK) {
        const struct node *n = taxonomy_node(t, ui);
        if (n != NULL) {
            t->bookmarks[slot] = n->id;
            t->bookmarks_changed = true;
            ui_say(ui, SAY_INFO, "bookmark %c: %s", letter_of(slot), n->name);
        }
    } else if (t->bookmarks[slot] == 0) {
        ui_say(ui, SAY_WARN, "there is no bookmark %c (m%c sets it)", letter_of(slot),
               letter_of(slot));
    } else {
        go_to_node(t, ui, t->bookmarks[slot]);
    }
}

/* ---- the file of bookmarks */

static bool bookmark_path(struct buf *path)
{
    return dir_state(path, NULL) == ST_OK && buf_adds(path, "/bookmarks");
}

/* Takes a line apart: "a 31 /home/me/gsm8k.taxa". */
static bool read_line(const char *line, size_t *slot, int64_t *id, const char **session)
{
    char *end = NULL;
    if (line[0] == '\0' || line[1] != ' ') {
        return false;
    }
    *slot = slot_of((unsigned char)line[0]);
    *id = strtoll(line + 2, &end, 10);
    *session = end + (*end == ' ' ? 1 : 0);
    return *slot<TAXONOMY_BOOKMARKS && * id> 0 && *end == ' ';
}

/* Calls `take` for each line that can be read. */
static void each_line(void (*take)(void *ctx, size_t slot, int64_t id, const char *session),
                      void *ctx)
{
    struct buf path, text;
    buf_init(&path, PATH_MAX);
    buf_init(&text, BOOKMARK_BYTES);
    if (bookmark_path(&path) && file_read(path.data, &text, NULL) == ST_OK) {
        for (char *line = text.data; *line != '\0';) {
            size_t n = strcspn(line, "\n"), slot = 0;
            bool more = line[n] == '\n';
            int64_t id = 0;
            const char *session = NULL;
            line[n] = '\0';
            if (read_line(line, &slot, &id, &session)) {
                take(ctx, slot, id, session);
            }
            line += n + (more ? 1 : 0);
        }
    }
    buf_free(&text);
    buf_free(&path);
}

struct reader {
    const char *session;
    int64_t *bookmarks;
    struct buf others; /* lines of other sessions */
    size_t other_lines;
};

static void take_line(void *ctx, size_t slot, int64_t id, const char *session)
{
    struct reader *r = ctx;
    if (strcmp(session, r->session) != 0) {
        buf_printf(&r->others, "%c %lld %s\n", letter_of(slot), (long long)id, session);
        r->other_lines++;
    } else if (r->bookmarks != NULL) {
        r->bookmarks[slot] = id;
    }
}

void taxonomy_bookmarks_load(struct taxonomy *t, const char *file)
{
    struct reader r = {.bookmarks = t->bookmarks};
    char *session = NULL;
    buf_init(&r.others, BOOKMARK_BYTES);
    if (path_absolute(file, &session, NULL) == ST_OK) {
        r.session = session;
        each_line(take_line, &r);
    }
    free(session);
    buf_free(&r.others);
}

void taxonomy_bookmarks_save(const struct taxonomy *t, const char *file)
{
    struct reader r = {.bookmarks = NULL};
    struct buf path, text;
    char *session = NULL;
    const char *rest = NULL;
    buf_init(&r.others, BOOKMARK_BYTES);
    buf_init(&path, PATH_MAX);
    buf_init(&text, BOOKMARK_BYTES);
    if (!t->bookmarks_changed || path_absolute(file, &session, NULL) != ST_OK ||
        strchr(session, '\n') != NULL) {
        goto out;
    }
    r.session = session;
    each_line(take_line, &r);
    rest = r.others.data;
    for (size_t i = BOOKMARK_LINES; i < r.other_lines; i++) {
        rest += strcspn(rest, "\n") + 1;
    }
    buf_adds(&text, rest);
    for (size_t i = 0; i < TAXONOMY_BOOKMARKS; i++) {
        if (t->bookmarks[i] != 0) {
            buf_printf(&text, "%c %lld %s\n", letter_of(i), (long long)t->bookmarks[i], session);
        }
    }
    /* as with the history: no message to somebody who just left */
    if (!text.over && bookmark_path(&path)) {
        (void)file_write(path.data, text.data, text.len, 0600, NULL);
    }
out:
    free(session);
    buf_free(&text);
    buf_free(&path);
    buf_free(&r.others);
}

/* ---- keys */

bool taxonomy_can_go(const struct taxonomy *t, const struct ui *ui, enum action a,
                     char why[WHY_MAX])
{
    if (a == ACT_BOOKMARK && taxonomy_node(t, ui) == NULL) {
        snprintf(why, WHY_MAX, "there is no node under the cursor");
        return false;
    }
    if (a == ACT_GO_BACK && place_of(t, ui, true) == t->jump_count) {
        snprintf(why, WHY_MAX, "no jump led here");
        return false;
    }
    if (a == ACT_GO_FORWARD && place_of(t, ui, false) == t->jump_count) {
        snprintf(why, WHY_MAX, "nothing was gone back from");
        return false;
    }
    return true;
}

bool taxonomy_go(struct taxonomy *t, struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_GO_BACK:
    case ACT_GO_FORWARD:
        go_to_place(t, ui, a == ACT_GO_BACK);
        return true;
    case ACT_BOOKMARK:
        t->wait = WAIT_BOOKMARK;
        ui_say(ui, SAY_INFO, "bookmark … (a letter)");
        return true;
    case ACT_GO_BOOKMARK:
        t->wait = WAIT_GO;
        ui_say(ui, SAY_INFO, "go to bookmark … (its letter; ' lists all)");
        return true;
    default:
        return false;
    }
}
