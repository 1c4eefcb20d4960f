/*
 * store_schema - the tables, as steps from one version of the file to the next.
 *
 * Version 0 is an empty database; making a new session file is migrating it. A released step is
 * never edited, only followed by another. Journalled tables (store_journal.c) have a primary key
 * and no UNIQUE index beside it: undo applies rows in any order, and two names that are swapped
 * would collide on the way; the one writer checks uniqueness instead. Ids are AUTOINCREMENT,
 * because sqlite_sequence is not journalled and so an undone id is not given out again. Long
 * texts stand in tables of their own, so that what lists and filters scan stays small.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdlib.h>

static const char version_1_session[] =
    "CREATE TABLE revision(id INTEGER PRIMARY KEY CHECK (id = 1), tree INTEGER NOT NULL,"
    " settings INTEGER NOT NULL, points INTEGER NOT NULL);"
    "INSERT INTO revision VALUES (1, 1, 1, 1);"
    /* The journal: what a person did, as a changeset of the session extension. */
    "CREATE TABLE op(id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL,"
    " job INTEGER NOT NULL, undone INTEGER NOT NULL DEFAULT 0, who TEXT NOT NULL,"
    " line TEXT NOT NULL, changes BLOB NOT NULL);"
    /* Texts by key: description, schema. */
    "CREATE TABLE session(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE example(id INTEGER PRIMARY KEY AUTOINCREMENT, json TEXT NOT NULL);"
    "CREATE TABLE setting(name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;"
    /* config: JSON object of key -> text; base-url -> array of texts. */
    "CREATE TABLE teacher(name TEXT PRIMARY KEY NOT NULL, ordinal INTEGER NOT NULL,"
    " config TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE role(role TEXT PRIMARY KEY NOT NULL, teacher TEXT NOT NULL) WITHOUT ROWID;";

static const char version_1_design[] =
    "CREATE TABLE factor(id INTEGER PRIMARY KEY AUTOINCREMENT, node INTEGER NOT NULL,"
    " state INTEGER NOT NULL, origin INTEGER NOT NULL, name TEXT NOT NULL, desc TEXT NOT NULL,"
    " reason TEXT NOT NULL);"
    /* parent 0: a taxonomy. Deleted nodes stay, so that points and undo find them. */
    "CREATE TABLE node(id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER NOT NULL,"
    " ordinal INTEGER NOT NULL, weight REAL NOT NULL, state INTEGER NOT NULL,"
    " origin INTEGER NOT NULL, locked INTEGER NOT NULL, edited INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL DEFAULT 0, name TEXT NOT NULL, desc TEXT NOT NULL);"
    "CREATE INDEX node_children ON node(parent, ordinal) WHERE deleted = 0;"
    "CREATE INDEX node_names ON node(parent, name);"
    /* Merged nodes: points drawn at from_id count at into_id. Chains are kept flat. */
    "CREATE TABLE node_alias(from_id INTEGER PRIMARY KEY NOT NULL, into_id INTEGER NOT NULL);"
    "CREATE INDEX node_alias_into ON node_alias(into_id);"
    "CREATE TABLE expansion(node INTEGER PRIMARY KEY NOT NULL, json TEXT NOT NULL);"
    /* taxonomies: node ids, "3,17". */
    "CREATE TABLE strategy(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
    " weight REAL NOT NULL, complexity REAL, levels TEXT, taxonomies TEXT NOT NULL);"
    "CREATE TABLE exclusion(id INTEGER PRIMARY KEY AUTOINCREMENT, strategy INTEGER NOT NULL,"
    " a INTEGER NOT NULL, b INTEGER NOT NULL);"
    /* epoch: of the point when it was decided; a retry makes older decisions history. */
    "CREATE TABLE review(id INTEGER PRIMARY KEY AUTOINCREMENT, point INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL, at_us INTEGER NOT NULL, who TEXT NOT NULL, decision TEXT NOT NULL,"
    " note TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);"
    "CREATE INDEX review_point ON review(point);";

static const char version_1_points[] =
    /* decision: 0 none, 1 accept, 2 reject. edit: review that replaced the record. verdict: 3 *
       correct + incorrect, each 0 unknown, 1 no, 2 yes. body: hash of the row in body. */
    "CREATE TABLE point(id INTEGER PRIMARY KEY, strategy INTEGER NOT NULL, nodes TEXT NOT NULL,"
    " complexified INTEGER NOT NULL, outcome INTEGER NOT NULL, state INTEGER NOT NULL,"
    " decision INTEGER NOT NULL, edit INTEGER NOT NULL, verdict INTEGER NOT NULL,"
    " mix_hash INTEGER NOT NULL, serial INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, made_us INTEGER NOT NULL, cost REAL NOT NULL,"
    " seed INTEGER NOT NULL, body INTEGER NOT NULL);"
    /* Every index ends in the id by itself: it is the rowid. */
    "CREATE INDEX point_state ON point(state);"
    "CREATE INDEX point_outcome ON point(outcome);"
    "CREATE INDEX point_strategy ON point(strategy);"
    "CREATE INDEX point_mix ON point(mix_hash);"
    "CREATE INDEX point_verdict ON point(verdict) WHERE verdict > 0;"
    "CREATE TABLE body(point INTEGER PRIMARY KEY, plain TEXT, scenario TEXT, record TEXT,"
    " reason TEXT);"
    "CREATE TABLE point_node(node INTEGER NOT NULL, point INTEGER NOT NULL,"
    " PRIMARY KEY (node, point)) WITHOUT ROWID;"
    "CREATE TABLE tally(strategy INTEGER NOT NULL, node INTEGER NOT NULL,"
    " complexified INTEGER NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (strategy, node, complexified, state)) WITHOUT ROWID;"
    "CREATE INDEX tally_total ON tally(node) WHERE node = 0;"
    "CREATE TABLE verdict(id INTEGER PRIMARY KEY, point INTEGER NOT NULL, round INTEGER NOT NULL,"
    " call INTEGER NOT NULL, yes INTEGER NOT NULL, critic TEXT NOT NULL, teacher TEXT NOT NULL,"
    " model TEXT NOT NULL, prompt TEXT NOT NULL, reason TEXT NOT NULL);"
    "CREATE UNIQUE INDEX verdict_point ON verdict(point, critic, round, call);"
    "CREATE TABLE attempt(id INTEGER PRIMARY KEY, point INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " number INTEGER NOT NULL, task TEXT NOT NULL, problem TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE UNIQUE INDEX attempt_point ON attempt(point, epoch, number);"
    "CREATE TABLE scenario(id INTEGER PRIMARY KEY, mix_hash INTEGER NOT NULL,"
    " serial INTEGER NOT NULL, batch INTEGER NOT NULL, text TEXT NOT NULL);"
    "CREATE UNIQUE INDEX scenario_mix ON scenario(mix_hash, serial);";

static const char version_1_work[] =
    "CREATE TABLE plan(id INTEGER PRIMARY KEY CHECK (id = 1), target INTEGER NOT NULL,"
    " series INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,"
    " started INTEGER NOT NULL, run TEXT NOT NULL, reason TEXT);"
    "CREATE TABLE plan_text(id INTEGER PRIMARY KEY CHECK (id = 1), spec TEXT, counts TEXT);"
    /* System prompts, once per text. */
    "CREATE TABLE text(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, body TEXT NOT NULL);"
    "CREATE INDEX text_hash ON text(hash);"
    "CREATE TABLE call(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL,"
    " point INTEGER NOT NULL, answered INTEGER NOT NULL, task TEXT NOT NULL, prompt TEXT NOT NULL,"
    " teacher TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL, seed INTEGER NOT NULL,"
    " http_status INTEGER NOT NULL, tries INTEGER NOT NULL, tokens_in INTEGER NOT NULL,"
    " tokens_cached INTEGER NOT NULL, tokens_out INTEGER NOT NULL, cost REAL NOT NULL,"
    " seconds REAL NOT NULL, retry_after REAL NOT NULL, started_us INTEGER NOT NULL, error TEXT,"
    " system INTEGER NOT NULL, user TEXT, reply TEXT);"
    "CREATE UNIQUE INDEX call_key ON call(key) WHERE answered = 1;"
    "CREATE INDEX call_point ON call(point) WHERE point > 0;"
    "CREATE INDEX call_outcome ON call(outcome);"
    "CREATE TABLE call_sum(task TEXT PRIMARY KEY NOT NULL, made INTEGER NOT NULL,"
    " ok INTEGER NOT NULL, failed INTEGER NOT NULL, retried INTEGER NOT NULL,"
    " tokens_in INTEGER NOT NULL, tokens_cached INTEGER NOT NULL, tokens_out INTEGER NOT NULL,"
    " cost REAL NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE job(id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL,"
    " line TEXT NOT NULL, result TEXT NOT NULL);";

/* What a teacher suggests about nodes; name and text are "" when the kind has none. */
static const char version_2[] =
    "CREATE TABLE suggestion(id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL,"
    " job INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, node INTEGER NOT NULL,"
    " target INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, reason TEXT NOT NULL,"
    " teacher TEXT NOT NULL, model TEXT NOT NULL);"
    "CREATE INDEX suggestion_node ON suggestion(node);"
    "CREATE INDEX suggestion_state ON suggestion(state);";

/*
 * steps[v] leads from version v to v + 1; parts are separate because compilers need not take
 * longer literals.
 */
#define STEP_PARTS 4
static const char *const steps[STORE_VERSION][STEP_PARTS] = {
    {version_1_session, version_1_design, version_1_points, version_1_work},
    {version_2},
};

enum status schema_migrate(struct store *s, int version, struct err *e)
{
    int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int v = version; rc == SQLITE_OK && v < STORE_VERSION; v++) {
        for (int i = 0; rc == SQLITE_OK && i < STEP_PARTS; i++) {
            rc = steps[v][i] != NULL ? sqlite3_exec(s->db, steps[v][i], NULL, NULL, NULL)
                                     : SQLITE_OK;
        }
    }
    if (rc == SQLITE_OK) {
        char *mark = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                               STORE_APPLICATION_ID, STORE_VERSION);
        rc = sqlite3_exec(s->db, mark, NULL, NULL, NULL);
        free(mark);
    }
    enum status st = store_fail(s, rc, e);
    if (st != ST_OK) {
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        err_prefix(e, "cannot bring the session file from version %d to %d", version,
                   STORE_VERSION);
    }
    return st;
}
