/*
 * A point as the list shows it. Read a row at a time by its number, so a row costs the same
 * whatever the order and the filter are; texts are cut here, before they come to the screen's
 * thread, so that a page of records of a megabyte each does not fill the memory.
 */
#include "ui/panels/data.h"

#include "base/json.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 600, BEFORE_HIT = 24 };

static enum status last(struct store *s, int64_t *id, struct err *e)
{
    return store_point_last(s, id, e);
}

struct visitor {
    browse_key_fn *visit;
    void *ctx;
};

static bool visit_key(void *ctx, int64_t id, double key, enum point_state state)
{
    const struct visitor *v = ctx;
    return v->visit(v->ctx, id, key, (int)state);
}

static enum status keys(struct store *s, const struct filter *f, int order, int64_t from,
                        int64_t to, browse_key_fn *visit, void *ctx, struct err *e)
{
    struct visitor v = {visit, ctx};
    return store_point_keys(s, f, (enum point_sort)order, from, to, visit_key, &v, e);
}

static enum status first(struct store *s, const struct filter *f, int order, bool reverse,
                         int64_t limit, browse_key_fn *visit, void *ctx, struct err *e)
{
    struct visitor v = {visit, ctx};
    return store_point_first(s, f, (enum point_sort)order, reverse, limit, visit_key, &v, e);
}

static void cut(char **text, size_t most)
{
    if (*text != NULL && strlen(*text) > most) {
        char *shorter = xstrndup(*text, most);
        free(*text);
        *text = shorter;
    }
}

/* The words around a hit, from a few characters before it. */
static char *around(const char *text, size_t hit)
{
    size_t from = hit > BEFORE_HIT ? hit - BEFORE_HIT : 0;
    while (from > 0 && ((unsigned char)text[from] & 0xC0) == 0x80) {
        from--;
    }
    return xasprintf("%s%.*s", from > 0 ? "…" : "", WORDS, text + from);
}

static char *first_words(const struct point *p)
{
    cJSON *record = NULL;
    const cJSON *field = NULL, *found = NULL;
    const char *text = p->record != NULL ? p->record : p->scenario != NULL ? p->scenario : "";
    if (p->record != NULL &&
        json_parse(p->record, strlen(p->record), &json_limits_file, &record, NULL) == ST_OK) {
        cJSON_ArrayForEach(field, record)
        {
            found = found == NULL && cJSON_IsString(field) ? field : found;
        }
        text = found != NULL ? found->valuestring : text;
    }
    char *words = xasprintf("%.*s", WORDS, text);
    cJSON_Delete(record);
    return words;
}

static char *words_of(const struct point *p, struct regex *find)
{
    size_t start = 0, end = 0;
    char *words = first_words(p);
    if (find == NULL || regex_find(find, words, strnlen(words, 60), 0, &start, &end)) {
        return words;
    }
    const char *const texts[] = {p->record, p->scenario};
    for (size_t i = 0; i < 2; i++) {
        if (texts[i] != NULL && regex_find(find, texts[i], strlen(texts[i]), 0, &start, &end)) {
            free(words);
            return around(texts[i], start);
        }
    }
    return words;
}

static bool see_verdict(void *ctx, const struct verdict *v)
{
    int *said = ctx;
    if (strcmp(v->critic, "correct") == 0) {
        said[0] = v->yes ? 2 : 1;
    } else if (strcmp(v->critic, "incorrect") == 0) {
        said[1] = v->yes ? 2 : 1;
    }
    return true;
}

static char *strategy_name(struct store *s, int64_t id)
{
    struct strategy_row *rows = NULL;
    int count = 0;
    char *name = NULL;
    if (id != 0 && store_strategies(s, &rows, &count, NULL) == ST_OK) {
        for (int i = 0; i < count; i++) {
            if (rows[i].id == id) {
                name = xstrdup(rows[i].name);
            }
        }
        strategy_rows_free(rows, count);
    }
    return name != NULL ? name : xstrdup(id == 0 ? "everything" : "(removed)");
}

static void *read_row(struct store *s, int64_t id, struct regex *find)
{
    static const char *const words[] = {"", "no", "yes"};
    struct data_row *row = xcalloc(1, sizeof *row);
    int said[2] = {0, 0};
    row->p.id = id;
    row->gone = store_point(s, id, &row->p, NULL) != ST_OK;
    if (row->gone) {
        row->p = (struct point){.id = id};
    }
    row->strategy = strategy_name(s, row->p.strategy);
    row->words = words_of(&row->p, find);
    cut(&row->p.record, DATA_RECORD);
    cut(&row->p.scenario, DATA_RECORD);
    cut(&row->p.plain, DATA_RECORD);
    cut(&row->p.reason, DATA_RECORD);
    if (store_verdicts(s, id, see_verdict, said, NULL) == ST_OK && said[0] > 0 && said[1] > 0) {
        snprintf(row->verdict, sizeof row->verdict, "%s/%s", words[said[0]], words[said[1]]);
    }
    return row;
}

static void free_row(void *p)
{
    struct data_row *row = p;
    point_clear(&row->p);
    free(row->strategy);
    free(row->words);
    free(row);
}

double data_suspicion(const struct data_row *row)
{
    enum point_state s = row->p.state;
    if (s != row->p.outcome || (s != POINT_DISPUTED && s != POINT_REJECTED && s != POINT_INVALID)) {
        return 0;
    }
    return strcmp(row->verdict, "yes/yes") == 0  ? 0.9
           : strcmp(row->verdict, "no/no") == 0  ? 0.7
           : row->p.outcome == POINT_INVALID     ? 0.2
           : strcmp(row->verdict, "no/yes") == 0 ? 0.3
                                                 : 0.4;
}

const char *data_sort_name(int order)
{
    static const char *const names[POINT_SORTS] = {
        [SORT_ID] = "number",           [SORT_STATE] = "state", [SORT_STRATEGY] = "strategy",
        [SORT_TIME] = "time",           [SORT_COST] = "cost",   [SORT_ATTEMPTS] = "attempts",
        [SORT_SUSPICION] = "suspicion",
    };
    return names[order];
}

const struct browse_kind data_kind = {
    .last = last,
    .keys = keys,
    .first = first,
    .row = read_row,
    .row_free = free_row,
};
