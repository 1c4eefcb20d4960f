/*
 * The lines typed at `:`. One file for all sessions, newest last, 0600, written whole when the
 * workbench ends: two workbenches at once keep the lines of the one that ends last, which is what
 * shells do and nobody minds. Lines that start with a space are not kept.
 */
#include "ui/prompt.h"

#include "base/file.h"
#include "base/mem.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_BYTES (1u << 20)

void history_init(struct history *h)
{
    memset(h, 0, sizeof *h);
}

void history_free(struct history *h)
{
    for (size_t i = 0; i < h->count; i++) {
        free(h->lines[i]);
    }
    free(h->lines);
    history_init(h);
}

static void drop(struct history *h, size_t at)
{
    free(h->lines[at]);
    memmove(h->lines + at, h->lines + at + 1, (h->count - at - 1) * sizeof *h->lines);
    h->count--;
}

void history_add(struct history *h, const char *line)
{
    if (line[0] == '\0' || line[0] == ' ' || strchr(line, '\n') != NULL) {
        return;
    }
    for (size_t i = 0; i < h->count; i++) {
        if (strcmp(h->lines[i], line) == 0) {
            drop(h, i);
            break;
        }
    }
    if (h->count >= PROMPT_HISTORY) {
        drop(h, 0);
    }
    h->lines = vec_grow(h->lines, &h->cap, h->count + 1, sizeof *h->lines);
    h->lines[h->count++] = xstrdup(line);
}

static bool history_path(struct buf *path)
{
    return dir_state(path, NULL) == ST_OK && buf_adds(path, "/history");
}

void history_load(struct history *h)
{
    struct buf path, text;
    buf_init(&path, PATH_MAX);
    buf_init(&text, HISTORY_BYTES);
    if (history_path(&path) && file_read(path.data, &text, NULL) == ST_OK) {
        for (char *line = text.data; *line != '\0';) {
            size_t n = strcspn(line, "\n");
            bool more = line[n] == '\n';
            line[n] = '\0';
            history_add(h, line);
            line += n + (more ? 1 : 0);
        }
    }
    buf_free(&text);
    buf_free(&path);
}

void history_save(const struct history *h)
{
    struct buf path, text;
    buf_init(&path, PATH_MAX);
    buf_init(&text, HISTORY_BYTES);
    for (size_t i = 0; i < h->count; i++) {
        buf_printf(&text, "%s\n", h->lines[i]);
    }
    /* a history that cannot be written is not worth a message to somebody who just left */
    if (!text.over && history_path(&path)) {
        (void)file_write(path.data, text.data, text.len, 0600, NULL);
    }
    buf_free(&text);
    buf_free(&path);
}
