/*
 * store_teacher - teachers and the roles they play.
 *
 * An entry is one row with its keys as JSON text, so that a new key needs no migration. A session
 * without entries has the built-in offline teacher; setting one of its rates makes it an entry.
 * Secrets are not keys: an entry says where its key is to be found, never what it is.
 */
#include "store/store_private.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define BUILT_IN "offline"

enum { TEACHERS_MAX = 64, NAME_MAX_BYTES = 63, VALUE_MAX_BYTES = 4096 };

/* ------------------------------------------------------------------ reading */

static void take_key(struct teacher_config *c, enum teacher_key_id id, const char *value)
{
    free(c->key[id]);
    c->key[id] = xstrdup(value);
}

static void take_urls(struct teacher_config *c, const cJSON *list)
{
    const cJSON *url = NULL;
    cJSON_ArrayForEach(url, list)
    {
        if (cJSON_IsString(url) && c->base_url_count < TEACHER_BASE_URLS) {
            c->base_url[c->base_url_count++] = xstrdup(url->valuestring);
        }
    }
    if (c->base_url_count > 0) {
        take_key(c, TK_BASE_URL, c->base_url[0]);
    }
}

static void config_read(struct teacher_config *c, const char *name, const cJSON *o)
{
    *c = (struct teacher_config){.name = xstrdup(name)};
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, o)
    {
        enum teacher_key_id id;
        if (teacher_key_find(item->string, &id) == NULL) {
            continue; /* a key of another taxa: kept in the file, not understood here */
        }
        if (id == TK_BASE_URL) {
            take_urls(c, item);
        } else if (cJSON_IsString(item)) {
            take_key(c, id, item->valuestring);
        }
    }
}

static enum status config_json(struct store *s, const char *name, cJSON **out, struct err *e)
{
    *out = NULL;
    enum status st = ST_OK;
    struct sql q = sql_use(s, "SELECT config FROM teacher WHERE name = ?1");
    sql_text(&q, name);
    if (sql_row(&q)) {
        const char *text = sql_col_string(&q, 0);
        st = json_parse(text, strlen(text), &json_limits_reply, out, e);
    }
    enum status end = sql_end(&q, st == ST_OK ? e : NULL);
    return st == ST_OK ? end : st;
}

enum status store_teachers(struct store *s, struct teacher_config **list, int *count, struct err *e)
{
    *list = xcalloc(TEACHERS_MAX, sizeof **list);
    *count = 0;
    enum status st = ST_OK;
    struct sql q = sql_use(s, "SELECT name, config FROM teacher ORDER BY ordinal");
    while (st == ST_OK && *count < TEACHERS_MAX && sql_row(&q)) {
        const char *text = sql_col_string(&q, 1);
        cJSON *o = NULL;
        st = json_parse(text, strlen(text), &json_limits_reply, &o, e);
        if (st == ST_OK) {
            config_read(&(*list)[(*count)++], sql_col_string(&q, 0), o);
        }
        cJSON_Delete(o);
    }
    enum status end = sql_end(&q, st == ST_OK ? e : NULL);
    st = st == ST_OK ? end : st;
    if (st == ST_OK && *count == 0) {
        struct teacher_config *c = &(*list)[(*count)++];
        *c = (struct teacher_config){.name = xstrdup(BUILT_IN)};
        take_key(c, TK_DIALECT, BUILT_IN);
    }
    if (st != ST_OK) {
        for (int i = 0; i < *count; i++) {
            teacher_config_free(&(*list)[i]);
        }
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return st;
}

/* ------------------------------------------------------------------ writing */

static enum status check_key(const char *key, const char *value, enum teacher_key_id *id,
                             struct err *e)
{
    const struct setting *about = teacher_key_find(key, id);
    if (about == NULL) {
        return err_set(e, ST_USAGE, "a teacher has no key \"%s\"", key);
    }
    if (strlen(value) > VALUE_MAX_BYTES || !utf8_valid(value, strlen(value))) {
        return err_set(e, ST_INVALID, "the value of %s is too long or not valid UTF-8", key);
    }
    return value[0] != '\0' ? setting_check(about, value, e) : ST_OK;
}

/* The base URLs of one command replace the older ones; *urls counts them. */
static enum status add_url(cJSON *o, const char *key, const char *value, int *urls, struct err *e)
{
    if (*urls >= TEACHER_BASE_URLS) {
        return err_set(e, ST_LIMIT, "a teacher has at most %d base URLs", TEACHER_BASE_URLS);
    }
    if (*urls == 0) {
        cJSON_DeleteItemFromObjectCaseSensitive(o, key);
        (void)cJSON_AddArrayToObject(o, key);
    }
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(o, key), cJSON_CreateString(value));
    (*urls)++;
    return ST_OK;
}

static enum status put_key(cJSON *o, const char *word, int *urls, struct err *e)
{
    const char *eq = strchr(word, '=');
    if (eq == NULL) {
        return err_set(e, ST_USAGE, "KEY=VALUE was expected, \"%s\" was found", word);
    }
    char *key = xstrndup(word, (size_t)(eq - word));
    const char *value = eq + 1;
    enum teacher_key_id id = TK_DIALECT;
    enum status st = check_key(key, value, &id, e);
    if (st == ST_OK && id == TK_BASE_URL && value[0] != '\0') {
        st = add_url(o, key, value, urls, e);
    } else if (st == ST_OK) {
        cJSON_DeleteItemFromObjectCaseSensitive(o, key); /* "KEY=" goes back to the default */
        if (value[0] != '\0') {
            cJSON_AddStringToObject(o, key, value);
        }
    }
    free(key);
    return st;
}

static enum status check_name(const char *name, struct err *e)
{
    enum status st = tree_name_check(name, e);
    if (st != ST_OK) {
        return err_prefix(e, "teacher");
    }
    if (strlen(name) > NAME_MAX_BYTES) {
        return err_set(e, ST_INVALID, "the name of a teacher has at most %d bytes", NAME_MAX_BYTES);
    }
    return ST_OK;
}

static enum status count_teachers(struct store *s, int64_t *n, struct err *e)
{
    struct sql q = sql_use(s, "SELECT count(*) FROM teacher");
    return sql_end_int(&q, 0, n, e);
}

bool store_teachers_chosen(struct store *s)
{
    int64_t n = 0;
    return count_teachers(s, &n, NULL) == ST_OK && n > 0;
}

static enum status write_teacher(struct store *s, const char *name, const cJSON *o, struct err *e)
{
    char *text = json_text(o);
    struct sql q = sql_use(s, "INSERT INTO teacher VALUES (?1, (SELECT coalesce(max(ordinal), 0) "
                              "+ 1 FROM teacher), ?2) "
                              "ON CONFLICT DO UPDATE SET config = excluded.config");
    sql_text(&q, name);
    sql_text(&q, text);
    enum status st = sql_run(&q, e);
    free(text);
    return st;
}

enum status store_teacher_put(struct store *s, const char *name, bool create,
                              const char *const *key_values, int n, struct err *e)
{
    cJSON *o = NULL;
    int64_t count = 0;
    int urls = 0;
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st == ST_OK) {
        st = check_name(name, e);
    }
    if (st == ST_OK) {
        st = config_json(s, name, &o, e);
    }
    if (st == ST_OK) {
        st = count_teachers(s, &count, e);
    }
    if (st == ST_OK && create && o != NULL) {
        st = err_set(e, ST_EXISTS, "there is a teacher \"%s\" already", name);
    }
    bool built_in = count == 0 && strcmp(name, BUILT_IN) == 0;
    if (st == ST_OK && !create && o == NULL && !built_in) {
        st = err_set(e, ST_NOT_FOUND, "there is no teacher \"%s\"", name);
    }
    if (st == ST_OK && o == NULL && count >= TEACHERS_MAX) {
        st = err_set(e, ST_LIMIT, "there are %d teachers already", TEACHERS_MAX);
    }
    if (st == ST_OK && o == NULL) {
        o = cJSON_CreateObject();
        if (built_in) {
            cJSON_AddStringToObject(o, teacher_key_at(TK_DIALECT)->name, BUILT_IN);
        }
    }
    for (int i = 0; st == ST_OK && i < n; i++) {
        st = put_key(o, key_values[i], &urls, e);
    }
    if (st == ST_OK) {
        st = write_teacher(s, name, o, e);
    }
    cJSON_Delete(o);
    return st;
}

enum status store_teacher_remove(struct store *s, const char *name, struct err *e)
{
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "DELETE FROM teacher WHERE name = ?1");
    sql_text(&q, name);
    st = sql_run(&q, e);
    if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no teacher entry \"%s\"", name);
    }
    if (st == ST_OK) {
        q = sql_use(s, "DELETE FROM role WHERE teacher = ?1");
        sql_text(&q, name);
        st = sql_run(&q, e);
    }
    return st;
}

/* ------------------------------------------------------------------ roles */

enum status store_role(struct store *s, enum role_id role, struct buf *out, struct err *e)
{
    struct sql q = sql_use(s, "SELECT r.teacher FROM role r JOIN teacher t ON t.name = r.teacher "
                              "WHERE r.role = ?1 UNION ALL "
                              "SELECT * FROM (SELECT name FROM teacher ORDER BY ordinal LIMIT 1)");
    sql_text(&q, role_name(role));
    enum status st = sql_end_text(&q, out, e);
    if (st == ST_OK && out->len == 0) {
        buf_adds(out, BUILT_IN);
    }
    return st;
}

static enum status teacher_known(struct store *s, const char *name, struct err *e)
{
    int64_t known = 0;
    struct sql q = sql_use(s, "SELECT EXISTS (SELECT 1 FROM teacher WHERE name = ?1) OR "
                              "(?1 = 'offline' AND NOT EXISTS (SELECT 1 FROM teacher))");
    sql_text(&q, name);
    enum status st = sql_end_int(&q, 0, &known, e);
    if (st == ST_OK && known == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no teacher \"%s\"", name);
    }
    return st;
}

enum status store_role_set(struct store *s, enum role_id role, const char *teacher, struct err *e)
{
    bool unset = teacher == NULL || teacher[0] == '\0';
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st == ST_OK && !unset) {
        st = teacher_known(s, teacher, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = unset ? sql_use(s, "DELETE FROM role WHERE role = ?1")
                         : sql_use(s, "INSERT INTO role VALUES (?1, ?2) "
                                      "ON CONFLICT DO UPDATE SET teacher = excluded.teacher");
    sql_text(&q, role_name(role));
    if (!unset) {
        sql_text(&q, teacher);
    }
    return sql_run(&q, e);
}
