/*
 * Tests of the session file as a file: what is refused and left alone, the lock, migration,
 * copies, a reader beside the writer, kill -9 of a writer, a full disk. Real files; the killed
 * writer and the one with a full disk are this program, run again with arguments.
 */
#include "store_fixture.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ------------------------------------------------------------------ helpers */

static struct buf whole(const char *path)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    OK(file_read(path, &b, e));
    return b;
}

static void write_bytes(const char *path, const char *bytes, size_t n)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static void exec_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int64_t folder_mtime(const struct fixture *f)
{
    struct stat sb;
    assert_int_equal(stat(f->folder, &sb), 0);
    return (int64_t)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec;
}

static int64_t file_mtime(const char *path)
{
    struct stat sb;
    assert_int_equal(stat(path, &sb), 0);
    return (int64_t)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec;
}

static void files_are(const struct fixture *f, const char *want)
{
    char *files = fixture_files(f);
    assert_string_equal(files, want);
    free(files);
}

/* Both modes refuse the file in these words, and nothing is changed by that. */
static void refused_as(struct fixture *f, enum status want, const char *read_words,
                       const char *write_words, bool folder_too)
{
    struct buf before = whole(f->path);
    char *files = fixture_files(f);
    int64_t folder = folder_mtime(f);
    int64_t file = file_mtime(f->path);
    FAILS(want, read_words, store_open(f->path, STORE_READ, false, &f->s, e));
    assert_null(f->s);
    FAILS(want, write_words, store_open(f->path, STORE_WRITE, true, &f->s, e));
    assert_null(f->s);
    struct buf after = whole(f->path);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    assert_int_equal(file, file_mtime(f->path));
    if (folder_too) {
        assert_int_equal(folder, folder_mtime(f));
    }
    files_are(f, files);
    free(files);
    buf_free(&before);
    buf_free(&after);
}

static void refused(struct fixture *f, enum status want, const char *words)
{
    refused_as(f, want, words, words, true);
}

/* ------------------------------------------------------------------ opening */

static void test_create_and_close(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    FAILS(ST_NOT_FOUND, "a.taxa", store_open(f.path, STORE_WRITE, false, &f.s, e));
    FAILS(ST_NOT_FOUND, "a.taxa", store_open(f.path, STORE_READ, true, &f.s, e));
    files_are(&f, "");
    fixture_open(&f);
    assert_string_equal(store_path(f.s), f.path);
    files_are(&f, "a.taxa a.taxa-lock a.taxa-shm a.taxa-wal");
    (void)op_node(&f, 0, "operation");
    store_close(f.s);
    f.s = NULL;
    files_are(&f, "a.taxa");
    char *about = fixture_query(&f, "SELECT * FROM pragma_application_id, pragma_user_version, "
                                    "pragma_page_size, pragma_journal_mode");
    assert_string_equal(about, "1413568577|2|4096|wal\n");
    free(about);
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM node"), 1);
    OK(store_open(f.path, STORE_READ, false, &f.s, e));
    struct tree t;
    OK(store_tree(f.s, false, &t, e));
    assert_string_equal(t.nodes[1].name, "operation");
    tree_free(&t);
    FAILS(ST_INTERNAL, "for reading", store_begin(f.s, e));
    store_close(f.s);
    f.s = NULL;
    files_are(&f, "a.taxa");
    fixture_free(&f);
}

static void test_backup(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct fixture other = fixture_folder();
    OK(store_backup(f.s, other.path, e));
    FAILS(ST_EXISTS, "exists already", store_backup(f.s, other.path, e));
    files_are(&other, "a.taxa");
    OK(store_open(other.path, STORE_WRITE, false, &other.s, e));
    OK(store_check(other.s, e));
    OK(store_begin(f.s, e));
    FAILS(ST_INTERNAL, "inside a transaction", store_backup(f.s, "x", e));
    store_rollback(f.s);
    fixture_free(&f);
    fixture_free(&other);
}

static void test_not_a_session(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    write_bytes(f.path, "", 0);
    refused(&f, ST_DAMAGED, "not a taxa session: only 0 bytes");
    write_bytes(f.path, "hello", 5);
    refused(&f, ST_DAMAGED, "not a taxa session: only 5 bytes");
    char noise[8192];
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (char)rng_at(1, 2, i);
    }
    write_bytes(f.path, noise, sizeof noise);
    refused(&f, ST_DAMAGED, "does not begin like one");
    assert_int_equal(unlink(f.path), 0);
    exec_sql(f.path, "CREATE TABLE a(b)");
    refused(&f, ST_INVALID, "application id 0x00000000 was found, 0x54415841 was expected");
    exec_sql(f.path, "PRAGMA application_id = 0x54415841; PRAGMA user_version = 99");
    refused(&f, ST_VERSION, "newer taxa: version 99 was found, this one knows 2");
    assert_int_equal(unlink(f.path), 0);
    assert_int_equal(mkdir(f.path, 0700), 0);
    FAILS(ST_INVALID, "a folder", store_open(f.path, STORE_WRITE, true, &f.s, e));
    assert_int_equal(rmdir(f.path), 0);
    assert_int_equal(mkfifo(f.path, 0600), 0);
    FAILS(ST_INVALID, "not a regular file", store_open(f.path, STORE_WRITE, true, &f.s, e));
    fixture_free(&f);
}

static void test_damaged(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    for (int i = 0; i < 300; i++) {
        char name[300];
        snprintf(name, sizeof name, "%0250d", i);
        (void)op_node(&f, 0, name);
    }
    store_close(f.s);
    f.s = NULL;
    struct buf sound = whole(f.path);
    assert_true(sound.len > 40 * 4096);
    write_bytes(f.path, sound.data, sound.len / 2);
    refused(&f, ST_DAMAGED, "is cut short");
    write_bytes(f.path, sound.data, 4096);
    refused(&f, ST_DAMAGED, "is cut short");
    write_bytes(f.path, sound.data, 500);
    refused(&f, ST_DAMAGED, "is cut short");
    /* Pages in the middle overwritten: the header is fine, quick_check is what sees it. */
    char *copy = xmalloc(sound.len);
    memcpy(copy, sound.data, sound.len);
    memset(copy + 20 * 4096, 0xAB, 4 * 4096);
    write_bytes(f.path, copy, sound.len);
    refused_as(&f, ST_DAMAGED, "is damaged", "is damaged", false);
    write_bytes(f.path, sound.data, sound.len);
    fixture_open(&f);
    OK(store_check(f.s, e));
    free(copy);
    buf_free(&sound);
    fixture_free(&f);
}

static void test_migration(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    exec_sql(f.path, "PRAGMA application_id = 0x54415841; PRAGMA user_version = 0; VACUUM");
    FAILS(ST_VERSION, "needs migration", store_open(f.path, STORE_READ, false, &f.s, e));
    files_are(&f, "a.taxa");
    fixture_open(&f);
    (void)op_node(&f, 0, "operation");
    store_close(f.s);
    f.s = NULL;
    files_are(&f, "a.taxa a.taxa.v0.bak");
    assert_int_equal(fixture_number(&f, "PRAGMA user_version"), 2);
    /*
     * A migration that fails half-way changes nothing: here a table of the step is there already.
     */
    assert_int_equal(unlink(f.path), 0);
    exec_sql(f.path, "PRAGMA application_id = 0x54415841; CREATE TABLE job(x)");
    FAILS(ST_INTERNAL, "from version 0 to 2", store_open(f.path, STORE_WRITE, false, &f.s, e));
    files_are(&f, "a.taxa a.taxa.v0.bak a.taxa.v0.bak.2");
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(fixture_number(&f, "PRAGMA user_version"), 0);
    fixture_free(&f);
}

/* A file of version 1, with a tree and its journal, is what it was after the step to version 2. */
static void test_migration_from_1(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t id = op_node(&f, 0, "operation");
    store_close(f.s);
    f.s = NULL;
    exec_sql(f.path, "DROP TABLE suggestion; PRAGMA user_version = 1");
    FAILS(ST_VERSION, "version 1 was found, 2 is expected",
          store_open(f.path, STORE_READ, false, &f.s, e));
    fixture_open(&f);
    files_are(&f, "a.taxa a.taxa-lock a.taxa-shm a.taxa-wal a.taxa.v1.bak");
    int64_t n = -1;
    struct suggestion g = {.kind = SUGGEST_DESCRIBE,
                           .node = id,
                           .name = "",
                           .text = "better",
                           .reason = "",
                           .teacher = "",
                           .model = ""};
    OK(store_op_begin(f.s, "p", "suggest", 0, e));
    OK(store_suggest_add(f.s, &g, NULL, e));
    OK(store_op_end(f.s, e));
    OK(store_suggest_waiting(f.s, &n, e));
    assert_int_equal(n, 1);
    struct buf line;
    buf_init(&line, 1000);
    OK(store_undo(f.s, &line, e)); /* the suggestion */
    OK(store_undo(f.s, &line, e)); /* what was done before the migration */
    OK(store_redo(f.s, &line, e));
    buf_free(&line);
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM suggestion"), 0);
    struct tree t;
    OK(store_tree(f.s, false, &t, e));
    assert_int_not_equal(tree_by_id(&t, id), TREE_NONE);
    tree_free(&t);
    store_close(f.s);
    f.s = NULL;
    char *old = xasprintf("%s.v1.bak", f.path);
    OK(store_open(old, STORE_WRITE, false, &f.s, e)); /* the copy is a whole session, too */
    free(old);
    fixture_free(&f);
}

static void test_odd_names(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    free(f.path);
    f.path = fixture_name(&f, "50% of? #1 sessions.taxa");
    fixture_open(&f);
    (void)op_node(&f, 0, "operation");
    store_close(f.s);
    char *link = fixture_name(&f, "link.taxa");
    assert_int_equal(symlink(f.path, link), 0);
    OK(store_open(link, STORE_READ, false, &f.s, e));
    assert_string_equal(store_path(f.s), f.path); /* one file, one name: also for the lock */
    free(link);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ the lock, permissions */

static void test_second_writer(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct store *second = NULL;
    char want[64];
    snprintf(want, sizeof want, "in use by another taxa, process %ld", (long)getpid());
    FAILS(ST_BUSY, want, store_open(f.path, STORE_WRITE, true, &second, e));
    struct store *reader = NULL;
    OK(store_open(f.path, STORE_READ, false, &reader, e));
    store_close(reader);
    /* The reader's going must not have cost the writer anything. */
    FAILS(ST_BUSY, want, store_open(f.path, STORE_WRITE, true, &second, e));
    (void)op_node(&f, 0, "a");
    fixture_reopen(&f);
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM node"), 1);
    fixture_free(&f);
}

static void test_stale_lock(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    char *lock = fixture_name(&f, "a.taxa-lock");
    write_bytes(lock, "999999\n", 7); /* left by a killed process: nobody holds it */
    free(lock);
    fixture_open(&f);
    store_close(f.s);
    f.s = NULL;
    files_are(&f, "a.taxa");
    fixture_free(&f);
}

static int child(char *const argv[])
{
    pid_t pid = 0;
    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ), 0);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * As nobody (root may write everywhere): a file that may not be written, in a folder that may
 * not.
 */
static int child_read_only(const char *path)
{
    struct store *s = NULL;
    struct err e;
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        return 10;
    }
    if (store_open(path, STORE_WRITE, false, &s, &e) != ST_DENIED ||
        strstr(e.msg, "cannot write") == NULL) {
        return 11;
    }
    if (store_open(path, STORE_READ, false, &s, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.msg);
        return 12;
    }
    struct tree t;
    enum status st = store_tree(s, false, &t, &e);
    int nodes = (int)t.count;
    tree_free(&t);
    store_close(s);
    return st == ST_OK && nodes == 2 ? 0 : 13;
}

static void test_read_only(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    (void)op_node(&f, 0, "operation");
    store_close(f.s);
    f.s = NULL;
    assert_int_equal(chmod(f.path, 0444), 0);
    assert_int_equal(chmod(f.folder, 0555), 0);
    char mode[] = "read-only";
    char name[] = "test";
    char *argv[] = {name, mode, f.path, NULL};
    int code = child(argv);
    assert_int_equal(chmod(f.folder, 0700), 0);
    assert_int_equal(code, 0);
    files_are(&f, "a.taxa");
    fixture_free(&f);
}

/* ------------------------------------------------------------------ reading while writing */

static void test_reader_sees_commits(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct store *r = NULL;
    OK(store_open(f.path, STORE_READ, false, &r, e));
    struct store_revision before;
    struct store_revision now;
    OK(store_revision(r, &before, e));
    op(&f, "a");
    (void)add_node(&f, 0, "a");
    OK(store_revision(r, &now, e));
    assert_memory_equal(&before, &now, sizeof now); /* not committed yet */
    end(&f);
    OK(store_revision(r, &now, e));
    assert_true(now.tree > before.tree);
    assert_int_equal(now.points, before.points);
    for (int64_t i = 1; i <= 200; i++) {
        OK(store_begin(f.s, e));
        put_point(&f, i, 1, POINT_ACCEPTED);
        OK(store_commit(f.s, e));
        int64_t n[POINT_STATES];
        OK(store_point_counts(r, n, e));
        assert_int_equal(n[POINT_ACCEPTED], i);
    }
    /* The writer goes first: its log stays for the reader, which takes it away when it leaves. */
    store_close(f.s);
    f.s = NULL;
    int64_t n = 0;
    OK(store_points_count(r, NULL, &n, e));
    assert_int_equal(n, 200);
    store_close(r);
    files_are(&f, "a.taxa");
    fixture_free(&f);
}

/* A large log is checkpointed when idle, although readers come and go. */
static void test_idle_checkpoint(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    char *wal = fixture_name(&f, "a.taxa-wal");
    char *text = xmalloc(1000001);
    memset(text, 'x', 1000000);
    text[1000000] = '\0';
    struct stat first;
    struct stat second;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20; i++) {
            OK(store_scenario_put(f.s, round, i, text, 0, e));
        }
        assert_int_equal(stat(wal, round == 0 ? &first : &second), 0);
        store_idle(f.s);
    }
    assert_true(first.st_size > 20000000);
    assert_true(second.st_size < first.st_size + first.st_size / 10); /* the log was used again */
    free(text);
    free(wal);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ kill -9 */

enum { KILLS = 12, BATCH = 16 };

/* Writes batches of points, calls and nodes for ever, and says on stdout which one is committed. */
static int child_write(const char *path)
{
    struct fixture f = {.folder = NULL};
    f.path = xstrdup(path);
    struct err err;
    if (store_open(path, STORE_WRITE, true, &f.s, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    for (;;) {
        int64_t id = store_point_next_id(f.s);
        OK(store_begin(f.s, e));
        for (int i = 0; i < BATCH; i++, id++) {
            char key[32];
            snprintf(key, sizeof key, "p%lld.0", (long long)id);
            struct call_row c = {.key = key,
                                 .point = id,
                                 .task = "generate",
                                 .outcome = "ok",
                                 .system = "same",
                                 .user = "question",
                                 .reply = "answer"};
            OK(store_call_put(f.s, &c, NULL, e));
            put_point(&f, id, 1, POINT_ACCEPTED);
        }
        OK(store_commit(f.s, e));
        char name[32];
        snprintf(name, sizeof name, "node %lld", (long long)id);
        (void)op_node(&f, 0, name);
        store_idle(f.s);
        char said[32];
        int n = snprintf(said, sizeof said, "%lld\n", (long long)id - 1);
        if (write(STDOUT_FILENO, said, (size_t)n) != n) {
            return 2;
        }
    }
}

static pid_t spawn_writer(const char *path, int *out)
{
    int fd[2];
    assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, fd[1], STDOUT_FILENO), 0);
    char name[] = "test";
    char mode[] = "write";
    char *copy = xstrdup(path);
    char *argv[] = {name, mode, copy, NULL};
    pid_t pid = 0;
    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    free(copy);
    close(fd[1]);
    *out = fd[0];
    return pid;
}

/* The last point that the killed writer said was committed. */
static int64_t last_said(int fd, struct buf *said)
{
    char chunk[4096];
    for (ssize_t n = read(fd, chunk, sizeof chunk); n > 0; n = read(fd, chunk, sizeof chunk)) {
        buf_add(said, chunk, (size_t)n);
    }
    /* Whole lines only; kill may have cut the last. */
    while (said->len > 0 && said->data[said->len - 1] != '\n') {
        buf_cut(said, said->len - 1);
    }
    if (said->len > 0) {
        buf_cut(said, said->len - 1);
    }
    const char *line = strrchr(said->data, '\n');
    return strtoll(line != NULL ? line + 1 : said->data, NULL, 10);
}

static int64_t count_lines(const struct buf *said)
{
    int64_t n = said->len > 0;
    for (size_t i = 0; i < said->len; i++) {
        n += said->data[i] == '\n';
    }
    return n;
}

/* rounds: batches that were acknowledged in all, each followed by one node. */
static void check_after_kill(struct fixture *f, int64_t acknowledged, int64_t rounds)
{
    /* A reader first, while the log of the killed writer still lies there. */
    struct store *r = NULL;
    int64_t n = 0;
    OK(store_open(f->path, STORE_READ, false, &r, e));
    OK(store_points_count(r, NULL, &n, e));
    assert_true(n >= acknowledged);
    store_close(r);
    fixture_open(f);
    OK(store_check(f->s, e));
    char *whole_check = fixture_query(f, "PRAGMA integrity_check");
    assert_string_equal(whole_check, "ok\n");
    free(whole_check);
    int64_t again = 0;
    OK(store_points_count(f->s, NULL, &again, e));
    assert_int_equal(again, n);
    assert_int_equal(n % BATCH, 0);
    /* Sums, tallies, rows and the journal tell the same story. */
    assert_int_equal(fixture_number(f, "SELECT count(*) FROM point"), n);
    assert_int_equal(fixture_number(f, "SELECT count(*) FROM body"), n);
    assert_int_equal(fixture_number(f, "SELECT count(*) FROM call"), n);
    struct call_totals sum;
    OK(store_call_totals(f->s, &sum, e));
    assert_int_equal(sum.ok, n);
    int64_t nodes = fixture_number(f, "SELECT count(*) FROM node");
    assert_int_equal(fixture_number(f, "SELECT count(*) FROM op"), nodes);
    assert_in_range(nodes, rounds, n / BATCH);
    store_close(f->s);
    f->s = NULL;
    files_are(f, "a.taxa");
}

static void test_kill(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    int64_t acknowledged = 0;
    int64_t rounds = 0;
    for (int i = 0; i < KILLS; i++) {
        int out = -1;
        pid_t pid = spawn_writer(f.path, &out);
        struct buf said;
        buf_init(&said, (size_t)16 << 20);
        /* At least one commit, then killed at a moment that has nothing to do with commits. */
        char first = 0;
        assert_int_equal(read(out, &first, 1), 1);
        buf_addc(&said, first);
        int64_t until = clock_us() + (int64_t)rng_below((uint64_t)clock_us(), 3, 5, 60000);
        while (clock_us() < until) {
            sched_yield();
        }
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        int64_t last = last_said(out, &said);
        acknowledged = last > acknowledged ? last : acknowledged;
        rounds += count_lines(&said);
        close(out);
        buf_free(&said);
        check_after_kill(&f, acknowledged, rounds);
    }
    fixture_free(&f);
}

/* ------------------------------------------------------------------ a full disk */

static bool limit_files(rlim_t bytes)
{
    struct rlimit r = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    return signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &r) == 0;
}

/* Fill until it fails, on whatever makes it fail; then make room and go on. */
static int fill(const char *path, bool (*make_room)(const char *path))
{
    struct store *s = NULL;
    struct err e = {0};
    if (store_open(path, STORE_WRITE, true, &s, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.msg);
        return 20;
    }
    char *text = xmalloc(100001);
    memset(text, 'x', 100000);
    text[100000] = '\0';
    int32_t stored = 0;
    enum status st = ST_OK;
    while (st == ST_OK && stored < 1000) {
        st = store_begin(s, &e);
        st = st == ST_OK ? store_scenario_put(s, 1, stored, text, 0, &e) : st;
        st = st == ST_OK ? store_commit(s, &e) : st;
        if (st == ST_OK) {
            stored++;
        } else {
            store_rollback(s);
        }
    }
    if (st != ST_IO || strstr(e.msg, "no space left on the disk that holds") == NULL ||
        strstr(e.msg, "nothing was changed") == NULL) {
        fprintf(stderr, "%d %s\n", (int)st, e.msg);
        return 21;
    }
    if (stored < 3 || store_scenario_count(s, 1) != stored || store_check(s, &e) != ST_OK) {
        return 22;
    }
    /* An operation that cannot be kept is gone as a whole. */
    struct node model = {.name = text, .weight = 1};
    text[200] = '\0';
    st = store_op_begin(s, "me", "a", 0, &e);
    for (int i = 0; st == ST_OK && i < 1000; i++) {
        snprintf(text, 200, "%0150d", i);
        st = store_node_add(s, 0, &model, 0, NULL, &e);
    }
    st = st == ST_OK ? store_op_end(s, &e) : st;
    if (st != ST_IO) {
        return 23;
    }
    store_op_cancel(s);
    struct tree t;
    if (store_tree(s, false, &t, &e) != ST_OK || t.count != 1) {
        return 24;
    }
    tree_free(&t);
    if (!make_room(path) || store_scenario_put(s, 1, stored, "small", 0, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.msg);
        return 25;
    }
    store_close(s);
    if (store_open(path, STORE_READ, false, &s, &e) != ST_OK ||
        store_scenario_count(s, 1) != stored + 1) {
        return 26;
    }
    store_close(s);
    free(text);
    return 0;
}

static bool lift_limit(const char *path)
{
    (void)path;
    return limit_files(RLIM_INFINITY);
}

static bool remove_ballast(const char *path)
{
    char *ballast = xasprintf("%s.ballast", path);
    bool done = unlink(ballast) == 0;
    free(ballast);
    return done;
}

static int child_limit(const char *path)
{
    return limit_files(1500000) ? fill(path, lift_limit) : 30;
}

/* A small file system of our own, seen by this process only. 77: not permitted here. */
static int child_tmpfs(const char *folder)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("taxa", folder, "tmpfs", 0, "size=4m") != 0) {
        return 77;
    }
    char *path = xasprintf("%s/a.taxa", folder);
    char *ballast = xasprintf("%s.ballast", path);
    char *zero = xcalloc(1, 2000000);
    write_bytes(ballast, zero, 2000000);
    int code = fill(path, remove_ballast);
    free(zero);
    free(ballast);
    free(path);
    return code;
}

static void test_full_disk(void **state)
{
    (void)state;
    struct fixture f = fixture_folder();
    char name[] = "test";
    char limit[] = "limit";
    char *by_limit[] = {name, limit, f.path, NULL};
    assert_int_equal(child(by_limit), 0);
    files_are(&f, "a.taxa");
    char tmpfs[] = "tmpfs";
    char *by_tmpfs[] = {name, tmpfs, f.folder, NULL};
    int code = child(by_tmpfs);
    if (code == 77) {
        print_message("no permission to mount: the file size limit stood for the full disk\n");
    } else {
        assert_int_equal(code, 0);
    }
    fixture_free(&f);
}

/* ------------------------------------------------------------------ hostile files */

/* Triggers of a session from somebody else must not run. */
static void test_no_triggers(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    store_close(f.s);
    f.s = NULL;
    exec_sql(f.path, "CREATE TRIGGER bad AFTER INSERT ON node BEGIN "
                     "INSERT INTO session VALUES ('bad', 'ran'); END");
    fixture_open(&f);
    (void)op_node(&f, 0, "a");
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM session"), 0);
    fixture_free(&f);
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        return strcmp(argv[1], "write") == 0       ? child_write(argv[2])
               : strcmp(argv[1], "limit") == 0     ? child_limit(argv[2])
               : strcmp(argv[1], "tmpfs") == 0     ? child_tmpfs(argv[2])
               : strcmp(argv[1], "read-only") == 0 ? child_read_only(argv[2])
                                                   : 99;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_and_close),
        cmocka_unit_test(test_backup),
        cmocka_unit_test(test_not_a_session),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_migration),
        cmocka_unit_test(test_migration_from_1),
        cmocka_unit_test(test_odd_names),
        cmocka_unit_test(test_second_writer),
        cmocka_unit_test(test_stale_lock),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_reader_sees_commits),
        cmocka_unit_test(test_idle_checkpoint),
        cmocka_unit_test(test_kill),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_no_triggers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
