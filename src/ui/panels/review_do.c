/*
 * Every key is a command: `review accept 4090`. With points marked it is about them, after the
 * count was said; without, about the one that is seen, at once. A reason is a digit: r, then 1 to
 * 9. What the editor gave back and the schema did not take is kept, so that nothing typed is lost.
 */
#include "ui/panels/review.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_PER_S 100.0 /* nobody reads faster than about four times the usual 25 */
#define LEAST_S       0.4

/* ---- what can be done */

static bool is_decision(enum action a)
{
    return a == ACT_ACCEPT || a == ACT_REJECT || a == ACT_RETRY || a == ACT_REVIEW_SKIP;
}

static bool needs_point(enum action a)
{
    return is_decision(a) || a == ACT_EDIT || a == ACT_REVIEW_NOTE || a == ACT_MARK ||
           a == ACT_OPEN;
}

bool review_can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct judging *r = state;
    const struct queue_item *i = review_item(r);
    if (ui->model.queues == NULL && (needs_point(a) || a == ACT_MARK_MATCHING)) {
        snprintf(why, WHY_MAX, "the session is being read");
    } else if (needs_point(a) && i == NULL) {
        snprintf(why, WHY_MAX, "no point waits here (Tab shows other queues)");
    } else if (is_decision(a) && r->left != 0 && clock_ms() - r->shown_ms < REVIEW_LEFT_MS) {
        snprintf(why, WHY_MAX,
                 "#%lld has just left this queue, decided elsewhere: here is #%lld now",
                 (long long)r->left, (long long)i->point);
    } else if (a == ACT_MARK_MATCHING && i == NULL) {
        snprintf(why, WHY_MAX, "there is nothing to mark in this queue");
    } else if (a == ACT_UNMARK_ALL && r->mark_count == 0) {
        snprintf(why, WHY_MAX, "nothing is marked");
    } else if (a == ACT_ACCEPT && r->mark_count == 0 && i->outcome == POINT_INVALID) {
        snprintf(why, WHY_MAX,
                 "an invalid point has no record that fits: e edits it, t has it "
                 "written again");
    } else if ((a == ACT_EDIT || a == ACT_REVIEW_NOTE) && r->mark_count > 0) {
        snprintf(why, WHY_MAX, "%zu points are marked; this goes one by one (U unmarks)",
                 r->mark_count);
    } else if ((a == ACT_PAGE_DOWN || a == ACT_PAGE_UP) && i == NULL) {
        snprintf(why, WHY_MAX, "there is no record to scroll");
    } else {
        return true;
    }
    return false;
}

/* ---- sending */

static void ended(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    struct judging *r = ctx;
    (void)message;
    (void)out;
    r->answers++;
    for (size_t i = 0; i < REVIEW_DECIDED; i++) {
        struct decided *d = &r->decided[i];
        if (d->id != 0 && d->serial == r->answers) {
            d->answered = true;
            d->seen = code == 0 ? ui->model.seen.points : -1; /* -1: here again at once */
        }
    }
    if (r->warn && code == 0) { /* in the place of "review accept 412" */
        ui_say(ui, SAY_WARN,
               "%d decisions in %.1f s: their records take about %.0f s to read (u takes back)",
               r->fast, r->fast_s, r->fast_read_s);
        r->warn = false;
    }
    review_rebuild(r, ui);
    ui->dirty = true;
}

static void edit_ended(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    struct judging *r = ctx;
    if (code == 0 && r->draft_of == r->asked) {
        free(r->draft);
        r->draft = NULL;
        r->draft_of = 0;
    }
    ended(ui, ctx, code, message, out);
}

static void hide(struct judging *r, int64_t id)
{
    struct decided *d = &r->decided[r->next_decided++ % REVIEW_DECIDED];
    *d = (struct decided){.id = id, .kind = r->kind, .serial = r->sent + 1};
}

/* Sends; the points go at once. False: nothing was sent. */
static bool send(struct judging *r, struct ui *ui, int argc, const char *const *argv,
                 link_ended_fn *then)
{
    const struct link_line line = {.argc = argc, .argv = argv, .ended = then, .ctx = r};
    r->sent++; /* a test's server may answer on the spot */
    if (!ui->send(ui, &line)) {
        r->sent--;
        return false;
    }
    return true;
}

static const char *word_of(enum action a)
{
    return a == ACT_ACCEPT   ? "accept"
           : a == ACT_REJECT ? "reject"
           : a == ACT_RETRY  ? "retry"
                             : "skip";
}

static void send_about(struct judging *r, struct ui *ui, enum action a, const int64_t *ids,
                       size_t n, const char *text)
{
    const char **words = xcalloc(n + 3, sizeof *words);
    char *numbers = xcalloc(n + 1, 24);
    int argc = 0;
    words[argc++] = "review";
    words[argc++] = word_of(a);
    for (size_t i = 0; i < n; i++) {
        snprintf(numbers + 24 * i, 24, "%lld", (long long)ids[i]);
        words[argc++] = numbers + 24 * i;
    }
    if (text[0] != '\0') {
        words[argc++] = text;
    }
    for (size_t i = 0; i < n && i < REVIEW_DECIDED; i++) {
        hide(r, ids[i]);
    }
    if (!send(r, ui, argc, words, ended)) {
        memset(r->decided, 0, sizeof r->decided);
    }
    free(words);
    free(numbers);
    review_rebuild(r, ui);
}

/* ---- faster than reading */

static void watch_pace(struct judging *r, const struct card *c)
{
    double spent = (double)(clock_ms() - r->shown_ms) / 1000;
    double reading = c != NULL ? (double)c->letters / LETTERS_PER_S : 0;
    reading = reading < LEAST_S ? LEAST_S : reading;
    if (spent >= reading) {
        r->fast = 0;
        r->fast_s = r->fast_read_s = 0;
        return;
    }
    r->fast++;
    r->fast_s += spent;
    r->fast_read_s += 4 * reading;
    r->warn = r->warn || r->fast % REVIEW_FAST == 0;
}

/* ---- decisions */

static void decide(struct judging *r, struct ui *ui, enum action a, const char *text)
{
    int64_t id = r->point;
    ui_say(ui, SAY_INFO, "%s #%lld%s%s", word_of(a), (long long)id, text[0] != '\0' ? ": " : "",
           text);
    if (a == ACT_ACCEPT || a == ACT_REJECT) {
        watch_pace(r, review_card(r, ui, id));
    }
    send_about(r, ui, a, &id, 1, text);
}

static void decide_marked(struct judging *r, struct ui *ui, enum action a, const char *text)
{
    size_t n = r->mark_count;
    int64_t *ids = xcalloc(n + 1, sizeof *ids);
    memcpy(ids, r->marks, n * sizeof *ids);
    r->mark_count = 0;
    ui_say(ui, SAY_INFO, "%s %zu points (u takes all of them back)", word_of(a), n);
    send_about(r, ui, a, ids, n, text);
    free(ids);
}

static void confirmed(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct judging *r = ctx;
    if (accepted && (text[0] == 'y' || text[0] == 'Y') && text[1] == '\0') {
        decide_marked(r, ui, r->wanted, "");
    } else {
        ui_say(ui, SAY_INFO, "nothing was done; the marks stay");
    }
}

static void decide_any(struct judging *r, struct ui *ui, enum action a)
{
    char label[96];
    if (r->mark_count == 0) {
        decide(r, ui, a, "");
        return;
    }
    r->wanted = a;
    snprintf(label, sizeof label, "%s %zu marked points (y, Enter): ", word_of(a), r->mark_count);
    ui_ask(ui, label, "", confirmed, r);
}

void review_reject(struct judging *r, struct ui *ui, const char *reason)
{
    r->reasons = false;
    ui->dirty = true;
    if (r->mark_count > 0) {
        decide_marked(r, ui, ACT_REJECT, reason);
    } else {
        decide(r, ui, ACT_REJECT, reason);
    }
}

static void own_reason(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct judging *r = ctx;
    if (accepted && text[0] != '\0') {
        review_reject(r, ui, text);
    } else {
        r->reasons = false;
        ui_say(ui, SAY_INFO, "nothing was rejected");
    }
}

bool review_key_first(void *state, struct ui *ui, const struct key *k)
{
    struct judging *r = state;
    const struct queues *q = ui->model.queues;
    bool digit = k->code >= '1' && k->code <= '9', refused = r->refused;
    r->refused = k->code == 'r' && review_item(r) == NULL;
    if (digit && refused && !r->reasons) {
        ui_say(ui, SAY_WARN, "no point waits here: nothing was rejected");
        return true;
    }
    if (!r->reasons || !digit) {
        return false;
    }
    int i = (int)(k->code - '1');
    if (q == NULL || i >= q->reason_count) {
        ui_say(ui, SAY_WARN, "there is no reason %d (: set reasons changes the list)", i + 1);
        return true;
    }
    review_reject(r, ui, q->reasons[i]);
    return true;
}

/* ---- notes, edits, marks */

static void noted(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct judging *r = ctx;
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)r->asked);
    if (accepted && text[0] != '\0') {
        const char *const words[] = {"review", "note", id, text};
        ui_say(ui, SAY_INFO, "note on #%s", id);
        (void)send(r, ui, 4, words, ended);
    }
}

static void edited(struct ui *ui, void *ctx, const char *text)
{
    struct judging *r = ctx;
    const struct card *c = review_card(r, ui, r->asked);
    char id[24];
    cJSON *now = NULL;
    struct err why = {0};
    if (json_parse(text, strlen(text), &json_limits_reply, &now, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s (e opens your text again)", why.msg);
    } else if (c != NULL && c->record != NULL && cJSON_Compare(now, c->record, true)) {
        ui_say(ui, SAY_INFO, "not changed");
        cJSON_Delete(now);
        return;
    }
    char *mine = xstrdup(text);
    free(r->draft);
    r->draft = mine;
    r->draft_of = r->asked;
    if (now != NULL) {
        const char *const words[] = {"review", "edit", id, mine};
        snprintf(id, sizeof id, "%lld", (long long)r->asked);
        ui_say(ui, SAY_INFO, "edit #%s", id);
        hide(r, r->asked);
        if (!send(r, ui, 4, words, edit_ended)) {
            memset(r->decided, 0, sizeof r->decided);
        }
        review_rebuild(r, ui);
    }
    cJSON_Delete(now);
}

static void edit(struct judging *r, struct ui *ui)
{
    const struct card *c = review_card(r, ui, r->point);
    r->asked = r->point;
    if (r->draft != NULL && r->draft_of == r->point) {
        ui_edit_again(ui, r->draft, edited, r);
        return;
    }
    char *text = c != NULL && c->record != NULL ? cJSON_Print(c->record) : NULL;
    const char *raw = c != NULL && c->point.record != NULL ? c->point.record : "";
    ui_edit(ui, text != NULL ? text : raw, edited, r);
    cJSON_free(text);
}

static void take_matching(struct ui *ui, void *ctx, int code, const char *text)
{
    struct judging *r = ctx;
    cJSON *list = NULL;
    const cJSON *o = NULL;
    if (code != 0 || json_parse(text, strlen(text), &json_limits_file, &list, NULL) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%.300s", text);
        return;
    }
    r->mark_count = 0;
    cJSON_ArrayForEach(o, list)
    {
        int64_t id = (int64_t)json_num_or(o, "point", 0);
        r->marks = vec_grow(r->marks, &r->mark_cap, r->mark_count + 1, sizeof *r->marks);
        r->marks[r->mark_count++] = id; /* each is listed once */
    }
    cJSON_Delete(list);
    if (r->mark_count == 0) {
        ui_say(ui, SAY_INFO, "no point of this queue matches");
    } else {
        ui_say(ui, SAY_INFO, "%zu points are marked: a accepts, r rejects, U unmarks",
               r->mark_count);
    }
    ui->dirty = true;
}

static void filtered(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct judging *r = ctx;
    if (accepted) {
        const char *const words[] = {"queue",   "--kind", queue_kind_name(r->kind),
                                     "--where", text,     "--json"};
        ui_read(ui, 6, words, take_matching, r);
    }
}

static void toggle_mark(struct judging *r)
{
    review_mark(r, r->point, !review_marked(r, r->point));
    review_show(r, r->at + 1);
}

static void show_story(const struct judging *r, struct ui *ui)
{
    char line[48];
    snprintf(line, sizeof line, "show %lld", (long long)r->point);
    ui_command_line(ui, line);
}

static void ask_note(struct judging *r, struct ui *ui)
{
    char label[48];
    r->asked = r->point;
    snprintf(label, sizeof label, "note on #%lld: ", (long long)r->point);
    ui_ask(ui, label, "", noted, r);
}

static bool does_reason(struct judging *r, struct ui *ui, enum action a)
{
    if (a == ACT_OPEN) {
        review_reject(r, ui, "");
    } else if (a == ACT_DESCRIBE) {
        ui_ask(ui, "reject because: ", "", own_reason, r);
    } else if (a == ACT_BACK) {
        r->reasons = false;
    }
    return true;
}

bool review_does(struct judging *r, struct ui *ui, enum action a)
{
    if (r->reasons) {
        return does_reason(r, ui, a);
    }
    switch ((int)a) {
    case ACT_ACCEPT:
    case ACT_RETRY:
    case ACT_REVIEW_SKIP:
        decide_any(r, ui, a);
        return true;
    case ACT_REJECT:
        r->reasons = true;
        return true;
    case ACT_EDIT:
        edit(r, ui);
        return true;
    case ACT_REVIEW_NOTE:
        ask_note(r, ui);
        return true;
    case ACT_MARK:
        toggle_mark(r);
        return true;
    case ACT_MARK_MATCHING:
        ui_ask(ui, "mark points that match: ", "", filtered, r);
        return true;
    case ACT_UNMARK_ALL:
        r->mark_count = 0;
        return true;
    case ACT_OPEN:
        show_story(r, ui);
        return true;
    default:
        return false;
    }
}
