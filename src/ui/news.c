/*
 * How answers of the panels' readers reach the panels. One descriptor for all of them: who asked
 * for nothing finds nothing, which costs a look.
 */
#include "ui/ui.h"

#include "ui/loader.h"
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

int ui_event(struct ui *ui)
{
    if (ui->model.loader == NULL) {
        return -1;
    }
    if (ui->event <= 0) {
        ui->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    return ui->event > 0 ? ui->event : -1;
}

void ui_news(struct ui *ui)
{
    uint64_t count = 0;
    while (ui->event > 0 && read(ui->event, &count, sizeof count) < 0 && errno == EINTR) {
    }
    bool news = false;
    for (size_t i = 0; i < panel_count(); i++) {
        if (ui->state[i] != NULL && panel_at(i)->news != NULL) {
            bool one = panel_at(i)->news(ui->state[i], ui);
            news = news || (one && i == ui->panel);
        }
    }
    for (size_t i = 0; i < ui->sheet_count; i++) {
        const struct ui_sheet *s = &ui->sheets[i];
        news = (s->ops->news != NULL && s->ops->news(s->state, ui)) || news;
    }
    ui->dirty = ui->dirty || news;
}
