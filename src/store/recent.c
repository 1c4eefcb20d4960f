/*
 * Two programs that write at the same moment: the later list stands, whole. A path with a newline
 * is not kept, since the list has one path a line.
 */
#include "store/recent.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/store.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LIST_BYTES (1u << 20)

static bool list_path(struct buf *path)
{
    return dir_state(path, NULL) == ST_OK && buf_adds(path, "/recent");
}

static void read_list(struct buf *text)
{
    struct buf path;
    buf_init(&path, PATH_MAX);
    if (!list_path(&path) || file_read(path.data, text, NULL) != ST_OK) {
        buf_clear(text);
    }
    buf_free(&path);
}

/* The list with `path` in front (or, without `keep`, taken out). */
static void rewrite(const char *path, bool keep)
{
    struct buf old, fresh, where;
    buf_init(&old, LIST_BYTES);
    buf_init(&fresh, LIST_BYTES);
    buf_init(&where, PATH_MAX);
    read_list(&old);
    int kept = 0;
    if (keep) {
        buf_printf(&fresh, "%s\n", path);
        kept++;
    }
    for (const char *p = old.data; *p != '\0' && kept < RECENT_MAX;) {
        size_t n = strcspn(p, "\n");
        if (n > 0 && (strlen(path) != n || memcmp(p, path, n) != 0)) {
            buf_add(&fresh, p, n);
            buf_addc(&fresh, '\n');
            kept++;
        }
        p += n + (p[n] == '\n' ? 1 : 0);
    }
    if (!fresh.over && list_path(&where)) {
        (void)file_write(where.data, fresh.data, fresh.len, 0600, NULL);
    }
    buf_free(&where);
    buf_free(&fresh);
    buf_free(&old);
}

void recent_add(const char *path)
{
    if (path[0] == '/' && strchr(path, '\n') == NULL) {
        rewrite(path, true);
    }
}

void recent_remove(const char *path)
{
    rewrite(path, false);
}

struct recent *recent_load(size_t *count)
{
    struct buf text;
    struct recent *list = xcalloc(RECENT_MAX, sizeof *list);
    buf_init(&text, LIST_BYTES);
    read_list(&text);
    *count = 0;
    for (const char *p = text.data; *p != '\0' && *count < RECENT_MAX;) {
        size_t n = strcspn(p, "\n");
        if (n > 0) {
            struct recent *r = &list[(*count)++];
            struct stat info;
            r->path = xstrndup(p, n);
            r->missing = stat(r->path, &info) != 0;
            r->changed_s = r->missing ? 0 : (int64_t)info.st_mtime;
        }
        p += n + (p[n] == '\n' ? 1 : 0);
    }
    buf_free(&text);
    return list;
}

void recent_free(struct recent *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].path);
    }
    free(list);
}

/* What was written last may still lie in the log beside the file. */
static void take_change(struct recent *r)
{
    struct stat info;
    char *log = xasprintf("%s-wal", r->path);
    if (stat(r->path, &info) == 0) {
        r->changed_s = (int64_t)info.st_mtime;
    }
    if (stat(log, &info) == 0 && info.st_size > 0 && (int64_t)info.st_mtime > r->changed_s) {
        r->changed_s = (int64_t)info.st_mtime;
    }
    free(log);
}

static void read_session(struct recent *r, struct store *s)
{
    int64_t counts[POINT_STATES];
    struct plan_row plan;
    struct buf theme;
    buf_init(&theme, 4096);
    if (store_point_counts(s, counts, NULL) == ST_OK) {
        r->accepted = counts[POINT_ACCEPTED];
    }
    if (store_plan(s, &plan, NULL) == ST_OK) {
        r->target = plan.target;
        snprintf(r->run, sizeof r->run, "%s", plan.run);
        plan_row_clear(&plan);
    }
    if (store_setting(s, SETTING_THEME, &theme, NULL) == ST_OK) {
        text_safe_copy(r->theme, sizeof r->theme, theme.data);
    }
    buf_free(&theme);
}

void recent_look(struct recent *r)
{
    struct store *s = NULL;
    struct err why = {0};
    r->looked = true;
    take_change(r); /* before opening it, which may touch the log */
    if (store_open(r->path, STORE_READ, false, &s, &why) != ST_OK) {
        r->missing = why.code == ST_NOT_FOUND;
        text_safe_copy(r->problem, sizeof r->problem, why.msg);
        return;
    }
    read_session(r, s);
    store_close(s);
}
