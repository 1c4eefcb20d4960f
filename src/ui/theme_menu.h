/*
 * theme_menu - choose a theme, as a sheet: the screen shows the one under the cursor at once,
 * Enter sets it for the session, q goes back to the one before.
 */
#ifndef TAXA_UI_THEME_MENU_H
#define TAXA_UI_THEME_MENU_H

struct ui;

void theme_menu(struct ui *ui);

#endif
