/*
 * ui_hand - a workbench without a terminal in the hands of a test: keys in, commands and screens
 * out. Include after cmocka.h and ui_session.h.
 */
#ifndef TAXA_TESTS_UI_HAND_H
#define TAXA_TESTS_UI_HAND_H

#include "base/file.h"
#include "ui/ui.h"
#include <stdio.h>
#include <string.h>

static char hand_sent[4096]; /* the commands, one a line */

static inline bool hand_record(struct ui *ui, const struct link_line *what)
{
    (void)ui;
    struct buf line;
    buf_init(&line, sizeof hand_sent - 1);
    buf_adds(&line, hand_sent);
    words_join(&line, what->argc, what->argv);
    buf_addc(&line, '\n');
    snprintf(hand_sent, sizeof hand_sent, "%s", line.data);
    buf_free(&line);
    return true;
}

static inline void hand_draw(struct ui *ui, struct buf *out)
{
    struct cells c;
    cells_init(&c, ui->cols, ui->rows);
    ui_draw(ui, &c);
    if (out != NULL) {
        cells_dump(&c, out);
    }
    cells_free(&c);
}

/* '\n' is Enter. Every key is followed by a drawing, which sets the height of lists. */
static inline void hand_keys(struct ui *ui, const char *s)
{
    for (; *s != '\0'; s++) {
        struct key k = {.code = (uint32_t)(unsigned char)(*s == '\n' ? '\r' : *s)};
        ui_key(ui, &k);
        hand_draw(ui, NULL);
    }
}

static inline void hand_expect_sent(struct ui *ui, const char *typed, const char *commands)
{
    hand_sent[0] = '\0';
    hand_keys(ui, typed);
    assert_string_equal(hand_sent, commands);
}

static inline void hand_expect_screen(struct ui *ui, const char *part, bool there)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    hand_draw(ui, &b);
    if ((strstr(b.data, part) != NULL) != there) {
        fail_msg("%s is %s in\n%s", part, there ? "missing" : "wrong", b.data);
    }
    buf_free(&b);
}

static inline void hand_open(struct ui *ui, const char *file, const char *typed)
{
    struct err e = {0};
    session_require(ui_open(ui, file, &e), &e, "ui_open");
    ui->send = hand_record;
    hand_sent[0] = '\0';
    hand_keys(ui, typed);
}

/* The screen against tests/unit/golden/NAME.txt; TAXA_GOLDEN=write makes the text again. */
static inline void hand_golden(struct ui *ui, const char *name)
{
    char path[160];
    struct buf want, now;
    struct err e = {0};
    buf_init(&want, 1u << 20);
    buf_init(&now, 1u << 20);
    hand_draw(ui, &now);
    snprintf(path, sizeof path, "tests/unit/golden/%s.txt", name);
    const char *mode = getenv("TAXA_GOLDEN");
    if (mode != NULL && strcmp(mode, "write") == 0) {
        assert_int_equal(file_write(path, now.data, now.len, 0644, NULL), ST_OK);
    }
    session_require(file_read(path, &want, &e), &e, path);
    if (strcmp(want.data, now.data) != 0) {
        print_error("%s differs; now it is\n%s", name, now.data);
    }
    assert_string_equal(now.data, want.data);
    buf_free(&want);
    buf_free(&now);
}

#endif
