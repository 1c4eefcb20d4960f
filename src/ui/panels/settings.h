/*
 * settings - the panel of settings, teachers and roles, in files: what it knows and how one moves
 * (settings.c), the keys that change something (settings_edit.c), testing a teacher
 * (settings_test.c), how it looks (settings_draw.c). Private to them.
 */
#ifndef TAXA_UI_PANELS_SETTINGS_H
#define TAXA_UI_PANELS_SETTINGS_H

#include "base/regex.h"
#include "command/settings.h"
#include "ui/list.h"
#include "ui/ui.h"

enum settings_kind { ROW_HEADING, ROW_SETTING, ROW_TEACHER, ROW_KEY, ROW_ROLE };

struct settings_row {
    enum settings_kind kind;
    int id;                      /* of the setting, the teacher's key, the role */
    int teacher;                 /* index; ROW_TEACHER, ROW_KEY */
    const struct setting *about; /* ROW_SETTING, ROW_KEY */
    const char *heading;         /* ROW_HEADING */
};

enum test_state { TEST_NONE, TEST_ASKING, TEST_GOOD, TEST_BAD };

struct settings_teacher {
    struct teacher_config config;
    bool open; /* its keys are shown */
    enum test_state test;
    char brief[64]; /* "0.42 s · native schema" */
    char *report;   /* lines for the details; NULL: none */
};

struct settings_panel {
    char *value[SETTING_COUNT];
    struct settings_teacher *teachers;
    int teacher_count;
    char *role[ROLE_COUNT]; /* the teacher in force */
    struct settings_row *rows;
    size_t row_count, row_cap;
    struct list list;
    bool only_changed;
    struct regex *find;
    struct rect seen;          /* where the rows were drawn last, for clicks */
    struct settings_row asked; /* the row that a line or a menu is open for */
    char *asked_teacher;       /* its teacher's name: rows may have moved meanwhile */
    char *testing;             /* the teacher whose test runs; NULL: none */
};

/* The row under the cursor; NULL when there is none. */
const struct settings_row *settings_at(const struct settings_panel *p);
/* The value in force of a setting, key or role row, as text; several base URLs with blanks. */
void settings_value(const struct settings_panel *p, const struct settings_row *r, struct buf *out);
const char *settings_default(const struct settings_panel *p, const struct settings_row *r);
bool settings_differs(const struct settings_panel *p, const struct settings_row *r);
/* The teacher of this name; NULL. */
struct settings_teacher *settings_teacher(struct settings_panel *p, const char *name);
/* The rows anew, the cursor on the same one. */
void settings_rows(struct settings_panel *p);

/* settings_edit.c */
bool settings_can_edit(const struct settings_panel *p, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool settings_edit(struct settings_panel *p, struct ui *ui, enum action a); /* false: not its own */
/*
 * The value one step up (direction 1) or down (-1), as text: numbers by steps of about a tenth,
 * choices in turn, words before the lowest number. False: there is none, `why` says so.
 */
bool settings_step(const struct setting *s, const char *value, int direction, char out[32],
                   char why[WHY_MAX]);

/* settings_test.c */
void settings_test(struct settings_panel *p, struct ui *ui, const char *name);

/* settings_draw.c */
void settings_draw(struct settings_panel *p, struct ui *ui, struct cells *c, struct rect body);

#endif
