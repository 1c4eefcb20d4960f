/*
 * store_mix - strategies and exclusions.
 *
 * A strategy keeps the ids of its taxonomies even when one is deleted, so that undo needs to know
 * nothing about it; reading leaves out what is not a taxonomy now. The same holds for exclusions.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXCLUSIONS_MAX = 10000 };

/* ------------------------------------------------------------------ strategies */

static enum status is_taxonomy(struct store *s, int64_t id, bool *yes, struct err *e)
{
    int64_t found = 0;
    struct sql q = sql_use(s, "SELECT 1 FROM node WHERE id = ?1 AND parent = 0 AND deleted = 0");
    sql_int(&q, id);
    enum status st = sql_end_int(&q, 0, &found, e);
    *yes = found != 0;
    return st;
}

static enum status read_strategy(struct sql *q, struct strategy_row *row, struct err *e)
{
    *row = (struct strategy_row){
        .id = sql_col_int(q, 0),
        .name = xstrdup(sql_col_string(q, 1)),
        .weight = sql_col_real(q, 2),
        .complexity = sql_col_real(q, 3),
        .levels = sql_col_copy(q, 4),
    };
    int64_t ids[PLAN_MAX_TAXONOMIES];
    int n = nodes_parse(sql_col_string(q, 5), ids);
    for (int i = 0; i < n; i++) {
        bool is = false;
        enum status st = is_taxonomy(q->s, ids[i], &is, e);
        if (st != ST_OK) {
            return st;
        }
        if (is) {
            row->taxonomies[row->taxonomy_count++] = ids[i];
        }
    }
    return ST_OK;
}

enum status store_strategies(struct store *s, struct strategy_row **list, int *count, struct err *e)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    enum status st = ST_OK;
    struct sql q = sql_use(
        s, "SELECT id, name, weight, complexity, levels, taxonomies FROM strategy ORDER BY id");
    while (st == ST_OK && *count < PLAN_MAX_STRATEGIES && sql_row(&q)) {
        *list = vec_grow(*list, &cap, (size_t)*count + 1, sizeof **list);
        st = read_strategy(&q, &(*list)[(*count)++], e);
    }
    enum status end = sql_end(&q, st == ST_OK ? e : NULL);
    st = st == ST_OK ? end : st;
    if (st != ST_OK) {
        strategy_rows_free(*list, *count);
        *list = NULL;
        *count = 0;
    }
    return st;
}

void strategy_rows_free(struct strategy_row *list, int count)
{
    for (int i = 0; i < count; i++) {
        free(list[i].name);
        free(list[i].levels);
    }
    free(list);
}

static enum status check_taxonomies(struct store *s, const struct strategy_row *row, struct err *e)
{
    int n = row->taxonomy_count;
    if (n < 0 || n > PLAN_MAX_TAXONOMIES) {
        return err_set(e, ST_LIMIT, "a strategy has at most %d taxonomies", PLAN_MAX_TAXONOMIES);
    }
    if (n == 0 && row->id == 0) {
        return err_set(e, ST_INVALID, "a strategy needs at least one taxonomy");
    }
    for (int i = 0; i < n; i++) {
        bool is = false;
        enum status st = is_taxonomy(s, row->taxonomies[i], &is, e);
        if (st == ST_OK && !is) {
            st = err_set(e, ST_INVALID, "node @%lld is not a taxonomy",
                         (long long)row->taxonomies[i]);
        }
        for (int j = 0; st == ST_OK && j < i; j++) {
            if (row->taxonomies[j] == row->taxonomies[i]) {
                st = err_set(e, ST_INVALID, "taxonomy @%lld is named twice",
                             (long long)row->taxonomies[i]);
            }
        }
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static enum status check_values(const struct strategy_row *row, struct err *e)
{
    enum status st = tree_name_check(row->name, e);
    if (st != ST_OK) {
        return err_prefix(e, "strategy");
    }
    if (!isfinite(row->weight) || row->weight < 0 || row->weight > TREE_WEIGHT_MAX) {
        return err_set(e, ST_INVALID, "a weight is a number from 0 to %g, %g was found",
                       TREE_WEIGHT_MAX, row->weight);
    }
    if (!isnan(row->complexity) && (row->complexity < 0 || row->complexity > 1)) {
        return err_set(e, ST_INVALID, "complexity is a number from 0 to 1, %g was found",
                       row->complexity);
    }
    return row->levels != NULL ? setting_check(setting_at(SETTING_LEVELS), row->levels, e) : ST_OK;
}

static enum status check_name_free(struct store *s, const struct strategy_row *row, struct err *e)
{
    int64_t other = 0;
    int64_t count = 0;
    struct sql q = sql_use(s, "SELECT id FROM strategy WHERE name = ?1 AND id <> ?2");
    sql_text(&q, row->name);
    sql_int(&q, row->id);
    enum status st = sql_end_int(&q, 0, &other, e);
    if (st == ST_OK && other != 0) {
        st = err_set(e, ST_EXISTS, "there is a strategy \"%s\" already", row->name);
    }
    if (st == ST_OK && row->id == 0) {
        q = sql_use(s, "SELECT count(*) FROM strategy");
        st = sql_end_int(&q, 0, &count, e);
    }
    if (st == ST_OK && count >= PLAN_MAX_STRATEGIES) {
        st = err_set(e, ST_LIMIT, "a session has at most %d strategies", PLAN_MAX_STRATEGIES);
    }
    return st;
}

static enum status write_strategy(struct store *s, struct strategy_row *row, struct err *e)
{
    struct buf ids;
    buf_init(&ids, POINT_NODES_TEXT);
    for (int i = 0; i < row->taxonomy_count; i++) {
        buf_printf(&ids, "%s%lld", i > 0 ? "," : "", (long long)row->taxonomies[i]);
    }
    bool fresh = row->id == 0;
    struct sql q =
        fresh ? sql_use(s, "INSERT INTO strategy(name, weight, complexity, levels, taxonomies) "
                           "VALUES (?1, ?2, ?3, ?4, ?5)")
              : sql_use(s, "UPDATE strategy SET name = ?1, weight = ?2, complexity = ?3, "
                           "levels = ?4, taxonomies = ?5 WHERE id = ?6");
    sql_text(&q, row->name);
    sql_real(&q, row->weight);
    sql_real(&q, row->complexity);
    sql_text(&q, row->levels);
    sql_text(&q, ids.data);
    if (!fresh) {
        sql_int(&q, row->id);
    }
    enum status st = sql_run(&q, e);
    buf_free(&ids);
    if (st == ST_OK && fresh) {
        row->id = sqlite3_last_insert_rowid(s->db);
    } else if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no strategy with id %lld", (long long)row->id);
    }
    return st;
}

enum status store_strategy_put(struct store *s, struct strategy_row *row, struct err *e)
{
    enum status st = check_values(row, e);
    if (st == ST_OK) {
        st = op_need(s, DIRTY_SETTINGS, e);
    }
    if (st == ST_OK) {
        st = check_taxonomies(s, row, e);
    }
    if (st == ST_OK) {
        st = check_name_free(s, row, e);
    }
    return st == ST_OK ? write_strategy(s, row, e) : st;
}

enum status store_strategy_remove(struct store *s, int64_t id, struct err *e)
{
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "DELETE FROM strategy WHERE id = ?1");
    sql_int(&q, id);
    st = sql_run(&q, e);
    if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no strategy with id %lld", (long long)id);
    }
    if (st == ST_OK) {
        q = sql_use(s, "DELETE FROM exclusion WHERE strategy = ?1");
        sql_int(&q, id);
        st = sql_run(&q, e);
    }
    return st;
}

/* ------------------------------------------------------------------ exclusions */

enum status store_exclusions(struct store *s, struct exclusion_row **list, int *count,
                             struct err *e)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    struct sql q = sql_use(s, "SELECT x.id, x.strategy, x.a, x.b FROM exclusion x "
                              "JOIN node na ON na.id = x.a AND na.deleted = 0 "
                              "JOIN node nb ON nb.id = x.b AND nb.deleted = 0 ORDER BY x.id");
    while (sql_row(&q)) {
        *list = vec_grow(*list, &cap, (size_t)*count + 1, sizeof **list);
        (*list)[(*count)++] = (struct exclusion_row){
            .id = sql_col_int(&q, 0),
            .strategy = sql_col_int(&q, 1),
            .a = sql_col_int(&q, 2),
            .b = sql_col_int(&q, 3),
        };
    }
    enum status st = sql_end(&q, e);
    if (st != ST_OK) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return st;
}

static enum status check_exclusion(struct store *s, int64_t strategy, int64_t a, int64_t b,
                                   struct err *e)
{
    int64_t found = 0;
    int64_t count = 0;
    enum status st = node_exists(s, a, e);
    if (st == ST_OK) {
        st = node_exists(s, b, e);
    }
    if (st == ST_OK && a == b) {
        st = err_set(e, ST_INVALID, "an exclusion is about two nodes");
    }
    if (st == ST_OK && strategy != 0) {
        struct sql q = sql_use(s, "SELECT 1 FROM strategy WHERE id = ?1");
        sql_int(&q, strategy);
        st = sql_end_int(&q, 0, &found, e);
        if (st == ST_OK && found == 0) {
            st = err_set(e, ST_NOT_FOUND, "there is no strategy with id %lld", (long long)strategy);
        }
    }
    found = 0;
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT id FROM exclusion WHERE strategy = ?1 AND "
                                  "((a = ?2 AND b = ?3) OR (a = ?3 AND b = ?2))");
        sql_int(&q, strategy);
        sql_int(&q, a);
        sql_int(&q, b);
        st = sql_end_int(&q, 0, &found, e);
    }
    if (st == ST_OK && found != 0) {
        st = err_set(e, ST_EXISTS, "there is that exclusion already (%lld)", (long long)found);
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT count(*) FROM exclusion");
        st = sql_end_int(&q, 0, &count, e);
    }
    if (st == ST_OK && count >= EXCLUSIONS_MAX) {
        st = err_set(e, ST_LIMIT, "a session has at most %d exclusions", EXCLUSIONS_MAX);
    }
    return st;
}

enum status store_exclusion_add(struct store *s, int64_t strategy, int64_t a, int64_t b,
                                struct err *e)
{
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st == ST_OK) {
        st = check_exclusion(s, strategy, a, b, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "INSERT INTO exclusion(strategy, a, b) VALUES (?1, ?2, ?3)");
    sql_int(&q, strategy);
    sql_int(&q, a);
    sql_int(&q, b);
    return sql_run(&q, e);
}

enum status store_exclusion_remove(struct store *s, int64_t id, struct err *e)
{
    enum status st = op_need(s, DIRTY_SETTINGS, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "DELETE FROM exclusion WHERE id = ?1");
    sql_int(&q, id);
    st = sql_run(&q, e);
    if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no exclusion %lld", (long long)id);
    }
    return st;
}
