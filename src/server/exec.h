/*
 * exec - running one command.
 *
 * An executor gets a parsed call and a place to write to; it does not know whether it runs in the
 * server (live != NULL, the store is the writer) or in the caller (read-only store). The dispatcher
 * opens the journal operation around commands flagged CMD_JOURNAL and cancels it when the executor
 * fails, so an executor only edits. Long work is started through live.h and waited for by the
 * dispatcher.
 */
#ifndef TAXA_SERVER_EXEC_H
#define TAXA_SERVER_EXEC_H

#include "base/buf.h"
#include "base/json.h"
#include "command/command.h"
#include "domain/tree.h"
#include "store/store.h"

struct live; /* server/live.h: the running session; NULL in the caller */

struct exec {
    const struct call *call;
    struct store *store; /* NULL only for CMD_NO_FILE commands without a file */
    struct live *live;
    const char *cwd;        /* of the person who typed it: relative paths start there */
    const char *stdin_text; /* for "-"; NULL when there is none */
    size_t stdin_len;
    const char *who; /* user name, or the setting `reviewer` */
    /* Standard output of the command, as it comes; text is raw (the receiver makes it safe). False:
     * the reader is gone, stop. */
    bool (*out)(void *out_ctx, const char *text, size_t n);
    void *out_ctx;
    struct buf note;  /* one line for standard error when it worked; may stay empty */
    int64_t job;      /* out: the job that was started, 0 none */
    bool wait_run;    /* out: wait for the run instead of a job */
    int code;         /* out: exit code when the status is ST_OK (normally 0) */
    struct tree tree; /* private to exec_tree */
    bool tree_loaded;
};

typedef enum status exec_fn(struct exec *x, struct err *e);
/* The executor of a command; never NULL (a test walks the table). */
exec_fn *exec_find(enum command_id id);

/* ---- helpers for executors */
bool exec_text(struct exec *x, const char *text);
bool exec_printf(struct exec *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool exec_json(struct exec *x, cJSON *value); /* one line; takes the value */
/* Absolute path of a file argument. Caller frees. */
char *exec_path(const struct exec *x, const char *path);
/* JSON argument: the text itself, or the content of @FILE. */
enum status exec_json_arg(struct exec *x, const char *arg, struct buf *out, struct err *e);
/*
 * The session's tree with all that was written so far, also by this command; loaded on the spot in
 * the caller. Borrowed until it is asked for again.
 */
enum status exec_tree(struct exec *x, const struct tree **out, struct err *e);
/* NODE word -> index and id in that tree. */
enum status exec_node(struct exec *x, const char *word, const struct tree **t, uint32_t *at,
                      struct err *e);
/* Everything loaded by the helpers for this call is released by the dispatcher. */
void exec_done(struct exec *x);

/* The `status` object of commands.md from the store alone (running=false); live.h adds what only
 * the server knows. */
enum status status_json(struct store *s, cJSON **out, struct err *e);

#endif
