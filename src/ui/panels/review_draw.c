/*
 * From top to bottom: the queues, the point and why it is here, what was asked for, the record,
 * the two critics side by side (one above the other where the screen is narrow), what was learned.
 * On wide screens the last two stand at the right, so that lines stay short enough to be read.
 */
#include "ui/panels/review.h"

#include "base/text.h"
#include "base/utf8.h"
#include "ui/layout.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDE    140 /* columns from which critics stand at the right */
#define BESIDE  72  /* columns from which the critics stand beside each other */
#define ROOMY   18  /* rows of the body from which there is room for more than the record */
#define READING 100 /* columns of the longest lines */

/* ---- the queues */

/* "212/hour"; false: too early to say. */
static bool rate_of(const struct work *k, char out[48])
{
    if (k->decisions < 5 || k->seconds < 1) {
        return false;
    }
    char n[32];
    text_count(n, (long long)((double)(k->decisions - 1) / k->seconds * 3600));
    snprintf(out, 48, "%s/hour", n);
    return true;
}

static void draw_tabs(struct judging *r, const struct ui *ui, struct cells *c, struct rect row)
{
    const struct queues *q = ui->model.queues;
    struct pen p = pen_at(c, row.x + 1, row.y, row.w - 2);
    bool narrow = row.w < 100;
    r->tabs = row;
    for (int k = QUEUE_DISPUTED; k < QUEUE_KINDS; k++) {
        bool on = k == (int)r->kind;
        int64_t n = q != NULL ? q->list[k].count : 0;
        char count[32];
        text_count(count, (long long)n);
        r->tab_x[k] = p.x;
        if (narrow && !on && n == 0) {
            continue; /* empty queues give way */
        }
        if (p.x > row.x + 1) {
            pen_put(&p, ROLE_BORDER, narrow ? "  " : " · ");
        }
        r->tab_x[k] = p.x;
        const char *title =
            k == QUEUE_CHECK && row.w < 80 ? "check" : review_title((enum queue_kind)k);
        pen_format(&p,
                   on      ? ROLE_HEADER_ACTIVE
                   : n > 0 ? ROLE_TEXT
                           : ROLE_DIM,
                   on ? " %s %s " : "%s %s", title, count);
    }
    r->tab_x[QUEUE_KINDS] = p.x;
    char rate[48];
    if (q != NULL && rate_of(&q->work, rate) && pen_left(&p) > 14) {
        int w = (int)strlen(rate);
        pen_to(&p, row.x + row.w - 1 - w);
        pen_put(&p, ROLE_NUMBER, rate);
    }
}

/* ---- the point */

static enum ui_role role_of(const struct queue_item *i)
{
    return i->state == POINT_ACCEPTED   ? ROLE_ACCEPTED
           : i->state == POINT_REJECTED ? ROLE_REJECTED
           : i->state == POINT_DISPUTED ? ROLE_DISPUTED
                                        : ROLE_INVALID;
}

static void draw_badge(const struct judging *r, struct cells *c, struct rect row)
{
    const struct queue_item *i = review_item(r);
    struct pen p = pen_at(c, row.x, row.y, row.w - 1);
    char right[96], reason[128];
    size_t n = 0;
    if (r->mark_count > 0) {
        n = (size_t)snprintf(right, sizeof right, "%zu marked  ", r->mark_count);
    }
    snprintf(right + n, sizeof right - n, "%.2f  %zu of %zu", i->suspicion, r->at + 1, r->count);
    snprintf(reason, sizeof reason, "%s%s", queue_reason(i),
             i->decided   ? i->state == POINT_ACCEPTED ? ", now accepted" : ", now rejected"
             : i->skipped ? ", put off"
                          : "");
    pen_put(&p, ROLE_SIGN, review_marked(r, i->point) ? "▌" : " ");
    pen_format(&p, ROLE_STRONG, "#%lld  ", (long long)i->point);
    pen_field(&p, role_of(i), pen_left(&p) - utf8_columns(right, strlen(right)) - 1, reason);
    pen_skip(&p, 1);
    pen_put(&p, ROLE_NUMBER, right);
}

/* Rows that were used: the mix, if there is one, and what was to be written about it. */
static int draw_mix(const struct card *card, struct cells *c, struct rect area, int scenario)
{
    const char *flag = card->edited    ? card->offline ? "  edited, offline" : "  edited"
                       : card->offline ? "  offline"
                                       : "";
    int used = 0, shown = card->mix[0] != '\0' || flag[0] != '\0' ? 1 : 0;
    if (shown > 0) {
        struct pen p = pen_at(c, area.x + 1, area.y, area.w - 2);
        pen_field(&p, ROLE_DIM, pen_left(&p) - (int)strlen(flag), card->mix);
        pen_put(&p, card->offline ? ROLE_WARNING : ROLE_HUMAN, flag);
    }
    if (scenario > 0 && card->point.scenario != NULL) {
        struct rect r = {area.x + 1, area.y + shown, area.w - 2, scenario};
        used = cells_block(c, r, ROLE_MODEL, card->point.scenario);
        used = used < scenario ? used : scenario;
    }
    return shown + used;
}

/* ---- the critics */

static int title_of(struct cells *c, int x, int y, int w, const char *question,
                    const struct said *s)
{
    cells_rule(c, x, y, w);
    struct pen p = pen_at(c, x + 1, y, w - 2);
    pen_format(&p, ROLE_TEXT, " %s ", question);
    if (s->there) {
        pen_put(&p, ROLE_STRONG, s->yes ? " YES " : " NO ");
    }
    return 1;
}

/* What is said about the point: one box, or those of the two critics. */
struct box {
    const char *question;
    const struct said *said;
    const struct record_text *text;
};

static int boxes_of(const struct card *card, struct box out[2])
{
    if (!card->correct.there && !card->incorrect.there) {
        out[0] = (struct box){card->check.there ? "does it meet the requirements?" : "why",
                              &card->check, &card->side[2]};
        return 1;
    }
    out[0] = (struct box){"is it correct?", &card->correct, &card->side[0]};
    out[1] = (struct box){"is it incorrect?", &card->incorrect, &card->side[1]};
    return 2;
}

/* Rows that the boxes would like to have. */
static int boxes_want(const struct box *box, int n, bool beside)
{
    int most = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        int rows = 1 + (int)box[i].text->count;
        most = rows > most ? rows : most;
        sum += rows;
    }
    return beside ? most : sum;
}

static void draw_boxes(struct cells *c, struct rect area, const struct box *box, int n, bool beside)
{
    int y = area.y, left = area.h;
    for (int i = 0; i < n; i++) {
        int w = beside && n > 1 ? area.w / 2 : area.w, x = area.x + (beside ? i * w : 0);
        int h = beside ? area.h : i + 1 < n ? (left + 1) / (n - i) : left;
        int want = 1 + (int)box[i].text->count;
        w = beside && n > 1 && i + 1 == n ? area.w - w : w;
        h = h > want ? want : h;
        title_of(c, x, y, w, box[i].question, box[i].said);
        if (beside && i > 0) {
            cells_wall(c, x, y + 1, area.h - 1);
        }
        (void)record_draw(box[i].text, 0, c,
                          (struct rect){x + (beside && i > 0 ? 2 : 1), y + 1, w - 3, h - 1});
        if (h - 1 < (int)box[i].text->count && h > 1) {
            struct pen more = pen_at(c, x + w - 2, y + h - 1, 1);
            pen_put(&more, ROLE_DIM, "…");
        }
        if (!beside) {
            y += h;
            left -= h;
        }
    }
}

/* ---- what was learned, and what comes next */

static void put_share(struct pen *p, const char *name, const struct share *s)
{
    double low = 0, high = 1;
    share_interval(s, &low, &high);
    if (s->n == 0) {
        pen_format(p, ROLE_DIM, "%s –", name);
    } else {
        pen_format(p, ROLE_TEXT, "%s %.0f %% ", name, 100 * (double)s->k / (double)s->n);
        pen_format(p, ROLE_DIM, "(%.0f–%.0f)", 100 * low, 100 * high);
    }
}

static void draw_work(const struct judging *r, const struct queues *q, struct cells *c, int x,
                      int y, int w)
{
    const struct work *k = &q->work;
    struct pen p = pen_at(c, x, y, w);
    pen_format(&p, ROLE_TEXT, "%lld decided", (long long)q->list[QUEUE_DONE].count);
    char rate[48];
    if (rate_of(k, rate)) {
        pen_format(&p, ROLE_NUMBER, "  %s", rate);
    }
    if (k->decisions > 0) {
        pen_format(&p, ROLE_DIM, "  now: %lld accepted %lld rejected %lld edited",
                   (long long)k->accepted, (long long)k->rejected, (long long)k->edited);
    }
    if (r->fast >= REVIEW_FAST) {
        pen_put(&p, ROLE_WARNING, "  ! faster than reading");
    }
}

static void draw_next(const struct judging *r, struct cells *c, int x, int y, int w)
{
    struct pen p = pen_at(c, x, y, w);
    pen_put(&p, ROLE_DIM, "next:");
    for (size_t i = r->at + 1; i < r->count && i < r->at + 6 && pen_left(&p) > 16; i++) {
        const char *verdict = queue_verdict(&r->items[i]);
        pen_format(&p, ROLE_DIM, " %s#%lld %s ", review_marked(r, r->items[i].point) ? "▌" : "",
                   (long long)r->items[i].point,
                   verdict[0] != '\0' ? verdict : point_state_name(r->items[i].outcome));
    }
    if (r->at + 1 >= r->count) {
        pen_put(&p, ROLE_DIM, " nothing more in this queue");
    }
}

static void draw_audits(const struct queues *q, struct cells *c, int x, int y, int w)
{
    const struct share *s = &q->agreement.audit;
    struct pen p = pen_at(c, x, y, w);
    char more[32];
    text_count(more, (long long)share_needed(s, 0.02));
    put_share(&p, "accepted set right", s);
    pen_format(&p, ROLE_DIM, "  %lld audited; %s more give ±2 %%", (long long)s->n, more);
}

static void draw_agreement(const struct queues *q, struct pen *p)
{
    pen_put(p, ROLE_DIM, "agrees with you: ");
    put_share(p, "correct?", &q->agreement.correct);
    pen_put(p, ROLE_DIM, "  ");
    put_share(p, "incorrect?", &q->agreement.incorrect);
    if (pen_left(p) >= 16) {
        pen_put(p, ROLE_DIM, "  ");
        put_share(p, "both", &q->agreement.pair);
    }
}

/* Rows of it: the more there are, the more is said. */
static void draw_learned(const struct judging *r, const struct queues *q, struct cells *c,
                         struct rect a)
{
    struct pen p = pen_at(c, a.x + 1, a.y + 1, a.w - 2);
    int y = a.y + 2;
    cells_rule(c, a.x, a.y, a.w);
    if (r->fast >= REVIEW_FAST && a.h <= 4) {
        pen_put(&p, ROLE_WARNING, "! you decide faster than one can read");
    } else if (r->kind == QUEUE_AUDIT && a.h <= 3) {
        draw_audits(q, c, a.x + 1, a.y + 1, a.w - 2);
    } else {
        draw_agreement(q, &p);
    }
    if (a.h > 3) {
        draw_audits(q, c, a.x + 1, y++, a.w - 2);
    }
    if (a.h > 4) {
        draw_work(r, q, c, a.x + 1, y++, a.w - 2);
    }
    for (int i = 0; a.h > 6 && i < q->reason_count && y < a.y + a.h - 1; i++) {
        struct pen line = pen_at(c, a.x + 3, y++, a.w - 4);
        pen_field(&line, ROLE_DIM, 36, q->reasons[i]);
        pen_format(&line, ROLE_NUMBER, "%5lld", (long long)q->work.by_reason[i]);
    }
    draw_next(r, c, a.x + 1, y, a.w - 2);
}

/* ---- why it is rejected */

static void draw_reasons(const struct judging *r, const struct queues *q, struct cells *c,
                         struct rect body)
{
    int h = q->reason_count + 2;
    struct rect a = {body.x, body.y + body.h - h, body.w, h};
    cells_fill(c, a, ROLE_TEXT);
    cells_rule(c, a.x, a.y, a.w);
    struct pen title = pen_at(c, a.x + 1, a.y, a.w - 2);
    if (r->mark_count > 0) {
        pen_format(&title, ROLE_STRONG, " reject %zu marked points because ", r->mark_count);
    } else {
        pen_format(&title, ROLE_STRONG, " reject #%lld because ", (long long)r->point);
    }
    for (int i = 0; i < q->reason_count; i++) {
        struct pen p = pen_at(c, a.x + 2, a.y + 1 + i, a.w - 3);
        pen_format(&p, ROLE_KEY, "%d", i + 1);
        pen_skip(&p, 2);
        pen_put(&p, ROLE_TEXT, q->reasons[i]);
    }
    struct pen p = pen_at(c, a.x + 2, a.y + h - 1, a.w - 3);
    pen_put(&p, ROLE_DIM, "Enter without a reason · o in your own words · Esc back");
}

/* ---- the whole */

static const char *nothing_here(const struct ui *ui, enum queue_kind k)
{
    bool any = false;
    for (int i = 0; i < POINT_STATES; i++) {
        any = any || ui->model.counts[i] > 0;
    }
    if (!any) {
        return "Nothing was generated yet, so there is nothing to judge: 4 shows the run, G there "
               "starts it.";
    }
    switch ((int)k) {
    case QUEUE_AUDIT:
        return "Every accepted point that was drawn for an audit has been looked at. Draw more by "
               "`set audit 0.2` (the share of the accepted points), or Tab to another queue.";
    case QUEUE_NOTED:
        return "No point has a note. n on a point leaves one.";
    case QUEUE_SKIPPED:
        return "Nothing was put off. s on a point does that.";
    case QUEUE_DONE:
        return "Nothing was decided yet: Tab goes to a queue where something waits, a accepts and "
               "r rejects.";
    case QUEUE_DISPUTED:
        return "No dispute waits for you. Tab goes on to what the critics rejected; `audit` shows "
               "accepted points drawn by chance, which say how good the accepted set is.";
    default:
        return "Nothing waits in this queue. Tab goes to the next one.";
    }
}

/* The answer in one row: it is never below the edge. */
static void put_answer(struct pen *p, const struct card *card)
{
    const char *name = json_str_or(card->schema, "x-answer", "");
    const cJSON *v = name[0] != '\0' ? cJSON_GetObjectItemCaseSensitive(card->record, name) : NULL;
    if (v != NULL) {
        char *text = cJSON_IsString(v) ? NULL : json_text(v);
        char one[512];
        text_safe_copy(one, sizeof one, text != NULL ? text : v->valuestring);
        pen_format(p, ROLE_DIM, "%s ", name);
        pen_put(p, ROLE_STRONG, one);
        free(text);
    }
}

static void draw_record(struct judging *r, const struct card *card, struct cells *c, struct rect a)
{
    bool all = (int)card->text.count <= a.h;
    size_t rows = (size_t)(a.h > 1 && !all ? a.h - 1 : a.h > 0 ? a.h : 1);
    size_t most = card->text.count > rows ? card->text.count - rows : 0;
    r->page = rows;
    r->top = r->top > most ? most : r->top;
    (void)record_draw(&card->text, r->top, c, (struct rect){a.x, a.y, a.w, all ? a.h : a.h - 1});
    if (!all && a.h > 1) {
        char place[64];
        int n = snprintf(place, sizeof place, "lines %zu-%zu of %zu, PgDn ", r->top + 1,
                         r->top + rows, card->text.count);
        struct pen p = pen_at(c, a.x, a.y + a.h - 1, a.w - n - 1);
        put_answer(&p, card);
        p = pen_at(c, a.x + a.w - n, a.y + a.h - 1, n);
        pen_put(&p, ROLE_HINT, place);
    }
}

static void draw_wide(struct judging *r, struct card *card, const struct ui *ui, struct cells *c,
                      struct rect a)
{
    int left = a.w * 3 / 5, right = a.w - left - 1;
    struct box box[2];
    card_lay_out(card, left - 3 < READING ? left - 3 : READING, right - 4);
    int n = boxes_of(card, box), want = boxes_want(box, n, false);
    int learned = a.h >= 30 ? 8 + ui->model.queues->reason_count : 5;
    int room = a.h - learned;
    want = want < room ? want : room;
    draw_record(r, card, c, (struct rect){a.x + 1, a.y, left - 2, a.h});
    cells_wall(c, a.x + left, a.y, a.h);
    draw_boxes(c, (struct rect){a.x + left + 1, a.y, right, want}, box, n, false);
    draw_learned(r, ui->model.queues, c,
                 (struct rect){a.x + left + 1, a.y + a.h - learned, right, learned});
}

static void draw_narrow(struct judging *r, struct card *card, const struct ui *ui, struct cells *c,
                        struct rect a, bool roomy)
{
    bool beside = a.w >= BESIDE;
    struct box box[2];
    int learned = roomy ? a.h >= 26 ? 5 : a.h >= 17 ? 4 : 3 : 0;
    int side = beside && (card->correct.there || card->incorrect.there) ? a.w / 2 - 3 : a.w - 3;
    card_lay_out(card, a.w - 2, side);
    int n = boxes_of(card, box), room = a.h - learned;
    int want = boxes_want(box, n, beside), record = (int)card->text.count + 1;
    int most = room - record > room * 2 / 5 ? room - record : room * 2 / 5;
    most = most < 2 * n && !beside ? 2 * n : most;
    want = want < most ? want : most;
    draw_record(r, card, c, (struct rect){a.x + 1, a.y, a.w - 2, room - want});
    draw_boxes(c, (struct rect){a.x, a.y + room - want, a.w, want}, box, n, beside);
    if (learned > 0) {
        draw_learned(r, ui->model.queues, c, (struct rect){a.x, a.y + room, a.w, learned});
    }
}

void review_draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct judging *r = state;
    bool roomy = body.h >= ROOMY;
    draw_tabs(r, ui, c, (struct rect){body.x, body.y, body.w, 1});
    /* after a while on another panel the point is there before the queues are read again */
    bool ready = ui->model.queues != NULL && review_item(r) != NULL;
    struct card *card = ready ? review_card(r, ui, r->point) : NULL;
    if (card == NULL) {
        struct rect a = {body.x + 3, body.y + 2, body.w - 6, body.h - 2};
        cells_block(c, a, ROLE_DIM,
                    ui->model.queues == NULL ? "reading the session …" : nothing_here(ui, r->kind));
        if (ui->model.queues != NULL && roomy) {
            draw_learned(r, ui->model.queues, c,
                         (struct rect){body.x, body.y + body.h - 5, body.w, 5});
        }
        return;
    }
    draw_badge(r, c, (struct rect){body.x, body.y + 1, body.w, 1});
    struct rect rest = {body.x, body.y + 2, body.w, body.h - 2};
    int used = draw_mix(card, c, rest, roomy ? (body.h >= 24 ? 3 : 1) : 0);
    if (card->note != NULL && roomy) {
        struct pen p = pen_at(c, rest.x + 1, rest.y + used++, rest.w - 2);
        pen_field(&p, ROLE_HUMAN, pen_left(&p), card->note);
    }
    cells_rule(c, rest.x, rest.y + used, rest.w);
    used++;
    struct rect area = {rest.x, rest.y + used, rest.w, rest.h - used};
    if (body.w >= WIDE) {
        draw_wide(r, card, ui, c, area);
    } else {
        draw_narrow(r, card, ui, c, area, roomy);
    }
    if (r->reasons && ui->model.queues != NULL) {
        draw_reasons(r, ui->model.queues, c, body);
    }
}
