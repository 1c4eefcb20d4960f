/*
 * The table from command to executor, and the helpers that executors share. The table is checked
 * against the command table by a test: a command without an executor cannot be released.
 */
#include "base/file.h"
#include "base/mem.h"
#include "server/exec.h"
#include "server/exec_table.h"
#include "server/live.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static exec_fn *const table[CMD_COUNT] = {
    [CMD_DESCRIBE] = exec_describe,
    [CMD_EXAMPLE_ADD] = exec_example_add,
    [CMD_EXAMPLE_LIST] = exec_example_list,
    [CMD_EXAMPLE_REMOVE] = exec_example_remove,
    [CMD_SCHEMA] = exec_schema,
    [CMD_SCHEMA_TEMPLATES] = exec_schema_templates,
    [CMD_SAVE] = exec_save,
    [CMD_BACKUP] = exec_backup,
    [CMD_RECENT] = exec_recent,
    [CMD_RECENT_FORGET] = exec_recent_forget,
    [CMD_DOCTOR] = exec_doctor,
    [CMD_HELP] = exec_help,
    [CMD_SET] = exec_set,
    [CMD_UNSET] = exec_unset,
    [CMD_GET] = exec_get,
    [CMD_SETTINGS] = exec_settings,
    [CMD_TEACHER_ADD] = exec_teacher_add,
    [CMD_TEACHER_SET] = exec_teacher_set,
    [CMD_TEACHER_REMOVE] = exec_teacher_remove,
    [CMD_TEACHER_LIST] = exec_teacher_list,
    [CMD_TEACHER_TEST] = exec_teacher_test,
    [CMD_TEACHER_PRESETS] = exec_teacher_presets,
    [CMD_TEACHER_FIND] = exec_teacher_find,
    [CMD_ROLE] = exec_role,
    [CMD_FACTOR_PROPOSE] = exec_factor_propose,
    [CMD_FACTOR_ADD] = exec_factor_add,
    [CMD_FACTOR_EDIT] = exec_factor_edit,
    [CMD_FACTOR_ACCEPT] = exec_factor_accept,
    [CMD_FACTOR_REJECT] = exec_factor_reject,
    [CMD_FACTOR_LIST] = exec_factor_list,
    [CMD_NODE_ADD] = exec_node_add,
    [CMD_NODE_RENAME] = exec_node_rename,
    [CMD_NODE_DESCRIBE] = exec_node_describe,
    [CMD_NODE_WEIGHT] = exec_node_weight,
    [CMD_NODE_EVEN] = exec_node_even,
    [CMD_NODE_MOVE] = exec_node_move,
    [CMD_NODE_SHIFT] = exec_node_shift,
    [CMD_NODE_COPY] = exec_node_copy,
    [CMD_NODE_MERGE] = exec_node_merge,
    [CMD_NODE_SPLIT] = exec_node_split,
    [CMD_NODE_DELETE] = exec_node_delete,
    [CMD_NODE_LOCK] = exec_node_lock,
    [CMD_NODE_UNLOCK] = exec_node_unlock,
    [CMD_NODE_SORT] = exec_node_sort,
    [CMD_EXPAND] = exec_expand,
    [CMD_EXPANSION] = exec_expansion,
    [CMD_EXPANSION_TAKE] = exec_expansion_take,
    [CMD_EXPANSION_DROP] = exec_expansion_drop,
    [CMD_SUGGEST_MISSING] = exec_suggest_missing,
    [CMD_SUGGEST_DESCRIBE] = exec_suggest_describe,
    [CMD_SUGGEST_SOUND] = exec_suggest_sound,
    [CMD_SUGGEST_LIST] = exec_suggest_list,
    [CMD_SUGGEST_ACCEPT] = exec_suggest_accept,
    [CMD_SUGGEST_REJECT] = exec_suggest_reject,
    [CMD_TREE] = exec_tree_show,
    [CMD_TREE_IMPORT] = exec_tree_import,
    [CMD_TREE_EXPORT] = exec_tree_export,
    [CMD_TREE_EDIT] = exec_tree_edit,
    [CMD_STRATEGY_PROPOSE] = exec_strategy_propose,
    [CMD_STRATEGY_ADD] = exec_strategy_add,
    [CMD_STRATEGY_SET] = exec_strategy_set,
    [CMD_STRATEGY_REMOVE] = exec_strategy_remove,
    [CMD_STRATEGY_LIST] = exec_strategy_list,
    [CMD_EXCLUDE_ADD] = exec_exclude_add,
    [CMD_EXCLUDE_REMOVE] = exec_exclude_remove,
    [CMD_EXCLUDE_LIST] = exec_exclude_list,
    [CMD_PREVIEW] = exec_preview,
    [CMD_DRAW] = exec_draw,
    [CMD_TRY] = exec_try,
    [CMD_TRIED] = exec_tried,
    [CMD_GENERATE] = exec_generate,
    [CMD_PAUSE] = exec_pause,
    [CMD_RESUME] = exec_resume,
    [CMD_STOP] = exec_stop,
    [CMD_STATUS] = exec_status,
    [CMD_SUMMARY] = exec_summary,
    [CMD_WAIT] = exec_wait,
    [CMD_RETRY] = exec_retry,
    [CMD_QUEUE] = exec_queue,
    [CMD_AGREEMENT] = exec_agreement,
    [CMD_REVIEW] = exec_review,
    [CMD_POINTS] = exec_points,
    [CMD_SHOW] = exec_show,
    [CMD_CALLS] = exec_calls,
    [CMD_CALL] = exec_call,
    [CMD_EXPORT] = exec_export,
    [CMD_UNDO] = exec_undo,
    [CMD_REDO] = exec_redo,
    [CMD_LOG] = exec_log,
};

exec_fn *exec_find(enum command_id id)
{
    return table[id];
}

/* ---- output */

bool exec_text(struct exec *x, const char *text)
{
    return x->out(x->out_ctx, text, strlen(text));
}

bool exec_printf(struct exec *x, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0) {
        return false;
    }
    if ((size_t)n < sizeof small) {
        return x->out(x->out_ctx, small, (size_t)n);
    }
    char *large = xmalloc((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(large, (size_t)n + 1, fmt, ap);
    va_end(ap);
    bool ok = x->out(x->out_ctx, large, (size_t)n);
    free(large);
    return ok;
}

bool exec_json(struct exec *x, cJSON *value)
{
    char *text = json_text(value);
    bool ok = exec_text(x, text) && x->out(x->out_ctx, "\n", 1);
    free(text);
    cJSON_Delete(value);
    return ok;
}

/* ---- arguments */

char *exec_path(const struct exec *x, const char *path)
{
    if (path[0] == '/' || strcmp(path, "-") == 0 || x->cwd == NULL) {
        return xstrdup(path);
    }
    return xasprintf("%s/%s", x->cwd, path);
}

enum status exec_json_arg(struct exec *x, const char *arg, struct buf *out, struct err *e)
{
    if (arg[0] != '@') {
        return buf_adds(out, arg) ? ST_OK : err_set(e, ST_LIMIT, "the JSON text is too long");
    }
    if (strcmp(arg, "@-") == 0) {
        if (x->stdin_text == NULL) {
            return err_set(e, ST_USAGE, "@- needs standard input");
        }
        return buf_add(out, x->stdin_text, x->stdin_len)
                   ? ST_OK
                   : err_set(e, ST_LIMIT, "standard input is too long");
    }
    char *path = exec_path(x, arg + 1);
    enum status st = file_read(path, out, e);
    free(path);
    return st;
}

enum status exec_tree(struct exec *x, const struct tree **out, struct err *e)
{
    if (x->live != NULL) {
        return live_tree(x->live, out, e);
    }
    if (!x->tree_loaded) { /* in the caller nothing is edited */
        enum status st = store_tree(x->store, true, &x->tree, e);
        if (st != ST_OK) {
            return st;
        }
        x->tree_loaded = true;
    }
    *out = &x->tree;
    return ST_OK;
}

enum status exec_node(struct exec *x, const char *word, const struct tree **t, uint32_t *at,
                      struct err *e)
{
    enum status st = exec_tree(x, t, e);
    if (st == ST_OK) {
        st = tree_resolve(*t, word, at, e);
    }
    if (st == ST_NOT_FOUND && word[0] == '@') { /* the store knows what became of it */
        int64_t id = 0;
        (void)store_node_find(x->store, word, &id, e);
    }
    return st;
}

void exec_done(struct exec *x)
{
    if (x->tree_loaded) {
        tree_free(&x->tree);
        x->tree_loaded = false;
    }
}
