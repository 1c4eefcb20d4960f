/*
 * store_session - what the person wrote about the dataset: texts, examples, settings.
 *
 * Values are stored as text and checked by the tables of src/command, so that the file never holds
 * what a setting does not allow; a value that is not set is not stored, and follows the default.
 */
#include "store/store_private.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20, EXAMPLES_MAX = 1000, NUMBER_MAX = 400 };

/* ------------------------------------------------------------------ texts */

static enum status check_text(const char *what, const char *value, struct err *e)
{
    size_t n = strlen(value);
    if (n > TEXT_MAX) {
        return err_set(e, ST_LIMIT, "%s has %zu bytes; at most %d are kept", what, n, TEXT_MAX);
    }
    return utf8_valid(value, n) ? ST_OK : err_set(e, ST_INVALID, "%s is not valid UTF-8", what);
}

enum status store_text(struct store *s, const char *key, struct buf *out, struct err *e)
{
    struct sql q = sql_use(s, "SELECT value FROM session WHERE key = ?1");
    sql_text(&q, key);
    return sql_end_text(&q, out, e);
}

enum status store_text_set(struct store *s, const char *key, const char *value, struct err *e)
{
    enum status st = check_text(key, value, e);
    if (st == ST_OK) {
        st = op_need(s, DIRTY_SETTINGS, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "INSERT INTO session VALUES (?1, ?2) "
                              "ON CONFLICT DO UPDATE SET value = excluded.value");
    sql_text(&q, key);
    sql_text(&q, value);
    return sql_run(&q, e);
}

/* ------------------------------------------------------------------ examples */

enum status store_examples(struct store *s, cJSON **array, struct err *e)
{
    cJSON *list = cJSON_CreateArray();
    enum status st = ST_OK;
    struct sql q = sql_use(s, "SELECT id, json FROM example ORDER BY id");
    while (st == ST_OK && sql_row(&q)) {
        const char *text = sql_col_string(&q, 1);
        cJSON *record = NULL;
        st = json_parse(text, strlen(text), &json_limits_reply, &record, e);
        if (st == ST_OK) {
            cJSON *item = cJSON_CreateObject();
            cJSON_AddNumberToObject(item, "id", (double)sql_col_int(&q, 0));
            cJSON_AddItemToObject(item, "record", record);
            cJSON_AddItemToArray(list, item);
        }
    }
    enum status end = sql_end(&q, st == ST_OK ? e : NULL);
    st = st == ST_OK ? end : st;
    if (st != ST_OK) {
        cJSON_Delete(list);
        list = NULL;
    }
    *array = list;
    return st;
}

enum status store_example_add(struct store *s, const char *json, int64_t *id, struct err *e)
{
    cJSON *record = NULL;
    char *text = NULL;
    int64_t count = 0;
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st == ST_OK) {
        st = json_parse(json, strlen(json), &json_limits_reply, &record, e);
    }
    if (st == ST_OK && !cJSON_IsObject(record)) {
        st = err_set(e, ST_INVALID, "an example must be one record: a JSON object");
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT count(*) FROM example");
        st = sql_end_int(&q, 0, &count, e);
    }
    if (st == ST_OK && count >= EXAMPLES_MAX) {
        st = err_set(e, ST_LIMIT, "there are %d examples already", EXAMPLES_MAX);
    }
    if (st == ST_OK) {
        text = json_text(record);
        struct sql q = sql_use(s, "INSERT INTO example(json) VALUES (?1)");
        sql_text(&q, text);
        st = sql_run(&q, e);
        if (st == ST_OK && id != NULL) {
            *id = sqlite3_last_insert_rowid(s->db);
        }
    }
    free(text);
    cJSON_Delete(record);
    return st;
}

enum status store_example_remove(struct store *s, int64_t id, struct err *e)
{
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "DELETE FROM example WHERE id = ?1");
    sql_int(&q, id);
    st = sql_run(&q, e);
    if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no example %lld", (long long)id);
    }
    return st;
}

/* ------------------------------------------------------------------ settings */

static enum status setting_stored(struct store *s, enum setting_id id, struct buf *out, bool *set,
                                  struct err *e)
{
    struct sql q = sql_use(s, "SELECT value FROM setting WHERE name = ?1");
    sql_text(&q, setting_at(id)->name);
    buf_clear(out);
    *set = sql_row(&q);
    if (*set) {
        buf_adds(out, sql_col_string(&q, 0));
    }
    return sql_end(&q, e);
}

enum status store_setting(struct store *s, enum setting_id id, struct buf *out, struct err *e)
{
    bool set = false;
    enum status st = setting_stored(s, id, out, &set, e);
    if (st == ST_OK && !set) {
        buf_adds(out, setting_at(id)->otherwise);
    }
    if (st == ST_OK && out->over) {
        st = err_set(e, ST_LIMIT, "the value of %s is longer than %zu bytes", setting_at(id)->name,
                     out->max);
    }
    return st;
}

double store_setting_num(struct store *s, enum setting_id id, double word_value)
{
    struct buf text;
    buf_init(&text, NUMBER_MAX);
    double number = word_value;
    if (store_setting(s, id, &text, NULL) == ST_OK && text.len > 0) {
        char *end = NULL;
        double v = strtod(text.data, &end);
        number = *end == '\0' ? v : word_value;
    }
    buf_free(&text);
    return number;
}

bool store_setting_is(struct store *s, enum setting_id id, const char *word)
{
    struct buf text;
    buf_init(&text, NUMBER_MAX);
    bool is = store_setting(s, id, &text, NULL) == ST_OK && strcmp(text.data, word) == 0;
    buf_free(&text);
    return is;
}

bool store_setting_is_set(struct store *s, enum setting_id id)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    bool set = false;
    enum status st = setting_stored(s, id, &text, &set, NULL);
    buf_free(&text);
    return st == ST_OK && set;
}

enum status store_setting_set(struct store *s, enum setting_id id, const char *value, struct err *e)
{
    const struct setting *about = setting_at(id);
    enum status st = ST_OK;
    if (value != NULL) {
        st = check_text(about->name, value, e);
    }
    if (st == ST_OK && value != NULL) {
        st = setting_check(about, value, e);
    }
    if (st == ST_OK) {
        st = op_need(s, DIRTY_SETTINGS, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = value != NULL ? sql_use(s, "INSERT INTO setting VALUES (?1, ?2) "
                                              "ON CONFLICT DO UPDATE SET value = excluded.value")
                                 : sql_use(s, "DELETE FROM setting WHERE name = ?1");
    sql_text(&q, about->name);
    if (value != NULL) {
        sql_text(&q, value);
    }
    return sql_run(&q, e);
}
