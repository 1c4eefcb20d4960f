/*
 * The first folder that has any wins: a checkout's examples are not mixed with those installed.
 */
#include "ui/shipped.h"

#include "base/file.h"
#include "base/mem.h"
#include "ui/data_folder.h"
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SHIPPED_MAX  100
#define SCRIPT_BYTES (8u << 20)

static const char ending[] = ".session";

static int by_name(const void *a, const void *b)
{
    const struct shipped *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The first comment line, without its sign. */
static char *first_comment(const char *path)
{
    struct buf text;
    char *about = NULL;
    buf_init(&text, SCRIPT_BYTES);
    if (file_read(path, &text, NULL) == ST_OK && text.data[0] == '#') {
        const char *s = text.data + 1;
        s += strspn(s, " ");
        about = xstrndup(s, strcspn(s, "\n"));
    }
    buf_free(&text);
    return about != NULL ? about : xstrdup("");
}

static size_t read_folder(const char *folder, struct shipped *list)
{
    size_t count = 0, end = sizeof ending - 1;
    char *path = xasprintf("%s/sessions", folder);
    DIR *d = opendir(path);
    /* a stream of our own, read by nobody else NOLINTNEXTLINE(concurrency-mt-unsafe) */
    for (struct dirent *f; d != NULL && count < SHIPPED_MAX && (f = readdir(d)) != NULL;) {
        size_t n = strlen(f->d_name);
        if (n <= end || strcmp(f->d_name + n - end, ending) != 0) {
            continue;
        }
        struct shipped *s = &list[count++];
        s->name = xstrndup(f->d_name, n - end);
        s->path = xasprintf("%s/%s", path, f->d_name);
        s->about = first_comment(s->path);
    }
    if (d != NULL) {
        closedir(d);
    }
    free(path);
    qsort(list, count, sizeof *list, by_name);
    return count;
}

struct shipped *shipped_load(size_t *count)
{
    struct shipped *list = xcalloc(SHIPPED_MAX, sizeof *list);
    struct buf folder;
    buf_init(&folder, PATH_MAX);
    *count = 0;
    for (int i = 0; *count == 0 && i < DATA_FOLDERS; i++) {
        if (data_folder(i, &folder)) {
            *count = read_folder(folder.data, list);
        }
    }
    buf_free(&folder);
    return list;
}

void shipped_free(struct shipped *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].name);
        free(list[i].path);
        free(list[i].about);
    }
    free(list);
}
