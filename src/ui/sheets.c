/*
 * Sheets lie over the panel like paper: only the one in front is seen and gets keys, and closing it
 * shows the one below as it was left.
 */
#include "ui/start.h"
#include "ui/ui.h"

bool ui_sheet(struct ui *ui, const struct panel_ops *ops, void *state)
{
    ui->dirty = true;
    if (ui->sheet_count == UI_SHEETS) {
        ops->close(state);
        ui_say(ui, SAY_WARN, "close something first (Esc)");
        return false;
    }
    ui->sheets[ui->sheet_count++] = (struct ui_sheet){ops, state};
    return true;
}

void ui_sheet_close(struct ui *ui)
{
    if (ui->sheet_count > 0) {
        struct ui_sheet top = ui->sheets[--ui->sheet_count];
        top.ops->close(top.state);
        ui_rest_later(ui); /* what lies below may have waited for it */
        ui->dirty = true;
    }
}

struct ui_sheet ui_front(const struct ui *ui)
{
    if (ui->sheet_count > 0) {
        return ui->sheets[ui->sheet_count - 1];
    }
    if (ui->start != NULL) {
        return (struct ui_sheet){&panel_start, ui->start};
    }
    return (struct ui_sheet){panel_at(ui->panel), ui->state[ui->panel]};
}
